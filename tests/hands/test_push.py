"""Words on their way to a real remote: two people at once, refusals, and what stays when it fails."""

import json
import os
import re
import subprocess
import threading
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from stillup.cli import main
from stillup.errors import StillupError
from stillup.pipeline.change.desk import Desk
from stillup.pipeline.change.draft import Told, updated
from stillup.pipeline.change.finish import finished
from stillup.records import store
from tests.hands.calls import AT, ID, OVER, opened, run
from tests.hands.conftest import WHO, git
from tests.tools import stillup


def clone(remote: Path, folder: Path) -> Path:
    git(remote, "clone", "-q", str(remote), str(folder))
    return folder


@pytest.fixture
def two(page, remote, tmp_path) -> tuple[Path, Path]:
    """Two clones of a page with one open incident."""
    opened(page, "--push")
    return clone(remote, tmp_path / "a"), clone(remote, tmp_path / "b")


def told(remote: Path, folder: Path):
    return store.load(clone(remote, folder)).incidents[0].updates


def test_a_push_takes_the_words_to_the_remote(page, remote, tmp_path):
    done = opened(page, "--push")

    assert ", pushed." in done.stdout
    assert git(remote, "rev-parse", "main") == git(page, "rev-parse", "HEAD")
    assert [update.status for update in told(remote, tmp_path / "c")] == ["investigating"]


