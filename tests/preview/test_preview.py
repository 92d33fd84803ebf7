"""`stillup preview`: a change seen whole before anything leaves."""

import json
import os
import re
import shutil
import signal
import subprocess
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.end_to_end.page import RECORDS, Site
from tests.tools import PATIENCE, axe, evaluate, html_errors, in_page, need, program, stillup

pytestmark = pytest.mark.needs("git")

AT = "2026-11-20T10:45:00Z"
HOSTILE = (
    "</pre></iframe><script>document.title='taken'</script><img src=https://tracker.example.com/x onerror=alert(1)>"
)
SETTINGS = """\
      languages: [en, es]
      channels:
        email: {via: smtp, host: localhost, from: "Status <status@example.com>"}
        sms: {via: twilio, account: AC00000000000000000000000000000000, from: "+15551234567"}
        slack: {}
        webhook: {}
      ledger: sqlite:.stillup/ledger.sqlite
"""
PEOPLE = """\
- {channel: email, address: first@example.com, confirmed_at: 2026-01-01T00:00:00Z}
- {channel: email, address: second@example.com, language: es, confirmed_at: 2026-01-01T00:00:00Z}
- {channel: email, address: third@example.com, components: [mail], confirmed_at: 2026-01-01T00:00:00Z}
- {channel: email, address: support@example.com, audience: support, confirmed_at: 2026-01-01T00:00:00Z}
- {channel: sms, address: "+15550123", follow: all, impact: none, confirmed_at: 2026-01-01T00:00:00Z}
"""
NEW = f"""\
  - at: 2026-11-20T10:44:00Z
    status: identified
    body: "A disk is full. {HOSTILE}"
    next_update_in: 30m
    translations: {{es: {{body: "Un disco está lleno."}}}}
"""
WINDOW = """\
title: New disks
kind: maintenance
scheduled: {start: 2026-11-22T10:00:00Z, end: 2026-11-22T12:00:00Z}
updates:
  - at: 2026-11-20T10:40:00Z
    status: scheduled
    components: {web: under_maintenance}
    body: We change disks.
"""


def page(root: Path) -> Site:
    """A page with people on its lists, in one commit."""
    site = Site.make(root, RECORDS)
    site.write("mkdocs.yml", site.read("mkdocs.yml") + SETTINGS)
    site.write(".gitignore", "/private/\n/preview/\n/.stillup/\n")
    site.write("private/subscribers.yml", PEOPLE)
    site.git("init", "--quiet", "--initial-branch=main")
    site.git("add", "--all")
    site.git("commit", "--quiet", "--message", "A page")
    return site


@dataclass
class Seen:
    site: Site
    document: dict
    comment: str
    html: str
    status: int

    def event(self, end: str) -> dict:
        return next(event for event in self.document["events"] if event["key"].endswith(end))


def look(site: Site, *words: str) -> Seen:
    done = stillup("preview", "--root", site.root, "--at", AT, "--json", *words)
    assert done.stdout, done.stderr
    document = json.loads(done.stdout)
    comment, html = (Path(document[key]).read_text(encoding="utf-8") for key in ("comment", "page"))
    return Seen(site, document, comment, html, done.returncode)


@pytest.fixture(scope="module")
def seen(tmp_path_factory) -> Seen:
    """An update, a maintenance, an edit nobody decided, and an edit that is decided."""
    site = page(tmp_path_factory.mktemp("page"))
    site.write("incidents/2026/open.yml", site.read("incidents/2026/open.yml").replace("into it", "into that") + NEW)
    closed = site.read("incidents/2026/closed.yml")
    closed = closed.replace("Mail is on time.", "All mail is on time.\n    edited_at: 2026-11-20T10:44:00Z")
    site.write("incidents/2026/closed.yml", closed)
    site.write("incidents/2026/disks.yml", WINDOW)
    return look(site, "--no-pictures")


def test_a_new_update_is_shown_on_every_channel_to_every_audience_in_every_language(seen):
    event = seen.event("20261120t104400z")

    shown = {(each["channel"], each["audience"], each["language"]) for each in event["messages"]}

    assert {(channel, "customers", "es") for channel in ("email", "sms", "slack", "webhook")} <= shown
    assert {("email", audience, "en") for audience in ("customers", "support", "partners", "enterprise")} <= shown
    assert not any(channel in ("teams", "discord") for channel, _, _ in shown), "these are not set"
    spanish = next(m for m in event["messages"] if (m["channel"], m["language"]) == ("email", "es"))
    assert "Un disco está lleno." in spanish["text"]
    assert all(re.search(r"\d segments?$", each["size"]) for each in event["messages"] if each["channel"] == "sms")


def test_an_address_that_only_leads_on_is_no_page(seen):
    """A browser that is asked for a picture of one never comes to an end."""
    new = [each["path"] for each in seen.document["pages"] if each["change"] == "new"]

    assert new == ["incidents/disks/index.html", "es/incidents/disks/index.html"]
    assert seen.document["other_files"]["addresses that lead on"] > 0


def test_recipients_are_counted_and_never_named(seen):
    counted = {
        (each["channel"], each["audience"], each["language"]): each["people"]
        for each in seen.event("20261120t104400z")["recipients"]
    }

    assert counted == {
        ("email", "customers", ""): 1,
        ("email", "customers", "es"): 1,
        ("email", "support", ""): 1,
        ("sms", "customers", ""): 1,
    }, "who follows another component is not counted"
    for text in (seen.comment, seen.html, json.dumps(seen.document)):
        assert "first@example.com" not in text
        assert "15550123" not in text


def test_what_the_clock_will_bring_is_shown_and_marked(seen):
    assert seen.event("disks/20261120t104000z")["later"] is False
    later = {event["kind"] for event in seen.document["events"] if event["later"]}
    assert later == {"maintenance_reminder", "maintenance_started", "maintenance_completed"}
    assert "still to come" in seen.comment


