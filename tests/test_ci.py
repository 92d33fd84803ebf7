"""What runs on each commit: the workflow's own lines and their rules, and what is locked."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.tools import AT, BIN, ROOT

WORKFLOWS = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / ".github" / "workflows").glob("*.yml"))
}
EXTRAS = ("apprise", "postgres", "reports", "serve")  # what people install
STEPS = [
    (workflow, job, step)
    for workflow, said in WORKFLOWS.items()
    for job, about in said["jobs"].items()
    for step in about["steps"]
]


def files() -> list[str]:
    """Return what a clone would have: every file that git tracks or would take."""
    done = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def clone(tmp_path_factory) -> Path:
    """A fresh clone with one commit, holding the working tree as it is."""
    folder = tmp_path_factory.mktemp("clone")
    for name in files():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
    who = ["-c", "user.name=Stillup tests", "-c", "user.email=tests@example.com", "-c", "commit.gpgsign=false"]
    for words in (["init", "-q", "-b", "main"], ["add", "-A"], [*who, "commit", "-q", "-m", "Everything"]):
        subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)
    return folder


@pytest.mark.needs("git", "make")
def test_the_lines_of_the_publish_workflow_make_the_page_and_the_messages(clone):
    lines = [step["run"] for workflow, _, step in STEPS if workflow == "publish" and "run" in step]
    programs = str(BIN)
    environment = {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(clone),
        "CI": "true",
        "STILLUP_BIN": programs,  # the environment of this run, instead of one made anew
        "STILLUP_AT": AT,
    }

    assert lines
    for line in lines:
        done = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", line],
            cwd=clone,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=1200,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"

    uploaded = [
        step["with"]["path"] for workflow, _, step in STEPS if workflow == "publish" and "path" in step.get("with", {})
    ]
    assert sorted(uploaded) == ["outbox", "site"]
    assert (clone / "site" / "index.html").is_file()
    assert list((clone / "outbox").rglob("*.eml"))
    left = subprocess.run(["git", "status", "--porcelain"], cwd=clone, capture_output=True, text=True, check=True)
    assert left.stdout == "", "what a build makes is ignored by git"


def test_the_workflow_of_the_page_calls_our_own_commands_only():
    lines = [step["run"] for workflow, _, step in STEPS if workflow == "publish" and "run" in step]

    assert all(re.fullmatch(r"(stillup|make) [\w= -]+", line) for line in lines), lines


PLACES = [
    *(ROOT / ".github" / "workflows").glob("*.yml"),
    ROOT / "action.yml",
    *(ROOT / "generator" / "stillup" / "pipeline" / "layout" / "files").glob("github-*.yml"),
]
"""Every file that names an action: ours, and those that `stillup init` lays out."""


def used_in(place: Path) -> list[str]:
    return re.findall(r"^ *(?:- )?uses: (.*)$", place.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("place", PLACES, ids=lambda path: path.stem)
def test_every_action_is_pinned_to_a_commit_and_says_its_version(place):
    used = used_in(place)

    assert used or place.stem == "test"
    assert all(re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action) for action in used), used


def test_one_action_has_one_version_everywhere():
    used = {line for place in PLACES for line in used_in(place)}

    assert len(used) == len({line.partition("@")[0] for line in used}), sorted(used)


@pytest.mark.needs("make")
def test_our_own_steps_are_the_commands_that_users_get():
    """What `make` would run, beside the workflow that `stillup init` lays out and tests/workflows runs."""
    text = (ROOT / "generator/stillup/pipeline/layout/files/github-preview.yml").read_text(encoding="utf-8")
    jobs = yaml.safe_load(text)["jobs"].values()
    theirs = {s["name"]: s["run"] for job in jobs for s in job["steps"] if s.get("run", "").startswith("stillup")}
    ours = {step["name"]: step["run"] for workflow, _, step in STEPS if workflow == "preview" and "run" in step}
    said = {}
    for name, line in ours.items():
        words = ["bash", "-c", line.replace("make ", "make --no-print-directory -n STILLUP_BIN=bin ")]
        environment = {**os.environ, "GITHUB_STEP_SUMMARY": "summary.md"}
        done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
        said[name] = re.sub(r" +", " ", done.stdout.splitlines()[-1]).removeprefix("bin/")

    assert {name: line.replace("format text", "format github") for name, line in said.items()} == {
        name: line.replace("$GITHUB_STEP_SUMMARY", "summary.md").replace(" preview/comment.md", "")
        for name, line in theirs.items()
    }


def test_no_workflow_may_more_than_it_needs():
    assert all(said["permissions"] == {"contents": "read"} for said in WORKFLOWS.values())
    more = {
        (workflow, job): about["permissions"]
        for workflow, said in WORKFLOWS.items()
        for job, about in said["jobs"].items()
        if "permissions" in about
    }
    assert more == {
        ("publish", "deploy"): {"pages": "write", "id-token": "write"},
        ("preview", "comment"): {"contents": "read", "pull-requests": "write"},
        ("incident", "incident"): {"contents": "write", "actions": "write"},
    }
    checkouts = [
        (workflow, job, step) for workflow, job, step in STEPS if step.get("uses", "").startswith("actions/checkout@")
    ]
    keeps = [(workflow, job) for workflow, job, step in checkouts if step["with"]["persist-credentials"]]
    assert keeps == [("incident", "incident"), ("incident", "report")], "those that push, and no other"
    assert all("persist-credentials" in step["with"] for _, _, step in checkouts)


def test_a_pull_request_deploys_nothing():
    triggers = {name: set(said[True]) for name, said in WORKFLOWS.items()}  # YAML reads `on` as true

    assert {name for name, when in triggers.items() if "pull_request" in when} == {"audit", "preview", "test"}
    assert "pull_request_target" not in str(triggers) and "workflow_run" not in str(triggers)
    assert "secrets." not in str(WORKFLOWS["preview"])


def test_what_may_write_on_a_pull_request_runs_nothing_of_it():
    """Not for forks, and with the files of the branch that the pull request goes to."""
    comment = WORKFLOWS["preview"]["jobs"]["comment"]
    checkouts = [step["with"] for step in comment["steps"] if step.get("uses", "").startswith("actions/checkout@")]

    assert "head.repo.full_name == github.repository" in comment["if"]
    assert [each["ref"] for each in checkouts] == ["${{ github.event.pull_request.base.sha }}"]
    assert "permissions" not in WORKFLOWS["preview"]["jobs"]["preview"]


def test_nothing_that_publishes_is_cut_off_for_another_run():
    assert WORKFLOWS["publish"]["concurrency"] == {"group": "publish", "cancel-in-progress": False}


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_no_job_runs_for_ever(workflow):
    assert all("timeout-minutes" in job for job in WORKFLOWS[workflow]["jobs"].values())


def test_the_example_has_one_instant():
    assert f"AT ?= {AT}\n" in (ROOT / "Makefile").read_text(encoding="utf-8")


@pytest.mark.parametrize("lock", ["run", "test", "bench", "build", "lock", "audit", "fuzz"])
def test_every_requirement_is_locked_by_hash(lock):
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    entries = re.findall(r"^(\S+)==.*?(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL)
    hashed = re.findall(r"^\S+==[^\n]* \\\n    --hash=sha256:", text, re.MULTILINE)

    assert len(entries) == len(hashed) > 0
    assert "://" not in text, "a lock names packages, not places"


def test_users_and_tests_get_the_same_versions():
    def versions(lock: str) -> dict[str, set[str]]:
        text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
        found: dict[str, set[str]] = {}
        for name, version in re.findall(r"^(\S+)==(\S+)", text, re.MULTILINE):
            found.setdefault(name, set()).add(version)
        return found

    run = versions("run")

    for lock in ("test", "bench"):
        assert run.items() <= versions(lock).items()


def test_every_dependency_is_in_the_lock():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    locked = (ROOT / "requirements" / "test.txt").read_text(encoding="utf-8").lower()
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["test"], *extras["serve"]]
    names = [
        re.split(r"[<>=!~;\[ ]", line)[0].lower().replace("_", "-")
        for line in wanted
        if not re.search("win32|stillup", line)
    ]

    assert [name for name in names if f"\n{name}==" not in locked] == []


def test_the_oldest_versions_are_the_lower_ends_of_all_ranges():
    words = [sys.executable, ROOT / "requirements" / "oldest.py"]
    done = subprocess.run(words, capture_output=True, text=True, check=True, cwd=ROOT.parent)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *[each for name in EXTRAS for each in project["optional-dependencies"][name]]]
    told = [re.fullmatch(r"([^=]+)==([^;]+)(;.*)?", line).group(1, 2) for line in done.stdout.splitlines()]

    assert [wish.startswith(f"{name}>={version}") for wish, (name, version) in zip(wanted, told, strict=True)] == [
        True
    ] * len(wanted)


def test_the_bill_of_materials_is_that_of_the_lock_and_the_same_each_time():
    words = [sys.executable, ROOT / "requirements" / "bill.py", "--check"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=ROOT.parent)
    bill = json.loads((ROOT / "requirements" / "bill.cdx.json").read_text(encoding="utf-8"))
    lock = (ROOT / "requirements" / "run.txt").read_text(encoding="utf-8")

    assert (done.returncode, done.stderr) == (0, "")
    assert [f"{each['name']}=={each['version']}" for each in bill["components"]] == [
        line.split(" ")[0] for line in lock.splitlines() if "==" in line
    ]
    hashes = {each["content"] for part in bill["components"] for each in part["externalReferences"][0]["hashes"]}
    assert hashes == set(re.findall(r"sha256:([0-9a-f]{64})", lock))
    assert bill["dependencies"][0]["dependsOn"], "what Stillup names itself"


def test_what_only_looks_like_a_secret_is_listed_by_hash_and_stands_in_examples_alone():
    known = json.loads((ROOT / "requirements" / "known-secrets.json").read_text(encoding="utf-8"))["results"]

    assert all(path.startswith(("tests/", "manual/")) for path in known), sorted(known)
    assert all(
        set(each) >= {"hashed_secret", "type"} and "secret" not in each for found in known.values() for each in found
    )
