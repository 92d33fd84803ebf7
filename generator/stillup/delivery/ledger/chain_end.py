"""The end of a chain of lines in PostgreSQL, locked: where lines are appended, and the index is brought up to them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from stillup.delivery.entry import (
    NO_ANSWER,
    Answer,
    Entry,
    Intent,
    Resend,
    Settled,
    Standing,
    Takeover,
    chained,
    read,
    written,
)
from stillup.delivery.ledger.state import is_free, is_resent
from stillup.postgres.session import Cursor

_OPEN = [letter.value for letter in Standing if letter.open]


class ChainEnd:
    """One transaction at the end of the chain, which nobody else writes to until it is over."""

    def __init__(self, cursor: Cursor, token: UUID, known: Callable[[str], Intent | None]) -> None:
        self.cursor, self._token, self._known = cursor, token, known
        row = cursor.execute("SELECT number, hash FROM chain FOR UPDATE").fetchone()
        assert row is not None, "the tables were made with it"
        self.number, self._hash = int(row[0]), str(row[1])
        self._lines: list[tuple[object, ...]] = []

    def claim(self, intents: Sequence[Intent]) -> list[Intent]:
        """Append those of `intents` of whose recipients none is spoken for, by an earlier one of them neither."""
        events = {(each.event, each.channel): each for each in intents}
        known = {pair: self.event(each) for pair, each in events.items()}
        told: dict[int, dict[bytes, Standing]] = {}
        for pair, (id, _) in known.items():
            wanted = [key for each in intents if (each.event, each.channel) == pair for key in each.recipients]
            query = "SELECT recipient, standing FROM told WHERE event = %s AND recipient = ANY(%s)"
            rows = self.cursor.execute(query, (id, wanted)).fetchall()
            told[id] = {key: standing_of(letter) for key, letter in rows}
        granted: list[Intent] = []
        for intent in intents:
            id, settled = known[intent.event, intent.channel]
            if all(is_free(told[id].get(recipient), settled) for recipient in intent.recipients):
                told[id].update(dict.fromkeys(intent.recipients, Standing.CLAIMED))
                granted.append(intent)
        if granted:
            self._intend(granted, {pair: id for pair, (id, _) in known.items()})
        return granted

    def append(self, entry: Entry) -> None:
        """Append `entry`, which is no intent, and bring the index up to it."""
        self._line(entry)
        if isinstance(entry, Takeover):
            self.cursor.execute(
                "UPDATE intent SET owner = %s, until = %s WHERE name = %s",
                (entry.owner, second(entry.until), entry.intent),
            )
            self._take_over(entry)
        elif isinstance(entry, Answer):
            self._answer(entry)
        elif isinstance(entry, Settled):
            self.cursor.execute("UPDATE event SET settled = true WHERE id = %s", (self.event(entry)[0],))
        elif isinstance(entry, Resend):
            self._resend(entry)

    def end(self) -> None:
        """Write the lines and the end of the chain, if there is anything to write."""
        if self._lines:
            self.cursor.execute(
                "INSERT INTO entry (number, hash, kind, text, token) "
                "SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::uuid[])",
                list(map(list, zip(*self._lines, strict=True))),
            )
            self.cursor.execute("UPDATE chain SET number = %s, hash = %s", (self.number, self._hash))

    def event(self, of: Intent | Settled | Resend) -> tuple[int, bool]:
        """Return the number of an event on a channel, given now where it has none, and whether it is settled."""
        query = "SELECT id, settled FROM event WHERE event = %s AND channel = %s"
        row = self.cursor.execute(query, (of.event, of.channel)).fetchone()
        if row is None:
            query = "INSERT INTO event (event, channel) VALUES (%s, %s) RETURNING id, settled"
            row = self.cursor.execute(query, (of.event, of.channel)).fetchone()
        assert row is not None
        return row[0], row[1]

    def _line(self, entry: Entry) -> int:
        """Put `entry` at the end of the lines, and return its number."""
        text = written(entry)
        self.number, self._hash = self.number + 1, chained(self._hash, text)
        self._lines.append((self.number, self._hash, entry.kind, text, self._token))
        return self.number

    def _intend(self, intents: Sequence[Intent], events: Mapping[tuple[str, str], int]) -> None:
        """Append `intents`: a few questions for all of them, since everybody else waits meanwhile."""
        for each in {events[i.event, i.channel]: i for i in intents}.values():
            at, id = second(each.event_at), events[each.event, each.channel]
            self.cursor.execute(
                "UPDATE event SET incident = %s, at = %s WHERE id = %s AND (incident, at) IS DISTINCT FROM (%s, %s)",
                (each.incident, at, id, each.incident, at),
            )
        rows = [
            (each.id, events[each.event, each.channel], self._line(each), each.owner, second(each.until))
            for each in intents
        ]
        self.cursor.execute(
            "INSERT INTO intent (name, event, entry, owner, until) "
            "SELECT * FROM unnest(%s::text[], %s::bigint[], %s::bigint[], %s::text[], %s::timestamptz[]) "
            "RETURNING name, id",
            list(map(list, zip(*rows, strict=True))),
        )
        ids = dict(self.cursor.fetchall())
        told = [
            (events[each.event, each.channel], recipient, ids[each.id])
            for each in intents
            for recipient in each.recipients
        ]
        self.cursor.execute(
            "INSERT INTO told (event, recipient, intent, standing) "
            'SELECT *, %s::"char" FROM unnest(%s::bigint[], %s::bytea[], %s::bigint[]) '
            "ON CONFLICT (event, recipient) DO UPDATE SET standing = excluded.standing, intent = excluded.intent",
            (Standing.CLAIMED.value, *map(list, zip(*told, strict=True))),
        )

    def _answer(self, answer: Answer) -> None:
        row = self.cursor.execute(
            "SELECT id, event, entry FROM intent WHERE name = %s AND open", (answer.intent,)
        ).fetchone()
        if row is None:
            return
        id, event, entry = row
        intent = self._known(answer.intent) or self._read(entry)
        pairs = [pair for pair in zip(intent.recipients, answer.standings, strict=True) if pair[1] != NO_ANSWER]
        self.cursor.execute(
            'UPDATE told t SET standing = a.letter::"char" FROM unnest(%s::bytea[], %s::text[]) a(recipient, letter) '
            'WHERE t.event = %s AND t.recipient = a.recipient AND t.intent = %s AND t.standing = ANY(%s::"char"[])',
            ([recipient for recipient, _ in pairs], [letter for _, letter in pairs], event, id, _OPEN),
        )
        self.cursor.execute(
            "UPDATE intent SET open = false WHERE id = %s AND NOT EXISTS (SELECT FROM told WHERE event = %s "
            'AND recipient = ANY(%s) AND intent = %s AND standing = ANY(%s::"char"[]))',
            (id, event, list(intent.recipients), id, _OPEN),
        )

    def _take_over(self, takeover: Takeover) -> None:
        row = self.cursor.execute("SELECT entry FROM intent WHERE name = %s AND open", (takeover.intent,)).fetchone()
        if row is not None:
            taken = self._known(takeover.intent) or self._read(row[0])
            self._answer(Answer.claiming(takeover, len(taken.recipients)))

    def _resend(self, resend: Resend) -> None:
        event, _ = self.event(resend)
        self.cursor.execute(
            "UPDATE event SET settled = false, generation = generation + 1, everybody = %s WHERE id = %s",
            (resend.everybody, event),
        )
        letters = [letter.value for letter in Standing if is_resent(letter, resend.accepted)]
        only = bytes.fromhex(resend.recipient)
        self.cursor.execute(
            'UPDATE told SET standing = %s::"char", intent = 0 WHERE event = %s AND standing = ANY(%s::"char"[]) '
            "AND (%s = ''::bytea OR recipient = %s)",
            (Standing.OWED.value, event, letters, only, only),
        )

    def _read(self, entry: int) -> Intent:
        row = self.cursor.execute("SELECT text FROM entry WHERE number = %s", (entry,)).fetchone()
        assert row is not None, "an intent has its line"
        return intent_of(row[0])


def intent_of(text: str) -> Intent:
    """Return the intent of a line that is one."""
    intent = read(text)
    assert isinstance(intent, Intent)
    return intent


def standing_of(letter: str | bytes) -> Standing:
    """Return the standing of a `"char"`, which comes as text or as a byte."""
    return Standing(letter.decode() if isinstance(letter, bytes) else letter)


def second(at: datetime) -> datetime:
    """Return `at` as a line has it: to the second."""
    return at.replace(microsecond=0)
