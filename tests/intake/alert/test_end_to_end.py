"""A metric goes bad, Debian's Prometheus and Alertmanager say so, the page and the mails follow; recovery closes it."""

import json
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.intake.alert import receiver
from tests.tools import CLIENT, PATIENCE, Server, free_port, need, program, stillup, wait

PROMETHEUS = """
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
scrape_configs: [{{job_name: payments, static_configs: [{{targets: ["127.0.0.1:{metrics}"]}}]}}]
alerting: {{alertmanagers: [{{static_configs: [{{targets: ["127.0.0.1:{alertmanager}"]}}]}}]}}
rule_files: [rules.yml]
"""
RULES = """
groups:
  - name: payments
    rules:
      - alert: PaymentsFailing
        expr: payments_failing_ratio > 0.01
        labels: {severity: critical}
        annotations: {summary: "db-3.internal refuses connections"}
"""
ALERTMANAGER = """
route: {{receiver: stillup, group_wait: 1s, group_interval: 1s, repeat_interval: 1h}}
receivers: [{{name: stillup, webhook_configs: [{{url: "http://127.0.0.1:{receiver}/alerts"}}]}}]
"""
PAGE = """
site_name: Advancia Pay Ledger Status
site_url: https://status.example.com/
theme: {name: material, font: false}
plugins:
  - search
  - stillup:
      organisation: Advancia Pay Ledger
      intake:
        rules:
          - match: {alertname: PaymentsFailing}
            component: payments
            impact: {critical: partial_outage}
            severity: {critical: P2}
            publish: auto
"""


class Machine(BaseHTTPRequestHandler):
    """The service that is watched, and the receiver of what is said about it."""

    ratio = 0.0
    received: list[bytes] = []

    def do_GET(self) -> None:
        self._answer(f"payments_failing_ratio {self.ratio}\n".encode())

    def do_POST(self) -> None:
        self.received.append(self.rfile.read(int(self.headers["content-length"])))
        self._answer(b"")

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/plain; version=0.0.4")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def running(*words: str, cwd: Path) -> Iterator[None]:
    process = subprocess.Popen(words, cwd=cwd, stdout=subprocess.DEVNULL, stderr=(cwd / "log").open("wb"))
    try:
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE)


@pytest.fixture
def monitored(tmp_path) -> Iterator[tuple[Path, str]]:
    """Yield the root of a page and the address of an Alertmanager, with everything around them running."""
    need("prometheus", "prometheus-alertmanager")
    ports = {name: free_port() for name in ("metrics", "alertmanager", "prometheus")}
    Machine.ratio, Machine.received = 0.0, []
    root, programs = tmp_path / "page", tmp_path / "programs"
    for folder in (root / "components", root / "incidents", root / "docs", programs):
        folder.mkdir(parents=True)
    (root / "mkdocs.yml").write_text(PAGE)
    (root / "components" / "payments.yml").write_text("name: Payments\n")
    (programs / "prometheus.yml").write_text(PROMETHEUS.format(**ports))
    (programs / "rules.yml").write_text(RULES)
    (programs / "alertmanager.yml").write_text(ALERTMANAGER.format(receiver=ports["metrics"]))
    with Server(("127.0.0.1", ports["metrics"]), Machine) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        alertmanager = (
            str(program("prometheus-alertmanager")),
            f"--web.listen-address=127.0.0.1:{ports['alertmanager']}",
            "--cluster.listen-address=",
            "--config.file=alertmanager.yml",
            "--storage.path=alerts",
        )
        prometheus = (
            str(program("prometheus")),
            f"--web.listen-address=127.0.0.1:{ports['prometheus']}",
            "--config.file=prometheus.yml",
            "--storage.tsdb.path=metrics",
        )
        with running(*alertmanager, cwd=programs), running(*prometheus, cwd=programs):
            yield root, f"http://127.0.0.1:{ports['alertmanager']}"
        server.shutdown()


def take_in(root: Path, body: bytes, at: datetime) -> None:
    file = root.parent / "notification.json"
    file.write_bytes(body)
    done = stillup("intake", "alertmanager", file, "--root", root, "--at", at.isoformat())
    assert done.returncode == 0, done.stderr


def home(root: Path, at: datetime) -> str:
    done = stillup("publish", "--root", root, "--at", at.isoformat())
    assert done.returncode == 0, done.stderr
    return (root / "site" / "index.html").read_text()


def test_from_the_metric_to_the_page_and_back(monitored):
    root, alertmanager = monitored
    Machine.ratio = 0.4
    wait(lambda: Machine.received, "Alertmanager never called")
    started = datetime.fromisoformat(json.loads(Machine.received[0])["alerts"][0]["startsAt"][:19] + "+00:00")

    take_in(root, Machine.received[0], started + timedelta(minutes=3))
    page = home(root, started + timedelta(minutes=3))
    assert "Problems with Payments" in page and "Partial outage" in page
    mails = [path for path in (root / "outbox").rglob("*") if path.is_file()]
    assert [b"Problems with Payments" in path.read_bytes() for path in mails if path.name == "customers.eml"] == [True]
    everything = b"".join(path.read_bytes() for path in [*(root / "site").rglob("*"), *mails] if path.is_file())
    assert b"db-3.internal" not in everything

    calls = len(Machine.received)
    Machine.ratio = 0.0
    wait(lambda: any(b'"status":"resolved"' in body for body in Machine.received[calls:]), "never resolved")
    ended = datetime.now(UTC).replace(microsecond=0)
    resolved = next(body for body in Machine.received[calls:] if b'"status":"resolved"' in body)
    take_in(root, resolved, ended + timedelta(minutes=25))
    assert "Problems with Payments" not in home(root, ended + timedelta(minutes=25)).partition("<h2")[0]
    (story,) = (root / "site" / "incidents").glob("*-payments-*")
    assert "works normally again" in (story / "index.html").read_text()


