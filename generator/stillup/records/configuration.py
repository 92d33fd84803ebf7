"""The settings in `mkdocs.yml`."""

from pathlib import Path

from stillup.errors import Problem
from stillup.records.settings import Settings


def settings(root: Path) -> tuple[Settings, tuple[Problem, ...]]:
    """Return the settings and their problems."""
    return Settings(), ()
