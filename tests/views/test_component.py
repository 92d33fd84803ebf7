"""A component's page and the uptime table."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from stillup.records.component import Group
from stillup.timeline.day import Day
from stillup.views.board import first_day
from stillup.views.component import component_page
from stillup.views.table import uptime_page
from stillup.views.trouble import is_bad, worst
from stillup.views.uptime_document import uptime_book
from stillup.vocabulary import UptimeShown
from tests.views.sample import (
    COMPONENTS,
    CRASH,
    DECLINED,
    GROUPS,
    MAINTAINED,
    MAJOR,
    PARTIAL,
    at,
    board_of,
    edition,
    listed,
    outage,
    told,
    work,
)

STRIPE = COMPONENTS[2]


def page_of(component, *records, page=None):
    page = page or edition()
    return component_page(
        page, board_of(*records, page=page), component, {record.id: listed(record, page) for record in records}
    )


def test_it_says_the_state_since_when_and_why():
    page = page_of(STRIPE, CRASH, DECLINED)

    assert (page.name, page.group, page.state.word) == ("Stripe", "Payment processing", "Partial outage")
    assert page.since is not None
    assert page.since.text == "10:05 UTC"
    assert page.because is not None
    assert (page.because.place, page.because.text) == ("incidents/sign-in-fails/", "Sign-in and payments are failing")
    assert page.description == (
        "Stripe: partial outage since 20 November 2026, 10:05 UTC. Uptime over 90 days: 99.97 %."
    )


def test_headings_of_its_description_follow_its_name():
    page = page_of(replace(STRIPE, description="Cards.\n\n### Limits\n\nNone."))

    assert page.lede is not None
    assert page.lede.html == "<p>Cards.</p>\n<h2>Limits</h2>\n<p>None.</p>"


def test_figures_name_the_first_day_they_count():
    page = page_of(STRIPE, CRASH, DECLINED)

    assert [(figure.label, figure.value, figure.remark) for figure in page.figures] == [
        ("30 days", "99.91 %", "from 22 Oct"),
        ("90 days", "99.97 %", "from 23 Aug"),
        ("365 days", "99.99 %", "from 21 Nov 2025"),
    ]
    assert page.rule.startswith("A major outage counts in full")


def test_the_last_twelve_months_are_counted_one_by_one():
    page = page_of(STRIPE, CRASH, DECLINED)

    assert [figure.label for figure in page.months] == [
        *("Dec 2025", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov so far")
    ]
    assert page.months[-1].value == "99.87 %"
    assert [figure.top for figure in page.months] == [24] * 11 + [0]


def test_the_worst_month_stands_highest_and_a_short_outage_stays_near_the_line():
    """A whole month of ten minutes is no tower; what cost anything at all stands above the line."""
    short = outage(
        told(at("10:00", 5), "investigating", components={"stripe": MAJOR}),
        told(at("10:10", 5), "resolved"),
        id="short",
    )

    def tops(*records):
        return [figure.top for figure in page_of(STRIPE, *records).months][-2:]

    assert tops(short) == [24, 16]  # 600 s of 20 days: a third of the 0.1 % that stand up in full
    assert tops(short, CRASH, DECLINED) == [24, 0]


def test_the_year_map_puts_monday_at_the_top():
    page = page_of(STRIPE, CRASH, DECLINED)

    assert page.year_months[:3] == ((0, "Nov"), (28, "Dec"), (84, "Jan"))
    assert page.year_months[-1] == (700 - 14, "Nov")
    assert page.year_calm[0].startswith("M3 73h6v6h-6zM3 87h6v6h-6zM3 101h6v6h-6zM17 17h6v6h-6z")
    assert page.year_calm[1].startswith("M381 17h6v6h-6z")
    assert [half.count("M") for half in page.year_calm] == [27 * 7 - 4, 365 - 27 * 7 + 4]
    assert [(cell.x, cell.y, cell.key, cell.title) for cell in page.year] == [
        (715, 15, "partial", "9 Nov: partial outage, 1 h 18 min"),
        (729, 71, "partial", "20 Nov: partial outage since 10:05 UTC"),
    ]
    assert page.year_days == ("20 Nov: partial outage since 10:05 UTC", "9 Nov: partial outage, 1 h 18 min")
    assert page.year_alt == "365 days: 363 without trouble, 2 of partial outage. The days are listed below."


def test_its_incidents_say_what_they_did_here():
    page = page_of(COMPONENTS[1], CRASH, DECLINED)

    assert [
        (day.time.text, [(event.state.word, event.note) for event in day.events]) for day in page.events if day.time
    ] == [
        ("Fri 20 Nov", [("Open", "since 10:05 UTC, here: major outage")]),
        ("Mon 9 Nov", [("Resolved", "here: degraded performance for 1 h 18 min")]),
    ]


def test_each_window_of_a_series_is_listed():
    record = work(
        told(at("09:00", 1), "scheduled", components={"stripe": MAINTAINED}),
        start=at("02:00", 8),
        end=at("02:30", 8),
        recurrence="FREQ=WEEKLY;COUNT=5",
    )
    page = page_of(STRIPE, record)

    assert [
        (day.time.text, [(event.state.word, event.note) for event in day.events]) for day in page.events if day.time
    ] == [
        ("Sun 15 Nov", [("Completed", "maintenance for 30 min")]),
        ("Sun 8 Nov", [("Completed", "maintenance for 30 min")]),
    ]


def test_hidden_uptime_leaves_state_and_incidents():
    hidden = replace(STRIPE, uptime=UptimeShown.HIDDEN)
    page = page_of(hidden, CRASH, page=edition(components=(*COMPONENTS[:2], hidden)))

    assert (page.figures, page.bars, page.year, page.months, page.rule) == ((), (), (), (), "")
    assert page.year_calm == ("", "")
    assert page.description == "Stripe: partial outage since 20 November 2026, 10:05 UTC."
    assert page.events


def test_a_retired_component_keeps_its_page():
    old = replace(STRIPE, until=date(2026, 11, 1))
    page = page_of(old, DECLINED, page=edition(components=(old,)))

    assert page.alt.endswith("no data after 31 October")
    assert page.bars[-1].title == "No data from 1 Nov on"


def test_the_description_is_markdown_and_safe():
    told_of = replace(STRIPE, description="Cards and *payouts* <script>")

    assert page_of(told_of, page=edition(components=(told_of,))).lede.html == (
        "<p>Cards and <em>payouts</em> &lt;script&gt;</p>"
    )


@given(st.dates(date(2020, 1, 1), date(2032, 12, 31)))
def test_a_year_fits_its_map_on_any_day(day):
    page = edition(at("12:00", day.day, day.month, day.year))
    shown = page_of(STRIPE, page=page)

    assert all(0 <= x <= 714 for x, _ in shown.year_months)
    assert all(later - x >= 28 for (x, _), (later, _) in zip(shown.year_months, shown.year_months[1:], strict=False))
    assert len(shown.months) <= 12
    assert first_day(page) <= day.replace(day=1)


def test_the_uptime_table_has_spans_months_and_means_of_groups():
    page = edition()
    shown = uptime_page(page, uptime_book(page, board_of(CRASH, DECLINED, page=page)))

    assert shown.columns[:4] == ("30 days", "90 days", "365 days", "Dec 2025")
    assert shown.columns[-1] == "Nov so far"
    assert [(row.name, row.group, row.values[0]) for row in shown.rows] == [
        ("API endpoints", True, "99.9 %"),
        ("Authentication", False, "99.9 %"),
        ("Payments", False, "99.9 %"),
        ("Stripe", False, "99.91 %"),
        ("SMS", False, "100 %"),
    ]
    assert all(len(row.values) == len(shown.columns) for row in shown.rows)


def test_the_table_leaves_out_what_is_hidden_or_gone_and_months_without_data():
    young = replace(COMPONENTS[3], since=date(2026, 10, 10))
    hidden = replace(COMPONENTS[0], uptime=UptimeShown.HIDDEN)
    gone = replace(COMPONENTS[1], until=date(2026, 1, 1))
    page = edition(components=(hidden, gone, young), groups=GROUPS)
    shown = uptime_page(page, uptime_book(page, board_of(page=page)))

    assert [row.name for row in shown.rows] == ["SMS"]
    assert shown.rows[0].values[3:] == (*["–"] * 10, "100 %", "100 %")


def test_a_group_has_no_months_before_its_components():
    young = [replace(each, group="new", since=date(2026, 10, 10)) for each in COMPONENTS[:2]]
    page = edition(components=tuple(young), groups=(Group(id="new", name="New"),))
    row = uptime_page(page, uptime_book(page, board_of(page=page))).rows[0]

    assert (row.name, row.values[3:]) == ("New", (*["–"] * 10, "100 %", "100 %"))


def test_overlapping_incidents_are_told_once_a_day():
    one = outage(told(at("09:00", 9), "investigating", components={"sms": PARTIAL}), told(at("10:00", 9), "resolved"))
    two = replace(one, id="other")
    page = page_of(COMPONENTS[3], one, two)

    assert [(line.text, len(line.links)) for line in page.days] == [("1 h", 2)]


@given(st.tuples(*[st.sampled_from([0, 0, 0, 60])] * 5))
def test_the_quick_way_to_the_worst_state_is_right(seconds):
    day = Day(date=date(2026, 11, 20), seconds=seconds)

    assert worst(day) is day.worst
    assert is_bad(day) is (day.worst.rank > 0)
