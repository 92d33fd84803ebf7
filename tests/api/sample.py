"""Short ways from records to documents of the API, at 10:45 UTC on 20 November 2026."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from stillup import catalogue
from stillup.api import history, incident, listing, maintenance, uptime
from stillup.artifact import Artifact
from stillup.records import store
from stillup.records.component import Component, Group
from stillup.records.incident import Incident, Schedule, Update
from stillup.records.inventory import Components, in_page_order
from stillup.records.settings import Settings
from stillup.timeline.course import Course, course
from stillup.timeline.promise import promise
from stillup.timeline.publication import published
from stillup.views import story
from stillup.views.board import Board, board
from stillup.views.document import IncidentDocument, Roster
from stillup.views.edition import Edition
from stillup.views.incident_document import document
from stillup.views.roster import roster
from stillup.views.uptime_document import days_document, uptime_book
from stillup.vocabulary import ComponentStatus, Kind, UpdateStatus

FINE = ComponentStatus.OPERATIONAL
MAINTAINED = ComponentStatus.UNDER_MAINTENANCE
DEGRADED = ComponentStatus.DEGRADED_PERFORMANCE
PARTIAL = ComponentStatus.PARTIAL_OUTAGE
MAJOR = ComponentStatus.MAJOR_OUTAGE


def at(clock: str, day: int = 20, month: int = 11, year: int = 2026) -> datetime:
    """A time in UTC."""
    hour, minute = map(int, clock.split(":"))
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


NOW = at("10:45")
COMPONENTS = (
    Component(id="auth", name="Authentication", group="api", position=1),
    Component(id="payments", name="Payments", group="api", position=2),
    Component(id="sms", name="SMS", position=3),
)
GROUPS = (Group(id="api", name="API endpoints", description="What your software talks to"),)


def edition(
    now: datetime = NOW,
    components: Iterable[Component] = COMPONENTS,
    groups: Iterable[Group] = GROUPS,
    site_url: str = "https://status.example.com/",
    **settings: Any,
) -> Edition:
    kept = Settings(site_name="Advancia Status", site_url=site_url, organisation="Advancia Pay Ledger", **settings)
    return _edition(kept, in_page_order(components, groups), now)


def _edition(settings: Settings, components: Components, now: datetime) -> Edition:
    return Edition(
        settings=settings,
        components=components,
        words=catalogue.words(settings.languages[0]),
        zone=ZoneInfo(settings.timezone),
        at=now,
        commit="1f4c9ae",
    )


def told(when: datetime, status: str, body: str = "Text.", **more: Any) -> Update:
    return Update(id=f"{when:%Y%m%dt%H%M%Sz}", at=when, status=UpdateStatus(status), body=body, **more)


def outage(*updates: Update, id: str = "payments-fail", title: str = "Payments fail", **more: Any) -> Incident:
    return Incident(id=id, title=title, updates=updates, **more)


def work(*updates: Update, start: datetime, end: datetime, id: str = "new-disks", **more: Any) -> Incident:
    planned = {name: more.pop(name) for name in ("timezone", "recurrence", "exceptions", "auto") if name in more}
    schedule = Schedule(start=start, end=end, **planned)
    return Incident(id=id, title="New disks", kind=Kind.MAINTENANCE, scheduled=schedule, updates=updates, **more)


@dataclass(frozen=True)
class World:
    """A page with its records, told at one instant as the pipeline tells them."""

    edition: Edition
    records: tuple[Incident, ...]

    @cached_property
    def courses(self) -> dict[str, Course]:
        found = ((record.id, published(record, self.edition.at)) for record in self.records)
        return {id: course(public, self.edition.at) for id, public in found if public is not None}

    @cached_property
    def documents(self) -> dict[str, IncidentDocument]:
        page, found = self.edition, {}
        for record in self.records:
            if record.id in self.courses:
                public, went = published(record, page.at), self.courses[record.id]
                assert public is not None
                found[record.id] = document(
                    page, record, went, story.incident(page, public, went, promise(public, page.at))
                )
        return found

    @cached_property
    def board(self) -> Board:
        return board(self.edition, self.courses.values())

    @cached_property
    def roster(self) -> Roster:
        return roster(self.edition, self.board, self.documents.values())

    @cached_property
    def lines(self) -> list[history.Line]:
        return [history.line(each, self.roster.page) for each in self.documents.values()]

    @cached_property
    def files(self) -> dict[str, bytes]:
        """Everything the API publishes, by path."""
        return {each.path: each.body for each in self._artifacts()}

    def json(self, path: str) -> Any:
        return json.loads(self.files[path])

    def _artifacts(self) -> Iterable[Artifact]:
        documents, page, still = self.documents.values(), self.roster.page, roster(self.edition)
        yield from listing.listing(self.roster, documents)
        for each in documents:
            yield incident.incident(each, self.roster if each.open else still)
            yield from incident.stubs(each, still.page)
        yield history.history(history.months(self.lines), page, self.edition.today)
        for year in {record.updates[0].at.year for record in self.records}:
            yield from history.year(year, self.lines, page)
        book = uptime_book(self.edition, self.board)
        yield uptime.uptime(book)
        yield from uptime.days(book, [days_document(self.board, each) for each in book.components])
        yield maintenance.maintenances(documents, page)


def world(*records: Incident, page: Edition | None = None) -> World:
    return World(page or edition(), records)


def read(root: Path, now: datetime = NOW) -> World:
    """The page whose records are below `root`."""
    found = store.load(root)
    return World(_edition(found.settings, found.components, now), found.incidents)
