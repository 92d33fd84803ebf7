"""Every clock on both sides of its edge: at the last instant it is in time, a second later it is not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stillup.records.incident import Postmortem
from stillup.records.period import period
from stillup.records.private.breach import Regulatory
from stillup.records.private.drill import Drill
from stillup.records.private.incident import Complaint, Escalation, Mention, PrivateIncident, Reclassification
from stillup.records.private.lesson import ActionItem, Review
from stillup.timeline.clock.clock import after, state
from stillup.vocabulary import (
    ActionState,
    ClockState,
    ComponentStatus,
    DrillType,
    RecoveryStep,
    RegimeField,
    Severity,
    UpdateStatus,
)
from tests.timeline.clocks import SECOND, START, at, cost, edge, hours, incident, proof, record, triggered, update


@pytest.mark.parametrize(
    ("severity", "acknowledge", "respond"),
    [(Severity.P0, 0.25, 1), (Severity.P1, 1, 4), (Severity.P2, 4, 24)],
)
def test_the_targets_of_a_severity(severity, acknowledge, respond):
    silent = incident(severity, updates=(update(START),), started_at=START)
    later = record(detected_at=START + SECOND)

    edge("acknowledge", hours(acknowledge), incident(severity), record())
    edge("respond", hours(respond) + SECOND, silent, later)


def test_the_lowest_severity_is_acknowledged_within_a_day_and_has_no_response_target():
    edge("acknowledge", hours(24), incident(Severity.P3), record())
    assert "respond" not in at(START, incident(Severity.P3), record())


def test_what_was_done_is_met_in_time_and_late_after_it():
    for minutes, expected in ((15, ClockState.MET), (16, ClockState.LATE)):
        done = record(acknowledged_at=START + timedelta(minutes=minutes))
        assert at(hours(1), incident(), done)["acknowledge"] is expected
    undone = at(START + timedelta(minutes=14), incident(), record(acknowledged_at=START + timedelta(minutes=15)))
    assert undone["acknowledge"] is ClockState.AT_RISK  # it is not done yet at this instant


def test_an_open_incident_without_a_private_record_is_one_that_nobody_took_on():
    other = PrivateIncident(id="another", whole=False)

    edge("acknowledge", hours(0.25), incident(), other)
    edge("escalation/team-lead", hours(0.5), incident(), other)
    assert "acknowledge" not in at(hours(1), incident(), None)  # nobody keeps private records here
    assert "postmortem/meeting" not in at(hours(2), incident(resolved=hours(1)), other)


def test_the_first_public_word_shows_the_response():
    told = incident(updates=(update(hours(0.5)),), started_at=START)

    assert at(hours(0.4), incident(updates=(update(START),), started_at=START), record(detected_at=hours(0.1)))[
        "respond"
    ]
    assert at(hours(0.6), told, record())["respond"] is ClockState.MET


@pytest.mark.parametrize(
    ("severity", "limits"),
    [
        (Severity.P0, {"team-lead": 0.5, "engineering-manager": 1, "cto": 2, "ceo": 4}),
        (Severity.P1, {"team-lead": 2, "engineering-manager": 4, "cto": 8, "ceo": 24}),
    ],
)
def test_the_escalation_chain_has_the_times_of_the_plan(severity, limits):
    for role, limit in limits.items():
        edge(f"escalation/{role}", hours(limit), incident(severity), record())
        told = record(escalated=(Escalation(to=role, at=hours(limit), by="A", evidence="Ticket 1"),))
        assert at(hours(30), incident(severity), told)[f"escalation/{role}"] is ClockState.MET


def test_nobody_is_called_for_what_is_over():
    over = at(hours(3), incident(resolved=hours(0.75)), record())

    assert over["escalation/team-lead"] is ClockState.MISSED
    assert "escalation/engineering-manager" not in over
    assert not any(name.startswith("escalation") for name in at(hours(30), incident(Severity.P2), record()))


@pytest.mark.parametrize(
    ("severity", "state_", "minutes"),
    [
        (Severity.P0, UpdateStatus.INVESTIGATING, 30),
        (Severity.P1, UpdateStatus.IDENTIFIED, 30),
        (Severity.P2, UpdateStatus.INVESTIGATING, 240),
        (Severity.P3, UpdateStatus.MONITORING, 1440),
    ],
)
def test_the_cadence_of_a_severity_needs_no_private_folder(severity, state_, minutes):
    public = incident(severity, updates=(update(START, state_),))

    edge("cadence", START + timedelta(minutes=minutes), public, None, present=False)


def test_a_disaster_is_written_about_every_quarter_of_an_hour():
    edge("cadence", hours(0.25), incident(disaster=True), None)


def test_a_state_may_have_a_cadence_of_its_own():
    slow = {"monitoring": {"P0": timedelta(hours=2)}}
    watched = incident(updates=(update(START, UpdateStatus.MONITORING),))

    edge("cadence", hours(2), watched, None, cadence_in=slow)
    edge("cadence", hours(0.5), incident(), None, cadence_in=slow)


def test_a_promise_has_a_clock_of_its_own():
    promised = incident(updates=(update(START, next_update_in=timedelta(minutes=15), next_update_at=hours(0.25)),))

    edge("promise", hours(0.25), promised, None)
    assert at(hours(1), incident(), None).keys() & {"promise"} == set()


def test_a_draft_is_listed_until_it_is_public():
    public = incident(updates=(update(START), update(hours(1))), resolved=None)
    name = "draft/u02110000"

    assert at(hours(1) - timedelta(minutes=5, seconds=1), public)[name] is ClockState.OK
    assert name not in at(hours(1) - timedelta(minutes=5), public)
    closed = incident(resolved=hours(1), postmortem=Postmortem(at=hours(9), body="Words."))
    assert "draft/postmortem" in at(hours(8), closed)
    assert "draft/postmortem" not in at(hours(9), closed)


def test_a_whole_record_of_drafts_is_listed():
    assert list(at(START - timedelta(hours=1), incident(), present=False)) == ["draft/u02100000"]


def test_every_trigger_of_the_plan():
    two = incident(
        updates=(
            update(START, components={"stripe": ComponentStatus.MAJOR_OUTAGE}),
            update(hours(0.5), components={"sms": ComponentStatus.DEGRADED_PERFORMANCE}),
        )
    )
    complaints = record(complaints=(Complaint(at=hours(1), count=19), Complaint(at=hours(2), count=1)))
    worse = record(
        reclassified=(Reclassification(at=hours(1), was=Severity.P1, severity=Severity.P0, why="All regions"),)
    )

    triggered("trigger/duration/engineering-manager", hours(1), incident(), record())
    triggered("trigger/severity-increase/team-lead", hours(1), incident(), worse)
    triggered("trigger/several-systems/team-lead", hours(0.5), two, record())
    triggered("trigger/complaints/engineering-manager", hours(2), incident(), complaints)
    media = record(media=(Mention(at=hours(1), url="https://news.example.com"),))
    triggered("trigger/media/cto", hours(1), incident(), media)
    triggered("trigger/long-outage/board", hours(4), incident(), record())
    triggered("trigger/long-outage/investors", hours(4), incident(), record())


@pytest.mark.parametrize(
    ("amount", "name", "delay"),
    [
        ("1000", "money-1k/team-lead", 0),
        ("5000", "money-5k/engineering-manager", 0),
        ("10000", "money-10k/finance", 0),
        ("10000", "money-10k/cto", 0),
        ("25000", "money-25k/executive-team", 0),
        ("50000", "money-50k/board", 4),
        ("100000", "money-100k/ceo", 0),
        ("100000", "money-100k/board", 0),
    ],
)
def test_the_thresholds_of_money_are_exact(amount, name, delay):
    below = record(costs=(cost(str(Decimal(amount) - Decimal("0.01")), hours(1)), cost("999999", hours(1), "EUR")))
    reached = record(costs=(*below.costs, cost("0.01", hours(2))))

    assert f"trigger/{name}" not in at(hours(3), incident(), below)
    triggered(f"trigger/{name}", hours(2), incident(), reached, delay)


def test_what_the_board_must_know_is_owed_when_all_is_over():
    late = record(costs=(cost("60000", hours(24)),))

    edge("trigger/money-50k/board", hours(28), incident(resolved=hours(2)), late)


def test_after_the_end_it_is_watched_for_a_day_and_recovered_in_three():
    over = incident(resolved=hours(2))

    edge("watch", hours(26), over, record())
    assert at(hours(27), over, record(watched=proof(hours(25.9))))["watch"] is ClockState.OVERDUE
    assert at(hours(27), over, record(watched=proof(hours(26))))["watch"] is ClockState.MET
    for step in RecoveryStep:
        edge(f"recovery/{step}", hours(74), over, record())
        assert at(hours(99), over, record(recovered={step: proof(hours(74))}))[f"recovery/{step}"] is ClockState.MET
    assert not {"watch", "recovery/verified"} & at(hours(9), incident(), record()).keys()


def test_the_postmortem_meets_within_72_hours_and_is_written_within_7_days_of_that():
    over = incident(resolved=hours(2))
    held = record(review=Review(held_at=hours(50), minutes="Minutes"))

    edge("postmortem/meeting", hours(74), over, record())
    assert at(hours(75), over, record(review=Review(held_at=hours(50))))["postmortem/meeting"] is ClockState.OVERDUE
    assert "postmortem/document" not in at(hours(99), over, record())
    edge("postmortem/document", hours(50 + 168), over, held)
    written = replace(held.review, documented_at=hours(51))
    assert at(hours(300), over, replace(held, review=written))["postmortem/document"] is ClockState.OVERDUE
    written = replace(written, document="Report 7")
    assert at(hours(300), over, replace(held, review=written))["postmortem/document"] is ClockState.MET


def test_a_reopened_incident_begins_its_aftermath_again():
    told = (update(START), update(hours(1), UpdateStatus.RESOLVED), update(hours(9)))

    assert "watch" not in at(hours(40), incident(updates=told), record())
    told = (*told, update(hours(10), UpdateStatus.RESOLVED))
    edge("watch", hours(34), incident(updates=told), record())


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/Los_Angeles", "Pacific/Apia"])
def test_an_action_item_is_in_time_through_its_whole_day(zone):
    item = ActionItem(id="a", title="Mend", owner="A", due=datetime(2026, 10, 25).date())
    midnight = datetime(2026, 10, 26, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    private = record(action_items=(item,), detected_at=midnight - timedelta(days=9))
    public = incident(updates=(update(midnight - timedelta(days=9)),))

    edge("action/a", midnight - SECOND, public, private, timezone=zone)
    for how, known in ((ActionState.DONE, True), (ActionState.DROPPED, False)):
        over = replace(item, state=how, evidence="Ticket 1")
        states = at(midnight, public, replace(private, action_items=(over,)))
        assert states.get("action/a") is (ClockState.MET if known else None)


def drill(kind: DrillType, held: datetime, **facts) -> Drill:
    return Drill(
        id=f"{kind}-{held:%m}".replace("_", "-"),
        type=kind,
        title="A",
        date=held.date(),
        **{"held_at": held, "evidence": "Ticket 1", **facts},
    )


@pytest.mark.parametrize(
    ("kind", "name", "last"),
    [
        ("tabletop", "2026-11", datetime(2026, 12, 1)),
        ("chaos", "2026-11", datetime(2026, 12, 1)),
        ("game_day", "2026-q4", datetime(2027, 1, 1)),
        ("coordination", "2026-q4", datetime(2027, 1, 1)),
    ],
)
def test_a_month_and_a_quarter_need_their_exercises(kind, name, last):
    clock, zone = f"drill/{kind}/{name}", "Europe/Berlin"
    end = last.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    earlier = drill(DrillType.TABLETOP, datetime(2026, 9, 1, 12, tzinfo=UTC))

    edge(clock, end - SECOND, None, None, drills=[earlier], timezone=zone)
    held = [earlier, drill(DrillType(kind), end - SECOND)]
    assert at(end, None, None, drills=held, timezone=zone)[clock] is ClockState.MET
    unproved = [earlier, drill(DrillType(kind), end - SECOND, evidence="")]
    assert at(end, None, None, drills=unproved, timezone=zone)[clock] is ClockState.OVERDUE
    planned = [earlier, drill(DrillType(kind), end - SECOND, held_at=None)]
    assert at(end, None, None, drills=planned, timezone=zone)[clock] is ClockState.OVERDUE


def test_nobody_is_late_with_exercises_from_before_the_first_one():
    states = at(START, None, None)

    assert sorted(states) == [
        "drill/chaos/2026-11",
        "drill/coordination/2026-q4",
        "drill/game_day/2026-q4",
        "drill/tabletop/2026-11",
    ]


def test_what_was_played_in_a_drill_has_no_clocks():
    played = record(drill="q4", whole=True, title="A", severity=Severity.P0, started_at=START)

    assert not any(not name.startswith("drill/") for name in at(hours(9), None, played))


def test_a_whole_private_incident_has_all_but_public_clocks():
    secret = record(whole=True, title="A", severity=Severity.P1, started_at=START)

    assert {"acknowledge", "respond", "escalation/cto"} <= at(hours(9), None, secret).keys()
    assert not {"cadence", "promise"} & at(hours(9), None, secret).keys()
    assert "watch" in at(hours(30), None, replace(secret, resolved_at=hours(10)))


def test_an_incident_that_nobody_was_told_of_yet_is_answered_all_the_same():
    public = incident(updates=(update(hours(2)),))

    edge("acknowledge", hours(0.25), public, record())


def test_backfilled_incidents_have_no_clocks():
    assert not any("drill" not in name for name in at(hours(9), incident(resolved=hours(1), backfilled=True), record()))


def test_a_clock_is_at_risk_in_its_last_quarter():
    assert state(START, hours(4), None, hours(3)) is ClockState.OK
    assert state(START, hours(4), None, hours(3) + SECOND) is ClockState.AT_RISK


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    start=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    count=st.integers(1, 500),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"]),
)
def test_hours_are_elapsed_and_days_keep_the_time_of_day(start, count, zone):
    place = ZoneInfo(zone)
    start = start.replace(microsecond=0)

    assert after(start, period(f"{count}h"), place) - start == timedelta(hours=count)
    local, later = start.astimezone(place), after(start, period(f"{count} days"), place).astimezone(place)
    wanted = local.replace(tzinfo=None, fold=0) + timedelta(days=count)
    exists = wanted.replace(tzinfo=place).astimezone(UTC).astimezone(place).replace(tzinfo=None) == wanted
    if exists:
        assert later.replace(tzinfo=None, fold=0) == wanted


@pytest.mark.parametrize(
    ("start", "limit", "end"),
    [
        ("2026-01-31T10:00", "1 month", "2026-02-28T10:00"),
        ("2028-01-31T10:00", "1 month", "2028-02-29T10:00"),
        ("2026-12-31T10:00", "2 months", "2027-02-28T10:00"),
        ("2026-11-30T10:00", "1 month", "2026-12-30T10:00"),
        ("2026-03-28T02:30", "1 day", "2026-03-29T03:30"),  # 02:30 is skipped that day
        ("2026-10-24T02:30", "1 day", "2026-10-25T02:30"),  # and told twice on this: the first one counts
        ("2026-10-24T12:00", "24h", "2026-10-25T11:00"),
        ("2026-10-24T12:00", "1 day", "2026-10-25T12:00"),
    ],
)
def test_months_and_days_in_a_zone_that_changes_its_clocks(start, limit, end):
    berlin = ZoneInfo("Europe/Berlin")
    found = after(datetime.fromisoformat(start).replace(tzinfo=berlin), period(limit), berlin)

    assert found == datetime.fromisoformat(end).replace(tzinfo=berlin).astimezone(UTC)


def test_every_instant_of_a_regulatory_record_can_start_a_limit():
    assert {word.value for word in RegimeField} <= set(Regulatory.__dataclass_fields__)
