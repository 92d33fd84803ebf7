"""Taking people out of what was told long ago: whoever may still hear of an incident stays in it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from stillup.delivery.entry import Erased, Standing
from stillup.delivery.ledger.chain_end import ChainEnd, standing_of
from stillup.delivery.ledger.postgres import PostgresLedger
from stillup.postgres.session import Cursor

_OLD = """
SELECT e.id, e.event, e.channel FROM event e
WHERE e.settled AND e.at < %(before)s
  AND EXISTS (SELECT FROM intent i WHERE i.event = e.id)
  AND NOT EXISTS (SELECT FROM intent i WHERE i.event = e.id AND i.open)
  AND NOT EXISTS (
    SELECT FROM event o WHERE o.incident = e.incident AND (NOT o.settled OR o.at >= %(before)s))
ORDER BY e.id
"""
_EMPTY = """
WITH ours AS (SELECT name, entry FROM intent WHERE event = %(event)s)
UPDATE entry SET text = '' WHERE text <> '' AND (
  number IN (SELECT entry FROM ours)
  OR kind = 'answer' AND text::json ->> 'intent' IN (SELECT name FROM ours))
RETURNING number
"""


def old(ledger: PostgresLedger, before: datetime) -> list[tuple[int, str, str]]:
    """Return number, key and channel of events before an instant of whose incidents nothing newer was told."""
    return ledger.session.read(lambda cursor: cursor.execute(_OLD.encode(), {"before": before}).fetchall())


def erase(ledger: PostgresLedger, before: datetime, at: datetime) -> Iterator[Erased]:
    """Take everybody out of events before an instant, one after the other, and yield what the ledger says of each.

    An incident of which something newer was told stays as it is: who heard of it is still asked for. Of the lines their
    hashes stay, so that all others are proved as before.

    Raises:
        LedgerError: it may not be done by this role: it is for the owner of the tables.
    """
    for id, event, channel in old(ledger, before):

        def work(writing: ChainEnd, id: int = id, event: str = event, channel: str = channel) -> Erased:
            cursor: Cursor = writing.cursor
            cursor.execute("SET LOCAL stillup.erasing = 'on'")
            rows: list[Any] = cursor.execute(
                "SELECT standing, count(*) FROM told WHERE event = %s GROUP BY standing", (id,)
            ).fetchall()
            counts = {standing_of(letter): count for letter, count in rows}
            lines = len(cursor.execute(_EMPTY.encode(), {"event": id}).fetchall())
            cursor.execute("DELETE FROM told WHERE event = %s", (id,))
            cursor.execute("DELETE FROM intent WHERE event = %s", (id,))
            said = Erased(
                event=event,
                channel=channel,
                at=at,
                lines=lines,
                counts={Standing(k).name.lower(): n for k, n in counts.items()},
            )
            writing.append(said)
            return said

        yield ledger.write(work)
