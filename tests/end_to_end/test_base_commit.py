"""`check --base` finds the commit that is named, in whatever repository it stands, or says what to do."""

import subprocess

import pytest

from stillup.errors import StillupError
from tests.end_to_end.based import OPEN, change, commit, repository, said
from tests.end_to_end.page import RECORDS, Site
from tests.tools import stillup

pytestmark = pytest.mark.needs("git")


def test_everything_is_compared_with_the_commit_that_is_named(site):
    change(site, "incidents/2026/open.yml", ("10:00:00Z", "10:02:00Z"))
    commit(site)

    assert said(site, "HEAD") == []
    assert len(said(site, "HEAD~1")) == len(said(site, "main~1")) == 1


def test_a_branch_that_is_behind_hears_that_it_may_merge(site):
    site.git("branch", "topic")
    site.write(
        "incidents/2026/open.yml", f"{OPEN}  - at: 2026-11-20T10:40:00Z\n    status: monitoring\n    body: Better.\n"
    )
    commit(site)
    site.git("checkout", "--quiet", "topic")

    (line,) = said(site, "main")

    assert line.endswith("on it. Or merge main first: it has commits that are not here.")


def test_a_page_in_a_folder_of_a_larger_repository(tmp_path):
    site = Site.make(tmp_path / "big repository/status [page]", RECORDS)
    subprocess.run(["git", "init", "--quiet", site.root.parent], check=True)
    commit(site)
    change(site, "incidents/2026/open.yml", ("10:00:00Z", "10:02:00Z"))

    assert [line.partition(":")[0] for line in said(site)] == ["incidents/2026/open.yml"]


@pytest.mark.parametrize(
    "name", ["incidents/A b.yml", 'incidents/"q".yml', "incidents/ä.yml", "incidents/a\nb.yml", "incidents/-x.yml"]
)
def test_files_with_odd_names_stand_in_nobodys_way(name, tmp_path):
    site = repository(tmp_path, {name: OPEN})
    change(site, "incidents/2026/open.yml", ("10:00:00Z", "10:02:00Z"))
    (site.root / name).unlink()

    assert len(said(site)) == 1


def test_settings_of_the_user_change_nothing(site):
    for key, value in {
        "diff.noprefix": "true",
        "diff.external": "false",
        "status.relativePaths": "false",
        "color.ui": "always",
    }.items():
        site.git("config", key, value)
    change(site, "incidents/2026/open.yml", ("10:00:00Z", "10:02:00Z"))

    assert len(said(site)) == 1


def test_drafts_beside_the_records_are_not_compared(tmp_path):
    site = repository(tmp_path, {"incidents/_drafts/x.yml": OPEN})
    (site.root / "incidents/_drafts/x.yml").unlink()

    assert said(site) == []


def test_a_name_that_git_does_not_know(site):
    with pytest.raises(StillupError) as error:
        said(site, "--output=x")

    assert str(error.value) == "Git knows no commit called --output=x. Name a branch, a tag or a commit that is here."


def test_a_shallow_clone_says_how_to_get_the_rest(site, tmp_path_factory):
    change(site, "incidents/2026/open.yml", ("10:00:00Z", "10:02:00Z"))
    commit(site)
    first = subprocess.run(
        ["git", "-C", site.root, "rev-parse", "HEAD~1"], capture_output=True, text=True, check=True
    ).stdout.strip()
    clone = tmp_path_factory.mktemp("clone") / "page"
    subprocess.run(["git", "clone", "--quiet", "--depth=1", f"file://{site.root}", clone], check=True)

    with pytest.raises(StillupError, match=r"This clone is shallow: fetch the rest with git fetch --unshallow"):
        said(Site(clone), first)

    subprocess.run(["git", "-C", clone, "fetch", "--quiet", "--depth=2"], check=True)
    assert len(said(Site(clone), first)) == 1


def test_before_the_first_commit(tmp_path):
    site = Site.make(tmp_path)
    subprocess.run(["git", "init", "--quiet", site.root], check=True)

    with pytest.raises(StillupError, match=r"^There is no commit yet\. Begin with git add \. and git commit\.$"):
        said(site)


def test_without_a_repository(tmp_path):
    site = Site.make(tmp_path)

    with pytest.raises(StillupError, match=r"^--base needs a git repository at .*not a git repository"):
        said(site)


def test_without_git(site):
    done = stillup("check", "--root", site.root, "--at", "2026-11-20T10:45:00Z", "--base", "HEAD", PATH="/nowhere")

    assert (done.returncode, done.stderr) == (1, "--base needs git, which is not installed.\n")
