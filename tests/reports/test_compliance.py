"""The evidence bundle: what an auditor finds in it, checked against git, the ledger and the records themselves."""

import csv
import hashlib
import json
import shutil
import subprocess
from datetime import UTC, datetime, timedelta

import pytest

from stillup.pipeline.approval.approval import Approvals
from stillup.pipeline.approval.approved import Approved
from stillup.pipeline.event_log.reading import logged
from stillup.pipeline.git.repository import Repository
from stillup.records.approval import SecondApproval
from stillup.records.folder import record_files
from tests.delivery.page import Page, git
from tests.reports.command import stillup
from tests.reports.example import lay_out
from tests.tools import axe, html_errors, serving

AT = datetime(2026, 11, 20, 10, 45, tzinfo=UTC)
LATER = "2026-12-31T00:00:00Z"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A page with a ledger that sent, three kinds of commits, and the bundle of its quarter."""
    root = tmp_path_factory.mktemp("page")
    page = Page(root).make()
    page.begin(AT)
    page.incident((AT + timedelta(minutes=1), "investigating", "degraded_performance", "We look into it."))
    page.deliver(AT + timedelta(minutes=2))
    (root / "incidents" / "slow.yml").write_text(
        (root / "incidents" / "slow.yml").read_text().replace("slowly", "very slowly")
    )
    message = "Say it plainly\n\nApproved-by: The team lead <lead@example.com>\nReviewed-by: the on-call engineer"
    date = {"GIT_COMMITTER_DATE": "2026-11-20T11:00:00Z"}
    words = ("-c", "user.name=the on-call engineer", "-c", "user.email=oncall@example.com", "commit", "-qam", message)
    subprocess.run(["git", "-C", str(root), *words], check=True, env={"PATH": "/usr/bin:/bin", "HOME": "/", **date})
    (root / "private" / "drills").mkdir()
    (root / "private" / "drills" / "tabletop-2026-11.yml").write_text(
        "type: tabletop\ntitle: A supplier disappears\ndate: 2026-11-12\nheld_at: 2026-11-12T13:00:00Z\n"
        "evidence: Minutes\naction_items:\n"
        "  - {id: late, title: Write down whom to call, owner: Support lead, due: 2026-11-30}\n"
    )
    done = stillup("report", "compliance", "--root", root, "--quarter", "2026-Q4", "--at", LATER)
    assert done.returncode == 0, done.stderr
    return root, root / "private" / "reports" / "compliance" / "2026-Q4", done.stdout.split()


def rows(folder, name):
    with (folder / f"compliance-{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def lines(folder):
    told = json.loads((folder / "compliance.json").read_text())
    return {each["criterion"]: each for each in told["checklist"]}


def test_every_file_of_the_bundle_has_its_hash(made):
    _, folder, printed = made
    sums = dict(reversed(line.split("  ")) for line in (folder / "SHA256SUMS").read_text().splitlines())

    assert set(sums) == {path.name for path in folder.iterdir()} - {"SHA256SUMS"}
    assert {path.rpartition("/")[2] for path in printed} == {*sums, "SHA256SUMS"}
    for name, digest in sums.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name
    checked = subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=folder, check=False)
    assert checked.returncode == 0


def test_commits_are_those_of_git_and_nobody_approves_their_own(made):
    root, folder, _ = made
    found = [each for each in rows(folder, "commits") if each["subject"] == "Say it plainly"]

    assert [each["commit"] for each in found] == [git(root, "rev-parse", "HEAD")]
    assert found[0]["approved_by"] == "The team lead <lead@example.com>; the on-call engineer"
    assert found[0]["signature"] == "not signed"
    assert found[0]["paths"] == "incidents/slow.yml"
    count = len(rows(folder, "commits"))
    assert (
        f"commits that name no second person: {count - 1} of {count} (compliance-commits.csv)"
        in (lines(folder)["CC8.1"]["exceptions"])
    )


def test_a_commit_is_approved_once_every_text_of_it_is_by_commits_that_name_it(tmp_path):
    page = Page(tmp_path).make()
    page.write(".github/CODEOWNERS", "/incidents/ lead@example.com oncall@example.com\n")
    page.incident((AT, "investigating", "degraded_performance", "We look into it."))
    page.incident(
        (AT, "investigating", "degraded_performance", "We look closely."),
        (AT + timedelta(minutes=5), "identified", "degraded_performance", "A disk is full."),
    )
    wanted = git(tmp_path, "rev-parse", "HEAD")
    texts = Approvals(tmp_path, SecondApproval())
    (file,) = record_files(tmp_path, "incidents")[0]
    for count, part in enumerate(("20261120t104500z", "20261120t105000z")):
        approved = Approved(tmp_path, SecondApproval(), Repository(tmp_path, "A test"))
        assert approved.by(wanted, ["incidents/slow.yml"]) == (), count
        message = f"Approve\n\nApproves: {texts.name(file, part)}\nApproved-by: The team lead <lead@example.com>"
        git(tmp_path, "commit", "--quiet", "--allow-empty", "--message", message)

    approved = Approved(tmp_path, SecondApproval(), Repository(tmp_path, "A test"))
    said = approved.by(wanted, ["incidents/slow.yml"])
    assert said == tuple(
        f"The team lead <lead@example.com> ({git(tmp_path, 'rev-parse', '--short=10', name)})"
        for name in ("HEAD~1", "HEAD")
    )
    assert approved.by(git(tmp_path, "rev-parse", f"{wanted}~1"), ["incidents/slow.yml"]) == (), "the words of before"


def test_deliveries_are_those_of_the_ledger_and_its_chain_can_be_worked_out_again(made):
    _, folder, _ = made
    (told,) = rows(folder, "deliveries")

    assert (told["event"], told["channel"], told["accepted"]) == ("slow/20261120t104600z", "email", "3")
    before = "0" * 64
    kept = (folder / "ledger.jsonl").read_text().splitlines()
    for line in kept:
        digest, _, text = line.partition(" ")
        assert hashlib.sha256(f"{before}\n{text}".encode()).hexdigest() == digest
        before = digest
    assert json.loads((folder / "compliance.json").read_text())["ledger"]["head"] == before
    assert not [address for address in ("a@example.com", "b@example.com") if address in "".join(kept)]


def test_a_message_that_came_too_late_to_be_sent_is_an_exception(tmp_path):
    """No receipt tells of it: for a day nobody published."""
    page = Page(tmp_path).make()
    page.begin(AT)
    page.incident((AT + timedelta(minutes=1), "investigating", "degraded_performance", "We look into it."))
    page.deliver(AT + timedelta(days=1))

    done = stillup("report", "compliance", "--root", tmp_path, "--quarter", "2026-Q4", "--at", LATER, "--json")

    (line,) = [each for each in json.loads(done.stdout)["checklist"] if each["criterion"] == "CC2.3"]
    assert "messages of email: late: 3" in line["exceptions"]
    assert line["evidence"].endswith("; 0 messages accepted")


def test_what_nobody_did_is_an_exception(made):
    _, folder, _ = made
    found = lines(folder)

    assert "Write down whom to call (tabletop-2026-11) was due on 2026-11-30" in found["CC4.2"]["exceptions"]
    assert "chaos/2026-11: overdue" in found["A1.3"]["exceptions"]
    assert not [each for each in found["A1.3"]["exceptions"] if each.startswith("tabletop/2026-11")]
    assert "no private record of how it was handled: 1 of 1 (slow)" in found["CC7.3"]["exceptions"]
    assert found["CC7.2"]["exceptions"] == []


def test_the_public_event_log_is_proved_as_the_ledger_is(made):
    root, folder, _ = made
    told = json.loads((folder / "compliance.json").read_text())["event_log"]

    assert [each.entry.key for each in logged(root)] == ["log", "slow/20261120t104600z"]
    assert (told["head"], told["lines"], told["faults"]) == (logged(root)[-1].hash, 2, [])
    assert "event log: 2 lines, whole" in lines(folder)["CC7.2"]["evidence"]


def test_a_ledger_that_was_changed_is_said_and_its_words_are_not_believed(made, tmp_path):
    root, *_ = made
    other = shutil.copytree(root, tmp_path / "page")
    changed = f"""
