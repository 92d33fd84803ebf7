"""Finished rows of components, in their groups."""

from stillup.views.page import Bar, DayLine, GroupRow, Row
from stillup.views.shape import Link, Time
from tests.site.incidents_sample import OUTAGE, slug, state

TOPS = {"major": 0, "partial": 8, "degraded": 16, "maint": 17, "none": 36}


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
        over="uptime over 90 days",
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
        over="uptime over 90 days",
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
