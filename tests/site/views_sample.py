"""Finished views of a day with a major outage, as the timeline would have made them."""

from datetime import UTC, datetime

from markupsafe import Markup, escape

from stillup.views.incident import Edit, IncidentView, Lane, PostmortemView, UpdateView
from stillup.views.masthead import Masthead
from stillup.views.page import (
    Bar,
    Built,
    ComponentPage,
    DayEvents,
    DayLine,
    Event,
    Figure,
    GroupRow,
    HistoryMonth,
    HistoryYear,
    Home,
    MaintenancePage,
    Row,
    SubscribePage,
    UptimePage,
    UptimeRow,
    YearCell,
    YearMonth,
)
from stillup.views.shape import Affected, Body, Fact, Link, Promise, State, Time

WORDS = {
    "ok": "Operational",
    "degraded": "Degraded performance",
    "partial": "Partial outage",
    "major": "Major outage",
    "maint": "Under maintenance",
    "none": "No data",
}
TOPS = {"major": 0, "partial": 8, "degraded": 16, "maint": 17, "none": 36}
SHORT_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct"]
AXIS = ("23 Aug", "20 Nov, today")
RULE = (
    "A major outage counts in full, a partial outage at 30 %, degraded performance and maintenance not at all. "
    "Today counts as a whole day; figures are rounded down."
)

MASTHEAD = Masthead(
    organisation="Advancia Pay Ledger",
    team="The Advancia Pay Ledger Team",
    site_name="Advancia Pay Ledger Status",
    site_url="https://status.example.com/",
    description="Current state, incidents, maintenance and uptime of Advancia Pay Ledger.",
    zone="UTC",
    language="en",
    direction="ltr",
    support_url="https://support.example.com/",
    support_email="support@example.com",
    report_url="https://support.example.com/report",
)
BUILT = Built(time=Time(iso="2026-11-20T10:45:00Z", text="20 Nov 2026, 10:45 UTC"), commit="1f4c9ae")


def state(key: str, word: str = "") -> State:
    """Return the state of `key`."""
    return State(key=key, word=word or WORDS[key])


def body(text: str) -> Body:
    """Return a body whose paragraphs are divided by empty lines."""
    paragraphs = text.split("\n\n")
    html = Markup("").join(Markup("<p>{}</p>").format(paragraph) for paragraph in paragraphs)
    return Body(html=html, text=text, line=paragraphs[0])


def fact(key: str, label: str, text: str) -> Fact:
    """Return a fact in plain words."""
    return Fact(key=key, label=label, html=escape(text), text=text)


def time_fact(key: str, label: str, iso: str, text: str, after: str = "") -> Fact:
    """Return a fact that is a time."""
    html = Markup('<time datetime="{}">{}</time>{}').format(iso, text, after)
    return Fact(key=key, label=label, html=html, text=text + after)


def affected(key: str, names: str) -> Affected:
    """Return components in one state, named with commas."""
    parts = tuple(names.split(", "))
    return Affected(state=state(key), names=parts, ids=tuple(slug(part) for part in parts))


def slug(name: str) -> str:
    """Return an id made of `name`."""
    return "-".join(name.lower().split())


def update(incident: str, at: str, word: str, text: str, time: str = "", **changes: object) -> UpdateView:
    """Return an update of `incident` at `at` (`20261120t104100z`)."""
    moment = datetime.strptime(at, "%Y%m%dt%H%M%Sz").replace(tzinfo=UTC)
    facts: dict[str, object] = {
        "key": f"{incident}/{at}",
        "anchor": at,
        "place": f"incidents/{incident}/#{at}",
        "at": moment,
        "time": Time(iso=f"{moment:%Y-%m-%dT%H:%M:%SZ}", text=time or f"{moment.day} {moment:%b, %H:%M} UTC"),
        "status": word.lower(),
        "word": word,
        "body": body(text),
        "affected": (),
        "changed": (),
    }
    return UpdateView(**facts | changes)  # type: ignore[arg-type]