def test_asking_alertmanager_finds_what_fires_and_what_was_lost(monitored):
    root, alertmanager = monitored
    Machine.ratio = 0.4
    wait(lambda: Machine.received, "Alertmanager never called")
    now = datetime.now(UTC).replace(microsecond=0)

    def ask(at: datetime) -> dict[str, Any]:
        done = stillup(
            "intake", "alertmanager", "--pull", alertmanager, "--root", root, "--at", at.isoformat(), "--json"
        )
        assert done.returncode == 0, done.stderr
        return dict(json.loads(done.stdout))

    assert len(ask(now + timedelta(minutes=4))["written"]) == 1

    calls = len(Machine.received)
    Machine.ratio = 0.0
    wait(lambda: any(b'"status":"resolved"' in body for body in Machine.received[calls:]), "never resolved")
    assert ask(now + timedelta(minutes=5))["new"] == 1
    record, *updates = ask(now + timedelta(minutes=30))["written"]
    assert len(updates) == 2
    assert "ended_at: " in (root / record).read_text(), "the record says when the last alert ended"


def test_an_alertmanager_that_is_down_is_never_taken_for_calm(tmp_path):
    (tmp_path / "components").mkdir()
    done = stillup("intake", "alertmanager", "--pull", f"http://127.0.0.1:{free_port()}", "--root", tmp_path)

    assert done.returncode == 1
    assert "Nothing was changed." in done.stderr


SIGNING = """
route: {{receiver: stillup, group_wait: 1s, group_interval: 1s, repeat_interval: 1h}}
receivers:
  - name: stillup
    webhook_configs:
      - url: "{url}intake/alertmanager"
        http_config: {{authorization: {{type: Bearer, credentials: {secret}}}}}
"""


EVENTS = """
route: {{receiver: stillup, group_wait: 1s, group_interval: 1s, repeat_interval: 1h}}
receivers:
  - name: stillup
    pagerduty_configs:
      - url: "{url}intake/pagerduty/v2/enqueue"
        routing_key: {secret}
        severity: critical
        details: {{alertname: PaymentsFailing}}
"""


@contextmanager
def alertmanager(folder: Path, url: str, settings: str = SIGNING) -> Iterator[str]:
    """Run an Alertmanager that posts to the application at `url`; yield its own address."""
    need("prometheus-alertmanager")
    folder.mkdir()
    (folder / "alertmanager.yml").write_text(settings.format(url=url, secret=receiver.SECRET))
    port = free_port()
    words = (f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address=", "--config.file=alertmanager.yml")
    with running(str(program("prometheus-alertmanager")), *words, "--storage.path=alerts", cwd=folder):
        yield f"http://127.0.0.1:{port}"


def tell(alertmanager: str, alert: dict[str, object]) -> None:
    """Say what Prometheus would say."""

    def taken() -> bool:
        try:
            return CLIENT.post(f"{alertmanager}/api/v2/alerts", json=[alert]).status_code == 200
        except httpx.TransportError:
            return False

    receiver.wait(taken, "Alertmanager does not listen")


def test_two_alertmanagers_post_straight_into_the_application_and_make_one_incident(tmp_path):
    root = receiver.page(tmp_path / "page")
    alert = {key: value for key, value in receiver.firing().items() if key not in ("status", "endsAt")}
    with (
        receiver.receiving(root) as taking,
        alertmanager(tmp_path / "one", taking.url) as one,
        alertmanager(tmp_path / "other", taking.url) as other,
    ):
        for each in (one, other):
            tell(each, alert)
        receiver.wait(taking.incidents, "no incident was written")
        receiver.wait(lambda: (root / "private" / "inbox").is_dir() and len(taking.inbox()) == 1, "kept once")

        ended = datetime.now(UTC) - timedelta(minutes=1)
        for each in (one, other):
            tell(each, alert | {"endsAt": ended.strftime("%Y-%m-%dT%H:%M:%SZ")})
        receiver.wait(lambda: any("resolved" in path.name for path in taking.inbox()), "the end never arrived")
        assert len(taking.incidents()) == 1

    assert home(root, datetime.now(UTC).replace(microsecond=0)).count("Problems with Payments") > 0


def test_what_is_sent_while_the_application_is_down_arrives_when_it_is_back(tmp_path):
    root = receiver.page(tmp_path / "page")
    port = free_port()
    alert = {key: value for key, value in receiver.firing().items() if key not in ("status", "endsAt")}
    with alertmanager(tmp_path / "one", f"http://127.0.0.1:{port}/") as one:
        tell(one, alert)
        time.sleep(2)
        with receiver.receiving(root, port=port) as taking:
            receiver.wait(taking.incidents, "no incident was written")


def test_a_sender_that_speaks_only_to_pagerduty_speaks_to_us(tmp_path):
    root = receiver.page(tmp_path / "page")
    alert = {key: value for key, value in receiver.firing().items() if key not in ("status", "endsAt")}
    with receiver.receiving(root) as taking, alertmanager(tmp_path / "one", taking.url, EVENTS) as one:
        tell(one, alert)
        receiver.wait(lambda: (root / "private" / "inbox").is_dir() and taking.inbox(), "nothing was kept")
        tell(one, alert | {"endsAt": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")})
        receiver.wait(lambda: any("resolved" in path.name for path in taking.inbox()), "the end never arrived")

        (began,) = [json.loads(path.read_text()) for path in taking.inbox() if "firing" in path.name]
        assert (began["source"], began["labels"]["alertname"]) == ("pagerduty", "PaymentsFailing")
    assert "ERROR" not in (root / "serve.log").read_text()
