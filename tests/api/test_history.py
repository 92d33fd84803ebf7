"""The whole history, in Statuspage's shape and by years of our own."""

import json
import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from stillup.api.history import MOST, PART, Line, months, year, year_path
from tests.api.sample import MAINTAINED, MAJOR, at, edition, outage, told, work, world

SPAN = re.compile(
    r"(\w{3}) <var data-var='date'>(\d{1,2})</var>, <var data-var='time'>(\d\d:\d\d)</var>"
    r"(?: - (?:(\w{3}) <var data-var='date'>(\d{1,2})</var>, )?<var data-var='time'>(\d\d:\d\d)</var>)? (\S+)"
).fullmatch
"""As crawlers read it: no year, no space before a day of one digit."""


def closed(id, began, ended, **more):
    return outage(told(began, "investigating"), told(ended, "resolved", "Over."), id=id, **more)


def test_every_month_is_there_from_the_newest_to_the_first():
    page = world(closed("a", at("10:00", month=8), at("11:00", month=8)))
    history = page.json("history.json")

    assert list(history) == ["start_time", "months"]
    assert [(each["name"], each["year"], len(each["incidents"])) for each in history["months"]] == [
        ("November", 2026, 0),
        ("October", 2026, 0),
        ("September", 2026, 0),
        ("August", 2026, 1),
    ]
    assert list(history["months"][0]) == ["name", "year", "incidents"]


def test_a_record_of_the_history():
    record = outage(
        told(at("07:46"), "investigating", components={"sms": MAJOR}),
        told(at("09:10"), "resolved", "It works.\n\nAgain."),
    )
    page = world(record)

    assert page.json("history.json")["months"][0]["incidents"] == [
        {
            "code": page.documents["payments-fail"].code,
            "name": "Payments fail",
            "message": "It works.<br /><br />Again.",
            "impact": "critical",
            "timestamp": "Nov <var data-var='date'>20</var>, <var data-var='time'>07:46</var>"
            " - <var data-var='time'>09:10</var> UTC",
        }
    ]


def test_what_spans_a_new_year_stands_under_the_month_it_ended_in():
    record = closed("a", at("22:28", day=31, month=12, year=2025), at("08:17", day=1, month=1))
    page = world(record, page=edition(at("10:00", day=3, month=1)))
    (january,) = page.json("history.json")["months"]

    assert (january["name"], january["year"]) == ("January", 2026)
    assert january["incidents"][0]["timestamp"] == (
        "Dec <var data-var='date'>31</var>, <var data-var='time'>22:28</var>"
        " - Jan <var data-var='date'>1</var>, <var data-var='time'>08:17</var> UTC"
    )


def test_what_is_open_has_no_end_and_stands_under_its_first_month():
    page = world(outage(told(at("10:00", month=10), "investigating")))
    november, october = page.json("history.json")["months"]

    assert november["incidents"] == []
    assert SPAN(october["incidents"][0]["timestamp"]).groups() == ("Oct", "20", "10:00", None, None, None, "UTC")


def test_times_are_local_and_named_by_the_zone():
    page = world(closed("a", at("02:00"), at("07:30")), page=edition(timezone="America/Chicago"))

    assert SPAN(page.json("history.json")["months"][0]["incidents"][0]["timestamp"]).groups() == (
        *("Nov", "19", "20:00", "Nov", "20", "01:30"),
        "CST",
    )


def test_a_crawler_that_asks_for_a_time_gets_everything_at_once():
    """It stops where the page begins before that time: at the first quarter, everything is in page 1."""
    page = world(closed("a", at("10:00", month=8), at("11:00", month=8)), page=edition(timezone="America/Chicago"))
    start = datetime.fromisoformat(page.json("history.json")["start_time"])

    assert start == datetime(2026, 7, 1, tzinfo=ZoneInfo("America/Chicago"))


def test_a_maintenance_stands_in_history_once_it_has_begun():
    record = work(told(at("09:00"), "scheduled", components={"sms": MAINTAINED}), start=at("10:00"), end=at("10:30"))

    def told_at(now):
        return world(record, page=edition(now)).json("history.json")["months"][0]["incidents"]

    assert told_at(at("09:30")) == []
    assert SPAN(told_at(at("10:10"))[0]["timestamp"])[6] is None
    assert SPAN(told_at(at("11:00"))[0]["timestamp"]).group(3, 6) == ("10:00", "10:30")


def test_what_was_called_off_does_not_bring_a_month_to_come():
    record = work(
        told(at("09:00"), "scheduled"),
        told(at("10:00"), "cancelled"),
        start=at("10:00", month=12),
        end=at("11:00", month=12),
    )
    (november,) = world(record).json("history.json")["months"]

    assert SPAN(november["incidents"][0]["timestamp"]).group(1, 2, 3, 6) == ("Nov", "20", "09:00", "10:00")


