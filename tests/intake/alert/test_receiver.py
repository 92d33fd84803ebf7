"""Alerts that are sent to `stillup serve`: kept before the answer, never lost, worked out afterwards."""

import json
import shutil
import subprocess
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from stillup.intake.alert.signature import genuine
from stillup.pipeline.serving.inlet import Inlet
from stillup.records import configuration
from tests.intake.alert.receiver import SECRET, firing, page, receiving, signed, wait
from tests.tools import CLIENT, PATIENCE, stillup


@pytest.fixture(scope="module")
def receiver(tmp_path_factory):
    with receiving(page(tmp_path_factory.mktemp("receiver") / "page")) as running:
        yield running


def test_an_alert_is_on_the_disk_before_the_answer_and_on_the_page_soon_after(receiver):
    answer = receiver.alert(firing())

    assert (answer.status_code, answer.text) == (200, "1 new\n")
    assert len(receiver.inbox()) == 1
    wait(receiver.incidents, "no incident was written")
    assert "title: Problems with Payments" in receiver.incidents()[0].read_text()


def test_for_alerts_alone_no_key_no_channel_and_no_theme_is_needed(tmp_path):
    root = page(tmp_path / "page")
    settings = (root / "mkdocs.yml").read_text().replace("      channels: {email: {via: outbox}}\n", "")
    (root / "mkdocs.yml").write_text(settings.replace("theme: {name: material, font: false}", "theme: mkdocs"))
    with receiving(root, people=False) as alone:
        assert alone.alert(firing()).text == "1 new\n"
        wait(alone.incidents, "no incident was written")
        answers = {
            path: CLIENT.get(alone.url + path) for path in ("", "healthz", "assets/signup.css", "intake/generic")
        }
        subscribed = CLIENT.post(f"{alone.url}subscribe", data={"address": "a@example.com"})

    assert {path: answer.status_code for path, answer in answers.items()} == {
        "": 404,
        "healthz": 200,
        "assets/signup.css": 404,
        "intake/generic": 405,
    }
    assert subscribed.status_code == 404
    assert answers[""].headers["content-security-policy"].startswith("default-src 'none'")
    assert "Only alerts are taken; nobody can subscribe here." in (root / "serve.log").read_text()
    assert not list((root / "private").glob("subscribers*"))


def test_people_and_alerts_with_neither_key_nor_secret_are_refused(tmp_path):
    root = page(tmp_path / "page")

    assert "STILLUP_TOKEN_KEY" in stillup("serve", "--root", root).stderr
    asked = stillup("serve", "--root", root, "--alerts-only", STILLUP_TOKEN_KEY="k" * 40)
    assert (asked.returncode, "no STILLUP_INTAKE_..._SECRET is set" in asked.stderr) == (2, True)


def test_an_alert_that_is_sent_again_is_good_and_changes_nothing(receiver):
    alert = firing(minutes=3, name="Elsewhere")
    assert receiver.alert(alert).status_code == 200
    kept = receiver.inbox()

    again = receiver.alert(alert)

    assert (again.status_code, again.text) == (200, "0 new\n")
    assert receiver.inbox() == kept


def test_what_nobody_signed_is_refused_and_not_kept(receiver):
    kept = receiver.inbox()
    body = json.dumps({"version": "4", "alerts": [firing(name="Forged")]}).encode()

    for source in ("alertmanager", "grafana", "pagerduty", "generic"):
        assert receiver.post(source, body).status_code == 401
        assert receiver.post(source, body, authorization="Bearer guessed").status_code == 401
    assert receiver.inbox() == kept


@pytest.mark.parametrize("stamp", ["9" * 5000, "9" * 12, "-1", "1e3", "\u0663"])
def test_a_time_that_none_can_have_signed_is_refused(stamp):
    for source, headers in (
        ("grafana", {"x-grafana-alerting-signature": "0", "x-grafana-alerting-timestamp": stamp}),
        ("generic", {"webhook-id": "a", "webhook-timestamp": stamp, "webhook-signature": "v1,0"}),
    ):
        assert not genuine(source, b"{}", headers, SECRET, datetime.now(UTC))


def test_a_source_without_a_secret_can_prove_nothing(receiver):
    body = b'{"id": "x", "status": "firing", "startsAt": "2026-11-20T10:00:00Z"}'

    answer = receiver.post("generic", body, authorization="Bearer")

    assert answer.status_code == 401
    assert "STILLUP_INTAKE_GENERIC_SECRET" in answer.text


def test_half_of_an_emoji_loses_no_alert(receiver):
    """Who cuts a summary at so many UTF-16 units cuts within one: the others of that notification count too."""
    kept = receiver.inbox()

    alerts = receiver.alert(firing(name="Cut \ud83d"), firing(name="Whole"))
    body = {
        "routing_key": SECRET,
        "event_action": "trigger",
        "dedup_key": "cut \ud83d",
        "payload": {"source": "x\ud83d"},
    }
    event = CLIENT.post(f"{receiver.url}intake/pagerduty/v2/enqueue", content=json.dumps(body))

    assert (alerts.status_code, alerts.text) == (200, "2 new\n")
    assert (event.status_code, event.json()["dedup_key"]) == (202, "cut \ufffd")
    assert len(receiver.inbox()) == len(kept) + 3


