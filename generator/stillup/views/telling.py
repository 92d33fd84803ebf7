"""A story as those need it who decide what is told of it and to whom. No page, feed or API prints this."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import UTC, datetime, timedelta

from stillup.frozen import dataclass
from stillup.records.incident import Incident, Update
from stillup.timeline.course import Occurrence, course
from stillup.views import code
from stillup.views.edition import Edition
from stillup.views.incident import IncidentView
from stillup.vocabulary import Impact, Kind, Severity, UpdateStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """That a window comes soon."""

    before: timedelta
    """How long before the start people are reminded."""

    start: datetime
    """When the window begins, as planned at the time of the reminder."""

    end: datetime

    @property
    def at(self) -> datetime:
        """When people are reminded."""
        return self.start - self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """The public API's ids of what a message is about, and the state of the whole page when it was said."""

    page: str = ""
    incident: str = ""
    updates: Mapping[str, str] = field(default_factory=dict)
    """By `<incident>/<update>`."""

    components: Mapping[str, str] = field(default_factory=dict)
    indicator: str = "none"
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One incident or maintenance: what the public may see, and what decides who hears of it."""

    view: IncidentView
    severity: Severity | None = None
    """The class that messages are chosen by; no public message prints it."""

    disaster: bool = False
    impact: Impact | None = None
    """As stated for the whole story; where it is not, the worst component decides."""

    groups: Mapping[str, str]
    """The group of each component that has one, by component id."""

    silence: str = ""
    """Why what the clock brings is told to nobody: `backfilled`, `severity`, or empty."""

    silent: Mapping[str, str]
    """By update (its anchor) why nobody is told: `notify`, `backfilled` or `severity`; others are told."""

    moved: frozenset[str] = frozenset()
    """Updates (by anchor) that move a window."""

    reminders: tuple[Reminder, ...] = ()
    """Those that have come due, oldest first."""

    codes: Codes = Codes()


def telling(edition: Edition, record: Incident, view: IncidentView) -> Telling:
    """Return how `record` is told, seen from the edition's instant; `view` is of the same instant."""
    silence = "backfilled" if record.backfilled else "severity" if record.severity is Severity.P3 else ""
    silent = {update.id: reason for update in record.updates if (reason := _reason(update, silence))}
    components = edition.components.by_id
    return Telling(
        view=view,
        severity=record.severity,
        disaster=record.disaster,
        impact=record.impact,
        groups={id: group for id in view.component_ids if id in components and (group := components[id].group)},
        silence=silence,
        silent=silent,
        moved=frozenset(update.id for update in record.updates if update.scheduled is not None),
        reminders=tuple(_reminders(record, edition.at)),
        codes=Codes(
            page=code.of_page(edition.settings),
            incident=code.of_incident(record),
            updates={
                f"{record.id}/{update.id}": update.code or code.code("update", f"{code.origin(record)}/{update.id}")
                for update in record.updates
            },
            components={id: code.of_component(components[id]) for id in view.component_ids if id in components},
        ),
    )


def _reason(update: Update, silence: str) -> str:
    if update.redacted is not None and not update.body:
        return "redacted"
    if update.notify is None:
        return silence
    return "" if update.notify else "notify"


def _reminders(record: Incident, at: datetime) -> Iterator[Reminder]:
    """Yield the reminders due up to `at`, each by the plan that held at its time.

    A reminder that an announcement or a move came too late for is none: the announcement said it.
    """
    if record.kind is not Kind.MAINTENANCE or record.scheduled is None:
        return
    told = [update for update in record.updates if update.withdrawn is None and update.at <= at]
    found: dict[tuple[datetime, timedelta], Reminder] = {}
    for number, update in enumerate(told):
        until = told[number + 1].at if number + 1 < len(told) else at
        plan = course(replace(record, updates=tuple(told[: number + 1])), max(until, update.at)).occurrences
        for each in _due(plan, record.scheduled.reminders, update.at, until, last=number + 1 == len(told)):
            found[each.start, each.before] = each
    yield from sorted(found.values(), key=lambda each: (each.at, each.start))


def _due(
    plan: Sequence[Occurrence], ahead: Sequence[timedelta], since: datetime, until: datetime, *, last: bool
) -> Iterator[Reminder]:
    """Yield the reminders for `plan` after `since` and before `until`; at it too where nothing was said later."""
    for window in plan:
        # Without a beginning, completed means that it was said to be done before its time.
        void = window.status is UpdateStatus.CANCELLED or (
            window.status is UpdateStatus.COMPLETED and window.began is None
        )
        for before in ahead:
            due = Reminder(before=before, start=window.start.astimezone(UTC), end=window.end.astimezone(UTC))
            begun = window.began is not None and window.began <= due.at
            if since < due.at and (due.at < until or (last and due.at == until)) and not void and not begun:
                yield due
