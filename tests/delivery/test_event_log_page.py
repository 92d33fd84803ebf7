"""A page with an event log: what is published is in it, before it is out, and its heads are wherever they are read."""

import json
import re
import shutil
import sqlite3
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from stillup.api import schema
from stillup.cli import main
from stillup.errors import StillupError
from stillup.pipeline.build import build, work_folder
from stillup.pipeline.event_log.append import append
from stillup.pipeline.event_log.reading import logged, verified
from stillup.pipeline.release import publish
from stillup.pipeline.run import Run
from tests.canary import Canaries
from tests.delivery.page import Page, git
from tests.delivery.world import AT, Hands
from tests.tools import ROOT

SECRET = "Example Customer Incorporated"
MAINTENANCE = """\
title: The database moves
kind: maintenance
scheduled: {{start: {start:%Y-%m-%dT%H:%M:%SZ}, end: {end:%Y-%m-%dT%H:%M:%SZ}, reminders: [1h]}}
updates:
  - {{at: {at:%Y-%m-%dT%H:%M:%SZ}, status: scheduled, components: {{web: under_maintenance}}, body: We move it.}}
"""


def minutes(count: float) -> datetime:
    return AT + timedelta(minutes=count)


def stamp(count: int) -> str:
    return f"{minutes(count):%Y%m%dt%H%M%Sz}"


def made(root: Path, **more: str) -> Page:
    page = Page(root, **more).make()
    page.write("docs/about.md", "# About this page\n")
    text = (root / "mkdocs.yml").read_text().replace("site_url: https:", "#")
    text = text.replace("channels:", "deploy: [{folder: served}]\n      channels:")
    page.write("mkdocs.yml", f"{text}theme: {{name: material, font: false}}\n")
    page.write(".gitignore", "/private/\n/.stillup/\n/outbox/\n/site/\n/served\n/.served.*\n")
    return page.commit()


@pytest.fixture(scope="module")
def ground(tmp_path_factory) -> Page:
    """A page with one incident that is over, built once: MkDocs takes its time, and copies need it no more."""
    page = made(tmp_path_factory.mktemp("ground"))
    rows = (minutes(-90), "investigating", "major_outage", "Down."), (minutes(-60), "resolved", "operational", "Up.")
    page.incident(*rows, id="old")
    build(page.root, at=AT, live=True)
    return page


def copy(ground: Page, root: Path) -> Page:
    shutil.copytree(ground.root, root, symlinks=True, dirs_exist_ok=True)
    return Page(root)


def opened(page: Page, *more: tuple[datetime, str, str, str], id: str = "slow") -> None:
    page.incident((minutes(1), "investigating", "degraded_performance", "We look into it."), *more, id=id)


def appended(page: Page, at: datetime) -> list[str]:
    """Append as a publish does, and return the keys of what was new."""
    site, work = work_folder(page.root)
    with Run(page.root, at=at, site_dir=site, work=work) as run:
        run.read()
        return [each.entry.key for each in append(run)]


def published(page: Page, at: datetime):
    return publish(page.root, at=at, live=True, clock=Hands(at), environment=page.environment, patience=0)


def keys(page: Page) -> list[str]:
    return [each.entry.key for each in logged(page.root)]


def ledger(page: Page, *words: str):
    return CliRunner().invoke(main, ["ledger", *words, "--root", str(page.root)], catch_exceptions=False)


@pytest.fixture
def page(ground, tmp_path):
    """A page whose log has begun."""
    found = copy(ground, tmp_path / "page")
    found.begin()
    return found


# One story, published as it goes on.


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


def event(page: Page, seq: int):
    return json.loads((page.root / f"site/api/stillup/v1/events/{seq}.json").read_text())


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


# A page without a log.


def test_without_a_log_the_heads_are_null_and_nothing_else_differs(tmp_path):
    page = made(tmp_path / "page")
    opened(page)
    build(page.root, at=minutes(2), site_dir=tmp_path / "a" / "site")
    page.write("mkdocs.yml", re.sub(r" +ledger: .*\n", "", (page.root / "mkdocs.yml").read_text()))
    build(page.root, at=minutes(2), site_dir=tmp_path / "b" / "site")

    one, two = tmp_path / "a" / "site", tmp_path / "b" / "site"
    assert subprocess.run(["diff", "-r", str(one), str(two)], check=False, capture_output=True).stdout == b""
    said = json.loads((one / "heartbeat.json").read_text())
    assert said["event_head"] is None and said["event_seq"] is None
    assert not (one / "api/stillup/v1/events").exists()
    assert not (page.root / ".stillup" / "ledger.sqlite").exists()
    assert logged(page.root) == ()


