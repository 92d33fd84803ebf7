"""Answers that are lost: repeated where that is declared, unknown where nobody can tell, never guessed."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from stillup.delivery.entry import Standing
from stillup.delivery.pace import Effort
from stillup.delivery.plan import Lateness, Rules
from tests.delivery.runs import IMPATIENT, OPENING, everybody, name, run
from tests.delivery.world import (
    AT,
    NEVER,
    REPEAT,
    SAFE,
    Hands,
    List,
    Post,
    Wall,
    Words,
    dispatch,
)
from tests.loopback import PATIENCE, wait


def test_an_answer_that_is_lost_is_repeated_where_that_is_declared(ledger, provider):
    provider.answer = lambda request, number: "drop" if number == 0 else 200

    tally = run(ledger, provider, List([0]), policy=REPEAT)

    assert (tally.accepted, provider.told()) == (1, {"person0@example.com": 2})


def test_an_answer_that_is_lost_is_not_repeated_where_that_is_forbidden(ledger, provider):
    provider.answer = lambda request, number: "drop"

    first = run(ledger, provider, List([0]), policy=NEVER)
    second = run(ledger, provider, List([0]), policy=NEVER)

    assert (first.unknown.total(), first.is_complete) == (1, False)
    assert second.planned == 0
    assert len(provider.requests) == 1


def test_an_answer_that_is_lost_again_is_unknown_and_not_repeated_for_ever(ledger, provider):
    provider.answer = lambda request, number: "drop"

    for _ in range(3):
        run(ledger, provider, List([0]), policy=REPEAT)

    assert len(provider.requests) == 2
    assert ledger.standings("cards/one", "webhook", [name(0)]) == {name(0): Standing.UNKNOWN}


def test_a_time_out_is_not_taken_for_a_refusal(ledger, provider):
    held = threading.Event()
    provider.answer = lambda request, number: 200 if number else (held.wait(PATIENCE), 200)[1]

    class Hasty(Post):
        """Waits a moment for the first answer, and for the next one as long as a busy machine takes."""

        def send(self, message, *, key, at):
            receipt = super().send(message, key=key, at=at)
            self.timeout = PATIENCE
            wait(lambda: provider.requests, "nothing arrived")
            return receipt

    post = Hasty(provider.url, REPEAT, timeout=0.2)

    made = dispatch(ledger, post, List([0]), clock=Wall(), rules=Rules(at=AT, beginning=None))
    made.run([OPENING])
    held.set()

    assert made.tally.accepted == 1
    assert len(provider.requests) == 2


def test_a_burnt_key_is_never_minted_anew(ledger, provider):
    """Within its window the provider knows the key; after it, whatever may have been taken is for people."""
    provider.answer = lambda request, number: "drop"
    clock = Hands()
    first = run(ledger, provider, List([0]), policy=SAFE, clock=clock)
    provider.answer = lambda request, number: 200
    late = replace(Rules(at=AT, beginning=ledger.beginning()), lateness=Lateness(update=timedelta(days=9)))
    clock.at += timedelta(hours=25)

    second = run(ledger, provider, List([0]), policy=SAFE, clock=clock, rules=late)

    assert first.failed.total() == 1
    assert second.unknown == {"interrupted, and the provider has forgotten its key": 1}
    assert len({each.key for each in provider.requests}) == 1


def test_within_the_window_the_same_request_is_repeated(ledger, provider):
    provider.answer = lambda request, number: "drop"
    clock, words = Hands(), Words()
    run(ledger, provider, List([0]), policy=SAFE, clock=clock, words=words)
    provider.answer = lambda request, number: 200
    clock.at += timedelta(hours=3)
    words.commit, words.texts["c2"] = "c2", "Another wording."

    second = run(ledger, provider, List([0]), policy=SAFE, clock=clock, words=words)

    assert second.accepted == 1
    assert len({(each.key, each.body) for each in provider.requests}) == 1


def test_what_may_have_been_taken_once_is_not_sure_because_a_repeat_was_refused_for_now(ledger, provider):
    """An answer is lost, then the provider is overloaded, then a day: its key is forgotten, so people decide."""
    provider.answer = lambda request, number: "drop" if number == 0 else 503
    clock = Hands()
    late = replace(Rules(at=AT, beginning=ledger.beginning()), lateness=Lateness(update=timedelta(days=9)))
    run(ledger, provider, List([0]), policy=SAFE, clock=clock)
    run(ledger, provider, List([0]), policy=SAFE, clock=clock, rules=late)
    calls = len(provider.requests)
    provider.answer = lambda request, number: 200
    clock.at += timedelta(hours=25)

    third = run(ledger, provider, List([0]), policy=SAFE, clock=clock, rules=late)

    assert third.unknown == {"interrupted, and the provider has forgotten its key": 1}
    assert len(provider.requests) == calls


def test_a_key_is_not_used_after_its_window_though_the_pause_began_within(ledger, provider):
    """Half a minute is left of the day, and the provider wants more than that."""
    provider.answer = lambda request, number: "drop"
    clock = Hands()
    late = replace(Rules(at=AT, beginning=ledger.beginning()), lateness=Lateness(update=timedelta(days=9)))
    run(ledger, provider, List([0]), policy=SAFE, clock=clock)
    calls, clock.at = len(provider.requests), AT + timedelta(hours=24) - timedelta(seconds=20)
    provider.answer = lambda request, number: 503 if number == calls else 200
    slow = Effort(base=timedelta(seconds=60), cap=timedelta(seconds=60))

    second = run(ledger, provider, List([0]), policy=SAFE, clock=clock, rules=late, effort=slow)

    assert second.unknown == {"the provider has forgotten its key meanwhile": 1}
    assert len(provider.requests) == calls + 1


@pytest.mark.parametrize(
    ("answer", "ends"),
    [
        (503, {"suppressed": {"withdrawn": 1}}),
        ("drop", {"unknown": {"interrupted, and nobody is to be told by now: withdrawn": 1}}),
    ],
)
def test_what_was_taken_back_since_is_not_tried_again(answer, ends, ledger, provider):
    provider.answer = lambda request, number: answer
    run(ledger, provider, List([0]), policy=SAFE)
    calls = len(provider.requests)
    provider.answer = lambda request, number: 200

    second = run(ledger, provider, List([0]), replace(OPENING, silent="withdrawn"), policy=SAFE)

    assert len(provider.requests) == calls
    assert {name: dict(getattr(second, name)) for name in ends} == ends


@pytest.mark.parametrize("policy", [REPEAT, NEVER])
def test_a_second_try_that_is_under_way_is_left_alone(policy, ledger, provider):
    """One run tries again what failed; another looks at the ledger at that very moment."""
    provider.answer = lambda request, number: 503
    run(ledger, provider, List([0]), policy=policy)
    seen = []

    def meanwhile(request: object, number: int) -> int:
        if not seen:
            seen.append(None)
            seen[0] = run(ledger, provider, List([0]), policy=policy, owner="another:2:2", effort=IMPATIENT)
        return 200

    provider.requests.clear()
    provider.answer = meanwhile

    first = run(ledger, provider, List([0]), policy=policy)

    assert first.accepted == 1
    assert (seen[0].accepted, len(provider.requests)) == (0, 1)


def test_a_provider_that_is_very_slow_has_nobody_told_by_two_machines(ledger, provider):
    """Twelve seconds a message: a hundred of them last longer than a batch is left alone by runs elsewhere."""
    clock, seen = Hands(), []

    def slowly(request: object, number: int) -> int:
        clock.at += timedelta(seconds=12)
        if clock.at > AT + timedelta(minutes=18) and not seen:
            seen.append(None)
            seen[0] = run(
                ledger, provider, List(range(100)), owner="another:2:2", effort=IMPATIENT, clock=Hands(clock.at)
            )
        return 200

    provider.answer = slowly
    for _ in range(4):
        run(ledger, provider, List(range(100)), clock=clock)

    assert seen
    assert provider.told() == dict.fromkeys(everybody(100), 1)


def test_a_commit_that_is_gone_is_unknown_never_a_guess(ledger, provider):
    provider.answer = lambda request, number: 503
    words = Words()
    run(ledger, provider, List([0]), words=words)
    calls = len(provider.requests)
    words.commit, words.texts = "c2", {"c2": "It is down."}

    second = run(ledger, provider, List([0]), words=words)

    assert second.unknown == {"commit c1 is no more": 1}
    assert len(provider.requests) == calls


def test_bytes_that_cannot_be_made_again_are_not_sent(ledger, provider):
    provider.answer = lambda request, number: 503
    words = Words()
    run(ledger, provider, List([0]), words=words)
    calls = len(provider.requests)
    words.texts["c1"] = "History was rewritten."

    second = run(ledger, provider, List([0]), words=words)

    assert second.unknown == {"the message cannot be made again byte for byte": 1}
    assert len(provider.requests) == calls
