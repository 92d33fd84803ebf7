"""Duties of an incident whose severity rises or falls: the one that held judges."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stillup.records.incident import Incident
from stillup.records.plan import SeverityRule
from stillup.records.private.incident import Escalation, Reclassification
from stillup.records.private.store import Private
from stillup.records.settings import Settings
from stillup.records.standard import plan
from stillup.timeline.clock.matter import suggestion
from stillup.timeline.metric_case import cases
from stillup.timeline.metric_word import words
from stillup.vocabulary import (
    ClockState,
    Impact,
    Severity,
    UpdateStatus,
)
from tests.timeline.clocks import COMPONENTS, SECOND, START, at, changed, due, edge, hours, incident, record, update


def test_a_severity_that_falls_calls_for_nobody():
    better = record(
        reclassified=(Reclassification(at=hours(1), was=Severity.P0, severity=Severity.P1, why="One region"),)
    )

    assert "trigger/severity-increase/team-lead" not in at(hours(2), incident(Severity.P1), better)
    assert due(hours(0.5), incident(Severity.P1), better, "acknowledge") == hours(0.25)


def test_a_target_that_was_missed_before_the_severity_fell_stays_missed():
    def states(acknowledged: float, fell: float) -> set[ClockState]:
        private = record(
            acknowledged_at=hours(acknowledged),
            reclassified=(Reclassification(at=hours(fell), was=Severity.P0, severity=Severity.P1, why="One region"),),
        )
        return {at(hours(moment), incident(Severity.P1), private)["acknowledge"] for moment in (0.75, 1, 24)}

    assert states(acknowledged=0.5, fell=0.4) == {ClockState.LATE}
    assert states(acknowledged=0.5, fell=0.2) == {ClockState.MET}  # P1 counts: within an hour
    assert states(acknowledged=0.2, fell=0.4) == {ClockState.MET}


def told_again(moment: float, **facts) -> Incident:
    """Return an incident that was written about at its start and `moment` hours later."""
    return incident(updates=(update(START), update(hours(moment), UpdateStatus.IDENTIFIED)), **facts)


def test_a_severity_that_rose_asks_for_the_next_update_from_then_on():
    rose = changed(2, Severity.P2, Severity.P0)

    edge("cadence", hours(2), incident(), rose)
    assert due(hours(1), incident(Severity.P2), rose, "cadence") == hours(4), "nobody knew of P0 an hour ago"
    assert due(hours(3), told_again(1.75), rose, "cadence") == hours(2.25), "half an hour after the newest"
    assert due(hours(3), told_again(2.5), rose, "cadence") == hours(3)
    edge("cadence", hours(0.25), incident(disaster=True), rose)


def test_an_update_that_was_owed_before_the_severity_fell_is_still_owed():
    fell = changed(2, Severity.P1, Severity.P2)

    edge("cadence", hours(0.5), incident(Severity.P2), fell)
    assert at(hours(3), incident(Severity.P2), fell)["cadence"] is ClockState.OVERDUE
    assert due(hours(3), told_again(1.75, severity=Severity.P2), fell, "cadence") == hours(5.75), "P2: every 4 hours"


@given(st.lists(st.sampled_from(Severity), min_size=1, max_size=4), st.integers(1, 6 * 3600))
def test_an_update_is_overdue_when_the_report_counts_the_gap_as_too_long(severities, seconds):
    changes = tuple(
        Reclassification(at=hours(n + 1), was=was, severity=now, why="Regions")
        for n, (was, now) in enumerate(pairwise(severities))
    )
    public, private = incident(severities[-1]), record(reclassified=changes)
    moment = START + timedelta(seconds=seconds)
    known = Private(folder=Path("private"), present=True, incidents={"x": private})

    clock = at(moment, public, private)["cadence"]

    counted = words(cases([public], COMPONENTS, known, Settings().plan, moment), Settings(), moment).cadence
    assert (counted.of, counted.open) == ((1, 0) if clock is ClockState.OVERDUE else (0, 1))


def test_who_was_due_further_up_before_the_severity_fell_is_still_due():
    fell = changed(2.5, Severity.P1, Severity.P2)

    edge("escalation/team-lead", hours(2), incident(Severity.P2), fell)
    assert at(hours(3), incident(Severity.P2), fell)["escalation/team-lead"] is ClockState.OVERDUE
    assert "escalation/engineering-manager" not in at(hours(5), incident(Severity.P2), fell)
    sooner = changed(2, Severity.P1, Severity.P2)
    assert "escalation/team-lead" not in at(hours(3), incident(Severity.P2), sooner)


def test_who_was_told_further_up_was_told_in_time_for_the_severity_that_held():
    team_lead = Escalation(to="team-lead", at=hours(1.5), by="A", evidence="Ticket 1")
    for now in (Severity.P0, Severity.P2):
        told = changed(1.75, Severity.P1, now, escalated=(team_lead,))
        assert at(hours(3), incident(now), told)["escalation/team-lead"] is ClockState.MET, now


def test_a_severity_that_rose_counts_from_then_on():
    rose = changed(3, Severity.P2, Severity.P0)
    taken = replace(rose, acknowledged_at=hours(2))

    assert due(hours(3), incident(), rose, "escalation/cto") == hours(3), "nobody knew of P0 an hour ago"
    edge("escalation/ceo", hours(4), incident(), rose)
    edge("acknowledge", hours(3), incident(), rose)
    assert at(hours(5), incident(), taken)["acknowledge"] is ClockState.MET, "P2 is taken on within four hours"
    assert not any(name.startswith("escalation") for name in at(hours(2), incident(), rose))


def test_a_trigger_of_a_severity_fires_while_that_one_holds():
    board = "trigger/long-outage/board"

    assert due(hours(6), incident(Severity.P1), changed(5, Severity.P0, Severity.P1), board) == hours(4)
    assert due(hours(6), incident(), changed(5, Severity.P1, Severity.P0), board) == hours(5)
    assert board not in at(hours(6), incident(Severity.P1), changed(3, Severity.P0, Severity.P1))


def test_a_target_that_it_outlasted_before_the_severity_fell_calls_for_somebody():
    manager = "trigger/duration/engineering-manager"

    assert due(hours(3), incident(Severity.P2), changed(2, Severity.P0, Severity.P2), manager) == hours(1)


@pytest.mark.parametrize(
    ("impact", "share", "severity"),
    [
        (Impact.CRITICAL, None, "P0"),
        (Impact.MAJOR, None, "P1"),
        (Impact.MAJOR, Decimal("49.9"), "P1"),
        (Impact.MAJOR, Decimal(50), "P0"),
        (Impact.MINOR, Decimal(25), "P1"),
        (Impact.MINOR, Decimal(24), "P2"),
        (Impact.NONE, Decimal(100), "P3"),
    ],
)
def test_a_severity_is_suggested_by_impact_and_share_of_users(impact, share, severity):
    assert suggestion(plan({}).severity_rules, impact, ["stripe"], COMPONENTS, share) == severity


def test_a_severity_is_suggested_by_what_is_affected():
    rules = (SeverityRule(severity=Severity.P0, components=("group:payments",)), SeverityRule(severity=Severity.P3))

    assert suggestion(rules, Impact.MINOR, ["stripe"], COMPONENTS) is Severity.P0
    assert suggestion(rules, Impact.MINOR, ["sms"], COMPONENTS) is Severity.P3
    assert at(hours(0.5) + SECOND, incident(None), None)["cadence"] is ClockState.OVERDUE
