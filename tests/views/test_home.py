"""The home page: the company's state in five seconds."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from stillup.records.component import Component, Group, StateChange
from stillup.records.settings import Weights
from stillup.views.rule import rule
from stillup.vocabulary import Impact, Show, UptimeShown
from tests.views.sample import (
    COMPONENTS,
    CRASH,
    DECLINED,
    DEGRADED,
    FINE,
    GROUPS,
    MAINTAINED,
    MAJOR,
    PARTIAL,
    SINCE,
    at,
    edition,
    front,
    outage,
    seen,
    told,
    work,
)


def rows(home):
    return {row.id: row for group in home.groups for row in group.rows}


def test_of_many_components_in_one_state_the_first_are_named_and_the_others_counted():
    ids = [f"part-{n:02}" for n in range(13)]
    page = edition(components=tuple([Component(id=id, name=id, since=SINCE) for id in ids]))

    def held(*down):
        record = outage(told(at("10:05"), "investigating", components=dict.fromkeys(down, MAJOR)))
        return seen(record, page).affected[0]

    assert (held(*ids[1:]).short, len(held(*ids[1:]).names)) == ("", 12)
    assert held(*ids).short == f"{', '.join(ids[:7])} and 6 more"
    assert held(*ids).names == tuple(ids)


def test_the_banner_says_how_bad_what_and_when_the_next_word_comes():
    home = front(CRASH, DECLINED)

    assert (home.overall.key, home.headline, home.indicator) == ("major", "Major System Outage", "critical")
    assert home.line == "Sign-in and payments still fail for all customers."
    assert home.promise is not None
    assert home.promise.time.text == "10:56 UTC"
    assert home.description == f"{home.headline}: {home.line}"


def test_near_times_leave_out_what_everybody_knows():
    (case,) = front(CRASH).open

    assert [update.time.text for update in case.updates] == ["10:41 UTC", "10:28 UTC", "10:19 UTC", "10:12 UTC"]
    assert case.facts[0].text == "Fri 20 Nov, 10:05 UTC"
    assert case.facts[0].html == '<time datetime="2026-11-20T10:05:00Z">Fri 20 Nov, 10:05 UTC</time>'
    assert front(CRASH).earlier == ("1 earlier update",)


def test_the_note_of_an_open_incident_has_its_date_from_the_next_day_on():
    record = outage(told(at("10:30"), "investigating", components={"sms": DEGRADED}))
    notes = [front(record, page=edition(at("10:45") + timedelta(days=days))).open[0].note for days in (0, 1, 50)]

    assert notes == [
        "degraded performance since 10:30 UTC, SMS",
        "degraded performance since 20 Nov, 10:30 UTC, SMS",
        "degraded performance since 20 Nov 2026, 10:30 UTC, SMS",
    ]
    bare = outage(told(at("10:30"), "investigating"))
    assert front(bare, page=edition(at("10:45") + timedelta(days=1))).open[0].note == "since 20 Nov, 10:30 UTC"


def test_several_open_incidents_are_counted_the_worst_told_first():
    minor = outage(told(at("10:30"), "investigating", components={"sms": DEGRADED}), id="sms-late", title="SMS late")
    home = front(minor, CRASH)

    assert home.line == "2 open incidents. Sign-in and payments still fail for all customers."
    assert [case.id for case in home.open] == ["sign-in-fails", "sms-late"]
    assert home.earlier == ("1 earlier update", "")


def test_what_is_only_watched_does_not_stand_before_what_is_down():
    down = outage(told(at("10:20"), "investigating", components={"auth": MAJOR}), id="down")
    watched = outage(
        told(at("10:30"), "investigating", components={"stripe": MAJOR}),
        told(at("10:40"), "monitoring", components={"stripe": FINE}),
        id="watched",
    )
    home = front(down, watched)

    assert [case.id for case in home.open] == ["down", "watched"]
    assert home.line == "2 open incidents. Authentication is down."


@pytest.mark.parametrize(
    ("others", "line"),
    [
        ({"stripe": MAJOR}, "2 open incidents. Stripe and Authentication are down."),
        ({"auth": MAJOR}, "2 open incidents. The second."),
        ({"stripe": PARTIAL}, "2 open incidents. The first."),
    ],
)
def test_of_incidents_that_are_as_bad_the_banner_hides_none(others, line):
    """Who cannot sign in must not read that Stripe alone is down."""
    first = outage(told(at("10:20"), "investigating", components={"auth": MAJOR}, impact_text="The first."), id="one")
    second = outage(told(at("10:30"), "investigating", components=others, impact_text="The second."), id="two")

    assert front(first, second).line == line


@pytest.mark.parametrize(
    ("components", "line"),
    [
        ({"auth": MAJOR}, "Authentication is down."),
        ({"auth": PARTIAL, "sms": DEGRADED}, "Authentication fails in part."),
        ({"auth": DEGRADED, "sms": DEGRADED}, "Authentication and SMS are slow or late."),
        (
            {"auth": MAJOR, "payments": MAJOR, "stripe": MAJOR, "sms": MAJOR},
            "Authentication, Payments, Stripe and SMS are down.",
        ),
        (
            {"auth": MAJOR, "payments": MAJOR, "stripe": MAJOR, "sms": MAJOR, "mail": MAJOR},
            "Authentication, Payments, Stripe and 2 more are down.",
        ),
        ({}, "Payments fail."),
    ],
)
def test_where_nobody_told_the_impact_the_banner_names_components(components, line):
    assert front(outage(told(at("10:30"), "investigating", components=components))).line == line


@pytest.mark.parametrize(
    ("title", "line"),
    [
        (f"Payments fail {'again and ' * 9}again", f"Payments fail {'again and ' * 6}again…"),
        ("Why are payments slow?", "Why are payments slow?"),
        ("Payments fail.", "Payments fail."),
    ],
)
def test_a_title_that_has_its_end_gets_no_second_one(title, line):
    assert front(outage(told(at("10:30"), "investigating"), title=title)).line == line


def test_a_calm_page_names_the_last_incident():
    home = front(DECLINED)

    assert (home.overall.key, home.headline) == ("ok", "All Systems Operational")
    assert home.line == "No open incident. The last one was resolved on 9 November."
    assert home.promise is None
    assert front().line == "No open incident."


def test_work_in_progress_is_the_headline_of_a_calm_day():
    record = work(
        told(at("09:00", 17), "scheduled", components={"sms": MAINTAINED}), start=at("10:00"), end=at("11:30")
    )
    home = front(record)

    assert (home.overall.key, home.headline) == ("maint", "Service Under Maintenance")
    assert home.line == "Ledger database moves, until 11:30 UTC."
    assert [event.title for event in home.running] == ["Ledger database moves"]
    assert rows(home)["sms"].state.word == "Under maintenance"


def test_what_only_a_monitor_saw_is_said_too():
    slow = replace(COMPONENTS[3], states=(StateChange(at=at("10:00"), status=DEGRADED),))
    home = front(page=edition(components=(*COMPONENTS[:3], slow)))

    assert (home.headline, home.line) == ("Partially Degraded Service", "SMS is slow or late.")


def test_an_incident_that_is_watched_keeps_the_banner_but_not_the_rows():
    record = outage(
        told(at("10:00"), "investigating", components={"auth": MAJOR}),
        told(at("10:30"), "monitoring", components={"auth": FINE}),
    )
    home = front(record)

    assert (home.overall.key, home.line) == ("major", "Payments fail: everything works again, and we keep watching.")
    assert rows(home)["auth"].state.word == "Operational"
    long = replace(
        record, title="Card payments that are made with a saved card and a second factor fail or are made twice"
    )
    short = "Card payments that are made with a saved card and a second factor fail or are…"
    assert front(long).line == f"{short}: everything works again, and we keep watching."


def test_a_row_has_its_bars_its_figure_and_both_in_words():
    row = rows(front(CRASH, DECLINED))["stripe"]

    assert [(bar.x, bar.key, bar.top, bar.title) for bar in row.bars] == [
        (627, "partial", 8, "9 Nov: partial outage, 1 h 18 min"),
        (715, "partial", 8, "20 Nov: partial outage since 10:05 UTC"),
    ]
    assert row.alt == "90 days: 88 without trouble, partial outage on 9 November and today"
    assert row.uptime == "99.97 %"
    assert [(line.time.text, line.text, [link.text for link in line.links]) for line in row.days] == [
        ("20 Nov", "since 10:05 UTC", ["Sign-in and payments are failing"]),
        ("9 Nov", "1 h 18 min, degraded for 17 min", ["Card payments through Stripe declined"]),
    ]


def test_a_group_shows_its_worst_and_opens_when_it_has_trouble():
    api, stripe, sms = front(CRASH).groups

    assert (api.name, api.note, api.state.key, api.open) == ("API endpoints", "2 of 2 affected", "major", True)
    assert api.alt == "The group over 90 days: 89 without trouble, 1 with"
    assert [bar.title for bar in api.bars] == ["20 Nov: major outage in Authentication and Payments"]
    assert (stripe.name, [row.name for row in stripe.rows]) == ("", ["Stripe"])
    assert (sms.name, [row.name for row in sms.rows]) == ("", ["SMS"])


def test_a_calm_group_is_closed_and_counts_its_components():
    api = front(DECLINED).groups[0]

    assert (api.note, api.open, api.uptime) == ("2 components", False, "100 %")
    assert [bar.title for bar in api.bars] == ["9 Nov: degraded performance in Payments"]


def test_a_collapsed_group_stays_closed():
    page = edition(groups=(replace(GROUPS[0], collapsed=True), GROUPS[1]))

    assert not front(CRASH, page=page).groups[0].open


def test_a_group_with_many_in_one_state_does_not_list_them():
    three = tuple(Component(id=id, name=id, group="g", position=1, since=SINCE) for id in ("a", "b", "c"))
    page = edition(components=three, groups=(Group(id="g", name="G"),))
    record = outage(
        told(at("09:00", 9), "investigating", components=dict.fromkeys("abc", PARTIAL)),
        told(at("10:00", 9), "resolved"),
    )

    assert [bar.title for bar in front(record, page=page).groups[0].bars] == ["9 Nov: partial outage"]


def test_what_was_not_there_yet_is_drawn_as_dots():
    young = replace(COMPONENTS[3], since=date(2026, 9, 12))
    row = rows(front(page=edition(components=(young,))))["sms"]

    assert [(bar.x, bar.span, bar.key, bar.title) for bar in row.bars] == [(3, 20, "none", "No data before 12 Sep")]
    assert row.alt == "70 days without trouble, no data before 12 September"
    assert (row.uptime, row.over) == ("100 %", "uptime over 70 days")


def test_in_its_first_day_a_component_has_no_figure_yet():
    born = replace(COMPONENTS[3], since=date(2026, 11, 20))
    row = rows(front(page=edition(components=(born,))))["sms"]

    assert (row.uptime, row.over) == ("no figure yet", "")


def test_a_group_has_a_figure_as_soon_as_one_of_its_components_has():
    born, older = (replace(each, group="new", since=date(2026, 11, 20)) for each in COMPONENTS[:2])
    groups = (Group(id="new", name="New"),)
    new = front(page=edition(components=(born, older), groups=groups)).groups[0]
    mixed = front(page=edition(components=(born, replace(older, since=date(2026, 11, 11))), groups=groups)).groups[0]

    assert (new.name, new.uptime, new.over) == ("New", "no figure yet", "")
    assert (mixed.uptime, mixed.over) == ("100 %", "uptime over 10 days")


@pytest.mark.parametrize(
    ("changes", "there"),
    [
        ({"show": Show.NEVER}, False),
        ({"show": Show.WHEN_AFFECTED}, False),
        ({"until": date(2026, 11, 20)}, False),
        ({"until": date(2026, 11, 21)}, True),
        ({"since": date(2026, 11, 21)}, False),
    ],
)
def test_who_has_a_row_on_a_calm_day(changes, there):
    page = edition(components=(replace(COMPONENTS[3], **changes),))

    assert ("sms" in rows(front(page=page))) is there


def test_a_component_shown_when_affected_has_a_row_then():
    shy = replace(COMPONENTS[0], show=Show.WHEN_AFFECTED)
    home = front(CRASH, page=edition(components=(shy, *COMPONENTS[1:])))

    assert rows(home)["auth"].state.word == "Major outage"


def test_hidden_uptime_leaves_the_state_alone():
    hidden = replace(COMPONENTS[3], uptime=UptimeShown.HIDDEN)
    row = rows(front(CRASH, page=edition(components=(hidden,))))["sms"]

    assert (row.shown, row.uptime, row.bars, row.days, row.alt) == (False, "", (), (), "")
    assert row.state.word == "Degraded performance"


def test_without_components_the_section_is_empty():
    assert front(page=edition(components=(), groups=())).groups == ()


def test_many_bad_days_are_counted():
    record = [
        outage(
            told(at("09:00", day), "investigating", components={"sms": PARTIAL if day % 2 else MAJOR}),
            told(at("10:00", day), "resolved"),
            id=f"sms-{day}",
        )
        for day in range(1, 11)
    ]

    assert rows(front(*record))["sms"].alt == "90 days: 80 without trouble, 5 of partial outage, 5 of major outage"


def test_days_of_one_month_are_named_together():
    days = [(9, 9), (10, 9), (2, 10), (3, 10), (4, 11)]
    records = [
        outage(
            told(at("09:00", day, month), "investigating", components={"sms": PARTIAL}),
            told(at("10:00", day, month), "resolved"),
            id=f"sms-{month}-{day}",
        )
        for day, month in days
    ]

    assert rows(front(*records))["sms"].alt == (
        "90 days: 85 without trouble, partial outage on 9 and 10 September, 2 and 3 October and 4 November"
    )


def test_the_last_fifteen_days_join_quiet_ones():
    home = front(CRASH, DECLINED)

    assert [
        (day.time.text if day.time else day.span, [event.title for event in day.events], day.quiet) for day in home.days
    ] == [
        ("Fri 20 Nov", ["Sign-in and payments are failing"], ""),
        ("10 to 19 Nov", [], "Nothing new"),
        ("Mon 9 Nov", ["Card payments through Stripe declined"], ""),
        ("6 to 8 Nov", [], "Nothing new"),
    ]
    assert [day.span for day in front(page=edition(at("10:00", 8))).days] == ["25 Oct to 8 Nov"]


def test_a_day_with_a_hundred_incidents_makes_the_page_no_longer_than_one_with_ten():
    hours = [at(f"{hour:02}:{minute:02}", 18) for hour in range(20) for minute in range(0, 50, 10)]
    records = [
        outage(
            told(begun, "investigating", components={"sms": PARTIAL}),
            told(begun + timedelta(minutes=5), "resolved", components={"sms": FINE}),
            id=f"sms-{number}",
            title=f"SMS {number}",
        )
        for number, begun in enumerate(hours)
    ]
    few, many = front(*records[:2]), front(*records)
    (day,) = [day for day in many.days if day.events]

    assert [link.text for link in rows(few)["sms"].days[0].links] == ["SMS 0", "SMS 1"]
    assert (rows(few)["sms"].days[0].more, few.days[1].more) == ("", None)
    assert [link.text for link in rows(many)["sms"].days[0].links] == ["SMS 0", "SMS 1", "SMS 2"]
    assert rows(many)["sms"].days[0].more == "and 97 more"
    assert [event.title for event in day.events] == [f"SMS {number}" for number in range(99, 89, -1)]
    assert (day.more.text, day.more.place) == ("and 90 more", "history/2026-11/")


def test_the_axis_and_the_build_are_dated():
    home = front()

    assert home.axis == ("23 Aug", "20 Nov, today")
    assert (home.built.time.text, home.built.commit) == ("20 Nov 2026, 10:45 UTC", "1f4c9ae")
    assert home.history.place == "history/2026-11/"


def test_the_rule_is_made_of_the_weights():
    assert rule(edition()) == (
        "A major outage counts in full, a partial outage at 30 %, degraded performance and maintenance not at all. "
        "Today counts as a whole day; figures are rounded down."
    )
    assert rule(edition(uptime=Weights(partial_outage=0)), 90).startswith(
        "Uptime over 90 days: a major outage counts in full, "
        "degraded performance, maintenance and partial outage not at all."
    )


def test_an_informational_incident_leaves_the_page_operational():
    record = outage(told(at("10:00"), "investigating", "A question."), impact=Impact.NONE)
    home = front(record)

    assert home.overall.key == "ok"
    assert home.open[0].state.key == "none"
    assert {row.state.key for row in rows(home).values()} == {"ok"}
