"""An event log in PostgreSQL, beside the ledger there: entries in one table, and their texts, which can go, in another.

A publisher decides on what it has seen, and then locks the end of the chain: where that moved on meanwhile it looks
again, so of two that append at once the second decides on what the first wrote. The lock is held for a few ways there
and back, however long it takes to decide.

What was read once is kept in a file below `.stillup/`. Builds read that file alone, and need no network.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from stillup.delivery.entry import START
from stillup.delivery.event_log import Decide, Raw
from stillup.delivery.event_log.copied import Copied, copy_of
from stillup.delivery.event_log.entry import Logged, Pen, canonical
from stillup.delivery.ledger import LedgerError
from stillup.postgres import migration
from stillup.postgres.address import Address
from stillup.postgres.session import Cursor, Session
from stillup.views.event_log import Head

_KNOWN = b"SELECT mark FROM public_known ORDER BY mark"
_NOTHING = Head(seq=0, hash=START)


class _Fresh(NamedTuple):
    """What the tables hold behind something that was seen of them, in one state of the database."""

    end: Head | None
    before: str
    """The hash of the entry that was seen last, as they have it."""

    rows: list[tuple[Any, ...]]
    marks: tuple[bytes, ...]
    """Nothing, unless nothing was seen before."""


class PostgresEventLog(Copied):
    """Entries and texts in tables, and a copy of both at hand."""

    def __init__(self, address: Address, root: Path) -> None:
        """Open the log at `address`; nothing is fetched yet.

        Raises:
            LedgerError: it cannot be opened, or its tables are not those of this version.
        """
        self._session = Session(address, f"The event log {address.shown}", LedgerError)
        try:
            self._session.read(lambda cursor: migration.check(cursor, address, "ledger", LedgerError))
            self._path = copy_of(root, address)
            super().__init__(address.shown, self._path)
        except LedgerError:
            self._session.close()
            raise

    def refresh(self) -> None:
        """See `EventLog`."""
        with self._copy.writing():
            told = self._fetched()
        if any(each.entry.erases for each in told):
            self._copy.wipe()

    def append(self, pen: Pen, decide: Decide) -> tuple[Logged, ...]:
        """See `EventLog`."""
        while True:
            self.refresh()
            with self._copy.writing():
                drafts = tuple(decide(self._copy))
                if not drafts:
                    return ()
                head = self._copy.head()
                made = pen.entries(head, drafts)
                marks = tuple(each for draft in drafts for each in draft.known)
                if not self._written(head, made, marks):
                    continue
                self._copy.take(made, marks)
            if any(each.entry.erases for each in made):
                self._copy.wipe()
            return made

    def raw(self) -> Iterator[Raw]:
        """See `EventLog`: of the tables themselves, not of the copy at hand."""
        # One question for everything: a redaction between two would look like a text that was taken out.
        query = (
            b"SELECT e.hash, e.line, t.salt, t.content FROM public_entry e "
            b"LEFT JOIN public_text t ON t.seq = e.seq ORDER BY e.seq"
        )
        return (Raw(*row) for row in self._rows(query))

    def marks(self) -> tuple[bytes, ...]:
        """See `EventLog`: of the table itself."""
        return tuple(each for (each,) in self._rows(_KNOWN))

    def close(self) -> None:
        """See `EventLog`."""
        super().close()
        self._session.close()

    def _fetched(self) -> tuple[Logged, ...]:
        """Take what is new into the copy, and return it.

        Raises:
            LedgerError: it does not continue what the copy has.
        """
        head = self._copy.head()
        # Lasting: what the copy has must still be there after a power cut.
        fresh = self._session.read(lambda cursor: _fresh(cursor, head), lasting=True)
        if fresh.end is None or fresh.before != (head.hash if head else START):
            raise LedgerError(
                f"The event log {self.place} does not continue what was seen of it before: it was rewritten, or put "
                f"back to an earlier state. What was last seen is in {self._path}."
            )
        texts = {seq: (salt, content) for seq, _, _, salt, content in fresh.rows if salt is not None}
        lines = [(hash, line) for _, hash, line, _, _ in fresh.rows]
        told = self._take_in(lines, lambda _: texts, lambda: fresh.marks)
        if (self._copy.head() or _NOTHING) != fresh.end:
            raise LedgerError(
                f"The end of the event log {self.place} is noted at entry {fresh.end.seq}, and its entries end "
                "elsewhere: some were taken off."
            )
        return told

    def _written(self, head: Head | None, made: Sequence[Logged], marks: Sequence[bytes]) -> bool:
        """Write what comes behind `head`; return False, with nothing written, where that is not the end any more."""
        end = head or _NOTHING
        gone = [seq for each in made for seq in each.entry.erases]
        texts = [
            (each.seq, each.telling.salt, canonical(each.telling.content)) for each in made if each.telling is not None
        ]

        def work(cursor: Cursor, token: UUID) -> bool:
            if cursor.execute("SELECT seq, hash FROM public_chain FOR UPDATE").fetchone() != (end.seq, end.hash):
                return False
            cursor.execute("INSERT INTO public_known SELECT unnest(%s::bytea[])", (sorted(marks),))
            cursor.execute(
                "INSERT INTO public_entry (seq, hash, key, line, token) "
                "SELECT *, %s::uuid FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[])",
                (token, *_columns([(each.seq, each.hash, each.entry.key, each.entry.line()) for each in made])),
            )
            cursor.execute(
                "INSERT INTO public_text (seq, salt, content) "
                "SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[])",
                _columns(texts),
            )
            cursor.execute("DELETE FROM public_text WHERE seq = ANY(%s::bigint[])", (gone,))
            cursor.execute("UPDATE public_chain SET seq = %s, hash = %s", (made[-1].seq, made[-1].hash))
            return True

        def done(cursor: Cursor, token: UUID) -> bool | None:
            query = "SELECT true FROM public_entry WHERE seq > %s AND token = %s LIMIT 1"
            return True if cursor.execute(query, (end.seq, token)).fetchone() else None

        return self._session.write(work, done, ahead=True)

    def _rows(self, query: bytes) -> list[tuple[Any, ...]]:
        return self._session.read(lambda cursor: cursor.execute(query).fetchall())


def _fresh(cursor: Cursor, head: Head | None) -> _Fresh:
    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    at = head.seq if head else 0
    query = "SELECT c.seq, c.hash, (SELECT hash FROM public_entry WHERE seq = %s) FROM public_chain c"
    row = cursor.execute(query, (at,)).fetchone()
    query = (
        "SELECT e.seq, e.hash, e.line, t.salt, t.content FROM public_entry e "
        "LEFT JOIN public_text t ON t.seq = e.seq WHERE e.seq > %s ORDER BY e.seq"
    )
    rows = cursor.execute(query, (at,)).fetchall()
    return _Fresh(
        end=Head(seq=row[0], hash=row[1]) if row else None,
        before=(row[2] or "") if row and head else START,
        rows=rows,
        marks=() if head else tuple(each for (each,) in cursor.execute(_KNOWN).fetchall()),
    )


def _columns(rows: Sequence[tuple[object, ...]]) -> list[list[object]]:
    return list(map(list, zip(*rows, strict=True)))
