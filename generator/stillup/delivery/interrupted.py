"""What an interrupted run left: each recipient of it is brought to an end, by the bytes that were frozen then."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from stillup.delivery.batch import Batches
from stillup.delivery.entry import Intent, Standing, Takeover
from stillup.delivery.keyring import Keyring
from stillup.delivery.ledger import Open
from stillup.delivery.owner import is_ours, runs
from stillup.delivery.plan import Reason, Rules
from stillup.delivery.port import LEASE, Composer, Gone, People
from stillup.messages.event import Event
from stillup.messages.message import Message
from stillup.messages.recipient import Recipient


class _Left(NamedTuple):
    """A recipient of an interrupted batch."""

    number: int
    name: bytes
    standing: Standing


@dataclass(slots=True, kw_only=True)
class Interrupted:
    """One channel's share in what other runs left."""

    batches: Batches
    keyring: Keyring
    people: People
    composer: Composer
    rules: Rules
    owner: str
    silenced: Mapping[str, Reason] = field(default_factory=dict)
    """By the key of an event: why nobody is to be told of it by now, though it was under way."""

    def finish(self, wanted: Callable[[Open], bool] = lambda _: True) -> None:
        """Take over what no running process acts on, where `wanted` says so, and bring it to an end."""
        channel = self.batches.channel.name
        left = self.batches.ledger.open_intents(channel)
        mine = [each for each in left if wanted(each) and self.is_abandoned(each)]
        self.batches.undecided.update(each.intent.event for each in left if each not in mine)
        for (commit, key), some in _by_event(mine).items():
            try:
                event = self.composer.event(commit, key)
            except Gone as error:
                for each in some:
                    self._finish(each, None, str(error))
                continue
            found = self._people(event, {name for each in some for _, name, _ in _left(each)})
            for each in some:
                self._finish(each, found)

    def is_abandoned(self, each: Open) -> bool:
        """Whether nobody else acts on an intent."""
        if Standing.CLAIMED not in each.standings or each.lease.owner == self.owner:
            return True  # Its run came to an end.
        if is_ours(each.lease.owner):
            return not runs(each.lease.owner)
        return self.batches.clock.now() > each.lease.until

    def _people(self, event: Event, names: set[bytes]) -> dict[bytes, Recipient]:
        """Return those of `names` who are still on the lists: as the event reached them, so that nothing differs."""
        channel = self.batches.channel.name
        found: dict[bytes, Recipient] = {}
        for candidate in self.people.candidates(event, channel):
            name = self.keyring.recipient(channel, candidate.recipient.address)
            if name in names:
                found.setdefault(name, candidate.recipient)
        return found

    def _finish(self, each: Open, found: Mapping[bytes, Recipient] | None, lost: str = "") -> None:
        """Bring one batch to an end; `found` is None where what it was made of is `lost`."""
        batches, intent, left = self.batches, each.intent, _left(each)
        now = batches.clock.now()
        takeover = Takeover(intent=each.id, at=now, owner=self.owner, until=now + LEASE)
        if not batches.ledger.take_over(takeover, each.lease):
            batches.undecided.add(intent.event)
            return
        batches.tally.add("planned", count=len(left))
        heard = batches.ledger.heard(intent.incident, intent.channel, [name for _, name, _ in left])
        decided: dict[int, tuple[Standing, str]] = {}
        again: list[int] = []
        if found is None:
            decided = {
                number: self._silence(intent, standing) or (Standing.UNKNOWN, lost) for number, _, standing in left
            }
            left, found = [], {}
        for number, name, standing in left:
            verdict = self._verdict(intent, standing, now, name in found, heard.get(name))
            if verdict is None:
                again.append(number)
            else:
                decided[number] = verdict
        messages, changed = self._made_again(intent, again, found)
        decided |= changed
        if decided:
            batches.decide(intent, each.id, decided)
        if messages:
            doubtful = {number for number, _, standing in left if standing is not Standing.LATER}
            batches.send(intent, each.id, messages, found, doubtful)

    def _verdict(
        self, intent: Intent, standing: Standing, now: datetime, known: bool, heard: datetime | None
    ) -> tuple[Standing, str] | None:
        """Return what is certain about one recipient of an interrupted batch; None: the same bytes are sent again."""
        if not known:
            return Standing.SUPPRESSED, Reason.FORGOTTEN.value
        if silence := self._silence(intent, standing):
            return silence
        sure = standing is Standing.LATER
        if not intent.generation and self.rules.lateness.is_late(intent.event_at, intent.closing, now):
            if sure:
                return Standing.SUPPRESSED, Reason.LATE.value
            return Standing.UNKNOWN, "interrupted, and too late to repeat"
        if sure:
            # What people want sent again is older than something by nature.
            overtaken = not intent.generation and heard is not None and heard > intent.event_at
            return (Standing.SUPPRESSED, Reason.SUPERSEDED.value) if overtaken else None
        policy = self.batches.channel.policy
        if policy.deduplicates is not None:
            known = now < intent.at + policy.deduplicates
            return None if known else (Standing.UNKNOWN, "interrupted, and the provider has forgotten its key")
        return None if policy.repeat_unknown else (Standing.UNKNOWN, "interrupted, and this channel does not repeat")

    def _silence(self, intent: Intent, standing: Standing) -> tuple[Standing, str] | None:
        """Return what becomes of somebody who is not to be told any more; None where they are."""
        why = self.silenced.get(intent.event)
        if why is None:
            return None
        if standing is Standing.LATER:
            return Standing.SUPPRESSED, why.value
        return Standing.UNKNOWN, f"interrupted, and nobody is to be told by now: {why}"

    def _made_again(
        self, intent: Intent, numbers: list[int], found: Mapping[bytes, Recipient]
    ) -> tuple[dict[int, Message], dict[int, tuple[Standing, str]]]:
        """Return the messages of `numbers` as they were, and those of whom they cannot be made so again."""
        if not numbers:
            return {}, {}
        recipients = [found[intent.recipients[number]] for number in numbers]
        try:
            said = self.composer.compose(intent.commit, intent.event, intent.channel, intent.first, recipients)
        except Gone as error:
            return {}, dict.fromkeys(numbers, (Standing.UNKNOWN, str(error)))
        same, changed = {}, {}
        for number, message in zip(numbers, said, strict=True):
            if self.keyring.digest(message) == intent.digests[number]:
                same[number] = message
            else:
                changed[number] = (Standing.UNKNOWN, "the message cannot be made again byte for byte")
        return same, changed


def _by_event(opened: Iterable[Open]) -> dict[tuple[str, str], list[Open]]:
    found: dict[tuple[str, str], list[Open]] = {}
    for each in opened:
        found.setdefault((each.intent.commit, each.intent.event), []).append(each)
    return found


def _left(each: Open) -> list[_Left]:
    pairs = zip(each.intent.recipients, each.standings, strict=True)
    return [_Left(number, name, standing) for number, (name, standing) in enumerate(pairs) if standing.open]
