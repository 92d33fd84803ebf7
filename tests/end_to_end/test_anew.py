"""A build that tells everything anew says why, and one that tells what changed says nothing of it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import stillup
from stillup import pipeline
from stillup.pipeline.building.run import Run
from stillup.pipeline.tree.stage import unfinished
from stillup.records.index import Index
from tests.end_to_end.page import Site

pytestmark = pytest.mark.needs("mkdocs")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = Site.make(tmp_path / "root")
    assert made.build().anew == "", "there was nothing before"
    return made


def test_a_build_that_tells_what_changed_names_no_reason(site):
    site.write("incidents/2026/open.yml", site.read("incidents/2026/open.yml").replace("slowly", "late"))

    built = site.build()

    assert built.anew == ""
    assert len(built.lines()) == 1
    assert built.numbers()["anew"] is None


@pytest.mark.parametrize(
    ("path", "old", "new", "why"),
    [
        ("mkdocs.yml", "site_name: Test", "site_name: Tested", "the settings changed"),
        ("components/web.yml", "Web", "The web", "the components changed"),
        ("site_overrides/assets/own.css", "ours", "mine", "site_overrides changed"),
        ("docs/about.md", "# About", "# About us", "the frame of pages changed"),
    ],
)
def test_what_every_page_depends_on_is_named_when_it_changed(path, old, new, why, site):
    assert old in site.read(path)
    site.write(path, site.read(path).replace(old, new))
    built = site.build()

    assert built.anew == why
    assert built.lines()[1] == f"Told everything anew: {why}."
    assert site.build().anew == ""


def test_another_way_to_state_the_instant_is_named(site):
    built = pipeline.build(site.root, at=site.at, live=True)

    assert built.anew == "the use of --at changed"


def test_pages_that_somebody_took_away_are_named(site):
    shutil.rmtree(site.root / "site/incidents/closed")

    assert site.build().anew == "pages of records were taken away"


def test_a_run_that_was_ended_while_it_wrote_is_named(site):
    unfinished(site.root / ".stillup/site").write_text("switching")

    assert site.build().anew == "an earlier run was ended while it wrote the page"


def test_an_index_of_another_version_is_named(site):
    kept = site.root / ".stillup/site"
    with Run(site.root, at=site.at, site_dir=site.root / "site", work=kept, live=False) as run:
        run.index.keep("form", "0")
        run.index.save()

    assert site.build().anew == "the index is of another version"


def test_an_index_that_a_run_did_not_finish_is_named(site):
    (site.root / ".stillup/site/index.sqlite.seal").unlink()

    assert site.build().anew == "the index is of another version, or a run was ended while it saved it"


def test_several_changes_are_named_together(tmp_path):
    known = {"the settings": "1", "a library": "2", "the components": "3"}
    with Index(tmp_path / "index", "one", known) as index:
        index.save()
    with Index(tmp_path / "index", "two", known | {"the settings": "4", "a library": "5"}) as index:
        assert index.anew == "the settings and a library changed"


def test_a_program_that_changes_between_two_builds_is_named(site, tmp_path):
    """The whole of a history is told anew then, whatever its length: nothing that another program made is trusted."""
    package = tmp_path / "program" / "stillup"
    shutil.copytree(Path(stillup.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    words = [sys.executable, "-B", "-m", "stillup", "build", "--root", str(site.root), "--at", "2026-11-20T10:45:00Z"]

    def said() -> str:
        environment = os.environ | {"PYTHONPATH": str(package.parent)}
        return subprocess.run(words, env=environment, capture_output=True, text=True, check=True).stdout

    assert "anew" not in said()
    with (package / "vocabulary.py").open("a") as file:
        file.write("# another\n")

    assert "Told everything anew: Stillup itself changed." in said()
    assert "anew" not in said()
