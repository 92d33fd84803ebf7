"""One run of one channel against a real receiver: what it answers, and what becomes of it."""

import json
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from stillup.delivery.entry import Resend
from stillup.delivery.ledger import LedgerError
from stillup.delivery.pace import Effort, pause
from tests.delivery.conftest import KINDS
from tests.delivery.runs import IMPATIENT, OPENING, everybody, run
from tests.delivery.world import (
    AT,
    REPEAT,
    Hands,
    List,
    Post,
    begun,
    dispatch,
    event,
)
from tests.loopback import PATIENCE


def test_everybody_is_told_once_however_often_it_runs(ledger, provider):
    tallies = [run(ledger, provider, List(range(250))) for _ in range(3)]

    assert provider.told() == dict.fromkeys(everybody(250), 1)
    assert [(tally.planned, tally.accepted, tally.is_complete) for tally in tallies] == [
        (250, 250, True), (0, 0, True), (0, 0, True)
    ]  # fmt: skip


def test_the_first_that_somebody_hears_is_worded_as_an_opening(ledger, provider):
    run(ledger, provider, List([1]), event("cards/one"), event("cards/two", AT + timedelta(minutes=1)))

    assert [json.loads(each.body)["first"] for each in provider.requests] == [True, False]


def test_a_provider_that_wants_a_rest_gets_it(ledger, provider):
    provider.answer = lambda request, number: (429, {"retry-after": "7"}) if number == 0 else 200
    clock = Hands()

    tally = run(ledger, provider, List(range(3)), clock=clock, effort=Effort())

    assert tally.accepted == 3
    assert provider.told().keys() == everybody(3)
    assert (clock.at - AT).total_seconds() >= 7
    assert len(provider.requests) == 4


@pytest.mark.parametrize("kind", KINDS)
def test_a_rest_that_is_too_long_for_a_run_is_kept_by_the_next_ones(kind, opened, provider):
    provider.answer = lambda request, number: (429, {"retry-after": "3600"}) if number == 0 else 200
    ledger = begun(opened(kind))

    first = run(ledger, provider, List([0, 1]), clock=Hands())
    second = run(opened(kind), provider, List([0, 1]), clock=Hands(AT + timedelta(minutes=30)))
    asked = len(provider.requests)
    third = run(opened(kind), provider, List([0, 1]), clock=Hands(AT + timedelta(minutes=61)))

    said = "later: the provider asked to be let alone until 11:45:00 UTC"
    assert (first.failed, first.is_complete) == ({"later: HTTP 429": 1, said: 1}, False)
    assert (second.failed, asked) == ({said: 2}, 1)
    assert (third.planned, third.accepted, third.is_complete) == (2, 2, True)
    assert "127.0.0.1" not in "".join(line.text for line in opened(kind).lines())


@pytest.mark.parametrize("status", [500, 502, 503, 408])
def test_an_error_of_the_provider_is_tried_again(status, ledger, provider):
    provider.answer = lambda request, number: status if number < 2 else 200

    tally = run(ledger, provider, List([0]))

    assert (tally.accepted, len(provider.requests)) == (1, 3)
    assert len({each.key for each in provider.requests}) == 1
    assert len({each.body for each in provider.requests}) == 1


def test_a_refusal_is_final_and_said_once(ledger, provider):
    provider.answer = lambda request, number: 422 if "person1@" in request.to else 200

    first = run(ledger, provider, List(range(3)))
    second = run(ledger, provider, List(range(3)))

    assert (first.accepted, first.failed, first.is_complete) == (2, {"refused: HTTP 422": 1}, False)
    assert (second.planned, second.is_complete) == (0, True)
    assert len(provider.requests) == 3


def test_an_address_that_is_no_more_is_told_of(ledger, provider):
    provider.answer = lambda request, number: 410
    gone = []

    run(ledger, provider, List([7]), gone=gone.append)

    assert [each.id for each in gone] == ["7"]


