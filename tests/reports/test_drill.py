"""A drill: it is played for real, its receivers are the judges, and nothing of it leaves the sandbox."""

import json
import os
import re
import signal
import socket
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from stillup.errors import RecordError
from stillup.pipeline.drill.clock import Played
from stillup.pipeline.drill.guard import STOPPED
from stillup.pipeline.drill.library import scripts
from stillup.records.scenario import taken
from stillup.records.settings import Settings
from tests.tools import program, stillup, wait, warm

NOW = "2026-11-20T10:45:00Z"
SECRETS = {
    "STILLUP_SMTP_PASSWORD": "canary-smtp",
    "STILLUP_TWILIO_TOKEN": "canary-twilio",
    "STILLUP_LEDGER_KEY": "canary-ledger-key-of-the-real-page",
    "STILLUP_WEBHOOK_SECRET": "canary-webhook",
}
SCRIPT = """\
title: The queue of payments is full
type: chaos
scenario: Payments wait.
symptom: Payments are booked late
severity: P1
systems: {payments: Payments, queue: Queue}
detected: 5m
acknowledged: 9m
targets: {detection: 5m, resolution: 1h}
updates:
  - after: 10m
    status: investigating
    components: {payments: partial_outage, queue: partial_outage}
    body: Payments are booked up to ten minutes late.
    impact_text: Payments are booked up to ten minutes late.
    scope: Everybody who pays.
    workaround: none_known
    next_update_in: 30m
    faults:
      - {channel: email, failure: kill}
      - {channel: webhook, failure: busy, wait: 90}
      - {channel: discord, failure: refused}
  - after: 1h
    status: resolved
    components: {payments: operational, queue: operational}
    body: Payments are booked at once again.
    summary: The queue of payments was full.
    resolution: We gave it more room.
    data_loss: none
    faults:
      - {channel: slack, failure: lost}
"""


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """Play a drill beside a real page with secrets, a ledger, subscribers, a place, and a mail server on loopback."""
    root = tmp_path_factory.mktemp("page")
    knocks: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as real:
        real.settimeout(0.2)
        over = threading.Event()

        def hear() -> None:
            while not over.is_set():
                try:
                    knocks.append(real.accept())
                except TimeoutError:
                    continue

        listening = threading.Thread(target=hear)
        listening.start()
        port = real.getsockname()[1]
        files = {
            "mkdocs.yml": f"""\
site_name: Advancia Pay Ledger Status
site_url: http://127.0.0.1:{port}/
plugins:
  - stillup:
      organisation: Advancia Pay Ledger
      channels:
        email: {{host: 127.0.0.1, port: {port}, security: none}}
        sms: {{account: AC{"1" * 32}, from: "+12025550199", api: "http://127.0.0.1:{port}"}}
        webhook: {{}}
      intranet: [127.0.0.1]
      ledger: sqlite:.stillup/ledger.sqlite
      deploy: [{{folder: served}}]
""",
            "components/payments.yml": "name: Payments\n",
            "private/subscribers.yml": f"""\
- {{channel: email, address: someone@example.com, confirmed_at: 2026-01-01T00:00:00Z}}
- {{channel: webhook, address: "http://127.0.0.1:{port}/hook", confirmed_at: 2026-01-01T00:00:00Z}}
""",
            "private/drills/chaos-2026-11.yml": """\
# Planned on Monday.
type: chaos
title: The queue of payments is full
date: 2026-11-20
participants: [On-call engineer]
""",
            "private/drills/_scenarios/queue-full.yml": SCRIPT,
        }
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        before = tree(root)
        done = stillup("drill", "run", "queue-full", "--root", root, "--at", NOW, **SECRETS)
        over.set()
        listening.join()
    run = root / "private" / "reports" / "drills" / "chaos-2026-11" / "run.json"
    assert run.is_file(), done.stderr
    return root, done, json.loads(run.read_text()), before, knocks


