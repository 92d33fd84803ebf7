"""Limits that laws set, on both sides of their edges."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from stillup.records.private.breach import Filing, PersonalData, Regulatory
from stillup.records.private.incident import PrivateIncident
from stillup.vocabulary import (
    ClockState,
    Decision,
)
from tests.timeline.clocks import SECOND, START, at, due, edge, hours, incident, proof, record, update


def test_users_are_told_of_a_breach_within_72_hours():
    data = PersonalData(confirmed_at=hours(5))

    edge("breach/users", hours(77), incident(), record(personal_data=data))
    told = replace(data, notified=proof(hours(77)))
    assert at(hours(99), incident(), record(personal_data=told))["breach/users"] is ClockState.MET
    assert "breach/users" not in at(hours(5) - SECOND, incident(), record(personal_data=data))
    assert "breach/users" not in at(hours(99), incident(), record(personal_data=PersonalData()))


def law(**facts) -> PrivateIncident:
    name = facts.pop("name")
    return record(regulatory={name: Regulatory(**{"aware_at": START, **facts})})


def test_gdpr_gives_72_hours_over_any_weekend():
    friday = datetime(2026, 10, 23, 16, 0, tzinfo=UTC)  # clocks go back in Europe two days later

    public, known = incident(updates=(update(friday),)), law(name="gdpr", aware_at=friday)
    edge("regime/gdpr/notification", friday + timedelta(hours=72), public, known, timezone="Europe/Berlin")
    unproved = law(name="gdpr", notified_at=hours(5))
    assert at(hours(80), incident(), unproved)["regime/gdpr/notification"] is ClockState.OVERDUE
    proved = law(name="gdpr", notified_at=hours(5), reference="DPA-1")
    assert at(hours(80), incident(), proved)["regime/gdpr/notification"] is ClockState.MET
    late = law(name="gdpr", notified_at=hours(73), reference="DPA-1")
    assert at(hours(80), incident(), late)["regime/gdpr/notification"] is ClockState.LATE


def test_no_risk_stops_the_clocks_and_an_open_decision_does_not():
    assert not any("regime" in name for name in at(hours(80), incident(), law(name="gdpr", decision=Decision.NO_RISK)))
    assert at(hours(80), incident(), law(name="gdpr"))["regime/gdpr/notification"] is ClockState.OVERDUE


def test_people_at_high_risk_are_told_without_undue_delay():
    risky = replace(law(name="gdpr"), personal_data=PersonalData(high_risk=True))

    assert "regime/gdpr/people" not in at(hours(1), incident(), law(name="gdpr"))
    assert at(hours(99), incident(), risky)["regime/gdpr/people"] is ClockState.OK
    assert due(hours(99), incident(), risky, "regime/gdpr/people") is None


def test_nis2_warns_in_24_hours_notifies_in_72_and_ends_a_month_after_that():
    edge("regime/nis2/early-warning", hours(24), incident(), law(name="nis2"))
    edge("regime/nis2/notification", hours(72), incident(), law(name="nis2"))
    assert "regime/nis2/final" not in at(hours(99), incident(), law(name="nis2"))
    filed = datetime(2027, 1, 31, 9, 0, tzinfo=UTC)
    notified = law(name="nis2", notified_at=filed, reference="CSIRT-1")
    edge("regime/nis2/final", datetime(2027, 2, 28, 9, 0, tzinfo=UTC), incident(), notified)


def test_dora_runs_from_the_classification_and_not_from_awareness():
    name = "regime/dora/initial"

    assert name not in at(hours(9), incident(), law(name="dora"))
    edge(name, hours(6), incident(), law(name="dora", classified_at=hours(2)))
    edge(name, hours(24), incident(), law(name="dora", classified_at=hours(23)))
    edge(name, hours(24), incident(), law(name="dora", classified_at=hours(24)))
    edge(name, hours(29), incident(), law(name="dora", classified_at=hours(25)))
    told = law(name="dora", classified_at=hours(2), filed={"initial": Filing(at=hours(3), reference="A")})
    edge("regime/dora/intermediate", hours(75), incident(), told)
    both = {"initial": Filing(at=hours(3), reference="A"), "intermediate": Filing(at=hours(60), reference="B")}
    done = law(name="dora", classified_at=hours(2), recovered_at=hours(50), filed=both)
    edge("regime/dora/final", datetime(2026, 12, 4, 22, 0, tzinfo=UTC), incident(), done)
    assert at(hours(99), incident(), done)["regime/dora/recovery"] is ClockState.OK


def test_california_counts_30_days_of_the_calendar_and_15_more_above_500_residents():
    discovered = datetime(2026, 10, 10, 17, 0, tzinfo=UTC)  # 10:00 in Los Angeles, before clocks go back
    zone = "America/Los_Angeles"
    few = law(name="california", aware_at=discovered, residents=500)

    edge("regime/california/residents", datetime(2026, 11, 9, 18, 0, tzinfo=UTC), incident(), few, timezone=zone)
    told = {"residents": Filing(at=hours(0), reference="Mailing")}
    many = law(name="california", aware_at=discovered, residents=501, filed=told)
    few = law(name="california", aware_at=discovered, residents=500, filed=told)
    edge("regime/california/attorney-general", hours(24 * 15), incident(), many, timezone=zone)
    assert "regime/california/attorney-general" not in at(hours(1), incident(), few)


def test_a_regime_is_one_entry_of_the_settings():
    entry = {"neighbours": {"steps": {"first": {"within": "2 days", "to": "the authority next door"}}}}
    longer = {"gdpr": {"steps": {"notification": {"within": "96h"}}}}

    edge("regime/neighbours/first", hours(48), incident(), law(name="neighbours"), planned={"regimes": entry})
    edge("regime/gdpr/notification", hours(96), incident(), law(name="gdpr"), planned={"regimes": longer})