def test_a_webhook_that_asks_for_an_hour_of_rest_keeps_nobody_else_waiting(ledger, provider):
    people = List(range(40), address="https://hooks.example.com/{}".format)
    provider.answer = lambda request, number: (
        (429, {"retry-after": "3600"}) if request.to == "https://hooks.example.com/0" else 200
    )
    clock = Hands()

    first = run(ledger, provider, people, clock=clock)
    second = run(ledger, provider, people, event("cards/two"), clock=clock)

    assert (first.accepted, first.failed) == (39, {"later: HTTP 429": 1})
    assert (second.accepted, second.failed.total()) == (39, 2)
    assert sum(request.to == "https://hooks.example.com/0" for request in provider.requests) == 1
    assert clock.now() - AT < timedelta(minutes=1)


def test_who_is_tried_again_in_vain_stands_once_in_the_account(ledger, provider):
    provider.answer = lambda request, number: 503
    tallies = [run(ledger, provider, List([6, 7]), effort=IMPATIENT) for _ in range(2)]

    assert [(each.planned, each.failed.total(), each.earlier) for each in tallies] == [(2, 2, {}), (2, 2, {})]


def test_an_address_that_is_no_more_is_counted_once_in_each_run(ledger, provider):
    class Cleaned(List):
        """A list that forgets what is no more, as the store of subscribers does."""

        lost = 0

        def silent(self, event, channel):
            return {"bounce": self.lost} if self.lost else {}

        def gone(self, recipient):
            self.numbers = [number for number in self.numbers if str(number) != recipient.id]
            self.lost += 1

    people = Cleaned([6, 7])
    provider.answer = lambda request, number: 503
    run(ledger, provider, people, gone=people.gone, effort=IMPATIENT)
    provider.answer = lambda request, number: 410 if request.to == "person7@example.com" else 200
    second = run(ledger, provider, people, gone=people.gone)
    third = run(ledger, provider, people, event("cards/two"), gone=people.gone)

    assert (second.planned, second.accepted, second.failed.total(), second.suppressed.total()) == (2, 1, 1, 0)
    assert (third.planned, third.accepted, third.suppressed["bounce"]) == (2, 1, 1)


def test_a_key_that_is_not_accepted_stops_the_channel_and_loses_nobody(ledger, provider):
    provider.answer = lambda request, number: 401
    first = run(ledger, provider, List(range(40)))
    calls = len(provider.requests)
    provider.answer = lambda request, number: 200
    second = run(ledger, provider, List(range(40)))

    assert calls == 1
    assert first.failed.total() == 40
    assert second.accepted == 40
    assert provider.told() | dict.fromkeys(everybody(40), 1) == dict.fromkeys(everybody(40), 1)


def test_a_provider_that_is_down_is_let_alone_and_nobody_is_lost(ledger, provider):
    provider.answer = lambda request, number: 503
    first = run(ledger, provider, List(range(100)))
    calls = len(provider.requests)
    provider.answer = lambda request, number: 200
    second = run(ledger, provider, List(range(100)))

    assert calls <= 6
    assert (first.accepted, first.failed.total()) == (0, 100)
    assert any("failures in a row, the last: HTTP 503" in reason for reason in first.failed), first.failed
    assert second.accepted == 100


def test_a_provider_that_takes_long_to_answer_is_named_once(ledger, provider):
    told, taken = [], threading.Event()

    def slow(channel, text):
        told.append((channel, text))
        taken.set()

    def answer(request, number):
        assert number > 1 or taken.wait(PATIENCE), "nobody was told"
        return 200

    provider.answer = answer
    tally = run(ledger, provider, List(range(3)), effort=Effort(slow=slow, silence=0.05))

    assert (tally.accepted, told) == (3, [("webhook", "no answer for 0 seconds; it is waited for")])


