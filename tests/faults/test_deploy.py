"""Each step of a deployment killed with -9 or refused by the disk: readers have the page before or the page to come.

`make test` tries some steps of each way, `STILLUP_ALL_FAULTS=1` tries all.
"""

import errno
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.end_to_end.page import Site, tree
from tests.faults.nursery import Fate, Nursery, chosen
from tests.faults.page import AT, URGENT, made
from tests.faults.test_commands import faults

pytestmark = pytest.mark.needs("git", "mkdocs")
LATER = "2026-11-20T10:50:00Z"


@dataclass(frozen=True)
class Way:
    """A page that was deployed, and the next one, built; `words` bring it there."""

    home: Path
    old: dict[str, bytes]
    new: dict[str, bytes]
    steps: int


@pytest.fixture(scope="module")
def nursery(tmp_path_factory) -> Iterator[Nursery]:
    with Nursery(tmp_path_factory.mktemp("nursery")) as nursery:
        yield nursery


def deploy(nursery: Nursery, home: Path, **fault: object) -> Fate:
    return nursery.run("deploy", "--root", home / "page", "--at", LATER, below=home, **fault)


def served(home: Path) -> dict[str, bytes]:
    """Return what readers get, by way of the folder or of the branch."""
    if (home / "www").exists():
        return tree(home / "www")
    out = home / "seen"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    words = ["git", f"--git-dir={home / 'pages.git'}", f"--work-tree={out}", "checkout", "-q", "-f", "pages", "--", "."]
    subprocess.run(words, check=True)
    return {path: body for path, body in tree(out).items() if path != ".nojekyll"}


@pytest.fixture(scope="module", params=["folder", "branch"])
def way(request, nursery, tmp_path_factory) -> Way:
    home = tmp_path_factory.mktemp(request.param) / "home"
    site = made(home / "page")
    target = "{folder: ../www}"
    if request.param == "branch":
        target = "{git: origin, branch: pages}"
        subprocess.run(["git", "init", "-q", "--bare", "-b", "main", home / "pages.git"], check=True)
        site.git("init", "-q", "-b", "main")
        site.git("remote", "add", "origin", "../pages.git")
        site.write(".gitignore", "/site/\n/.stillup/\n")
    site.write("mkdocs.yml", f"{site.read('mkdocs.yml')}      deploy: [{target}]\n")
    if request.param == "branch":
        site.git("add", ".")
        site.git("commit", "-q", "-m", "Begin")
    assert nursery.run("build", "--root", site.root, "--at", AT, below=site.root).status == 0
    assert (done := deploy(nursery, home)).status == 0, done
    old = served(home)
    site.write("incidents/2026/open.yml", URGENT)
    if request.param == "branch":
        site.git("commit", "-q", "-a", "-m", "Tell")
    assert nursery.run("build", "--root", site.root, "--at", LATER, below=site.root).status == 0
    rehearsal = home.with_name("rehearsal")
    shutil.copytree(home, rehearsal, symlinks=True)
    done = deploy(nursery, rehearsal)
    new = served(rehearsal)
    assert (done.status, new == old, new["index.html"]) == (0, False, Site(home / "page").tree()["index.html"])
    return Way(home, old, new, len(done.steps))


def ends_well(nursery: Nursery, way: Way, home: Path) -> None:
    assert served(home) in (way.old, way.new), "no half page, at any time"
    done = deploy(nursery, home)
    assert (done.status, served(home) == way.new) == (0, True), done


def test_a_deployment_that_is_killed_leaves_one_page_whole_and_the_next_one_brings_it(way, nursery, tmp_path):
    for step in chosen(way.steps, 3):
        home = tmp_path / f"{step}"
        shutil.copytree(way.home, home, symlinks=True)

        assert deploy(nursery, home, fault="kill", step=step).status == -9
        ends_well(nursery, way, home)


def test_a_disk_that_refuses_a_deployment_is_named_and_readers_keep_the_page(way, nursery, tmp_path):
    for step, (fault, lasting, said) in faults(way.steps, 3):
        home = tmp_path / f"{step}-{fault}"
        shutil.copytree(way.home, home, symlinks=True)

        met = deploy(nursery, home, fault=fault, step=step, lasting=lasting)

        if met.status:
            assert met.status == 1, met
            assert "Traceback" not in met.err
            assert said in met.err or os.strerror(getattr(errno, fault)) in met.err, met
        ends_well(nursery, way, home)
