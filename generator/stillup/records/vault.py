"""The file below the index: opened and signed, and thrown away whole where something in it is not as it was saved.

What is read carries a checksum of its own. What is only chosen by a column is proved by sums: over the indexes of the
tables for long rows, over the rows of one month or one component for short ones.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from stillup.records.layout import FORM, PAGE, SCHEMA, SUMS
from stillup.records.story import checksum

_GROUPS = {
    "listed": "select day || ' ' || id from listed where day between ? || '-01' and ? || '-31' order by day, id",
    "held": "select first || ' ' || id from held where component = ? order by first, id",
}
"""By table: the short rows of one group, in their order."""


class Damaged(Exception):
    """Something in the index does not agree with its checksum."""


class Vault:
    """Texts by name, and tables that others fill. Use as a context manager; changes are kept by `save` only.

    Every method but `forget` and `close` may raise `Damaged`: then nothing it ever said can be trusted.
    """

    def __init__(self, path: Path | None, basis: str) -> None:
        """Open the file at `path` (None: in memory) for work on `basis`: all that every row depends on."""
        self._path = path
        self.basis = basis
        self._moved: set[tuple[str, str]] = set()
        self._proved: set[tuple[str, str]] = set()
        try:
            self._db = self._connect()
            form, known = self._plain("form"), self._plain("basis")
            if form != FORM:
                self.forget()
            elif known != basis:
                self._clear()
            elif self.note("totals") != self._totals():
                self.forget()
        except (sqlite3.DatabaseError, UnicodeDecodeError, Damaged):  # the second: of what SQLite says is wrong
            self.forget()

    def _connect(self) -> sqlite3.Connection:
        if self._path is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(self._path or ":memory:", isolation_level=None, timeout=600)
        db.execute(f"pragma page_size={PAGE}")
        db.execute("pragma journal_mode=memory")
        db.execute("pragma synchronous=off")
        db.execute("begin immediate")
        if not db.execute("select 1 from sqlite_master where name = 'meta'").fetchone():
            for statement in SCHEMA.split(";"):
                db.execute(statement)
            self._sign(db)
        return db

    def _sign(self, db: sqlite3.Connection) -> None:
        db.execute("insert into meta values ('form', ?, ''), ('basis', ?, '')", (FORM, self.basis))

    def _plain(self, key: str) -> str:
        row = self._db.execute("select value from meta where key = ?", (key,)).fetchone()
        return str(row[0]) if row else ""

    def _clear(self) -> None:
        """Start again on a new basis."""
        for table in ("story", "made", "listed", "held", "extract", "file", "meta"):
            self._db.execute(f"delete from {table}")
        self._sign(self._db)

    def forget(self) -> None:
        """Throw everything away and begin with an empty file."""
        if hasattr(self, "_db"):
            self._db.close()
        if self._path is not None:
            self._path.unlink(missing_ok=True)
        self._moved.clear()
        self._proved.clear()
        self._db = self._connect()

    def save(self) -> None:
        """Keep all changes."""
        for table, group in self._moved:
            self.keep(f"sum/{table}/{group}", self._sum(table, group))
        self._moved.clear()
        self.keep("totals", self._totals())
        self._db.execute("commit")
        self._db.execute("begin immediate")

    def close(self) -> None:
        """Drop what was not saved."""
        self._db.close()

    # Notes: small texts by name.

    def note(self, key: str) -> str:
        """Return the text kept under `key`, or an empty one."""
        row = self._db.execute("select value, seal from meta where key = ?", (key,)).fetchone()
        if row is None:
            return ""
        if row[1] != checksum([self.basis, key, row[0]]):
            raise Damaged(key)
        return str(row[0])

    def keep(self, key: str, text: str) -> None:
        """Keep `text` under `key`."""
        seal = checksum([self.basis, key, text])
        self._db.execute("insert or replace into meta values (?, ?, ?)", (key, text, seal))

    # What others keep in tables of their own.

    def rows(self, question: str, values: Iterable[object] = ()) -> Iterator[tuple[Any, ...]]:
        """Return what the tables answer to `question`."""
        yield from self._db.execute(question, tuple(values))

    def write(self, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
        """Change tables by `statement`, once for each of `rows`."""
        self._db.executemany(statement, rows)

    # Proofs.

    def _totals(self) -> str:
        """Return sums over the columns by which long rows are chosen: one that is gone or altered changes one."""
        return repr([self._db.execute(f"select {sums} from {table}").fetchone() for table, sums in SUMS])

    def _sum(self, table: str, group: str) -> str:
        rows = self._db.execute(_GROUPS[table], (group,) * _GROUPS[table].count("?"))
        return checksum([self.basis, table, group, *[row for (row,) in rows]])

    def _prove(self, table: str, group: str) -> None:
        """Raise `Damaged` where rows of a group are not those that were saved. Rows of this run are trusted."""
        if (table, group) in self._proved or (table, group) in self._moved:
            return
        known, now = self.note(f"sum/{table}/{group}"), self._sum(table, group)
        if known != now and (known or now != checksum([self.basis, table, group])):
            raise Damaged(f"{table} {group}")
        self._proved.add((table, group))