def test_grafana_and_pagerduty_sign_their_own_way(receiver):
    grafana = json.dumps({"alerts": [firing(name="FromGrafana")]}).encode()
    assert receiver.post("grafana", grafana, x_grafana_alerting_signature=signed(grafana)).status_code == 200
    pagerduty = json.dumps(
        {
            "event": {
                "event_type": "incident.triggered",
                "occurred_at": "2026-11-20T10:00:00Z",
                "data": {"id": "PGR0VU2", "created_at": "2026-11-20T10:00:00Z", "service": {"summary": "checkout"}},
            }
        }
    ).encode()
    assert receiver.post("pagerduty", pagerduty, x_pagerduty_signature=f"v1={signed(pagerduty)}").status_code == 200
    assert receiver.post("pagerduty", pagerduty + b" ", x_pagerduty_signature=f"v1={signed(pagerduty)}").is_error


def test_what_is_no_notification_is_named(receiver):
    answer = receiver.post("alertmanager", b'{"version": "3"}', authorization=f"Bearer {SECRET}")

    assert answer.status_code == 400
    assert "version" in answer.text


def test_too_much_at_once_is_refused(receiver):
    body = b" " * (4 * 1024 * 1024 + 1)

    assert receiver.post("alertmanager", body, authorization=f"Bearer {SECRET}").status_code == 413


def test_nothing_else_is_taken_and_nothing_is_told(receiver):
    assert receiver.post("nagios", b"{}").status_code == 404
    assert CLIENT.get(f"{receiver.url}intake/alertmanager").status_code == 405


def test_a_storm_of_alerts_is_never_turned_away(receiver):
    answers = []

    def send(number: int) -> None:
        answers.append(receiver.alert(firing(name="Storm", instance=str(number))).status_code)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(answers) <= {200, 503}
    assert answers.count(200) > 0
    stored = sum(b'"alertname": "Storm"' in path.read_bytes() for path in receiver.inbox())
    assert stored >= answers.count(200)


def test_an_alert_that_cannot_be_kept_is_asked_for_again(tmp_path):
    root = page(tmp_path / "page")
    with receiving(root) as running:
        inbox = root / "private" / "inbox"
        wait(inbox.is_dir, "no first round")
        shutil.rmtree(inbox)
        inbox.write_text("in the way")
        alert = firing()

        answer = running.alert(alert)

        assert answer.status_code == 503
        assert answer.headers["retry-after"]
        inbox.unlink()
        assert running.alert(alert).status_code == 200
        wait(running.incidents, "no incident was written")


def test_records_that_are_broken_lose_no_alert(tmp_path):
    root = page(tmp_path / "page")
    with receiving(root) as running:
        (root / "components" / "payments.yml").write_text("nmae: Payments\n")
        assert running.alert(firing()).status_code == 200
        wait(lambda: CLIENT.get(f"{running.url}healthz").status_code == 503, "the trouble was not told")
        assert running.incidents() == []

        (root / "components" / "payments.yml").write_text("name: Payments\n")
        assert running.alert(firing(minutes=4, name="Another")).status_code == 200
        wait(running.incidents, "no incident was written")
        wait(lambda: CLIENT.get(f"{running.url}healthz").status_code == 200, "the trouble never ended")


def test_killed_between_keeping_and_answering_nothing_is_lost(tmp_path):
    root = page(tmp_path / "page")
    alert = firing()
    with receiving(root) as running:

        def kill() -> None:
            wait(running.inbox, "nothing was kept", every=0.0002)
            running.process.kill()

        killer = threading.Thread(target=kill)
        killer.start()
        with suppress(httpx.TransportError):  # the sender saw no answer, and sends again
            running.alert(alert)
        killer.join()
        running.process.wait(PATIENCE)
        assert len(running.inbox()) == 1

    with receiving(root) as again:
        wait(again.incidents, "what was kept was not worked out at the start")
        assert again.alert(alert).text == "0 new\n"
        assert len(again.incidents()) == 1


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture
def pair(tmp_path):
    """Return a bare repository and two clones of a page in it."""
    first = page(tmp_path / "first")
    git(tmp_path, "init", "-q", "--bare", "-b", "main", "bare.git")
    git(first, "init", "-q", "-b", "main")
    git(first, "remote", "add", "origin", str(tmp_path / "bare.git"))
    for name, value in {"user.name": "Status", "user.email": "status@example.com"}.items():
        git(first, "config", name, value)
    git(first, "add", ".")
    git(first, "commit", "-q", "-m", "Begin")
    git(first, "push", "-q", "-u", "origin", "main")
    git(tmp_path, "clone", "-q", "bare.git", "second")
    for name, value in {"user.name": "Status", "user.email": "status@example.com"}.items():
        git(tmp_path / "second", "config", name, value)
    return tmp_path / "bare.git", first, tmp_path / "second"


