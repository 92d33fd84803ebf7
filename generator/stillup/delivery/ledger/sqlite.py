"""A ledger in one SQLite file: for one host, whatever the number of recipients.

`entry` is the ledger, and is never changed. `event`, `intent` and `told` are an index of it, kept in the same
transactions, so that a question about a thousand recipients needs no look at the other million.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock

from stillup.delivery.entry import (
    NO_ANSWER,
    START,
    Answer,
    Beginning,
    Entry,
    Intent,
    Resend,
    Rest,
    Settled,
    Standing,
    Swept,
    Takeover,
    chained,
    read,
    written,
)
from stillup.delivery.ledger import Lease, LedgerError, Line, Open, Statement
from stillup.delivery.ledger.state import State, is_free, is_resent
from stillup.delivery.transaction import writing

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entry (
  number INTEGER PRIMARY KEY, hash TEXT NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL);
CREATE TRIGGER IF NOT EXISTS entry_stays BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'a line never changes'); END;
CREATE TRIGGER IF NOT EXISTS entry_is_kept BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'a line never goes'); END;
CREATE TABLE IF NOT EXISTS event (
  id INTEGER PRIMARY KEY, event TEXT NOT NULL, channel TEXT NOT NULL, incident TEXT NOT NULL DEFAULT '',
  at INTEGER NOT NULL DEFAULT 0, settled INTEGER NOT NULL DEFAULT 0, generation INTEGER NOT NULL DEFAULT 0,
  everybody INTEGER NOT NULL DEFAULT 0,
  UNIQUE (event, channel));
CREATE INDEX IF NOT EXISTS event_of_incident ON event (incident, channel);
CREATE TABLE IF NOT EXISTS intent (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, event INTEGER NOT NULL, entry INTEGER NOT NULL,
  owner TEXT NOT NULL, until INTEGER NOT NULL, open INTEGER NOT NULL DEFAULT 1);
CREATE INDEX IF NOT EXISTS intent_open ON intent (open) WHERE open;
CREATE TABLE IF NOT EXISTS told (
  event INTEGER NOT NULL, recipient BLOB NOT NULL, standing TEXT NOT NULL, intent INTEGER NOT NULL,
  PRIMARY KEY (event, recipient)) WITHOUT ROWID;
"""
_PATIENCE = 60
"""Seconds that one process waits for another."""

_MOMENT = 2000
"""Milliseconds that somebody waits who only wants to know."""

_MANY = 500
"""Recipients asked for in one query."""


