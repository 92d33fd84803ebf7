"""What was looked at: what is well, and findings, each at the setting that asks for it and with what to do."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from stillup.errors import Level, Problem
from stillup.records import configuration


class Chart:
    """Collects, in the order in which things are looked at."""

    def __init__(self, root: Path) -> None:
        """Find places in the settings of the page at `root`."""
        self._root = root
        self.well: list[str] = []
        """Whole sentences about what works."""

        self.findings: list[Problem] = []

    def good(self, said: str) -> None:
        """Note that something works."""
        self.well.append(said)

    def error(self, code: str, message: str, fix: str, *loc: str | int) -> None:
        """Note what keeps something from working; `loc` is the setting that wants it."""
        self._find(Level.ERROR, code, message, fix, loc)

    def warning(self, code: str, message: str, fix: str, *loc: str | int) -> None:
        """Note what works, and may not when it matters."""
        self._find(Level.WARNING, code, message, fix, loc)

    def note(self, code: str, message: str, fix: str, *loc: str | int) -> None:
        """Note what was not looked at, or what there is to do that nobody here can see to."""
        self._find(Level.NOTE, code, message, fix, loc)

    def take(self, problems: Iterable[Problem]) -> None:
        """Note what another room found."""
        self.findings += problems

    def _find(self, level: Level, code: str, message: str, fix: str, loc: tuple[str | int, ...]) -> None:
        place = configuration.placed(self._root, *loc) if loc else Problem(file=self._file, message="")
        whole = message if message.endswith((".", "?", "!")) else f"{message}."  # git's words end as they like
        self.findings.append(replace(place, code=code, level=level, message=whole, fix=fix))

    @property
    def _file(self) -> str:
        return configuration.name(self._root)
