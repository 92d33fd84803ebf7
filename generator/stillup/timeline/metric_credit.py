"""What a contract gives back for one of its months. Money is exact; what follows is a sheet, never a promise.

The availability is floored to thousandths of a percent before it meets a tier; both are told. Tiers do not add up: the
highest that applies holds, and the cap after it. Amounts are rounded to hundredths, half up.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from stillup.frozen import dataclass
from stillup.records.inventory import Components
from stillup.records.private.contract import Contract, ContractWeights, Service
from stillup.timeline.course import Course
from stillup.timeline.metric_availability import Availability, summed
from stillup.timeline.state import Segment, segments
from stillup.vocabulary import ComponentStatus

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How outages are weighed."""

    name: str
    weights: Mapping[ComponentStatus, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one rule makes of a service's month."""

    rule: Rule
    measured: Availability
    percent: Decimal
    """The share of `credit` of the fee, after the cap."""

    amount: Decimal
    capped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCredit:
    """One promise of a contract for one month."""

    service: Service
    components: tuple[str, ...]
    agreed: Outcome
    """By the contract."""

    others: tuple[Outcome, ...]
    """By other rules, side by side."""

    excluded: Mapping[str, int]
    """What left-out incidents would have cost alone, in thousandths of a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """One contract for one of its months."""

    contract: Contract
    zone: str
    first: date
    """The first day of the month, or of the contract in it."""

    beyond: date
    """The first day after it."""

    whole: bool
    """Whether the contract covers the whole month."""

    over: bool
    """Whether the month is over; if not, everything may still change."""

    claim_until: date
    """The last day on which it can be claimed."""

    lapsed: bool
    services: tuple[ServiceCredit, ...]

    @property
    def amount(self) -> Decimal:
        """What all services come to, in the contract's currency."""
        return sum((each.agreed.amount for each in self.services), Decimal(0))


def weighed(weights: ContractWeights, maintenance: bool) -> dict[ComponentStatus, int]:
    """Return what a second in each state costs by a contract, in thousandths."""
    return {
        ComponentStatus.DEGRADED_PERFORMANCE: weights.degraded_performance,
        ComponentStatus.PARTIAL_OUTAGE: weights.partial_outage,
        ComponentStatus.MAJOR_OUTAGE: weights.major_outage,
        ComponentStatus.UNDER_MAINTENANCE: 1000 if maintenance else 0,
    }


def compared() -> tuple[Rule, ...]:
    """Return the rules that stand beside that of a contract."""
    return tuple(
        Rule(
            name=f"partial outage {partial / 1000:g}, maintenance {'counts' if maintenance else 'left out'}",
            weights=weighed(ContractWeights(partial_outage=partial), maintenance),
        )
        for maintenance in (False, True)
        for partial in (300, 500, 1000)
    )


def month(contract: Contract, year: int, number: int) -> tuple[date, date]:
    """Return the first day of the contract's month that begins in the named one, and the first day after it."""
    following = date(year + number // 12, number % 12 + 1, contract.month_starts)
    return date(year, number, contract.month_starts), following


def credit(
    contract: Contract,
    components: Components,
    courses: Sequence[Course],
    named: tuple[int, int],
    page_zone: str,
    at: datetime,
    apart: Collection[str] = (),
) -> Credit | None:
    """Return what `contract` gives back for the month that begins in `named`, year and month, as known at `at`.

    `apart` are the ids of what was no incident: it is left out as what the contract leaves out.

    None where the contract does not cover a day of it, or where nothing of it is past.
    """
    zone = contract.timezone or page_zone
    first, beyond = month(contract, *named)
    start, end = max(first, contract.start), beyond
    if contract.end is not None:
        end = min(end, contract.end + timedelta(days=1))
    opened, closed = _midnight(start, zone), _midnight(end, zone)
    if start >= end or opened >= at:
        return None
    until = min(closed, at)
    claim_until = beyond - timedelta(days=1) + timedelta(days=contract.claim_days)
    return Credit(
        contract=contract,
        zone=zone,
        first=start,
        beyond=end,
        whole=(start, end) == (first, beyond),
        over=closed <= at,
        claim_until=claim_until,
        lapsed=at >= _midnight(claim_until + timedelta(days=1), zone),
        services=tuple(
            _service(contract, service, components, courses, opened, until, apart) for service in contract.services
        ),
    )


def _service(
    contract: Contract,
    service: Service,
    components: Components,
    courses: Sequence[Course],
    start: datetime,
    end: datetime,
    apart: Collection[str],
) -> ServiceCredit:
    names = tuple(dict.fromkeys(name for each in service.components for name in _members(each, components)))
    left_out = {exclusion.incident for exclusion in contract.excluded}.union(apart)
    lanes = _lanes(names, components, [each for each in courses if each.id not in left_out], start, end)
    weights = weighed(service.weights, contract.maintenance_counts)
    alone = [each for each in courses if each.id in left_out]
    return ServiceCredit(
        service=service,
        components=names,
        agreed=_outcome(Rule(name="the contract", weights=weights), service, lanes, start, end),
        others=tuple(_outcome(rule, service, lanes, start, end) for rule in compared()),
        excluded=summed(_lanes(names, components, alone, start, end, claimed=True), start, end, weights).causes,
    )


def _members(name: str, components: Components) -> tuple[str, ...]:
    if name.startswith("group:"):
        return tuple(each.id for each in components.members(name.removeprefix("group:")))
    return (name,)


def _lanes(
    names: Sequence[str],
    components: Components,
    courses: Sequence[Course],
    start: datetime,
    end: datetime,
    *,
    claimed: bool = False,
) -> list[list[Segment]]:
    """Return what held each component; `claimed`: by incidents alone, monitors left out."""
    lanes = [segments(components.by_id[name], courses, start, end) for name in names]
    return [[each for each in lane if not (claimed and each.monitor)] for lane in lanes]


def _outcome(
    rule: Rule, service: Service, lanes: Sequence[Sequence[Segment]], start: datetime, end: datetime
) -> Outcome:
    measured = summed(lanes, start, end, rule.weights)
    reached = Decimal(measured.thousandths or 0) / 1000
    found = max((tier.credit for tier in service.tiers if reached < tier.below), default=Decimal(0))
    percent = found if service.cap is None else min(found, service.cap)
    amount = (service.monthly_fee * percent / 100).quantize(_CENT, rounding=ROUND_HALF_UP)
    return Outcome(rule=rule, measured=measured, percent=percent, amount=amount, capped=percent < found)


def _midnight(day: date, zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
