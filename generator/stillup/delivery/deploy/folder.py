"""A folder that a web server serves: a link that is turned from one whole page to the next.

Pages stand beside it in `.<name>.pages/`. A page is copied there whole, then the link is replaced in one step, so
nobody ever sees half of one. Files that did not change are shared with the page before.
"""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from errno import EACCES, EPERM
from pathlib import Path

from stillup.delivery.deploy.place import Newer, Unreached, never

_MAKING = "making"
_LOCK = "lock"
_PAGE = re.compile(r"\d{8}T\d{6}Z(-[0-9A-Za-z]+)?(-\d{3,})?", re.ASCII).fullmatch


class Folder:
    """A link and the pages beside it."""

    def __init__(self, path: Path, *, keep: int = 3) -> None:
        """Serve at `path`; `keep` pages before the present one stay."""
        self._path = Path(os.path.abspath(path))
        self._pages = self._path.parent / f".{self._path.name}.pages"
        self._keep = keep

    @property
    def name(self) -> str:
        """What people call it."""
        return f"folder {self._path}"

    def put(self, site: Path, *, at: datetime, commit: str, newer: Newer = never) -> str:
        """Copy the page and turn the link to it."""
        self._usable()
        with self._told(), self._locked():
            present = self._present()
            beat = present / "heartbeat.json" if present is not None else None
            if beat is not None and beat.is_file() and (why := newer(beat.read_bytes())):
                return why
            making = self._pages / _MAKING
            if making.exists():
                shutil.rmtree(making)  # an earlier run died over it
            again = beat is not None and beat.is_file() and beat.read_bytes() == _beat(site)
            # What is shared is judged by size and time: a page that a disk has damaged would never be whole again.
            written, shared = _copied(site, making, None if again else present)
            page = self._free(f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}{f'-{commit}' if commit else ''}")
            making.rename(page)
            self._turn(page)
            self._forget(page)
        return f"serves the page, {written} files copied and {shared} shared with the one before"

    def back(self) -> str:
        """Turn the link to the page before the present one; return its name.

        Raises:
            Unreached: there is none.
        """
        self._usable()
        with self._told(), self._locked():
            present, pages = self._present(), self._kept()
            earlier = pages[: pages.index(present)] if present in pages else []
            if not earlier:
                raise Unreached(f"{self._path} has no page before this one. Build and deploy an earlier commit.")
            self._turn(earlier[-1])
            return earlier[-1].name

    def look(self, site: Path) -> str:
        """Return what `put` would do."""
        self._usable()
        return f"would serve {sum(1 for _ in _files(site))} files"

    def _usable(self) -> None:
        """See that the link is ours to turn."""
        if self._path.is_symlink():
            if self._present() is None:
                raise Unreached(
                    f"{self._path} is a link that leads elsewhere. Remove it, or name a place inside the folder it "
                    "leads to."
                )
        # Asked once more in the end: another run may have put the first link there this moment.
        elif self._path.is_dir() and any(self._path.iterdir()) and not self._path.is_symlink():
            raise Unreached(
                f"{self._path} is a folder with files in it, and a link must stand there. Move it away, or name a "
                f"place that is free, such as {self._path / 'current'}, and let the web server serve that."
            )
        elif self._path.exists() and not self._path.is_dir():
            raise Unreached(f"{self._path} is a file. Name a place that is free.")

    def _present(self) -> Path | None:
        """Return the page that is served; None before the first."""
        if not self._path.is_symlink():
            return None
        there = self._path.parent / os.readlink(self._path)
        return there if there.parent == self._pages else None

    def _kept(self) -> list[Path]:
        """Return the pages, oldest first; what is called otherwise somebody else has put there."""
        return sorted(each for each in self._pages.iterdir() if _PAGE(each.name) and each.is_dir())

    def _free(self, name: str) -> Path:
        """Return a path for a page of this name; later ones sort behind earlier ones."""
        number = 1
        while (page := self._pages / (name if number == 1 else f"{name}-{number:03}")).exists():
            number += 1
        return page

    def _turn(self, page: Path) -> None:
        """Let the link lead to `page`, in one step."""
        link = self._pages / "link"
        link.unlink(missing_ok=True)
        if self._path.is_dir() and not self._path.is_symlink():
            self._path.rmdir()  # empty, as was seen
        link.symlink_to(page.relative_to(self._path.parent))
        link.replace(self._path)

    def _forget(self, present: Path) -> None:
        others = [page for page in self._kept() if page != present]
        for page in others[: max(0, len(others) - self._keep)]:
            shutil.rmtree(page)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Let two runs come one after the other."""
        self._pages.parent.mkdir(parents=True, exist_ok=True)
        _opened(self._pages, self._pages)
        with (self._pages / _LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say what a file system refuses."""
        try:
            yield
        except OSError as error:
            where = error.filename or self._path
            own = f"or let the user who publishes own {self._path.parent}"
            advice = own if error.errno in (EACCES, EPERM) else "then run the command again"
            raise Unreached(f"{where} cannot be written: {error.strerror}. Mend that, {advice}.") from error


def _beat(site: Path) -> bytes | None:
    """Return what tells a page from every other one; None where a page of another tool has nothing like it."""
    file = site / "heartbeat.json"
    return file.read_bytes() if file.is_file() else None


def _files(site: Path) -> Iterator[str]:
    """Yield the path of every file of the page; what a build is just writing is none."""
    for folder, _, names in os.walk(site):
        for name in names:
            if not name.endswith(".stillup-new"):
                yield os.path.relpath(os.path.join(folder, name), site)


def _copied(site: Path, target: Path, before: Path | None) -> tuple[int, int]:
    """Copy every file of `site` into `target`; return how many were copied, and how many are those of `before`."""
    written = shared = 0
    made: set[str] = set()
    for path in _files(site):
        source, copy = site / path, target / path
        folder = os.path.dirname(path)
        if folder not in made:
            _opened(copy.parent, target)
            made.add(folder)
        if before is not None and _same(source, before / path) and _linked(before / path, copy):
            shared += 1
            continue
        shutil.copy2(source, copy)
        copy.chmod(0o644)
        written += 1
    _opened(target, target)
    return written, shared


def _opened(folder: Path, page: Path) -> None:
    """Make `folder` of `page`, which everybody may read whatever the umask: a web server is another user."""
    if folder.is_dir():
        return
    if folder != page:
        _opened(folder.parent, page)
    try:
        folder.mkdir()
    except FileExistsError:
        if folder.is_dir():
            return  # another run made it this moment
        raise
    folder.chmod(0o755)


def _same(source: Path, kept: Path) -> bool:
    """Whether `kept` is a copy of `source`: builds leave alone what did not change, and copies keep its time."""
    try:
        there, here = kept.stat(), source.stat()
    except OSError:
        return False
    return (there.st_size, there.st_mtime_ns) == (here.st_size, here.st_mtime_ns)


def _linked(kept: Path, copy: Path) -> bool:
    try:
        os.link(kept, copy)
    except OSError:
        return False  # some file systems know no hard links, and one file bears only so many
    return True
