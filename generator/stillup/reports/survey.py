"""Everything a report of numbers is made of: all cases as known at an instant, and what they are held against."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from stillup.frozen import dataclass
from stillup.records.inventory import Components
from stillup.records.private.store import Private
from stillup.records.settings import Settings
from stillup.reports.document import Origin
from stillup.timeline.course import Course
from stillup.timeline.metric_availability import Availability, available
from stillup.timeline.metric_case import Apart, Case
from stillup.timeline.metric_known import known_from
from stillup.timeline.metric_period import Period
from stillup.vocabulary import ComponentStatus, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One line of `csat.csv`: how satisfied customers were on a day."""

    day: date
    score: Decimal
    responses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """All of it."""

    origin: Origin
    settings: Settings
    components: Components
    private: Private
    cases: tuple[Case, ...]
    """Everything that was known, by when it began: what does not count is marked."""

    by_component: dict[str, list[Course]]
    scores: tuple[Score, ...] | None = None
    """None where nobody wrote any."""

    @property
    def at(self) -> datetime:
        """The instant up to which everything is known."""
        return self.origin.at

    @property
    def known_from(self) -> datetime:
        """When the records begin."""
        return known_from(self.components.components, self.cases, self.settings.timezone, self.at)

    def knows(self, period: Period) -> bool:
        """Whether anything can be known of `period`; if not, no number may be given for it, 0 least of all."""
        return self.known_from < period.end

    def begun(self, period: Period) -> tuple[Period, ...]:
        """Return the months of `period` of which there is something to tell: those that have begun."""
        return tuple(month for month in period.each_month if month.start < self.at)

    def counted(self, period: Period | None = None) -> tuple[Case, ...]:
        """Return the incidents that count, those that began in `period`."""
        return tuple(case for case in self.cases if case.apart is None and (period is None or period.holds(case.began)))

    def apart(self, period: Period) -> dict[Apart, int]:
        """Return how many of what does not count began in `period`."""
        found = [case.apart for case in self.cases if case.apart is not None and period.holds(case.began)]
        return {why: found.count(why) for why in Apart}

    def available(self, component: str, period: Period) -> Availability:
        """Return how a component did in `period`, up to `at`, by the page's weights."""
        weights = {
            ComponentStatus.PARTIAL_OUTAGE: self.settings.uptime.partial_outage,
            ComponentStatus.MAJOR_OUTAGE: self.settings.uptime.major_outage,
        }
        return available(
            self.components.by_id[component],
            self.by_component.get(component, ()),
            self.settings.timezone,
            period.start,
            min(period.end, self.at),
            weights,
        )

    def name(self, component: str) -> str:
        """Return what customers call a component."""
        return self.components.by_id[component].name


def by_severity(cases: Iterable[Case]) -> tuple[tuple[Severity | None, tuple[Case, ...]], ...]:
    """Return `cases` by severity, P0 first; at the end those of none, where there are any."""
    listed = tuple(cases)
    found: list[tuple[Severity | None, tuple[Case, ...]]] = [
        (severity, tuple(case for case in listed if case.severity is severity)) for severity in Severity
    ]
    without = tuple(case for case in listed if case.severity is None)
    return (*found, *([(None, without)] if without else []))
