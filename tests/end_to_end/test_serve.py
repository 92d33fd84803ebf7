"""`mkdocs serve` shows records as they are written."""

import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.page import AT, Site
from tests.tools import PATIENCE, free_port

pytestmark = pytest.mark.needs("mkdocs")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site.make(tmp_path / "root")


@pytest.fixture
def served(site: Site) -> Iterator[str]:
    """The address of the page as `mkdocs serve` shows it."""
    port = free_port()
    environment = os.environ | {"STILLUP_AT": f"{AT:%Y-%m-%dT%H:%M:%SZ}", "NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, "-m", "mkdocs", "serve", "--livereload", "--dev-addr", f"127.0.0.1:{port}"]
    with subprocess.Popen(command, cwd=site.root, env=environment, stderr=subprocess.PIPE, text=True) as server:
        try:
            yield f"http://127.0.0.1:{port}/"
        finally:
            server.terminate()
            server.communicate(timeout=PATIENCE)


def until(url: str, wanted: str) -> str:
    """Return the page at `url` once `wanted` stands in it."""
    end = time.monotonic() + 2 * PATIENCE
    body = ""
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
                body = answer.read().decode()
        except OSError:
            body = ""
        if wanted in body:
            return body
        time.sleep(0.2)
    pytest.fail(f"{wanted!r} did not appear at {url} within {PATIENCE} s; the page was {body[:500]!r}")


def test_an_edited_record_is_shown_and_a_broken_one_changes_nothing(site, served):
    assert "livereload" in until(served, "The API answers slowly")

    text = site.read("incidents/2026/open.yml")
    site.write("incidents/2026/open.yml", text.replace("We look into it.", "It is the cache."))
    assert "It is the cache." in until(f"{served}incidents/open/", "It is the cache.")
    until(served, "It is the cache.")

    site.write("incidents/2026/open.yml", text.replace("investigating", "investigatin"))
    time.sleep(2)
    until(served, "It is the cache.")

    site.write("incidents/2026/open.yml", text.replace("We look into it.", "The cache is emptied."))
    until(served, "The cache is emptied.")


def test_the_theme_is_served_below_the_path_of_the_page(site, served):
    style = re.search(r'rel="stylesheet" href="([^"]+)"', until(served, "stylesheet"))
    assert style is not None
    until(f"{served}{style[1]}", "--paper")
    until(f"{served}components/web/", "Web")
