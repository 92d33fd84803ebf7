"""A ledger in PostgreSQL: for publishers and workers on as many machines as one likes, and any number of recipients.

`entry` is the ledger, and is never changed. `event`, `intent` and `told` are an index of it, kept in the same
transactions. Every write first locks the end of the chain: so of two that decide at once the second decides on what
the first wrote, and no transaction has to be undone for another. The lock is held while memory is written, not while
a disk is waited for (`postgres.session`).
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from stillup.delivery.entry import (
    Answer,
    Beginning,
    Intent,
    Rest,
    Standing,
    Swept,
    Takeover,
    read,
)
from stillup.delivery.ledger import Lease, LedgerError, Line, Open, Statement
from stillup.delivery.ledger.chain_end import ChainEnd, intent_of, second, standing_of
from stillup.delivery.ledger.state import State
from stillup.postgres import migration
from stillup.postgres.address import Address
from stillup.postgres.session import Cursor, Session

_Found = TypeVar("_Found")

_HEARD = [letter.value for letter in Standing if letter.heard]
_KEPT = 64
"""Intents that are kept as they were read: an answer comes to one that was just claimed."""


class PostgresLedger:
    """Lines in a table, with an index beside them."""

    is_cheap = True

    def __init__(self, address: Address, patience: float | None = None) -> None:
        """Open the ledger at `address`; a database that goes away is waited for `patience` seconds.

        Raises:
            LedgerError: it cannot be opened, or its tables are not those of this version.
        """
        self.place = address.shown
        waiting = {} if patience is None else {"patience": patience}
        self.session = Session(address, f"The ledger {self.place}", LedgerError, **waiting)
        self._seen = 0
        self._intents: dict[str, Intent] = {}
        try:
            self.session.read(lambda cursor: migration.check(cursor, address, "ledger", LedgerError))
        except LedgerError:
            self.close()
            raise

    def beginning(self) -> Beginning | None:
        """See `Ledger`."""
        found = self._rows("SELECT text FROM entry WHERE kind = 'begin' ORDER BY number LIMIT 1")
        entry = read(found[0][0]) if found else None
        return entry if isinstance(entry, Beginning) else None

    def begin(self, beginning: Beginning) -> None:
        """See `Ledger`."""

        def work(writing: ChainEnd) -> bool:
            if writing.cursor.execute("SELECT 1 FROM entry WHERE kind = 'begin'").fetchone():
                raise LedgerError(f"The ledger {self.place} has begun already. `stillup ledger show` says when.")
            writing.append(beginning)
            return True

        self.write(work)

    def refresh(self) -> None:
        """See `Ledger`: each question asks the database."""

    def standings(self, event: str, channel: str, recipients: Sequence[bytes]) -> dict[bytes, Standing]:
        """See `Ledger`."""
        rows = self._rows(
            "SELECT t.recipient, t.standing FROM told t JOIN event e ON e.id = t.event "
            "WHERE e.event = %s AND e.channel = %s AND t.recipient = ANY(%s)",
            *(event, channel, list(recipients)),
        )
        return {key: standing_of(letter) for key, letter in rows}

    def heard(self, incident: str, channel: str, recipients: Sequence[bytes]) -> dict[bytes, datetime]:
        """See `Ledger`."""
        rows = self._rows(
            "SELECT t.recipient, max(e.at) FROM told t JOIN event e ON e.id = t.event WHERE e.incident = %s "
            'AND e.channel = %s AND t.recipient = ANY(%s) AND t.standing = ANY(%s::"char"[]) GROUP BY t.recipient',
            *(incident, channel, list(recipients), _HEARD),
        )
        return {key: at.astimezone(UTC) for key, at in rows}

    def is_settled(self, event: str, channel: str) -> bool:
        """See `Ledger`."""
        return bool(self._event("settled", event, channel))

    def generation(self, event: str, channel: str) -> int:
        """See `Ledger`."""
        found = self._event("generation", event, channel)
        return found if isinstance(found, int) else 0

    def is_for_everybody(self, event: str, channel: str) -> bool:
        """See `Ledger`."""
        return bool(self._event("everybody", event, channel))

    def reopened(self) -> tuple[str, ...]:
        """See `Ledger`."""
        rows = self._rows("SELECT DISTINCT event FROM event WHERE generation > 0 AND NOT settled")
        return tuple(sorted(event for (event,) in rows))

    def swept(self) -> datetime | None:
        """See `Ledger`."""
        found = [read(text) for (text,) in self._rows("SELECT text FROM entry WHERE kind = 'swept'")]
        return max((entry.before for entry in found if isinstance(entry, Swept)), default=None)

    def rests(self, channel: str) -> dict[str, datetime]:
        """See `Ledger`."""
        query = "SELECT text FROM entry WHERE kind = 'rest' ORDER BY number DESC LIMIT 1000"  # older ones are over
        found = [read(text) for (text,) in reversed(self._rows(query))]
        return {each.provider: each.until for each in found if isinstance(each, Rest) and each.channel == channel}

    def open_intents(self, channel: str = "") -> tuple[Open, ...]:
        """See `Ledger`."""

        def work(cursor: Cursor) -> tuple[Open, ...]:
            cursor.execute(
                "SELECT i.id, i.name, i.owner, i.until, e.text FROM intent i JOIN entry e ON e.number = i.entry "
                "JOIN event v ON v.id = i.event WHERE i.open AND (%s = '' OR v.channel = %s) ORDER BY i.entry",
                (channel, channel),
            )
            found = []
            for id, name, owner, until, text in cursor.fetchall():
                intent = intent_of(text)
                found.append(Open(intent, name, Lease(owner, until.astimezone(UTC)), _standings(cursor, id, intent)))
            return tuple(found)

        return self.session.read(work)

    def claim(self, intents: Sequence[Intent]) -> tuple[Intent, ...]:
        """See `Ledger`."""
        if not intents:
            return ()

        def work(writing: ChainEnd) -> list[str]:
            return [intent.id for intent in writing.claim(intents)]

        def done(cursor: Cursor, token: UUID, since: int) -> list[str] | None:
            query = (
                "SELECT i.name FROM entry e JOIN intent i ON i.entry = e.number WHERE e.number > %s AND e.token = %s"
            )
            return [name for (name,) in cursor.execute(query, (since, token))] or None

        names = set(self.write(work, done))
        granted = tuple(intent for intent in intents if intent.id in names)
        for intent in granted:
            self._remember(intent)
        return granted

    def take_over(self, takeover: Takeover, seen: Lease) -> bool:
        """See `Ledger`."""

        def work(writing: ChainEnd) -> bool:
            query = "SELECT owner, until FROM intent WHERE name = %s AND open"
            row = writing.cursor.execute(query, (takeover.intent,)).fetchone()
            if row is None or (row[0], row[1]) != (seen.owner, second(seen.until)):
                return False
            writing.append(takeover)
            return True

        return self.write(work)

    def record(self, statements: Sequence[Statement]) -> None:
        """See `Ledger`."""
        if not statements:
            return

        def work(writing: ChainEnd) -> bool:
            for each in statements:
                writing.append(each)
            return True

        self.write(work)

    def lines(self) -> Iterator[Line]:
        """See `Ledger`."""
        last = 0
        while rows := self._rows(
            "SELECT number, hash, text FROM entry WHERE number > %s ORDER BY number LIMIT 500", last
        ):
            yield from (Line(*row) for row in rows)
            last = rows[-1][0]

    def index_faults(self) -> Iterator[str]:
        """See `Ledger`. Holds everybody's standing in memory."""
        state = State()
        number, hash = 0, ""
        for line in self.lines():
            if line.text:
                state.take(read(line.text))
            number, hash = line.number, line.hash
        ((at, end),) = self._rows("SELECT number, hash FROM chain")
        if number and (at, end) != (number, hash):
            yield f"The end of the chain is noted at line {at}, and the last line is {number}: lines were taken off."
        for id, event, channel, settled in self._rows("SELECT id, event, channel, settled FROM event ORDER BY id"):
            said = {key: standing for key, (standing, _) in state.told[event, channel].items()}
            rows = self._rows("SELECT recipient, standing FROM told WHERE event = %s", id)
            kept = {key: standing_of(letter) for key, letter in rows}
            if said != kept:
                yield f"{event} on {channel}: the index counts {len(kept)} recipients, the lines {len(said)} or others."
            if settled != ((event, channel) in state.settled):
                yield f"{event} on {channel}: the index and the lines differ in whether it is settled."

    def probe(self) -> None:
        """See `Ledger`: a line is written and taken back."""

        def work(cursor: Cursor) -> None:
            with cursor.connection.transaction(force_rollback=True):
                cursor.execute("INSERT INTO entry VALUES (-1, '', '', '', gen_random_uuid())")

        self.session.read(work, "written")

    def account(self, channel: str, events: Sequence[str]) -> dict[str, dict[Standing, int]]:
        """Return of each of `events` on `channel` how many recipients stand how."""
        rows = self._rows(
            "SELECT e.event, t.standing, count(*) FROM told t JOIN event e ON e.id = t.event "
            "WHERE e.channel = %s AND e.event = ANY(%s) GROUP BY 1, 2",
            *(channel, list(events)),
        )
        found: dict[str, dict[Standing, int]] = {}
        for event, letter, count in rows:
            found.setdefault(event, {})[standing_of(letter)] = count
        return found

    def reasons(self, channel: str, since: int) -> dict[tuple[str, int], tuple[Standing, str]]:
        """Return how those stand whose receipts have given a reason since a line, by intent and number in it."""
        rows = self._rows(
            "SELECT e.text FROM entry e WHERE e.number > %s AND e.kind = 'answer' "
            'AND e.text LIKE \'%%"reasons":{"%%\' ORDER BY e.number',
            since,
        )
        found: dict[tuple[str, int], tuple[Standing, str]] = {}
        for (text,) in rows:
            answer = read(text)
            assert isinstance(answer, Answer)
            for number, reason in answer.reasons.items():
                found[answer.intent, int(number)] = (Standing(answer.standings[int(number)]), reason)
        names = list({intent for intent, _ in found})
        query = "SELECT i.name FROM intent i JOIN event e ON e.id = i.event WHERE e.channel = %s AND i.name = ANY(%s)"
        ours = {name for (name,) in self._rows(query, channel, names)}
        return {key: value for key, value in found.items() if key[0] in ours}

    def is_open(self, event: str, channel: str) -> bool:
        """Whether somebody has still to act on an event."""
        query = (
            "SELECT 1 FROM intent i JOIN event e ON e.id = i.event "
            "WHERE i.open AND e.event = %s AND e.channel = %s LIMIT 1"
        )
        return bool(self._rows(query, event, channel))

    def end(self) -> int:
        """Return the number of the last line."""
        return int(self._rows("SELECT number FROM chain")[0][0])

    def close(self) -> None:
        """See `Ledger`."""
        self.session.close()

    def write(
        self,
        work: Callable[[ChainEnd], _Found],
        done: Callable[[Cursor, UUID, int], _Found | None] | None = None,
    ) -> _Found:
        """Do `work` at the end of the chain, once.

        `done` finds again what a work whose end was cut off had found; without one the work is of a kind that writes
        something whenever it finds something.
        """
        since, number, last = self._seen, self._seen, None

        def once(cursor: Cursor, token: UUID) -> _Found:
            nonlocal last, number
            writing = ChainEnd(cursor, token, self._known)
            last = work(writing)
            writing.end()
            number = writing.number
            return last

        def look(cursor: Cursor, token: UUID) -> _Found | None:
            if done is not None:
                return done(cursor, token, since)
            query = "SELECT 1 FROM entry WHERE number > %s AND token = %s LIMIT 1"
            return last if cursor.execute(query, (since, token)).fetchone() else None

        found = self.session.write(once, look, ahead=True)
        self._seen = number
        return found

    def _known(self, name: str) -> Intent | None:
        return self._intents.get(name)

    def _remember(self, intent: Intent) -> None:
        while len(self._intents) >= _KEPT:
            self._intents.pop(next(iter(self._intents)))
        self._intents[intent.id] = intent

    def _rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        return self.session.read(lambda cursor: cursor.execute(query.encode(), values).fetchall())

    def _event(self, column: str, event: str, channel: str) -> object:
        rows = self._rows(f"SELECT {column} FROM event WHERE event = %s AND channel = %s", event, channel)
        return rows[0][0] if rows else None


def _standings(cursor: Cursor, id: int, intent: Intent) -> tuple[Standing, ...]:
    rows = cursor.execute(
        "SELECT t.recipient, t.standing FROM told t JOIN intent i ON i.event = t.event "
        "WHERE i.id = %s AND t.intent = i.id AND t.recipient = ANY(%s)",
        (id, list(intent.recipients)),
    ).fetchall()
    told = {key: standing_of(letter) for key, letter in rows}
    # Somebody who was taken over by a resend has another intent by now.
    return tuple(told.get(key, Standing.SUPPRESSED) for key in intent.recipients)
