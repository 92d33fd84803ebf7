"""The public event log as runs, commands and readers meet it: what it is told, shows and proves."""
