"""Parts of a list that one worker after the other tells of one event: who does which, and what came of it.

Nobody stands in a share: it names slices of the list. It says nothing of who was told either; a share that is done a
second time finds in the ledger that everybody has been told.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from stillup.frozen import dataclass
from stillup.postgres.session import Cursor, Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Some of those who may be told of one event on one channel."""

    delivery: UUID
    event: str
    channel: str
    first: int
    """Its first slice of the list."""

    past: int
    """The slice after its last."""

    size: int
    """How many addresses were in it when it was cut."""

    at: datetime
    """The instant of the delivery."""

    commit: str
    reason: str
    """Why nobody is told, as `plan.Reason` has it; empty where people are."""

    id: int = 0


def cut(sizes: Sequence[int], most: int) -> list[tuple[int, int, int]]:
    """Return ranges of slices, as first, past and size, that cover all of `sizes` and hold about `most` people each."""
    found: list[tuple[int, int, int]] = []
    first = size = 0
    for slice, count in enumerate(sizes):
        if size and size + count > most:
            found.append((first, slice, size))
            first, size = slice, 0
        size += count
    return [*found, (first, len(sizes), size)]


_COLUMNS = ("delivery", "event", "channel", "first", "past", "size", "at", "commit", "reason")


class Shares:
    """The shares of a ledger's database."""

    def __init__(self, session: Session) -> None:
        """Keep them where `session` leads."""
        self._session = session

    def plan(self, shares: Iterable[Share], defer: Callable[[Cursor, Sequence[int]], None]) -> None:
        """Write `shares`, and have `defer` make a job of each in the same transaction; older ones are forgotten."""
        rows = [tuple(getattr(each, name) for name in _COLUMNS) for each in shares]
        query = f"INSERT INTO share ({', '.join(_COLUMNS)}) VALUES ({', '.join(['%s'] * len(_COLUMNS))}) RETURNING id"

        def work(cursor: Cursor, _: UUID) -> None:
            cursor.execute("DELETE FROM share")
            ids = []
            cursor.executemany(query.encode(), rows, returning=True)
            for _row in rows:
                row = cursor.fetchone()
                assert row is not None
                ids.append(int(row[0]))
                cursor.nextset()
            defer(cursor, ids)

        self._session.write(work)

    def begin(self, id: int, owner: str, job: int) -> Share | None:
        """Note that `owner` does a share, by the job of that number; None where there is nothing to do."""
        query = (
            "UPDATE share SET owner = %s, job = %s WHERE id = %s AND counts IS NULL "
            f"RETURNING {', '.join(_COLUMNS)}, id"
        )
        row = self._session.write(lambda cursor, _: cursor.execute(query.encode(), (owner, job, id)).fetchone())
        return _share(row) if row else None

    def end(self, id: int, counts: Mapping[str, int]) -> None:
        """Note how many of a share were sent it, and why the others were not."""
        query = "UPDATE share SET counts = %s WHERE id = %s"
        self._session.write(lambda cursor, _: cursor.execute(query, (json.dumps(counts), id)) and None)

    def left(self, delivery: UUID) -> list[tuple[int, str, int]]:
        """Return job, owner and size of the shares of a delivery that are not done; job and owner where begun."""
        query = "SELECT coalesce(job, 0), owner, size FROM share WHERE delivery = %s AND counts IS NULL"
        return self._session.read(lambda cursor: cursor.execute(query, (delivery,)).fetchall())

    def halt(self, delivery: UUID) -> set[tuple[str, str]]:
        """Take away the shares of a delivery that nobody has begun, and return channel and event of each."""
        query = "DELETE FROM share WHERE delivery = %s AND counts IS NULL AND job IS NULL RETURNING channel, event"
        return set(self._session.write(lambda cursor, _: cursor.execute(query, (delivery,)).fetchall()))

    def undone(self, delivery: UUID) -> list[Share]:
        """Return the shares of a delivery that are not done."""
        query = f"SELECT {', '.join(_COLUMNS)}, id FROM share WHERE delivery = %s AND counts IS NULL ORDER BY id"
        return list(map(_share, self._session.read(lambda c: c.execute(query.encode(), (delivery,)).fetchall())))

    def counts(self, delivery: UUID) -> list[tuple[str, str, dict[str, int]]]:
        """Return event, channel and counts of each share of a delivery that is done."""
        query = "SELECT event, channel, counts FROM share WHERE delivery = %s AND counts IS NOT NULL"
        return self._session.read(lambda cursor: cursor.execute(query, (delivery,)).fetchall())


def _share(row: Sequence[Any]) -> Share:
    found = dict(zip((*_COLUMNS, "id"), row, strict=True))
    return Share(**{**found, "at": found["at"].astimezone(UTC)})