def test_a_pause_before_the_next_try_is_said_with_its_reason(ledger, provider):
    provider.answer = lambda request, number: (503, {"retry-after": "30"}) if number == 0 else 200
    told = []

    run(ledger, provider, List([0]), effort=Effort(slow=lambda *said: told.append(said)))

    assert told == [("webhook", "HTTP 503; the next try is in 30 seconds")]


def rooms(numbers):
    return List(numbers, address="https://hooks.example.com/{}".format)


def test_rooms_that_are_broken_stop_no_other_on_their_host(ledger, provider):
    broken = ("https://hooks.example.com/0", "https://hooks.example.com/1")
    provider.answer = lambda request, number: 503 if request.to in broken else 200

    first = run(ledger, provider, rooms(range(20)), event("cards/one"), event("cards/two", AT + timedelta(minutes=1)))
    again = run(ledger, provider, rooms(range(20)), event("cards/three", AT + timedelta(minutes=2)))

    assert (first.accepted, first.failed.total()) == (36, 4)
    assert any("let alone after 6 failures in a row" in reason for reason in first.failed), first.failed
    assert again.accepted == 18


def test_a_host_that_is_down_is_let_alone_with_all_its_rooms(ledger, provider):
    provider.answer = lambda request, number: 503

    tally = run(ledger, provider, rooms(range(100)))

    assert (len(provider.requests), tally.failed.total()) == (6, 100)


def test_a_list_that_changes_in_the_middle_skips_and_repeats_nobody(ledger, provider):
    """Three of ten have it, then one joins and one leaves."""
    provider.answer = lambda request, number: 200 if number < 3 else 503
    run(ledger, provider, List(range(10)))
    provider.answer = lambda request, number: 200

    second = run(ledger, provider, List([0, 1, 2, 3, 4, 6, 7, 8, 9, 10]))

    assert provider.told() == dict.fromkeys(everybody(11) - {"person5@example.com"}, 1)
    assert second.suppressed == {"forgotten": 1}


def test_what_is_settled_is_owed_to_nobody_who_comes_later(ledger, provider):
    run(ledger, provider, List(range(3)))

    tally = run(ledger, provider, List(range(5)))

    assert tally.planned == 0
    assert provider.told().keys() == everybody(3)


def test_a_failure_that_was_overtaken_is_not_sent_after_it(ledger, provider):
    opening, closing = OPENING, event("cards/two", AT + timedelta(minutes=1), closing=True)
    provider.answer = lambda request, number: 503 if b"cards/one" in request.body else 200
    run(ledger, provider, List([0]), opening, closing)
    provider.answer = lambda request, number: 200

    second = run(ledger, provider, List([0]), opening, closing)

    assert second.suppressed == {"superseded": 1}
    assert provider.told() == {"person0@example.com": 1}


def test_what_people_want_again_is_tried_again_though_something_newer_arrived(ledger, provider):
    opening, closing = OPENING, event("cards/two", AT + timedelta(minutes=1), closing=True)
    run(ledger, provider, List([0]), opening, closing)
    ledger.record([Resend(event=opening.key, channel="webhook", at=AT, accepted=True)])
    provider.answer = lambda request, number: 503
    run(ledger, provider, List([0]), opening, closing)
    provider.requests.clear()
    provider.answer = lambda request, number: 200

    again = run(ledger, provider, List([0]), opening, closing)

    assert (again.accepted, dict(again.suppressed)) == (1, {})
    assert provider.told() == {"person0@example.com": 1}


def test_a_retry_that_comes_too_late_is_suppressed(ledger, provider):
    provider.answer = lambda request, number: 503
    run(ledger, provider, List([0]))
    provider.answer = lambda request, number: 200

    second = run(ledger, provider, List([0]), clock=Hands(AT + timedelta(hours=7)))

    assert second.suppressed == {"late": 1}
    assert provider.told() == {}


