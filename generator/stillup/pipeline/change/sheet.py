"""Files that are about to change, as they will be; nothing is written here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from stillup.errors import Problem, RecordError
from stillup.records.document import Loc
from stillup.records.folder import contents
from stillup.records.writing import spelling, splice


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a command wants to do to the records."""

    record: str
    """The id of the incident, maintenance or component."""

    subject: str
    """What is true afterwards, as a commit says it."""

    files: Mapping[str, bytes | None]
    """By path below the root (one of the private folder may be absolute): the new bytes; None for a file that goes."""

    internal: frozenset[str] = frozenset()
    """Which of the files are private."""

    update: str = ""
    """The id of the update that people will read; empty where none is new or changed."""

    news: bool = False
    """Whether that update is new, so that people are told of it."""

    at: str = ""
    """The instant of a new update as its file name spells it; empty where no update file is new."""

    notes: tuple[Problem, ...] = ()
    """What whoever gives the command should know: what else was changed, what is there already."""


@dataclass(slots=True)
class Sheets:
    """The files below `root` with changes on top."""

    root: Path
    files: dict[str, bytes | None] = field(default_factory=dict)

    def text(self, path: str) -> bytes:
        """Return the file at `path` as it will be.

        Raises:
            RecordError: it cannot be read.
        """
        held = self.files.get(path)
        if held is not None:
            return held
        data, problem = contents(self.root, path)
        if problem is not None:
            raise RecordError([problem])
        return data

    def has(self, path: str) -> bool:
        """Whether there will be a file."""
        return self.files[path] is not None if path in self.files else (self.root / path).is_file()

    def new(self, path: str, value: Mapping[str, object], first: str = "") -> None:
        """Write a whole file; `first` is a line above it."""
        self.files[path] = f"{first}{spelling.write(value)}".encode()

    def put(self, path: str, loc: Loc, value: object, before: str = "") -> None:
        """Set one value."""
        self.files[path] = splice.put(self.text(path), path, loc, value, before=before)

    def remove(self, path: str, loc: Loc) -> None:
        """Take one key out."""
        self.files[path] = splice.remove(self.text(path), path, loc)

    def append(self, path: str, loc: Loc, value: object) -> None:
        """Add an entry to a list."""
        self.files[path] = splice.append(self.text(path), path, loc, value)

    def drop(self, path: str) -> None:
        """Take a file away."""
        self.files[path] = None
