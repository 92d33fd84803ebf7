"""A commit takes along what the command wrote, and is made where it stays."""

import pytest

from tests.hands.calls import ID, opened, record, run
from tests.hands.conftest import git


def test_a_commit_takes_nothing_else_along(page):
    (page / "components" / "sms.yml").write_text("name: Texts\n")
    (page / "notes.txt").write_text("mine")
    git(page, "add", "components/sms.yml")

    opened(page, "--commit")

    assert git(page, "show", "--name-only", "--format=%s").split("\n") == [
        "Open: Card payments failing",
        "",
        f"incidents/2026/{ID}.yml",
        "",
    ]
    assert git(page, "status", "--porcelain") == "M  components/sms.yml\n?? notes.txt\n"


def divided(page):
    git(page, "switch", "-q", "-c", "other")
    (page / "docs" / "about.md").write_text("# Theirs\n")
    git(page, "commit", "-qam", "Theirs")
    git(page, "switch", "-q", "main")
    (page / "docs" / "about.md").write_text("# Ours\n")
    git(page, "commit", "-qam", "Ours")


@pytest.mark.parametrize("option", ["--commit", "--push"])
@pytest.mark.parametrize("command", ["rebase", "merge", "cherry-pick"])
def test_nothing_is_committed_where_git_would_take_it_back(page, command, option):
    opened(page, "--commit")
    divided(page)
    with pytest.raises(AssertionError):
        git(page, command, "other")

    done = run(page, "incident", "update", "-m", "A supplier fails.", option, status=1)

    assert (
        f"--commit waits: a git {command} is not finished here, and ending it takes back what is committed meanwhile. "
        f"Run git {command} --continue or git {command} --abort first, or leave out --commit and --push.\n"
    ) in done.output
    assert len(record(page).updates) == 1
    run(page, "incident", "update", "-m", "A supplier fails.")
    git(page, command, "--abort")
    assert [update.body.strip() for update in record(page).updates[1:]] == ["A supplier fails."]


def test_a_commit_needs_a_branch_that_keeps_it(page):
    opened(page, "--commit")
    git(page, "switch", "-q", "--detach")

    done = run(page, "incident", "update", "-m", "A supplier fails.", "--commit", status=1)

    assert "no branch is checked out, and no branch would keep the commit. Run git switch" in done.output
    assert len(record(page).updates) == 1
