"""Time travel with an event log: what was committed is told apart from what was published, approved and sent."""

import json
import os
import shutil
import sqlite3
import subprocess
from datetime import timedelta

import pytest
from click.testing import CliRunner

from stillup.cli import main
from tests.delivery.page import Page
from tests.delivery.world import AT

pytestmark = pytest.mark.needs("git")

ENGINEER, LEAD = "oncall@example.com", "lead@example.com"
RECORD = """title: The API answers slowly
severity: P1
updates:
  - at: {:%Y-%m-%dT%H:%M:%SZ}
    status: investigating
    components: {{api: degraded_performance}}
    body: {}
"""
CAUSE = """  - at: {:%Y-%m-%dT%H:%M:%SZ}
    status: identified
    body: A disk is full.
"""


def minutes(count):
    return AT + timedelta(minutes=count)


def key(count):
    return f"slow/{minutes(count):%Y%m%dt%H%M%Sz}"


def commit(root, at, message="Tell what is so", mail=ENGINEER):
    who = {
        f"GIT_{role}_{part}": value
        for role in ("AUTHOR", "COMMITTER")
        for part, value in (("NAME", mail.partition("@")[0]), ("EMAIL", mail), ("DATE", at.isoformat()))
    }
    for words in (["add", "-A"], ["-c", "commit.gpgsign=false", "commit", "-qm", message, "--allow-empty"]):
        subprocess.run(["git", "-C", str(root), *words], check=True, env=os.environ | who)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """Opened and committed at minute 1, approved at 2, published at 3; reworded and continued at 5, published at 8."""
    made = Page(tmp_path_factory.mktemp("page")).make()
    subprocess.run(["git", "-C", str(made.root), "update-ref", "-d", "HEAD"], check=True)
    made.write("docs/about.md", "# About\n")
    made.write("mkdocs.yml", (made.root / "mkdocs.yml").read_text() + "theme: {name: material, font: false}\n")
    made.write(".github/CODEOWNERS", f"/incidents/ {LEAD} {ENGINEER}\n")
    commit(made.root, minutes(-5))
    made.begin(minutes(-1))
    made.write("incidents/slow.yml", RECORD.format(minutes(1), "We look into it."))
    commit(made.root, minutes(1))
    says = ask(made, minutes(2), "incident", "approve", "slow", "--dry-run", mail=LEAD)
    note = f"Approve\n\nApproves: {says['approves']}\nApproved-by: Communications lead <{LEAD}>"
    commit(made.root, minutes(2), note, mail=LEAD)
    made.deliver(minutes(3))
    made.write("incidents/slow.yml", RECORD.format(minutes(1), "We look.") + CAUSE.format(minutes(4)))
    commit(made.root, minutes(5))
    made.deliver(minutes(8))
    return made


def copy(page, root) -> Page:
    shutil.copytree(page.root, root, symlinks=True, dirs_exist_ok=True)
    return Page(root)


