"""What a client learns of one record, update by update."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stillup.records.incident import Move, Postmortem, Withdrawal
from stillup.views import document_keeping
from stillup.views.document import Effect, IncidentDocument, SpanDocument, UpdateDocument, WindowDocument
from stillup.vocabulary import Impact
from tests.api.sample import DEGRADED, FINE, MAINTAINED, MAJOR, PARTIAL, at, edition, outage, told, work, world


def shown(record, now=None):
    """A record as a client reads it in its own file."""
    page = world(record, page=edition(now) if now else None)
    return page.json(f"incidents/{page.documents[record.id].code}.json")


def effects(update):
    """Component, state before, state after, as a client reads them."""
    found = update["affected_components"]
    return None if found is None else [(each["name"], each["old_status"], each["new_status"]) for each in found]


def test_each_update_tells_every_component_named_so_far():
    record = outage(
        told(at("10:00"), "investigating"),
        told(at("10:10"), "investigating", components={"payments": DEGRADED}),
        told(at("10:20"), "identified", components={"auth": PARTIAL}),
        told(at("10:30"), "monitoring", components={"auth": FINE}),
        told(at("10:40"), "resolved"),
    )
    newest_first = [effects(update) for update in shown(record)["incident_updates"]]

    assert newest_first[::-1] == [
        None,
        [("Payments", "operational", "degraded_performance")],
        [
            ("Authentication", "operational", "partial_outage"),
            ("Payments", "degraded_performance", "degraded_performance"),
        ],
        [
            ("Authentication", "partial_outage", "operational"),
            ("Payments", "degraded_performance", "degraded_performance"),
        ],
        [("Authentication", "operational", "operational"), ("Payments", "degraded_performance", "operational")],
    ]


def test_an_incident_lists_the_components_of_its_updates_in_page_order():
    record = outage(
        told(at("10:00"), "investigating", components={"sms": MAJOR}),
        told(at("10:10"), "investigating", components={"auth": DEGRADED}),
    )
    incident = shown(record)

    assert [each["name"] for each in incident["components"]] == ["Authentication", "SMS"]
    assert {each["id"] for each in incident["components"]} == {
        each["code"] for update in incident["incident_updates"] for each in update["affected_components"] or ()
    }


def test_the_times_of_an_incident():
    record = outage(
        told(at("10:12"), "investigating", components={"sms": MAJOR}),
        told(at("10:20"), "monitoring", edited_at=at("10:25")),
        told(at("10:30"), "monitoring"),
        told(at("10:40"), "resolved"),
        started_at=at("10:05"),
        ended_at=at("10:18"),
    )
    incident = shown(record)

    assert incident["created_at"] == "2026-11-20T10:12:00.000Z"
    assert incident["started_at"] == "2026-11-20T10:05:00.000Z"
    assert incident["monitoring_at"] == "2026-11-20T10:20:00.000Z"
    assert incident["resolved_at"] == "2026-11-20T10:40:00.000Z"
    assert incident["updated_at"] == "2026-11-20T10:40:00.000Z"
    assert incident["incident_updates"][2]["updated_at"] == "2026-11-20T10:25:00.000Z"
    assert incident["incident_updates"][2]["display_at"] == "2026-11-20T10:20:00.000Z"


def test_an_open_incident_is_not_resolved():
    incident = shown(outage(told(at("10:12"), "investigating", components={"sms": PARTIAL})))

    assert (incident["status"], incident["impact"]) == ("investigating", "major")
    assert incident["resolved_at"] is incident["monitoring_at"] is incident["reminder_intervals"] is None
    assert incident["components"][0]["status"] == "partial_outage"


def test_a_stated_impact_is_kept():
    assert shown(outage(told(at("10:12"), "investigating"), impact=Impact.CRITICAL))["impact"] == "critical"


def test_a_body_has_everything_that_the_page_says_in_that_update():
    record = outage(
        told(
            at("10:12"),
            "investigating",
            "Sign-in fails.\nWe look into it.",
            workaround="Please **do not** retry.",
            scope="All customers",
            next_update_in=timedelta(minutes=30),
        )
    )

    assert shown(record)["incident_updates"][0]["body"] == (
        "Sign-in fails. We look into it.<br /><br /><strong>Who:</strong> All customers<br />"
        "<strong>What to do:</strong> Please <strong>do not</strong> retry.<br />"
        "<strong>Next update:</strong> by 10:42 UTC"
    )


def test_a_withdrawn_update_says_its_reason_and_nothing_else():
    update = told(
        at("10:12"),
        "investigating",
        "A secret.",
        components={"sms": MAJOR},
        workaround="Another secret.",
        withdrawn=Withdrawal(at=at("10:20"), reason="Meant for another page."),
        source={"body": "A secret."},
    )
    incident = shown(outage(update, told(at("10:30"), "investigating")))
    first = incident["incident_updates"][1]

    assert first["body"] == "Meant for another page."
    assert first["affected_components"] is None
    assert first["deliver_notifications"] is False
    assert first["updated_at"] == "2026-11-20T10:20:00.000Z"
    assert incident["components"] == []


def test_a_postmortem_is_the_newest_update_and_stands_by_itself():
    record = outage(
        told(at("08:00"), "investigating", components={"sms": MAJOR}),
        told(at("09:00"), "resolved"),
        postmortem=Postmortem(at=at("10:00"), body="## Why\n\nA disk."),
    )
    incident = shown(record)

    assert incident["status"] == incident["incident_updates"][0]["status"] == "postmortem"
    assert incident["incident_updates"][0]["body"] == "<strong>Why</strong><br /><br />A disk."
    assert incident["postmortem_body"] == "<strong>Why</strong><br /><br />A disk."
    assert incident["postmortem_published_at"] == incident["updated_at"] == "2026-11-20T10:00:00.000Z"
    assert incident["resolved_at"] == "2026-11-20T09:00:00.000Z"


def test_drafts_are_nowhere():
    record = outage(
        told(at("10:12"), "investigating"),
        told(at("11:30"), "resolved", "Not yet public."),
        postmortem=Postmortem(at=at("12:00"), body="Not yet public either."),
    )
    page = world(record)

    assert not [path for path, body in page.files.items() if b"public" in body]
    assert shown(record)["status"] == "investigating"


def test_a_maintenance_by_the_clock_is_told_by_the_clock():
    record = work(
        told(at("09:00", day=18), "scheduled", components={"sms": MAINTAINED}), start=at("10:00"), end=at("10:30")
    )
    before, during, after = (shown(record, now) for now in (at("09:00"), at("10:10"), at("12:00")))

    assert (before["status"], during["status"], after["status"]) == ("scheduled", "in_progress", "completed")
    assert before["impact"] == during["impact"] == after["impact"] == "maintenance"
    assert [(each["status"], each["display_at"], effects(each)) for each in reversed(after["incident_updates"])] == [
        ("scheduled", "2026-11-18T09:00:00.000Z", [("SMS", "operational", "operational")]),
        ("in_progress", "2026-11-20T10:00:00.000Z", [("SMS", "operational", "under_maintenance")]),
        ("completed", "2026-11-20T10:30:00.000Z", [("SMS", "under_maintenance", "operational")]),
    ]
    assert after["resolved_at"] == after["updated_at"] == "2026-11-20T10:30:00.000Z"
    assert during["components"][0]["status"] == "under_maintenance"


def test_a_moved_maintenance_shows_its_new_window():
    record = work(
        told(at("09:00", day=18), "scheduled"),
        told(at("09:00", day=19), "scheduled", scheduled=Move(start=at("14:00"), end=at("15:00"))),
        start=at("11:00"),
        end=at("12:00"),
    )
    maintenance = shown(record)

    assert maintenance["scheduled_for"] == "2026-11-20T14:00:00.000Z"
    assert maintenance["scheduled_until"] == "2026-11-20T15:00:00.000Z"


def test_a_series_shows_the_window_that_runs_then_the_next_then_the_last():
    record = work(
        told(at("09:00", day=18), "scheduled", components={"sms": MAINTAINED}),
        start=at("10:00", day=19),
        end=at("11:00", day=19),
        recurrence="FREQ=DAILY;COUNT=2",
    )

    def window(now):
        return shown(record, now)["scheduled_for"], shown(record, now)["status"]

    assert window(at("10:30", day=19)) == ("2026-11-19T10:00:00.000Z", "in_progress")
    assert window(at("12:00", day=19)) == ("2026-11-20T10:00:00.000Z", "scheduled")
    assert window(at("12:00", day=21)) == ("2026-11-20T10:00:00.000Z", "completed")


def test_an_endless_series_does_not_grow_without_bound():
    record = work(
        told(at("09:00", year=2024), "scheduled"),
        start=at("10:00", year=2024),
        end=at("11:00", year=2024),
        recurrence="FREQ=DAILY",
    )

    assert len(shown(record)["incident_updates"]) <= 1 + 2 * 12
    assert len(world(record).documents["new-disks"].windows) < 2 * 370


def test_a_cancelled_maintenance_is_completed_where_statuspage_has_no_other_word():
    record = work(
        told(at("09:00"), "scheduled"),
        told(at("10:00"), "cancelled", "Called off."),
        start=at("14:00"),
        end=at("15:00"),
    )
    page = world(record)
    maintenance = page.json("api/v2/scheduled-maintenances.json")["scheduled_maintenances"][0]

    assert maintenance["status"] == maintenance["incident_updates"][0]["status"] == "completed"
    assert maintenance["incident_updates"][0]["body"] == "Called off."
    assert page.json("api/stillup/v1/maintenances.json")["maintenances"][0]["status"] == "cancelled"


def test_of_what_is_over_nothing_changes_any_more():
    records = (
        outage(told(at("08:00"), "investigating", components={"sms": MAJOR}), told(at("09:00"), "resolved")),
        work(told(at("06:00"), "scheduled", components={"sms": MAINTAINED}), start=at("07:00"), end=at("07:30")),
    )
    still_down = outage(told(at("10:40"), "investigating", components={"sms": MAJOR}), id="still-down")
    now, later = (
        world(*records, page=edition(at("10:00"))),
        world(*records, still_down, page=edition(at("10:00", day=27))),
    )

    assert [later.documents[record.id] for record in records] == [now.documents[record.id] for record in records]
    for document in now.documents.values():
        path = f"incidents/{document.code}.json"
        assert later.files[path] == now.files[path]


KEPT = {
    "created_at": "2026-11-20T10:12:07.419Z",
    "updated_at": "2026-11-21T01:02:03.004Z",
    "started_at": "2026-11-20T10:12:07.413+00:00",
    "shortlink": "https://stspg.io/45g8r57kv3n9",
    "reminder_intervals": "[1, 2]",
}


def test_an_import_keeps_what_only_the_original_knows():
    update = told(
        at("10:12"),
        "investigating",
        source={
            "created_at": "2026-11-20T10:12:07.500Z",
            "updated_at": "2026-11-20T10:20:00.250Z",
            "display_at": "2026-11-20T10:12:00.999Z",
            "custom_tweet": "We are down",
            "tweet_id": 12345678901234567890,
            "deliver_notifications": False,
            "affected_components": [
                {"code": "0qbwn08sd68x", "name": "Old name", "old_status": "operational", "new_status": "major_outage"}
            ],
        },
    )
    incident = shown(outage(update, source=KEPT))
    first = incident["incident_updates"][0]

    assert {name: incident[name] for name in KEPT} == {**KEPT, "started_at": "2026-11-20T10:12:07.413Z"}
    assert first["created_at"] == "2026-11-20T10:12:07.500Z"
    assert first["updated_at"] == "2026-11-20T10:20:00.250Z"
    assert first["display_at"] == "2026-11-20T10:12:00.999Z"
    assert (first["custom_tweet"], first["tweet_id"]) == ("We are down", "12345678901234567890")
    assert first["deliver_notifications"] is False
    assert effects(first) == [("Old name", "operational", "major_outage")]


def test_an_imported_update_may_have_named_no_component():
    update = told(at("10:12"), "investigating", components={"sms": MAJOR}, source={"affected_components": None})

    assert shown(outage(update))["incident_updates"][0]["affected_components"] is None


@pytest.mark.parametrize("kept", ["nonsense", "2026-11-20T10:12:00", 7, None, [], {"a": 1}, True])
def test_what_an_import_kept_wrongly_is_passed_over(kept):
    names = ("created_at", "display_at", "affected_components", "deliver_notifications", "body")
    update = told(at("10:12"), "investigating", components={"sms": MAJOR}, source=dict.fromkeys(names, kept))
    first = shown(outage(update))["incident_updates"][0]

    assert first["created_at"] == first["display_at"] == "2026-11-20T10:12:00.000Z"
    assert first["body"] == "Text."
    assert first["deliver_notifications"] in (True, kept)


def test_a_time_that_was_moved_since_the_import_is_not_the_original_any_more():
    update = told(at("10:12"), "investigating", source={"display_at": "2026-11-20T10:15:00.999Z"})

    assert shown(outage(update))["incident_updates"][0]["display_at"] == "2026-11-20T10:12:00.000Z"


instants = st.datetimes(datetime(2000, 1, 1), datetime(2050, 1, 1)).map(
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000, tzinfo=UTC)
)
maybe = st.none() | instants
texts = st.text(max_size=20)
effect_lists = st.lists(st.builds(Effect, code=texts, name=texts, before=texts, after=texts), max_size=3).map(tuple)
span_lists = st.lists(
    st.builds(SpanDocument, component=texts, status=texts, start=instants, end=maybe), max_size=3
).map(tuple)
documents = st.builds(
    IncidentDocument,
    id=texts, code=texts, kind=texts, title=texts, reference=texts, status=texts, impact=texts, open=st.booleans(),
    place=texts, shortlink=texts, line=texts, created=instants, updated=instants, started=instants, ended=maybe,
    monitoring=maybe, resolved=maybe, scheduled_for=maybe, scheduled_until=maybe, reminders=st.none() | texts,
    updates=st.lists(
        st.builds(
            UpdateDocument,
            code=texts, status=texts, html=texts, created=instants, updated=instants, shown=instants,
            effects=st.none() | effect_lists,
            notify=st.booleans(), tweet=st.none() | texts, tweet_id=st.none() | texts,
        ),
        max_size=3,
    ).map(tuple),
    component_ids=st.lists(texts).map(tuple),
    spans=span_lists,
    windows=st.lists(
        st.builds(WindowDocument, key=texts, start=instants, end=instants, status=texts, began=maybe, ended=maybe),
        max_size=3,
    ).map(tuple),
    endless=st.booleans(), postmortem_html=texts, postmortem_at=maybe, formerly=st.lists(texts).map(tuple),
)  # fmt: skip


@given(documents)
@settings(max_examples=60)
def test_a_document_survives_as_one_line_of_text(document):
    text = document_keeping.to_text(document)

    assert "\n" not in text
    assert document_keeping.from_text(text) == document


def test_the_examples_documents_survive_too(example_api):
    for document in example_api.documents.values():
        assert document_keeping.from_text(document_keeping.to_text(document)) == document


@pytest.mark.parametrize("text", ["[]", "{}", "null", '["a"]', "[" + "1," * 40 + "1]", "no JSON"])
def test_another_text_is_no_document(text):
    with pytest.raises(ValueError):
        document_keeping.from_text(text)
