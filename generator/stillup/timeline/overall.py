"""The state of the whole page in Statuspage's words."""

from collections.abc import Iterable, Sequence
from datetime import date

from stillup.frozen import dataclass
from stillup.records.component import Component
from stillup.vocabulary import ComponentStatus, Impact, Indicator, Show


@dataclass(frozen=True, slots=True, kw_only=True)
class Overall:
    """The roll-up: what clients read, and Statuspage's label for it."""

    indicator: Indicator
    label: str
    """In English, as the API prints it; what readers see passes the catalogue."""


_OPERATIONAL = Overall(indicator=Indicator.NONE, label="All Systems Operational")
_MAINTENANCE = Overall(indicator=Indicator.MAINTENANCE, label="Service Under Maintenance")
_PARTLY_DEGRADED = Overall(indicator=Indicator.MINOR, label="Partially Degraded Service")
_DEGRADED = Overall(indicator=Indicator.MINOR, label="Degraded System Service")
_MINOR = Overall(indicator=Indicator.MINOR, label="Minor Service Outage")
_PARTIAL = Overall(indicator=Indicator.MAJOR, label="Partial System Outage")
_MAJOR = Overall(indicator=Indicator.CRITICAL, label="Major System Outage")

_OF_IMPACT = {Impact.NONE: _OPERATIONAL, Impact.MINOR: _MINOR, Impact.MAJOR: _PARTIAL, Impact.CRITICAL: _MAJOR}
_ORDER = tuple(Indicator)


def overall(statuses: Iterable[ComponentStatus], impacts: Iterable[Impact]) -> Overall:
    """Return the worse of what the counted components and the impacts of open incidents say.

    Groups are not components and are not counted. Where both say equally much, the components have the word:
    one degraded component with its minor incident is `Partially Degraded Service`.
    """
    told = _OF_IMPACT[max(impacts, key=lambda impact: impact.rank, default=Impact.NONE)]
    seen = _of_components(tuple(statuses))
    return told if _ORDER.index(told.indicator) > _ORDER.index(seen.indicator) else seen


def is_counted(component: Component, today: date) -> bool:
    """Whether a component counts for the whole page today: in its lifetime, and not one with `show: never`.

    One with `show: when_affected` counts: it is part of the service while it has no row.
    """
    return component.lives_on(today) and component.show is not Show.NEVER


def _of_components(statuses: Sequence[ComponentStatus]) -> Overall:
    """Return the first matching row of the table; statuspage-api.md section 1.4."""
    if not statuses:
        return _OPERATIONAL
    worst, all_alike = max(statuses, key=lambda status: status.rank), len(set(statuses)) == 1
    match worst:
        case ComponentStatus.MAJOR_OUTAGE:
            return _MAJOR if all_alike else _PARTIAL
        case ComponentStatus.PARTIAL_OUTAGE:
            return _PARTIAL if all_alike else _MINOR
        case ComponentStatus.DEGRADED_PERFORMANCE:
            return _DEGRADED if all_alike else _PARTLY_DEGRADED
        case ComponentStatus.UNDER_MAINTENANCE:
            return _MAINTENANCE
        case ComponentStatus.OPERATIONAL:
            return _OPERATIONAL