def run(page, at, *words, mail=ENGINEER):
    who = {"GIT_COMMITTER_EMAIL": mail, "GIT_AUTHOR_EMAIL": mail}
    said = [*words, "--root", str(page.root), "--at", at.isoformat()]
    done = CliRunner().invoke(main, said, env=who, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def ask(page, at, *words, mail=ENGINEER):
    return json.loads(run(page, at, *words, "--json", mail=mail))


def then(page, at):
    return ask(page, at, "as-published")


def differences(page, at):
    return [(each["kind"], each["key"]) for each in then(page, at)["event_log"]["differences"]]


def test_what_was_published_names_its_entry_its_head_its_approval_and_who_was_told(page):
    found = then(page, minutes(4))
    (event,), (word,), (sent,) = found["event_log"]["events"], found["updates"], found["sent"]

    assert (event["seq"], event["type"], event["key"]) == (2, "incident.opened", key(1))
    assert event["hash"] == found["event_log"]["head"]
    assert len(event["hash"]) == 64
    assert (word["worded"]["commit"], word["committer"]) == (word["commit"], "oncall")
    (approval,) = word["approvals"]
    assert (approval["by"], approval["counts"]) == ([f"Communications lead <{LEAD}>"], True)
    assert (sent["event"], sent["channel"], sent["counts"]) == (key(1), "email", {"accepted": 3})
    assert found["event_log"]["differences"] == []
    said = run(page, minutes(4), "as-published")
    assert "Git and the event log agree." in said
    assert f"entry 2, incident.opened, {event['hash']}" in said
    assert f"words {word['digest']}\n" in said
    assert "sent by email: 3 accepted" in said


def test_what_was_committed_and_not_yet_published_is_said_with_when_it_came(page):
    found = then(page, minutes(2))

    assert (found["event_log"]["seq"], found["event_log"]["events"], found["sent"]) == (1, [], [])
    assert differences(page, minutes(2)) == [("not_logged", key(1))]
    said = run(page, minutes(2), "as-published")
    assert "not in the event log by then" in said
    assert "it came as entry 2, at" in said
    assert "sent to nobody by then" in said


def test_words_that_were_changed_in_silence_differ_from_the_log_and_have_lost_their_approval(page):
    found = then(page, minutes(6))

    assert differences(page, minutes(6)) == [("not_logged", key(4)), ("other_words", key(1))]
    first = found["updates"][0]
    assert (first["text"], first["approvals"]) == ("We look.", [])
    assert first["worded"]["commit"] != first["commit"]
    said = run(page, minutes(6), "as-published")
    assert "text in git 'We look.', in the log 'We look into it.'. Entry 4 of" in said
    assert f"approved by nobody (words {first['digest']})" in said
    assert differences(page, minutes(9)) == []


def test_before_the_log_began_git_alone_tells(page):
    found = then(page, minutes(-4))

    assert (found["event_log"]["seq"], found["event_log"]["differences"]) == (None, [])
    assert [note[:24] for note in found["notes"]] == ["The event log began at 2", "The ledger began later, "]


def test_a_history_that_was_rewritten_lacks_what_the_log_has(page, tmp_path):
    other = copy(page, tmp_path / "page")
    subprocess.run(["git", "-C", str(other.root), "update-ref", "-d", "HEAD"], check=True)
    (other.root / "incidents" / "slow.yml").unlink()
    commit(other.root, minutes(-5))

    assert differences(other, minutes(9)) == [
        ("only_logged", key(1)),
        ("only_logged", key(4)),
        *[("other_commits", None)] * 2,
    ]
    said = run(other, minutes(9), "as-published")
    assert "The log has it by then, as entry 4 of" in said
    assert "which is not in the history of what is checked out" in said


def test_a_log_that_is_not_whole_is_never_said_to_agree(page, tmp_path):
    other = copy(page, tmp_path / "page")
    with sqlite3.connect(other.root / ".stillup" / "ledger.sqlite") as base:
        base.execute("DROP TRIGGER public_text_stays")
        base.execute("UPDATE public_text SET content = replace(content, 'look into', 'laugh about') WHERE seq = 2")

    said = run(other, minutes(4), "as-published")
    assert "THE EVENT LOG IS NOT WHOLE: The text of entry 2" in said
    assert "agree." not in said


def test_the_page_is_built_again_as_it_stood_with_the_log_that_it_had(page, tmp_path):
    run(page, minutes(6), "as-published", "--site-dir", str(tmp_path / "then"))

    told = (tmp_path / "then" / "incidents" / "slow" / "index.html").read_text()
    assert "A disk is full." in told
    beat = json.loads((tmp_path / "then" / "heartbeat.json").read_text())
    assert (beat["event_seq"], beat["event_head"]) == (2, then(page, minutes(6))["event_log"]["head"])
    assert not (page.root / "site").exists()
