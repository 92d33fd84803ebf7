"""`kill -9` before and after every step. The judge is the receiver's own log, never our ledger."""

import os
from pathlib import Path

import pytest

from stillup.delivery.owner import owner
from tests.delivery import world
from tests.delivery.child import PEOPLE, open_ledger
from tests.delivery.test_ledger import intent
from tests.tools import ROOT, warm

EVERYBODY = {f"person{number}@example.com" for number in range(PEOPLE)}
MOMENTS = [
    ("before claim", 1), ("after claim", 1),
    ("before call", 1), ("before call", 3), ("after call", 1), ("after call", 3), ("after call", PEOPLE),
    ("before receipt", 1), ("after receipt", 1),
    ("before settle", 1), ("after settle", 1),
]  # fmt: skip


def die(kind: str, place: Path, url: str, policy: str, moment: str, number: int) -> None:
    """Run until the moment at which the process is killed."""
    words = ["tests.delivery.child", kind, str(place), url, policy, moment, str(number)]
    done = warm().run(words, cwd=ROOT, environment=os.environ, timeout=300)
    assert done.returncode == -9, done.stderr


def go_on(kind: str, place: Path, url: str, policy: str) -> dict[str, object]:
    """Run as a process would that starts afterwards; return its account."""
    ledger = open_ledger(kind, place)
    run = world.dispatch(ledger, world.Post(url, getattr(world, policy)), world.List(range(PEOPLE)))
    run.run([world.event("cards/one", opening=True)])
    ledger.close()
    return run.tally.numbers()


@pytest.fixture(params=["sqlite", "git", "postgres"])
def store(request, tmp_path):
    """A ledger that has begun: its kind and its place."""
    places = {"git": "repository", "postgres": "tables"}
    place = request.getfixturevalue(places[request.param]) if request.param in places else tmp_path / "ledger.sqlite"
    world.begun(open_ledger(request.param, place)).close()
    return request.param, place


@pytest.mark.parametrize(("moment", "number"), MOMENTS, ids=lambda value: str(value).replace(" ", "-"))
@pytest.mark.parametrize("policy", ["SAFE", "REPEAT", "NEVER"])
def test_a_run_that_dies_is_ended_by_the_next(policy, moment, number, store, provider):
    kind, place = store
    die(kind, place, provider.url, policy, moment, number)
    before = len(provider.requests)

    account = go_on(kind, place, provider.url, policy)

    took = provider.told()
    assert took.keys() <= EVERYBODY
    assert account["missing"] == 0
    if policy == "SAFE":
        # The provider knows its keys again: by key everybody has it once, and each repeat is the same request.
        assert took.keys() == EVERYBODY
        assert len({each.key for each in provider.requests}) == PEOPLE
        assert len({(each.key, each.body) for each in provider.requests}) == PEOPLE
    elif policy == "REPEAT":
        assert took.keys() == EVERYBODY
        # Where a write is cheap receipts are written call by call: then one call at most is made twice.
        assert sum(took.values()) - PEOPLE <= (before if kind == "git" else 1)
        assert len({(each.key, each.body) for each in provider.requests}) == PEOPLE
    else:
        # Never twice; who may have been told is accounted for, and that is one at most.
        assert set(took.values()) == {1}
        unknown = account["unknown"]
        assert isinstance(unknown, dict)
        assert EVERYBODY - took.keys() == set() or (sum(unknown.values()) == 1 and len(took) == PEOPLE - 1)
    calls = len(provider.requests)
    assert go_on(kind, place, provider.url, policy)["planned"] == 0
    assert len(provider.requests) == calls


def test_a_run_that_is_under_way_is_left_alone(store, provider):
    """The process that acts on the intent is alive: it is this one."""
    kind, place = store
    recipients = [world.KEYRING.recipient("webhook", address) for address in sorted(EVERYBODY)]
    ledger = open_ledger(kind, place)
    ledger.claim([intent(*recipients, channel="webhook", owner=owner())])
    ledger.close()

    account = go_on(kind, place, provider.url, "REPEAT")

    assert provider.requests == []
    assert account["failed"] == {"later: another run has not said what became of it": PEOPLE}
