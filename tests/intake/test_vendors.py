"""Suppliers' status pages, played on loopback: what is known of them, and what is never taken for green."""

import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from stillup.pipeline.serving.vendors import watch
from stillup.records import store
from tests.tools import Server, stillup

SETTINGS = """
site_name: Advancia Pay Ledger Status
site_url: https://status.example.com/
theme: {{name: material, font: false}}
plugins:
  - search
  - stillup:
      organisation: Advancia Pay Ledger
      intranet: [127.0.0.1]
      vendors: {{publish: {publish}}}
"""


def summary(state: str = "operational") -> dict[str, object]:
    part = {"id": "abc123", "name": "E-mail delivery", "status": state}
    return {"page": {"name": "Example Mail"}, "status": {"indicator": "none"}, "components": [part]}


class Page(BaseHTTPRequestHandler):
    """A supplier's page that answers as the test says."""

    answer: tuple[int, str] = (200, "{}")
    pause = 0.0
    date = "Fri, 20 Nov 2026 10:00:00 GMT"
    asked = 0

    def do_GET(self) -> None:
        Page.asked += 1
        time.sleep(self.pause)
        code, body = self.answer
        self.send_response_only(code)
        self.send_header("date", self.date)
        self.send_header("content-length", str(len(body.encode())))
        if code == 302:
            self.send_header("location", "http://other.example.com/")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def page(tmp_path) -> Iterator[Path]:
    """Yield a page with two components that stand on one supplier."""
    Page.answer, Page.pause, Page.asked = (200, json.dumps(summary())), 0.0, 0
    for folder in ("components", "incidents", "docs"):
        (tmp_path / folder).mkdir()
    with Server(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        where = f"{{statuspage: 'http://127.0.0.1:{server.server_port}', component: E-mail delivery}}"
        (tmp_path / "components" / "email.yml").write_text(f"name: E-mail\nvendor: {where}\n")
        (tmp_path / "components" / "letters.yml").write_text(f"name: Letters\nvendor: {where}\n")
        settle(tmp_path, "note")
        yield tmp_path
        server.shutdown()


def settle(root: Path, publish: str) -> None:
    (root / "mkdocs.yml").write_text(SETTINGS.format(publish=publish))


def say(state: str) -> None:
    Page.answer = (200, json.dumps(summary(state)))


def at(minute: int) -> datetime:
    return datetime(2026, 11, 20, 10, minute, tzinfo=UTC)


def home(root: Path, minute: int) -> str:
    done = stillup("build", "--root", root, "--at", at(minute).isoformat())
    assert done.returncode == 0, done.stderr
    return (root / "site" / "index.html").read_text()


def test_trouble_stands_beside_the_component_and_goes_when_it_is_over(page):
    say("partial_outage")
    watched = watch(page, at=at(5))
    assert [(each.component, each.status, each.unknown) for each in watched.vendors] == [
        ("email", "partial_outage", False), ("letters", "partial_outage", False),
    ]  # fmt: skip
    assert Page.asked == 1
    assert "Affected by Example Mail: partial outage since" in home(page, 6)
    (told, _) = json.loads((page / "site/api/stillup/v1/vendors.json").read_text())["vendors"]
    assert (told["vendor"], told["status"], told["since"]) == ("Example Mail", "partial_outage", "2026-11-20T10:05:00Z")

    say("operational")
    watch(page, at=at(20))
    assert "Affected by" not in home(page, 21)


def test_a_second_look_that_finds_the_same_writes_nothing(page):
    say("partial_outage")
    assert watch(page, at=at(5)).written == ["components/_vendors.yml"]
    assert watch(page, at=at(10)).written == []


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((500, "down"), "unreachable"),
        ((404, "gone"), "unreachable"),
        ((302, ""), "unreachable"),
        ((200, "<html>All systems operational</html>"), "malformed"),
        ((200, "{}"), "malformed"),
        ((200, json.dumps(summary("sunny"))), "strange"),
        ((200, json.dumps(summary() | {"components": []})), "missing"),
    ],
)
def test_what_is_not_understood_is_unknown_and_keeps_what_was_known(answer, reason, page):
    say("major_outage")
    watch(page, at=at(5))
    Page.answer = answer
    watched = watch(page, at=at(10))

    assert watched.unknown
    assert {(each.reason, each.status) for each in watched.vendors} == {(reason, "major_outage")}
    assert "State of Example Mail unknown since" in home(page, 11)
    assert {
        each["status"] for each in json.loads((page / "site/api/stillup/v1/vendors.json").read_text())["vendors"]
    } == {"unknown"}


def test_an_answer_that_lay_in_a_cache_for_long_is_unknown(page):
    Page.date = "Fri, 20 Nov 2026 08:00:00 GMT"
    try:
        assert {each.reason for each in watch(page, at=at(30)).vendors} == {"stale"}
    finally:
        Page.date = "Fri, 20 Nov 2026 10:00:00 GMT"


def test_a_word_that_nobody_renewed_is_unknown_after_a_day(page):
    watch(page, at=at(0))
    done = stillup("build", "--root", page, "--at", "2026-11-21T10:01:00Z")

    assert done.returncode == 0
    assert "unknown since" in (page / "site" / "index.html").read_text()


def test_the_state_follows_where_a_rule_says_so(page):
    settle(page, "component")
    say("partial_outage")
    watch(page, at=at(5))
    say("operational")
    watch(page, at=at(20))

    states = store.load(page).components.by_id["email"].states
    assert [(f"{each.at:%H:%M}", str(each.status), each.source) for each in states] == [
        ("10:05", "partial_outage", "vendor"), ("10:20", "operational", "vendor"),
    ]  # fmt: skip


def test_an_incident_is_proposed_where_a_rule_says_so(page):
    settle(page, "draft")
    say("major_outage")
    written = watch(page, at=at(5)).written

    assert "incidents/_drafts/2026-11-20-email-1005.yml" in written
    assert "Example Mail" not in (page / "incidents/_drafts/2026-11-20-email-1005.yml").read_text()
    assert store.load(page).incidents == ()


def test_the_command_exits_1_when_nobody_knows(page):
    Page.answer = (500, "")
    done = stillup("intake", "vendors", "--root", page, "--at", at(5).isoformat())

    assert done.returncode == 1
    assert "unknown since 2026-11-20T10:05:00Z (unreachable: HTTP 500.)" in done.stderr


def test_pages_made_step_by_step_are_those_made_at_once(page, tmp_path_factory):
    home(page, 1)
    say("partial_outage")
    watch(page, at=at(5))
    home(page, 6)
    tree = {path.relative_to(page): path.read_bytes() for path in (page / "site").rglob("*") if path.is_file()}
    cold = tmp_path_factory.mktemp("cold")
    done = stillup("build", "--root", page, "--at", at(6).isoformat(), "--site-dir", cold / "site")

    assert done.returncode == 0, done.stderr
    assert {
        Path("site") / p.relative_to(cold / "site"): p.read_bytes() for p in (cold / "site").rglob("*") if p.is_file()
    } == tree
