"""The plan alone: pure, of bounded memory, and with a reason for everybody."""

import tracemalloc
from dataclasses import replace
from datetime import timedelta

import pytest

from stillup.delivery.entry import Answer, Intent
from stillup.delivery.ledger.memory import MemoryLedger
from stillup.delivery.plan import Candidate, Reason, Rules, silence, steps
from stillup.messages.event import Event
from stillup.messages.recipient import Recipient
from stillup.vocabulary import Kind
from tests.delivery.world import AT, BEGINNING, KEYRING, List, event

MOVE = "rollout/20261120t120000z"


def plan(given: Event, people: List, ledger: MemoryLedger, reason: Reason | None = None) -> dict[str, list[str]]:
    """Return by reason who is told, or not."""
    found: dict[str, list[str]] = {}
    for step in steps(
        given, "webhook", people.candidates(given, "webhook"), known=ledger, keyring=KEYRING, reason=reason
    ):
        word = step.reason.value if step.reason else "opening" if step.first else "sent"
        found.setdefault(word, []).extend(each.recipient.id for each in step.people)
    return found


def told(given: Event, *numbers: int) -> MemoryLedger:
    """Return a ledger that says that `numbers` have `given`."""
    ledger = MemoryLedger()
    names = tuple(KEYRING.recipient("webhook", f"person{number}@example.com") for number in numbers)
    intent = Intent(
        event=given.key, incident=given.incident, event_at=given.at, channel="webhook", audience="customers",
        commit="c", at=AT, owner="o:1:1", until=AT, recipients=names, digests=names,
    )  # fmt: skip
    ledger.claim([intent])
    ledger.record([Answer(intent=intent.id, at=AT, standings="a" * len(names))])
    return ledger


def of(kind: str, key: str, at=AT, **more: object) -> Event:
    return event(key, at, kind=kind, incident="rollout", record=Kind.MAINTENANCE, **more)


@pytest.mark.parametrize("kind", ["maintenance_moved", "maintenance_cancelled"])
def test_a_move_or_a_cancellation_is_for_exactly_those_who_were_told(kind):
    ledger = told(of("maintenance_scheduled", "rollout/one"), 1, 2)

    found = plan(of(kind, "rollout/two", closing=kind.endswith("cancelled")), List(range(4)), ledger)

    assert found == {"sent": ["1", "2"], "did not hear of it": ["0", "3"]}


def test_the_closing_reaches_who_heard_and_who_wants_it():
    ledger = told(event("cards/one", opening=True), 1)
    people = List(range(3), unwanted=lambda number, _: "impact" if number < 2 else "")

    found = plan(event("cards/two", closing=True), people, ledger)

    assert found == {"not wanted": ["0"], "sent": ["1"], "opening": ["2"]}


def test_a_reason_for_nobody_leaves_those_who_have_it():
    found = plan(event("cards/one"), List(range(2)), told(event("cards/one"), 1), Reason.LATE)

    assert found == {"late": ["0"], "accepted already": ["1"]}


@pytest.mark.parametrize(
    ("at", "others", "reason"),
    [
        (timedelta(minutes=20), (), None),
        (timedelta(minutes=75), (), Reason.OVERTAKEN),
        (timedelta(minutes=20), ("maintenance_moved",), Reason.OVERTAKEN),
        (timedelta(minutes=20), ("maintenance_cancelled",), Reason.OVERTAKEN),
        (timedelta(minutes=20), ("maintenance_updated",), None),
    ],
)
def test_a_reminder_of_what_is_not_ahead_any_more_is_not_sent(at, others, reason):
    reminder = of("maintenance_reminder", f"{MOVE}/reminder-1h")
    siblings = [of(kind, f"rollout/{kind}", AT + timedelta(minutes=10)) for kind in others]

    assert silence(reminder, Rules(at=AT + at, beginning=None), 0, [reminder, *siblings]) is reason


def test_of_two_reminders_that_are_due_the_nearer_one_is_sent():
    day = of("maintenance_reminder", f"{MOVE}/reminder-24h", AT - timedelta(hours=1))
    hour = of("maintenance_reminder", f"{MOVE}/reminder-1h", AT)
    rules = Rules(at=AT + timedelta(minutes=5), beginning=None)

    assert silence(day, rules, 0, [day, hour]) is Reason.OVERTAKEN
    assert silence(hour, rules, 0, [day, hour]) is None


def test_what_is_written_in_the_second_in_which_the_ledger_began_is_told_unless_it_was_there():
    given = event("cards/one", BEGINNING.at)
    rules = Rules(at=BEGINNING.at, beginning=BEGINNING)
    knew = Rules(at=BEGINNING.at, beginning=replace(BEGINNING, known=("cards/one",)))

    assert silence(given, rules, 0) is None
    assert silence(given, knew, 0) is Reason.BEFORE


def test_what_people_want_sent_again_is_neither_late_nor_from_before():
    given = event("cards/one", BEGINNING.at - timedelta(days=3))
    rules = Rules(at=AT, beginning=BEGINNING)

    assert silence(given, rules, 0) is Reason.BEFORE
    assert silence(given, rules, 1) is None


def test_the_ledger_is_not_changed_by_a_plan():
    ledger = told(event("cards/one"), 1)
    before = list(ledger.lines())

    plan(event("cards/two"), List(range(3)), ledger)

    assert list(ledger.lines()) == before


def test_memory_does_not_grow_with_the_list():
    def peak(count: int) -> int:
        coming = (
            Candidate(recipient=Recipient(channel="email", address=f"person{number}@example.com"))
            for number in range(count)
        )
        tracemalloc.start()
        planned = sum(
            len(step.people)
            for step in steps(event("cards/one"), "email", coming, known=MemoryLedger(), keyring=KEYRING, reason=None)
        )
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert planned == count
        return highest

    assert peak(20_000) < 1.5 * peak(2_000)


@pytest.mark.parametrize("end", ["maintenance_completed", "maintenance_cancelled"])
def test_that_work_has_begun_is_not_told_once_it_is_over(end):
    began = of("maintenance_started", f"{MOVE}/in_progress")
    over = of(end, f"{MOVE}/completed", AT + timedelta(hours=1))
    said = of("maintenance_started", "rollout/20261120t104500z")
    rules = Rules(at=AT + timedelta(hours=2), beginning=None)

    assert silence(began, rules, 0, [began]) is None
    assert silence(began, rules, 0, [began, over]) is Reason.OVERTAKEN
    assert silence(said, rules, 0, [said, over]) is None