def tree(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def checks(run):
    return {each["check"]: each for each in run["checks"]}


def test_nothing_of_the_real_page_is_touched_or_asked(played):
    root, _, _, before, knocks = played
    after = tree(root)

    changed = {name for name in after.keys() | before.keys() if after.get(name) != before.get(name)}
    assert knocks == []
    assert changed == {
        "private/drills/chaos-2026-11.yml",
        *(
            f"private/reports/drills/chaos-2026-11/{name}"
            for name in ("drill.html", "drill.md", "drill.json", "run.json")
        ),
    }
    said = b"".join(after[name] for name in changed)
    assert not [secret for secret in SECRETS.values() if secret.encode() in said]


def test_everybody_has_each_update_although_the_publisher_was_killed(played):
    _, done, run, _, _ = played
    found = checks(run)

    assert [each["killed"] for each in run["runs"]][:2] == [True, False]
    assert found["kill"]["met"]
    mails = {(each["who"], each["id"]) for each in run["taken"] if each["channel"] == "email"}
    assert len(mails) == 6 * 2  # three customers, responders, executives, support; two updates
    assert found["repeats"]["met"], "a mail that was repeated has the bytes of the first"
    webhooks = {(each["who"], each["sha256"]) for each in run["taken"] if each["channel"] == "webhook"}
    assert len(webhooks) == 3 * 2
    assert "besides 1 address that is no more" in found["misses"]["said"], done.stdout


def test_a_chat_that_got_a_text_twice_cannot_tell_and_that_is_scored(played):
    _, done, run, _, _ = played

    assert not checks(run)["duplicates"]["met"]
    assert "slack " in checks(run)["duplicates"]["said"]
    assert done.returncode == 1


def test_every_text_that_a_person_reads_says_that_it_is_a_drill(played):
    _, _, run, _, _ = played

    assert checks(run)["marks"]["met"]
    channels = {each["channel"] for each in run["taken"]}
    assert {"email", "sms", "webhook", "slack", "teams", "discord"} <= channels
    for each in run["taken"]:
        assert "DRILL" in each["text"], each["channel"]


def test_the_score_stands_in_the_record_and_in_the_assessment(played):
    root, done, run, _, _ = played
    record = (root / "private" / "drills" / "chaos-2026-11.yml").read_text()
    told = (root / "private" / "reports" / "drills" / "chaos-2026-11" / "drill.md").read_text()

    assert record.startswith("# Planned on Monday.\n")
    assert "participants: [On-call engineer]" in record
    assert re.search(r"evidence: reports/drills/chaos-2026-11/run\.json, SHA-256 [0-9a-f]{64}", record)
    assert "- **Detection time**: 5 min vs 5 min: met" in told
    assert "- **First word**: " in told
    assert "vs 4 h: met" in told
    assert "0 of 1 updates came in the cadence" in told, "an hour passed, and the cadence asks for 30 minutes"
    assert "0 of 1 promises of a next update were kept." in told
    assert not checks(run)["lint"]["met"], "the last word says no sorry"
    assert "MEND" in done.stdout
    assert stillup("check", "--root", root, "--at", NOW).returncode == 0


def test_a_drill_that_was_held_is_never_changed(played):
    root, *_ = played

    again = stillup("drill", "run", "queue-full", "--root", root, "--at", NOW)

    assert again.returncode == 1
    assert "chaos-2026-11.yml was held already. Give this one another name with --id." in again.stderr


@pytest.mark.parametrize(
    "deed",
    [
        "socket.create_connection(('127.0.0.1', 25), 1)",
        "socket.create_connection(('192.0.2.1', 443), 1)",
        "socket.getaddrinfo('hooks.example.com', 443)",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
        "open('../outside', 'w')",
        "os.open('../outside', os.O_WRONLY | os.O_CREAT)",
        "sqlite3.connect('../outside.sqlite')",
        "pathlib.Path('../kept').unlink()",
        "subprocess.run(['rsync', '--version'])",
        "os.system('true')",
        "os.posix_spawn('/bin/true', ['git'], {})",
    ],
)
def test_a_process_that_would_leave_the_sandbox_is_gone_before_it_does(deed, tmp_path):
    inside = tmp_path / "sandbox"
    inside.mkdir()
    (tmp_path / "kept").write_text("kept")

    done = warm().run(["tests.reports.leaver", str(inside), deed], cwd=inside, environment=os.environ, timeout=300)

    assert done.returncode == STOPPED, done.stderr
    assert "The drill was stopped: something in it would have" in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kept", "sandbox"]
    assert (inside / "own").is_file()


def test_what_cannot_be_played_is_told_with_its_place(tmp_path):
    wrong = (
        SCRIPT.replace("after: 1h", "after: 8m")
        .replace("systems: {payments: Payments, queue: Queue}", "systems: {payments: Payments}")
        .replace("failure: busy, wait: 90", "failure: lost, wait: 90")
        .replace("severity: P1", "severity: P3")
        .replace("discord, failure: refused", "email, failure: refused")
    )

    with pytest.raises(RecordError) as caught:
        taken(wrong.encode(), "private/drills/_scenarios/x.yml")

    said = [str(each) for each in caught.value.problems]
    for expected in (
        "x.yml:5:11: severity: Of a P3 nobody is told, so there is nothing to play. Write P0, P1 or P2.",
        "updates[0].components.queue: systems: does not name this component.",
        "updates[0].faults[1].wait: Only a busy receiver asks to wait.",
        "updates[0].faults[2].channel: This channel has a fault in this update already.",
        "updates[1].after: This is told before what stands above it. Write updates in the order of time.",
    ):
        assert any(expected in line for line in said), (expected, said)


def test_the_four_of_the_plan_come_along_and_kill_the_publisher(tmp_path):
    found = dict(scripts(tmp_path, Settings()))
    titles = [each.title for each in found.values()][:4]

    assert titles == list(Settings().plan.drills["coordination"].scenarios)
    for name, script in found.items():
        failures = {fault.failure for update in script.updates for fault in update.faults}
        assert "kill" in failures, name
        assert len(failures) > 1, name


def test_a_tabletop_is_planned_under_the_name_that_the_plan_gives(tmp_path):
    (tmp_path / "private").mkdir()
    done = stillup("drill", "plan", "security-breach", "--root", tmp_path, "--at", "2026-12-03T09:00:00Z")
    again = stillup("drill", "plan", "security-breach", "--root", tmp_path, "--at", "2026-12-03T09:00:00Z")

    record = tmp_path / "private" / "drills" / "tabletop-2026-12.yml"
    assert done.stdout.strip() == str(record)
    assert "From which minute on do the 72 hours of the authority run?" in record.read_text()
    assert again.returncode == 1


def test_played_time_passes_only_while_all_wait():
    begin = datetime(2026, 11, 20, tzinfo=UTC)
    clock = Played(begin)
    woke: list[tuple[str, datetime]] = []

    def wait(name: str, *lengths: float) -> None:
        for length in lengths:
            clock.sleep(length)
        woke.append((name, clock.now()))

    threads = [threading.Thread(target=wait, args=each) for each in (("short", 60), ("long", 3600), ("twice", 40, 40))]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    # A thread that begins late on a busy machine finds it later already; it never wakes early.
    lengths = {name: instant - begin for name, instant in woke}
    assert lengths["short"] >= timedelta(seconds=60)
    assert lengths["twice"] >= timedelta(seconds=80)
    assert lengths["long"] >= timedelta(seconds=3600)


SHORT = """\
title: The queue of payments is full
scenario: Payments wait.
symptom: Payments are booked late
severity: P2
systems: {payments: Payments}
detected: 5m
acknowledged: 9m
updates:
  - after: 10m
    status: resolved
    components: {payments: operational}
    body: Payments were booked late.
    summary: The queue of payments was full.
    resolution: We gave it more room.
    data_loss: none
"""


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)]
)
def test_a_drill_that_is_ended_in_the_middle_leaves_nothing_behind_and_reaches_nobody(number, status, tmp_path):
    root, kept = tmp_path / "page", tmp_path / "kept"
    kept.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as real:
        real.setblocking(False)
        mail = f"email: {{host: 127.0.0.1, port: {real.getsockname()[1]}, security: none}}"
        files = {
            "mkdocs.yml": f"site_name: Status\nplugins:\n  - stillup:\n      organisation: Advancia Pay Ledger\n"
            f"      channels: {{{mail}}}\n      ledger: sqlite:.stillup/ledger.sqlite\n",
            "components/payments.yml": "name: Payments\n",
            "private/subscribers.yml": (
                "- {channel: email, address: someone@example.com, confirmed_at: 2026-01-01T00:00:00Z}\n"
            ),
            "private/drills/_scenarios/short.yml": SHORT,
        }
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        before = tree(root)
        with subprocess.Popen(
            [str(program("stillup")), "drill", "run", "short", "--root", str(root), "--at", NOW],
            env=os.environ | SECRETS | {"TMPDIR": str(kept)},
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as run:
            assert run.stderr
            assert "resolved" in run.stderr.readline()
            children = Path(f"/proc/{run.pid}/task/{run.pid}/children")
            begun: list[str] = []
            wait(lambda: begun.extend(children.read_text().split()) or begun, "no process of the drill began")
            run.send_signal(number)
            said = run.stderr.read()

        assert (run.returncode, "Traceback" in said) == (status, False)
        wait(lambda: not Path(f"/proc/{begun[0]}").exists(), "a process of the drill outlived it")
        assert tree(root) == before
        assert bool(list(kept.iterdir())) == (number == signal.SIGKILL)
        if number == signal.SIGKILL:
            strange = {kept / "stillup-drill-of-somebody", kept / "stillup-drill-elsewhere"}
            for each in strange:
                each.mkdir()
            (kept / "stillup-drill-elsewhere" / "owner").write_text(f"another-host:{run.pid}:1")
            done = stillup("drill", "run", "short", "--root", root, "--at", NOW, "--json", TMPDIR=str(kept), **SECRETS)
            run = json.loads(done.stdout)
            assert run["taken"], done.stderr
            assert checks(run)["misses"]["met"], "executives are not told of a P2"
            assert set(kept.iterdir()) == strange
        with pytest.raises(BlockingIOError):
            real.accept()
