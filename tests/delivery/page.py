"""A small page in git with subscribers, sent for real."""

import subprocess
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from stillup.pipeline.sending.deliver import Delivered, deliver
from stillup.pipeline.sending.ledger import begin
from tests.delivery.world import AT, QUICK, Hands

KEY = "a key for tests that nobody else has"
SETTINGS = """\
site_name: Advancia Pay Ledger Status
site_url: https://status.example.com/
plugins:
  - search
  - stillup:
      organisation: Advancia Pay Ledger
      channels: {channels}
      ledger: {ledger}
      subscribe: {{email: https://subscribe.example.com/}}
"""
INCIDENT = """\
title: The API answers slowly
severity: {severity}
updates:
"""
UPDATE = """\
  - at: {at:%Y-%m-%dT%H:%M:%SZ}
    status: {status}
    components: {{api: {state}}}
    body: {body}
"""


def git(root: Path, *words: str) -> str:
    who = ["-c", "user.name=the on-call engineer", "-c", "user.email=oncall@example.com"]
    done = subprocess.run(["git", "-C", str(root), *who, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@dataclass
class Page:
    """The repository, and how it is sent from."""

    root: Path
    channels: str = "{email: {via: outbox}}"
    ledger: str = "sqlite:.stillup/ledger.sqlite"
    environment: dict[str, str] = field(default_factory=lambda: {"STILLUP_LEDGER_KEY": KEY})

    def make(self) -> "Page":
        self.write("mkdocs.yml", SETTINGS.format(channels=self.channels, ledger=self.ledger))
        self.write("components/api.yml", "name: API\n")
        self.write("components/web.yml", "name: Web\n")
        self.write(".gitignore", "/private/\n/.stillup/\n/outbox/\n/site/\n")
        self.people("a", "b", "c")
        git(self.root, "init", "--quiet", "--initial-branch=main")
        return self.commit()

    def write(self, name: str, text: str) -> None:
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(text)

    def people(self, *names: str, channel: str = "email", **more: str) -> None:
        """Have `names` at example.com on the list, each as `more` says."""
        fields = "".join(f", {key}: {value}" for key, value in more.items())
        self.write(
            "private/subscribers.yml",
            "".join(
                f"- {{channel: {channel}, address: {name}@example.com, confirmed_at: 2026-01-01T00:00:00Z{fields}}}\n"
                for name in names
            ),
        )

    def incident(self, *updates: tuple[datetime, str, str, str], id: str = "slow", severity: str = "P1") -> None:
        """Write an incident with updates of (at, status, state of the API, text), and commit it."""
        text = "".join(UPDATE.format(at=at, status=s, state=state, body=body) for at, s, state, body in updates)
        self.write(f"incidents/{id}.yml", INCIDENT.format(severity=severity) + text)
        self.commit()

    def commit(self) -> "Page":
        git(self.root, "add", "--all")
        git(self.root, "commit", "--quiet", "--allow-empty", "--message", "Tell what is so")
        return self

    def begin(self, at: datetime = AT, **more: bool):
        return begin(self.root, at=at, live=True, environment=self.environment, **more)

    def deliver(
        self, at: datetime = AT, *, dry_run: bool = False, live: bool = True, keep_last_good: bool = False
    ) -> Delivered:
        return deliver(
            self.root,
            at=at,
            live=live,
            clock=Hands(at),
            environment=self.environment,
            dry_run=dry_run,
            keep_last_good=keep_last_good,
            effort=QUICK,
        )

    def outbox(self) -> list[str]:
        """Every mail that was sent, as text, by the order of names."""
        return [path.read_text() for path in sorted((self.root / "outbox" / "sent").rglob("*.eml"))]
