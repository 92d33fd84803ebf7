"""A story from its first word to its last, as everybody hears it who subscribed: real servers on every channel.

The example's page with its private records, published to a folder, a branch and another machine.
"""

import email
import email.policy
import json
import os
import shutil
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from stillup.pipeline.publishing.release import publish
from stillup.pipeline.sending.deliver import Delivered, deliver
from stillup.pipeline.sending.ledger import begin
from tests.channels.test_smtp import Post
from tests.channels.test_smtp import serving as mailing
from tests.delivery.world import Hands
from tests.tools import ROOT, Server, need, serving

SECRETS = {
    "STILLUP_LEDGER_KEY": "canary-of-the-ledger-key",
    "STILLUP_TWILIO_TOKEN": "canary-of-twilio",
    "STILLUP_WEBHOOK_SECRET": "whsec_" + "Y2FuYXJ5" * 4,
}
AUDIENCES = "customers enterprise support responders executives board investors partners media".split()
CONFIRMED = "confirmed_at: 2026-01-01T00:00:00Z"
MORE = {
    "spanish": "language: es, timezone: Europe/Madrid",
    "kolkata": "language: fr, timezone: Asia/Kolkata",
    "first-last": "follow: open_close",
    "daily": "follow: digest",
    "daily-critical": "follow: digest, impact: critical, kinds: [incident]",
    "one": "incident: exports",
    "exports": "components: [exports]",
    "works": "kinds: [maintenance]",
    "critical": "impact: critical, kinds: [incident]",
    "gone": "audience: customers",
}
OPENED = {"customers", "enterprise", "support", "responders", "executives", "partners"}
FOLLOWERS = {"spanish", "kolkata", "exports", "one", "twice"}
HOOKS = {"webhook", "slack", "teams", "discord", "slack-responders"}
CUSTOMERS = {"customers", "enterprise", "support", "responders", "partners"}
PLANNED = {*CUSTOMERS, "spanish", "kolkata", "works", *HOOKS, "sms-all"}
INCIDENT = """\
title: Exports fail
reference: INC-2026-11-20-002
severity: P1
updates:
  - at: 2026-11-20T10:50:00Z
    status: investigating
    components: {exports: partial_outage, dashboard: degraded_performance}
    body: Exports of reports fail for some customers.
    next_update_in: 30m
    translations: {es: {body: Las exportaciones fallan para algunos clientes.}}
"""
WELL = "components: {exports: operational, dashboard: operational}"
POSTMORTEM = "postmortem:\n  at: 2026-11-20T13:00:00Z\n  body: A disk was full.\n"
BREACH = """\
commander: Security lead
personal_data:
  confirmed_at: 2026-11-20T18:30:00Z
  categories: [E-mail addresses]
  people: Customers who exported reports
  subjects: 220
  consequences: Unwanted mail.
  measures: The files are closed.
"""


