"""Incidents from a form: an issue or a started workflow, through the lines of the workflow that ships."""

import json
import os
import re
import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import example, given
from hypothesis import strategies as st

from stillup.cli import main
from stillup.errors import StillupError
from stillup.pipeline.change.form import answers, arguments, form
from stillup.records import store
from tests.hands.calls import ID, opened, run
from tests.hands.conftest import WHO, git
from tests.tools import BIN, ROOT, need

WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "incident.yml").read_text(encoding="utf-8"))
FORMS = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml")
    if path.stem != "config"
}
SAID = {
    "incident-open": {
        "Title": "Card payments failing",
        "Components": "payments=partial\nsms=degraded",
        "Severity": "P1 a core function is broken",
        "Message": "Some card payments fail.\n\n### Not a question of ours\n\nSince ten.",
    },
    "incident-update": {"Status": "identified", "Message": "A supplier fails.", "Next update": "20m"},
    "incident-resolve": {
        "Resolution": "We use another one.",
        "Data loss": "none",
        "Monitoring": "Payments may be slow for an hour.",
    },
}


def issue(name: str, said: dict[str, str], association: str = "MEMBER") -> dict:
    """Return the event of an issue that was made with the form `name`, as GitHub writes it."""
    asked = [part["attributes"]["label"] for part in FORMS[name]["body"]]
    assert set(said) <= set(asked), "the form asks for what is answered"
    body = "\n\n".join(f"### {label}\n\n{said.get(label, '_No response_')}" for label in asked)
    return {
        "action": "opened",
        "issue": {
            "title": "Something",
            "body": body.replace("\n", "\r\n"),
            "labels": [{"name": label} for label in FORMS[name]["labels"]],
            "author_association": association,
            "html_url": "https://github.example.com/o/r/issues/7",
        },
    }


@pytest.fixture
def runner(page, remote, tmp_path):
    """Run the lines of a job of the workflow in a fresh clone, with an event."""
    need("make", "git")
    shutil.copy(ROOT / "Makefile", page / "Makefile")
    git(page, "add", "-A")
    git(page, "commit", "-q", "-m", "A Makefile")
    git(page, "push", "-q")
    turns = iter(range(100))

    def run_job(
        event: dict, at: str, job: str = "incident", private: Path | None = None
    ) -> subprocess.CompletedProcess:
        folder = tmp_path / f"runner-{next(turns)}"
        git(remote, "clone", "-q", str(remote), str(folder))
        if private is not None:
            git(private, "clone", "-q", str(private), str(folder / "private"))
        path = folder.with_suffix(".json")
        path.write_text(json.dumps(event))
        lines = [step["run"] for step in WORKFLOW["jobs"][job]["steps"] if "run" in step]
        assert lines[0] == "make form"
        programs = str(BIN)
        environment = {
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(tmp_path),
            "CI": "true",
            "STILLUP_BIN": programs,
            "STILLUP_AT": at,
            "GITHUB_EVENT_PATH": str(path),
            **WHO,
        }
        return subprocess.run(
            ["bash", "-eo", "pipefail", "-c", lines[0]],
            cwd=folder,
            env=environment | {"PYTHONPATH": os.environ.get("PYTHONPATH", "")},
            capture_output=True,
            text=True,
            check=False,
        )

    return run_job


def test_the_forms_of_the_repository_play_an_outage_on_a_real_remote(runner, remote, tmp_path):
    for name, minute in (("incident-open", 12), ("incident-update", 30), ("incident-resolve", 50)):
        done = runner(issue(name, SAID[name]), f"2026-11-20T10:{minute}:00Z")
        assert done.returncode == 0, done.stderr

    git(remote, "clone", "-q", str(remote), str(tmp_path / "after"))
    told = store.load(tmp_path / "after").incidents[0]
    assert told.id == ID
    assert [str(update.status) for update in told.updates] == ["investigating", "identified", "resolved"]
    assert told.updates[0].components == {"payments": "partial_outage", "sms": "degraded_performance"}
    assert told.updates[0].body.split("\n") == SAID["incident-open"]["Message"].split("\n")
    assert told.updates[1].next_update_in is not None
    assert told.updates[2].resolution == "We use another one."
    run(tmp_path / "after", "check", at="2026-11-20T11:00:00Z")


def test_a_workflow_asks_for_no_more_than_ten_things():
    """More are refused by hosts that are not of the newest version."""
    assert len(WORKFLOW[True]["workflow_dispatch"]["inputs"]) <= 10


