"""`stillup publish` from a commit to the last mail: the page first, then everybody once, and a table that says so."""

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.deploy.test_publish import terminal
from tests.mail_server import MailServer
from tests.tools import serving, stillup, tick

KEY = {"STILLUP_LEDGER_KEY": "0123456789abcdef0123456789abcdef"}
PEOPLE = 3


class Post:
    """Keeps who got mail, and what the served page said just then."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.pages: list[str] = []
        self.url = ""
        self.refuses = ""

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address == self.refuses:
            return "550 5.7.1 no"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.told += envelope.rcpt_tos
        try:
            with urlopen(f"{self.url}index.html") as page:
                self.pages.append(page.read().decode())
        except HTTPError as error:
            self.pages.append(f"HTTP {error.code}")
        return "250 OK"


@dataclass
class Office:
    """A page with a mail server, a web server and a ledger."""

    root: Path
    post: Post
    url: str
    port: int

    def settings(self, channels: str = "", ledger: str = "sqlite:.stillup/ledger.sqlite") -> None:
        mail = f"{{email: {{host: 127.0.0.1, port: {self.port}, security: none, from: status@example.com}}}}"
        (self.root / "mkdocs.yml").write_text(
            f"site_name: Status\nsite_url: {self.url}\ntheme: {{name: material, font: false}}\nplugins:\n  - search\n"
            f"  - stillup:\n      channels: {channels or mail}\n      {f'ledger: {ledger}' if ledger else ''}\n"
            f"      deploy: [{{folder: {self.root.parent}/www/status}}]\n"
        )

    def commit(self) -> None:
        who = ["-c", "user.name=People", "-c", "user.email=people@example.com", "-c", "commit.gpgsign=false"]
        for words in (["add", "-A"], [*who, "commit", "-qm", "Say what is so", "--allow-empty"]):
            subprocess.run(["git", *words], cwd=self.root, check=True)

    def update(self, title: str) -> None:
        """Publish the first update of an incident, as of this second: after what was done, and before what follows."""
        at = tick().strftime("%Y-%m-%dT%H:%M:%SZ")
        (self.root / "incidents" / f"{title.lower().replace(' ', '-')}.yml").write_text(
            f"title: {title}\nseverity: P1\nupdates:\n  - at: {at}\n    status: investigating\n"
            "    components: {api: major_outage}\n    body: We look into it.\n"
        )
        self.commit()

    def run(self, *words: str, **more: str):
        return stillup(*words, "--root", self.root, **{**KEY, **more})


@contextmanager
def office(folder: Path) -> Iterator[Office]:
    root, post = folder / "root", Post()
    for path in ("components", "incidents", "docs", "private"):
        (root / path).mkdir(parents=True)
    (root / "components/api.yml").write_text("name: API\nsince: 2026-01-01\n")
    (root / ".gitignore").write_text("/site/\n/outbox/\n/.stillup/\n/private/\n")
    people = [
        f"- {{id: s-{n}, channel: email, address: s{n}@example.com, confirmed_at: 2026-01-01T00:00:00Z}}\n"
        for n in range(PEOPLE)
    ]
    (root / "private/subscribers.yml").write_text("".join(people))
    subprocess.run(["git", "init", "-q", "-b", "main", str(root)], check=True)
    server = MailServer(post)
    server.start()
    (folder / "www").mkdir()
    try:
        with serving(folder / "www") as url:
            post.url = f"{url}status/"
            made = Office(root, post, post.url, server.port)
            made.settings()
            made.commit()
            yield made
    finally:
        server.stop()


@pytest.fixture(scope="module")
def opened(tmp_path_factory) -> Iterator[Office]:
    """An office whose ledger has begun."""
    with office(tmp_path_factory.mktemp("office")) as made:
        begun = made.run("ledger", "init")
        assert begun.returncode == 0, begun.stderr
        yield made


EVERYBODY = [f"s{n}@example.com" for n in range(PEOPLE)]


def test_everybody_is_told_once_and_only_when_the_page_is_served(opened):
    opened.update("Card payments failing")
    opened.post.told.clear()

    first = opened.run("publish")
    again = opened.run("publish", "--json")

    assert first.returncode == 0, first.stderr
    assert sorted(opened.post.told) == EVERYBODY
    assert all("Card payments failing" in page for page in opened.post.pages)
    steps = re.findall(r"^(deploy|wait|deliver): ", first.stderr, re.MULTILINE)
    assert steps == ["deploy", "wait", "deliver"]
    assert f"deliver: {PEOPLE} of {PEOPLE} messages accepted" in first.stderr
    assert re.search(rf"^email +{PEOPLE} +{PEOPLE} +0 +0 +0$", first.stdout, re.MULTILINE), first.stdout
    assert not (opened.root / "outbox").exists(), "what was sent is not rendered as if it had not been"
    document = json.loads(again.stdout)
    assert document["delivered"]["complete"]
    assert document["delivered"]["channels"][0]["planned"] == 0


def test_a_refusal_is_in_the_table_and_in_the_exit_status(opened):
    opened.update("Sign in slow")
    opened.post.told.clear()
    opened.post.refuses = "s1@example.com"

    done = opened.run("publish")

    opened.post.refuses = ""
    assert done.returncode == 3
    assert sorted(opened.post.told) == ["s0@example.com", "s2@example.com"]
    assert re.search(rf"^email +{PEOPLE} +2 +1 +0 +0$", done.stdout, re.MULTILINE), done.stdout
    assert "SMTP 550 5.7.1" in done.stdout
    assert "@" not in done.stdout + done.stderr


def test_where_no_place_takes_the_page_nothing_is_sent_until_somebody_says_so(opened):
    opened.update("Exports missing")
    opened.post.told.clear()
    served = opened.root.parent / "www/status"
    link = served.readlink() if served.is_symlink() else None
    served.unlink(missing_ok=True)
    served.write_text("somebody else's file")

    done = opened.run("publish")
    assert (done.returncode, opened.post.told) == (1, [])
    assert "is a file. Name a place that is free." in done.stderr
    assert "Nothing was sent. `stillup deliver` sends all the same." in done.stderr

    served.unlink()
    if link is not None:
        served.symlink_to(link)
    assert opened.run("deliver").returncode == 0
    assert sorted(opened.post.told) == EVERYBODY


def test_at_another_instant_nothing_leaves(opened):
    opened.update("Refunds late")
    assert opened.run("publish").returncode == 0, "a page that is served"
    opened.post.told.clear()
    before = (opened.root.parent / "www/status/heartbeat.json").read_bytes()

    done = opened.run("publish", "--at", "2026-11-20T10:45:00Z")

    assert done.returncode == 0, done.stderr
    assert "nothing was deployed and nothing sent" in done.stderr
    assert opened.post.told == []
    assert (opened.root.parent / "www/status/heartbeat.json").read_bytes() == before


@pytest.mark.parametrize(
    ("channels", "ledger", "key", "words"),
    [
        ("", "", KEY, "no ledger is"),
        ("", "sqlite:.stillup/other.sqlite", KEY, "has not begun"),
        ("", "sqlite:.stillup/ledger.sqlite", {"STILLUP_LEDGER_KEY": ""}, "STILLUP_LEDGER_KEY"),
        ("{email: {user: status}}", "sqlite:.stillup/ledger.sqlite", KEY, "STILLUP_SMTP_PASSWORD is not set"),
        ("{email: {via: resend}}", "sqlite:.stillup/ledger.sqlite", KEY, "STILLUP_RESEND_KEY is not set"),
    ],
)
def test_what_sending_needs_is_said_before_anything_is_built(channels, ledger, key, words, opened):
    site = opened.root / "site"
    before = {path: path.stat().st_mtime_ns for path in site.rglob("*") if path.is_file()}
    opened.settings(channels, ledger)
    opened.commit()
    opened.post.told.clear()

    done = opened.run("publish", **key)

    opened.settings()
    opened.commit()
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert opened.post.told == []
    assert {path: path.stat().st_mtime_ns for path in site.rglob("*") if path.is_file()} == before


def test_a_terminal_sees_each_step_and_the_table(opened):
    opened.update("Receipts late")

    status, text = terminal("publish", "--root", str(opened.root), **KEY)

    assert status == 0, text
    for step in ("check", "build", "deploy", "wait", "deliver"):
        assert re.search(rf"\b{step} .*\d\.\d s", text), text
    assert re.search(rf"email +{PEOPLE} +{PEOPLE} +0", text), text
