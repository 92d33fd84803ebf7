"""Short ways to write the records that these tests tell of."""

from datetime import UTC, datetime, timedelta

from stillup.records.component import Component, StateChange
from stillup.records.incident import Incident, Schedule, Update, Withdrawal
from stillup.vocabulary import ComponentStatus, Kind, UpdateStatus

DEGRADED = ComponentStatus.DEGRADED_PERFORMANCE
PARTIAL = ComponentStatus.PARTIAL_OUTAGE
MAJOR = ComponentStatus.MAJOR_OUTAGE
MAINTAINED = ComponentStatus.UNDER_MAINTENANCE
FINE = ComponentStatus.OPERATIONAL


def on(day: int, clock: str = "00:00", month: int = 11) -> datetime:
    """A day of 2026 and a time in UTC."""
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def clock(words: str) -> datetime:
    """A time of 20 November 2026 in UTC."""
    return on(20, words)


def told(at: datetime, status: str, **more) -> Update:
    """An update; `components` by id."""
    return Update(id=f"{at:%Y%m%dt%H%M%Sz}", at=at, status=UpdateStatus(status), body="Text.", **more)


def incident(*updates: Update, id: str = "payments", **more) -> Incident:
    return Incident(id=id, title="Payments fail", updates=updates, **more)


def maintenance(*updates: Update, start: datetime, end: datetime, id: str = "database", **more) -> Incident:
    schedule = Schedule(
        start=start,
        end=end,
        **{name: more.pop(name) for name in ("timezone", "recurrence", "exceptions", "auto") if name in more},
    )
    return Incident(id=id, title="Database upgrade", kind=Kind.MAINTENANCE, scheduled=schedule, updates=updates, **more)


def component(id: str = "stripe", *states: tuple[datetime, ComponentStatus], **more) -> Component:
    return Component(id=id, name=id, states=tuple(StateChange(at=at, status=status) for at, status in states), **more)


def withdrawn(at: datetime) -> Withdrawal:
    return Withdrawal(at=at, reason="Meant for another page.")


HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def spans(course) -> list[tuple[str, str, str, str]]:
    """A course's claims in short: component, start, end, state; times of day only."""
    return [
        (claim.component, f"{claim.start:%H:%M}", f"{claim.end:%H:%M}" if claim.end else "", claim.status.value)
        for claim in course.claims
    ]
