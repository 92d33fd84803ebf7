"""From alerts to episodes: what opens, what is one story, and what is over."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stillup.catalogue import words
from stillup.intake.alert.alert import Alert
from stillup.intake.alert.episode import episodes, outside, spans
from stillup.intake.alert.proposal import proposals, states
from stillup.records.alert_rule import AlertRule
from stillup.vocabulary import ComponentStatus, Severity

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
RULE = AlertRule(
    match={"alertname": "Pay*"},
    component="payments",
    impact={"warning": ComponentStatus.DEGRADED_PERFORMANCE, "critical": ComponentStatus.MAJOR_OUTAGE},
    severity={"warning": Severity.P2, "critical": Severity.P1},
)
COMPONENTS = frozenset({"payments", "dashboard"})


def minutes(count):
    return timedelta(minutes=count)


def alert(start, end=None, *, identity="a", severity="warning", **labels):
    """One alert that fires from `start` to `end`, in minutes after noon."""
    return Alert(
        source="alertmanager",
        identity=identity,
        firing=end is None,
        started=NOON + minutes(start),
        ended=None if end is None else NOON + minutes(end),
        labels={"alertname": "PaymentsErrors", "severity": severity} | labels,
    )


def told(*alerts, at, rule=RULE, windows=()):
    found, _ = spans(alerts, [rule], COMPONENTS)
    return episodes(outside(found, [(NOON + minutes(a), NOON + minutes(b)) for a, b in windows]), NOON + minutes(at))


def test_a_blip_opens_nothing_and_what_goes_on_opens_after_two_minutes():
    assert told(alert(0, 1), at=30) == []
    assert told(alert(0), at=1) == []
    (episode,) = told(alert(0), at=2)
    assert (episode.opened, episode.quiet, episode.over) == (NOON + minutes(2), None, None)


def test_what_begins_anew_in_the_second_in_which_it_ended_goes_on():
    """Senders that tell no time: its end and its next beginning come within a second."""
    (episode,) = told(alert(0), alert(20, 20), alert(20), at=60)
    (once_more,) = told(alert(0), alert(20, 20), alert(20), alert(25, 25), at=60)

    assert (episode.began, episode.quiet) == (NOON, None)
    assert once_more.quiet == NOON + minutes(25)


def test_what_came_and_went_within_a_second_is_no_trouble():
    assert told(alert(20), alert(20, 20), at=60) == []
    (episode,) = told(alert(0), alert(10, 10), alert(20), alert(20, 20), at=25)
    assert episode.quiet == NOON + minutes(10)


def test_it_is_over_when_all_was_quiet_for_ten_minutes():
    (before,) = told(alert(0, 20), at=29)
    (after,) = told(alert(0, 20), at=30)

    assert (before.quiet, before.over) == (NOON + minutes(20), None)
    assert after.over == NOON + minutes(30)


def test_the_worst_of_several_alerts_counts_and_the_state_never_gets_milder_within_an_episode():
    (episode,) = told(alert(0, 20), alert(5, 8, identity="b", severity="critical"), at=15)

    assert episode.states == (
        (NOON + minutes(2), ComponentStatus.DEGRADED_PERFORMANCE),
        (NOON + minutes(5), ComponentStatus.MAJOR_OUTAGE),
    )
    assert episode.severity is Severity.P1


def test_what_comes_and_goes_is_one_intermittent_episode():
    (episode,) = told(alert(0, 3), alert(6, 7), alert(12, 13), at=14)

    assert episode.intermittent == NOON + minutes(12)
    assert episode.over is None


def test_an_unknown_severity_counts_as_the_worst_that_the_rule_knows():
    (episode,) = told(alert(0, severity="page-me"), at=5)

    assert episode.states[0][1] is ComponentStatus.MAJOR_OUTAGE


def test_a_label_may_name_component_and_state():
    found, _ = spans([alert(0, status_component="dashboard", status_impact="partial_outage")], [RULE], COMPONENTS)

    assert [(span.component, span.status) for span in found] == [("dashboard", ComponentStatus.PARTIAL_OUTAGE)]


def test_what_no_rule_knows_is_told_apart():
    found, strange = spans([alert(0, alertname="DiskFull")], [RULE], COMPONENTS)

    assert (found, len(strange)) == ([], 1)


def test_the_same_alert_firing_anew_ends_its_earlier_episode():
    found, _ = spans([alert(0), alert(60)], [RULE], COMPONENTS)

    assert [span.end for span in found] == [NOON + minutes(60), None]


def test_a_maintenance_holds_alerts_back_and_what_outlives_it_opens_at_its_end():
    assert told(alert(5, 20), at=60, windows=[(0, 30)]) == []
    (episode,) = told(alert(5), at=60, windows=[(0, 30)])
    assert episode.opened == NOON + minutes(32)


def test_what_was_there_before_a_maintenance_is_not_forgotten_in_it():
    first, *_ = told(alert(0), at=60, windows=[(10, 30)])

    assert first.opened == NOON + minutes(2)


def name(proposal):
    return [(word.status.value, word.id.split("-")[1]) for word in proposal.words]


def proposed(*alerts, at, rule=RULE):
    return proposals(told(*alerts, at=at, rule=rule), {"payments": "Payments"}, words("en"), NOON + minutes(at))


def test_no_machine_resolves_a_p1():
    (proposal,) = proposed(alert(0, 20, severity="critical"), at=500)

    assert name(proposal) == [("investigating", "opened"), ("monitoring", "monitoring")]


def test_a_p2_is_resolved_when_it_stayed_quiet():
    (proposal,) = proposed(alert(0, 20), at=500)

    assert name(proposal) == [("investigating", "opened"), ("monitoring", "monitoring"), ("resolved", "resolved")]
    assert proposal.words[-1].at == NOON + minutes(40)


def test_what_comes_back_within_the_hour_opens_the_same_incident_again():
    (proposal,) = proposed(alert(0, 20), alert(60), at=70)
    assert name(proposal)[-1] == ("investigating", "again")
    assert len(proposed(alert(0, 20), alert(120), at=130)) == 2


def test_no_word_of_an_alert_gets_out():
    (proposal,) = proposed(alert(0, host="db-3.internal", description="@channel <b>"), at=10)

    assert "db-3" not in str(proposal.facts()) and "@channel" not in str(proposal.facts())


def test_states_follow_and_end_when_it_became_quiet():
    assert states(told(alert(0, 20), at=500), "alertmanager") == [
        {"at": "2026-11-20T12:02:00Z", "status": "degraded_performance", "source": "alertmanager"},
        {"at": "2026-11-20T12:20:00Z", "status": "operational", "source": "alertmanager"},
    ]


some_alerts = st.lists(
    st.tuples(st.integers(0, 300), st.one_of(st.none(), st.integers(1, 120)), st.sampled_from("abc"), st.booleans()),
    max_size=12,
)


@given(some_alerts, st.integers(0, 400), st.integers(0, 60))
def test_time_only_adds_to_what_was_told(drawn, at, more):
    """What was published at one instant is still there, word for word, at every later one: ids never move."""
    told_alerts = [
        alert(start, None if length is None else start + length, identity=id, severity="critical" if bad else "warning")
        for start, length, id, bad in drawn
    ]

    def known(now):
        """What had been received by then: an end is not known before it comes."""
        edge = NOON + minutes(now)
        return [
            Alert(**{f: getattr(a, f) for f in ("source", "identity", "started", "labels")}, firing=True)
            if a.ended and a.ended > edge
            else a
            for a in told_alerts
            if a.started <= edge
        ]

    early = {(p.id, w.id) for p in proposed(*known(at), at=at) for w in p.words}
    late = {(p.id, w.id) for p in proposed(*known(at + more), at=at + more) for w in p.words}
    assert early <= late


@given(some_alerts, st.integers(0, 400))
def test_nothing_is_over_while_something_fires(drawn, at):
    told_alerts = [alert(s, None if n is None else s + n, identity=f"{id}{s}") for s, n, id, _ in drawn]
    found, _ = spans(told_alerts, [RULE], COMPONENTS)
    now = NOON + minutes(at)
    long_enough = now - RULE.open_after

    if any(span.start <= long_enough and (span.end is None or span.end > now) for span in found):
        assert episodes(found, now)[-1].quiet is None


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_of_arrival_does_not_matter(order):
    alerts = [alert(0, 20), alert(5, 8, identity="b", severity="critical"), alert(0), alert(30)][::order]

    assert told(*alerts, at=40) == told(*alerts[::-1], at=40)
