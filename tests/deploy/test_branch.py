"""The page on a branch: a commit for each, and nothing of others overwritten."""

import os
import shutil
import subprocess
import threading
from pathlib import Path

import pytest

from stillup.delivery.deploy.branch import Branch
from stillup.delivery.deploy.place import Unreached
from stillup.records.target import DeployTarget
from tests.deploy.pages import AT, page, tree


def git(*words: str | Path, folder: Path | None = None) -> str:
    done = subprocess.run(["git", *map(str, words)], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def root(tmp_path) -> Path:
    """A repository of records with a remote on disk."""
    git("init", "-q", "--bare", "-b", "main", tmp_path / "origin.git")
    git("init", "-q", "-b", "main", tmp_path / "root")
    git("remote", "add", "origin", "../origin.git", folder=tmp_path / "root")
    return tmp_path / "root"


def branch(root: Path, git: str = "origin", name: str = "gh-pages", history: bool = True, work: str = "work") -> Branch:
    target = DeployTarget(git=git, branch=name, history=history)
    return Branch(target, root=root, work=root.parent / work, environment=os.environ)


def published(root: Path, name: str = "gh-pages") -> dict[str, str]:
    folder = root.parent / "seen"
    shutil.rmtree(folder, ignore_errors=True)
    git("clone", "-q", "-b", name, root.parent / "origin.git", folder)
    return tree(folder)


def test_a_branch_holds_each_page_and_grows_by_what_changed(root):
    site = page(root.parent / "site", 1)
    first = branch(root).put(site, at=AT, commit="c1")
    page(site, 2)
    (site / "incidents/0/index.html").unlink()
    second = branch(root).put(site, at=AT, commit="c2")
    again = branch(root).put(site, at=AT, commit="c2")

    assert published(root) == tree(site) | {".nojekyll": ""}
    assert first.startswith("holds the page as ")
    assert second.endswith("5 files changed")
    assert again == "holds this page already"
    log = git("log", "--format=%s|%an|%at", "gh-pages", folder=root.parent / "origin.git").splitlines()
    assert log == [f"Publish c{n}|Stillup|{int(AT.timestamp())}" for n in (2, 1)]
    assert git("for-each-ref", folder=root) == "", "the records' repository is left alone"
    assert git("status", "--porcelain", folder=root) == ""


def test_the_same_page_from_another_machine_is_the_same_commit(root):
    site = page(root.parent / "site", 1)
    branch(root).put(site, at=AT, commit="c1")
    made = git("rev-parse", "gh-pages", folder=root.parent / "origin.git")
    git("update-ref", "-d", "refs/heads/gh-pages", folder=root.parent / "origin.git")

    branch(root, work="other").put(site, at=AT, commit="c1")

    assert git("rev-parse", "gh-pages", folder=root.parent / "origin.git") == made


def test_a_fresh_runner_continues_the_history(root):
    site = page(root.parent / "site", 1)
    branch(root).put(site, at=AT, commit="c1")
    branch(root, work="runner").put(page(site, 2), at=AT, commit="c2")

    assert git("rev-list", "--count", "gh-pages", folder=root.parent / "origin.git") == "2"


def test_without_history_the_branch_is_one_commit_and_nobody_elses_is_overwritten(root):
    site = page(root.parent / "site", 1)
    for number in range(3):
        branch(root, history=False).put(page(site, number), at=AT, commit=f"c{number}")

    assert git("rev-list", "--count", "gh-pages", folder=root.parent / "origin.git") == "1"
    assert published(root)["index.html"] == "page 2"


def test_the_name_of_the_host_that_was_set_up_on_the_branch_stays(root):
    site = page(root.parent / "site", 1)
    branch(root).put(site, at=AT, commit="c1")
    seen = root.parent / "people"
    git("clone", "-q", "-b", "gh-pages", root.parent / "origin.git", seen)
    (seen / "CNAME").write_text("status.example.com\n")
    git("add", "CNAME", folder=seen)
    who = ["-c", "user.name=People", "-c", "user.email=people@example.com", "-c", "commit.gpgsign=false"]
    git(*who, "commit", "-qm", "Name the host", folder=seen)
    git("push", "-q", folder=seen)

    branch(root).put(page(site, 2), at=AT, commit="c2")

    assert published(root) == tree(site) | {".nojekyll": "", "CNAME": "status.example.com\n"}


def test_four_publishers_at_once_lose_no_page(root):
    sites = [page(root.parent / f"site{number}", number, files=20) for number in range(4)]
    said: list[str] = []
    threads = [
        threading.Thread(
            target=lambda n=n: said.append(branch(root, work=f"work{n}").put(sites[n], at=AT, commit=f"c{n}"))
        )
        for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(said) == 4
    assert git("rev-list", "--count", "gh-pages", folder=root.parent / "origin.git") == "4"


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("nowhere", "There is no remote called nowhere"),
        ("https://canary:x@127.0.0.1:1/x.git", "cannot be reached"),
        ("/nowhere/x.git", "cannot be reached"),
    ],
)
def test_a_remote_that_is_down_says_what_to_mend_and_no_login(where, words, root):
    with pytest.raises(Unreached) as told:
        branch(root, where).put(page(root.parent / "site", 1), at=AT, commit="c")

    assert words in str(told.value)
    assert str(told.value).endswith(".")
    assert "canary" not in str(told.value) + branch(root, where).name


@pytest.mark.parametrize("history", [True, False])
def test_a_branch_of_others_is_left_as_it_is(history, root):
    """Whoever names the branch of the records by mistake loses none of them."""
    (root / "incident.yml").write_text("title: Ours\n")
    git("add", ".", folder=root)
    git("-c", "user.name=nobody", "-c", "user.email=nobody@example.com", "commit", "-qm", "Records", folder=root)
    git("push", "-q", "origin", "main", folder=root)
    site = page(root.parent / "site", 1)

    for way in (lambda there: there.look(site), lambda there: there.put(site, at=AT, commit="c1")):
        with pytest.raises(Unreached, match=r"holds incident\.yml, which no page of ours has put there"):
            way(branch(root, name="main", history=history))

    assert git("ls-tree", "--name-only", "main", folder=root.parent / "origin.git") == "incident.yml"


def test_a_branch_that_may_not_be_pushed_says_so(root):
    hook = root.parent / "origin.git/hooks/pre-receive"
    hook.write_text("#!/bin/sh\necho protected branch >&2\nexit 1\n")
    hook.chmod(0o755)

    with pytest.raises(Unreached, match="may push to this branch"):
        branch(root).put(page(root.parent / "site", 1), at=AT, commit="c")


def test_looking_at_a_branch_changes_nothing(root):
    site = page(root.parent / "site", 1)

    assert branch(root).look(site) == "would get its first commit"
    assert git("for-each-ref", folder=root.parent / "origin.git") == ""
    branch(root).put(site, at=AT, commit="c")
    assert branch(root).look(page(site, 2)) == "would get a commit with 5 files changed"
    assert git("rev-list", "--count", "gh-pages", folder=root.parent / "origin.git") == "1"