@pytest.mark.parametrize("jump", [timedelta(days=-3), timedelta(days=-1), timedelta(hours=5), timedelta(days=400)])
def test_a_clock_that_jumps_between_runs_repeats_nothing(jump, ledger, provider):
    run(ledger, provider, List(range(5)))

    tally = run(ledger, provider, List(range(5)), clock=Hands(AT + jump))

    assert tally.planned == 0
    assert len(provider.requests) == 5


def test_a_clock_that_is_put_back_during_a_run_holds_nothing_up(ledger, provider):
    clock = Hands()

    def answer(request, number):
        if number == 2:
            clock.at -= timedelta(days=2)
        return 200

    provider.answer = answer

    tally = run(ledger, provider, List(range(6)), clock=clock)

    assert tally.accepted == 6
    assert sum(clock.slept) < 1000


def test_several_workers_send_what_one_would(ledger, provider):
    tally = run(ledger, provider, List(range(120)), policy=replace(REPEAT, parallel=4))

    assert tally.accepted == 120
    assert provider.told() == dict.fromkeys(everybody(120), 1)


class Full:
    """A ledger whose disk is full once something was claimed."""

    def __init__(self, ledger):
        self._ledger = ledger

    def __getattr__(self, name):
        return getattr(self._ledger, name)

    def record(self, statements):
        raise LedgerError("the disk is full")


def test_nothing_more_is_sent_once_it_cannot_be_noted(ledger, provider):
    """What was under way comes twice then, and no more: though another call still waits for its answer."""
    enough = threading.Event()

    def answer(request, number):
        if number == 0:
            enough.wait(2)
        elif number >= 20:
            enough.set()
        return 200

    provider.answer = answer

    with pytest.raises(LedgerError, match="the disk is full"):
        run(Full(ledger), provider, List(range(120)), policy=replace(REPEAT, parallel=4))

    assert 1 <= len(provider.requests) <= 4
    run(ledger, provider, List(range(120)), clock=Hands(AT + timedelta(minutes=30)))
    told = provider.told()
    assert told.keys() == everybody(120)
    assert sum(told.values()) - 120 <= 4


def test_calls_come_at_the_rate_that_is_declared(ledger, provider):
    clock = Hands()

    run(ledger, provider, List(range(21)), policy=replace(REPEAT, rate=5.0), clock=clock)

    assert (clock.at - AT).total_seconds() == pytest.approx(4.0, abs=0.3)


def test_pauses_grow_and_are_the_same_for_the_same_seed():
    effort = Effort(cap=timedelta(seconds=20))
    pauses = [pause(effort, "seed", "key", attempt) for attempt in range(1, 9)]

    assert pauses == [pause(effort, "seed", "key", attempt) for attempt in range(1, 9)]
    for attempt, each in enumerate(pauses):
        whole = min(timedelta(seconds=2**attempt), timedelta(seconds=20))
        assert whole / 2 <= each <= whole
    # Nobody comes back in step with the others.
    assert len({pause(effort, "seed", str(key), 1) for key in range(100)}) == 100
    assert pause(effort, "another", "key", 1) != pauses[0]


def test_people_can_have_it_sent_again_under_another_key(ledger, provider):
    provider.answer = lambda request, number: 422 if "person1@" in request.to else 200
    run(ledger, provider, List(range(3)))
    provider.answer = lambda request, number: 200
    ledger.record([Resend(event="cards/one", channel="webhook", at=AT)])

    tally = run(ledger, provider, List(range(5)), clock=Hands(AT + timedelta(days=2)))

    assert tally.accepted == 1
    assert provider.told() == dict.fromkeys(everybody(3), 1)
    assert [each.key.rpartition("/")[2] for each in provider.requests][-1] == "again-1"


def test_two_spellings_of_a_mailbox_are_one_person(ledger, provider):
    people = List([1, 2], address=lambda number: "A.b@X.example.com" if number == 1 else "a.b@x.example.com")
    made = dispatch(ledger, Post(provider.url, REPEAT, name="email"), people)
    made.run([OPENING])

    assert len(provider.requests) == 1
    assert made.tally.suppressed == {"the same recipient": 1}