OUTAGE_ID = "sign-in-and-payments-failing"
DECLINED_ID = "card-payments-declined"
DUE = Promise(
    due=datetime(2026, 11, 20, 10, 56, tzinfo=UTC),
    time=Time(iso="2026-11-20T10:56:00Z", text="10:56 UTC"),
    late=False,
    every="",
)
OUTAGE_AFFECTED = (
    affected("major", "Authentication, Payments, Web dashboard, Ledger database"),
    affected("partial", "Preferences, Stripe, NOWPayments, Cryptomus"),
    affected("degraded", "SMS, Read replicas"),
)
OUTAGE = IncidentView(
    id=OUTAGE_ID,
    place=f"incidents/{OUTAGE_ID}/",
    kind="incident",
    title="Sign-in and payments are failing for all customers",
    reference="INC-2026-11-20-001",
    description="Open since 20 November 2026, 10:05 UTC: sign-in, payments and the dashboard are down.",
    status="identified",
    impact="critical",
    open=True,
    state=state("major", "Open"),
    kick="Open incident · cause identified",
    severity="",
    started=datetime(2026, 11, 20, 10, 5, tzinfo=UTC),
    ended=None,
    closed=None,
    duration="",
    facts=(
        time_fact("since", "Since", "2026-11-20T10:05:00Z", "Fri 20 Nov, 10:05 UTC"),
        fact("affected", "Affected", "Major outage: Authentication, Payments"),
        fact("who", "Who", "All customers on all plans, in US-East and US-West. The sandbox works."),
        Fact(
            key="workaround",
            label="What to do",
            html=Markup(
                "<b>Please do not retry payments.</b> Those we accepted before 10:05 UTC are safe and will be "
                "processed once. Hold new ones until we say so here."
            ),
            text="Please do not retry payments.",
        ),
    ),
    affected=OUTAGE_AFFECTED,
    component_ids=tuple(name for group in OUTAGE_AFFECTED for name in group.ids),
    promise=DUE,
    lanes=(),
    ticks=(),
    updates=(
        update(
            OUTAGE_ID,
            "20261120t104100z",
            "Identified",
            "The second ledger database is now taking traffic and its copy is complete to the last entry. We are "
            "checking balances before we let sign-in through, a tenth of customers at a time. We expect the first "
            "sign-ins to succeed at about 10:55 UTC.",
        ),
        update(
            OUTAGE_ID,
            "20261120t102800z",
            "Identified",
            "A disk failure stopped the ledger database in US-East at 10:05, and the automatic change to its standby "
            "did not finish. We are moving to the standby by hand. No recorded payment is lost.",
            edited=Edit(
                time=Time(iso="2026-11-20T10:33:00Z", text="20 Nov, 10:33 UTC"),
                note="“a network failure” was corrected to “a disk failure”.",
            ),
        ),
        update(
            OUTAGE_ID,
            "20261120t101900z",
            "Investigating",
            "The failures come from the ledger database. Everything that reads or writes balances is affected. "
            "We are finding out why its standby did not take over.",
        ),
        update(
            OUTAGE_ID,
            "20261120t101200z",
            "Investigating",
            "Since 10:05 UTC sign-in, payments and the dashboard fail for most customers. We are looking for the "
            "cause.",
            opening=True,
        ),
    ),
    postmortem=None,
)
DECLINED = IncidentView(
    id=DECLINED_ID,
    place=f"incidents/{DECLINED_ID}/",
    kind="incident",
    title="Card payments through Stripe were declined",
    reference="INC-2026-11-09-002",
    description="Resolved: on 9 November 2026 about 40 % of card payments through Stripe were declined for 1 h 35 min.",
    status="resolved",
    impact="major",
    open=False,
    state=state("ok", "Resolved"),
    kick="Resolved",
    severity="P1",
    started=datetime(2026, 11, 9, 14, 20, tzinfo=UTC),
    ended=datetime(2026, 11, 9, 15, 55, tzinfo=UTC),
    closed=datetime(2026, 11, 9, 15, 55, tzinfo=UTC),
    duration="1 h 35 min",
    facts=(
        fact("impact", "Impact", "About 40 % of card payments were declined"),
        time_fact("began", "Began", "2026-11-09T14:20:00Z", "Mon 9 Nov 2026, 14:20 UTC"),
        time_fact("ended", "Ended", "2026-11-09T15:55:00Z", "Mon 9 Nov 2026, 15:55 UTC", " (1 h 35 min)"),
        fact(
            "who",
            "Who",
            "Customers in Europe who take cards through Stripe. NOWPayments and Cryptomus worked.",
        ),
        fact("data", "Data", "No data was lost. No card was charged twice."),
    ),
    affected=(affected("partial", "Stripe"), affected("degraded", "Payments, Web dashboard")),
    component_ids=("stripe", "payments", "web-dashboard"),
    promise=None,
    lanes=(
        Lane(
            name="Stripe",
            alt="Stripe: partial outage 14:20 to 15:35, degraded performance to 15:55",
            bits=(
                (83, 625, state("partial"), "Partial outage, 14:20 to 15:35"),
                (708, 167, state("degraded"), "Degraded performance, 15:35 to 15:55"),
            ),
        ),
        Lane(
            name="Payments",
            alt="Payments: degraded performance 14:20 to 15:35",
            bits=((83, 625, state("degraded"), "Degraded performance, 14:20 to 15:35"),),
        ),
        Lane(
            name="Web dashboard",
            alt="Web dashboard: degraded performance 14:40 to 15:10",
            bits=((250, 250, state("degraded"), "Degraded performance, 14:40 to 15:10"),),
        ),
    ),
    ticks=("14:10", "14:40", "15:10", "15:40", "16:10 UTC"),
    updates=(
        update(
            DECLINED_ID,
            "20261109t155500z",
            "Resolved",
            "Card payments work again since 15:35 UTC, and the queue of late confirmations is empty since 15:55. "
            "Payments that were declined can be tried again. We will publish what happened by Friday.",
            closing=True,
        ),
        update(
            DECLINED_ID,
            "20261109t153800z",
            "Monitoring",
            "Both regions use the new credentials. Declines are back to their usual level; confirmations may still "
            "arrive up to 15 minutes late.",
        ),
        update(
            DECLINED_ID,
            "20261109t151200z",
            "Identified",
            "The dashboard was sent to the wrong region.",
            withdrawn=Edit(time=Time(iso="2026-11-09T15:20:00Z", text="9 Nov, 15:20 UTC")),
        ),
        update(
            DECLINED_ID,
            "20261109t145500z",
            "Identified",
            "Payments from one of our regions are signed with outdated credentials. We are replacing them. Until then "
            "please offer NOWPayments or Cryptomus, or ask your customers to try again after 15:40 UTC.",
            edited=Edit(time=Time(iso="2026-11-09T15:02:00Z", text="9 Nov, 15:02 UTC")),
        ),
        update(
            DECLINED_ID,
            "20261109t144500z",
            "Investigating",
            "About 40 % of card payments through Stripe are declined for customers in Europe. We are looking for the "
            "cause.",
            opening=True,
        ),
    ),
    postmortem=PostmortemView(
        key=f"{DECLINED_ID}/postmortem",
        at=datetime(2026, 11, 13, 16, 0, tzinfo=UTC),
        time=Time(iso="2026-11-13T16:00:00Z", text="Fri 13 Nov, 16:00 UTC"),
        body=Body(
            html=Markup(
                "<p>At 14:20 UTC we switched our European traffic to a new set of Stripe credentials. One of our two "
                "regions still held the old ones, so four in ten payments were signed with a key that Stripe no "
                "longer accepts, and were declined.</p><h3>Why it took 95 minutes</h3><p>Our alarm watches the share "
                "of failed requests. Declined payments are answered correctly, so they did not count as failed. A "
                "customer told us at 14:41.</p><h3>What we changed</h3><ul><li>Credentials now change in one region "
                "at a time, and stop by themselves when declines rise above 2 %.</li><li>Declines by reason are "
                "watched and wake a person within five minutes.</li></ul>"
            ),
            text="",
            line="",
        ),
    ),
    note="partial outage for 1 h 35 min, Stripe, Payments",
)


