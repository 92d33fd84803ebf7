"""An event log in one SQLite file, the same in which the ledger is; or in memory, for tests."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import RLock
from typing import Any

from stillup.delivery.entry import START
from stillup.delivery.event_log import Decide, Raw
from stillup.delivery.event_log.entry import FIRST, Logged, Pen, Telling, canonical, mark, read
from stillup.delivery.ledger import LedgerError
from stillup.delivery.transaction import writing
from stillup.views.event_log import Head

_SCHEMA = """
CREATE TABLE IF NOT EXISTS public_entry (
  seq INTEGER PRIMARY KEY, hash TEXT NOT NULL, key TEXT NOT NULL UNIQUE, incident TEXT NOT NULL, line TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS public_entry_of ON public_entry (incident, seq);
CREATE TRIGGER IF NOT EXISTS public_entry_stays BEFORE UPDATE ON public_entry
  BEGIN SELECT RAISE(ABORT, 'an entry never changes'); END;
CREATE TRIGGER IF NOT EXISTS public_entry_is_kept BEFORE DELETE ON public_entry
  BEGIN SELECT RAISE(ABORT, 'an entry never goes'); END;
CREATE TABLE IF NOT EXISTS public_text (seq INTEGER PRIMARY KEY, salt TEXT NOT NULL, content TEXT NOT NULL);
CREATE TRIGGER IF NOT EXISTS public_text_stays BEFORE UPDATE ON public_text
  BEGIN SELECT RAISE(ABORT, 'a text never changes'); END;
CREATE TABLE IF NOT EXISTS public_known (mark BLOB PRIMARY KEY) WITHOUT ROWID;
"""
_ROWS = (
    "SELECT e.line, coalesce(b.hash, ''), t.salt, t.content FROM public_entry e "
    "LEFT JOIN public_entry b ON b.seq = e.seq - 1 LEFT JOIN public_text t ON t.seq = e.seq "
)
_MANY = 500


class SqliteEventLog:
    """Entries in one table, their texts in another: only the texts can go."""

    def __init__(self, path: Path | None) -> None:
        """Open the log in the file at `path`, or begin an empty file; None: in memory.

        Raises:
            LedgerError: it cannot be opened, or is something else.
        """
        self.place = f"sqlite:{path}" if path else "memory"
        self._lock = RLock()
        try:
            if path is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
            # Autocommit; every write is one transaction of our own.
            self._base = sqlite3.connect(path or ":memory:", timeout=60, isolation_level=None, check_same_thread=False)
            self._base.execute("PRAGMA journal_mode=WAL")
            self._base.execute("PRAGMA synchronous=FULL")
            self._base.execute("PRAGMA secure_delete=ON")
            self._base.executescript(_SCHEMA)
        except (sqlite3.Error, OSError) as error:
            raise LedgerError(f"The event log {self.place} cannot be opened: {error}.") from None

    def refresh(self) -> None:
        """See `EventLog`: each question asks the file."""

    def head(self) -> Head | None:
        """See `Reader`."""
        rows = self._all("SELECT seq, hash FROM public_entry ORDER BY seq DESC LIMIT 1")
        return Head(seq=rows[0][0], hash=rows[0][1]) if rows else None

    def find(self, key: str) -> Logged | None:
        """See `Reader`."""
        return next(map(_logged, self._all(f"{_ROWS} WHERE e.key = ?", key)), None)

    def of(self, incident: str) -> tuple[Logged, ...]:
        """See `Reader`."""
        return tuple(map(_logged, self._all(f"{_ROWS} WHERE e.incident = ? ORDER BY e.seq", incident)))

    def entries(self, first: int = 1, last: int | None = None) -> Iterator[Logged]:
        """See `Reader`."""
        head = self.head()
        last = min(last or head.seq, head.seq) if head else 0
        for start in range(first, last + 1, _MANY):
            end = min(start + _MANY - 1, last)
            yield from map(_logged, self._all(f"{_ROWS} WHERE e.seq BETWEEN ? AND ? ORDER BY e.seq", start, end))

    def is_known(self, key: str) -> bool:
        """See `Reader`."""
        return bool(self._all("SELECT 1 FROM public_known WHERE mark = ?", mark(key)))

    def append(self, pen: Pen, decide: Decide) -> tuple[Logged, ...]:
        """See `EventLog`."""
        with self.writing():
            drafts = tuple(decide(self))
            marks = tuple(each for draft in drafts for each in draft.known)
            made = pen.entries(self.head(), drafts)
            self.take(made, marks)
        if any(each.entry.erases for each in made):
            self.wipe()
        return made

    def take(self, made: tuple[Logged, ...], marks: tuple[bytes, ...] = ()) -> None:
        """Put entries behind those that are there, and take out the texts that they erase; within `writing`."""
        self._base.executemany("INSERT INTO public_known VALUES (?)", [(each,) for each in sorted(marks)])
        for each in made:
            entry = each.entry
            self._base.execute(
                "INSERT INTO public_entry VALUES (?, ?, ?, ?, ?)",
                (entry.seq, each.hash, entry.key, entry.incident, entry.line()),
            )
            if each.telling is not None:
                text = (entry.seq, each.telling.salt, canonical(each.telling.content))
                self._base.execute("INSERT INTO public_text VALUES (?, ?, ?)", text)
        gone = [(seq,) for each in made for seq in each.entry.erases]
        self._base.executemany("DELETE FROM public_text WHERE seq = ?", gone)

    def raw(self) -> Iterator[Raw]:
        """See `EventLog`."""
        query = (
            "SELECT e.seq, e.hash, e.line, t.salt, t.content FROM public_entry e "
            "LEFT JOIN public_text t ON t.seq = e.seq WHERE e.seq > ? ORDER BY e.seq LIMIT ?"
        )
        last = -(2**62)
        while rows := self._all(query, last, _MANY):
            yield from (Raw(*row[1:]) for row in rows)
            last = rows[-1][0]

    def marks(self) -> tuple[bytes, ...]:
        """See `EventLog`."""
        rows = self._all("SELECT CAST(mark AS BLOB) FROM public_known ORDER BY mark")  # of a damaged file texts too
        return tuple(each for (each,) in rows)

    def close(self) -> None:
        """See `EventLog`."""
        self._base.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Let nobody else write until the block is done; then all of it is on the disk, or nothing."""
        with self._lock, writing(self._base, f"The event log {self.place}"):
            yield

    def wipe(self) -> None:
        """See that no byte of a text that is gone stays in the journal beside the file."""
        self._all("PRAGMA wal_checkpoint(TRUNCATE)")

    def _all(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            try:
                return self._base.execute(query, values).fetchall()
            except sqlite3.Error as error:
                raise LedgerError(f"The event log {self.place} cannot be read: {error}.") from None


def _logged(row: tuple[Any, ...]) -> Logged:
    line, previous, salt, content = row
    try:
        entry = read(line)
        telling = Telling(salt=salt, content=json.loads(content)) if salt is not None else None
    except (RecursionError, TypeError, ValueError) as error:
        raise LedgerError(
            f"The event log holds something that is no entry: {error}. stillup ledger verify says where."
        ) from None
    return Logged(entry=entry, previous=previous or START, telling=telling)


def has_begun(path: Path) -> bool:
    """Whether a log stands in the file at `path`; it is not made by being asked.

    Raises:
        LedgerError: it cannot be read.
    """
    if not path.is_file():
        return False
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=60)) as base:
            if not base.execute("SELECT 1 FROM sqlite_master WHERE name = 'public_entry'").fetchall():
                return False
            return bool(base.execute("SELECT 1 FROM public_entry WHERE key = ?", (FIRST,)).fetchall())
    except sqlite3.Error as error:
        raise LedgerError(f"The event log sqlite:{path} cannot be read: {error}.") from None