def test_a_workflow_that_is_started_by_hand_does_the_same(runner, remote, tmp_path):
    inputs = dict.fromkeys(WORKFLOW[True]["workflow_dispatch"]["inputs"], "")
    first = inputs | {
        "action": "open",
        "title": "Texts late",
        "components": "sms=degraded",
        "severity": "P2",
        "status": "-",
    }
    last = inputs | {"action": "resolve", "data_loss": "none", "monitoring": "We watch it until noon.", "severity": "-"}

    for minute, said in ((12, first), (40, last)):
        done = runner({"inputs": said}, f"2026-11-20T10:{minute}:00Z")
        assert done.returncode == 0, done.stderr

    git(remote, "clone", "-q", str(remote), str(tmp_path / "after"))
    assert store.load(tmp_path / "after").incidents[0].updates[-1].status == "resolved"


EVIL = [
    "$(touch pwned)",
    "`touch pwned`",
    '"; touch pwned; "',
    "--root=/tmp",
    "-- --push",
    "${{ github.token }}",
    "a\n--at=2020-01-01T00:00:00Z",
]


def test_what_people_type_is_never_run(runner, remote, tmp_path):
    words = " ".join(EVIL).replace("\n", " ")
    said = {**SAID["incident-open"], "Title": words, "Message": f"Some card payments fail {words}."}

    done = runner(issue("incident-open", {**said, "Anyway": words}), "2026-11-20T10:12:00Z")

    assert done.returncode == 0, done.stderr
    assert not list(tmp_path.rglob("pwned"))
    git(remote, "clone", "-q", str(remote), str(tmp_path / "after"))
    assert store.load(tmp_path / "after").incidents[0].title == words


@pytest.mark.parametrize("words", EVIL)
@pytest.mark.parametrize("question", ["Title", "Components", "Severity", "Message", "Next update", "Anyway"])
def test_an_answer_is_an_answer_and_no_option(page, tmp_path, question, words):
    path = tmp_path / "event.json"
    path.write_text(json.dumps(issue("incident-open", {**SAID["incident-open"], question: words})))
    before = git(page, "rev-parse", "HEAD")

    done = CliRunner().invoke(
        main, ["incident", "form", "--event", str(path), "--root", str(page), "--at", "2026-11-20T10:12:00Z"]
    )

    assert done.exit_code in (0, 1, 2), done.output
    assert git(page, "rev-parse", "HEAD") == before, "--push in an answer pushes nothing"
    for incident in store.load(page).incidents:
        assert incident.updates[0].at == datetime.fromisoformat("2026-11-20T10:12:00Z")
    assert not list(tmp_path.rglob("pwned"))


def test_no_line_of_a_workflow_holds_a_word_of_an_issue():
    lines = [step["run"] for job in WORKFLOW["jobs"].values() for step in job["steps"] if "run" in step]

    assert lines
    assert all(re.fullmatch(r"make \w+|gh workflow run publish\.yml", line) for line in lines)
    environments = [job.get("env", {}) for job in WORKFLOW["jobs"].values()]
    assert all("github.event" not in str(value) for each in environments for value in each.values())


@pytest.mark.parametrize("association", ["NONE", "CONTRIBUTOR", "FIRST_TIMER", None])
def test_a_stranger_opens_no_incident(page, association):
    event = issue("incident-open", SAID["incident-open"], association)

    with pytest.raises(StillupError, match="no member"):
        form(json.dumps(event))
    assert "author_association" in WORKFLOW["jobs"]["incident"]["if"]


def test_gitlab_says_it_in_other_words():
    event = issue("incident-update", SAID["incident-update"])["issue"]
    there = {
        "object_kind": "issue",
        "object_attributes": {
            "title": "x",
            "description": event["body"],
            "labels": [{"title": "incident-update"}],
            "url": "https://gitlab.example.com/o/r/-/issues/7",
        },
    }

    filled = form(json.dumps(there))

    assert filled.action == "update"
    assert arguments(filled) == ["update", "--status=identified", "--message=A supplier fails.", "--next-update=20m"]


@pytest.mark.parametrize(
    "event",
    ["", "[]", "{}", '{"inputs": {"action": "delete"}}', '{"issue": {"labels": []}}', '{"issue": {"body": null}}'],
)
def test_an_event_without_a_form_is_refused(page, event, tmp_path):
    path = tmp_path / "event.json"
    path.write_text(event)

    done = run(page, "incident", "form", "--event", str(path), status=1)

    assert done.stderr.count("\n") == 1
    assert not (page / "incidents").exists()


