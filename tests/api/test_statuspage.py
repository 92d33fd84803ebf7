"""The eight documents of Statuspage's API: every key in its place, null written, in the page's own time."""

import json
import re
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stillup.api.artifact import timestamp
from stillup.records.component import Component, StateChange
from stillup.vocabulary import ComponentStatus, Impact, Show, UptimeShown
from tests.api.sample import COMPONENTS, DEGRADED, MAINTAINED, MAJOR, PARTIAL, at, edition, outage, told, work, world
from tests.tools import CORPUS

PAGE = ["id", "name", "url", "time_zone", "updated_at"]
COMPONENT = [
    *("id", "name", "status", "created_at", "updated_at", "position", "description", "showcase", "start_date"),
    *("group_id", "page_id", "group", "only_show_if_degraded"),
]
INCIDENT = [
    *("id", "name", "status", "created_at", "updated_at", "monitoring_at", "resolved_at", "impact", "shortlink"),
    *("started_at", "page_id", "incident_updates", "components", "reminder_intervals"),
]
MAINTENANCE = [*INCIDENT[:-1], "scheduled_for", "scheduled_until"]
UPDATE = [
    *("id", "status", "body", "incident_id", "created_at", "updated_at", "display_at", "affected_components"),
    *("deliver_notifications", "custom_tweet", "tweet_id"),
]
DOCUMENTS = {
    "status": ["page", "status"],
    "summary": ["page", "components", "incidents", "scheduled_maintenances", "status"],
    "components": ["page", "components"],
    "incidents": ["page", "incidents"],
    "incidents/unresolved": ["page", "incidents"],
    "scheduled-maintenances": ["page", "scheduled_maintenances"],
    "scheduled-maintenances/upcoming": ["page", "scheduled_maintenances"],
    "scheduled-maintenances/active": ["page", "scheduled_maintenances"],
}
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)").fullmatch


def test_every_document_is_there_with_its_keys_in_order(example_api):
    for name, keys in DOCUMENTS.items():
        assert list(example_api.json(f"api/v2/{name}.json")) == keys


def test_every_object_has_exactly_the_real_keys(example_api):
    summary = example_api.json("api/v2/summary.json")
    incidents = example_api.json("api/v2/incidents.json")["incidents"]
    works = example_api.json("api/v2/scheduled-maintenances.json")["scheduled_maintenances"]

    assert list(summary["page"]) == PAGE
    assert list(summary["status"]) == ["indicator", "description"]
    for component in summary["components"]:
        assert list(component) == (COMPONENT + ["components"] if component["group"] else COMPONENT)
    assert {tuple(each) for each in incidents} == {tuple(INCIDENT)}
    assert {tuple(each) for each in works} == {tuple(MAINTENANCE)}
    for each in [*incidents, *works]:
        assert {tuple(update) for update in each["incident_updates"]} == {tuple(UPDATE)}
        assert {tuple(component) for component in each["components"]} <= {tuple(COMPONENT)}


@pytest.mark.needs("corpus")
def test_those_keys_are_the_ones_of_a_real_page():
    folder = CORPUS / "statuspage" / "github"
    summary, incidents = (json.loads((folder / f"{name}.json").read_text()) for name in ("summary", "incidents"))

    assert list(summary) == DOCUMENTS["summary"]
    assert list(incidents) == DOCUMENTS["incidents"]
    assert list(summary["page"]) == PAGE
    assert {tuple(each) for each in summary["components"]} == {tuple(COMPONENT)}
    assert {tuple(each) for each in incidents["incidents"]} == {tuple(INCIDENT)}
    updates = [update for each in incidents["incidents"] for update in each["incident_updates"]]
    assert {tuple(update) for update in updates} == {tuple(UPDATE)}


def test_the_page():
    page = world(outage(told(at("10:12"), "investigating"))).json("api/v2/status.json")["page"]

    assert page["name"] == "Advancia Pay Ledger"
    assert page["url"] == "https://status.example.com"
    assert page["time_zone"] == "Etc/UTC"
    assert page["updated_at"] == "2026-11-20T10:12:00.000Z"


def test_a_page_on_which_nothing_has_happened_is_as_of_today():
    quiet = world(page=edition(timezone="Europe/Berlin"))

    assert quiet.json("api/v2/status.json")["page"]["updated_at"] == "2026-11-20T00:00:00.000+01:00"


def test_a_component_without_a_first_day_is_there_as_long_as_anything_is_known():
    def dates(page, name="components"):
        return {(each["created_at"], each["updated_at"]) for each in page.json(f"api/v2/{name}.json")["components"]}

    past = outage(
        told(at("08:00"), "investigating", components={"sms": MAJOR}), told(at("09:00"), "resolved"), id="past"
    )
    page = world(past)
    began, ended = "2026-11-20T08:00:00.000Z", "2026-11-20T09:00:00.000Z"

    assert dates(world(page=edition())) == {("2026-11-20T00:00:00.000Z", "2026-11-20T00:00:00.000Z")}
    assert dates(page) == dates(page, "summary") == {(began, began), (began, ended)}
    (alone,) = page.json(f"incidents/{page.documents['past'].code}.json")["components"]
    assert (alone["created_at"], alone["updated_at"]) == (ended, ended)