def test_what_is_told_already_is_no_news(seen):
    keys = [event["key"] for event in seen.document["events"]]

    assert "open/20261120t100000z" not in keys
    assert not any(key.startswith(("closed/", "weekly/")) for key in keys)


def test_an_edited_text_stands_beside_what_people_received_with_the_choice(seen):
    edits = {edit["key"]: edit for edit in seen.document["edits"]}

    assert edits["open/20261120t100000z"]["choice"] == ""
    assert edits["closed/20261119t011000z"]["choice"] == "silent"
    assert "-We look into it." in edits["open/20261120t100000z"]["lines"]
    assert "+We look into that." in edits["open/20261120t100000z"]["lines"]
    for text in (seen.comment, seen.html):
        assert "We look into it." in text, "what was received"
        assert "Not decided." in text
        assert f"edited_at: {AT}" in text
    assert seen.status == 1, "check --base fails until it is decided"


def test_a_page_is_shown_by_what_readers_would_find_changed(seen):
    pages = {each["path"]: each for each in seen.document["pages"]}

    assert pages["incidents/disks/index.html"]["change"] == "new"
    assert pages["incidents/open/index.html"]["change"] == "changed"
    assert any("A disk is full." in line and line[0] == "+" for line in pages["index.html"]["lines"])
    assert "incidents/weekly/index.html" not in pages
    assert seen.document["other_files"]["feeds"] > 0
    assert list(pages)[0] == "index.html"


def test_nothing_that_people_write_acts_in_the_page(seen):
    url = Path(seen.document["page"]).as_uri()
    need("chromium")
    asked: list[str] = []

    title = in_page(
        url, lambda page: page.title(), listen=lambda page: page.on("request", lambda asks: asked.append(asks.url))
    )

    assert title == "Preview: Test"
    assert [each for each in asked if not each.startswith(("file:", "about:", "data:"))] == []
    assert evaluate(url, "document.scripts.length") == 0
    assert evaluate(url, "[...document.querySelectorAll('iframe')].every(f => f.getAttribute('sandbox') === '')")
    assert evaluate(url, "document.documentElement.scrollWidth <= innerWidth", width=390)


def test_nothing_that_people_write_acts_in_the_comment(seen):
    outside = re.sub(r"^(`{3,})\w*\n.*?^\1$", "", seen.comment, flags=re.MULTILINE | re.DOTALL)

    assert "<script" not in outside
    assert "<img" not in outside
    assert re.findall(r"<(?!/?(?:details|summary)>|!-- stillup preview -->)", outside) == []


@pytest.mark.needs("vnu", "axe", "chromium")
def test_outside_judges_find_nothing_wrong_with_the_page(seen):
    path = Path(seen.document["page"])

    assert html_errors([path]) == []
    for scheme in ("light", "dark"):
        assert axe(path.as_uri(), scheme=scheme) == []


def test_the_working_tree_is_left_as_it_was(seen):
    done = subprocess.run(
        ["git", "status", "--porcelain"], cwd=seen.site.root, capture_output=True, text=True, check=True
    )

    assert {line[3:] for line in done.stdout.splitlines()} == {
        "incidents/2026/closed.yml",
        "incidents/2026/disks.yml",
        "incidents/2026/open.yml",
    }
    assert not (seen.site.root / "site").exists()


def test_a_broken_record_is_said_and_nothing_else(tmp_path):
    site = page(tmp_path)
    site.write("incidents/2026/open.yml", "title: [\n")

    seen = look(site)

    assert seen.status == 1
    assert seen.document["events"] == []
    assert "incidents/2026/open.yml" in seen.comment
    assert "incidents/2026/open.yml" in seen.html


@pytest.mark.needs("chromium")
def test_pages_are_pictured_before_and_after_and_served_until_interrupted(tmp_path):
    """In a clone without the private records, as in a pull request from a fork."""
    site = page(tmp_path / "page")
    shutil.rmtree(site.root / "private")
    site.write("incidents/2026/open.yml", site.read("incidents/2026/open.yml") + NEW)
    site.git("commit", "--quiet", "--all", "--message", "More")
    command = [
        program("stillup"),
        "preview",
        "--root",
        site.root,
        "--at",
        AT,
        "--base",
        "HEAD^",
        "--serve",
        "--port",
        "0",
    ]
    server = subprocess.Popen(
        list(map(str, command)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ.copy(),
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # whoever runs the tests may ignore it
    )
    assert server.stdout is not None
    try:
        said = server.stdout.readline() + server.stdout.readline()
        url = re.search(r"http://127\.0\.0\.1:\d+/", said)
        assert url, said
        assert "A disk is full." in urllib.request.urlopen(url[0], timeout=PATIENCE).read().decode()
        assert "<title>Preview" in urllib.request.urlopen(f"{url[0]}preview", timeout=PATIENCE).read().decode()
        foreign = urllib.request.Request(url[0], headers={"host": "rebound.example.com"})
        with pytest.raises(urllib.error.HTTPError, match="421"):
            urllib.request.urlopen(foreign, timeout=PATIENCE)
    finally:
        server.send_signal(signal.SIGINT)
        out, err = server.communicate(timeout=PATIENCE)

    assert (server.returncode, out) == (0, "Stopped.\n")
    assert "Nobody is counted: private/subscribers.yml is not here" in err
    html = (site.root / "preview" / "index.html").read_text(encoding="utf-8")
    assert html.count('<img src="data:image/png;base64,iVBOR') == 8, (
        "home, incident, the small page and what others embed; before and after"
    )
    assert "recipients were not counted" in (site.root / "preview" / "comment.md").read_text(encoding="utf-8")
