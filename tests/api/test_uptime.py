"""Figures, days and windows: the same numbers as the pages, with what they are made of."""

import math
from datetime import date

from stillup.records.component import Component, Group
from stillup.records.settings import Weights
from stillup.views.table import uptime_page
from stillup.views.uptime_document import uptime_book
from tests.api.sample import DEGRADED, MAINTAINED, MAJOR, PARTIAL, at, edition, outage, told, work, world

V1 = "api/stillup/v1"


def test_every_percentage_follows_from_days_and_rule(example_api):
    for path in example_api.files:
        if not path.startswith(f"{V1}/days/"):
            continue
        document = example_api.json(path)
        weights, length = document["rule"]["weights"], document["rule"]["day_seconds"]
        for share in document["uptime"]:
            days = [day for day in document["days"] if day["date"] >= share["first_day"]]
            cost = sum(
                day["major_outage"] * weights["major_outage"] + day["partial_outage"] * weights["partial_outage"]
                for day in days
            )
            assert len(days) <= share["days"]
            exact = 100 * (1 - cost / (len(days) * length))
            assert share["percent"] == math.floor(round(exact * 100, 6)) / 100


def test_the_api_says_what_the_table_says(example_api):
    page = uptime_page(example_api.edition, uptime_book(example_api.edition, example_api.board))
    uptime = example_api.json(f"{V1}/uptime.json")
    printed = {(row.name, row.group): row.values[:3] for row in page.rows}
    found = {(each["name"], False): each["uptime"] for each in uptime["components"]}
    found |= {(each["name"], True): each["uptime"] for each in uptime["groups"]}

    assert found.keys() == printed.keys()
    for name, shares in found.items():
        assert [f"{share['percent']:.2f}" for share in shares] == [
            f"{float(value.split()[0]):.2f}" for value in printed[name]
        ]
    assert uptime["rule"]["text"] == page.rule


def test_a_day_tells_its_seconds_and_its_incidents():
    record = outage(
        told(at("01:00"), "investigating", components={"sms": MAJOR}),
        told(at("01:10"), "identified", components={"sms": PARTIAL}),
        told(at("01:30"), "monitoring", components={"sms": DEGRADED}),
        told(at("02:00"), "resolved"),
    )
    planned = work(
        told(at("00:00", day=19), "scheduled", components={"sms": MAINTAINED}), start=at("05:00"), end=at("05:01")
    )
    today = world(record, planned).json(f"{V1}/days/sms.json")["days"][-1]

    assert today == {
        "date": "2026-11-20",
        "major_outage": 600,
        "partial_outage": 1200,
        "degraded_performance": 1800,
        "under_maintenance": 60,
        "incidents": ["payments-fail", "new-disks"],
    }


def test_days_begin_with_the_component():
    component = Component(id="sms", name="SMS", since=date(2026, 11, 18))
    page = world(outage(told(at("10:12"), "investigating")), page=edition(components=[component], groups=()))
    document = page.json(f"{V1}/days/sms.json")

    assert [day["date"] for day in document["days"]] == ["2026-11-18", "2026-11-19", "2026-11-20"]
    assert document["uptime"][0] == {"days": 30, "first_day": "2026-11-18", "percent": 100.0}


def test_a_component_without_public_uptime_has_no_numbers():
    parts = (
        Component(id="sms", name="SMS", uptime="hidden"),
        Component(id="future", name="Future", since=date(2027, 1, 1)),
        Component(id="gone", name="Gone", until=date(2026, 1, 1)),
    )
    page = world(outage(told(at("10:12"), "investigating")), page=edition(components=parts, groups=()))

    assert page.json(f"{V1}/uptime.json")["components"] == []
    assert [path for path in page.files if "/days/" in path] == [f"{V1}/days/gone.json"]


def test_there_is_no_figure_on_a_components_first_day():
    component = Component(id="sms", name="SMS", since=date(2026, 11, 20))
    page = world(outage(told(at("10:12"), "investigating")), page=edition(components=[component], groups=()))

    assert page.json(f"{V1}/uptime.json")["components"][0]["uptime"][0]["percent"] is None


def test_the_rule_is_the_one_in_the_settings():
    page = edition(uptime=Weights(partial_outage=500, major_outage=1000))
    rule = world(outage(told(at("10:12"), "investigating")), page=page).json(f"{V1}/uptime.json")["rule"]

    assert rule["weights"] == {"partial_outage": 0.5, "major_outage": 1.0}
    assert "50 %" in rule["text"]


def test_a_group_of_one_is_no_group_here_as_on_the_page():
    parts = (Component(id="sms", name="SMS", group="lone"),)
    page = edition(components=parts, groups=[Group(id="lone", name="Lone")])

    assert world(outage(told(at("10:12"), "investigating")), page=page).json(f"{V1}/uptime.json")["groups"] == []


def test_maintenance_windows():
    record = work(
        told(at("00:00", day=19), "scheduled", components={"sms": MAINTAINED}),
        start=at("10:00", day=19),
        end=at("11:00", day=19),
        recurrence="FREQ=DAILY;COUNT=2",
    )
    found = world(record).json(f"{V1}/maintenances.json")["maintenances"][0]

    assert found["components"] == ["sms"]
    assert found["windows"] == [
        {
            "key": "20261119t100000z",
            "start": "2026-11-19T10:00:00Z",
            "end": "2026-11-19T11:00:00Z",
            "status": "completed",
            "began_at": "2026-11-19T10:00:00Z",
            "ended_at": "2026-11-19T11:00:00Z",
        },
        {
            "key": "20261120t100000z",
            "start": "2026-11-20T10:00:00Z",
            "end": "2026-11-20T11:00:00Z",
            "status": "in_progress",
            "began_at": "2026-11-20T10:00:00Z",
            "ended_at": None,
        },
    ]
