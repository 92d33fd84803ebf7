"""How components did against what was promised of them: as a table, and in exact numbers."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from stillup.frozen import dataclass
from stillup.reports import wording
from stillup.reports.document import Sheet, Table
from stillup.reports.survey import Survey
from stillup.timeline.metric_availability import Availability
from stillup.timeline.metric_frequency import by_component
from stillup.timeline.metric_period import Period
from stillup.vocabulary import ComponentStatus, UptimeShown


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One component in a period."""

    id: str
    name: str
    incidents: int
    measured: Availability
    promised: Decimal | None

    @property
    def reached(self) -> bool | None:
        """Whether it kept its promise; None where there is none."""
        if self.promised is None or self.measured.thousandths is None:
            return None
        return Decimal(self.measured.thousandths) / 1000 >= self.promised

    @property
    def weighted(self) -> int:
        """Weighted outage in seconds, floored."""
        return self.measured.cost // 1000


def standings(survey: Survey, period: Period) -> tuple[Standing, ...]:
    """Return every component that lived in `period` and whose uptime is shown, in page order.

    None where nothing is known of `period`: a component without a day since when it is there lived always.
    """
    if not survey.knows(period):
        return ()
    counts = by_component(survey.counted(period))
    found = (
        Standing(
            id=each.id,
            name=each.name,
            incidents=counts[each.id],
            measured=survey.available(each.id, period),
            promised=each.sla,
        )
        for each in survey.components.components
        if each.uptime is UptimeShown.SHOWN
    )
    return tuple(each for each in found if each.measured.seconds)


def average(found: Sequence[Standing]) -> int | None:
    """Return the mean availability in thousandths of a percent, floored: every component weighs the same."""
    known = [each.measured.thousandths for each in found if each.measured.thousandths is not None]
    return sum(known) // len(known) if known else None


def component_table(found: Sequence[Standing], before: Mapping[str, Standing], called: str) -> Table:
    """Return how components did against their promises, and how they did before."""
    rows = tuple(
        (
            each.name,
            str(each.incidents),
            wording.percent(each.measured.thousandths),
            wording.percent(before[each.id].measured.thousandths) if each.id in before else wording.NOTHING,
            f"{each.promised} %" if each.promised is not None else wording.NOTHING,
            wording.minutes(each.weighted),
            *_budget(each),
            wording.minutes(each.measured.spent.get(ComponentStatus.UNDER_MAINTENANCE, 0)),
        )
        for each in found
    )
    heads = (
        *("Component", "Incidents", "Availability", called, "Promise", "Weighted outage", "Error budget", "Burn"),
        "Maintenance",
    )
    return Table(heads=heads, rows=rows, numbers=frozenset(range(1, 9)))


def component_sheet(found: Sequence[Standing]) -> Sheet:
    """Return how components did, in exact numbers."""
    states = [status for status in ComponentStatus if status.rank]
    rows = tuple(
        (
            *(each.id, each.name, each.incidents, each.measured.seconds),
            *(each.measured.spent.get(status, 0) for status in states),
            Decimal(each.measured.cost) / 1000,
            exact(each.measured.thousandths),
            each.promised,
            Decimal(each.measured.budget(each.promised)) / 1000 if each.promised is not None else None,
            each.measured.burn(each.promised) if each.promised is not None else None,
        )
        for each in found
    )
    heads = (
        *("component", "name", "incidents", "seconds"),
        *(f"{status.value}_seconds" for status in states),
        *("weighted_seconds", "availability_percent", "promised_percent", "budget_seconds", "burn"),
    )
    return Sheet(name="components", heads=heads, rows=rows)


def exact(thousandths: int | None) -> Decimal | None:
    """Return a share in thousandths of a percent as a percentage."""
    return Decimal(thousandths).scaleb(-3) if thousandths is not None else None


def _budget(each: Standing) -> tuple[str, str]:
    if each.promised is None:
        return wording.NOTHING, wording.NOTHING
    burn = each.measured.burn(each.promised)
    return wording.minutes(each.measured.budget(each.promised) // 1000), f"{burn:.2f}" if burn is not None else "–"