def test_another_build_of_the_same_facts_has_the_same_bytes():
    record = outage(told(at("08:00"), "investigating", components={"sms": MAJOR}), told(at("09:00"), "resolved"))

    assert world(record, page=edition(at("10:00"))).files == world(record, page=edition(at("10:01"))).files


@pytest.mark.parametrize(
    ("zone", "stamp"),
    [
        ("UTC", "2026-11-20T10:12:00.000Z"),
        ("Etc/UTC", "2026-11-20T10:12:00.000Z"),
        ("America/Chicago", "2026-11-20T04:12:00.000-06:00"),
        ("Europe/London", "2026-11-20T10:12:00.000+00:00"),
        ("Asia/Kolkata", "2026-11-20T15:42:00.000+05:30"),
    ],
)
def test_times_are_the_pages_own(zone, stamp):
    page = world(outage(told(at("10:12"), "investigating")), page=edition(timezone=zone))

    assert page.json("api/v2/incidents.json")["incidents"][0]["created_at"] == stamp
    assert page.json("api/v2/status.json")["page"]["time_zone"] == ("Etc/UTC" if stamp.endswith("Z") else zone)


@given(
    st.datetimes(datetime(1970, 1, 1), timezones=st.just(ZoneInfo("America/Chicago"))),
    st.sampled_from(["UTC", "America/Chicago"]),
)
def test_a_timestamp_names_its_instant(moment, zone):
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    written = timestamp(moment, ZoneInfo(zone))

    assert STAMP(written)
    assert moment.fromisoformat(written).timestamp() == moment.timestamp()


def test_groups_are_components_with_children_and_their_worst_state():
    record = outage(told(at("10:12"), "investigating", components={"payments": PARTIAL, "auth": DEGRADED}))
    api, auth, payments, sms = world(record).json("api/v2/components.json")["components"]

    assert api["group"] and not auth["group"]
    assert api["components"] == [auth["id"], payments["id"]]
    assert auth["group_id"] == payments["group_id"] == api["id"]
    assert api["group_id"] is sms["group_id"] is None
    assert api["status"] == "partial_outage"
    assert api["description"] == "What your software talks to"
    assert auth["description"] is None


def test_positions_count_among_neighbours():
    found = world(outage(told(at("10:12"), "investigating"))).json("api/v2/components.json")["components"]

    assert [(each["name"], each["position"]) for each in found] == [
        ("API endpoints", 1),
        ("Authentication", 1),
        ("Payments", 2),
        ("SMS", 2),
    ]


def test_what_is_said_of_a_component():
    component = Component(
        id="sms",
        name="SMS",
        description="Text messages & codes",
        since=date(2025, 6, 1),
        show=Show.WHEN_AFFECTED,
        uptime=UptimeShown.HIDDEN,
        code="0qbwn08sd68x",
        source={"created_at": "2019-11-13T18:00:24.256Z"},
        states=(StateChange(at=at("10:00"), status=DEGRADED),),
    )
    page = world(outage(told(at("08:00"), "investigating")), page=edition(components=[component], groups=()))
    found = page.json("api/v2/components.json")["components"][0]

    assert found == {
        "id": "0qbwn08sd68x",
        "name": "SMS",
        "status": "degraded_performance",
        "created_at": "2019-11-13T18:00:24.256Z",
        "updated_at": "2026-11-20T10:00:00.000Z",
        "position": 1,
        "description": "Text messages &amp; codes",
        "showcase": False,
        "start_date": "2025-06-01",
        "group_id": None,
        "page_id": page.roster.page.code,
        "group": False,
        "only_show_if_degraded": True,
    }


def test_a_component_that_left_the_page_is_known_to_its_incidents_only():
    parts = (*COMPONENTS, Component(id="fax", name="Fax", until=date(2026, 1, 1)))
    record = outage(
        told(at("10:00", year=2025), "investigating", components={"fax": MAJOR}), told(at("11:00"), "resolved")
    )
    page = world(record, page=edition(at("12:00"), components=parts))

    assert "Fax" not in [each["name"] for each in page.json("api/v2/summary.json")["components"]]
    assert [each["name"] for each in page.json("api/v2/incidents.json")["incidents"][0]["components"]] == ["Fax"]


def test_lists_show_components_as_they_are_now():
    past = outage(
        told(at("08:00"), "investigating", components={"sms": MAJOR}), told(at("09:00"), "resolved"), id="past"
    )
    now = outage(told(at("10:00"), "investigating", components={"sms": DEGRADED}), id="now")
    page = world(past, now)

    states = [each["components"][0]["status"] for each in page.json("api/v2/incidents.json")["incidents"]]
    alone = page.json(f"incidents/{page.documents['past'].code}.json")["components"][0]

    assert states == ["degraded_performance", "degraded_performance"]
    assert (alone["status"], alone["updated_at"]) == ("operational", "2026-11-20T09:00:00.000Z")


