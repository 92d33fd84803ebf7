"""The end of a chain of lines in PostgreSQL, locked: where lines are appended, and the index is brought up to them."""

from collections.abc import Callable
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
from stillup.delivery.ledger.state import is_resent
from stillup.postgres.session import Cursor

_OPEN = [letter.value for letter in Standing if letter.open]


class ChainEnd:
    """One transaction at the end of the chain, which nobody else writes to until it is over."""

    def __init__(self, cursor: Cursor, token: UUID, known: Callable[[str], Intent | None]) -> None:
        self.cursor, self._token, self._known = cursor, token, known
        row = cursor.execute("SELECT number, hash FROM chain FOR UPDATE").fetchone()
        assert row is not None, "the tables were made with it"
        self.number, self._hash = row
        self._lines: list[tuple[object, ...]] = []

    def append(self, entry: Entry) -> None:
        """Append `entry` and bring the index up to it."""
        text = written(entry)
        self.number, self._hash = self.number + 1, chained(self._hash, text)
        self._lines.append((self.number, self._hash, entry.kind, text, self._token))
        if isinstance(entry, Intent):
            self._intend(entry)
        elif isinstance(entry, Takeover):
            self.cursor.execute(
                "UPDATE intent SET owner = %s, until = %s WHERE name = %s",
                (entry.owner, second(entry.until), entry.intent),
            )
        elif isinstance(entry, Answer):
            self._answer(entry)
        elif isinstance(entry, Settled):
            self.cursor.execute("UPDATE event SET settled = true WHERE id = %s", (self.event(entry)[0],))
        elif isinstance(entry, Resend):
            self._resend(entry)

    def end(self) -> None:
        """Write the lines and the end of the chain, if there is anything to write."""
        if self._lines:
            self.cursor.executemany("INSERT INTO entry VALUES (%s, %s, %s, %s, %s)", self._lines)
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

    def _intend(self, intent: Intent) -> None:
        event, _ = self.event(intent)
        self.cursor.execute(
            "UPDATE event SET incident = %s, at = %s WHERE id = %s AND (incident, at) IS DISTINCT FROM (%s, %s)",
            (intent.incident, at := second(intent.event_at), event, intent.incident, at),
        )
        row = self.cursor.execute(
            "INSERT INTO intent (name, event, entry, owner, until) VALUES (%s, %s, %s, %s, %s) RETURNING id",
            (intent.id, event, self.number, intent.owner, second(intent.until)),
        ).fetchone()
        assert row is not None
        self.cursor.execute(
            'INSERT INTO told SELECT %s, recipient, %s::"char", %s FROM unnest(%s::bytea[]) recipient '
            "ON CONFLICT (event, recipient) DO UPDATE SET standing = excluded.standing, intent = excluded.intent",
            (event, Standing.CLAIMED.value, row[0], list(intent.recipients)),
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
        left = self.cursor.execute(
            "SELECT 1 FROM told WHERE event = %s AND recipient = ANY(%s) AND intent = %s "
            'AND standing = ANY(%s::"char"[]) LIMIT 1',
            (event, list(intent.recipients), id, _OPEN),
        ).fetchone()
        if left is None:
            self.cursor.execute("UPDATE intent SET open = false WHERE id = %s", (id,))

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
