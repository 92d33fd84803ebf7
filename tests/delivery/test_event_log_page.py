"""A page with an event log: what is published is in it before it is out, and what had to go is gone from it."""

import json
import re
import shutil
import subprocess

import pytest
from click.testing import CliRunner

from stillup.cli import main
from stillup.errors import StillupError
from stillup.pipeline.building.build import build
from stillup.pipeline.event_log.reading import logged, verified
from tests.canary import Canaries
from tests.delivery.logged import (
    MAINTENANCE,
    SECRET,
    appended,
    copy,
    event,
    keys,
    made,
    minutes,
    opened,
    published,
    stamp,
)
from tests.delivery.page import Page, git


@pytest.fixture
def page(ground, tmp_path):
    """A page whose log has begun."""
    found = copy(ground, tmp_path / "page")
    found.begin()
    return found


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