def test_two_responders_at_the_same_moment_both_get_through(two, remote, tmp_path):
    """Two processes, started together, at two instants; neither sees the other's commit."""
    lines = []

    def speak(folder: Path, words: str, at: str) -> None:
        done = stillup(
            "incident", "update", ID, "-m", words, "--push", "--at", at, cwd=folder, **WHO
        )  # fmt: skip
        lines.append((done.returncode, done.stderr[-300:]))

    threads = [
        threading.Thread(target=speak, args=(folder, words, at))
        for folder, words, at in (
            (two[0], "From the first.", "2026-11-20T10:30:00Z"),
            (two[1], "From the second.", "2026-11-20T10:30:01Z"),
        )
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [status for status, _ in lines] == [0, 0], lines
    assert [update.body.strip() for update in told(remote, tmp_path / "c")[1:]] == [
        "From the first.",
        "From the second.",
    ]


@pytest.mark.parametrize("words", [("One.", "Two."), ("Two.", "One."), ("Same.", "Same but other.")])
def test_at_the_very_same_second_who_came_first_keeps_the_id(two, remote, tmp_path, words):
    for folder, said in zip(two, words, strict=True):
        run(folder, "incident", "update", ID, "-m", said, "--push", at="2026-11-20T10:30:00Z")

    assert {update.id: update.body.strip() for update in told(remote, tmp_path / "c")[1:]} == {
        "20261120t103000z": words[0],
        "20261120t103000z-2": words[1],
    }


def test_of_two_incidents_with_one_number_the_later_one_takes_the_next(two, remote, tmp_path):
    for folder, title in zip(two, ("SMS late", "Exports fail"), strict=True):
        done = run(folder, "incident", "open", title, "-c", "payments=partial", "-s", "P2", "--push", at=AT)

    assert "Another incident got the same number meanwhile; this one is INC-2026-11-20-003 now." in done.stdout
    assert {each.title: each.reference for each in store.load(clone(remote, tmp_path / "c")).incidents} == {
        "Card payments failing": "INC-2026-11-20-001",
        "SMS late": "INC-2026-11-20-002",
        "Exports fail": "INC-2026-11-20-003",
    }


@pytest.mark.parametrize("kept", ["beside git", "in the page's repository", "in one of its own"])
def test_the_channel_of_an_incident_with_another_number_has_that_number_too(two, remote, tmp_path, kept):
    words = ("-c", "payments=partial", "-s", "P2", "--push")
    run(two[0], "incident", "open", "SMS late", *words, at=AT)
    inner = tmp_path / "private.git"
    record = "2026-11-20-exports-fail.yml"
    if kept == "in one of its own":
        git(tmp_path, "init", "-q", "--bare", "-b", "main", str(inner))
        clone(inner, two[1] / "private")
    elif kept == "in the page's repository":
        (two[1] / ".gitignore").write_text("")
        (two[1] / "private" / "incidents").mkdir(parents=True)
        (two[1] / "private" / "incidents" / record).write_text("detected_by: Monitoring\n")
        git(two[1], "add", "-A")
        git(two[1], "commit", "-q", "-m", "Private")
    facts = ("-i", "channel=#incident-2026-11-20-002")

    done = run(two[1], "incident", "open", "Exports fail", *facts, *words, at=AT)

    assert "channel #incident-2026-11-20-003 now: give the chat channel that name." in done.stdout
    where = {"in one of its own": (inner, ""), "in the page's repository": (remote, "private/")}.get(kept)
    there = clone(where[0], tmp_path / "c") / where[1] if where else two[1] / "private"
    assert 'channel: "#incident-2026-11-20-003"' in (there / "incidents" / record).read_text()
    assert git(two[1], "rev-parse", "HEAD") == git(remote, "rev-parse", "main")


def test_words_that_contradict_what_came_meanwhile_stay_here(two, remote):
    run(two[0], "incident", "edit", ID, "--started", "2026-11-20T10:30:30Z", "--push", at="2026-11-20T10:35:00Z")
    before = git(remote, "rev-parse", "main")

    done = run(two[1], "incident", "resolve", ID, *OVER, "--push", at="2026-11-20T10:30:00Z", status=1)

    assert "together the records are unsound" in done.stderr
    assert git(remote, "rev-parse", "main") == before
    assert git(two[1], "log", "-1", "--format=%s") == "Resolved: Card payments failing\n"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("edit", ID, "-m", "One."), ("edit", ID, "-m", "Two.")),
        (("edit", ID, "-s", "P2"), ("edit", ID, "-s", "P0")),
        (("edit", ID, "--title", "Cards fail", "-s", "P2"), ("update", ID, "-m", "More.", "-s", "P0")),
    ],
)
def test_the_same_line_changed_twice_is_changed_anew_on_the_newest(two, remote, tmp_path, first, second):
    """Whoever pushes last has seen neither the other's commit nor a conflict; git alone would refuse."""
    run(two[0], "incident", *first, "--push", at="2026-11-20T10:35:00Z")

    done = run(two[1], "incident", *second, "--push", at="2026-11-20T10:36:00Z")

    assert "Somebody else changed the same lines meanwhile (" in done.stdout
    assert ", pushed." in done.stdout
    record = store.load(clone(remote, tmp_path / "c")).incidents[0]
    wanted = dict(zip(second[2::2], second[3::2], strict=True))
    if "-s" in wanted:
        assert record.severity == wanted["-s"]
    if "-m" in wanted:
        assert record.updates[-1].body.strip() == wanted["-m"]
    if "--title" in first:
        assert record.title == "Cards fail", "what the other changed beside it stays"
    assert git(two[1], "rev-parse", "HEAD") == git(remote, "rev-parse", "main")
    assert git(two[1], "status", "--porcelain") == ""
    assert len(git(remote, "log", "--format=%s", "main").splitlines()) == 4, "both commits are there"


def test_two_states_of_one_component_noted_at_once_both_stand(two, remote, tmp_path):
    run(two[0], "component", "set", "sms", "degraded", "--push", at="2026-11-20T10:35:00Z")
    done = run(two[1], "component", "set", "sms", "major", "--push", "--json", at="2026-11-20T10:35:20Z")

    assert json.loads(done.stdout)["made_anew_on"].endswith(" Text messages: degraded performance")
    text = (clone(remote, tmp_path / "c") / "components" / "sms.yml").read_text()
    assert re.findall(r"status: (\w+)", text) == ["degraded_performance", "major_outage"]
    assert "# as customers call it" in text