class Hook(BaseHTTPRequestHandler):
    """Answers as Twilio, Slack, Teams, Discord and a webhook's owner do."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        got: list[tuple[str, bytes]] = self.server.got  # type: ignore[attr-defined]
        first = self.path.split("?")[0].strip("/").split("/")[0]
        got.append((first, body))
        answers = {"2010-04-01": (201, b'{"sid": "SM1"}'), "teams": (202, b""), "discord": (200, b'{"id": "1"}')}
        status, said = answers.get(first, (200, b"ok"))
        self.send_response(status)
        self.send_header("content-length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@dataclass
class Story:
    """The page, and what its receivers have got so far."""

    root: Path
    post: Post
    hooks: list[tuple[str, bytes]]
    environment: dict[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    """Every text that somebody read."""

    def write(self, path: str, text: str, *, more: bool = False) -> None:
        target = self.root / path
        target.write_text((target.read_text() if more else "") + text)

    def update(self, at: str, status: str, body: str, *lines: str, id: str = "exports") -> None:
        """Add an update to a record."""
        text = f"  - at: 2026-11-{at}:00Z\n    status: {status}\n    body: {body}\n"
        self.write(f"incidents/{id}.yml", text + "".join(f"    {line}\n" for line in lines), more=True)

    def commit(self) -> None:
        git(self.root, "add", "--all")
        git(self.root, "commit", "--quiet", "--allow-empty", "--message", "Tell what is so")

    def tell(self, at: str, *, whole: bool = False) -> dict[str, str]:
        """Deliver, or with `whole` publish, as of a time in November 2026; return who got which subject.

        Everybody is accounted for, and nobody gets two messages of one event.
        """
        self.commit()
        now = datetime.fromisoformat(f"2026-11-{at}:00+00:00").astimezone(UTC)
        mails, hooks = len(self.post.taken), len(self.hooks)
        done: Delivered | None
        if whole:
            published = publish(
                self.root, at=now, live=True, clock=Hands(now), environment=self.environment, patience=4
            )
            assert published.deployed is not None
            assert published.deployed.whole
            assert published.live is not None
            assert published.live.seen
            done = published.delivered
        else:
            done = deliver(self.root, at=now, live=True, clock=Hands(now), environment=self.environment)
        assert done is not None
        for each in done.channels:
            assert each.planned == each.accepted + sum(map(Counter.total, (each.failed, each.unknown, each.suppressed)))
        got: list[tuple[str, str]] = []
        for _, (to,), raw in self.post.taken[mails:]:
            mail = email.message_from_bytes(raw, policy=email.policy.default)
            got.append((to.partition("@")[0].lower(), str(mail["subject"])))
            parts = [str(part.get_content()) for part in mail.walk() if not part.is_multipart()]
            self.said += [str(mail["subject"]), *parts]
        for name, body in self.hooks[hooks:]:
            if name == "2010-04-01":
                form = parse_qs(body.decode())
                got.append((f"sms-{'all' if form['To'] == ['+15550100002'] else 'default'}", form["Body"][0]))
                self.said += form["Body"]
            else:
                got.append((name, ""))
                self.said += texts(json.loads(body))
        assert [pair for pair, count in Counter(got).items() if count > 1 and pair[1]] == []
        accepted = sum(each.accepted for each in done.channels)
        assert accepted == len(got)
        self.failed = [reason for each in done.channels for reason in each.failed]
        return dict(got)


def texts(found: object) -> list[str]:
    if isinstance(found, dict):
        return [text for value in found.values() for text in texts(value)]
    if isinstance(found, list):
        return [text for value in found for text in texts(value)]
    return [found] if isinstance(found, str) else []


def git(folder: Path, *words: object) -> None:
    who = ["-c", "user.name=The on-call engineer", "-c", "user.email=oncall@example.com"]
    done = subprocess.run(["git", *who, *map(str, words)], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def people(hooks: int) -> str:
    """Return the list: everybody who can be told anything, on every channel."""
    url = f"http://127.0.0.1:{hooks}"
    lines = [f"channel: email, address: {name}@example.com, audience: {name}" for name in AUDIENCES]
    lines += [f"channel: email, address: {name}@example.com, {wish}" for name, wish in MORE.items()]
    lines += [
        "channel: email, address: twice@example.com, components: [exports]",
        "channel: email, address: Twice@example.com, components: [dashboard]",
        'channel: sms, address: "+15550100001"',
        'channel: sms, address: "+15550100002", follow: all, impact: minor, kinds: [incident, maintenance]',
        *(f"channel: {name}, address: '{url}/{name}/a'" for name in ("webhook", "slack", "teams", "discord")),
        f"channel: slack, address: '{url}/slack-responders/a', audience: responders",
    ]
    confirmed = "".join(f"- {{{line}, {CONFIRMED}}}\n" for line in lines)
    return f"{confirmed}- {{channel: email, address: unconfirmed@example.com}}\n"


@contextmanager
def telling(folder: Path, ledger: str) -> Iterator[Story]:
    root = folder / "page"
    for name in ("components", "docs", "messages", "site_overrides"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copytree(ROOT / "tests/example_private", root / "private")
    (root / "incidents").mkdir()
    outage = "2026-11-20-sign-in-and-payments-failing.yml"
    updates, _, translations = (ROOT / "incidents/2026" / outage).read_text().partition("\ntranslations:\n")
    (root / "incidents" / outage).write_text(f"translations:\n{translations}\n{updates}")  # updates go to the end
    shutil.rmtree(root / "private/incidents")
    (root / "private/incidents").mkdir()
    shutil.copy(ROOT / "tests/example_private/incidents" / outage, root / "private/incidents")
    (folder / "far").mkdir()
    (root / ".gitignore").write_text("/private/\n/.stillup/\n/outbox/\n/site/\n")
    post = Post(RCPT={"gone@example.com": "550 5.1.1 no such mailbox"})
    web = Server(("127.0.0.1", 0), Hook)
    web.got = []  # type: ignore[attr-defined]
    threading.Thread(target=web.serve_forever, daemon=True).start()
    with mailing(post) as port, serving(folder) as url:
        sender = '"Advancia status <status@example.com>"'
        settings = (ROOT / "mkdocs.yml").read_text().replace("https://status.example.com/", f"{url}www/")
        settings += f"""\
      intranet: [127.0.0.1]
      channels:
        email: {{host: 127.0.0.1, port: {port}, security: none, rate: 1000, from: {sender}}}
        sms: {{account: AC{"0" * 32}, from: "+15550100000", api: "http://127.0.0.1:{web.server_port}", rate: 1000}}
        webhook: {{rate: 1000}}
        slack: {{rate: 1000}}
        teams: {{rate: 1000}}
        discord: {{rate: 1000}}
      ledger: {ledger}
      deploy: [{{folder: {folder}/www}}, {{git: {folder}/pages.git}}, {{rsync: {folder}/far}}]
