"""Everything that is told of a story, each event under a key that never changes. No clock: the story has its instant.

Updates, corrections and withdrawals; what the clock brings to a maintenance and to a long outage; the postmortem.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from stillup.messages.event import AUDIENCES, BREACH, Event
from stillup.views.incident import IncidentView, UpdateView
from stillup.views.telling import Telling
from stillup.vocabulary import IMPACT_OF, ComponentStatus, Impact, Kind, Severity, UpdateStatus

EXTENDED = timedelta(hours=4)
"""After how long the plan has board and investors told of an outage."""

DIGEST = "digest"

_MAINTENANCE_KINDS = {
    UpdateStatus.SCHEDULED: "maintenance_scheduled",
    UpdateStatus.IN_PROGRESS: "maintenance_started",
    UpdateStatus.VERIFYING: "maintenance_updated",
    UpdateStatus.COMPLETED: "maintenance_completed",
    UpdateStatus.CANCELLED: "maintenance_cancelled",
}
_STATES = {
    "degraded": ComponentStatus.DEGRADED_PERFORMANCE,
    "partial": ComponentStatus.PARTIAL_OUTAGE,
    "major": ComponentStatus.MAJOR_OUTAGE,
}
_PUBLIC = ("customers", "enterprise", "support", "partners", "responders")
_ABOVE = ("executives", "board", "investors")


def kind_of(incident: IncidentView, update: UpdateView) -> str:
    """Return what sort of message the update makes."""
    if incident.kind == Kind.MAINTENANCE:
        status = UpdateStatus(update.status)
        goes_on = status is UpdateStatus.IN_PROGRESS and _is_running(incident, update)
        return "maintenance_updated" if goes_on else _MAINTENANCE_KINDS[status]
    if update.closing:
        return "incident_resolved"
    return "incident_opened" if update.opening else "incident_updated"


def _is_running(incident: IncidentView, update: UpdateView) -> bool:
    """Return whether the work had begun before `update`: by the update before it, or by the clock since then."""
    own = ("", update.window)
    earlier = [each for each in incident.updates if each.at < update.at and each.withdrawn is None]
    last = next((each for each in earlier if each.window in own), None)
    if last is None or last.status in (UpdateStatus.IN_PROGRESS, UpdateStatus.VERIFYING):
        return last is not None
    window = incident.window(update.window) if update.window else next(iter(incident.windows), None)
    return window is not None and UpdateStatus.IN_PROGRESS in window.by_clock and last.at <= window.start < update.at


def events(told: Telling, at: datetime, *, approved: datetime | None = None) -> tuple[Event, ...]:
    """Return every event of one story up to `at`, the instant of its view, oldest first.

    `approved` is when the legal side approved that the people concerned are told of a breach of their data.
    """
    made = _Making(told, at)
    found = [*made.of_updates(), *made.of_changes(), *made.of_windows(), *made.of_length(), *made.of_postmortem()]
    if approved is not None and approved <= at:
        found.append(made.event(f"{told.view.id}/breach-notice", BREACH, approved))
    found.sort(key=lambda each: each.at)
    return tuple(replace(each, sequence=number) for number, each in enumerate(found, 1))


def digests(told: Iterable[Event], zone: ZoneInfo, at: datetime) -> tuple[tuple[Event, tuple[Event, ...]], ...]:
    """Return one digest for each civil day of `zone` that is over at `at`, with the events it sums up.

    It is due when the day ends; days on which nothing is told have none. Its record is called `digest`.
    """
    audible = sorted((each for each in told if not each.silent), key=lambda each: (each.at, each.key))
    found = []
    for day, group in groupby(audible, key=lambda each: each.at.astimezone(zone).date()):
        due = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(days=1)
        if due.astimezone(UTC) > at:
            continue
        parts = tuple(group)
        whole = Event(
            key=f"{DIGEST}/{day.isoformat()}",
            kind=DIGEST,
            incident=DIGEST,
            record=Kind.INCIDENT if any(each.record is Kind.INCIDENT for each in parts) else Kind.MAINTENANCE,
            title=day.isoformat(),
            at=due.astimezone(UTC),
            components=tuple(dict.fromkeys(id for each in parts for id in each.components)),
            groups=tuple(dict.fromkeys(id for each in parts for id in each.groups)),
            impact=max((each.impact for each in parts), key=lambda impact: impact.rank),
            severity=min((each.severity for each in parts if each.severity), default=None),
            audiences=("customers", "enterprise", "partners"),
        )
        found.append((whole, parts))
    return tuple(found)


class _Making:
    """The events of one story."""

    def __init__(self, told: Telling, at: datetime) -> None:
        self._told, self._at = told, at
        self._view = told.view
        self._updates = tuple(reversed(told.view.updates))
        self._maintenance = told.view.kind == Kind.MAINTENANCE

    def event(self, key: str, kind: str, at: datetime, *, silent: str | None = None, **more: object) -> Event:
        """Return an event with what was known of the story at `at`."""
        known = [update for update in self._updates if update.at <= at] or self._updates[:1]
        components = tuple(dict.fromkeys(id for update in known for id in _touched(update)))
        impact = self._told.impact or _worst(known)
        fields: dict[str, object] = {
            "components": components,
            "groups": tuple(dict.fromkeys(self._told.groups[id] for id in components if id in self._told.groups)),
            "impact": Impact.NONE if self._maintenance and self._told.impact is None else impact,
            "severity": self._told.severity,
            "silent": self._told.silence if silent is None else silent,
        }
        made = Event(
            key=key,
            kind=kind,
            incident=self._view.id,
            record=Kind(self._view.kind),
            title=self._view.title,
            at=at,
            **fields | more,  # type: ignore[arg-type]
        )
        return replace(made, audiences=self._audiences(made))

    def of_updates(self) -> Iterator[Event]:
        told_of = False
        began = False
        for update in self._updates:
            silent = self._told.silent.get(update.anchor, "")
            kind, opening = kind_of(self._view, update), update.opening
            if opening and began and kind == "incident_opened":
                kind, told_of = "incident_reopened", False
            if not told_of and not silent and kind == "incident_updated":
                kind, opening = "incident_opened", True  # What came before was told to nobody.
            if update.anchor in self._told.moved and kind == "maintenance_scheduled" and began:
                kind = "maintenance_moved"
            if update.withdrawn is None:
                told_of, began = told_of or not silent, True
            yield self.event(
                update.key,
                kind,
                update.at,
                silent="withdrawn" if update.withdrawn else silent,
                opening=opening,
                closing=update.closing and not self._is_more_to_come(update.at),
            )

    def of_changes(self) -> Iterator[Event]:
        return (event for event in self._of_changes() if event.at <= self._at)

    def _of_changes(self) -> Iterator[Event]:
        family = "maintenance" if self._maintenance else "incident"
        for update in self._updates:
            silent = self._told.silent.get(update.anchor, "")
            if update.withdrawn is not None:
                when = datetime.fromisoformat(update.withdrawn.time.iso)
                yield self.event(
                    f"{update.key}/withdrawn", f"{family}_withdrawn", when, silent=silent, concerns=update.key
                )
            elif update.corrected:
                when = update.corrected_at or update.at
                # By its time: a record holds one correction at a time, and a second one must be told again.
                stamp = when.astimezone(UTC).strftime("%Y%m%dt%H%M%Sz")
                key = f"{update.key}/correction-{stamp}"
                yield self.event(key, f"{family}_corrected", when, silent=silent, concerns=update.key)

    def of_windows(self) -> Iterator[Event]:
        for each in self._told.reminders:
            key = f"{self._view.id}/{each.start:%Y%m%dt%H%M%Sz}/reminder-{_short(each.before)}"
            yield self.event(key, "maintenance_reminder", each.at)
        for window in self._view.windows:
            for status in window.by_clock:
                begins = status == UpdateStatus.IN_PROGRESS
                when = window.start if begins else window.end
                if when > self._at:
                    continue
                yield self.event(
                    f"{self._view.id}/{window.key}/{status}",
                    "maintenance_started" if begins else "maintenance_completed",
                    when,
                    closing=not begins and not self._is_more_to_come(when),
                )

    def of_length(self) -> Iterator[Event]:
        """Yield that an outage is a long one: board and investors hear of it then, not before."""
        due = extended(self._view)
        if due is not None and due <= self._at:
            event = self.event(f"{self._view.id}/extended", "incident_extended", due)
            if event.impact.rank >= Impact.MAJOR.rank:
                yield event

    def of_postmortem(self) -> Iterator[Event]:
        written = self._view.postmortem
        if written is not None and written.at <= self._at:
            gone = "redacted" if written.redacted_at is not None else None
            yield self.event(written.key, "postmortem_published", written.at, silent=gone)

    def _is_more_to_come(self, at: datetime) -> bool:
        """Whether a window of the series begins after `at`, so that this end is not the last."""
        return self._view.endless or any(
            window.start > at and window.status != UpdateStatus.CANCELLED for window in self._view.windows
        )

    def _audiences(self, event: Event) -> tuple[str, ...]:
        if event.kind == "incident_extended":
            return _ABOVE
        if event.kind == BREACH:
            return AUDIENCES
        if self._maintenance:
            return _PUBLIC
        due = extended(self._view)
        above: tuple[str, ...] = _ABOVE[:1] if event.grave else ()
        if due is not None and due < event.at and event.impact.rank >= Impact.MAJOR.rank:
            above = _ABOVE
        public = event.severity is Severity.P0 or event.impact is Impact.CRITICAL
        return (*_PUBLIC, *above, *(("media",) if public and event.kind != "postmortem_published" else ()))


def extended(view: IncidentView) -> datetime | None:
    """Return when an incident had lasted so long that board and investors are told; None where it did not yet."""
    if view.kind == Kind.MAINTENANCE:
        return None
    due = view.started.astimezone(UTC) + EXTENDED
    before = [update for update in view.updates if update.withdrawn is None and update.at <= due]
    if not before or UpdateStatus(before[0].status).closes:
        return None
    return due


def _touched(update: UpdateView) -> Sequence[str]:
    return [id for group in update.affected for id in group.ids] + [id for id, _, _ in update.changed]


def _worst(updates: Sequence[UpdateView]) -> Impact:
    states: Mapping[str, ComponentStatus] = _STATES
    held = [states[group.state.key] for update in updates for group in update.affected if group.state.key in states]
    return max((IMPACT_OF[state] for state in held), key=lambda impact: impact.rank, default=Impact.NONE)


def _short(length: timedelta) -> str:
    """Return `24h`, `90m`: as settings and keys have it."""
    minutes = int(length.total_seconds()) // 60
    return f"{minutes // 60}h" if minutes % 60 == 0 else f"{minutes}m"