def test_newest_first_within_a_month():
    page = world(
        closed("a", at("01:00"), at("09:00")),
        closed("b", at("02:00"), at("03:00")),
        closed("c", at("04:00"), at("10:00")),
    )
    codes = [each["code"] for each in page.json("history.json")["months"][0]["incidents"]]

    assert codes == [page.documents[id].code for id in ("c", "a", "b")]


def test_every_code_of_the_example_leads_to_a_document(example_api):
    history = example_api.json("history.json")
    codes = [each["code"] for month in history["months"] for each in month["incidents"]]

    assert len(codes) == len(set(codes))
    assert {f"incidents/{code}.json" for code in codes} <= example_api.files.keys()
    assert all(SPAN(each["timestamp"]) for month in history["months"] for each in month["incidents"])


def test_a_line_survives_as_text():
    page = world(
        closed("a", at("01:00"), at("09:00"), title='Two\u2028lines, "quoted"'), outage(told(at("10:00"), "identified"))
    )

    for line in page.lines:
        assert Line.of(line.to_text()) == line
        assert line.to_text().count("\n") == 2


@pytest.mark.parametrize("text", ["", "a\nb", "a\nb\nc\nd"])
def test_another_text_is_no_line(text):
    with pytest.raises(ValueError):
        Line.of(text)


def test_the_year_of_our_own_api():
    record = outage(
        told(at("10:12"), "investigating", "First.", components={"sms": MAJOR}),
        told(at("10:30"), "resolved", "Over & done."),
        started_at=at("10:05"),
        ended_at=at("10:20"),
        reference="INC-7",
    )
    page = world(record)
    year = page.json("api/stillup/v1/incidents/2026.json")
    code = page.documents["payments-fail"].code

    assert (year["year"], year["time_zone"]) == (2026, "Etc/UTC")
    assert year["incidents"] == [
        {
            "id": "payments-fail",
            "code": code,
            "kind": "incident",
            "title": "Payments fail",
            "reference": "INC-7",
            "status": "resolved",
            "impact": "critical",
            "started_at": "2026-11-20T10:05:00Z",
            "ended_at": "2026-11-20T10:20:00Z",
            "resolved_at": "2026-11-20T10:30:00Z",
            "updated_at": "2026-11-20T10:30:00Z",
            "updates": 2,
            "text": "Over & done.",
            "postmortem_at": None,
            "page": "incidents/payments-fail/",
            "document": f"incidents/{code}.json",
            "components": [
                {
                    "id": "sms",
                    "status": "major_outage",
                    "start": "2026-11-20T10:05:00Z",
                    "end": "2026-11-20T10:20:00Z",
                }
            ],
        }
    ]


def test_spliced_json_is_the_json_that_a_library_writes(example_api):
    for path in ("history.json", "api/stillup/v1/incidents/2026.json"):
        whole = json.dumps(example_api.json(path), ensure_ascii=False, separators=(",", ":"))

        assert example_api.files[path].decode() == whole + "\n"


def lines(count):
    """Return the lines of `count` records, the oldest first, and of one that history does not have yet."""
    began = datetime(2026, 1, 1)
    filed = [(began + timedelta(minutes=n)).isoformat() for n in range(count)]
    return [
        *(Line(each, f'{{"code":"{n}"}}', f'{{"id":"n-{n}"}}') for n, each in enumerate(filed)),
        Line("", "", '{"id":"announced"}'),
    ]


def test_a_year_of_very_many_is_cut_into_parts(example_api):
    told = lines(4 * PART)
    made = {each.path: json.loads(each.body) for each in year(2026, reversed(told), example_api.roster.page)}
    main = made[year_path(2026)]

    assert main["parts"] == [year_path(2026, 3), year_path(2026, 2), year_path(2026, 1)]
    assert made.keys() == {year_path(2026), *main["parts"]}
    newest_first = [each["id"] for path in (year_path(2026), *main["parts"]) for each in made[path]["incidents"]]
    assert sorted(newest_first) == sorted(json.loads(each.row)["id"] for each in told)
    assert newest_first[PART] == "announced", "what is only announced stands last in the document of the year"
    newest_first.remove("announced")
    assert newest_first == [f"n-{n}" for n in reversed(range(4 * PART))]


def test_a_part_of_a_year_that_is_full_stays_as_it_is(example_api):
    before = {each.path: each.body for each in year(2026, lines(3 * PART), example_api.roster.page)}
    after = {each.path: each.body for each in year(2026, lines(3 * PART + 1), example_api.roster.page)}

    assert [path for path in before if after[path] != before[path]] == [year_path(2026)]


def test_a_year_that_is_not_very_long_stands_in_one_document(example_api):
    (only,) = year(2026, lines(PART), example_api.roster.page)

    assert list(json.loads(only.body)) == ["year", "time_zone", "incidents"]


def test_history_holds_no_more_than_the_newest_records():
    told = months(lines(MOST + 5)[:-1])

    assert told.keys() == {"2026-01"}
    held = [each["code"] for each in json.loads(told["2026-01"])["incidents"]]
    assert held == [str(n) for n in reversed(range(5, MOST + 5))]
