"""What the lines of a ledger add up to, in memory."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from stillup.delivery.entry import (
    NO_ANSWER,
    START,
    Answer,
    Beginning,
    Entry,
    Erased,
    Intent,
    Resend,
    Rest,
    Settled,
    Standing,
    Swept,
    Takeover,
    Unreadable,
    chained,
    written,
)
from stillup.delivery.ledger import Lease, Line, Open

_Pair = tuple[str, str]


class State:
    """Takes in entries in their order, and answers what a ledger is asked."""

    def __init__(self) -> None:
        """Begin with an empty ledger."""
        self.number = 0
        self.hash = START
        self.beginning: Beginning | None = None
        self.swept: datetime | None = None
        self.settled: set[_Pair] = set()
        self.everybody: set[_Pair] = set()
        self.generations: dict[_Pair, int] = defaultdict(int)
        self.told: dict[_Pair, dict[bytes, tuple[Standing, str]]] = defaultdict(dict)
        """By event and channel, then by recipient: the standing, and the intent that it comes from."""

        self.rests: dict[str, dict[str, datetime]] = defaultdict(dict)
        """By channel, then by provider."""

        self._open: dict[str, Intent] = {}
        self._leases: dict[str, Lease] = {}
        self._events: dict[_Pair, dict[str, datetime]] = defaultdict(dict)
        """By incident and channel: its events and their instants."""

    def following(self, entries: Iterable[Entry]) -> list[Line]:
        """Return the lines that `entries` would be, were they written next."""
        number, hash, lines = self.number, self.hash, []
        for entry in entries:
            text = written(entry)
            number, hash = number + 1, chained(hash, text)
            lines.append(Line(number, hash, text))
        return lines

    def accept(self, lines: Iterable[Line], entries: Iterable[Entry]) -> None:
        """Take in `entries`, which were written as `lines`."""
        for line, entry in zip(lines, entries, strict=True):
            self.number, self.hash = line.number, line.hash
            self.take(entry)

    def take(self, entry: Entry) -> None:
        """Take in `entry`, whose line was written."""
        if isinstance(entry, Beginning):
            self.beginning = entry
        elif isinstance(entry, Intent):
            self._intend(entry)
        elif isinstance(entry, Takeover):
            self._leases[entry.intent] = Lease(entry.owner, entry.until)
            if (taken := self._open.get(entry.intent)) is not None:
                self._answer(Answer.claiming(entry, len(taken.recipients)))
        elif isinstance(entry, Answer):
            self._answer(entry)
        elif isinstance(entry, Settled):
            self.settled.add((entry.event, entry.channel))
        elif isinstance(entry, Resend):
            self._resend(entry)
        elif isinstance(entry, Rest):
            self.rests[entry.channel][entry.provider] = entry.until
        elif isinstance(entry, Erased):
            self.told.pop((entry.event, entry.channel), None)
        elif isinstance(entry, Swept):
            self.swept = max(entry.before, self.swept or entry.before)

    def claimable(self, intents: Iterable[Intent]) -> list[Intent]:
        """Return those of `intents` of whose recipients none is spoken for, by an earlier one of them neither."""
        granted: list[Intent] = []
        taken: dict[_Pair, set[bytes]] = defaultdict(set)
        for intent in intents:
            pair = (intent.event, intent.channel)
            told, settled = self.told.get(pair, {}), pair in self.settled
            free = all(is_free(told[r][0] if r in told else None, settled) for r in intent.recipients)
            if free and taken[pair].isdisjoint(intent.recipients):
                taken[pair].update(intent.recipients)
                granted.append(intent)
        return granted

    def lease(self, intent: str) -> Lease | None:
        """Return who acts on `intent`, None where nobody has to."""
        return self._leases.get(intent)

    def heard(self, incident: str, channel: str, recipients: Sequence[bytes]) -> dict[bytes, datetime]:
        """See `Ledger.heard`."""
        found: dict[bytes, datetime] = {}
        for event, at in self._events[incident, channel].items():
            told = self.told[event, channel]
            for recipient in recipients:
                known = told.get(recipient)
                if known is not None and known[0].heard and (recipient not in found or found[recipient] < at):
                    found[recipient] = at
        return found

    def open_intents(self, channel: str) -> tuple[Open, ...]:
        """See `Ledger.open_intents`."""
        return tuple(
            Open(intent, id, self._leases[id], self._standings(id, intent))
            for id, intent in self._open.items()
            if channel in ("", intent.channel)
        )

    def _standings(self, id: str, intent: Intent) -> tuple[Standing, ...]:
        told = self.told[intent.event, intent.channel]
        # Somebody who was taken over by a resend has another intent by now.
        return tuple(told[r][0] if told[r][1] == id else Standing.SUPPRESSED for r in intent.recipients)

    def _intend(self, intent: Intent) -> None:
        id = intent.id
        self._events[intent.incident, intent.channel][intent.event] = intent.event_at
        self._open[id], self._leases[id] = intent, Lease(intent.owner, intent.until)
        self.told[intent.event, intent.channel].update(dict.fromkeys(intent.recipients, (Standing.CLAIMED, id)))

    def _answer(self, answer: Answer) -> None:
        intent = self._open.get(answer.intent)
        if intent is None:
            return
        if len(answer.standings) != len(intent.recipients):
            raise Unreadable(f"An answer of the ledger is not to its intent {answer.intent}: a line was damaged.")
        told = self.told[intent.event, intent.channel]
        for recipient, letter in zip(intent.recipients, answer.standings, strict=True):
            standing, of = told[recipient]
            if letter != NO_ANSWER and of == answer.intent and standing.open:
                told[recipient] = (Standing(letter), of)
        if not any(each.open for each in self._standings(answer.intent, intent)):
            del self._open[answer.intent], self._leases[answer.intent]

    def _resend(self, resend: Resend) -> None:
        pair = (resend.event, resend.channel)
        self.generations[pair] += 1
        told = self.told[pair]
        chosen = [bytes.fromhex(resend.recipient)] if resend.recipient else list(told)
        for recipient in chosen:
            if recipient in told and is_resent(told[recipient][0], resend.accepted):
                told[recipient] = (Standing.OWED, "")
        self.settled.discard(pair)
        (self.everybody.add if resend.everybody else self.everybody.discard)(pair)


def is_free(standing: Standing | None, settled: bool) -> bool:
    """Whether a recipient may be claimed for an event."""
    return standing is Standing.OWED or (standing is None and not settled)


def is_resent(standing: Standing, accepted: bool) -> bool:
    """Whether a `resend` reopens a recipient's standing."""
    return standing in (Standing.REFUSED, Standing.UNKNOWN, Standing.SUPPRESSED) or (
        accepted and standing is Standing.ACCEPTED
    )