def test_two_receivers_of_the_same_alerts_make_one_incident_and_one_state(pair):
    bare, *roots = pair
    payments, mails = firing(), firing(name="MailsLate")
    with receiving(roots[0], "--push") as one, receiving(roots[1], "--push") as other:
        senders = [threading.Thread(target=each.alert, args=(payments, mails)) for each in (one, other)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()

        def pushed() -> bool:
            heads = {git(root, "rev-parse", "HEAD") for root in roots}
            return heads == {git(bare, "rev-parse", "main")} and git(bare, "rev-list", "--count", "main") != "1\n"

        wait(pushed, "the two never agreed")
        wait(
            lambda: CLIENT.get(f"{one.url}healthz").text == CLIENT.get(f"{other.url}healthz").text == "ok\n", "trouble"
        )

    files = git(bare, "ls-tree", "-r", "--name-only", "main").split()
    assert len([path for path in files if path.startswith("incidents/")]) == 1
    assert git(bare, "show", "main:components/mails.yml").count("degraded_performance") == 1
    assert git(bare, "log", "--format=%s", "main").split("\n")[:-1] == ["Take in alerts", "Begin"]
    assert not [path for path in files if path.startswith("private/")]
    for root in roots:
        assert git(root, "status", "--porcelain") == ""


def test_what_people_push_meanwhile_counts(pair):
    bare, first, second = pair
    done = stillup(
        "incident", "open", "Card payments fail", "-c", "payments=partial_outage", "-m",
        "Some card payments fail. We are looking for the cause.", "-s", "P2", "--yes", "--anyway", "shown here",
        "--started", (datetime.now(UTC) - timedelta(minutes=3)).strftime("%Y-%m-%dT%H:%M:%SZ"), "--push", "--root",
        first,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    with receiving(second, "--push") as running:
        assert running.alert(firing(minutes=3), firing(name="MailsLate")).status_code == 200
        wait(lambda: git(bare, "rev-list", "--count", "main") == "3\n", "nothing was pushed")

    files = git(bare, "ls-tree", "-r", "--name-only", "main").split()
    assert len([path for path in files if path.startswith("incidents/")]) == 1
    assert "degraded_performance" in git(bare, "show", "main:components/mails.yml")


def test_an_event_of_pagerdutys_events_api_is_proved_by_its_routing_key(receiver):
    event = {"event_action": "trigger", "dedup_key": "events-1", "payload": {"source": "probe", "severity": "error"}}
    kept = receiver.inbox()

    def sent(path, **more):
        return CLIENT.post(f"{receiver.url}intake/pagerduty{path}", json=event | more)

    refused = [
        sent("/v2/enqueue"),
        sent("/v2/enqueue", routing_key="guessed"),
        sent("/v2/enqueue", routing_key=[SECRET]),
    ]
    assert [(each.status_code, each.json()["status"]) for each in refused] == [(401, "invalid event")] * 3
    assert receiver.inbox() == kept

    taken = sent("/v2/enqueue", routing_key=SECRET)
    wrong = sent("/v2/enqueue", routing_key=SECRET, event_action="forget")
    plain = sent("", routing_key=SECRET, dedup_key="events-2")

    assert (taken.status_code, taken.json()) == (
        202,
        {"status": "success", "message": "Event processed", "dedup_key": "events-1"},
    )
    assert (wrong.status_code, "event_action" in wrong.json()["message"]) == (400, True)
    assert (plain.status_code, plain.text) == (200, "1 new\n")
    new = [path.read_text() for path in receiver.inbox() if path not in kept]
    assert len(new) == 2
    assert SECRET not in "".join(new)


def test_what_may_be_no_event_is_not_read_before_anybody_proved_anything():
    large = json.dumps({"routing_key": SECRET, "text": "x" * 600_000}).encode()

    for body in (large, b"[" * 100_000, b"\xff", b"[]", b'"text"'):
        assert not genuine("pagerduty", body, {}, SECRET, datetime.now(UTC))


@pytest.mark.parametrize(
    ("held", "given", "status"),
    [
        (f"{'n' * 40} {SECRET}", SECRET, 200),
        (f"{'n' * 40} {SECRET}", "n" * 40, 200),
        (f"{'n' * 40} {SECRET}", f"{'n' * 40} {SECRET}", 401),
        (f"{'n' * 40} {SECRET}", "", 401),
        ("correct horse", "correct horse", 200),
        ("correct horse", "horse", 401),
        ("", "", 401),
    ],
)
def test_a_secret_is_changed_without_losing_an_alert(held, given, status, tmp_path):
    """Both are good meanwhile; a secret that only has a space in it is still one."""
    root = page(tmp_path)
    settings, _ = configuration.settings(root)
    inlet = Inlet(root, settings, {"STILLUP_INTAKE_ALERTMANAGER_SECRET": held}, lambda: datetime.now(UTC))
    body = json.dumps({"version": "4", "status": "firing", "alerts": [firing()]}).encode()

    assert inlet.take("alertmanager", body, {"authorization": f"Bearer {given}"})[0] == status
    assert inlet.sources == (("alertmanager",) if held else ())
