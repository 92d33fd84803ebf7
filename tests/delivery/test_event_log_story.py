"""One story, published as it goes on: each head stands wherever the log is read, and proves what it stands for."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from stillup.api import schema
from stillup.pipeline.building.build import build
from stillup.pipeline.event_log.reading import logged
from tests.delivery.logged import copy, event, keys, ledger, minutes, opened, published, stamp
from tests.tools import ROOT


@pytest.fixture(scope="module")
def story(ground, tmp_path_factory):
    """A page with channels: an incident is opened, corrected and resolved, with a publish after each."""
    page = copy(ground, tmp_path_factory.mktemp("story") / "page")
    opened(page, id="open")
    page.begin()
    page.said = []
    rows = [(minutes(2), "investigating", "degraded_performance", "We look into it.")]
    for at, row in (
        (3, None),
        (5, (minutes(4), "identified", "partial_outage", "A disk is full.")),
        (8, (minutes(7), "resolved", "operational", "It works again.")),
    ):
        rows += [row] if row else []
        page.incident(*rows)
        published(page, minutes(at))
        page.said.append(json.loads((page.root / "site" / "heartbeat.json").read_text()))
    return page


def test_each_publish_appends_what_is_new_before_the_page_is_built(story):
    assert keys(story) == ["log", f"open/{stamp(1)}", f"slow/{stamp(2)}", f"slow/{stamp(4)}", f"slow/{stamp(7)}"]
    assert [said["event_seq"] for said in story.said] == [3, 4, 5]
    assert [said["event_head"] for said in story.said] == [each.hash for each in logged(story.root)[2:]]


def test_every_entry_is_published_as_its_schema_says(story):
    for number, each in enumerate(logged(story.root), 1):
        document = event(story, number)
        Draft202012Validator(schema.schema(schema.OWN["event"], closed=True)).validate(document)
        assert (document["hash"], document["previous"]) == (each.hash, each.previous)
    last = event(story, 5)
    assert last["type"] == "incident.resolved"
    assert last["data"]["update"]["text"] == "It works again."
    assert {path.name for path in (story.root / "site/api/stillup/v1/events").iterdir()} == {
        f"{n}.json" for n in range(1, 6)
    }


def test_the_manifest_lists_every_entry_in_parts(story):
    whole = json.loads((story.root / "site/api/stillup/v1/manifest.json").read_text())
    part = json.loads((story.root / "site/api/stillup/v1/manifest/events-0.json").read_text())

    assert "api/stillup/v1/manifest/events-0.json" in whole["parts"]
    assert [each["path"] for each in part["files"]] == [f"api/stillup/v1/events/{n}.json" for n in range(1, 6)]
    assert not any("/events/" in each["path"] for each in whole["files"])


def test_the_feeds_of_the_page_have_the_newest_head(story):
    head = story.said[-1]["event_head"]
    site = story.root / "site"

    assert json.loads((site / "feed.json").read_text())["_stillup"] == {"event_seq": 5, "event_head": head}
    for name in ("feed.atom", "feed.rss"):
        assert re.findall(r"event_head[^>]*>([0-9a-f]{64})</", (site / name).read_text()) == [head]
        assert re.findall(r"event_seq[^>]*>(\d+)</", (site / name).read_text()) == ["5"]


def test_each_mail_has_the_head_of_its_own_entry(story):
    mails = [mail.replace("=\n", "").replace("=\r\n", "") for mail in story.outbox()]
    found = sorted({tuple(re.findall(r"Entry (\d+) of the public event log: ([0-9a-f]{64})", mail)) for mail in mails})

    assert [pairs[0] for pairs in found] == [(str(each.seq), each.hash) for each in logged(story.root)[2:]]
    assert len(mails) == 9


def test_every_head_that_was_received_is_proved(story):
    heads = [word for said in story.said for word in ("--head", said["event_head"])]
    done = ledger(story, "verify", *heads, "--copy", str(story.root / "site/api/stillup/v1/events"))

    assert done.exit_code == 0, done.output
    assert f"{story.said[0]['event_head']}: entry 3 of 5; nothing up to it was changed since." in done.output
    assert "Kept entries that stand as they were: 5." in done.output


def test_a_head_that_was_never_one_is_refused(story):
    other = ledger(story, "verify", "--head", "0" * 64)
    strange = ledger(story, "verify", "--head", "abc")

    assert (other.exit_code, strange.exit_code) == (1, 1)
    assert "No entry of 5 has the head" in other.output
    assert "is no head: those have 64 hexadecimal digits" in strange.output


def test_the_manuals_proof_needs_nothing_of_ours(story, tmp_path):
    text = (ROOT / "manual/docs/event-log.md").read_text()
    script = tmp_path / "prove.py"
    script.write_text(text.partition("```python\n")[2].partition("```")[0])
    site = tmp_path / "site"
    subprocess.run(["cp", "-r", str(story.root / "site"), str(site)], check=True)

    def run(*heads: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(script), site.as_uri(), *heads]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    assert run(story.said[0]["event_head"]).stdout == "5 entries, all as they were.\n"
    assert "history was rewritten" in run("0" * 64).stderr
    path = site / "api/stillup/v1/events/3.json"
    path.write_text(path.read_text().replace("We look into it.", "All is well."))
    assert "3: the text was changed" in run().stderr


def test_a_build_from_nothing_makes_the_same_bytes(story, tmp_path):
    at = minutes(8)
    build(story.root, at=at, live=True)
    build(story.root, at=at, live=True, site_dir=tmp_path / "cold" / "site")

    def files(folder: Path) -> dict[str, bytes]:
        return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}

    assert files(story.root / "site") == files(tmp_path / "cold" / "site")


def test_what_the_log_does_not_know_is_made_anew_where_somebody_took_it_away(story):
    path = story.root / "site/api/stillup/v1/events/2.json"
    before = path.read_bytes()
    path.unlink()
    build(story.root, at=minutes(8), live=True)

    assert path.read_bytes() == before
