"""What a contract gives back, against figures worked out by hand."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from stillup.records.component import Component
from stillup.records.inventory import Components
from stillup.records.private.contract import Contract, ContractWeights, Exclusion, Service, Tier
from stillup.timeline.claim import Claim
from stillup.timeline.course import Course
from stillup.timeline.metric_credit import Credit, credit
from stillup.vocabulary import ComponentStatus, Impact, Kind, UpdateStatus

PARTS = Components((Component(id="pay", name="Pay"), Component(id="sign", name="Sign")))
TIERS = tuple(
    Tier(below=Decimal(below), credit=Decimal(given)) for below, given in (("99.9", 10), ("99", 25), ("95", 100))
)
PARTIAL, MAJOR, WORK = (
    ComponentStatus.PARTIAL_OUTAGE,
    ComponentStatus.MAJOR_OUTAGE,
    ComponentStatus.UNDER_MAINTENANCE,
)


def day(number: int, hour: int = 0, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, number, hour, minute, tzinfo=UTC)


def outage(id: str, component: str, start: datetime, end: datetime, status=MAJOR) -> Course:
    return Course(
        id=id,
        kind=Kind.MAINTENANCE if status is WORK else Kind.INCIDENT,
        status=UpdateStatus.RESOLVED,
        impact=Impact.MAJOR,
        started=start,
        ended=end,
        closed=end,
        worst=status,
        claims=(Claim(component=component, start=start, end=end, status=status),),
        settled=True,
    )


DECEMBER = day(2, month=12)


def given(*courses: Course, at: datetime = DECEMBER, month: int = 11, **terms) -> Credit:
    service = {
        name: terms.pop(name) for name in ("cap", "weights", "components", "availability", "tiers") if name in terms
    }
    promise = Service(
        **({"components": ("pay", "sign"), "availability": Decimal("99.9"), "tiers": TIERS} | service),
        monthly_fee=Decimal("1234.55"),
    )
    contract = Contract(
        **({"id": "one", "customer": "some", "currency": "USD", "start": day(1, month=1).date()} | terms),
        services=(promise,),
    )
    found = credit(contract, PARTS, courses, (2026, month), "UTC", at)
    assert found is not None
    return found


def test_a_month_of_thirty_days_allows_forty_three_minutes():
    """99.9 % of 43 200 minutes are 43 minutes and 12 seconds; a minute more is credited."""
    within = given(outage("a", "pay", day(5), day(5, 0, 43)))
    beyond = given(outage("a", "pay", day(5), day(5, 0, 44)))

    assert within.amount == 0
    assert beyond.services[0].agreed.measured.thousandths == 99898
    assert beyond.amount == Decimal("123.46"), "10 % of 1234.55 is 123.455, rounded half up"


def test_a_figure_on_the_limit_is_floored_before_it_meets_a_tier():
    """99.9000 % is not below 99.9 %; a second more makes 99.89996 %, which is floored to 99.899 %."""
    exact = given(outage("a", "pay", day(5), day(5, 0, 43).replace(second=12)))
    over = given(outage("a", "pay", day(5), day(5, 0, 43).replace(second=13)))

    assert exact.services[0].agreed.measured.thousandths == 99900
    assert exact.amount == 0
    assert over.services[0].agreed.measured.thousandths == 99899
    assert over.amount == Decimal("123.46")


def test_outages_at_one_time_cost_once_and_the_worst_is_named():
    """An hour partial on one component, half of it major on the other: 30 + 0.3 x 30 minutes."""
    found = given(
        outage("partial", "pay", day(5, 10), day(5, 11), PARTIAL),
        outage("major", "sign", day(5, 10, 30), day(5, 11), MAJOR),
    )

    agreed = found.services[0].agreed.measured
    assert agreed.cost == 39 * 60 * 1000
    assert dict(agreed.causes) == {"partial": 9 * 60 * 1000, "major": 30 * 60 * 1000}


def test_the_highest_tier_holds_and_then_the_cap():
    long = outage("a", "pay", day(5), day(8))

    assert given(long).services[0].agreed.percent == 100
    assert given(long, cap=Decimal(30)).amount == Decimal("370.37")
    assert given(long, cap=Decimal(30)).services[0].agreed.capped


def test_what_the_contract_leaves_out_is_told_and_not_counted():
    left_out = (Exclusion(incident="storm", reason="Force majeure"),)
    found = given(outage("storm", "pay", day(5), day(6)), outage("own", "pay", day(9), day(9, 2)), excluded=left_out)

    assert dict(found.services[0].agreed.measured.causes) == {"own": 7_200_000}
    assert dict(found.services[0].excluded) == {"storm": 86_400_000}


def test_maintenance_and_weights_are_those_of_the_contract_and_others_stand_beside():
    courses = (
        outage("work", "pay", day(3), day(3, 1), WORK),
        outage("slow", "pay", day(4), day(4, 1), ComponentStatus.DEGRADED_PERFORMANCE),
        outage("part", "pay", day(5), day(5, 1), PARTIAL),
    )
    plain = given(*courses).services[0]
    strict = given(
        *courses, maintenance_counts=True, weights=ContractWeights(degraded_performance=100, partial_outage=500)
    )

    assert plain.agreed.measured.cost == 18 * 60_000
    assert strict.services[0].agreed.measured.cost == (60 + 6 + 30) * 60_000
    assert [each.measured.cost // 60_000 for each in plain.others] == [18, 30, 60, 78, 90, 120]


@pytest.mark.parametrize(
    ("zone", "month", "hours"),
    [("Europe/Madrid", 3, 743), ("Europe/Madrid", 10, 745), ("America/New_York", 11, 721), ("UTC", 10, 744)],
)
def test_a_month_in_which_clocks_change_has_its_real_hours(zone, month, hours):
    found = given(timezone=zone, month=month)

    assert found.services[0].agreed.measured.seconds == hours * 3600


def test_a_month_begins_on_the_day_and_in_the_zone_of_the_contract():
    """Its November begins on the 15th at midnight in Madrid: 23:00 UTC on the 14th."""
    before = outage("before", "pay", day(14, 22), day(14, 23))
    within = outage("within", "pay", day(14, 23), day(15))

    found = given(before, within, timezone="Europe/Madrid", month_starts=15, at=day(20, month=12))

    assert (str(found.first), str(found.beyond)) == ("2026-11-15", "2026-12-15")
    assert dict(found.services[0].agreed.measured.causes) == {"within": 3_600_000}
    assert str(found.claim_until) == "2027-01-13"


def test_a_contract_that_begins_within_the_month_covers_only_its_days():
    found = given(outage("early", "pay", day(5), day(6)), start=day(10).date())

    assert found.services[0].agreed.measured.seconds == 21 * 86_400
    assert not found.whole
    assert found.amount == 0


def test_the_last_day_to_claim_is_in_time():
    on, after = given(at=day(30, 23, month=12)), given(at=datetime(2026, 12, 31, tzinfo=UTC))

    assert str(on.claim_until) == "2026-12-30"
    assert (on.lapsed, after.lapsed) == (False, True)