def test_an_outage_report_is_private_and_counts_as_a_complaint(runner, remote, page, tmp_path):
    opened(page, "--push")
    private = tmp_path / "private.git"
    git(page, "init", "-q", "--bare", "-b", "main", str(private))
    seed = tmp_path / "seed"
    git(page, "clone", "-q", str(private), str(seed))
    (seed / "README.md").write_text("Private records\n")
    git(seed, "add", "-A")
    git(seed, "commit", "-q", "-m", "Begin")
    git(seed, "push", "-q", "origin", "HEAD:main")
    report = {"Component": "Card payments", "What happens": "CANARY my card is declined."}

    for minute in (20, 25):
        event = issue("outage-report", report, "NONE")
        done = runner(event, f"2026-11-20T10:{minute}:00Z", "report", private)
        assert done.returncode == 0, done.stderr

    after = tmp_path / "after"
    git(page, "clone", "-q", str(private), str(after))
    assert len(list((after / "reports").glob("*.yml"))) == 2
    assert "CANARY" in next((after / "reports").glob("*.yml")).read_text()
    assert (after / "incidents" / f"{ID}.yml").read_text() == (
        "complaints:\n  - {at: 2026-11-20T10:20:00Z, count: 1}\n  - {at: 2026-11-20T10:25:00Z, count: 1}\n"
    )
    assert "CANARY" not in git(remote, "log", "-p", "main")


def test_reports_from_before_the_opening_count_once_it_opens(page):
    """Two hours before customers began to notice, of its components or of none; twenty of them fire the trigger."""
    reports = page / "private" / "reports"
    reports.mkdir(parents=True)

    def report(at, **facts):
        stamp = at.replace("-", "").replace(":", "").lower()
        file = reports / f"{stamp}-{len(list(reports.iterdir())):04x}.yml"
        lines = {"at": at, **facts, "body": "CANARY it does not work"}
        file.write_text("".join(f"{name}: {value}\n" for name, value in lines.items()))
        return file

    early = [report(f"2026-11-20T08:{minute:02}:00Z", component="payments") for minute in range(10, 28)]
    nameless = [report(f"2026-11-20T10:0{minute}:00Z") for minute in range(2)]
    others = [
        report("2026-11-20T07:59:00Z", component="payments"),
        report("2026-11-20T10:05:00Z", component="sms"),
        report("2026-11-20T10:06:00Z", component="payments", incident="2026-11-19-earlier"),
        report("2026-11-20T10:30:00Z", component="payments"),
    ]
    (reports / "2026-10-monthly.yml").write_text("not: a report\n")

    opened(page, "--started", "2026-11-20T10:05:00Z")

    assert all(f"incident: {ID}\n" in file.read_text() for file in (*early, *nameless))
    assert not any(f"incident: {ID}\n" in file.read_text() for file in others)
    private = (page / "private" / "incidents" / f"{ID}.yml").read_text()
    assert private == "complaints:\n  - {at: 2026-11-20T10:12:00Z, count: 20}\n"
    assert "CANARY" not in (page / "incidents" / "2026" / f"{ID}.yml").read_text()
    due = json.loads(run(page, "clock", "--json").stdout)["clocks"]
    assert [each["rule"] for each in due if "complaints" in each["rule"]]
    second = run(page, "incident", "open", "Text messages late", "-c", "sms=degraded", "-s", "P2", "--json")
    assert len(json.loads(second.stdout)["files"]) == 3, (
        "the report of text messages, its private record, the public one"
    )


def test_a_report_without_a_private_folder_is_refused(page, tmp_path):
    path = tmp_path / "event.json"
    path.write_text(json.dumps(issue("outage-report", {"What happens": "x"}, "NONE")))

    done = run(page, "incident", "form", "--event", str(path), status=1)

    assert "There is no folder private" in done.stderr


@given(st.text(max_size=200))
@example("### Title\n\nx\n\n### Title\n\ny")
def test_any_text_is_taken_apart_or_refused(body):
    answers(body)
    event = {"issue": {"body": body, "labels": [{"name": "incident-update"}], "author_association": "OWNER"}}
    words = arguments(form(json.dumps(event)))

    assert words[0] == "update"
    assert all(word.startswith("--") for word in words[1:-1])