def test_an_update_that_others_came_before_with_the_same_line_is_told_once(two, remote, tmp_path):
    """The update's own file was committed with the line that conflicts: it must not be there twice afterwards."""
    run(two[0], "incident", "update", ID, "-m", "One.", "-s", "P0", "--push", at="2026-11-20T10:35:00Z")
    run(two[1], "incident", "update", ID, "-m", "Two.", "-s", "P2", "--push", at="2026-11-20T10:35:00Z")

    record = store.load(clone(remote, tmp_path / "c")).incidents[0]
    assert {update.id: update.body.strip() for update in record.updates[1:]} == {
        "20261120t103500z": "One.",
        "20261120t103500z-2": "Two.",
    }
    assert record.severity == "P2"


def test_what_is_noted_beside_git_is_not_noted_twice(two, remote):
    """The private folder is in no repository: what stands there stays when the public part is made anew."""
    (two[1] / "private").mkdir()
    run(two[0], "incident", "edit", ID, "-s", "P2", "--push", at="2026-11-20T10:35:00Z")
    words = ("-s", "P0", "-i", "complaints=3", "--push")
    run(two[1], "incident", "edit", ID, *words, at="2026-11-20T10:36:00Z")

    assert (two[1] / "private" / "incidents" / f"{ID}.yml").read_text().count("count: 3") == 1
    assert git(two[1], "rev-parse", "HEAD") == git(remote, "rev-parse", "main")


def test_private_facts_in_a_checkout_of_their_own_are_noted_anew_too(two, remote, tmp_path):
    """Both append to one list of one private record, at the same place."""
    git(tmp_path, "init", "-q", "-b", "main", "seed")
    (tmp_path / "seed" / "roster.yml").write_text("contacts: []\n")
    git(tmp_path / "seed", "add", "-A")
    git(tmp_path / "seed", "commit", "-q", "-m", "Private")
    inner = tmp_path / "private.git"
    git(tmp_path, "clone", "-q", "--bare", str(tmp_path / "seed"), str(inner))
    for folder in two:
        clone(inner, folder / "private")
    run(two[0], "incident", "update", ID, "-m", "One.", "-i", "timeline=First.", "--push", at="2026-11-20T10:35:00Z")
    run(two[1], "incident", "update", ID, "-m", "Two.", "-i", "timeline=Second.", "--push", at="2026-11-20T10:36:00Z")

    text = (clone(inner, tmp_path / "p") / "incidents" / f"{ID}.yml").read_text()
    assert re.findall(r"what: (\w+)", text) == ["First", "Second"]
    assert [update.body.strip() for update in told(remote, tmp_path / "c")[1:]] == ["One.", "Two."]


def test_what_does_not_fit_on_the_other_s_words_is_not_written(two, remote):
    """Made anew it would say that it ended before it began."""
    run(two[0], "incident", "edit", ID, "--started", "2026-11-20T10:11:00Z", "--push", at="2026-11-20T10:35:00Z")
    before = git(remote, "rev-parse", "main")

    words = ("--started", "2026-11-20T10:10:00Z", "--ended", "2026-11-20T10:09:00Z")
    run(two[1], "incident", "edit", ID, *words, "--push", at="2026-11-20T10:36:00Z", status=1)

    assert git(remote, "rev-parse", "main") == before


def test_other_commits_that_wait_here_are_not_given_up(two, remote):
    run(two[0], "incident", "edit", ID, "-s", "P2", "--push", at="2026-11-20T10:35:00Z")
    (two[1] / "note.txt").write_text("mine\n")
    git(two[1], "add", "note.txt")
    git(two[1], "commit", "-q", "-m", "My own")

    done = run(two[1], "incident", "edit", ID, "-s", "P0", "--push", at="2026-11-20T10:36:00Z", status=1)

    assert "Somebody else changed the same file" in done.stderr
    assert git(two[1], "log", "--format=%s", "-2").splitlines()[1] == "My own"
    assert not (two[1] / ".git" / "rebase-merge").exists()