class SqliteLedger:
    """Lines in a file, with an index beside them."""

    is_cheap = True

    def __init__(self, path: Path) -> None:
        """Open the file at `path`, or make it.

        Raises:
            LedgerError: it cannot be opened, or is something else.
        """
        self.place = f"sqlite:{path}"
        self._lock = RLock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Autocommit; every write is one transaction of our own.
            self._base = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
            self._base.execute("PRAGMA journal_mode=WAL")
            self._base.execute("PRAGMA synchronous=FULL")
            self._base.executescript(_SCHEMA)
        except (sqlite3.Error, OSError) as error:
            raise LedgerError(f"The ledger {self.place} cannot be opened: {error}.") from None
        except UnicodeDecodeError:  # what SQLite says of a damaged file has a part of it
            raise LedgerError(f"The ledger {self.place} cannot be opened: the file is damaged.") from None

    def beginning(self) -> Beginning | None:
        """See `Ledger`."""
        found = self._one("SELECT text FROM entry WHERE kind = ? ORDER BY number LIMIT 1", Beginning.kind)
        entry = read(found) if isinstance(found, str) else None
        return entry if isinstance(entry, Beginning) else None

    def begin(self, beginning: Beginning) -> None:
        """See `Ledger`."""
        with self._writing():
            if self.beginning() is not None:
                raise LedgerError(f"The ledger {self.place} has begun already. `stillup ledger show` says when.")
            self._write(beginning)

    def refresh(self) -> None:
        """See `Ledger`: each question asks the file."""

    def standings(self, event: str, channel: str, recipients: Sequence[bytes]) -> dict[bytes, Standing]:
        """See `Ledger`."""
        id = self._event(event, channel)
        return {} if id is None else {key: self._standing(letter) for key, letter, _ in self._told(id, recipients)}

    def heard(self, incident: str, channel: str, recipients: Sequence[bytes]) -> dict[bytes, datetime]:
        """See `Ledger`."""
        found: dict[bytes, int] = {}
        events = self._all("SELECT id, at FROM event WHERE incident = ? AND channel = ?", incident, channel)
        for id, at in events:
            for key, letter, _ in self._told(id, recipients):
                if self._standing(letter).heard and found.get(key, at) <= at:
                    found[key] = at
        return {key: datetime.fromtimestamp(at, UTC) for key, at in found.items()}

    def is_settled(self, event: str, channel: str) -> bool:
        """See `Ledger`."""
        return bool(self._one("SELECT settled FROM event WHERE event = ? AND channel = ?", event, channel))

    def generation(self, event: str, channel: str) -> int:
        """See `Ledger`."""
        found = self._one("SELECT generation FROM event WHERE event = ? AND channel = ?", event, channel)
        return found if isinstance(found, int) else 0

    def is_for_everybody(self, event: str, channel: str) -> bool:
        """See `Ledger`."""
        return bool(self._one("SELECT everybody FROM event WHERE event = ? AND channel = ?", event, channel))

    def reopened(self) -> tuple[str, ...]:
        """See `Ledger`."""
        query = "SELECT DISTINCT event FROM event WHERE generation > 0 AND NOT settled ORDER BY event"
        return tuple(event for (event,) in self._all(query))

    def swept(self) -> datetime | None:
        """See `Ledger`."""
        found = [read(text) for (text,) in self._all("SELECT text FROM entry WHERE kind = ?", Swept.kind)]
        return max((entry.before for entry in found if isinstance(entry, Swept)), default=None)

    def rests(self, channel: str) -> dict[str, datetime]:
        """See `Ledger`."""
        query = "SELECT text FROM entry WHERE kind = ? ORDER BY number DESC LIMIT 1000"  # older ones are long over
        found = [read(text) for (text,) in reversed(self._all(query, Rest.kind))]
        return {each.provider: each.until for each in found if isinstance(each, Rest) and each.channel == channel}

    def open_intents(self, channel: str = "") -> tuple[Open, ...]:
        """See `Ledger`."""
        with self._lock:
            rows = self._all(
                "SELECT i.id, i.name, i.event, i.owner, i.until, e.text "
                "FROM intent i JOIN entry e ON e.number = i.entry WHERE i.open ORDER BY i.entry"
            )
            found = []
            for id, name, event, owner, until, text in rows:
                intent = read(text)
                assert isinstance(intent, Intent)
                if channel in ("", intent.channel):
                    lease = Lease(owner, datetime.fromtimestamp(until, UTC))
                    found.append(Open(intent, name, lease, self._standings(id, event, intent)))
            return tuple(found)

    def claim(self, intents: Sequence[Intent]) -> tuple[Intent, ...]:
        """See `Ledger`."""
        granted = []
        with self._writing():
            for intent in intents:
                event = self._known(intent.event, intent.channel)
                settled = bool(self._one("SELECT settled FROM event WHERE id = ?", event))
                told = {key: self._standing(letter) for key, letter, _ in self._told(event, intent.recipients)}
                if all(is_free(told.get(recipient), settled) for recipient in intent.recipients):
                    self._write(intent)
                    granted.append(intent)
        return tuple(granted)

    def take_over(self, takeover: Takeover, seen: Lease) -> bool:
        """See `Ledger`."""
        with self._writing():
            rows = self._all("SELECT owner, until FROM intent WHERE name = ? AND open", takeover.intent)
            if rows != [(seen.owner, int(seen.until.timestamp()))]:
                return False
            self._write(takeover)
        return True

    def record(self, statements: Sequence[Statement]) -> None:
        """See `Ledger`."""
        with self._writing():
            for statement in statements:
                self._write(statement)

    def probe(self) -> None:
        """See `Ledger`: a line is written and taken back."""
        with self._lock:
            try:
                self._base.execute(f"PRAGMA busy_timeout = {_MOMENT}")
                self._base.execute("BEGIN IMMEDIATE")
                self._base.execute("INSERT INTO entry VALUES (-1, '', '', '')")
            except sqlite3.Error as error:
                raise LedgerError(f"The ledger {self.place} takes no line: {error}.") from None
            finally:
                if self._base.in_transaction:
                    self._base.execute("ROLLBACK")
                self._base.execute(f"PRAGMA busy_timeout = {_PATIENCE * 1000}")

    def lines(self) -> Iterator[Line]:
        """See `Ledger`."""
        last = 0
        while rows := self._all(
            "SELECT number, hash, text FROM entry WHERE number > ? ORDER BY number LIMIT 500", last
        ):
            yield from (Line(*row) for row in rows)
            last = rows[-1][0]

    def index_faults(self) -> Iterator[str]:
        """See `Ledger`. Holds everybody's standing in memory."""
        state = State()
        for line in self.lines():
            state.take(read(line.text))
        for id, event, channel, settled in self._all("SELECT id, event, channel, settled FROM event"):
            said = {key: standing for key, (standing, _) in state.told[event, channel].items()}
            kept = dict(self._all("SELECT recipient, standing FROM told WHERE event = ?", id))
            if said != kept:
                yield f"{event} on {channel}: the index counts {len(kept)} recipients, the lines {len(said)} or others."
            if bool(settled) != ((event, channel) in state.settled):
                yield f"{event} on {channel}: the index and the lines differ in whether it is settled."

    def close(self) -> None:
        """See `Ledger`."""
        self._base.close()

    def _write(self, entry: Entry) -> None:
        """Append `entry` and bring the index up to it, within a transaction."""
        number, before = self._base.execute("SELECT max(number), hash FROM entry").fetchone()
        text = written(entry)
        number = (number or 0) + 1
        self._base.execute(
            "INSERT INTO entry VALUES (?, ?, ?, ?)", (number, chained(before or START, text), entry.kind, text)
        )
        if isinstance(entry, Intent):
            self._intend(entry, number)
        elif isinstance(entry, Takeover):
            self._base.execute(
                "UPDATE intent SET owner = ?, until = ? WHERE name = ?",
                (entry.owner, int(entry.until.timestamp()), entry.intent),
            )
            for (text,) in self._all(
                "SELECT e.text FROM intent i JOIN entry e ON e.number = i.entry WHERE i.name = ?", entry.intent
            ):
                taken = read(text)
                assert isinstance(taken, Intent)
                self._answer(Answer.claiming(entry, len(taken.recipients)))
        elif isinstance(entry, Answer):
            self._answer(entry)
        elif isinstance(entry, Settled):
            self._base.execute("UPDATE event SET settled = 1 WHERE id = ?", (self._known(entry.event, entry.channel),))
        elif isinstance(entry, Resend):
            self._resend(entry)

    def _intend(self, intent: Intent, number: int) -> None:
        event = self._known(intent.event, intent.channel)
        self._base.execute(
            "UPDATE event SET incident = ?, at = ? WHERE id = ?",
            (intent.incident, int(intent.event_at.timestamp()), event),
        )
        id = self._base.execute(
            "INSERT INTO intent (name, event, entry, owner, until) VALUES (?, ?, ?, ?, ?)",
            (intent.id, event, number, intent.owner, int(intent.until.timestamp())),
        ).lastrowid
        self._base.executemany(
            "INSERT OR REPLACE INTO told VALUES (?, ?, ?, ?)",
            [(event, recipient, Standing.CLAIMED.value, id) for recipient in intent.recipients],
        )

    def _answer(self, answer: Answer) -> None:
        rows = self._all(
            "SELECT i.id, i.event, e.text FROM intent i JOIN entry e ON e.number = i.entry WHERE i.name = ? AND i.open",
            answer.intent,
        )
        for id, event, text in rows:
            intent = read(text)
            assert isinstance(intent, Intent)
            opened = [letter.value for letter in Standing if letter.open]
            self._base.executemany(
                "UPDATE told SET standing = ? WHERE event = ? AND recipient = ? AND intent = ? "
                f"AND standing IN ({','.join('?' * len(opened))})",
                [
                    (letter, event, recipient, id, *opened)
                    for recipient, letter in zip(intent.recipients, answer.standings, strict=True)
                    if letter != NO_ANSWER
                ],
            )
            if not any(standing.open for standing in self._standings(id, event, intent)):
                self._base.execute("UPDATE intent SET open = 0 WHERE id = ?", (id,))

    def _resend(self, resend: Resend) -> None:
        event = self._known(resend.event, resend.channel)
        self._base.execute(
            "UPDATE event SET settled = 0, generation = generation + 1, everybody = ? WHERE id = ?",
            (int(resend.everybody), event),
        )
        letters = [letter.value for letter in Standing if is_resent(letter, resend.accepted)]
        only = bytes.fromhex(resend.recipient)
        self._base.execute(
            "UPDATE told SET standing = ?, intent = 0 WHERE event = ? "
            f"AND standing IN ({','.join('?' * len(letters))}) AND (? = x'' OR recipient = ?)",
            (Standing.OWED.value, event, *letters, only, only),
        )

    def _standings(self, id: int, event: int, intent: Intent) -> tuple[Standing, ...]:
        told = {key: (letter, of) for key, letter, of in self._told(event, intent.recipients)}
        return tuple(
            self._standing(told[key][0]) if told[key][1] == id else Standing.SUPPRESSED for key in intent.recipients
        )

    def _event(self, event: str, channel: str) -> int | None:
        found = self._one("SELECT id FROM event WHERE event = ? AND channel = ?", event, channel)
        return found if isinstance(found, int) else None

    def _known(self, event: str, channel: str) -> int:
        """Return the number of `event` on `channel`, given now where it has none."""
        self._base.execute("INSERT OR IGNORE INTO event (event, channel) VALUES (?, ?)", (event, channel))
        found = self._event(event, channel)
        assert found is not None
        return found

    def _told(self, event: int, recipients: Sequence[bytes]) -> Iterator[tuple[bytes, str, int]]:
        for start in range(0, len(recipients), _MANY):
            some = recipients[start : start + _MANY]
            yield from self._all(
                "SELECT recipient, standing, intent FROM told "
                f"WHERE event = ? AND recipient IN ({','.join('?' * len(some))})",
                event,
                *some,
            )

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._lock, writing(self._base, f"The ledger {self.place}"):
            yield

    def _standing(self, letter: str) -> Standing:
        try:
            return Standing(letter)
        except ValueError:
            raise LedgerError(
                f"The index of the ledger {self.place} is damaged. `stillup ledger verify` says where."
            ) from None

    def _all(self, query: str, *values: object) -> list[tuple]:  # type: ignore[type-arg]
        with self._lock:
            try:
                return self._base.execute(query, values).fetchall()
            except sqlite3.Error as error:
                raise LedgerError(f"The ledger {self.place} cannot be read: {error}.") from None

    def _one(self, query: str, *values: object) -> object:
        rows = self._all(query, *values)
        return rows[0][0] if rows else None
