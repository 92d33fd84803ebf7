"""The files below the index, thrown away whole where anything in them is not as it was saved.

What is chosen by stands in one file, which is short for each record: it is read whole and compared with its checksum
before a row of it is believed, so rows that are missing are missed too. Long texts stand in a second file and carry
seals, which the first one holds.
"""

import fcntl
import os
import sqlite3
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import Any

from stillup.errors import StillupError
from stillup.records.layout import FORM, PAGE, SCHEMA

_TEXTS = ".texts"
"""What the name of the second file ends with."""

_SEAL = ".seal"
_PIECE = 1 << 18
_PATIENCE, _PAUSE = 600, 0.02
"""Seconds to wait for another run, and between two looks."""

_DISK = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOMEM)
"""What SQLite says of the machine, not of a file."""


DAMAGED = "the index was damaged"


class Damaged(Exception):
    """Something in the index does not agree with its checksum."""


class Vault:
    """Texts by name, and tables that others fill. Use as a context manager; changes are kept by `save` only.

    Every method but `forget` and `close` may raise `Damaged`: then nothing it ever said can be trusted.
    """

    def __init__(self, path: Path | None, basis: str, parts: Mapping[str, str] = MappingProxyType({})) -> None:
        """Open the file at `path` (None: in memory) for work on `basis`: all that every row depends on.

        `parts` are digests of what the basis is made of, by name: where it is another, `anew` names those that are.
        """
        self._path = path
        self.basis, self._parts = basis, parts
        self._connection: sqlite3.Connection | None = None
        self._notes: dict[str, str] | None = None
        self._file = self._lock = -1
        self.anew = ""
        """Why nothing is known, where something could be; empty where something is."""

        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = _locked(path.with_suffix(".lock"))
        try:
            known = self._open()
            if known and self.note("form") != FORM:
                self.forget("the index is of another version")
            elif known and self.note("basis") != basis:
                self.forget(self._other())
        except (Damaged, sqlite3.DatabaseError, UnicodeDecodeError) as error:  # the last: of what SQLite says is wrong
            self.forget(str(error) if isinstance(error, Damaged) else DAMAGED)

    def _open(self) -> bool:
        """Open the files; return whether they hold what was saved.

        Raises:
            Damaged: they hold something else.
        """
        self._begin()
        if self._path is None or (not os.fstat(self._file).st_size and not self._place(_SEAL).exists()):
            self._lay_out()
            return False
        try:
            sealed = self._place(_SEAL).read_bytes()
        except FileNotFoundError:
            raise Damaged("the index is of another version, or a run was ended while it saved it") from None
        if sealed != self._sum().encode():
            raise Damaged(DAMAGED)
        return True

    def _begin(self) -> None:
        if self._path is not None:
            # Held until SQLite is done: the system gives up all its locks on a file once any way to it is closed.
            self._file = os.open(self._path, os.O_RDONLY | os.O_CREAT, 0o644)
        path, texts = (self._path, self._place(_TEXTS)) if self._path is not None else (":memory:", ":memory:")
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._db.execute("attach ? as texts", (str(texts),))
        for name in ("main", "texts"):
            self._db.execute(f"pragma {name}.page_size={PAGE}")
            self._db.execute(f"pragma {name}.journal_mode=memory")
            self._db.execute(f"pragma {name}.synchronous=off")
        self._db.execute("begin immediate")

    @property
    def _db(self) -> sqlite3.Connection:
        if self._connection is None:
            raise ValueError("the index is closed")
        return self._connection

    def _lay_out(self) -> None:
        for statement in SCHEMA.split(";"):
            self._db.execute(statement)
        self.keep("form", FORM)
        self.keep("basis", self.basis)
        for name, part in self._parts.items():
            self.keep(f"basis/{name}", part)

    def _place(self, end: str) -> Path:
        assert self._path is not None
        return self._path.with_name(self._path.name + end)

    def _other(self) -> str:
        """Return what is other than it was, in words."""
        names = [name for name, part in self._parts.items() if self.note(f"basis/{name}") != part]
        said = " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
        return f"{said or 'the basis'} changed"

    def forget(self, why: str) -> None:
        """Throw everything away and begin with empty files; `why` says what for."""
        self.anew = why
        self._end()
        if self._path is not None:
            for end in (_SEAL, "", _TEXTS):
                self._place(end).unlink(missing_ok=True)
        self._begin()
        self._lay_out()

    def discard(self) -> None:
        """Let no other run believe what stands here."""
        if self._path is not None:
            self._place(_SEAL).unlink(missing_ok=True)

    def save(self) -> None:
        """Keep all changes."""
        self._db.execute("commit")
        self._db.execute("begin immediate")
        if self._path is not None:
            self._place(_SEAL).write_text(self._sum(), encoding="ascii")

    def close(self) -> None:
        """Drop what was not saved."""
        self._end()
        if self._lock != -1:
            os.close(self._lock)
            self._lock = -1

    def _end(self) -> None:
        if self._connection is not None:
            self._connection.close()
        if self._file != -1:
            os.close(self._file)
        self._connection, self._notes, self._file = None, None, -1

    # Notes: small texts by name.

    def note(self, key: str) -> str:
        """Return the text kept under `key`, or an empty one."""
        return self._all_notes().get(key, "")

    def keep(self, key: str, text: str) -> None:
        """Keep `text` under `key`."""
        notes = self._all_notes()
        if notes.get(key) != text:
            notes[key] = text
            self._db.execute("insert or replace into meta values (?, ?)", (key, text))

    def _all_notes(self) -> dict[str, str]:
        """Return all of them, which a run asks for by the thousand."""
        if self._notes is None:
            self._notes = {str(key): str(value) for key, value in self._db.execute("select key, value from meta")}
        return self._notes

    # What others keep in tables of their own.

    def rows(self, question: str, values: Iterable[object] = ()) -> Iterator[tuple[Any, ...]]:
        """Return what the tables answer to `question`."""
        yield from self._db.execute(question, tuple(values))

    def text(self, question: str, values: Iterable[object]) -> tuple[Any, ...]:
        """Return the one row of long texts that answers `question`; none where there is none.

        Raises:
            Damaged: the second file is not one of SQLite's any more.
        """
        try:
            return self._db.execute(question, tuple(values)).fetchone() or ()
        except UnicodeDecodeError:  # of what SQLite says is wrong
            raise Damaged(DAMAGED) from None
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DISK:
                raise
            raise Damaged(DAMAGED) from None

    def write(self, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
        """Change tables by `statement`, once for each of `rows`."""
        self._db.executemany(statement, rows)

    # Proof.

    def _sum(self) -> str:
        """Return size and checksum of the first file."""
        piece, total, sum_ = bytearray(_PIECE), 0, 0
        view = memoryview(piece)
        for place in count(0, _PIECE):
            found = os.preadv(self._file, [piece], place)
            total, sum_ = total + found, zlib.crc32(view[:found], sum_)
            if found < _PIECE:
                return f"{total} {sum_:08x}\n"
        raise AssertionError("no file is endless")


def _locked(path: Path) -> int:
    """Return the open lock at `path`, once no other run has it any more.

    SQLite's own lock is given up for a moment between what is saved and its seal, and with files that are thrown away.

    Raises:
        StillupError: another run has it for too long.
    """
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    for _ in range(int(_PATIENCE / _PAUSE)):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_PAUSE)
        else:
            return lock
    os.close(lock)
    raise StillupError(f"{path.parent} is in use by another run. Wait for it, or end it.")
