"""Subscribers as delivery asks for them: everybody on a channel, and what each wants to hear of an event."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from stillup.delivery.keyring import Keyring
from stillup.delivery.plan import ONLY_HEARD, Candidate
from stillup.messages.event import BREACH, Event
from stillup.messages.recipient import Recipient
from stillup.messages.template import INSIDE
from stillup.records.settings import Settings
from stillup.subscribers.address import key_of
from stillup.subscribers.opening import open_people
from stillup.subscribers.people import People, Question
from stillup.subscribers.store import Reason, Store, Suppression
from stillup.subscribers.subscription import concerning

COMPANY = ("support", "responders", "executives", "board")
"""Audiences that get a copy of the notice of a breach; to all others it speaks of their own data."""


class Audience:
    """See `stillup.delivery.port.People`."""

    def __init__(self, people: People) -> None:
        """Ask `people`."""
        self._people = people
        self.parts: Mapping[str, Sequence[Event]] = {}
        """By the key of a digest, what it sums up: whom nothing of it concerns is sent none."""

        self.withheld: Collection[str] = ()
        """Incidents of which insiders cannot be told for now."""

        self.concerned: Mapping[str, Collection[tuple[str, str]]] = {}
        """By incident, channel and key of those whom a breach of their data concerns; of others everybody is told."""

    @classmethod
    def open(cls, root: Path, settings: Settings, environment: Mapping[str, str], keyring: Keyring) -> "Audience":
        """Open everybody who subscribed to the page at `root`.

        Raises:
            RecordError: with every problem of a file.
            StillupError: they cannot be opened.
        """
        return cls(open_people(root, settings, environment, keyring.salt))

    @property
    def store(self) -> Store:
        """Where they are kept."""
        return self._people.store

    def within(self, first: int, past: int) -> "Audience":
        """Return those in the slices from `first` to before `past` of a list in PostgreSQL."""
        part = Audience(self._people.within(first, past))
        part.parts, part.withheld, part.concerned = self.parts, self.withheld, self.concerned
        return part

    @property
    def wants_digest(self) -> bool:
        """Whether anybody follows by digests."""
        return self._people.store.anybody("digest")

    def candidates(self, event: Event, channel: str) -> Iterator[Candidate]:
        """Return everybody on `channel` whom `event` is for, in the order of addresses.

        Who follows only openings and closings is found by asking for an opening: the plan knows whether it is one to
        them. Who did not ask for the event at all is returned too: they may have heard of it before.

        Whom a breach of their data concerns is told of it whatever they follow.
        """
        if event.kind == BREACH and event.incident in self.concerned:
            yield from self._concerned(event, channel, self.concerned[event.incident])
            return
        wide = event if event.opening or event.closing else replace(event, opening=True)
        heard = event.closing or bool(event.concerns) or event.kind.endswith(ONLY_HEARD)
        questions = [Question(wide, _always, heard), Question(wide)]
        if wide is not event:
            questions.append(Question(event, links=False))
        for recipient, wanted, *strictly in self._people.answers(channel, questions):
            if recipient is None:
                continue
            every = wide is event or strictly[0] is not None
            hold = event.incident in self.withheld and recipient.audience in INSIDE
            if wanted is None:
                yield Candidate(recipient=recipient, follow="all", unwanted="subscription", withheld=hold)
            elif event.kind == "digest":
                news = concerning(self.parts.get(event.key, ()), wanted)
                yield Candidate(recipient=wanted, follow="digest", unwanted="" if news else "subscription")
            else:
                yield Candidate(recipient=wanted, follow="all" if every else "open_close", withheld=hold)

    def _concerned(self, event: Event, channel: str, people: Collection[tuple[str, str]]) -> Iterator[Candidate]:
        """Return everybody on `channel`: of those outside the company only `people` are to be told."""

        def are_theirs(address: str) -> bool:
            return (channel, key_of(channel, address)) in people

        questions = (Question(event, _always, links=False), Question(event, are_theirs))
        for recipient, wanted in self._people.answers(channel, questions):
            if recipient is None:
                continue
            spared = recipient.audience not in COMPANY and not are_theirs(recipient.address)
            why = "not concerned" if spared else "subscription" if wanted is None else ""
            hold = event.incident in self.withheld and recipient.audience in INSIDE
            yield Candidate(recipient=wanted or recipient, unwanted=why, withheld=hold)

    def silent(self, event: Event, channel: str) -> Mapping[str, int]:
        """Return how many addresses `event` reaches that are told nothing, by reason."""
        return self._people.silent(event, channel)

    def gone(self, recipient: Recipient, at: datetime) -> None:
        """Take an address off the lists that its provider says is no more."""
        key = key_of(recipient.channel, recipient.address)
        self._people.store.suppress(recipient.channel, key, Suppression(Reason.BOUNCE, at))

    def close(self) -> None:
        """Give back files and connections."""
        self._people.close()


def _always(address: str) -> bool:
    return True