import sqlite3
base = sqlite3.connect({str(other / ".stillup" / "ledger.sqlite")!r})
base.execute("DROP TRIGGER entry_stays")
base.execute("UPDATE entry SET text = replace(text, 'email', 'sms') WHERE number = 2")
base.commit()
"""
    subprocess.run(["python3", "-c", changed], check=True)

    done = stillup("report", "compliance", "--root", other, "--quarter", "2026-Q4", "--at", LATER, "--json")

    told = json.loads(done.stdout)
    assert told["ledger"]["faults"][0].startswith("Line 2 does not follow from the one before")
    (line,) = [each for each in told["checklist"] if each["criterion"] == "CC7.2"]
    assert told["ledger"]["faults"][0] in line["exceptions"]


def test_without_git_and_ledger_the_bundle_says_so(tmp_path):
    lay_out(tmp_path)

    done = stillup("report", "compliance", "--root", tmp_path, "--at", LATER, "--quarter", "2026-Q4", "--stdout")

    assert "There is no git repository, so nobody can say who changed what." in done.stdout
    assert "There is no ledger, so who was told is on no record." in done.stdout
    assert "regime/gdpr/notification, overdue" in done.stdout
    assert not (tmp_path / "private" / "reports").exists()


def test_the_notices_of_one_incident_stand_under_compliance_too(tmp_path):
    lay_out(tmp_path)
    named = ("--root", tmp_path, "--incident", "2026-11-17-supplier-account-opened-by-a-stranger", "--stdout")

    one = stillup("report", "compliance", *named, "--regime", "gdpr", "--at", LATER)

    assert one.stdout == stillup("report", "regulator", *named, "--regime", "gdpr", "--at", LATER).stdout
    assert "not legal advice" in one.stdout.lower()
    assert stillup("report", "compliance", "--root", tmp_path, "--regime", "gdpr").returncode == 2


def test_the_page_is_sound_html_that_everybody_can_read(made):
    _, folder, _ = made

    assert html_errors([folder / "compliance.html"]) == []
    with serving(folder) as url:
        assert axe(f"{url}compliance.html") == []
