"""The delivery protocol of `manual/docs/delivery-protocol.md` as a machine with few states, walked through whole.

One message to one recipient, a provider, two processes that may die or be held up, and people who say `resend`.
Names are those of the ledger: a standing here is a `Standing` there. Faults are bounded, everything else is not.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from stillup.delivery.entry import Standing
from stillup.delivery.ledger.state import is_free, is_resent

C, A, R, U, L, M, S, O = Standing  # noqa: E741  in the order of their definition
FAULTS = 2
"""So many things go wrong at most."""


class Worker(NamedTuple):
    """A process."""

    phase: str = "idle"
    """idle, sending (its intent is durable), told (it knows the outcome, nobody else does)"""

    generation: int = 0
    """Of the intent that it acts on."""

    unsure: int = 0
    """How many of its calls may have been taken."""

    doubt: bool = False
    """Whether a call of another process may have been."""

    outcome: Standing | None = None


_FRESH = Worker()._asdict()


class World(NamedTuple):
    """Everything there is."""

    standing: Standing | None = None
    settled: bool = False
    generation: int = 0
    holder: int = -1
    """Which process acts on the intent."""

    abandoned: bool = False
    """Whether another may: the holder is dead, or its lease has run out."""

    slow: bool = False
    """Whether a lease ever ran out while its holder lived."""

    taken: tuple[int, int] = (0, 0)
    """How many messages the recipient got, by generation."""

    knows: bool = True
    """Whether the provider still knows keys that it saw."""

    late: bool = False
    faults: int = 0
    workers: tuple[Worker, Worker] = (Worker(), Worker())

    def of(self, number: int, **changes: object) -> "World":
        """Return the world with the worker `number` changed."""
        changed = self.workers[number]._replace(**changes)
        return self._replace(workers=(changed, self.workers[1]) if number == 0 else (self.workers[0], changed))


@dataclass(frozen=True, kw_only=True)
class Protocol:
    """What a channel promises, and the rules; a test breaks one of them to see that it is noticed."""

    deduplicates: bool = False
    repeats: bool = False
    writes_first: bool = True
    keeps_doubt: bool = True
    claims_again: bool = True
    keeps_decisions: bool = True
    takes_over: bool = True

    def steps(self, world: World) -> Iterator[tuple[str, World]]:
        """Yield everything that may happen next, with its name."""
        for number, worker in enumerate(world.workers):
            if worker.phase == "idle":
                yield from self._idle(world, number)
            elif worker.phase == "sending":
                yield from self._sending(world, number, worker)
            else:
                yield f"record {number}", self._record(world, number, worker)
            if worker.phase != "idle" and world.faults < FAULTS:
                # Another process begins in its place, which knows nothing and holds nothing.
                gone = world.abandoned or world.holder == number
                restarted = world.of(number, **_FRESH)
                yield f"crash {number}", restarted._replace(faults=world.faults + 1, abandoned=gone)
        if world.faults < FAULTS and world.holder >= 0 and not world.abandoned and world.standing is C:
            yield "expire", world._replace(abandoned=True, slow=True, faults=world.faults + 1)
        if world.standing and is_resent(world.standing, False) and not world.generation:
            yield "resend", world._replace(standing=O, settled=False, generation=1)
        if not world.late:
            yield "age", world._replace(late=True)
        # No call is under way for as long as a provider knows its keys.
        if self.deduplicates and world.knows and all(each.phase == "idle" for each in world.workers):
            yield "forget", world._replace(knows=False)

    def _idle(self, world: World, number: int) -> Iterator[tuple[str, World]]:
        late = world.late and not world.generation
        if is_free(world.standing, world.settled) and not late:
            sending = world.of(number, phase="sending", generation=world.generation)
            claimed = {"standing": C, "holder": number, "abandoned": False} if self.writes_first else {}
            yield f"claim {number}", sending._replace(**claimed)
        standing = world.standing
        if standing is not None and standing.open and self.takes_over and (standing is not C or world.abandoned):
            held = world._replace(holder=number, abandoned=False)
            verdict = self.verdict(standing, world.knows, late)
            if verdict is None:
                doubt = self.keeps_doubt and standing is not L
                after = held.of(number, phase="sending", generation=world.generation, doubt=doubt)
            else:
                after = held.of(number, phase="told", generation=world.generation, outcome=verdict)
            yield f"take over {number}", after._replace(standing=C) if self.claims_again else after
        decided = standing is None and late or (standing is not None and not standing.open and standing is not O)
        if decided and not world.settled:
            yield f"settle {number}", world._replace(settled=True)

    def verdict(self, standing: Standing, knows: bool, late: bool) -> Standing | None:
        """Return what is certain of an interrupted message; None: it is sent again."""
        if late:
            return S if standing is L else U
        if standing is L or (self.deduplicates and knows) or (self.repeats and not self.deduplicates):
            return None
        return U

    def _sending(self, world: World, number: int, worker: Worker) -> Iterator[tuple[str, World]]:
        of = worker.generation
        dropped = self.deduplicates and world.knows and world.taken[of]
        more = min(world.taken[of] + (0 if dropped else 1), FAULTS + 2)
        took = world._replace(taken=(more, world.taken[1]) if of == 0 else (world.taken[0], more))
        yield f"accept {number}", took.of(number, phase="told", outcome=A)
        yield f"refuse {number}", world.of(number, phase="told", outcome=R)
        unsure = worker.unsure or worker.doubt
        yield f"later {number}", world.of(number, phase="told", outcome=M if unsure else L)
        if world.faults < FAULTS:
            for name, after in (("lose", took), ("cut", world)):  # the answer is lost; so was the call, or not
                after = after._replace(faults=world.faults + 1)
                again = world.knows if self.deduplicates else self.repeats and not worker.unsure
                if again:
                    yield f"{name} {number}", after.of(number, unsure=worker.unsure + 1)
                yield f"{name} {number}", after.of(number, phase="told", outcome=M if again else U)

    def _record(self, world: World, number: int, worker: Worker) -> World:
        standing = world.standing
        fits = worker.generation == world.generation and standing is not None and standing.open
        ended = world.of(number, **_FRESH)
        return ended._replace(standing=worker.outcome) if fits or not self.keeps_decisions else ended


SAFE, REPEAT, NEVER = Protocol(deduplicates=True, repeats=True), Protocol(repeats=True), Protocol()


KNOWN = "nothing is sent that the ledger does not know of"
ONCE = "nobody gets a message more often than the policy says"
TAKEN = "accepted is what the provider took"
SURE = "later is what was surely not taken"
DECIDED = "what is decided stays decided"
SETTLED = "what is settled has nobody in the open"
INVARIANTS = (KNOWN, ONCE, TAKEN, SURE, DECIDED, SETTLED)


def broken(protocol: Protocol, before: World, after: World) -> Iterator[str]:
    """Yield the name of each invariant that does not hold, of a step or of the world after it."""
    standing, taken = after.standing, after.taken[after.generation]
    if after.taken[0] and standing is None:
        yield KNOWN
    # A call that was held up beyond its lease is the one case that no key saves; the manual says so.
    more = after.slow if protocol.deduplicates else after.faults if protocol.repeats else 0
    if max(after.taken) > 1 + more:
        yield ONCE
    if standing is A and not taken and after.generation == before.generation:
        yield TAKEN
    if standing is L and taken and not after.slow:
        yield SURE
    final = before.standing is not None and not before.standing.open and before.standing is not O
    if final and standing is not before.standing and after.generation == before.generation:
        yield DECIDED
    if after.settled and standing is not None and (standing.open or standing is O):
        yield SETTLED


@dataclass(frozen=True)
class Walk:
    """Every world that can be reached."""

    came: Mapping[World, tuple[World, str] | None]
    """By world: the one before on a shortest way, and the step."""

    faults: Mapping[str, World]
    """By invariant: the first world that breaks it."""

    stuck: tuple[World, ...]
    """Worlds from which, though nothing else goes wrong, the message never comes to an end."""

    def way(self, world: World) -> list[str]:
        """Return the steps that lead to `world`."""
        return [step for step, _ in self.stages(world)]

    def stages(self, world: World) -> list[tuple[str, World]]:
        """Return the steps that lead to `world`, each with the world after it."""
        stages: list[tuple[str, World]] = []
        while (before := self.came[world]) is not None:
            stages.append((before[1], world))
            world = before[0]
        return stages[::-1]


_WELL = ("claim", "take over", "accept", "record", "settle")
"""What happens when nothing goes wrong."""


def _ordered(world: World) -> World:
    """Return the world with its two processes in order: which of them is the first makes no difference."""
    one, two = world.workers
    holds = world.holder
    if (repr(one), holds != 0) <= (repr(two), holds != 1):
        return world
    return world._replace(workers=(two, one), holder=1 - holds if holds >= 0 else holds)


def walk(protocol: Protocol, start: World = World()) -> Walk:  # noqa: B008  it is frozen
    """Walk through everything that may happen, breadth first."""
    came: dict[World, tuple[World, str] | None] = {start: None}
    faults: dict[str, World] = {}
    back: dict[World, list[World]] = {}
    waiting = deque([start])
    while waiting:
        world = waiting.popleft()
        for name, after in protocol.steps(world):
            after = _ordered(after)
            if after not in came:
                came[after] = (world, name)
                waiting.append(after)
            for fault in broken(protocol, world, after):
                faults.setdefault(fault, after)
            if name.startswith(_WELL):
                back.setdefault(after, []).append(world)
    ended = deque(world for world in came if world.settled)
    well = set(ended)
    while ended:
        for before in back.get(ended.popleft(), ()):
            if before not in well:
                well.add(before)
                ended.append(before)
    return Walk(came, faults, tuple(world for world in came if world not in well))


def changed(protocol: Protocol, rule: str) -> Protocol:
    """Return the protocol without one of its rules."""
    change: Callable[..., Protocol] = replace
    return change(protocol, **{rule: False})
