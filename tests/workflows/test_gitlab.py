"""The `.gitlab-ci.yml` that `stillup init` lays out, job by job against a bare remote; and the composite action."""

import json
import os
import subprocess
from collections import Counter
from pathlib import Path

import pytest
import yaml

from stillup.pipeline.preview.comment import MARK
from tests.channels.receiver import receiving
from tests.tools import BIN, ROOT, stillup
from tests.workflows.code_host import CodeHost
from tests.workflows.host import git, machine, stages
from tests.workflows.page import PEOPLE, SECRETS, opened

pytestmark = pytest.mark.needs("git")

INSTALL = ("apt-get", "pip install")
"""What a fresh container needs; here it is there."""


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("gitlab"), "--ci", "gitlab") as made:
        yield made


@pytest.fixture(scope="module")
def jobs(page):
    return stages((page.root / ".gitlab-ci.yml").read_text())


def run(page, job, sha: str, work: Path, **variables: str) -> tuple[int, str]:
    """Run the lines of a job as a runner does: in a clone at the pipeline's commit, until one fails."""
    if not work.exists():
        git(work.parent, "clone", "--quiet", f"file://{page.remote}", str(work))
        git(work, "fetch", "--quiet", "origin", "+refs/*:refs/*", "--update-head-ok")
    git(work, "checkout", "--quiet", "--detach", sha)
    if not (work / "private").exists():
        git(work.parent, "clone", "--quiet", str(page.host.remotes["ledger/private"]), str(work / "private"))
    environment = {
        **machine(page.host.folder), "CI_DEFAULT_BRANCH": "main", "CI_COMMIT_BRANCH": "main", "CI_COMMIT_SHA": sha,
        **SECRETS, **variables,
    }  # fmt: skip
    said = ""
    for line in [*job["before_script"], *job["script"]]:
        if line.startswith(INSTALL):
            continue
        done = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", line], cwd=work, env=environment, text=True, timeout=240,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip
        said += done.stdout
        if done.returncode:
            return done.returncode, said
    return 0, said


def test_the_default_branch_is_built_and_delivered_once_the_page_is_served(page, jobs, tmp_path):
    old = git(page.root, "rev-parse", "HEAD")
    made = page.say("Card payments failing", "Cards fail.")
    # Both jobs belong to a pipeline of an old commit that somebody starts again: they take the newest.
    built = run(page, jobs["pages"], old, tmp_path / "pages")
    home = (tmp_path / "pages" / "public" / "index.html").read_text()
    # Pages brings the artifact out; here it goes onto the branch that is served.
    branch = ["-c", f"tree=$(git --work-tree=public add -A -f && git write-tree); "
              f"git push -q {page.remote} $(git commit-tree $tree -m Page):refs/heads/gh-pages"]  # fmt: skip
    subprocess.run(["bash", *branch], cwd=tmp_path / "pages", check=True, env={
        **machine(page.host.folder), "GIT_INDEX_FILE": str(tmp_path / "index"), "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@example.com", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com",
    })  # fmt: skip
    sent = run(page, jobs["deliver"], old, tmp_path / "deliver")

    assert built[0] == sent[0] == 0, built[1] + sent[1]
    assert "Card payments failing" in home
    assert made.startswith(json.loads(page.served("heartbeat.json"))["commit"])
    assert Counter(who for who, _ in page.post.told) == Counter(PEOPLE)
    assert "is not this page's" not in sent[1], "it was awaited"


def test_a_merge_request_is_checked_judged_and_previewed(page, jobs, tmp_path):
    base = git(page.root, "rev-parse", "HEAD")
    record = page.root / "incidents" / "2026" / "cards.yml"
    sound = record.read_text()
    record.write_text(sound.replace("Cards fail.", "Some cards fail."))
    made = page.commit("Say it otherwise")
    git(page.root, "push", "--quiet", "origin", "HEAD:refs/merge-requests/1/head")
    git(page.root, "reset", "--quiet", "--hard", base)
    results = {
        name: run(page, jobs[name], made, tmp_path / "request", CI_MERGE_REQUEST_DIFF_BASE_SHA=base)
        for name in ("check", "lint", "preview")
    }

    assert {name: status for name, (status, _) in results.items()} == {"check": 1, "lint": 1, "preview": 1}
    assert "Write edited_at:" in results["check"][1]
    kept = tmp_path / "request" / jobs["preview"]["artifacts"]["paths"][0]
    assert sorted(path.name for path in kept.iterdir()) == ["comment.md", "index.html"]
    assert "Some cards fail." in (kept / "comment.md").read_text()

    host = CodeHost(made, {"id": 9, "username": "project_7_bot", "type": "Bot"}, knows_itself=True)
    with receiving(host) as server:
        asked = {
            "CI_API_V4_URL": f"http://127.0.0.1:{server.port}", "CI_PROJECT_ID": "7", "CI_MERGE_REQUEST_IID": "1",
            "STILLUP_GITLAB_TOKEN": "glpat-right",
        }  # fmt: skip
        noted = [run(page, jobs["comment"], made, tmp_path / "request", **asked) for _ in range(2)]
        refused = run(page, jobs["comment"], made, tmp_path / "request", **asked | {"STILLUP_GITLAB_TOKEN": ""})

    assert [status for status, _ in noted] == [0, 0], noted
    assert len(host.comments) == 1 and host.bodies[0].startswith(MARK)
    assert any(each.startswith("PUT /projects/7/merge_requests/1/notes/") for each in host.asked)
    assert refused[0] == 1 and "STILLUP_GITLAB_TOKEN is not set" in refused[1]


def test_every_job_says_when_it_runs_and_none_that_sends_is_cut_off(jobs):
    asked = {name for name, job in jobs.items() if "merge_request_event" in str(job["rules"])}

    assert asked == {"check", "lint", "preview", "comment"}
    assert all(jobs[name]["interruptible"] is (name in asked) for name in jobs)
    assert {jobs[name]["resource_group"] for name in ("pages", "deliver")} == {"page", "messages"}
    assert all("timeout" in job for job in jobs.values())
    assert jobs["preview"]["artifacts"]["when"] == "always"
    assert all(len(job["script"]) == 1 and job["script"][0].startswith("stillup ") for job in jobs.values())
    assert "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID != $CI_PROJECT_ID" in str(jobs["comment"]["rules"]), "no fork"
    assert jobs["comment"]["variables"]["GIT_STRATEGY"] == "none"


@pytest.mark.needs("make")
def test_the_composite_action_runs_a_command_and_no_shell(tmp_path):
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    laid = stillup("init", tmp_path / "page", "--name", "Advancia Pay Ledger", "--ci", "none")
    assert laid.returncode == 0
    environment = {
        **machine(tmp_path / "machine"),
        "GITHUB_ACTION_PATH": str(ROOT),
        "STILLUP_BIN": str(BIN),
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
    }
    lines = [step["run"] for step in action["runs"]["steps"] if "run" in step]
    for command, status in (("check --format github", 0), ("check --at 'no instant'; $(touch taken)", 123)):
        wanted = [0] * (len(lines) - 1) + [status]
        for line, expected in zip(lines, wanted, strict=True):
            done = subprocess.run(
                ["bash", "-eo", "pipefail", "-c", line], cwd=tmp_path / "page", text=True, capture_output=True,
                env={**environment, "STILLUP_COMMAND": command}, check=False,
            )  # fmt: skip
            assert done.returncode == expected, done.stdout + done.stderr
    assert not (tmp_path / "page" / "taken").exists()
    assert list(action["inputs"]) == ["command"]
    assert "${{ inputs.command }}" not in "".join(lines), "what is given never becomes part of a script"
