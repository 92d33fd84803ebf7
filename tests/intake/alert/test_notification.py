"""Notifications as the tools send them, and what of them is refused."""

import json
from datetime import UTC, datetime

import pytest

from stillup.errors import RecordError
from stillup.intake.alert.episode import spans
from stillup.intake.alert.notification import SOURCES, alerts
from stillup.records.alert_rule import AlertRule

START = "2026-11-20T10:00:00.123456789Z"
AT = datetime(2026, 11, 20, 10, tzinfo=UTC)


def webhook(**fields):
    one = {
        "status": "firing",
        "labels": {"alertname": "HighErrorRate", "severity": "critical"},
        "annotations": {"description": "db-3.internal is down"},
        "startsAt": START,
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus.internal:9090/graph",
        "fingerprint": "8b6ed1f2b0b3e3a1",
    }
    return {"version": "4", "status": "firing", "groupKey": "{}", "alerts": [one | fields]}


def read(source, document):
    return alerts(source, json.dumps(document).encode())


def test_alertmanager_webhook():
    (alert,) = read("alertmanager", webhook())

    assert (alert.identity, alert.firing, alert.started, alert.ended) == ("8b6ed1f2b0b3e3a1", True, AT, None)
    assert dict(alert.labels) == {"alertname": "HighErrorRate", "severity": "critical"}


def test_a_group_that_fires_holds_alerts_that_are_resolved():
    whole = webhook()
    whole["alerts"] += webhook(status="resolved", endsAt="2026-11-20T10:05:00+01:00", fingerprint="aa")["alerts"]
    whole["alerts"][1]["startsAt"] = "2026-11-20T09:00:00+01:00"

    firing, resolved = read("alertmanager", whole)
    assert (firing.firing, resolved.firing) == (True, False)
    assert resolved.ended == datetime(2026, 11, 20, 9, 5, tzinfo=UTC)


def test_alertmanager_api():
    one = webhook()["alerts"][0] | {"status": {"state": "active", "silencedBy": [], "inhibitedBy": []}}
    (alert,) = read("alertmanager", [one])

    assert alert.firing


def test_what_two_of_a_pair_send_is_one_thing_and_a_repetition_has_one_name():
    (one,), (other,) = read("alertmanager", webhook()), read("alertmanager", webhook(generatorURL="http://other/"))

    assert (one.key, one.name) == (other.key, other.name)


def test_pagerduty_walks_from_triggered_to_resolved():
    def event(kind, at):
        data = {"id": "PGR0VU2", "created_at": "2026-11-20T10:00:00Z", "service": {"summary": "Payments"}}
        return {
            "event": {"id": "1", "event_type": kind, "occurred_at": at, "data": data | {"priority": {"summary": "P1"}}}
        }

    (opened,) = read("pagerduty", event("incident.triggered", "2026-11-20T10:00:01Z"))
    (taken,) = read("pagerduty", event("incident.acknowledged", "2026-11-20T10:02:00Z"))
    (closed,) = read("pagerduty", event("incident.resolved", "2026-11-20T10:30:00Z"))

    assert opened.key == taken.key == closed.key
    assert taken.acknowledged == datetime(2026, 11, 20, 10, 2, tzinfo=UTC)
    assert (opened.labels["service"], opened.labels["severity"]) == ("Payments", "P1")
    assert closed.ended == datetime(2026, 11, 20, 10, 30, tzinfo=UTC)
    assert read("pagerduty", event("incident.annotated", "2026-11-20T10:03:00Z")) == ()


def test_the_events_api_that_many_tools_send():
    payload = {"summary": "x", "source": "monitor", "severity": "critical", "timestamp": "2026-11-20T10:00:00Z"}
    (alert,) = read("pagerduty", {"event_action": "trigger", "dedup_key": "checkout", "payload": payload})

    assert (alert.identity, alert.labels["severity"]) == ("checkout", "critical")


def test_an_event_that_tells_no_time_is_of_when_it_came():
    def sent(action, second, **more):
        body = json.dumps({"event_action": action, "dedup_key": "checkout"} | more).encode()
        return alerts("pagerduty", body, at=datetime(2026, 11, 20, 10, 0, second, 999, tzinfo=UTC))

    (began,) = sent("trigger", 0, payload={"summary": "x", "source": "monitor", "severity": "critical"})
    (ended,) = sent("resolve", 30)

    assert sent("acknowledge", 10) == ()
    assert (began.firing, began.started) == (True, AT)
    assert (ended.firing, ended.ended) == (False, AT.replace(second=30))
    rule = AlertRule(match={"source": "monitor"}, component="web")
    found, strange = spans([began, ended], [rule], frozenset({"web"}))
    assert ([(span.start, span.end) for span in found], strange) == ([(AT, ended.ended)], [])


