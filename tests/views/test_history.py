"""The history by month and year."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stillup.views.days import ledger, quiet_days
from stillup.views.history import MOST, day_places, history_days, history_month, history_year, tally
from tests.views.sample import CRASH, DECLINED, DEGRADED, MAINTAINED, at, edition, listed, outage, told, work

OCT, NOV = date(2026, 10, 1), date(2026, 11, 1)
WORK = work(
    told(at("09:00", 1, 10), "scheduled", components={"sms": MAINTAINED}),
    start=at("02:00", 4, 10),
    end=at("03:00", 4, 10),
)


def month(first, *records, known=(OCT, NOV), page=None):
    page = page or edition()
    return history_month(page, first, [listed(record, page) for record in records], known)


def test_a_month_is_a_ledger_with_its_quiet_days_joined():
    page = month(NOV, CRASH, DECLINED, WORK)

    assert (page.place, page.title) == ("history/2026-11/", "November 2026")
    assert [(day.time.text if day.time else day.span, [event.title for event in day.events]) for day in page.days] == [
        ("Fri 20", ["Sign-in and payments are failing"]),
        ("10 to 19", []),
        ("Mon 9", ["Card payments through Stripe declined"]),
        ("1 to 8", []),
    ]
    assert page.lede == "Two incidents so far, one of them open. On 18 of 20 days there was nothing new."
    assert page.description == "Two incidents of Advancia Pay Ledger in November 2026 so far."


def test_what_is_open_is_counted_beside_maintenance():
    assert month(
        NOV, CRASH, DECLINED, work(told(at("09:00", 1), "scheduled"), start=at("02:00", 4), end=at("03:00", 4))
    ).lede == ("Two incidents, one of them open, and one maintenance so far. On 17 of 20 days there was nothing new.")


def test_a_month_knows_its_neighbours_and_its_year():
    page = month(OCT, CRASH, WORK)

    assert page.previous is None
    assert page.next is not None
    assert (page.next.place, page.next.text) == ("history/2026-11/", "November 2026")
    assert (page.year.place, page.year.text) == ("history/2026/", "2026")
    assert [(link.text, here) for link, here in page.months] == [("Nov", False), ("Oct", True)]


@pytest.mark.parametrize(
    ("records", "lede"),
    [
        ([WORK], "No incident and one maintenance. On 30 of 31 days there was nothing new."),
        ([], "There was nothing new on any of its 31 days."),
    ],
)
def test_a_past_month_is_told_whole(records, lede):
    assert month(OCT, *records).lede == lede


def test_a_running_month_without_anything_says_so():
    assert month(NOV).lede == "There was nothing new so far."


def test_a_past_month_is_the_same_at_any_later_time():
    later = edition(at("12:00", 1, 2, 2029))

    assert month(OCT, WORK, page=later) == month(OCT, WORK)


def test_work_that_was_cancelled_for_a_day_to_come_is_not_listed_yet():
    record = work(
        told(at("09:00", 1), "scheduled"), told(at("09:00", 2), "cancelled"), start=at("02:00", 28), end=at("03:00", 28)
    )

    assert all(not day.events for day in month(NOV, record).days)
    assert month(NOV, record).lede == "There was nothing new so far."


def test_a_year_counts_each_month():
    headlines = [listed(record) for record in (CRASH, DECLINED, WORK)]
    months = {month: tally(headlines, month, month.replace(day=30)) for month in (OCT, NOV)}
    whole = tally(headlines, date(2026, 1, 1), date(2026, 12, 31))
    page = history_year(edition(), 2026, whole, months, [date(2025, 12, 1), OCT, NOV])

    assert page.lede == "Two incidents and one maintenance so far."
    assert [(each.link.text, each.incidents, each.maintenances, each.worst.key, each.note) for each in page.months] == [
        ("November", 2, 0, "major", "Two incidents"),
        ("October", 0, 1, "maint", "No incident and one maintenance"),
    ]
    assert [(link.text, here) for link, here in page.years] == [("2026", True), ("2025", False)]


def test_many_are_counted_in_digits_throughout():
    records = [outage(told(at("09:00", day), "resolved"), id=f"a{day}") for day in range(1, 14)]

    assert month(
        NOV, *records, work(told(at("09:00", 1), "scheduled"), start=at("02:00", 4), end=at("03:00", 4))
    ).lede.startswith("13 incidents and 1 maintenance so far.")


@given(st.sets(st.integers(1, 30)), st.integers(1, 30))
def test_every_day_is_told_once(busy, last):
    records = [outage(told(at("09:00", day), "resolved", components={"sms": DEGRADED}), id=f"a{day}") for day in busy]
    headlines = [listed(record, edition(at("12:00", 30))) for record in records]
    page = edition(at("12:00", 30))
    shown = ledger(page, headlines, NOV, date(2026, 11, last), month=False)
    days = []
    for line in shown:
        if line.time is not None:
            days.append(int(line.time.iso[-2:]))
        else:
            first, _, until = line.span.partition(" to ")
            days += range(int(until), int(first) - 1, -1)

    assert days == list(range(last, 0, -1))
    assert quiet_days(headlines, NOV, date(2026, 11, last)) == sum(day not in busy for day in range(1, last + 1))


def many(page, day, count):
    """Return `count` headlines of a day, the oldest first."""
    one = listed(DECLINED, page)
    began = at("00:01", day)
    return [
        replace(
            one,
            id=f"n{day}-{n:04}",
            place=f"incidents/n{day}-{n:04}/",
            started=began + timedelta(minutes=n),
            days=(began.date(),),
        )
        for n in range(count)
    ]


def places(days):
    return [event.place for day in days for event in day.events]


def test_a_month_of_many_incidents_lists_all_of_them():
    page = edition()
    told = many(page, 3, MOST)

    assert len(places(history_month(page, NOV, told, (NOV,)).days)) == MOST
    assert history_days(page, NOV, told) == ()


def test_a_month_of_too_many_leads_to_pages_of_its_days():
    page = edition()
    told = [*many(page, 2, 3), *many(page, 3, 2 * MOST + MOST // 2 + 7), *many(page, 5, 120)]
    month_page = history_month(page, NOV, told, (NOV,))
    days = history_days(page, NOV, told)

    assert [len(day.events) for day in month_page.days if day.events] == [98, 98, 3], "the newest of each day"
    assert [(day.more.place, day.more.text) for day in month_page.days if day.more] == [
        ("history/2026-11-05/", "and 22 more"),
        ("history/2026-11-03/", "and 409 more"),
    ]
    assert [(each.place, each.title) for each in days] == [
        ("history/2026-11-03-1/", "Tuesday 3 November 2026 (1)"),
        ("history/2026-11-03-2/", "Tuesday 3 November 2026 (2)"),
        ("history/2026-11-03/", "Tuesday 3 November 2026"),
        ("history/2026-11-05/", "Thursday 5 November 2026"),
    ]
    assert [len(places(each.days)) for each in days] == [MOST, MOST, MOST // 2 + 7, 120]
    assert days[2].lede == "507 incidents."
    oldest_first = [place for each in days for place in reversed(places(each.days))]
    assert oldest_first == [each.place for each in told[3:]]


def test_pages_of_days_lead_to_each_other_and_to_their_month():
    page = edition()
    days = history_days(page, NOV, [*many(page, 3, 3 * MOST), *many(page, 20, MOST)])

    assert [each.place for each in days if each.previous is None] == [days[0].place]
    assert [each.next.place for each in days if each.next] == [each.place for each in days[1:]]
    assert [each.previous.place for each in days if each.previous] == [each.place for each in days[:-1]]
    assert {each.month.place for each in days} == {"history/2026-11/"}
    assert days[-1].lede == "200 incidents so far."


@given(st.lists(st.integers(0, 700), min_size=4, max_size=4))
@settings(max_examples=20, deadline=None)
def test_whatever_a_month_held_its_page_stays_small_and_everything_is_found(counts):
    page = edition()
    told = [each for day, count in enumerate(counts, 1) for each in many(page, day, count)]
    month_page, days = history_month(page, NOV, told, (NOV,)), history_days(page, NOV, told)

    for shown in (month_page, *days):
        assert len(places(shown.days)) <= MOST + MOST // 2
    assert day_places(page, NOV, told) == {each.place for each in days}
    led_to = {day.more.place for day in month_page.days if day.more}
    assert led_to <= {each.place for each in days}
    found = {place for shown in (month_page, *days) for place in places(shown.days)}
    assert found == {each.place for each in told}
