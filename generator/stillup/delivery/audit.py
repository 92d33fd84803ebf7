"""Reading a ledger: what it holds, in numbers, and whether it is whole."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from stillup.delivery.entry import (
    NO_ANSWER,
    START,
    Answer,
    Beginning,
    Erased,
    Intent,
    Resend,
    Settled,
    Standing,
    Unreadable,
    chained,
    read,
)
from stillup.delivery.ledger import Ledger


@dataclass(slots=True, kw_only=True)
class Account:
    """One event on one channel."""

    event: str
    channel: str
    told_at: datetime | None = None
    """When the newest receipt came."""

    noted_at: datetime | None = None
    """When the ledger last said something of it, a receipt or not; None where nothing of that is left."""

    counts: Counter[str] = field(default_factory=Counter)
    """Recipients by standing: accepted, refused, unknown, later, claimed ..."""

    reasons: Counter[str] = field(default_factory=Counter)
    """Of what was not accepted."""

    settled: bool = False
    erased: bool = False
    """Whether its lines lost their texts: of receipts and reasons nothing is left, of recipients the sums."""

    resent: int = 0

    def numbers(self) -> dict[str, object]:
        """Return the account for scripts."""
        return {
            "key": f"{self.event}/{self.channel}",
            "event": self.event,
            "channel": self.channel,
            "told_at": self.told_at.strftime("%Y-%m-%dT%H:%M:%SZ") if self.told_at else None,
            "counts": dict(sorted((+self.counts).items())),
            "reasons": dict(sorted(self.reasons.items())),
            "settled": self.settled,
            "erased": self.erased,
            "resent": self.resent,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a ledger holds."""

    place: str
    lines: int
    head: str
    """The hash of the newest line; who keeps it can prove later that nothing before it was changed."""

    beginning: Beginning | None
    accounts: tuple[Account, ...]


def contents(ledger: Ledger, until: datetime | None = None) -> Contents:
    """Return what `ledger` holds, an account for each event and channel, in the order in which they were told.

    With `until`, as it stood at that instant; of what it has emptied since, only the sums are left.
    """
    accounts: dict[tuple[str, str], Account] = {}
    intents: dict[str, tuple[Intent, list[str]]] = {}
    beginning, lines, head = None, 0, START

    def account(event: str, channel: str) -> Account:
        return accounts.setdefault((event, channel), Account(event=event, channel=channel))

    for line in ledger.lines():
        lines, head = line.number, line.hash
        if not line.text:
            continue  # An `Erased` says what it amounted to.
        entry = read(line.text)
        if until is not None and entry.at > until and not isinstance(entry, Erased):
            continue
        if isinstance(entry, Beginning):
            beginning = entry
        elif isinstance(entry, Intent):
            letters = [Standing.CLAIMED.value] * len(entry.recipients)
            intents[entry.id] = (entry, letters)
            told = account(entry.event, entry.channel)
            told.noted_at = entry.at
            told.counts["claimed"] += len(letters)
        elif isinstance(entry, Answer) and entry.intent in intents:
            intent, letters = intents[entry.intent]
            told = account(intent.event, intent.channel)
            told.told_at = told.noted_at = entry.at
            for number, letter in enumerate(entry.standings):
                if letter != NO_ANSWER and Standing(letters[number]).open:
                    told.counts[Standing(letters[number]).name.lower()] -= 1
                    told.counts[Standing(letter).name.lower()] += 1
                    letters[number] = letter
            told.reasons.update(entry.reasons.values())
        elif isinstance(entry, Settled):
            told = account(entry.event, entry.channel)
            told.settled, told.noted_at = True, entry.at
            for reason, count in entry.counts.items():
                if reason != "sent":
                    told.counts[reason] += count
        elif isinstance(entry, Erased):
            told = account(entry.event, entry.channel)
            told.erased = True
            told.counts.update(entry.counts)
        elif isinstance(entry, Resend):
            account(entry.event, entry.channel).resent += 1
            account(entry.event, entry.channel).settled = False
    return Contents(place=ledger.place, lines=lines, head=head, beginning=beginning, accounts=tuple(accounts.values()))


def faults(ledger: Ledger) -> Iterator[str]:
    """Yield where `ledger` is not whole: a line that does not follow from the one before, or an index that differs."""
    before, blank, erased = START, 0, 0
    for number, line in enumerate(ledger.lines(), 1):
        if line.number != number:
            yield f"Line {number} is missing: line {line.number} comes next."
            return
        if not line.text:
            blank, before = blank + 1, line.hash
            continue
        if line.hash != chained(before, line.text):
            yield f"Line {number} does not follow from the one before: it was changed, or one was taken out."
            return
        try:
            entry = read(line.text)
        except Unreadable:
            yield f"Line {number} cannot be read: it was damaged, or a later version of Stillup wrote it."
            return
        if isinstance(entry, Beginning) and number != 1:
            yield f"Line {number} begins the ledger a second time."
        if isinstance(entry, Erased):
            erased += entry.lines
        before = line.hash
    if blank != erased:
        yield f"{blank} lines are empty, and of {erased} the ledger says that they were emptied."
    yield from ledger.index_faults()