# What is in it.


def test_what_was_over_when_the_log_began_is_known_without_an_entry(page):
    assert keys(page) == ["log"]
    assert logged(page.root)[0].telling.content["known"] == 2
    assert appended(page, minutes(1)) == []


def test_a_crash_between_append_and_deploy_appends_nothing_twice(page):
    opened(page)
    first = appended(page, minutes(2))

    assert first == [f"slow/{stamp(1)}"]
    assert appended(page, minutes(3)) == []
    assert keys(page) == ["log", *first]


def test_a_deploy_that_fails_leaves_a_log_that_the_next_publish_goes_on_with(page):
    (page.root / "served").mkdir()
    (page.root / "served" / "somebody's").write_text("in the way")
    opened(page)
    with pytest.raises(StillupError, match="Nothing was sent"):
        published(page, minutes(2))
    assert keys(page) == ["log", f"slow/{stamp(1)}"]
    shutil.rmtree(page.root / "served")
    published(page, minutes(3))

    assert keys(page) == ["log", f"slow/{stamp(1)}"]
    assert json.loads((page.root / "served/heartbeat.json").read_text())["event_seq"] == 2
    assert len(page.outbox()) == 3


def test_a_page_that_cannot_be_framed_appends_nothing(page):
    settings = (page.root / "mkdocs.yml").read_text()
    page.write("mkdocs.yml", settings.replace("theme: {name: material, font: false}\n", ""))
    opened(page)
    with pytest.raises(StillupError, match="No theme is set"):
        published(page, minutes(2))

    assert keys(page) == ["log"]


def test_what_a_build_took_in_is_appended_by_the_next_publish(page):
    opened(page)
    published(page, minutes(2))
    page.incident((minutes(-50), "resolved", "operational", "It was short."), id="late")  # dated back
    build(page.root, at=minutes(3), live=True)
    published(page, minutes(4))

    assert keys(page)[-1] == f"late/{stamp(-50)}"
    late = logged(page.root)[-1].entry
    assert late.at < logged(page.root)[0].entry.at < late.logged_at


def test_what_the_clock_brings_is_appended_under_its_fixed_key(page):
    page.write("incidents/move.yml", MAINTENANCE.format(at=minutes(0), start=minutes(120), end=minutes(180)))
    page.commit()
    for at in (1, 61, 121, 181, 300):
        appended(page, minutes(at))

    start = f"move/{stamp(120)}"
    assert keys(page)[1:] == [f"move/{stamp(0)}", f"{start}/reminder-1h", f"{start}/in_progress", f"{start}/completed"]


def test_corrections_withdrawals_and_postmortems_are_entries(page):
    def stage(first: str, second: str, more: str = "") -> None:
        page.incident(
            (minutes(1), "investigating", "degraded_performance", first),
            (minutes(2), "identified", "degraded_performance", second),
            (minutes(3), "resolved", "operational", "It works again."),
        )
        with (page.root / "incidents" / "slow.yml").open("a") as file:
            file.write(more)
        page.commit()

    stage("We look into it.", "A disk is full.")
    appended(page, minutes(4))
    stage(
        f"We look at all of it.\n    edited_at: {minutes(5):%Y-%m-%dT%H:%M:%SZ}\n    correction: All of it.",
        f"A disk is full.\n    withdrawn: {{at: {minutes(6):%Y-%m-%dT%H:%M:%SZ}, reason: No disk is full.}}",
        f"postmortem: {{at: {minutes(7):%Y-%m-%dT%H:%M:%SZ}, body: A cable was loose.}}\n",
    )

    assert appended(page, minutes(8)) == [
        f"slow/{stamp(1)}/correction-{stamp(5)}",
        f"slow/{stamp(2)}/withdrawn",
        "slow/postmortem",
    ]
    assert appended(page, minutes(9)) == []
    found = [(each.entry.kind, each.telling.content["update"]["text"]) for each in logged(page.root)[-3:]]
    assert found == [
        ("incident_corrected", "We look at all of it."),
        ("incident_withdrawn", "No disk is full."),
        ("postmortem_published", "A cable was loose."),
    ]


