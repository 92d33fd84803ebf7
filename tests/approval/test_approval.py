"""Who agreed to a text before anybody was told: proved from git, refused where it is not, overruled with a reason."""

import json
import os
import subprocess
from datetime import timedelta

import pytest
from click.testing import CliRunner

from stillup.cli import main
from stillup.delivery.plan import Reason
from tests.delivery.page import Page
from tests.delivery.world import AT

pytestmark = pytest.mark.needs("git")

AUTHOR, LEAD, STRANGER = "oncall@example.com", "lead@example.com", "stranger@example.com"
OPENED = (AT + timedelta(minutes=1), "investigating", "partial_outage", "We look into it.")
LATER = AT + timedelta(minutes=10)
UPDATE = f"{OPENED[0]:%Y%m%dt%H%M%Sz}"
SETTINGS = "      approval: {{severities: [P0, P1]{more}}}\n"


def owned(root, owners=f"/incidents/ {LEAD} {AUTHOR}\n", more="") -> Page:
    """A page of which a lead and the on-call engineer own the incidents, with an incident of the latter."""
    made = Page(root).make()
    made.write("mkdocs.yml", (root / "mkdocs.yml").read_text() + SETTINGS.format(more=more))
    made.write(".github/CODEOWNERS", owners)
    made.commit().begin()
    made.incident(OPENED)
    return made


@pytest.fixture
def page(tmp_path):
    return owned(tmp_path)