def bar(day: int, key: str, title: str, span: int = 1) -> Bar:
    """Return the bar of the `day`th day from the left."""
    return Bar(x=3 + 8 * day, span=span, key=key, top=TOPS[key], title=title)


def day_line(title: str, key: str) -> DayLine:
    """Return a bad day in words, from `9 Sep: partial outage, 3 h`."""
    when, _, text = title.partition(": ")
    links = (Link(place=OUTAGE.place, text="Sign-in and payments are failing"),) if when == "20 Nov" else ()
    return DayLine(time=Time(iso="2026-11-20", text=when), state=state(key), text=text.rpartition(", ")[2], links=links)


def row(name: str, key: str, uptime: str, *days: tuple[int, str, str]) -> Row:
    """Return a component's row."""
    lines = tuple(day_line(title, kind) for _, kind, title in reversed(days) if kind != "none")
    return Row(
        id=slug(name),
        place=f"components/{slug(name)}/",
        name=name,
        state=state(key),
        uptime=uptime,
        alt=f"90 days: {90 - len(days)} without trouble, {len(days)} with",
        bars=tuple(bar(day, kind, title) for day, kind, title in days),
        days=lines,
        shown=True,
    )


def group(name: str, note: str, uptime: str, key: str, *rows: Row, is_open: bool = True) -> GroupRow:
    """Return a group of rows."""
    return GroupRow(
        id=slug(name),
        name=name,
        description="",
        note=note,
        state=state(key),
        uptime=uptime,
        alt="The group over 90 days: 84 without trouble, 6 with",
        bars=tuple({one.x: one for member in rows for one in member.bars}.values()),
        open=is_open,
        rows=rows,
    )


