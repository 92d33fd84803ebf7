"""A first response to an incident, and what each clock of it says at the edge."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from stillup.records.component import Component
from stillup.records.incident import Incident, Update
from stillup.records.inventory import in_page_order
from stillup.records.private.incident import Cost, Escalation, PrivateIncident, Reclassification
from stillup.records.private.proof import Proof
from stillup.records.private.store import Private
from stillup.records.settings import Settings
from stillup.timeline.clock.board import clocks
from stillup.vocabulary import (
    ClockState,
    ComponentStatus,
    CostKind,
    Severity,
    UpdateStatus,
)

START = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
COMPONENTS = in_page_order(
    [Component(id="stripe", name="Stripe", group="payments"), Component(id="sms", name="SMS", group="messages")], ()
)


def hours(count: float) -> datetime:
    return START + timedelta(hours=count)


def update(at: datetime, status: UpdateStatus = UpdateStatus.INVESTIGATING, **facts) -> Update:
    return Update(id=f"u{at:%d%H%M%S}", at=at, status=status, body="Words.", **facts)


def incident(severity: Severity | None = Severity.P0, resolved: datetime | None = None, **facts) -> Incident:
    first = update(START, components=facts.pop("components", {"stripe": ComponentStatus.MAJOR_OUTAGE}))
    told = (first,) if resolved is None else (first, update(resolved, UpdateStatus.RESOLVED))
    return Incident(id="x", title="Payments fail", severity=severity, **{"updates": told, **facts})


def record(**facts) -> PrivateIncident:
    facts = {"detected_at": START, **facts}
    return PrivateIncident(id=facts.pop("id", "x"), whole=facts.pop("whole", False), **facts)


def proof(at: datetime) -> Proof:
    return Proof(at=at, by="On-call engineer", evidence="Ticket 1")


def at(
    moment: datetime, public: Incident | None, private: PrivateIncident | None = None, **more
) -> dict[str, ClockState]:
    """Return the state of every clock at `moment`, by its name."""
    drills = {drill.id: drill for drill in more.pop("drills", ())}
    known = Private(
        folder=Path("private"),
        present=more.pop("present", True),
        incidents={} if private is None else {private.id: private},
        drills=drills,
    )
    found = clocks([] if public is None else [public], COMPONENTS, known, Settings(**more), moment)
    assert len({(each.incident, each.clock) for each in found}) == len(found)
    return {each.clock: each.state for each in found}


def due(
    moment: datetime, public: Incident | None, private: PrivateIncident | None, name: str, **more
) -> datetime | None:
    known = Private(folder=Path("private"), present=True, incidents={} if private is None else {private.id: private})
    found = clocks([] if public is None else [public], COMPONENTS, known, Settings(**more), moment)
    return next(each.due for each in found if each.clock == name)


def edge(name: str, moment: datetime, public: Incident | None, private: PrivateIncident | None, **more) -> None:
    """Hold that the clock `name` is in time at `moment`, and overdue a second later."""
    assert at(moment, public, private, **more)[name] in {ClockState.OK, ClockState.AT_RISK}
    assert at(moment + SECOND, public, private, **more)[name] is ClockState.OVERDUE


def triggered(name: str, moment: datetime, public: Incident, private: PrivateIncident, delay: float = 0) -> None:
    """Hold that a trigger is not there before `moment`, and overdue `delay` hours after it without a proof."""
    before = at(moment - SECOND, public, private)
    assert before.get(name, ClockState.OK) in {ClockState.OK, ClockState.AT_RISK}
    edge(name, moment + timedelta(hours=delay), public, private)
    role = name.rpartition("/")[2]
    told = Escalation(to=role, at=moment, by="A", evidence="Ticket 1")
    assert at(moment + timedelta(hours=30), public, replace(private, escalated=(told,)))[name] is ClockState.MET
    early = replace(told, at=moment - timedelta(minutes=1))
    assert at(moment + timedelta(hours=30), public, replace(private, escalated=(early,)))[name] is ClockState.OVERDUE
    named = replace(early, about=(name.split("/")[1],))
    assert at(moment + timedelta(hours=30), public, replace(private, escalated=(named,)))[name] is ClockState.MET


def cost(amount: str, when: datetime, currency: str = "USD") -> Cost:
    return Cost(kind=CostKind.DIRECT, category="Time", amount=Decimal(amount), currency=currency, at=when)


def changed(after: float, was: Severity, now: Severity, **facts) -> PrivateIncident:
    """Return a record of an incident that had another severity `after` so many hours."""
    return record(reclassified=(Reclassification(at=hours(after), was=was, severity=now, why="Regions"),), **facts)
