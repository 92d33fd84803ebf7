"""WRITTEN: YAML in the repository becomes frozen records; every problem has its file, line and column."""
