"""One channel's run: what an interrupted run left is finished first, then each event is told to whom it is owed.

For each batch, in this order:

1. it is planned, from events and the ledger;
2. its messages are made, and digests taken of them;
3. the intent is durable in the ledger;
4. the calls are made;
5. the receipts are durable;
6. once nobody is left, the event is settled.

Wherever the process dies, the next run knows what is certain: before 3 nothing was sent, after 5 everything is known,
and between them the channel's policy decides, on the very bytes that were frozen.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from stillup.delivery import plan
from stillup.delivery.attempt import Attempts
from stillup.delivery.batch import Batches
from stillup.delivery.entry import Intent, Rest, Settled, Standing, Takeover
from stillup.delivery.interrupted import Interrupted
from stillup.delivery.keyring import Keyring
from stillup.delivery.ledger import Lease, Ledger, Open
from stillup.delivery.pace import Clock, Effort, Progress, Waiting
from stillup.delivery.plan import Named, Reason, Rules, Step
from stillup.delivery.port import LEASE, Composer, People
from stillup.delivery.receipt import Channel, Policy
from stillup.delivery.tally import Tally
from stillup.messages.event import Event
from stillup.messages.message import Message
from stillup.messages.recipient import Recipient

BATCH = 100
"""Recipients in one intent, where a repeat is safe or declared."""

GONE = "bounce"
"""What lists call an address that its provider said is no more."""

CLAIMED = 10
"""Intents claimed in one write."""


@dataclass(slots=True, kw_only=True)
class Dispatch:
    """One channel's run."""

    channel: Channel
    ledger: Ledger
    keyring: Keyring
    people: People
    composer: Composer
    rules: Rules
    clock: Clock
    owner: str
    seed: str = ""
    effort: Effort = field(default_factory=Effort)
    progress: Progress | None = None
    gone: Callable[[Recipient], None] | None = None
    """Told of each recipient whose address is no more."""

    pace: Waiting | None = None
    """Shared with other processes; None: our own."""

    tally: Tally = field(init=False)
    _attempts: Attempts = field(init=False)
    _batches: Batches = field(init=False)
    _interrupted: Interrupted = field(init=False)

    def __post_init__(self) -> None:
        """Begin an empty account."""
        self.tally = Tally(channel=self._name)
        self._attempts = Attempts(
            self.channel,
            self.clock,
            self.effort,
            self.seed,
            self.keyring.provider,
            self.pace,
        )
        self._batches = Batches(
            channel=self.channel,
            ledger=self.ledger,
            clock=self.clock,
            attempts=self._attempts,
            tally=self.tally,
            progress=self.progress,
            gone=self.gone,
        )
        self._interrupted = Interrupted(
            batches=self._batches,
            keyring=self.keyring,
            people=self.people,
            composer=self.composer,
            rules=self.rules,
            owner=self.owner,
        )

    @property
    def _name(self) -> str:
        return self.channel.name

    def run(self, events: Sequence[Event]) -> None:
        """Send whatever is owed of `events`, oldest first."""
        rests = self.ledger.rests(self._name)
        self._attempts.rests.update(rests)
        self._silence(events)
        self._interrupted.finish()
        settled: list[Settled] = []
        by_incident: dict[str, list[Event]] = {}
        for event in events:
            by_incident.setdefault(event.incident, []).append(event)
        for event in events:
            if self.ledger.is_settled(event.key, self._name):
                continue
            if self._ends(event):
                break
            counts = self._tell(event, by_incident[event.incident])
            if event.key not in self._batches.undecided:
                settled.append(Settled(event=event.key, channel=self._name, at=self.clock.now(), counts=counts))
        self.await_others()
        self.ledger.record([each for each in settled if not self.ledger.is_settled(each.event, self._name)])
        self._remember(rests)

    def tell(self, event: Event, reason: Reason | None) -> Mapping[str, int]:
        """Send what is owed of one event to `people`, who are a part of the list; `reason` is the event's `silence`.

        What a dead process left of them is finished first. Return how many were sent it, and why the others were not:
        whether the event is settled is not for a part to say.
        """
        rests = self.ledger.rests(self._name)
        self._attempts.rests.update(rests)
        self._silence([event])
        self._interrupted.finish(self._is_of(event))
        counts = self._tell_of(event, self.ledger.generation(event.key, self._name), reason)
        self._remember(rests)
        return counts

    def finish_others(self, events: Collection[str]) -> None:
        """Bring to an end what dead processes left of other events than `events`."""
        self._attempts.rests.update(self.ledger.rests(self._name))
        self._interrupted.finish(lambda each: each.intent.event not in events)

    def _silence(self, events: Sequence[Event]) -> None:
        """Have nobody told any more of those of `events` that were taken back since a run began with them."""
        self._interrupted.silenced = {each.key: why for each in events if (why := plan.written(each)) is not None}

    def _is_of(self, event: Event) -> Callable[[Open], bool]:
        """Return what says whether an intent is of `event` and names one of `people`."""
        names: set[bytes] = set()

        def is_it(each: Open) -> bool:
            if each.intent.event != event.key:
                return False
            if not names:
                candidates = self.people.candidates(event, self._name)
                names.update(self.keyring.recipient(self._name, one.recipient.address) for one in candidates)
            return not names.isdisjoint(each.intent.recipients)

        return is_it

    def _ends(self, event: Event) -> bool:
        """Whether the run was told to end; then what is left of `event` is for the next one."""
        if not self.effort.ends():
            return False
        self._batches.undecided.add(event.key)
        self.tally.left = True
        return True

    def _remember(self, known: Mapping[str, datetime]) -> None:
        """Write down which providers asked to be let alone, and still do."""
        now = self.clock.now()
        self.ledger.record(
            [
                Rest(channel=self._name, provider=provider, at=now, until=until)
                for provider, until in sorted(self._attempts.rests.items())
                if until > now and known.get(provider) != until
            ]
        )

    def _tell(self, event: Event, incident: Sequence[Event]) -> Mapping[str, int]:
        """Send what is owed of one event; return how many were sent it, and why the others were not."""
        generation = self.ledger.generation(event.key, self._name)
        return self._tell_of(event, generation, plan.silence(event, self.rules, generation, incident))

    def _tell_of(self, event: Event, generation: int, reason: Reason | None) -> Mapping[str, int]:
        counts: dict[str, int] = {}
        silent = dict(self.people.silent(event, self._name))
        silent[GONE] = max(0, silent.get(GONE, 0) - self._batches.lost[event.key])
        for step in plan.steps(
            event,
            self._name,
            self.people.candidates(event, self._name),
            known=self.ledger,
            keyring=self.keyring,
            reason=reason,
        ):
            if self._ends(event):
                break
            word = step.reason.value if step.reason else "sent"
            counts[word] = counts.get(word, 0) + len(step.people)
            if step.reason is None:
                self._send(step, generation)
            elif step.reason in plan.EARLIER:
                if step.reason is not Reason.PENDING:  # Those were tried before all others, and counted there.
                    self.tally.add("earlier", word, len(step.people))
                if step.reason in (Reason.ELSEWHERE, Reason.PENDING):
                    self._batches.undecided.add(event.key)
            elif step.reason in plan.UNTIL_MENDED:
                self.tally.add("planned", count=len(step.people))
                self.tally.add("failed", f"later: {word}", len(step.people))
                self._batches.undecided.add(event.key)
            else:
                self.tally.add("planned", count=len(step.people))
                self.tally.add("suppressed", word, len(step.people))
        for word, count in silent.items():
            if not count:
                continue
            counts[word] = counts.get(word, 0) + count
            self.tally.add("planned", count=count)
            self.tally.add("suppressed", word, count)
        return counts

    def _send(self, step: Step, generation: int) -> None:
        size = _batch(self.channel.policy) * (1 if _is_at_most_once(self.channel.policy) else CLAIMED)
        for start in range(0, len(step.people), size):
            if self._ends(step.event):
                return
            wanted: Sequence[Named] = step.people[start : start + size]
            self.tally.add("planned", count=len(wanted))
            while wanted:
                wanted = self._claim_and_send(step, wanted, generation)

    def _claim_and_send(self, step: Step, people: Sequence[Named], generation: int) -> Sequence[Named]:
        """Claim `people` in batches and send what was granted; return those whom a lost race left unclaimed."""
        made = self._intended(step, people, generation)
        granted = self.ledger.claim([intent for intent, _ in made])
        messages = {id(intent): said for intent, said in made}
        recipients = {each.name: each.recipient for each in people}
        for intent in granted:
            if self._still_ours(intent):
                self._batches.send(intent, intent.id, dict(enumerate(messages[id(intent)])), recipients)
        claimed = {name for intent in granted for name in intent.recipients}
        others = [each for each in people if each.name not in claimed]
        return self._unclaimed(step.event.key, others, progressed=bool(granted)) if others else ()

    def _still_ours(self, intent: Intent) -> bool:
        """Renew the lease where it has grown old; False where another run believed us gone and took over."""
        now = self.clock.now()
        if now - intent.at < LEASE / 6:
            return True
        renewed = Takeover(intent=intent.id, at=now, owner=self.owner, until=now + LEASE)
        if self.ledger.take_over(renewed, Lease(intent.owner, intent.until)):
            return True
        self.tally.add("planned", count=-len(intent.recipients))
        self.tally.add("earlier", Reason.ELSEWHERE, len(intent.recipients))
        self._batches.undecided.add(intent.event)
        return False

    def _intended(self, step: Step, people: Sequence[Named], generation: int) -> list[tuple[Intent, Sequence[Message]]]:
        """Return the batches that `people` make, each with its messages."""
        event, commit = step.event, self.composer.commit
        messages = self.composer.compose(commit, event.key, self._name, step.first, [each.recipient for each in people])
        size, now = _batch(self.channel.policy), self.clock.now()
        made: list[tuple[Intent, Sequence[Message]]] = []
        for start in range(0, len(people), size):
            some, said = people[start : start + size], messages[start : start + size]
            intent = Intent(
                event=event.key,
                incident=event.incident,
                event_at=event.at,
                closing=event.closing,
                channel=self._name,
                audience=step.audience,
                first=step.first,
                commit=commit,
                at=now,
                owner=self.owner,
                until=now + LEASE,
                generation=generation,
                recipients=tuple(each.name for each in some),
                digests=tuple(self.keyring.digest(message) for message in said),
            )
            made.append((intent, said))
        return made

    def _unclaimed(self, event: str, others: Sequence[Named], *, progressed: bool) -> Sequence[Named]:
        """Return who of `others` is to be claimed anew: another run was quicker with some, and answers for them."""
        known = self.ledger.standings(event, self._name, [each.name for each in others])
        free = [each for each in others if known.get(each.name, Standing.OWED) is Standing.OWED]
        if len(free) == len(others) and not progressed:
            free = []  # Another run has settled the event.
        lost = len(others) - len(free)
        if lost:
            self.tally.add("planned", count=-lost)
            self.tally.add("earlier", Reason.ELSEWHERE, lost)
            self._batches.undecided.add(event)
        return free

    def await_others(self) -> None:
        """Wait until other runs have ended their part; finish it where they died over it."""
        until = self.clock.now() + self.effort.patience
        wait = 0.2
        while True:
            self.ledger.refresh()
            held = [
                each
                for each in self.ledger.open_intents(self._name)
                if Standing.CLAIMED in each.standings and each.lease.owner != self.owner
            ]
            if not held:
                return
            if any(map(self._interrupted.is_abandoned, held)):
                self._interrupted.finish(lambda each: each.lease.owner != self.owner)
            elif self.clock.now() >= until or self.effort.ends():
                count = sum(each.standings.count(Standing.CLAIMED) for each in held)
                self.tally.add("planned", count=count)
                self.tally.add("failed", "later: another run has not said what became of it", count)
                return
            else:
                self.clock.sleep(wait)
                wait = min(wait * 1.5, 5.0)


def _is_at_most_once(policy: Policy) -> bool:
    """Whether a message that may have been taken is lost to an interruption: then no more are claimed than called."""
    return not policy.repeat_unknown and policy.deduplicates is None


def _batch(policy: Policy) -> int:
    return max(1, policy.parallel) if _is_at_most_once(policy) else BATCH
