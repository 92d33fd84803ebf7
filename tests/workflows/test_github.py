"""The workflows that `stillup init` lays out, run step by step against a bare remote: main, and pull requests."""

import json
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.channels.receiver import receiving
from tests.workflows.code_host import CodeHost
from tests.workflows.host import git
from tests.workflows.page import PEOPLE, Page, opened

pytestmark = pytest.mark.needs("git")


SOUND = """\
title: Sign-in failing
severity: P2
updates:
  - at: 2026-11-20T10:00:00Z
    status: investigating
    components: {checkout: degraded_performance}
    body: "Signing in fails for some users. $(touch taken)"
    next_update_in: 1h
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("github")) as made:
        yield made


@pytest.fixture(autouse=True)
def nothing_told(page):
    """Everybody has what earlier tests owed; from here it counts anew."""
    page.post.mails.clear()


def told(page: Page) -> Counter[str]:
    return Counter(who for who, _ in page.post.told)


ONCE = Counter(PEOPLE)


def test_a_commit_on_main_is_built_deployed_awaited_and_delivered(page):
    made = page.say("Card payments failing", "Cards fail.")
    done = page.publish()()

    assert done.succeeded, done.said
    assert "Cards fail." in page.served("incidents/cards/index.html")
    assert made.startswith(json.loads(page.served("heartbeat.json"))["commit"])
    assert told(page) == ONCE
    assert "s0@example.com" not in done.said


def test_two_publishers_at_once_double_nothing(page):
    page.say("Card payments failing", "Cards fail.", "A supplier is down.")
    with ThreadPoolExecutor() as both:
        done = list(both.map(lambda run: run(), [page.publish(), page.publish()]))

    assert [each.succeeded for each in done] == [True, True], done[0].said + done[1].said
    assert told(page) == ONCE
    assert "A supplier is down." in page.served("incidents/cards/index.html")


def test_a_run_that_is_cancelled_while_it_sends_is_ended_by_the_next(page):
    """The provider has taken mail, and the run dies before it hears so."""
    page.say("Card payments failing", "Cards fail.", "A supplier is down.", "We go around it.")
    run, died = page.publish(), threading.Event()

    def cancel() -> None:
        run.cancel()
        died.set()

    page.post.hook = cancel
    first = run()
    assert died.is_set() and not first.succeeded
    again = page.publish()()

    assert again.succeeded, again.said
    assert told(page) == ONCE


def test_a_run_of_an_old_commit_that_is_started_again_publishes_the_newest(page):
    old = git(page.root, "rev-parse", "HEAD~1")
    again = page.publish(ref=old)()

    assert again.succeeded, again.said
    assert "We go around it." in page.served("incidents/cards/index.html")
    assert not page.post.mails


def test_a_job_of_ones_own_on_an_old_commit_shows_and_sends_nothing_old(page):
    """Somebody's own workflow checks out the commit it was started for. The text was never sent, and is gone since."""
    page.say("Wires failing", "Ada Lovelace cannot pay.", id="wires")
    old = git(page.root, "rev-parse", "HEAD")
    (page.root / "incidents/2026/wires.yml").unlink()
    page.commit("Take it back")
    page.say("The leak", "We look into it.", id="leak")
    assert page.publish()().succeeded
    page.post.mails.clear()
    own = page.workflow("status").replace("          ref: main\n", "", 1)
    run = page.host.job(own, "publish", "push", {}, old)
    assert run is not None
    done = run()

    assert done.succeeded, done.said
    assert "The page of a later commit" in done.said and "nothing was sent by this run" in done.said
    assert "Wires failing" not in page.served("index.html")
    assert not page.post.mails


def test_after_a_push_by_force_the_page_follows_the_branch_back(page):
    """What was taken out of the branch goes from the page, though its commit comes after ours."""
    assert "The leak" in page.served("index.html")
    before = git(page.root, "rev-parse", "HEAD~1")
    git(page.root, "reset", "--quiet", "--hard", before)
    page.push("--force")
    done = page.publish()()

    assert done.succeeded, done.said
    assert "The leak" not in page.served("index.html")
    assert before.startswith(json.loads(page.served("heartbeat.json"))["commit"])
    assert not page.post.mails