def test_generic():
    (alert,) = read("generic", {"id": "checkout", "status": "firing", "severity": "critical", "startsAt": START})

    assert (alert.identity, dict(alert.labels)) == ("checkout", {"severity": "critical"})


@pytest.mark.parametrize(
    ("word", "firing"),
    [
        ("ALARM", True),
        ("OK", False),
        ("INSUFFICIENT_DATA", None),
        ("Re-Triggered", True),
        ("No Data", True),
        ("Recovered", False),
        ("TRIGGERED", True),
        ("RESOLVED", False),
        ("PROBLEM", True),
        ("DOWN", True),
        (" up ", False),
    ],
)
def test_how_other_monitors_spell_a_state(word, firing):
    told = read("generic", {"id": "a", "status": word, "startsAt": START, "endsAt": START})

    assert [alert.firing for alert in told] == ([] if firing is None else [firing])


def test_a_plain_alert_that_tells_no_time_is_of_when_it_came():
    def sent(status, second, **more):
        body = json.dumps({"id": "checkout", "status": status, "labels": {"alertname": "Checkout"}} | more).encode()
        return alerts("generic", body, at=datetime(2026, 11, 20, 10, 0, second, 999, tzinfo=UTC))

    (began,), (again,), (ended,) = sent("firing", 0), sent("firing", 20), sent("resolved", 30)

    assert (began.started, ended.ended) == (AT, AT.replace(second=30))
    rule = AlertRule(match={"alertname": "Checkout"}, component="web")
    found, _ = spans([began, again, ended], [rule], frozenset({"web"}))
    assert (found[0].start, found[0].end, found[1].start, found[1].end) == (
        AT,
        again.started,
        again.started,
        ended.ended,
    )
    (told,) = sent("resolved", 40, endsAt="2026-11-20T09:59:00Z")
    assert (told.started, told.ended) == (AT.replace(hour=9, minute=59), AT.replace(hour=9, minute=59))


@pytest.mark.parametrize(
    ("source", "document", "said"),
    [
        ("alertmanager", [], ()),
        ("alertmanager", {"version": "3", "alerts": []}, "version: Version '3' is not known."),
        ("alertmanager", {"alerts": []}, "version: Version None is not known."),
        ("alertmanager", webhook(status="unknown"), "alerts[0].status: 'unknown' is neither firing nor resolved."),
        ("alertmanager", webhook(startsAt="yesterday"), "alerts[0].startsAt: 'yesterday' is not an instant"),
        ("alertmanager", webhook(startsAt="2026-11-20T10:00:00"), "is not an instant with its zone."),
        ("alertmanager", webhook(startsAt="9999-11-20T10:00:00Z"), "is not an instant with its zone."),
        ("pagerduty", {"event_action": "trigger", "dedup_key": "a"}, "payload.timestamp"),
        ("alertmanager", webhook(status="resolved"), "alerts[0].endsAt: A resolved alert says when it ended."),
        ("alertmanager", webhook(labels={}), "alerts[0].labels: An alert has labels."),
        ("alertmanager", "text", "An object was expected here."),
        ("grafana", {"alerts": {}}, "alerts: A list was expected here."),
        ("pagerduty", {"event": {"event_type": "incident.triggered", "data": {}}}, "event.data.id"),
        ("pagerduty", {"event_action": "trigger", "payload": {}}, "dedup_key"),
        ("generic", [{"id": "a", "status": "bad"}], "[0].status: 'bad' is neither"),
        ("generic", {"id": "a", "status": 1}, "status: 1 is neither"),
        ("generic", {"id": "a", "status": ""}, "status: '' is neither"),
        ("generic", {"id": "a", "status": "firing"}, "startsAt: It does not say when."),
        ("generic", {"id": "a", "status": "up"}, "endsAt: A resolved alert says when it ended."),
    ],
)
def test_what_is_not_understood_is_refused_whole(source, document, said):
    if said == ():
        assert read(source, document) == ()
        return
    with pytest.raises(RecordError) as caught:
        read(source, document)
    assert said in str(caught.value)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"version": 1e999}', b"null", b"[1]"])
@pytest.mark.parametrize("source", SOURCES)
def test_garbage_is_refused_without_a_crash(source, body):
    with pytest.raises(RecordError):
        alerts(source, body)


def test_labels_are_cut_and_stay_on_one_line():
    (alert,) = read("alertmanager", webhook(labels={"a": "x\ny\x00" + "z" * 5000, "b": {"no": 1}, "c": 3}))

    assert alert.labels["a"].startswith("x y z") and len(alert.labels["a"]) <= 1024
    assert "b" not in alert.labels and alert.labels["c"] == "3"