def test_what_is_open_comes_first_then_what_ended_last():
    def closed(id, began, ended):
        return outage(told(at(began), "investigating"), told(at(ended), "resolved"), id=id)

    records = [
        closed("a", "01:00", "09:00"),
        closed("b", "02:00", "03:00"),
        closed("c", "04:00", "08:00"),
        outage(told(at("00:30"), "investigating"), id="old"),
        outage(told(at("00:45"), "identified"), id="new"),
    ]
    page = world(*records)
    names = {page.documents[record.id].code: record.id for record in records}

    def listed(path):
        return [names[each["id"]] for each in page.json(path)["incidents"]]

    assert listed("api/v2/incidents.json") == ["new", "old", "a", "c", "b"]
    assert listed("api/v2/incidents/unresolved.json") == listed("api/v2/summary.json") == ["new", "old"]


def test_fifty_incidents_are_listed_and_every_one_stands_by_itself():
    records = [
        outage(
            told(at("08:00") - timedelta(days=day), "investigating"),
            told(at("09:00") - timedelta(days=day), "resolved"),
            id=f"day-{day}",
        )
        for day in range(60)
    ]
    page = world(*records)
    listed = page.json("api/v2/incidents.json")["incidents"]

    assert [each["id"] for each in listed] == [page.documents[f"day-{day}"].code for day in range(50)]
    assert f"incidents/{page.documents['day-59'].code}.json" in page.files


def test_maintenances_are_told_apart_by_what_they_do():
    def planned(id, start, end, **more):
        return work(told(at("00:10"), "scheduled", components={"sms": MAINTAINED}), start=at(start), end=at(end), id=id)

    page = world(
        planned("over", "02:00", "03:00"),
        planned("runs", "10:00", "12:00"),
        planned("later", "20:00", "21:00"),
        planned("next", "14:00", "15:00"),
    )
    names = {document.code: id for id, document in page.documents.items()}

    def listed(name):
        return [names[each["id"]] for each in page.json(f"api/v2/{name}.json")["scheduled_maintenances"]]

    assert listed("scheduled-maintenances") == ["runs", "next", "later", "over"]
    assert listed("scheduled-maintenances/active") == ["runs"]
    assert listed("scheduled-maintenances/upcoming") == ["next", "later"]
    assert listed("summary") == ["runs", "next", "later"]
    assert page.json("api/v2/status.json")["status"] == {
        "indicator": "maintenance",
        "description": "Service Under Maintenance",
    }


@pytest.mark.parametrize(
    ("states", "impact", "indicator", "label"),
    [
        ({}, Impact.NONE, "none", "All Systems Operational"),
        ({}, Impact.MINOR, "minor", "Minor Service Outage"),
        ({"sms": DEGRADED}, None, "minor", "Partially Degraded Service"),
        ({"sms": PARTIAL}, None, "major", "Partial System Outage"),
        ({"sms": MAJOR}, None, "critical", "Major System Outage"),
    ],
)
def test_the_state_of_the_whole(states, impact, indicator, label):
    page = world(outage(told(at("10:12"), "investigating", components=states), impact=impact))

    assert page.json("api/v2/summary.json")["status"] == {"indicator": indicator, "description": label}


def test_nothing_is_said_of_a_page_without_records():
    page = world()

    assert page.json("api/v2/incidents.json")["incidents"] == []
    assert page.json("api/v2/summary.json")["status"]["indicator"] == "none"
    assert {each["status"] for each in page.json("api/v2/components.json")["components"]} == {
        ComponentStatus.OPERATIONAL
    }


def test_links_lead_to_our_pages():
    page = world(outage(told(at("10:12"), "investigating"), formerly=("older-name",), title='Cards & "more" <fail>'))
    code = page.documents["payments-fail"].code

    assert page.json("api/v2/incidents.json")["incidents"][0]["shortlink"] == (
        "https://status.example.com/incidents/payments-fail/"
    )
    for name in (code, "older-name"):
        stub = page.files[f"incidents/{name}/index.html"].decode()
        assert '<meta http-equiv="refresh" content="0; url=../payments-fail/">' in stub
        assert '<link rel="canonical" href="https://status.example.com/incidents/payments-fail/">' in stub
        assert "Cards &amp; &#34;more&#34; &lt;fail&gt;" in stub
        assert "<script" not in stub


def test_a_page_without_an_address_has_no_false_one():
    page = world(outage(told(at("10:12"), "investigating")), page=edition(site_url=""))
    code = page.documents["payments-fail"].code

    assert page.json("api/v2/status.json")["page"]["url"] == ""
    assert page.json("api/v2/incidents.json")["incidents"][0]["shortlink"] == "/incidents/payments-fail/"
    assert "canonical" not in page.files[f"incidents/{code}/index.html"].decode()


@pytest.mark.needs("vnu")
def test_stubs_are_valid(example_api, tmp_path: Path):
    from tests.tools import html_errors

    for path, body in example_api.files.items():
        if path.endswith(".html"):
            file = tmp_path / path
            file.parent.mkdir(parents=True)
            file.write_bytes(body)

    assert html_errors([tmp_path]) == []