def test_a_text_that_is_changed_in_silence_is_an_entry_and_the_old_one_stays(page):
    opened(page)
    appended(page, minutes(2))
    page.incident((minutes(1), "investigating", "degraded_performance", "All is well."))

    assert appended(page, minutes(3)) == [f"slow/{stamp(1)}/edited-1"]
    assert appended(page, minutes(4)) == []
    opened(page)
    assert appended(page, minutes(5)) == [f"slow/{stamp(1)}/edited-2"]
    told = [each.telling.content["update"]["text"] for each in logged(page.root, incident="slow")]
    assert told == ["We look into it.", "All is well.", "We look into it."]


def test_a_state_that_is_changed_in_silence_is_an_entry(page):
    opened(page)
    appended(page, minutes(2))
    page.incident((minutes(1), "investigating", "operational", "We look into it."))

    assert appended(page, minutes(3)) == [f"slow/{stamp(1)}/edited-1"]


def test_an_update_that_vanishes_is_an_entry(page):
    opened(page, (minutes(3), "identified", "partial_outage", "A disk is full."))
    appended(page, minutes(4))
    opened(page)

    assert appended(page, minutes(5)) == [f"slow/{stamp(3)}/removed-1"]
    assert appended(page, minutes(6)) == []
    (page.root / "incidents" / "slow.yml").unlink()
    page.commit()
    published(page, minutes(7))
    assert keys(page)[-1] == f"slow/{stamp(1)}/removed-1"


def test_a_publisher_with_older_records_says_of_nothing_that_it_was_removed(page, tmp_path):
    opened(page)
    older = git(page.root, "rev-parse", "HEAD")
    opened(page, (minutes(3), "identified", "partial_outage", "A disk is full."))
    appended(page, minutes(4))
    git(page.root, "checkout", "--quiet", older)

    assert appended(page, minutes(5)) == []


def test_a_renamed_record_keeps_its_entries(page):
    opened(page)
    appended(page, minutes(2))
    text = (page.root / "incidents" / "slow.yml").read_text()
    (page.root / "incidents" / "slow.yml").unlink()
    page.write("incidents/slower.yml", f"formerly: [slow]\n{text}")
    page.commit()

    assert appended(page, minutes(3)) == []


def test_no_internal_fact_is_in_the_log(page):
    """That the legal side approved a notice of a breach is a fact that only insiders know; so is a whole incident."""
    canaries, at = Canaries(), f"{minutes(1):%Y-%m-%dT%H:%M:%SZ}"
    token = canaries.token("an internal fact")
    page.write(
        "private/incidents/slow.yml",
        f"detected_by: {token}\ncommander: {token}\nroot_cause: {{root: {token}}}\n"
        f"personal_data: {{categories: [{token}], people: {token}, subjects: 3, records: 3, measures: {token}}}\n"
        f"legal_approved: {{at: {at}, by: {token}, note: {token}}}\n",
    )
    page.write("private/incidents/quiet.yml", f"title: {token}\nseverity: P1\nstarted_at: {at}\ncommander: {token}\n")
    opened(page)
    published(page, minutes(2))

    assert keys(page) == ["log", f"slow/{stamp(1)}"]
    assert canaries.found_in(page.root / ".stillup") == canaries.found_in(page.root / "site") == {}


# Redaction.