def test_an_incident_that_two_open_at_once_is_left_to_people(page, remote, tmp_path):
    folders = clone(remote, tmp_path / "a"), clone(remote, tmp_path / "b")
    opened(folders[0], "--push")
    words = ("incident", "open", "Card payments failing", "-c", "payments=major", "-s", "P0", "--push")

    done = run(folders[1], *words, status=1)

    assert "Somebody else changed the same file" in done.stderr


def test_other_work_in_the_folder_survives_a_rebase(two, remote):
    run(two[0], "incident", "update", ID, "-m", "One.", "--push", at="2026-11-20T10:30:00Z")
    (two[1] / "components" / "sms.yml").write_text("name: Half done\n")

    run(two[1], "incident", "update", ID, "-m", "Two.", "--push", at="2026-11-20T10:31:00Z")

    assert git(two[1], "status", "--porcelain") == " M components/sms.yml\n"
    assert git(remote, "rev-parse", "main") == git(two[1], "rev-parse", "HEAD")


def test_without_a_remote_nothing_is_written(page):
    done = run(page, "incident", "open", "Failing", "-c", "sms=major", "-s", "P1", "--push", status=1)

    assert "git remote add" in done.stderr
    assert not (page / "incidents").exists()


def test_a_remote_that_is_away_leaves_the_commit_and_says_so(page, remote):
    remote.rename(remote.with_suffix(".away"))

    done = run(page, "incident", "open", "Failing", "-c", "sms=major", "-s", "P1", "--push", status=1)

    assert "The commit is made, and could not be pushed." in done.stderr
    assert git(page, "log", "-1", "--format=%s") == "Open: Failing\n"


def test_a_remote_that_refuses_is_not_asked_eight_times(page, remote):
    hook = remote / "hooks" / "pre-receive"
    hook.write_text(f"#!/bin/sh\necho asked >> {remote}/asked\necho reviews only >&2\nexit 1\n")
    hook.chmod(0o755)

    done = run(page, "incident", "open", "Failing", "-c", "sms=major", "-s", "P1", "--push", status=1)

    assert "reviews only" in done.stderr
    assert (remote / "asked").read_text() == "asked\n"


def test_somebody_who_is_always_faster_ends_in_words_not_in_a_loop(two, remote):
    """At each push of ours a commit of somebody else is there first."""
    (two[0] / "n.sh").write_text(
        f"cd {two[0]} && git pull -q --rebase origin main && git commit -q --allow-empty -m faster && git push -q\n"
    )
    (two[1] / ".git" / "hooks" / "pre-push").write_text(f"#!/bin/sh\nexec sh {two[0]}/n.sh >/dev/null 2>&1\n")
    (two[1] / ".git" / "hooks" / "pre-push").chmod(0o755)
    with Desk(two[1], at=datetime.fromisoformat("2026-11-20T10:30:00Z")) as desk:
        file = desk.file(ID)
        change = updated(desk, file, desk.record(file), Told(update={"status": "identified", "body": "x"}))
        environment = dict(os.environ)
        os.environ.update(WHO)
        try:
            with pytest.raises(StillupError, match="others pushed before it each time"):
                finished(desk, change, commit=True, push=True, pauses=(0.0, 0.0))
        finally:
            os.environ.clear()
            os.environ.update(environment)


def test_a_folder_that_is_no_repository_is_told_apart(page):
    subprocess.run(["rm", "-rf", str(page / ".git")], check=True)

    done = CliRunner().invoke(
        main,
        ["component", "set", "sms", "major", "--root", str(page), "--commit"],
        env=WHO | {"GIT_CEILING_DIRECTORIES": str(page.parent)},
    )

    assert done.exit_code == 1
    assert "--commit needs a git repository" in done.stderr