"""
        (root / "mkdocs.yml").write_text(settings)
        (root / "private/subscribers.yml").write_text(people(web.server_port))
        git(folder, "init", "--quiet", "--bare", "pages.git")
        git(folder, "init", "--quiet", "--bare", "origin.git")
        git(root, "init", "--quiet", "--initial-branch=main")
        git(root, "remote", "add", "origin", folder / "origin.git")
        plain = {name: value for name, value in os.environ.items() if not name.startswith("STILLUP_")}
        story = Story(root, post, web.got, plain | SECRETS)  # type: ignore[attr-defined]
        story.commit()
        begin(root, at=datetime(2026, 11, 20, 10, 45, tzinfo=UTC), live=True, environment=story.environment)
        yield story
    web.shutdown()
    web.server_close()


@pytest.fixture
def story(tmp_path) -> Iterator[Story]:
    need("rsync")
    with telling(tmp_path, "sqlite:.stillup/ledger.sqlite") as made:
        yield made


def test_a_story_reaches_everybody_it_is_for_in_words_of_their_own(story):
    assert story.tell("20T10:46", whole=True) == {}, "what was published before the ledger began"

    story.write("incidents/exports.yml", INCIDENT)
    opened = story.tell("20T10:51", whole=True)
    assert opened.keys() == OPENED | FOLLOWERS | HOOKS | {"first-last", "sms-all"}
    assert opened["customers"] == "[Service Status] Investigating Issues with Exports and Web dashboard"
    assert opened["spanish"].startswith("[Estado del servicio] Investigamos")
    assert opened["kolkata"].startswith("[État du service] Analyse de problèmes")
    assert opened["responders"].startswith("🚨 INCIDENT ALERT")
    assert opened["executives"].startswith("[Incident] Executive Summary")
    assert opened["support"].startswith("[Support] Answer Ready: Acknowledgement")
    assert story.failed == ["refused: SMTP 550 5.1.1."]
    assert any("Las exportaciones fallan para algunos clientes." in text for text in story.said)
    assert any("16:20 IST (10:50 UTC)" in text for text in story.said)
    assert story.tell("20T10:52") == {}
    heard = opened.keys() - {"first-last"}

    story.update("20T11:10", "identified", "A full queue makes exports fail.", "progress: It is being emptied.")
    assert story.tell("20T11:11").keys() == heard
    assert story.failed == [], "the mailbox that is gone is off the list"
    correction = "    edited_at: 2026-11-20T11:15:00Z\n    correction: Its disk is.\n"
    story.write("incidents/exports.yml", correction, more=True)
    assert story.tell("20T11:16").keys() == heard
    story.update("20T11:20", "monitoring", "Exports work again.")
    assert story.tell("20T11:21").keys() == heard
    withdrawn = "    withdrawn: {at: 2026-11-20T11:25:00Z, reason: Exports do not work yet.}\n"
    story.write("incidents/exports.yml", withdrawn, more=True)
    assert story.tell("20T11:26").keys() == heard

    story.update("20T11:40", "resolved", "Exports work again.", WELL)
    resolved = story.tell("20T11:41", whole=True)
    assert resolved.keys() == opened.keys()
    assert resolved["responders"].startswith("✅ INCIDENT RESOLVED")
    story.update("20T12:10", "investigating", "Exports fail again.", "components: {exports: partial_outage}")
    assert story.tell("20T12:11")["customers"] == "[Service Status] Issues with Exports Are Back"
    story.update("20T12:30", "resolved", "Exports work for good.", "components: {exports: operational}")
    again = story.tell("20T12:31")
    assert again.keys() == opened.keys()
    assert again["customers"] == "[Service Status] Issues with Exports Resolved", "of this part of the story alone"
    assert any("20 min, from 12:10 to 12:30 UTC" in text for text in story.said)
    story.write("incidents/exports.yml", POSTMORTEM, more=True)
    assert story.tell("20T13:01").keys() == heard

    worst = "2026-11-20-sign-in-and-payments-failing"
    assert story.tell("20T14:10").keys() == {"executives", "board", "investors"}, "four hours are a long outage"
    states = [line.split(":")[0].strip() for line in (story.root / f"incidents/{worst}.yml").read_text().splitlines()
              if line.endswith(("_outage", "degraded_performance"))]  # fmt: skip
    well = "components: {" + ", ".join(f"{name}: operational" for name in states) + "}"
    story.update("20T14:20", "resolved", "Everything works.", well, id=worst)
    over = story.tell("20T14:21")
    assert over.keys() == {*AUDIENCES, "spanish", "kolkata", "first-last", "critical", *HOOKS, "sms-all", "sms-default",
                           "exports", "one", "twice"} - {"exports", "one"}  # fmt: skip
    assert over["media"] == "Advancia Pay Ledger: Statement on the Outage That Is Over"

    story.write("private/incidents/exports.yml", BREACH)
    assert story.tell("20T19:01") == {}
    story.write("private/incidents/exports.yml", "legal_approved: {at: 2026-11-20T19:10:00Z, by: Legal}\n", more=True)
    notice = story.tell("20T19:11")
    assert notice.keys() == {*AUDIENCES} | FOLLOWERS | HOOKS | {"sms-all"}
    assert notice["customers"] == "[Service Status] Notice about your data at Advancia Pay Ledger"
    assert any("What You Can Do: Change your password" in text for text in story.said)
    assert any(text.startswith("For your information: this is what the people are told") for text in story.said)
    assert story.tell("20T19:12") == {}

    before = len(story.said)
    digest = story.tell("21T00:05")
    assert digest.keys() == {"daily", "daily-critical"}
    assert any("Correction: Its disk is." in text for text in story.said[before:])
    sums = [text for text in story.said[before:] if "- Fri 20 Nov 2026" in text]
    assert sorted("Exports fail" in text for text in sums) == [False, True], "one of the two wants only the worst"

    assert [text for text in story.said if "{" in text and "@media" not in text] == [], "no phrase has a gap"
    assert [text for text in story.said if "canary" in text or "Y2FuYXJ5" in text] == []


def test_a_maintenance_is_told_to_those_who_want_it_and_its_changes_to_those_who_heard(story):
    assert story.tell("20T14:10").keys() == {"executives", "board", "investors"}, "of the outage that goes on"
    story.write(
        "incidents/disks.yml",
        "title: New disks for the ledger database\nkind: maintenance\n"
        "scheduled: {start: 2026-11-22T10:00:00Z, end: 2026-11-22T12:00:00Z, timezone: Europe/Berlin}\nupdates:\n",
    )
    disks = {"id": "disks"}
    story.update("20T15:00", "scheduled", "Payments wait.", "components: {ledger-database: under_maintenance}", **disks)
    scheduled = story.tell("20T15:01")
    assert scheduled.keys() == PLANNED | {"first-last"}
    assert story.tell("21T10:01").keys() == PLANNED, "a day ahead"
    move = "scheduled: {start: 2026-11-22T14:00:00Z, end: 2026-11-22T16:00:00Z}"
    story.update("21T12:00", "scheduled", "We begin later.", move, **disks)
    assert story.tell("21T12:01").keys() == scheduled.keys()
    assert story.tell("21T14:01").keys() == PLANNED
    assert story.tell("22T13:01").keys() == PLANNED, "an hour ahead"
    started = story.tell("22T14:01")
    assert started["works"] == "[Service Status] Maintenance Started: New disks for the ledger database"
    done = story.tell("22T16:01")
    assert done.keys() == scheduled.keys()
    assert done["customers"] == "[Service Status] Maintenance Completed: New disks for the ledger database"
    assert story.tell("22T16:02") == {}

    story.write(
        "incidents/number.yml",
        "title: A new number\nkind: maintenance\n"
        "scheduled: {start: 2026-11-25T10:00:00Z, end: 2026-11-25T12:00:00Z}\nupdates:\n",
    )
    story.update("22T17:00", "scheduled", "It changes.", "components: {sms: under_maintenance}", id="number")
    assert story.tell("22T17:01").keys() == scheduled.keys()
    story.write("private/subscribers.yml", f"- {{channel: email, address: new@example.com, {CONFIRMED}}}\n", more=True)
    story.update("22T18:00", "cancelled", "The old number stays.", id="number")
    assert story.tell("22T18:01").keys() == scheduled.keys(), "not to whoever came since"


def test_a_story_is_told_once_with_a_ledger_in_git(tmp_path):
    need("rsync")
    with telling(tmp_path, "git:origin#refs/stillup/ledger") as story:
        story.write("incidents/exports.yml", INCIDENT)
        opened = story.tell("20T10:51")
        assert opened.keys() == OPENED | FOLLOWERS | HOOKS | {"first-last", "sms-all"}
        assert story.tell("20T10:52") == {}
        story.update("20T11:40", "resolved", "Exports work.", WELL)
        assert story.tell("20T11:41").keys() == opened.keys()
