"""Files that wait beside those they replace, until all of a page is made: then they change places, one after the other.

A run that fails before that leaves the page as it was. A run that is killed leaves its mark, and the next one knows.
"""

import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

NEW = ".stillup-new"
"""What the name of a file that waits ends with."""


_SWITCHING = "switching"


def unfinished(work: Path) -> Path:
    """Return the mark of a run that keeps its knowledge in `work`: there while its page is being written."""
    return work / "unfinished"


class Stage:
    """What one run is about to publish, in all its trees."""

    def __init__(self, mark: Path | None = None) -> None:
        """Begin with nothing; while something waits, the file `mark` is there."""
        self._mark = mark
        self._waiting: dict[str, None] = {}
        self._gone: dict[str, Path] = {}
        """Paths of files: those that replace another, and those to remove with the folder that stays even when it is
        empty."""

        self._folders: list[str] = []
        """What this run has made. Whatever is in it is of this run, so of a history's files nothing needs noting."""

        self._marked = False

    def put(self, target: str, body: bytes, *, fresh: bool) -> None:
        """Write `body`; it stands at `target` once `switch` was called.

        `fresh`: its folder is one that was `made`, and nothing leads there yet.

        Raises:
            FileExistsError: it is `fresh`, and stands there already.
        """
        self._note()
        if fresh:
            _create(target, body, os.O_EXCL)
        else:
            self._waiting[target] = None
            _create(f"{target}{NEW}", body, os.O_TRUNC)

    def made(self, folder: str) -> None:
        """Hear that `folder` was not there before."""
        self._note()
        readable(folder)
        self._folders.append(folder)

    def remove(self, target: str, within: Path) -> None:
        """Take the file `target` out in `switch`, and the folders that are empty then, up to `within`."""
        self._note()
        self._gone[target] = within

    def stays(self, target: str) -> None:
        """Hear that the file `target` is wanted after all: what was begun with a damaged index is begun again."""
        if self._gone:
            self._gone.pop(target, None)

    def read(self, target: str) -> bytes:
        """Return what will stand at `target`.

        Raises:
            FileNotFoundError: nothing will.
        """
        return Path(f"{target}{NEW}" if target in self._waiting else target).read_bytes()

    def is_ours(self, path: str) -> bool:
        """Whether the file at `path` waits in this run."""
        return path.endswith(NEW) and path.removesuffix(NEW) in self._waiting

    def recover(self, folder: Path) -> bool:
        """Clear away in `folder` what a run before this one left waiting, if it was killed.

        Return whether it had begun to switch: then some files are of one page and some of another.
        """
        if self._mark is None or not self._mark.exists():
            return False
        for at, _, names in os.walk(folder):
            for name in names:
                if name.endswith(NEW):
                    os.unlink(os.path.join(at, name))
        return self._mark.read_text(encoding="utf-8") == _SWITCHING

    def switch(self, last: str = "") -> None:
        """Let everything stand in its place, the file `last` after all others, and take out what goes."""
        waiting = list(self._waiting)
        if last in self._waiting:
            waiting.remove(last)
            waiting.append(last)
        switched = False
        try:
            if self._marked and self._mark is not None:
                self._mark.write_text(_SWITCHING, encoding="utf-8")
            for target in waiting:
                os.replace(f"{target}{NEW}", target)
                switched = True
        except OSError:
            if not switched:
                self.drop()
            raise
        for path, within in self._gone.items():
            gone = Path(path)
            gone.unlink(missing_ok=True)
            _tidy(gone.parents, within)

    def done(self) -> None:
        """Say that the page is whole, and everything about it is kept."""
        if self._mark is not None:
            self._mark.unlink(missing_ok=True)

    def drop(self) -> None:
        """Take back what was written before `switch`; a disk that refuses even that is left to the next run."""
        with suppress(OSError):
            for target in self._waiting:
                Path(f"{target}{NEW}").unlink(missing_ok=True)
            for folder in reversed(self._folders):
                for name in os.listdir(folder):
                    os.unlink(f"{folder}/{name}")
                os.rmdir(folder)
            self.done()

    def _note(self) -> None:
        if not self._marked and self._mark is not None:
            self._mark.parent.mkdir(parents=True, exist_ok=True)
            self._mark.touch()
        self._marked = True


def _tidy(folders: Iterable[Path], within: Path) -> None:
    for folder in folders:
        if folder == within:
            return
        try:
            folder.rmdir()
        except OSError:
            return  # it holds something


def readable(place: str | int) -> None:
    """Let everybody read a file or folder that is published, whatever the umask: a web server is another user."""
    mode = os.stat(place).st_mode
    wanted = mode | (0o555 if stat.S_ISDIR(mode) else 0o444)
    if mode != wanted:
        os.chmod(place, stat.S_IMODE(wanted))


def _create(path: str, body: bytes, how: int) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | how, 0o666)
    try:
        readable(file)
        written = os.write(file, body)
        while written < len(body):
            written += os.write(file, body[written:])
    finally:
        os.close(file)
