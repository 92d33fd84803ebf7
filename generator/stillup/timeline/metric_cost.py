"""What incidents cost, by kind, category and currency. Currencies are never added up, and nothing is estimated."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from stillup.frozen import dataclass
from stillup.records.private.incident import Cost
from stillup.timeline.metric_case import Case
from stillup.timeline.metric_period import Period
from stillup.vocabulary import CostKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """One line of an incident's financial sheet, with its time."""

    incident: str
    at: datetime
    """When it was known: as it is written, else when the incident was detected or, unless that is known, began."""

    cost: Cost


def booked(cases: Iterable[Case], period: Period) -> tuple[Booked, ...]:
    """Return every cost that was known in `period`, oldest first."""
    found = []
    for case in cases:
        for cost in case.private.costs if case.private is not None else ():
            at = cost.at or case.detected or case.began
            if period.holds(at):
                found.append(Booked(incident=case.id, at=at, cost=cost))
    return tuple(sorted(found, key=lambda each: (each.at, each.incident, each.cost.category)))


def sums(lines: Iterable[Booked]) -> dict[tuple[CostKind, str, str], Decimal]:
    """Return the sum by kind, category and currency, in the order of the financial sheet."""
    found: dict[tuple[CostKind, str, str], Decimal] = {}
    for line in lines:
        key = (line.cost.kind, line.cost.category, line.cost.currency)
        found[key] = found.get(key, Decimal(0)) + line.cost.amount
    order = list(CostKind)
    return dict(sorted(found.items(), key=lambda pair: (order.index(pair[0][0]), pair[0][2], -pair[1], pair[0][1])))


def total(lines: Iterable[Booked], currency: str, *kinds: CostKind) -> Decimal:
    """Return what `kinds` of cost amount to in `currency`."""
    amounts = (line.cost.amount for line in lines if line.cost.currency == currency and line.cost.kind in kinds)
    return sum(amounts, Decimal(0))


def currencies(lines: Iterable[Booked]) -> tuple[str, ...]:
    """Return every currency, by its letters."""
    return tuple(sorted({line.cost.currency for line in lines}))
