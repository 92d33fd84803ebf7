"""`stillup serve` as it takes in alerts: a page of its own, a process of its own, and what a sender would do."""

import hashlib
import hmac
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from tests.tools import CLIENT, PATIENCE, free_port, program, wait, warm
from tests.warm import Running

SECRET = "s" * 40
PAGE = """
site_name: Advancia Pay Ledger Status
site_url: https://status.example.com/
theme: {name: material, font: false}
plugins:
  - search
  - stillup:
      organisation: Advancia Pay Ledger
      channels: {email: {via: outbox}}
      intake:
        rules:
          - match: {alertname: PaymentsFailing}
            component: payments
            impact: {critical: partial_outage}
            severity: {critical: P2}
            publish: auto
          - match: {alertname: MailsLate}
            component: mails
            impact: {critical: degraded_performance}
            publish: component_only
"""


def page(root: Path) -> Path:
    """Lay out a page with two components and rules for them."""
    for name in ("components", "incidents", "docs"):
        (root / name).mkdir(parents=True)
    (root / "mkdocs.yml").write_text(PAGE)
    (root / ".gitignore").write_text("private/\n.stillup/\nsite/\nserve.log\n")
    (root / "docs" / "about.md").write_text("# About\n")
    for name in ("payments", "mails"):
        (root / "components" / f"{name}.yml").write_text(f"name: {name.title()}\n")
    return root


@dataclass
class Receiver:
    """A running application."""

    root: Path
    url: str
    process: Running

    def post(self, source: str, body: bytes, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return CLIENT.post(f"{self.url}intake/{source}", content=body, headers=named)

    def alert(self, *alerts: dict[str, object]) -> httpx.Response:
        """Post as Alertmanager does."""
        body = json.dumps({"version": "4", "status": "firing", "alerts": list(alerts)}).encode()
        return self.post("alertmanager", body, authorization=f"Bearer {SECRET}")

    def inbox(self) -> list[Path]:
        return sorted((self.root / "private" / "inbox").glob("*.json"))

    def incidents(self) -> list[Path]:
        return sorted((self.root / "incidents").rglob("*-payments-*.yml"))


def firing(minutes: int = 5, name: str = "PaymentsFailing", **labels: str) -> dict[str, object]:
    """Return an alert that fires since some minutes ago."""
    started = (datetime.now(UTC) - timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")
    labels = {"alertname": name, "severity": "critical", **labels}
    return {"status": "firing", "labels": labels, "startsAt": started, "endsAt": "0001-01-01T00:00:00Z"}


def signed(body: bytes) -> str:
    return hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()


@contextmanager
def receiving(root: Path, *words: str, port: int = 0, people: bool = True) -> Iterator[Receiver]:
    """Run `stillup serve` for the page at `root`; without `people` there is no key for their links."""
    port = port or free_port()
    environment = {**os.environ, **({"STILLUP_TOKEN_KEY": "k" * 40} if people else {})}
    environment |= {f"STILLUP_INTAKE_{name}_SECRET": SECRET for name in ("ALERTMANAGER", "GRAFANA", "PAGERDUTY")}
    with (root / "serve.log").open("ab") as log:
        command = [str(program("stillup")), "serve", "--root", str(root), "--port", str(port), *words]
        nothing = os.open(os.devnull, os.O_RDONLY)
        files = [nothing, log.fileno(), log.fileno()]
        process = warm().start(command, cwd=None, environment=environment, files=files)
        os.close(nothing)
    receiver = Receiver(root, f"http://127.0.0.1:{port}/", process)

    def answers() -> bool:
        assert process.poll() is None, (root / "serve.log").read_text()
        try:
            return CLIENT.get(f"{receiver.url}healthz").status_code in (200, 503)
        except httpx.TransportError:
            return False

    try:
        wait(answers, "the application never answered")
        yield receiver
    finally:
        process.terminate()
        process.wait(PATIENCE)