TODAY = "20 Nov: {} outage since 10:05"
GROUPS = (
    group(
        "API endpoints",
        "3 of 3 affected",
        "99.95 %",
        "major",
        row(
            "Authentication",
            "major",
            "99.96 %",
            (40, "degraded", "2 Oct: degraded performance, 35 min"),
            (89, "major", TODAY.format("major")),
        ),
        row("Preferences", "partial", "99.99 %", (89, "partial", TODAY.format("partial"))),
        row(
            "Payments",
            "major",
            "99.91 %",
            (17, "partial", "9 Sep: partial outage, 3 h 10 min"),
            (18, "partial", "10 Sep: partial outage, 1 h 5 min"),
            (63, "maint", "25 Oct: maintenance, 1 h"),
            (78, "degraded", "9 Nov: degraded performance, 1 h 15 min"),
            (89, "major", TODAY.format("major")),
        ),
    ),
    group(
        "Dashboard",
        "1 of 2 affected",
        "99.98 %",
        "major",
        row("Web dashboard", "major", "99.96 %", (89, "major", TODAY.format("major"))),
        row("Exports", "ok", "100 %"),
    ),
    group(
        "Notification services",
        "1 of 3 affected",
        "99.97 %",
        "degraded",
        row("E-mail", "ok", "100 %"),
        row("SMS", "degraded", "99.93 %", (52, "partial", "14 Oct: partial outage, 4 h 30 min")),
        Row(
            id="push",
            place="components/push/",
            name="Push",
            state=state("ok"),
            uptime="100 %",
            alt="70 days without trouble, no data before 12 September",
            bars=(bar(0, "none", "No data before 12 Sep", 20),),
            days=(),
            shown=True,
        ),
    ),
    group(
        "Payment processing",
        "3 of 3 affected",
        "99.70 %",
        "partial",
        row(
            "Stripe",
            "partial",
            "99.97 %",
            (11, "degraded", "3 Sep: degraded performance, 15 min"),
            (63, "maint", "25 Oct: maintenance, 1 h"),
            (78, "partial", "9 Nov: partial outage, 1 h 15 min"),
            (89, "partial", TODAY.format("partial")),
        ),
        row("NOWPayments", "partial", "99.99 %", (89, "partial", TODAY.format("partial"))),
        row(
            "Cryptomus",
            "partial",
            "99.14 %",
            (39, "partial", "1 Oct: partial outage, 6 h"),
            (40, "partial", "2 Oct: partial outage, 24 h"),
            (41, "partial", "3 Oct: partial outage, 24 h"),
            (42, "major", "4 Oct: major outage, 2 h"),
            (89, "partial", TODAY.format("partial")),
        ),
    ),
    group(
        "Database and storage",
        "2 of 4 affected",
        "99.99 %",
        "major",
        row(
            "Ledger database",
            "major",
            "99.96 %",
            (63, "maint", "25 Oct: maintenance, 1 h"),
            (89, "major", "20 Nov"),
        ),
        row("Read replicas", "degraded", "100 %", (89, "degraded", "20 Nov: degraded performance since 10:05")),
        row("File storage", "ok", "100 %"),
        row("Backups", "ok", "100 %"),
    ),
    GroupRow(
        id="",
        name="",
        description="",
        note="",
        state=state("ok"),
        uptime="",
        alt="",
        bars=(),
        open=False,
        rows=(
            Row(
                id="sandbox",
                place="components/sandbox/",
                name="Sandbox",
                state=state("ok"),
                uptime="",
                alt="",
                bars=(),
                days=(),
                shown=False,
            ),
        ),
    ),
)
WEBHOOK_MOVE = Event(
    place="incidents/stripe-webhook-endpoint-moves/",
    title="Stripe webhook endpoint moves to a new address",
    state=state("maint", "Planned"),
    note="Webhooks may arrive up to 10 minutes late. Payments are not affected.",
    windows=("Sun 22 Nov", "02:00 to 03:30 UTC"),
)
OPEN_EVENT = Event(
    place=OUTAGE.place,
    title=OUTAGE.title,
    state=state("major", "Open"),
    note="since 10:05 UTC, Authentication, Payments and 8 more",
)
DECLINED_EVENT = Event(place=DECLINED.place, title=DECLINED.title, state=state("ok", "Resolved"), note=DECLINED.note)
QUIET = "Nothing to report"
DAYS = (
    DayEvents(time=Time(iso="2026-11-20", text="Fri 20 Nov"), span="", events=(OPEN_EVENT,), quiet=QUIET),
    DayEvents(time=None, span="10 to 19 Nov", events=(), quiet=QUIET),
    DayEvents(time=Time(iso="2026-11-09", text="Mon 9 Nov"), span="", events=(DECLINED_EVENT,), quiet=QUIET),
    DayEvents(time=None, span="6 to 8 Nov", events=(), quiet=QUIET),
)
HISTORY = Link(place="history/2026-11/", text="All history")
HOME = Home(
    title="Major outage",
    description="Major outage: sign-in, payments and the dashboard are down since 10:05 UTC.",
    overall=state("major", "Major System Outage"),
    indicator="critical",
    headline="Major outage",
    line="Sign-in, payments and the dashboard are down for all customers.",
    promise=DUE,
    open=(OUTAGE,),
    earlier=("1 earlier update",),
    running=(),
    planned=(WEBHOOK_MOVE,),
    axis=AXIS,
    groups=GROUPS,
    rule="Uptime over 90 days: a" + RULE[1:],
    days=DAYS,
    history=HISTORY,
    built=BUILT,
)
QUIET_HOME = Home(
    title="All systems operational",
    description="All systems of Advancia Pay Ledger are operational.",
    overall=state("ok", "All Systems Operational"),
    indicator="none",
    headline="All systems operational",
    line="No open incident. The last one was resolved on 9 November.",
    promise=None,
    open=(),
    earlier=(),
    running=(),
    planned=(WEBHOOK_MOVE,),
    axis=("21 Aug", "18 Nov, today"),
    groups=(
        group("API endpoints", "3 components", "99.98 %", "ok", row("Payments", "ok", "99.94 %"), is_open=False),
        group("Dashboard", "2 components", "100 %", "ok", row("Web dashboard", "ok", "100 %"), is_open=False),
    ),
    rule=HOME.rule,
    days=DAYS[1:],
    history=HISTORY,
    built=BUILT,
)
STRIPE_ROW = next(one for one in GROUPS[3].rows if one.id == "stripe")
STRIPE = ComponentPage(
    id="stripe",
    place="components/stripe/",
    name="Stripe",
    group="Payment processing",
    lede=body("Card payments, refunds and payouts that we send to Stripe."),
    title="Stripe",
    description="Card payments through Stripe: partial outage since 20 November 2026, 10:05 UTC.",
    state=state("partial"),
    since=Time(iso="2026-11-20T10:05:00Z", text="10:05 UTC"),
    because=Link(place=OUTAGE.place, text=OUTAGE.title),
    figures=(
        Figure(label="30 days", value="99.92 %", remark="from 22 Oct"),
        Figure(label="90 days", value="99.97 %", remark="from 23 Aug"),
        Figure(label="365 days", value="99.97 %", remark="from 21 Nov 2025"),
    ),
    rule=RULE,
    axis=AXIS,
    alt=STRIPE_ROW.alt,
    bars=STRIPE_ROW.bars,
    days=STRIPE_ROW.days,
    year_alt="365 days: 354 without trouble, 3 of degraded performance, 8 of partial outage or worse",
    year_months=tuple(
        (14 * week, name)
        for week, name in zip(
            (0, 2, 6, 11, 15, 19, 23, 28, 32, 36, 41, 45, 50),
            ["Nov", "Dec", *SHORT_MONTHS, "Nov"],
            strict=True,
        )
    ),
    year_calm="".join(f"M{(i + 4) // 7 * 14 + 3} {(i + 4) % 7 * 14 + 17}h6v6h-6z" for i in range(365)),
    year=tuple(
        YearCell(x=(day + 4) // 7 * 14 + 1, y=(day + 4) % 7 * 14 + 15, key=key, title=title)
        for day, key, title in (
            (20, "degraded", "11 Dec 2025: degraded performance, 40 min"),
            (118, "major", "19 Mar: major outage, 50 min"),
            (338, "maint", "25 Oct: maintenance, 1 h"),
            (364, "partial", "20 Nov: partial outage since 10:05"),
        )
    ),
    year_days=(
        "20 Nov: partial outage since 10:05",
        "25 Oct: maintenance, 1 h",
        "19 Mar: major outage, 50 min",
    ),
    months=tuple(Figure(label=label, value="100 %") for label in ("Dec 2025", *SHORT_MONTHS, "Nov so far")),
    events=DAYS[:1],
    history=HISTORY,
    built=BUILT,
)
NOVEMBER = HistoryMonth(
    place="history/2026-11/",
    title="November 2026",
    description="Four incidents of Advancia Pay Ledger in November 2026 so far; one is open.",
    lede="Four incidents so far, one of them open. On 17 of 20 days there was nothing to report.",
    year=Link(place="history/2026/", text="2026"),
    months=tuple(
        (Link(place=f"history/2026-{number:02}/", text=name), number == 11)
        for number, name in ((11, "Nov"), (10, "Oct"), (9, "Sep"))
    ),
    days=DAYS,
    previous=Link(place="history/2026-10/", text="October 2026"),
    next=None,
)
YEAR = HistoryYear(
    place="history/2026/",
    title="2026",
    description="Incidents and maintenance of Advancia Pay Ledger in 2026.",
    lede="24 incidents and 9 maintenances so far.",
    years=(
        (Link(place="history/2026/", text="2026"), True),
        (Link(place="history/2025/", text="2025"), False),
    ),
    months=(
        YearMonth(
            link=Link(place="history/2026-11/", text="November"),
            incidents=4,
            maintenances=1,
            worst=state("major"),
            note="4 incidents, 1 maintenance",
        ),
        YearMonth(
            link=Link(place="history/2026-10/", text="October"),
            incidents=0,
            maintenances=0,
            worst=state("ok"),
            note="Nothing to report",
        ),
    ),
)
MAINTENANCE = MaintenancePage(
    title="Maintenance",
    description="Planned, running and past maintenance of Advancia Pay Ledger.",
    lede="Planned at least 72 hours ahead, announced again 24 hours and 1 hour before. All times are UTC.",
    running=(),
    coming=(
        Event(
            place=WEBHOOK_MOVE.place,
            title=WEBHOOK_MOVE.title,
            state=WEBHOOK_MOVE.state,
            note="Affects Stripe. Announced 17 Nov.",
            body=body("Webhooks may arrive up to 10 minutes late. Payments are not affected."),
            windows=("Sun 22 Nov", "02:00 to 03:30"),
        ),
    ),
    past=(
        Event(
            place="incidents/ledger-disks/",
            title="Ledger database moves to new disks",
            state=state("none", "Cancelled"),
            note="",
            body=body("Cancelled on 9 October because the disks came late; moved to 25 October."),
            windows=("Sun 11 Oct",),
        ),
    ),
    built=BUILT,
)
UPTIME = UptimePage(
    title="Uptime",
    description="Uptime of each component of Advancia Pay Ledger.",
    rule=RULE,
    columns=(
        "30 days",
        "90 days",
        "365 days",
        "Nov",
        "Oct",
        "Sep",
        "Aug",
        "Jul",
        "Jun",
        "May",
        "Apr",
        "Mar",
        "Feb",
    ),
    rows=(
        UptimeRow(name="API endpoints", place="", group=True, values=("99.95 %",) * 13),
        UptimeRow(name="Authentication", place="components/authentication/", group=False, values=("99.96 %",) * 13),
        UptimeRow(name="Payments", place="components/payments/", group=False, values=("100 %",) * 13),
    ),
    built=BUILT,
)
SUBSCRIBE = SubscribePage(
    title="Hear from us when something breaks",
    description="Subscribe to incidents and maintenance of Advancia Pay Ledger.",
    lede="Choose the way, then the components. You can leave with one click.",
    ways=(
        (
            Link(place="https://subscribe.example.com/email", text="E-mail"),
            "Every update. We ask you to confirm once.",
        ),
        (
            Link(place="feed.atom", text="Atom or RSS feed"),
            "One entry per update. Works in every feed reader.",
        ),
    ),
    promise=body("The first message says what is broken.\n\nEach update reaches you once."),
)
