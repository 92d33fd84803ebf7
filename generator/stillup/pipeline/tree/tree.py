"""The published tree: one writer, each path once a run, only what changed, nothing old left behind."""

import os
from collections.abc import Collection, Iterable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from stillup.errors import StillupError
from stillup.pipeline.tree.stage import Stage


def digest(body: bytes) -> str:
    """Return the digest under which a published file is remembered."""
    return blake2b(body, digest_size=16).hexdigest()


class Tree:
    """The folder that is published, and what is known to be in it."""

    def __init__(self, folder: Path, stage: Stage) -> None:
        """Write below `folder`; it stands there once `stage` is switched."""
        self._folder, self._stage = folder, stage
        self._known: dict[str, bool] = {}
        """The folders that were asked for, and whether this run has made them: then all in them is what it put."""

        self._put: set[str] = set()
        """What stands in folders that were there before: the files of a history may be hundreds of thousands."""

        self._listed: dict[str, _Listing] = {}
        self.written = 0
        self.removed = 0

    def put(self, path: str, body: bytes) -> None:
        """Publish `body` at `path`, relative to the folder.

        A file that holds these bytes already is left alone.

        Raises:
            StillupError: the path was already published in this run.
        """
        target = f"{self._folder}/{path}"
        fresh = self._is_new(target.rpartition("/")[0])
        if path in self._put:
            raise _twice(path)
        self._stage.stays(target)
        if not fresh:
            self._put.add(path)
            if _holds(target, body):
                return
        try:
            self._stage.put(target, body, fresh=fresh)
        except FileExistsError:
            raise _twice(path) from None
        self.written += 1

    def read(self, path: str) -> bytes:
        """Return what will stand at `path`."""
        return self._stage.read(f"{self._folder}/{path}")

    def keep(self, path: str) -> None:
        """Let the file that an earlier run published at `path` stand."""
        self._put.add(path)
        self._stage.stays(f"{self._folder}/{path}")

    def remove(self, paths: Iterable[str]) -> None:
        """Take files out, and the folders that are empty then."""
        for path in paths:
            target = f"{self._folder}/{path}"
            ours = path in self._put or self._known.get(target.rpartition("/")[0])
            if not ours and not self._stage.is_ours(target):
                self._stage.remove(target, self._folder)
                self.removed += 1

    def sweep(self, folder: str, extra: set[str], beside: Collection[str] = ()) -> None:
        """Remove every file that this run neither wrote nor let stand.

        `folder` holds a whole history: in it only what bears one of the names `extra` is looked at. The folders
        `beside` are trees of their own.
        """
        present = set(self._stood({folder, *beside}))
        present |= {f"{folder}/{path}" for name in extra for path in _below(self._folder / folder / name, name)}
        self.remove(sorted(present - self._put))

    def listed(self, folder: str) -> set[str]:
        """Return the names in `folder`."""
        try:
            with os.scandir(f"{self._folder}/{folder}") as found:
                return {entry.name for entry in found}
        except FileNotFoundError:
            return set()

    def stamp(self, folder: str) -> str:
        """Return a text that changes when a name in `folder` comes or goes; empty where it is not there."""
        try:
            return str(os.stat(f"{self._folder}/{folder}").st_mtime_ns)
        except FileNotFoundError:
            return ""

    def missing(self, paths: Iterable[str]) -> list[str]:
        """Return those of `paths` that were not there when their folder was first asked for."""
        return [path for path in paths if not self.has(path)]

    def has(self, path: str) -> bool:
        """Return whether a file stood at `path` when its folder was first asked for.

        A run asks for a thousand files in a few folders: each of these is listed once.
        """
        folder, _, name = path.rpartition("/")
        return name in self._listing(folder).files

    def _stood(self, leave: Collection[str]) -> Iterator[str]:
        """Yield the path of everything that stood here without being a folder, but for what is below those in `leave`.

        What came since is what this run put.
        """
        pending = [""]
        while pending:
            folder = pending.pop()
            listing, above = self._listing(folder), f"{folder}/" if folder else ""
            yield from (f"{above}{name}" for names in (listing.files, listing.others) for name in names)
            pending += [path for name in listing.folders if (path := f"{above}{name}") not in leave]

    def _listing(self, folder: str) -> "_Listing":
        if folder not in self._listed:
            self._listed[folder] = _listed(f"{self._folder}/{folder}")
        return self._listed[folder]

    def _is_new(self, folder: str) -> bool:
        """Make `folder` where it is not there; return whether this run has made it: then it holds what this run put."""
        known = self._known.get(folder)
        if known is None:
            known = self._known[folder] = self._make(folder)
        return known

    def _make(self, folder: str) -> bool:
        try:
            os.mkdir(folder)
        except FileExistsError:
            return False
        except FileNotFoundError:
            self._is_new(os.path.dirname(folder))  # what is put beside it later is in a new folder too
            os.mkdir(folder)
        self._stage.made(folder)
        return True


class _Listing(NamedTuple):
    """What a folder held when it was first asked for, by name."""

    files: frozenset[str] = frozenset()
    folders: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


def _listed(folder: str) -> _Listing:
    try:
        with os.scandir(folder) as found:
            entries = list(found)
    except (FileNotFoundError, NotADirectoryError):
        return _Listing()
    files = frozenset([entry.name for entry in entries if entry.is_file()])
    folders = tuple([entry.name for entry in entries if entry.is_dir(follow_symlinks=False)])
    return _Listing(files, folders, tuple({entry.name for entry in entries} - files - {*folders}))


def _twice(path: str) -> StillupError:
    return StillupError(f"{path} would be published twice. Two records or pages share one address.")


def files(folder: Path, *, leave: Collection[str] = ()) -> Iterable[str]:
    """Return the path of every file below `folder`, relative to it; without those below its folders `leave`."""
    start = len(str(folder)) + 1
    pending = [str(folder)]
    while pending:
        try:
            with os.scandir(pending.pop()) as found:
                for entry in found:
                    path = entry.path[start:].replace(os.sep, "/")
                    if not entry.is_dir(follow_symlinks=False):
                        yield path
                    elif path not in leave:
                        pending.append(entry.path)
        except FileNotFoundError:
            continue


def _below(entry: Path, name: str) -> Iterable[str]:
    """Return the path of `entry`, or of every file in it, from `name` on."""
    if entry.is_dir() and not entry.is_symlink():
        return (f"{name}/{path}" for path in files(entry))
    return (name,)


def _holds(path: str, body: bytes) -> bool:
    """Return whether the file at `path` holds just `body`."""
    try:
        if os.stat(path).st_size != len(body):
            return False
        with open(path, "rb", buffering=0) as file:
            return file.read() == body
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return False
