"""Finished pages of a day with a major outage; the other samples have its incidents and rows."""

from stillup.views.page import (
    ComponentPage,
    DayEvents,
    Event,
    Figure,
    HistoryMonth,
    HistoryYear,
    Home,
    MaintenancePage,
    SubscribePage,
    UptimePage,
    UptimeRow,
    YearCell,
    YearMonth,
)
from stillup.views.shape import Link, Time
from tests.site.incidents_sample import BUILT, DECLINED, DUE, MASTHEAD, OUTAGE, body, state
from tests.site.rows_sample import GROUPS, group, row

__all__ = ["DECLINED", "DUE", "MASTHEAD", "OUTAGE", "body", "group", "row", "state"]

SHORT_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct"]
AXIS = ("23 Aug", "20 Nov, today")
RULE = (
    "A major outage counts in full, a partial outage at 30 %, degraded performance and maintenance not at all. "
    "Today counts as a whole day; figures are rounded down."
)
WEBHOOK_MOVE = Event(
    place="incidents/stripe-webhook-endpoint-moves/",
    title="Stripe webhook endpoint moves to a new address",
    state=state("maint", "Planned"),
    note="Webhooks may arrive up to 10 minutes late. Payments are not affected.",
    windows=("Sun 22 Nov", "02:00 to 03:30 UTC"),
    window="Sun 22 Nov, 02:00 to 03:30 UTC",
)
OPEN_EVENT = Event(
    place=OUTAGE.place,
    title=OUTAGE.title,
    state=state("major", "Open"),
    note="since 10:05 UTC, Authentication, Payments and 8 more",
)
DECLINED_EVENT = Event(place=DECLINED.place, title=DECLINED.title, state=state("ok", "Resolved"), note=DECLINED.note)
QUIET = "Nothing new"
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
    ways="e-mail, SMS, feed",
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
    ways="by feed",
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
    year_calm=tuple(
        "".join(f"M{(i + 4) // 7 * 14 + 3} {(i + 4) % 7 * 14 + 17}h6v6h-6z" for i in half)
        for half in (range(185), range(185, 365))
    ),
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
)
NOVEMBER = HistoryMonth(
    place="history/2026-11/",
    title="November 2026",
    description="Four incidents of Advancia Pay Ledger in November 2026 so far; one is open.",
    lede="Four incidents so far, one of them open. On 17 of 20 days there was nothing new.",
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
            note="Nothing new",
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
