"""The inbox: nothing said is lost, nothing is there twice, and a signature is believed only when it is right."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from stillup.intake.alert.alert import Alert
from stillup.intake.alert.inbox import keep, load, lost
from stillup.intake.alert.signature import genuine

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def alert(identity="a", *, ended=None, **fields):
    end = None if ended is None else NOON + timedelta(minutes=ended)
    return Alert(
        source="alertmanager",
        identity=identity,
        firing=end is None,
        started=NOON,
        ended=end,
        labels={"alertname": "x"},
        **fields,
    )


def test_what_is_kept_is_read_again_and_a_repetition_changes_nothing(tmp_path):
    told = [alert(), alert("b"), alert(ended=5), alert("c", acknowledged=NOON)]

    assert (keep(tmp_path, told), keep(tmp_path, told)) == (4, 0)
    found, problems = load(tmp_path)
    assert sorted(found, key=str) == sorted(told, key=str)
    assert problems == []


def test_a_file_that_is_no_alert_is_said_and_the_rest_is_read(tmp_path):
    keep(tmp_path, [alert()])
    (tmp_path / "stray.json").write_text("{}")

    found, (problem,) = load(tmp_path)
    assert (len(found), problem.file, problem.fix) == (1, f"{tmp_path.name}/stray.json", "Take the file away.")


def test_an_end_that_nobody_told_is_found_by_asking():
    known = [alert("gone"), alert("still"), alert("done"), alert("done", ended=3)]
    (found,) = lost(known, [alert("still")], NOON + timedelta(minutes=9))

    assert (found.identity, found.firing, found.ended) == ("gone", False, NOON + timedelta(minutes=9))


def sign(secret, text):
    return hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()


BODY, STAMP = b'{"alerts": []}', str(int(NOON.timestamp()))
KEY = base64.b64encode(b"0123456789abcdef").decode()
STANDARD = base64.b64encode(
    hmac.new(b"0123456789abcdef", f"msg_1.{STAMP}.".encode() + BODY, hashlib.sha256).digest()
).decode()
RIGHT = {
    "grafana": ("grafana", "s3cret", {"x-grafana-alerting-signature": sign("s3cret", BODY)}),
    "grafana with a time": (
        "grafana",
        "s3cret",
        {
            "x-grafana-alerting-timestamp": STAMP,
            "x-grafana-alerting-signature": sign("s3cret", f"{STAMP}:".encode() + BODY),
        },
    ),
    "pagerduty": ("pagerduty", "s3cret", {"x-pagerduty-signature": f"v1=00,v1={sign('s3cret', BODY)}"}),
    "alertmanager": ("alertmanager", "s3cret", {"authorization": "Bearer s3cret"}),
    "generic": (
        "generic",
        f"whsec_{KEY}",
        {"webhook-id": "msg_1", "webhook-timestamp": STAMP, "webhook-signature": f"v1,AAAA v1,{STANDARD}"},
    ),
}


@pytest.mark.parametrize(("source", "secret", "headers"), RIGHT.values(), ids=RIGHT.keys())
def test_a_signature_is_believed_when_it_is_right(source, secret, headers):
    assert genuine(source, BODY, headers, secret, NOON)
    assert not genuine(source, BODY + b" ", headers, secret, NOON) or source == "alertmanager"
    assert not genuine(source, BODY, {}, secret, NOON)
    assert not genuine(source, BODY, headers, f"{secret}x", NOON)


@pytest.mark.parametrize("name", ["grafana with a time", "generic"])
def test_a_replay_is_not_believed(name):
    source, secret, headers = RIGHT[name]

    assert not genuine(source, BODY, headers, secret, NOON + timedelta(minutes=6))
    assert not genuine(source, BODY, headers, secret, NOON - timedelta(minutes=6))
