"""`stillup comment`: one comment a request, found again by its mark and its author, and told of by its own token."""

import json
from contextlib import contextmanager

import pytest

from stillup.pipeline.preview.comment import MARK
from tests.channels.receiver import receiving
from tests.tools import stillup
from tests.workflows.code_host import CodeHost

BOT = {"login": "github-actions[bot]", "type": "Bot", "id": 9}
STRANGER = {"login": "stranger", "type": "User", "id": 5}
TEXT = f"{MARK}\n## Preview: Advancia Pay Ledger\n"
MAY = '{"pull-requests": "write"}'


@contextmanager
def commenting(tmp_path, host, text=TEXT, **more):
    """Yield what runs the command as a job on GitHub does."""
    (tmp_path / "comment.md").write_text(text)
    event = {"pull_request": {"number": 4, "head": {"sha": "a" * 40}}}
    (tmp_path / "event.json").write_text(json.dumps(event))
    with receiving(host) as server:
        environment = {
            "GITHUB_REPOSITORY": "ledger/status",
            "GITHUB_API_URL": f"http://127.0.0.1:{server.port}",
            "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
            "GITHUB_TOKEN": MAY,
            **more,
        }
        yield lambda *words: stillup("comment", tmp_path / "comment.md", *words, **environment)


def test_the_first_run_writes_a_comment_and_the_next_writes_it_anew(tmp_path):
    host = CodeHost("a" * 40, BOT)
    host.add("Looks good to me.", STRANGER)
    with commenting(tmp_path, host) as run:
        first = run()
        (tmp_path / "comment.md").write_text(f"{TEXT}More.\n")
        second = run("--json")

    assert first.stdout == "The comment is written: https://git.example.com/comment/2\n", first.stderr
    assert json.loads(second.stdout) == {"action": "written anew", "url": "https://git.example.com/comment/2"}
    assert host.bodies == ["Looks good to me.", f"{TEXT}More.\n"]


def test_the_comment_is_found_behind_a_hundred_others(tmp_path):
    host = CodeHost("a" * 40, BOT)
    for number in range(150):
        host.add(f"Word {number}", STRANGER)
    host.add(f"{MARK}\nold")
    with commenting(tmp_path, host) as run:
        done = run()

    assert done.returncode == 0, done.stderr
    assert host.bodies[-1] == TEXT and len(host.comments) == 151


def test_a_strangers_comment_with_our_mark_is_left_to_the_stranger(tmp_path):
    """Whoever wrote it could change it later, and the preview would say what they like."""
    host = CodeHost("a" * 40, BOT)
    host.add(f"{MARK}\nAll is well, merge it.", STRANGER)
    with commenting(tmp_path, host) as run:
        run()

    assert host.bodies == [f"{MARK}\nAll is well, merge it.", TEXT]


def test_a_token_that_knows_who_it_is_takes_its_own_comments_alone(tmp_path):
    host = CodeHost("a" * 40, {"login": "status-robot", "type": "User", "id": 3}, knows_itself=True)
    host.add(f"{MARK}\nof another bot", BOT)
    with commenting(tmp_path, host) as run:
        run()
        run()

    assert host.bodies == [f"{MARK}\nof another bot", TEXT]


def test_two_comments_of_two_runs_at_once_become_one(tmp_path):
    host = CodeHost("a" * 40, BOT)
    host.add(f"{MARK}\none")
    host.add(f"{MARK}\ntwo")
    with commenting(tmp_path, host) as run:
        run()

    assert host.bodies == [TEXT]


def test_a_run_of_an_older_commit_leaves_the_newer_comment_alone(tmp_path):
    host = CodeHost("b" * 40, BOT)
    host.add(f"{MARK}\nof the newest commit")
    with commenting(tmp_path, host) as run:
        done = run()

    assert (done.returncode, host.bodies) == (0, [f"{MARK}\nof the newest commit"])
    assert done.stdout == "The comment is left alone: the request has a newer commit, whose run comments.\n"


def test_a_token_that_may_not_write_is_told_what_it_needs(tmp_path):
    with commenting(tmp_path, CodeHost("a" * 40, BOT), GITHUB_TOKEN="ghs_reads-only") as run:
        done = run()

    assert done.returncode == 1
    assert "HTTP 403 (Resource not accessible by integration)" in done.stderr
    assert "permissions: {pull-requests: write}" in done.stderr and "ghs_reads-only" not in done.stderr + done.stdout


@pytest.mark.parametrize(
    ("text", "environment", "words"),
    [
        ("## Something else\n", {}, "This is no comment of stillup preview."),
        (TEXT + "x" * 70_000, {}, "65536 are taken"),
        (TEXT, {"GITHUB_TOKEN": ""}, "GITHUB_TOKEN is not set."),
        (TEXT, {"GITHUB_REPOSITORY": ""}, "This is no run of a pull request on GitHub or of a merge request"),
        (TEXT, {"GITHUB_API_URL": "http://127.0.0.1:9"}, "does not answer: ConnectError. Run the job again."),
        (TEXT, {"GITHUB_EVENT_PATH": ""}, "This run is none of a pull request"),
    ],
)
def test_what_cannot_be_is_said(text, environment, words, tmp_path):
    host = CodeHost("a" * 40, BOT)
    with commenting(tmp_path, host, text, **environment) as run:
        done = run()

    assert done.returncode == 1
    assert words in done.stderr and "Traceback" not in done.stderr
    assert not host.comments
