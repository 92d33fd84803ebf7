"""Builds of one page at the same time come one after the other, and each believes what the one before it has saved."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from stillup.records.index import Index
from tests.end_to_end.page import Site

KNOWN = {"the settings": "1"}


def test_what_is_being_saved_is_not_taken_for_damaged(tmp_path: Path):
    """Between what is saved and its seal nobody else comes in."""
    path = tmp_path / "index.sqlite"
    found: list[str] = []

    def wait_for_it() -> None:
        for _ in range(20):
            with Index(path, "one", KNOWN) as index:
                found.append(index.anew)
                index.keep("turn", f"other {len(found)}")
                index.save()

    with Index(path, "one", KNOWN) as index:
        index.save()
        other = threading.Thread(target=wait_for_it)
        other.start()
        for turn in range(1000):
            index.keep("turn", str(turn))
            index.save()
        assert found == []
    other.join()

    assert found == [""] * 20


def test_an_index_that_is_thrown_away_is_not_shared_with_who_waits_for_it(tmp_path: Path):
    path = tmp_path / "index.sqlite"
    found: list[str] = []

    def wait_for_it() -> None:
        with Index(path, "one", KNOWN) as index:
            found.append(index.note("said"))

    with Index(path, "one", KNOWN) as index:
        other = threading.Thread(target=wait_for_it)
        other.start()
        index.forget("for a test")
        index.keep("said", "after")
        index.save()
        assert found == []
    other.join()

    assert found == ["after"]


@pytest.mark.needs("mkdocs")
def test_builds_at_the_same_time_make_one_page(tmp_path: Path):
    site = Site.make(tmp_path / "root")
    site.build()
    own = site.tree()
    words = [sys.executable, "-m", "stillup", "build", "--root", str(site.root), "--at", "2026-11-20T10:45:00Z"]
    builds = [subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    said = [(*build.communicate(), build.returncode) for build in builds]

    assert [(err, status) for _, err, status in said] == [("", 0)] * 4
    assert [out for out, _, _ in said if "anew" in out] == []
    assert site.tree() == own
