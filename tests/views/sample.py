"""Short ways to write a page and its records, at 10:45 UTC on 20 November 2026."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from stillup.catalogue import words
from stillup.records.component import Component, Group
from stillup.records.incident import Incident, Schedule, Update
from stillup.records.inventory import in_page_order
from stillup.records.settings import Settings, Support
from stillup.timeline.course import course
from stillup.timeline.promise import promise
from stillup.timeline.publication import published
from stillup.views.board import Board, board
from stillup.views.edition import Edition
from stillup.views.home import home
from stillup.views.incident import IncidentView
from stillup.views.listing import Headline
from stillup.views.page import Home
from stillup.views.story import headline, incident
from stillup.vocabulary import ComponentStatus, Kind, UpdateStatus

FINE = ComponentStatus.OPERATIONAL
MAINTAINED = ComponentStatus.UNDER_MAINTENANCE
DEGRADED = ComponentStatus.DEGRADED_PERFORMANCE
PARTIAL = ComponentStatus.PARTIAL_OUTAGE
MAJOR = ComponentStatus.MAJOR_OUTAGE
SINCE = date(2025, 1, 1)


def at(words: str, day: int = 20, month: int = 11, year: int = 2026) -> datetime:
    """A time in UTC."""
    hour, minute = map(int, words.split(":"))
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


NOW = at("10:45")

COMPONENTS = (
    Component(id="auth", name="Authentication", group="api", position=1, since=SINCE),
    Component(id="payments", name="Payments", group="api", position=2, since=SINCE),
    Component(id="stripe", name="Stripe", group="processing", position=3, since=SINCE),
    Component(id="sms", name="SMS", position=4, since=SINCE),
)
GROUPS = (Group(id="api", name="API endpoints"), Group(id="processing", name="Payment processing"))


def edition(
    now: datetime = NOW, components: tuple[Component, ...] = COMPONENTS, groups=GROUPS, language="en", **settings
) -> Edition:
    settings = Settings(
        site_name="Advancia Status",
        site_url="https://status.example.com/",
        organisation="Advancia Pay Ledger",
        support=Support(url="https://support.example.com/", email="support@example.com"),
        **settings,
    )
    return Edition(
        settings=settings,
        components=in_page_order(components, groups),
        words=words(language),
        zone=ZoneInfo(settings.timezone),
        at=now,
        commit="1f4c9ae",
    )


def told(when: datetime, status: str, body: str = "Text.", **more) -> Update:
    return Update(id=f"{when:%Y%m%dt%H%M%Sz}", at=when, status=UpdateStatus(status), body=body, **more)


def outage(*updates: Update, id: str = "payments-fail", title: str = "Payments fail", **more) -> Incident:
    return Incident(id=id, title=title, updates=updates, **more)


def work(*updates: Update, start: datetime, end: datetime, id: str = "new-disks", **more) -> Incident:
    planned = {name: more.pop(name) for name in ("timezone", "recurrence", "exceptions", "auto") if name in more}
    schedule = Schedule(start=start, end=end, **planned)
    return Incident(
        id=id, title="Ledger database moves", kind=Kind.MAINTENANCE, scheduled=schedule, updates=updates, **more
    )


def seen(record: Incident, page: Edition | None = None) -> IncidentView:
    """The view of a record at the page's instant."""
    page = page or edition()
    public = published(record, page.at)
    assert public is not None
    return incident(page, public, course(record, page.at), promise(public, page.at))


def listed(record: Incident, page: Edition | None = None) -> Headline:
    page = page or edition()
    return headline(page, seen(record, page), course(record, page.at))


def front(*records: Incident, page: Edition | None = None) -> Home:
    """The home page with these records."""
    page = page or edition()
    views = [seen(record, page) for record in records]
    headlines = {record.id: listed(record, page) for record in records}
    return home(page, board_of(*records, page=page), [view for view in views if view.open], headlines)


def board_of(*records: Incident, page: Edition | None = None) -> Board:
    page = page or edition()
    return board(page, [course(record, page.at) for record in records])


def words_of(view: IncidentView) -> dict[str, str]:
    """The facts of a view as plain text."""
    return {fact.label: fact.text for fact in view.facts}


MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)

CRASH = outage(
    told(
        at("10:12"),
        "investigating",
        "Since 10:05 UTC, sign-in and payments fail. We are looking for the cause.",
        components={"auth": MAJOR, "payments": MAJOR, "stripe": PARTIAL},
        impact_text="Sign-in and payments fail for all customers. Nothing is lost.",
        scope="All customers.",
        workaround="**Please do not retry payments.**",
        next_update_in=15 * MINUTE,
    ),
    told(at("10:19"), "investigating", "It is the database.", components={"sms": DEGRADED}, next_update_in=15 * MINUTE),
    told(at("10:28"), "identified", "A disk failed.", edited_at=at("10:33"), next_update_in=15 * MINUTE),
    told(
        at("10:41"),
        "identified",
        "The standby takes traffic.",
        impact_text="Sign-in and payments still fail for all customers. Text messages are late.",
        data_loss="none",
        next_update_in=15 * MINUTE,
    ),
    id="sign-in-fails",
    title="Sign-in and payments are failing",
    reference="INC-2026-11-20-001",
    started_at=at("10:05"),
)
"""A major outage that is open now."""

DECLINED = outage(
    told(
        at("14:45", 9),
        "investigating",
        components={"stripe": PARTIAL, "payments": DEGRADED},
        impact_text="About 40 % of card payments are declined.",
    ),
    told(at("15:10", 9), "identified", impact_text="About 25 % of card payments are declined.", scope="Europe."),
    told(at("15:38", 9), "monitoring", "Declines are back.", components={"payments": FINE, "stripe": DEGRADED}),
    told(at("15:55", 9), "resolved", "Card payments work again.", data_loss="No card was charged twice."),
    id="card-payments-declined",
    title="Card payments through Stripe declined",
    started_at=at("14:20", 9),
)
"""An outage of 9 November that is over."""