def git(page, *words, mail=AUTHOR, **more):
    """Run git as the person with the address `mail`."""
    who = {
        f"GIT_{role}_{part}": value
        for role in ("AUTHOR", "COMMITTER")
        for part, value in (("NAME", "Somebody"), ("EMAIL", mail))
    }
    done = subprocess.run(
        ["git", "-C", page.root, *words], env={**os.environ, **who, **more}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def run(page, *words, mail=LEAD, status=0):
    who = {
        f"GIT_{role}_{part}": value
        for role in ("AUTHOR", "COMMITTER")
        for part, value in (("NAME", "Somebody"), ("EMAIL", mail))
    }
    said = [*words, "--root", str(page.root), "--at", LATER.isoformat()]
    done = CliRunner().invoke(main, said, env=who, catch_exceptions=False)
    assert done.exit_code == status, done.output
    return done


def note(page, *lines, mail=LEAD):
    git(page, "commit", "--quiet", "--allow-empty", "-m", "\n".join(["A word", "", *lines]), mail=mail)


def named(page):
    """Return the line with which the text is approved."""
    done = run(page, "incident", "approve", "slow", "--dry-run", "--json")
    return f"Approves: {json.loads(done.stdout)['approves']}"


def sent(page, at=LATER):
    """Deliver; return how many were accepted, and the accounts of failures and warnings."""
    done = page.deliver(at)
    return done.channels[0].accepted, dict(done.channels[0].failed), [each.message for each in done.warnings]


WAITS = {f"later: {Reason.UNAPPROVED}": 3}


def test_without_the_setting_nobody_is_asked(tmp_path):
    made = Page(tmp_path).make()
    made.begin()
    made.incident(OPENED)

    assert sent(made)[0] == 3


def test_a_text_that_nobody_approved_waits_is_counted_and_goes_out_once_somebody_has(page):
    first = page.deliver(LATER)
    plan = page.deliver(LATER, dry_run=True)

    assert not first.is_complete, "exit status 3"
    assert (first.channels[0].accepted, dict(first.channels[0].failed), first.channels[0].missing) == (0, WAITS, 0)
    (warning,) = first.warnings
    assert str(warning) == (
        f"incidents/slow.yml:1:1: warning: updates[0]: Nobody of {LEAD}, {AUTHOR} who did not write it has approved it."
        f" Let one of them run stillup incident approve slow/{UPDATE}; until then nobody is told."
    )
    assert [(row.action, row.reason) for row in plan.rows] == [("skip", "not approved")]

    run(page, "incident", "approve", "slow")
    assert sent(page) == (3, {}, [])
    assert sent(page)[0] == 0, "and once"


def test_who_approves_the_same_text_again_is_told_so_and_makes_no_second_commit(page, tmp_path_factory):
    run(page, "incident", "approve", "slow")
    once = git(page, "rev-parse", "HEAD")
    again = run(page, "incident", "approve", "slow")
    tried = json.loads(run(page, "incident", "approve", "slow", "--json", "--dry-run").stdout)

    assert again.stdout.endswith(f" is approved by {LEAD} already, in commit {once[:10]}.\n")
    assert (tried["already"], tried["commit"]) == (True, None)
    there = tmp_path_factory.mktemp("remote")
    git(page, "init", "--quiet", "--bare", str(there))
    git(page, "remote", "add", "origin", str(there))
    pushed = run(page, "incident", "approve", "slow", "--push")
    assert pushed.stdout.endswith(" already, in commit " + once[:10] + ". The branch is pushed.\n")
    assert git(page, "rev-parse", "HEAD") == once
    assert git(page, "ls-remote", "origin").split()[0] == once


def test_who_wrote_it_cannot_approve_it_nor_can_who_does_not_own_it(page):
    alone = run(page, "incident", "approve", "slow", mail=AUTHOR, status=1)
    stranger = run(page, "incident", "approve", f"slow/{UPDATE}", mail=STRANGER, status=1)

    assert f"{AUTHOR} wrote it, and a second person must agree. Nothing was approved." in alone.output
    assert f"{STRANGER} is none of those who own incidents/slow.yml by CODEOWNERS: {LEAD}, {AUTHOR}." in stranger.output
    note(page, named(page), f"Approved-by: On-call <{AUTHOR}>")
    note(page, named(page), f"Reviewed-by: Stranger <{STRANGER}>")
    assert sent(page)[:2] == (0, WAITS)


def test_who_wrote_it_together_cannot_approve_it(tmp_path):
    made = owned(tmp_path)
    git(
        made, "commit", "--quiet", "--amend", "-m", f"Open\n\nCo-authored-by: Lead <{LEAD}>\nApproved-by: Lead <{LEAD}>"
    )

    assert sent(made)[:2] == (0, WAITS)


def test_whoever_changes_the_words_afterwards_needs_a_new_approval(page):
    run(page, "incident", "approve", "slow")
    page.incident((*OPENED[:3], "We look into what Ada Lovelace broke."))
    assert sent(page)[:2] == (0, WAITS)

    page.incident(OPENED)
    assert sent(page)[0] == 3, "the words that were approved"


def test_an_approval_that_is_pushed_on_top_of_other_words_is_none_of_them(page, tmp_path_factory):
    """The author pushes other words while the lead reads the old ones."""
    remote = tmp_path_factory.mktemp("remote") / "page.git"
    subprocess.run(["git", "clone", "--quiet", "--bare", page.root, remote], check=True)
    git(page, "remote", "add", "origin", str(remote))
    git(page, "push", "--quiet", "-u", "origin", "main")
    page.incident((*OPENED[:3], "Ada Lovelace broke it."))
    git(page, "push", "--quiet", "origin", "main")
    git(page, "reset", "--quiet", "--hard", "HEAD~1")
    run(page, "incident", "approve", "slow", "--push")

    assert "Ada Lovelace" in (page.root / "incidents/slow.yml").read_text()
    assert sent(page)[:2] == (0, WAITS)


def test_another_title_is_another_text(page):
    run(page, "incident", "approve", "slow")
    text = (page.root / "incidents/slow.yml").read_text()
    page.write("incidents/slow.yml", text.replace("The API answers slowly", "Ada broke the API"))
    page.commit()

    assert sent(page)[:2] == (0, WAITS)


def test_an_approval_of_one_update_is_none_of_another(page):
    run(page, "incident", "approve", "slow")
    page.incident(OPENED, (AT + timedelta(minutes=2), "identified", "partial_outage", "A disk is full."))

    assert sent(page)[:2] == (3, WAITS)


def test_a_review_in_the_commit_or_in_the_merge_that_brings_the_text_is_enough(page):
    git(page, "commit", "--quiet", "--amend", "-m", f"Open\n\nReviewed-by: Lead <{LEAD}>")
    assert sent(page)[0] == 3

    git(page, "switch", "--quiet", "-c", "topic")
    page.incident(OPENED, (AT + timedelta(minutes=2), "identified", "partial_outage", "A disk is full."))
    git(page, "switch", "--quiet", "main")
    git(page, "merge", "--quiet", "--no-ff", "topic", "-m", f"Merge\n\nApproved-by: Lead <{LEAD}>", mail=LEAD)
    assert sent(page)[0] == 3


def test_a_review_of_something_else_does_not_count(page):
    page.write("docs/about.md", "# About\n")
    git(page, "add", "--all")
    git(page, "commit", "--quiet", "-m", f"Say who we are\n\nReviewed-by: Lead <{LEAD}>", mail=STRANGER)

    assert sent(page)[:2] == (0, WAITS)


def test_who_is_alone_goes_on_with_a_reason_that_is_told(page):
    (page.root / "incidents/slow.yml").unlink()
    page.commit()
    words = ("incident", "open", "The API answers slowly", "-c", "api=partial", "-s", "P1", "-m", "Calls fail.", "-t")
    words = (*words, "impact_text=One call in ten through the API fails; the dashboard works.")
    waits = run(page, *words, "--dry-run", mail=AUTHOR)
    run(page, *words, "--anyway", "Nobody else is awake.", "--commit", "--yes", mail=AUTHOR)
    (record,) = (page.root / "incidents").rglob("*.yml")

    assert f"Before anybody is told, one of {LEAD}, {AUTHOR} must approve this." in waits.output
    assert 'lint: {"C41": Nobody else is awake.}' in record.read_text()
    assert sent(page, LATER + timedelta(minutes=1)) == (
        3, {}, ["It is told without a second approval: Nobody else is awake."],
    )  # fmt: skip


def test_a_lesser_incident_needs_nobody(page):
    page.incident((*OPENED[:2], "degraded_performance", "Slow."), severity="P2")

    assert sent(page)[0] == 3


def test_where_codeowners_names_nobody_nobody_can_approve(tmp_path):
    made = owned(tmp_path, owners="/docs/ @writers\n")

    assert sent(made) == (0, WAITS, ["CODEOWNERS names nobody for incidents/slow.yml, so nobody can approve it."])


def test_a_team_is_who_the_settings_say(tmp_path):
    made = owned(tmp_path, owners="* @ledger/leads\n", more=f', people: {{{{"@ledger/leads": [{LEAD}]}}}}'.format())
    run(made, "incident", "approve", "slow")

    assert sent(made)[0] == 3


def test_lint_blocks_what_is_committed_and_warns_of_what_is_not(page):
    blocked = run(page, "lint", "--json", status=1)
    found = [each for each in json.loads(blocked.stdout) if each["code"] == "C41"]
    assert [(each["level"], each["line"]) for each in found] == [("error", 4)]

    run(page, "incident", "approve", "slow")
    assert "C41" not in CliRunner().invoke(main, ["lint", "--root", str(page.root), "--at", LATER.isoformat()]).output

    text = (page.root / "incidents/slow.yml").read_text()
    page.write("incidents/slow.yml", text.replace("look into it", "looked into it"))
    said = CliRunner().invoke(main, ["lint", "--root", str(page.root), "--at", LATER.isoformat()]).output
    assert f"warning: updates[0]: Before anybody is told, one of {LEAD}, {AUTHOR} must approve this." in said


def test_what_is_not_committed_cannot_be_approved(page):
    text = (page.root / "incidents/slow.yml").read_text()
    page.write("incidents/slow.yml", text.replace("look into it", "looked into it"))

    assert "incidents/slow.yml is not committed" in run(page, "incident", "approve", "slow", status=1).output
    assert "slow has no x. It has" in run(page, "incident", "approve", "slow/x", status=1).output


def test_a_shallow_clone_proves_nothing(page, tmp_path_factory):
    """The newest commit of such a clone seems to have written everything."""
    note(page, named(page), f"Approved-by: On-call <{AUTHOR}>")
    clone = tmp_path_factory.mktemp("clone") / "page"
    subprocess.run(["git", "clone", "--quiet", "--depth=1", f"file://{page.root}", clone], check=True)
    lint = CliRunner().invoke(main, ["lint", "--root", str(clone), "--at", LATER.isoformat()])

    assert "This clone is shallow" in lint.output


@pytest.mark.needs("ssh-keygen")
def test_where_signatures_are_wanted_a_name_alone_is_not_enough(tmp_path):
    for name in ("lead", "author"):
        key = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / name)]
        subprocess.run(key, check=True)
    root = tmp_path / "page"
    root.mkdir()
    made = owned(root, more=", signed: true, signers: .github/allowed_signers")
    made.write(
        ".github/allowed_signers",
        f"{LEAD} {(tmp_path / 'lead.pub').read_text()}{AUTHOR} {(tmp_path / 'author.pub').read_text()}",
    )
    git(made, "add", "--all")
    git(made, "commit", "--quiet", "-m", "Say whose keys count")
    git(made, "config", "gpg.format", "ssh")
    note(made, named(made), f"Approved-by: Lead <{LEAD}>")
    assert sent(made)[:2] == (0, WAITS), "not signed at all"

    git(made, "config", "user.signingkey", str(tmp_path / "author"))
    git(made, "commit", "-q", "-S", "--allow-empty", "-m", f"x\n\n{named(made)}\nApproved-by: Lead <{LEAD}>", mail=LEAD)
    assert sent(made)[:2] == (0, WAITS), "signed by who wrote it, in the lead's name"

    git(made, "config", "user.signingkey", str(tmp_path / "lead"))
    run(made, "incident", "approve", "slow")
    assert sent(made)[0] == 3
