"""Time travel: what was said is told apart from what was true, each with who committed it when."""

import json
import subprocess

import pytest

from tests.tools import stillup

PAGE = """site_name: Status
theme: {name: material, font: false}
plugins: [{stillup: {}}]
"""
INCIDENT = """title: Payments fail
started_at: 2026-11-20T10:00:00Z
updates:
  - at: 2026-11-20T10:10:00Z
    status: investigating
    components: {payments: %s}
    body: Payments fail.
"""
RESOLVED = """  - at: 2026-11-20T10:30:00Z
    status: resolved
    body: Payments work.
"""


def commit(root, at, message):
    who = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in
           (("NAME", "On-call engineer"), ("EMAIL", "oncall@example.com"), ("DATE", at))}  # fmt: skip
    for words in (["add", "-A"], ["-c", "commit.gpgsign=false", "commit", "-qm", message]):
        subprocess.run(["git", "-C", str(root), *words], check=True, env={"PATH": "/usr/bin:/bin", **who})


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    root = tmp_path_factory.mktemp("page")
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    (root / "mkdocs.yml").write_text(PAGE)
    (root / "docs").mkdir()
    (root / "docs" / "help.md").write_text("# Help\n")
    (root / "components").mkdir()
    (root / "components" / "payments.yml").write_text("name: Payments\nsince: 2026-01-01\n")
    (root / "incidents").mkdir()
    file = root / "incidents" / "pay.yml"
    commit(root, "2026-11-20T09:00:00Z", "Begin")
    file.write_text(INCIDENT % "partial_outage")
    commit(root, "2026-11-20T10:14:00Z", "Open\n\nApproved-by: Communications lead")
    file.write_text(INCIDENT % "major_outage" + "    edited_at: 2026-11-20T10:40:00Z\n" + RESOLVED)
    commit(root, "2026-11-20T10:41:00Z", "Resolve and correct")
    return root


def then(page, at, *words):
    done = stillup("as-published", "--root", page, "--at", at, "--json", *words)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_before_the_commit_the_page_said_nothing_while_it_was_true(page):
    found = then(page, "2026-11-20T10:12:00Z")

    assert (found["said"]["overall"], found["said"]["open"]) == ("All Systems Operational", [])
    assert (found["true"]["components"], found["true"]["open"]) == ({"payments": "major_outage"}, ["pay"])
    assert found["updates"] == []


def test_a_later_edit_changes_what_was_true_and_not_what_was_said(page):
    found = then(page, "2026-11-20T10:20:00Z")

    assert found["said"]["components"] == {"payments": "partial_outage"}
    assert found["true"]["components"] == {"payments": "major_outage"}
    (word,) = found["updates"]
    assert (word["said_at"], word["committed_at"]) == ("2026-11-20T10:10:00Z", "2026-11-20T10:14:00Z")
    assert (word["committer"], word["signature"]) == ("On-call engineer", "not signed")
    assert word["approved_by"] == ["Communications lead"]


def test_an_end_that_was_told_late_was_still_open_on_the_page(page):
    found = then(page, "2026-11-20T10:35:00Z")

    assert (found["said"]["open"], found["true"]["open"]) == (["pay"], [])
    said = stillup("as-published", "--root", page, "--at", "2026-11-20T10:35:00Z").stdout
    assert "pay (open on the page, closed by today's records)" in said


def test_without_a_log_it_says_that_git_alone_tells(page):
    found = then(page, "2026-11-20T10:20:00Z")

    assert (found["event_log"], found["sent"]) == (None, None)
    assert found["notes"] == [
        "There is no event log: no ledger is set. What was published is told by git alone, which knows commits, "
        "and not when they went out."
    ]


def test_before_the_first_commit_it_says_so(page):
    done = stillup("as-published", "--root", page, "--at", "2026-11-01T00:00:00Z")

    assert (done.returncode, "Git has no commit from before 2026-11-01T00:00:00Z." in done.stderr) == (1, True)