def test_a_redacted_text_goes_from_the_log_and_every_head_still_proves(page):
    opened(page, (minutes(3), "identified", "partial_outage", f"It is the disk of {SECRET}."))
    published(page, minutes(4))
    heads = [each.hash for each in logged(page.root)]
    words = ["incident", "redact", "slow", "--reason", "It named a customer.", "--root", str(page.root)]
    done = CliRunner().invoke(main, [*words, "--at", minutes(5).isoformat()], catch_exceptions=False)

    assert "Event log: the text of 1 entry erased." in done.output
    entry = logged(page.root)[2]
    assert entry.telling is None and entry.hash == heads[2]
    assert SECRET.encode() not in b"".join(p.read_bytes() for p in (page.root / ".stillup").rglob("*") if p.is_file())
    page.commit()
    published(page, minutes(6))

    gone = event(page, 3)
    assert (gone["data"], gone["salt"]) == (None, None)
    assert gone["redacted"] == {"seq": 4, "at": f"{minutes(5):%Y-%m-%dT%H:%M:%SZ}", "reason": "It named a customer."}
    assert event(page, 4)["entry"]["erases"] == [3]
    assert keys(page)[3:] == [f"slow/{stamp(3)}/redacted-{stamp(5)}"]
    assert verified(page.root, heads).is_sound
    assert (
        SECRET
        not in subprocess.run(
            ["grep", "-r", SECRET, str(page.root / "site")], check=False, capture_output=True, text=True
        ).stdout
    )


def test_a_redaction_by_hand_erases_with_the_next_publish_and_repeats_go_too(page):
    """A reminder repeats what was said last."""
    page.write("incidents/move.yml", MAINTENANCE.format(at=minutes(0), start=minutes(120), end=minutes(180)))
    page.commit()
    appended(page, minutes(1))
    appended(page, minutes(61))
    text = (page.root / "incidents" / "move.yml").read_text()
    mark = f"redacted: {{at: {minutes(70):%Y-%m-%dT%H:%M:%SZ}, reason: It named a customer.}}"
    page.write("incidents/move.yml", text.replace("body: We move it.", mark))
    page.commit()

    assert appended(page, minutes(71)) == [f"move/{stamp(0)}/redacted-{stamp(70)}"]
    assert [each.telling is None for each in logged(page.root)] == [False, True, True, False]
    assert appended(page, minutes(72)) == []
    assert verified(page.root).is_sound


def test_a_title_that_had_to_go_goes_from_every_entry_that_has_it(page):
    opened(page, (minutes(3), "resolved", "operational", "It works again."))
    path = page.root / "incidents" / "slow.yml"
    page.write("incidents/slow.yml", path.read_text().replace("The API answers slowly", f"Slow for {SECRET}"))
    page.commit()
    appended(page, minutes(4))
    words = ["incident", "redact", "slow", "--title", "The API answers slowly", "--reason", "It named a customer."]
    done = CliRunner().invoke(
        main, [*words, "--root", str(page.root), "--at", minutes(5).isoformat()], catch_exceptions=False
    )
    page.commit()

    assert "Event log: the text of 2 entries erased." in done.output
    assert SECRET.encode() not in b"".join(p.read_bytes() for p in (page.root / ".stillup").rglob("*") if p.is_file())
    assert keys(page)[-1] == f"slow/title/redacted-{stamp(5)}"
    assert appended(page, minutes(6)) == []
    assert verified(page.root).is_sound


# Tampering.

CHAIN = "public_entry"
FREE = "DROP TRIGGER public_entry_stays; DROP TRIGGER public_entry_is_kept; DROP TRIGGER public_text_stays;"


@pytest.fixture(scope="module")
def history(ground, tmp_path_factory):
    """Four entries, and what somebody kept of them."""
    page = copy(ground, tmp_path_factory.mktemp("told") / "page")
    page.begin()
    opened(
        page,
        (minutes(3), "identified", "partial_outage", "A disk is full."),
        (minutes(5), "resolved", "operational", "Up."),
    )
    published(page, minutes(6))
    subprocess.run(
        ["cp", "-r", str(page.root / "site/api/stillup/v1/events"), str(page.root.parent / "kept")], check=True
    )
    return page


