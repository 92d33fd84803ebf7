"""Which files are records: a walk over a folder that says no to everything it cannot place."""

import os
import re
import unicodedata
from pathlib import Path

from stillup.errors import Problem
from stillup.frozen import dataclass
from stillup.records.field import CODE, ID
from stillup.records.reading import SIZE

RESERVED = frozenset({"index"})
"""Ids that are places of our own."""

UPDATE_NAME = re.compile(r"(\d{8}t\d{6}z)-[0-9a-f]{4}", re.ASCII).fullmatch


@dataclass(frozen=True, slots=True)
class RecordFile:
    """Where one record stands."""

    id: str
    """The stem."""

    path: str
    """Relative to the root, with `/`."""

    updates: tuple[str, ...] = ()
    """Paths of its update files, by name."""


def record_files(root: Path, folder: str) -> tuple[tuple[RecordFile, ...], tuple[Problem, ...]]:
    """Return every record below `root/folder` by path, and everything there that cannot be one."""
    walk = _Walk(root)
    top = root / folder
    if top.is_symlink() and not top.resolve().is_relative_to(root.resolve()):
        walk.refuse(folder, "The folder is a link that leaves the repository.", "Put the folder itself here.")
    elif top.is_dir():
        walk.folder(str(top), folder)
    elif top.exists():
        walk.refuse(folder, "This is a file where a folder of records belongs.", "Make it a folder.")
    return walk.files(), tuple(sorted(walk.problems))


def record_file(root: Path, path: str) -> RecordFile | None:
    """Return the one record whose main file is `path`; None where only the walk over its folder can say what it is."""
    walk = _Walk(root)
    stem = path.rpartition("/")[2].removesuffix(".yml")
    top = path.partition("/")[0]
    if not path.endswith(".yml") or any(os.path.islink(f"{root}/{part}") for part in (path, top)):
        return None
    walk.record(stem, path)
    if os.path.isdir(f"{root}/{path[:-4]}/updates"):
        walk.updates_folder(f"{root}/{path[:-4]}/updates", path[:-4])
    found = walk.files()
    return found[0] if found and not walk.problems and os.path.isfile(f"{root}/{path}") else None


class _Walk:
    """What one walk has found."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.records: list[tuple[str, str]] = []
        self.updates: dict[str, list[str]] = {}
        self.problems: list[Problem] = []

    def refuse(self, path: str, message: str, fix: str, code: str = "stray-file") -> None:
        shown = "".join(letter if letter.isprintable() else "?" for letter in path)
        self.problems.append(Problem(file=shown, code=code, message=message, fix=fix))

    def files(self) -> tuple[RecordFile, ...]:
        """Return the records with their update files."""
        result = []
        taken: dict[str, str] = {}
        for stem, path in sorted(self.records, key=lambda record: record[1]):
            first = taken.setdefault(stem, path)
            if first is not path:
                self.refuse(path, f"The id {stem} is also that of {first}.", "Rename one of the two.", "duplicate-id")
            updates = self.updates.pop(path.removesuffix(".yml"), [])
            result.append(RecordFile(stem, path, tuple(sorted(updates))))
        for owner in self.updates:
            self.refuse(
                f"{owner}/updates",
                "These updates have no incident beside their folder.",
                f"Write {owner}.yml, or move the files.",
            )
        return tuple(result)

    def folder(self, where: str, path: str) -> None:
        """Take in the folder `where`, which is `path` from the root."""
        with os.scandir(where) as entries:
            for entry in entries:
                name = entry.name
                if name.startswith("_"):
                    continue
                inner = f"{path}/{name}"
                if not self.readable(entry, inner):
                    continue
                if entry.is_dir():
                    if name == "updates":
                        self.updates_folder(entry.path, path)
                    else:
                        self.folder(entry.path, inner)
                elif name.endswith(".yml"):
                    self.record(name[:-4], inner)
                else:
                    self.stray(name, inner)

    def readable(self, entry: "os.DirEntry[str]", path: str) -> bool:
        """Refuse links that leave the root or lead to folders, and whatever is no file."""
        if entry.is_symlink():
            target = Path(entry.path).resolve()
            if not target.is_relative_to(self.root.resolve()):
                self.refuse(path, "This link leaves the repository.", "Put the file itself here.", "link")
                return False
            if not target.is_file():
                self.refuse(path, "This link does not lead to a file.", "Put the folder or file itself here.", "link")
                return False
        if not entry.is_file() and not entry.is_dir():
            self.refuse(path, "This is not a plain file.", "Remove it.")
            return False
        return True

    def record(self, stem: str, path: str) -> None:
        """Take in a record, if its name is an id."""
        if ID(stem) is None:
            plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode().lower()
            wanted = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:100] or "name"
            self.refuse(
                path,
                "The name cannot be an id: small letters, digits and dashes, at most 100.",
                f"Rename it {wanted}.yml.",
                "id",
            )
        elif stem in RESERVED or CODE(stem):
            why = "is a place of the page itself" if stem in RESERVED else "looks like an API code"
            self.refuse(path, f"The id {stem} {why}.", "Rename the file, for example with its day in front.", "id")
        else:
            self.records.append((stem, path))

    def updates_folder(self, where: str, owner: str) -> None:
        """Take in the files of `owner/updates/`."""
        found = self.updates.setdefault(owner, [])
        with os.scandir(where) as entries:
            for entry in entries:
                path = f"{owner}/updates/{entry.name}"
                if entry.name.startswith("_") or not self.readable(entry, path):
                    continue
                if entry.is_dir() or not entry.name.endswith(".yml"):
                    self.stray(entry.name, path)
                elif UPDATE_NAME(entry.name[:-4]) is None:
                    self.refuse(
                        path,
                        "The name of an update file is its instant and four hexadecimal digits.",
                        "Rename it like 20261120t101200z-1a2b.yml.",
                        "id",
                    )
                else:
                    found.append(path)

    def stray(self, name: str, path: str) -> None:
        """Say what to do with a file that is no record."""
        if name.endswith((".yaml", ".YML", ".YAML")):
            self.refuse(path, "Records end with .yml.", f"Rename it {name.rsplit('.', 1)[0]}.yml.")
        elif "/updates/" in path and "." not in name:
            self.refuse(path, "A folder of updates has no folders in it.", "Move its files up.")
        elif not name.startswith("."):
            self.refuse(path, "This file is not a record.", "Move it out of this folder, or begin its name with _.")


def contents(root: Path, path: str) -> tuple[bytes, Problem | None]:
    """Return the bytes of a file, at most one more than a record may have, or why it cannot be read."""
    try:
        descriptor = os.open(os.path.join(root, path), os.O_RDONLY)
    except OSError as error:
        return b"", Problem(file=path, code="unreadable", message=f"The file cannot be read: {error.strerror}.")
    try:
        data = os.read(descriptor, SIZE + 1)
        # A read may stop short on network disks.
        while len(data) <= SIZE and (more := os.read(descriptor, SIZE + 1 - len(data))):
            data += more
    except OSError as error:
        return b"", Problem(file=path, code="unreadable", message=f"The file cannot be read: {error.strerror}.")
    finally:
        os.close(descriptor)
    return data, None
