"""Processes that run beside the test, each on its own: modules of the tests, forked from the one that has read all."""

import os
from pathlib import Path

from tests.tools import ROOT, warm
from tests.warm import Running


def start(module: str, *words: str | Path, said: Path) -> Running:
    """Start `main` of a module with `words`; what it prints and complains of stands in the file `said`."""
    with open(os.devnull, "rb") as given, said.open("wb") as out:
        files = [given.fileno(), out.fileno(), out.fileno()]
        return warm().start([module, *map(str, words)], cwd=ROOT, environment=os.environ, files=files)
