"""`stillup intake ... --push`: a job of CI that takes in an alert and leaves a commit, whoever was faster."""

import json
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from stillup.cli import main
from tests.hands.conftest import WHO, git
from tests.intake.alert.receiver import page

AT = "2026-11-20T12:10:00Z"


@pytest.fixture
def two(tmp_path) -> tuple[Path, Path, Path]:
    """A bare repository, and two clones of a page."""
    root = page(tmp_path / "a")
    git(tmp_path, "init", "-q", "--bare", "-b", "main", "bare.git")
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "Begin")
    git(root, "remote", "add", "origin", str(tmp_path / "bare.git"))
    git(root, "push", "-q", "-u", "origin", "main")
    git(tmp_path, "clone", "-q", "bare.git", "b")
    return tmp_path / "bare.git", root, tmp_path / "b"


def alert(name="MailsLate"):
    told = {"status": "firing", "labels": {"alertname": name, "severity": "critical"}, "fingerprint": name}
    times = {"startsAt": "2026-11-20T12:00:00Z", "endsAt": "0001-01-01T00:00:00Z"}
    return json.dumps({"version": "4", "status": "firing", "alerts": [told | times]})


def intake(root, *words, name="MailsLate", at=AT):
    command = ["intake", "alertmanager", "--root", str(root), "--at", at, *words]
    return CliRunner().invoke(main, command, input=alert(name), env=WHO, catch_exceptions=False)


def test_an_alert_becomes_a_commit_and_is_pushed(two):
    bare, root, _ = two

    done = intake(root, "--push")
    again = intake(root, "--push", "--json")

    assert done.exit_code == 0, done.output
    assert "1 new alert.\nCommit " in done.stdout
    assert done.stdout.rstrip().endswith(", pushed.")
    assert (json.loads(again.stdout)["new"], json.loads(again.stdout)["commit"]) == (0, "")
    assert git(bare, "log", "--format=%s", "main") == "Take in alerts\nBegin\n"
    assert "degraded_performance" in git(bare, "show", "main:components/mails.yml")
    assert "inbox" not in git(bare, "ls-tree", "-r", "--name-only", "main"), "what machines are called stays internal"


def test_somebody_faster_on_the_same_line_is_made_up_for(two):
    """A person notes the component's state at the same place of the same file, and pushes first."""
    bare, root, other = two
    words = ["component", "set", "mails", "major", "--root", str(other), "--at", "2026-11-20T12:01:00Z", "--push"]
    assert CliRunner().invoke(main, words, env=WHO, catch_exceptions=False).exit_code == 0

    done = intake(root, "--push")

    assert (done.exit_code, ", pushed." in done.stdout) == (0, True), done.output
    text = git(bare, "show", "main:components/mails.yml")
    assert text.index("major_outage") < text.index("degraded_performance")
    assert git(root, "rev-parse", "HEAD") == git(bare, "rev-parse", "main")


def test_a_commit_alone_is_not_pushed_and_a_dry_run_does_neither(two):
    bare, root, _ = two

    dry = intake(root, "--push", "--dry-run")
    assert "Would write components/mails.yml." in dry.stdout
    assert git(root, "log", "--format=%s") == "Begin\n"
    done = intake(root, "--commit")
    assert ", not pushed." in done.stdout
    assert git(root, "log", "--format=%s") == "Take in alerts\nBegin\n"
    assert git(bare, "log", "--format=%s", "main") == "Begin\n"


def test_where_nothing_can_be_pushed_the_alert_is_kept(two):
    _, root, _ = two
    git(root, "remote", "set-url", "origin", str(root.parent / "gone.git"))

    done = intake(root, "--push")

    assert done.exit_code == 1
    assert "could not be pushed" in done.stderr
    assert len(list((root / "private" / "inbox").glob("*.json"))) == 1


def test_suppliers_states_are_committed_too(two):
    """Without any supplier there is nothing to commit, and that is no failure."""
    bare, root, _ = two

    words = ["intake", "vendors", "--root", str(root), "--at", AT, "--push"]
    done = CliRunner().invoke(main, words, env=WHO, catch_exceptions=False)

    assert (done.exit_code, done.stdout) == (0, "No component names a vendor with a status page.\n")
    assert git(bare, "log", "--format=%s", "main") == "Begin\n"
    assert subprocess.run(["git", "-C", str(root), "diff", "--quiet"], check=False).returncode == 0