@pytest.fixture
def told(history, tmp_path):
    """The same, to tamper with."""
    page = copy(history, tmp_path / "page")
    shutil.copytree(history.root.parent / "kept", tmp_path / "kept")
    page.kept, page.head = tmp_path / "kept", logged(page.root)[-1].hash
    return page


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("UPDATE public_entry SET line = replace(line, 'identified', 'resolved'), hash = hash WHERE seq = 3;"
         "UPDATE public_entry SET line = replace(line, 'incident_updated', 'incident_opened') WHERE seq = 3",
         "Entry 3 (slow/20261120t104800z) does not follow from the one before"),
        ("UPDATE public_text SET content = replace(content, 'A disk is full.', 'All is well.') WHERE seq = 3",
         "The text of entry 3 (slow/20261120t104800z) is not the one that was published."),
        ("UPDATE public_text SET salt = replace(salt, 'a', 'b') WHERE seq = 3", "The text of entry 3"),
        ("DELETE FROM public_entry WHERE seq = 3", "Entry 3 is missing: entry 4 comes next."),
        ("DELETE FROM public_text WHERE seq = 3",
         "The text of entry 3 (slow/20261120t104800z) is gone, and no redaction says that it was removed."),
        ("UPDATE public_entry SET seq = 9 WHERE seq = 3; UPDATE public_entry SET seq = 3 WHERE seq = 4;"
         "UPDATE public_entry SET seq = 4 WHERE seq = 9", "Entry 3 is missing: entry 4 comes next."),
        ("INSERT INTO public_entry SELECT 5, hash, 'slow/x', incident, line FROM public_entry WHERE seq = 4",
         "Entry 5 is missing: entry 4 comes next."),
        ("DELETE FROM public_entry WHERE seq = 1", "Entry 1 is missing: entry 2 comes next."),
        ("UPDATE public_entry SET line = 'nonsense' WHERE seq = 2", "Entry 2 cannot be read"),
        ("DELETE FROM public_known", "The list of what was published before the log began is another than it was."),
        ("DELETE FROM public_entry WHERE seq = 4", "No entry of 3 has the head"),
    ],
)  # fmt: skip
def test_each_way_of_tampering_is_found_and_named(damage, words, told):
    with sqlite3.connect(told.root / ".stillup" / "ledger.sqlite") as base:
        base.executescript(FREE + damage)

    done = ledger(told, "verify", "--head", told.head)

    assert done.exit_code == 1
    assert words in done.output


def test_a_chain_that_was_made_anew_is_whole_in_itself_and_found_by_heads_and_copies(told):
    (told.root / ".stillup" / "ledger.sqlite").unlink()
    told.incident(
        (minutes(1), "investigating", "operational", "All is well."), (minutes(5), "resolved", "operational", "Up.")
    )
    told.begin()
    appended(told, minutes(7))

    assert ledger(told, "verify").exit_code == 0
    assert "has the head" in ledger(told, "verify", "--head", told.head).output
    done = ledger(told, "verify", "--copy", str(told.kept))
    assert done.exit_code == 1
    assert "4.json" in done.output and "commitment was" in done.output


def test_a_copy_that_was_changed_is_no_proof(told):
    path = told.kept / "3.json"
    path.write_text(path.read_text().replace("A disk is full.", "All is well."))
    (told.kept / "note.json").write_text("{}")

    changed = ledger(told, "verify", "--copy", str(path))
    other = ledger(told, "verify", "--copy", str(told.kept / "note.json"))

    assert (changed.exit_code, other.exit_code) == (1, 1)
    assert "3.json does not verify by itself: the copy was changed." in changed.output
    assert "note.json is no entry of an event log" in other.output


# In git.


def test_two_clones_publish_into_one_log_and_read_it_without_a_network(tmp_path):
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", "origin.git")
    (tmp_path / "one").mkdir()
    page = made(tmp_path / "one", ledger="git:origin#refs/stillup/ledger", channels="{}")
    git(page.root, "remote", "add", "origin", str(tmp_path / "origin.git"))
    opened(page)
    assert appended(page, minutes(2)) == ["log", f"slow/{stamp(1)}"]
    git(page.root, "push", "--quiet", "origin", "main")
    git(tmp_path, "clone", "--quiet", str(tmp_path / "origin.git"), "two")
    other = Page(tmp_path / "two")
    opened(other, (minutes(3), "resolved", "operational", "Up."))

    assert appended(other, minutes(4)) == [f"slow/{stamp(3)}"]
    assert verified(page.root).head.seq == 3
    (tmp_path / "origin.git").rename(tmp_path / "gone.git")
    done = published(page, minutes(5))

    assert json.loads((page.root / "site/heartbeat.json").read_text())["event_seq"] == 3
    assert "git:origin#refs/stillup/ledger-events cannot be used: git ls-remote failed." in done.notes[0]
    assert done.notes[0].endswith("The next publish appends it.")
