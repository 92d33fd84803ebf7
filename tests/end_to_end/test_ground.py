"""A build removes what it did not make, and only from a folder that is its own."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.page import Site
from tests.tools import stillup

AT = "2026-11-20T10:45:00Z"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site.make(tmp_path / "repository" / "root")


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("folder", [".", "..", "../..", "incidents", "docs/made", "site/../components"])
@pytest.mark.parametrize("option", ["--site-dir", "--outbox"])
def test_the_repository_is_not_taken_for_a_site_or_an_outbox(site, folder, option):
    before = files(site.root)

    done = stillup("publish", "--at", AT, option, folder, cwd=site.root)

    assert done.returncode == 1
    assert "what a run did not make is removed there. Name a folder of its own, such as site." in done.stderr
    assert files(site.root) == before


@pytest.mark.parametrize(("option", "name"), [("--site-dir", "the site"), ("--outbox", "the outbox")])
def test_a_folder_with_somebodys_files_is_left_alone(site, tmp_path, option, name):
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / "one.jpg").write_bytes(b"precious")

    done = stillup("publish", "--root", site.root, "--at", AT, option, photos)

    assert done.returncode == 1, name
    assert "holds files that no run has made, and they would be removed. Empty it yourself" in done.stderr
    assert files(photos) == {"one.jpg": b"precious"}


def test_mkdocs_asks_the_same(site, tmp_path):
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / "one.jpg").write_bytes(b"precious")

    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "-q", "-d", str(photos)],
        cwd=site.root,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode != 0
    assert "Empty it yourself" in done.stderr
    assert files(photos) == {"one.jpg": b"precious"}


def test_a_site_is_known_again_without_what_was_kept_beside_it(site, tmp_path):
    made = tmp_path / "elsewhere" / "made"
    stillup("build", "--root", site.root, "--at", AT, "--site-dir", made)
    shutil.rmtree(tmp_path / "elsewhere" / ".stillup")
    (made / "stray.html").write_text("old")

    done = stillup("build", "--root", site.root, "--at", AT, "--site-dir", made)

    assert done.returncode == 0, done.stderr
    assert not (made / "stray.html").exists()


def test_the_page_goes_where_the_settings_say(site):
    site.write("mkdocs.yml", f"site_dir: public\n{site.read('mkdocs.yml')}")

    done = stillup("publish", "--at", AT, cwd=site.root)

    assert done.returncode == 0, done.stderr
    assert (site.root / "public" / "index.html").is_file()
    assert not (site.root / "site").exists()


def test_markdown_pages_may_stand_elsewhere_and_are_made_again_when_they_change(site):
    site.write("mkdocs.yml", f"docs_dir: pages\n{site.read('mkdocs.yml')}")
    site.write("pages/about.md", "# About\n\nOld words.\n")
    stillup("build", "--at", AT, cwd=site.root)
    site.write("pages/about.md", "# About\n\nNew words.\n")

    done = stillup("build", "--at", AT, cwd=site.root)

    assert done.returncode == 0, done.stderr
    assert "New words." in (site.root / "site" / "about" / "index.html").read_text()
