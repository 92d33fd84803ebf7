"""Watch: the page built again whenever a record changes, and whenever the clock alone changes it.

The system tells of changes where it can; a look at every file now and then finds what it does not tell, as on network
disks. Nothing is built unless something differs, or an instant has come that the last build said was due.
"""

import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver

from stillup.errors import StillupError
from stillup.frozen import dataclass
from stillup.pipeline.building.build import build
from stillup.pipeline.building.outcome import Built
from stillup.pipeline.git.commit import commit

FOLDERS = ("incidents", "components", "docs", "messages", "site_overrides")
FILES = ("mkdocs.yml", "mkdocs.yaml")
SETTLED = 0.2
"""Seconds without a further change after which a change is taken as whole: editors and git write several files."""

LOOK = 30.0
"""Seconds after which every file is looked at although nothing was told, and the clock is read again: machines sleep,
and clocks are set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What came of one look."""

    at: datetime
    why: str
    """start, change or due."""

    built: Built | None = None
    error: StillupError | None = None
    """Why the page stands as it was."""

    due: datetime | None = None
    """When the clock alone changes the page next."""


class Watcher:
    """Builds one page again and again, until it is told to stop."""

    def __init__(
        self,
        root: Path,
        *,
        clock: Callable[[], datetime],
        site_dir: Path | None = None,
        keep_last_good: bool = False,
        look: float = LOOK,
    ) -> None:
        """Watch the page at `root`; `clock` says what time it is, in UTC."""
        self._root, self._clock, self._site_dir = root, clock, site_dir
        self._keep_last_good, self._look = keep_last_good, look
        self._stops = False
        # A signal handler may put into this queue whatever it interrupted: an event has a lock that the code it
        # interrupted may hold, and then both wait for ever.
        self._calls: SimpleQueue[None] = SimpleQueue()
        self._watched: set[str] = set()
        self._again: datetime | None = None

    def stop(self) -> None:
        """End after the build that is under way, if one is. A signal handler may call this."""
        self._stops = True
        self._calls.put(None)

    def stops(self) -> bool:
        """Whether it was told to end."""
        return self._stops

    def again(self, at: datetime) -> None:
        """Take a turn at the instant `at` whatever happens until then: something was left undone."""
        self._again = at

    def turns(self) -> Iterator[Turn]:
        """Yield what came of each build: the first at once, then at changes and due instants."""
        observer = Observer()
        observer.start()
        try:
            yield from self._turns(observer)
        finally:
            observer.stop()
            observer.join()

    def _turns(self, observer: BaseObserver) -> Iterator[Turn]:
        due: datetime | None = None
        seen, why = None, "start"
        while not self._stops:
            self._schedule(observer)
            stamp = self._stamp()
            late = due is not None and self._clock() >= due
            if stamp != seen or late:
                turn = self._turn(why if why == "start" else "change" if stamp != seen else "due")
                # Where the records are unsound nothing gets better by the clock, so only a change is waited for.
                seen, due, why = stamp, turn.due, ""
                self._again = None
                yield turn
                due = min(filter(None, (due, self._again)), default=None)
            self._wait(due)

    def _turn(self, why: str) -> Turn:
        at = self._clock()
        try:
            built = build(self._root, at=at, site_dir=self._site_dir, live=True, keep_last_good=self._keep_last_good)
        except StillupError as error:
            return Turn(at=at, why=why, error=error)
        return Turn(at=at, why=why, built=built, due=_due(built.site))

    def _wait(self, due: datetime | None) -> None:
        """Wait for a change, the instant `due`, or the time for a look."""
        longest = self._look
        if due is not None:
            longest = min(longest, max(0.0, (due - self._clock()).total_seconds()))
        # A call from before the last look costs one look more; none is thrown away unheard, since it may be `stop`.
        called = self._is_called(longest)
        while called and not self._stops:
            called = self._is_called(SETTLED)

    def _is_called(self, seconds: float) -> bool:
        """Take the next call; return whether one came within so many seconds."""
        try:
            self._calls.get(timeout=seconds)
        except Empty:
            return False
        return True

    def _schedule(self, observer: BaseObserver) -> None:
        """Listen to every folder that is there by now."""
        handler = _Handler(self._calls, self._root)
        for name in ("", ".git", *FOLDERS):
            folder = self._root / name
            if folder.is_dir() and name not in self._watched:
                observer.schedule(handler, str(folder), recursive=name in FOLDERS)
                self._watched.add(name)
            elif not folder.is_dir():
                self._watched.discard(name)

    def _stamp(self) -> object:
        """Return what differs whenever the page may: names, sizes and times of all files, and the commit."""
        found = [entry for name in FOLDERS for entry in _entries(str(self._root / name))]
        for name in FILES:
            if (self._root / name).is_file():
                status = os.stat(self._root / name)
                found.append((name, status.st_size, status.st_mtime_ns))
        return commit(self._root), tuple(sorted(found))


class _Handler(FileSystemEventHandler):
    """Wakes the watcher when something happens that may concern the page."""

    def __init__(self, calls: SimpleQueue[None], root: Path) -> None:
        self._calls, self._root = calls, root

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Wake it, unless a file was only read, or is none of the page's."""
        if event.event_type in ("opened", "closed_no_write"):
            return
        parts = Path(os.fsdecode(event.src_path)).absolute().relative_to(self._root.absolute()).parts
        if parts and parts[0] in (*FOLDERS, *FILES, ".git"):
            self._calls.put(None)


def _entries(folder: str) -> Iterator[tuple[str, int, int]]:
    """Yield path, size and time of every file below `folder`; what goes away meanwhile is not there."""
    try:
        entries = list(os.scandir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _entries(entry.path)
            continue
        try:
            status = entry.stat()
        except FileNotFoundError:
            continue
        yield entry.path, status.st_size, status.st_mtime_ns


def _due(site: Path) -> datetime | None:
    """Return when the clock alone changes the page that stands at `site`."""
    said: dict[str, Any] = json.loads((site / "heartbeat.json").read_text(encoding="utf-8"))
    return datetime.fromisoformat(said["next_due"]).astimezone(UTC) if said["next_due"] else None