def test_the_schedule_fails_where_a_promise_is_overdue(page):
    clock = page.host.job(page.workflow("status"), "clock", "schedule", {}, "refs/heads/main")
    assert clock is not None
    assert clock().succeeded
    (page.root / "incidents/2026/late.yml").write_text(SOUND)
    page.commit("Promise too much")
    page.push()
    late = page.host.job(page.workflow("status"), "clock", "schedule", {}, "refs/heads/main")
    assert late is not None
    done = late()

    assert [step.name for step in done.steps if step.status] == ["See what is overdue"]
    assert "overdue" in done.said
    assert page.host.job(page.workflow("status"), "clock", "push", {}, "refs/heads/main") is None


def request(page: Page, fork: bool, text: str) -> tuple[dict[str, Any], str]:
    """Push a branch with `text` in its record, merged as the host does; return the event and the merge's ref."""
    work = page.root.parent / f"fork-{fork}"
    git(page.root.parent, "clone", "--quiet", str(page.remote), str(work))
    (work / "incidents" / "2026").mkdir(parents=True, exist_ok=True)
    (work / "incidents/2026/logins.yml").write_text(text)
    git(work, "add", "--all")
    git(work, "commit", "--quiet", "-m", "Say more")
    head = git(work, "rev-parse", "HEAD")
    git(work, "checkout", "--quiet", "--detach", "origin/main")
    git(work, "merge", "--quiet", "--no-ff", "-m", "Merge", head)
    git(work, "push", "--quiet", "origin", f"HEAD:refs/pull/{int(fork) + 1}/merge")
    about = {
        "pull_request": {
            "number": int(fork) + 1,
            "head": {"sha": head, "repo": {"full_name": "stranger/status" if fork else "ledger/status"}},
            "base": {"sha": git(work, "rev-parse", "origin/main")},
        }
    }
    return about, f"refs/pull/{int(fork) + 1}/merge"


def test_a_fork_without_secrets_gets_check_lint_preview_and_the_artifact(page):
    about, ref = request(page, True, SOUND)
    run = page.host.job(page.workflow("preview"), "preview", "pull_request", about, ref, trusted=False)
    assert run is not None
    done = run()

    status = {step.name: step.status for step in done.steps}
    assert status["Check every record"] == status["Show pages and messages"] == status["Keep the preview"] == 0, (
        done.said
    )
    assert "incidents/2026/logins.yml" in next(s.said for s in done.steps if s.name == "Judge the wording")
    assert "::warning file=incidents/2026/logins.yml,line=7" in done.said
    kept = page.host.artifacts["preview"]
    assert sorted(path.name for path in kept.iterdir()) == ["comment.md", "index.html"]
    summary = (run.folder / "summary.md").read_text()
    assert summary == (kept / "comment.md").read_text()
    assert "Sign-in failing" in summary
    assert not list(Path(run.folder).rglob("taken"))
    assert page.host.job(page.workflow("preview"), "comment", "pull_request", about, ref, trusted=False) is None


def test_what_is_wrong_in_a_pull_request_is_shown_to_the_end(page):
    about, ref = request(page, False, SOUND.replace("investigating", "wip"))
    run = page.host.job(page.workflow("preview"), "preview", "pull_request", about, ref)
    assert run is not None
    done = run()

    status = {step.name: step.status for step in done.steps}
    assert status["Check every record"] == status["Show pages and messages"] == 1
    assert status["Keep the preview"] == 0
    assert "::error file=incidents/2026/logins.yml,line=5,col=13" in done.said
    assert "What check says" in (page.host.artifacts["preview"] / "comment.md").read_text()

    head = about["pull_request"]["head"]["sha"]
    code = CodeHost(head, {"login": "github-actions[bot]", "type": "Bot"})
    with receiving(code) as server:
        page.host.api = f"http://127.0.0.1:{server.port}"
        second = page.host.job(page.workflow("preview"), "comment", "pull_request", about, ref)
        assert second is not None
        told = second()

    assert told.succeeded, told.said
    assert code.bodies == [(page.host.artifacts["preview"] / "comment.md").read_text()]
    assert not (told.folder / "incidents/2026/logins.yml").exists(), "nothing of the pull request is checked out"


def test_no_run_that_sends_or_shows_is_cancelled_for_another(page):
    status, preview = (yaml.safe_load(page.workflow(name)) for name in ("status", "preview"))

    assert status["jobs"]["publish"]["concurrency"] == {"group": "status", "cancel-in-progress": False}
    assert "concurrency" not in status
    assert preview["concurrency"]["cancel-in-progress"] is True
