"""Everything that may happen to one message is walked through, and each rule of the protocol is shown to be needed.

The ledger then goes the same ways, and the dispatcher decides as the model does.
"""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from stillup.delivery.entry import Answer, Intent, Resend, Settled, Standing, Takeover
from stillup.delivery.ledger import Lease
from stillup.delivery.ledger.memory import MemoryLedger
from stillup.delivery.plan import Rules
from tests.delivery import protocol, world
from tests.delivery.protocol import NEVER, REPEAT, SAFE, Protocol, Walk, World
from tests.delivery.test_ledger import A, intent
from tests.machine import ROOT

POLICIES = {"SAFE": SAFE, "REPEAT": REPEAT, "NEVER": NEVER}


@pytest.fixture(scope="module")
def walks() -> dict[str, Walk]:
    return {name: protocol.walk(each) for name, each in POLICIES.items()}


@pytest.mark.parametrize("name", POLICIES)
def test_whatever_happens_every_invariant_holds(name, walks):
    assert {fault: walks[name].way(at) for fault, at in walks[name].faults.items()} == {}
    assert len(walks[name].came) > 1000


@pytest.mark.parametrize("name", POLICIES)
def test_once_nothing_goes_wrong_any_more_every_message_comes_to_an_end(name, walks):
    assert [walks[name].way(each) for each in walks[name].stuck[:1]] == []


@pytest.mark.parametrize(
    ("policy", "rule", "fault"),
    [
        (NEVER, "writes_first", protocol.KNOWN),
        (NEVER, "claims_again", protocol.ONCE),
        (SAFE, "keeps_doubt", protocol.SURE),
        (NEVER, "keeps_decisions", protocol.DECIDED),
    ],
)
def test_without_one_of_its_rules_an_invariant_breaks(policy, rule, fault):
    assert fault in protocol.walk(protocol.changed(policy, rule)).faults


def test_without_taking_over_some_messages_never_come_to_an_end():
    assert protocol.walk(protocol.changed(NEVER, "takes_over")).stuck


def test_the_manual_names_what_the_model_checks():
    page = (ROOT / "manual/docs/delivery-protocol.md").read_text(encoding="utf-8")

    assert [each for each in protocol.INVARIANTS if f"- {each.capitalize()}" not in page] == []
    assert [each.name.lower() for each in Standing if f"| {each.name.lower()} |" not in page] == []


class Followed:
    """A ledger to which happens what happens in the model."""

    def __init__(self) -> None:
        self.ledger = world.begun(MemoryLedger())
        self.intents: list[Intent] = []
        self.time = 0

    def follow(self, way: list[tuple[str, World]]) -> None:
        before = World()
        for step, after in way:
            self._step(step.split()[0], step.split()[-1], before, after)
            before = after
            known = self.ledger.standings("cards/one", "email", [A]).get(A)
            assert known is after.standing, step
            assert self.ledger.is_settled("cards/one", "email") == after.settled, step
            assert bool(self.ledger.open_intents()) == bool(known and known.open), step

    def _step(self, step: str, number: str, before: World, after: World) -> None:
        self.time += 1
        at = world.AT + timedelta(seconds=self.time)
        if step == "claim":
            made = intent(A, generation=after.generation, owner=f"host:{self.time}:1")
            assert self.ledger.claim([made]) == (made,)
            self.intents.append(made)
        elif step == "take":
            (opened,) = self.ledger.open_intents()
            taken = Takeover(intent=opened.id, at=at, owner=f"host:{self.time}:1", until=at)
            assert self.ledger.take_over(taken, opened.lease)
            assert not self.ledger.take_over(replace(taken, owner="late"), Lease(*opened.lease))
        elif step == "record":
            worker = before.workers[int(number)]
            assert worker.outcome is not None
            of = next(each for each in self.intents if each.generation == worker.generation)
            self.ledger.record([Answer(intent=of.id, at=at, standings=worker.outcome.value)])
        elif step == "settle":
            self.ledger.record([Settled(event="cards/one", channel="email", at=at, counts={})])
        elif step == "resend":
            self.ledger.record([Resend(event="cards/one", channel="email", at=at)])


@pytest.mark.parametrize("name", POLICIES)
def test_the_ledger_goes_the_same_ways(name, walks):
    ways = [walks[name].stages(each) for each in walks[name].came]
    chosen = sorted(ways, key=len)[:: max(1, len(ways) // 60)]

    for way in chosen:
        Followed().follow(way)


@pytest.mark.parametrize(
    ("name", "standing", "late", "knows"),
    [*product(POLICIES, (Standing.CLAIMED, Standing.LATER, Standing.MAYBE), (False, True), (True, False))],
)
def test_an_interrupted_message_is_judged_as_in_the_model(name, standing, late, knows):
    policy: Protocol = POLICIES[name]
    at = world.AT + timedelta(hours=1 if knows else 25)
    rules = Rules(at=at, beginning=world.BEGINNING)
    lateness = replace(rules.lateness, update=timedelta(0) if late else timedelta(days=9))
    channel = world.Post("http://127.0.0.1:9/", getattr(world, name))
    run = world.dispatch(world.begun(MemoryLedger()), channel, world.List([0]), rules=replace(rules, lateness=lateness))

    said = run._interrupted._verdict(intent(A), standing, at, True, None)

    assert (said and said[0]) == policy.verdict(standing, knows, late)
