"""A small page in a git repository, with a remote on disk where a test needs one."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.tools import need

MKDOCS = """\
site_name: Ledger Status
site_url: https://status.example.com/
theme: {name: material, font: false}
plugins:
  - stillup:
      organisation: Advancia Pay Ledger
"""
COMPONENTS = {"payments": "Card payments", "sms": "Text messages", "sign-in": "Sign-in"}
WHO = {
    "GIT_AUTHOR_NAME": "The on-call engineer",
    "GIT_AUTHOR_EMAIL": "oncall@example.com",
    "GIT_COMMITTER_NAME": "The on-call engineer",
    "GIT_COMMITTER_EMAIL": "oncall@example.com",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
}


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *words],
        env=os.environ | WHO,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"git {words}: {done.stderr}"
    return done.stdout


@pytest.fixture
def page(tmp_path) -> Path:
    """A page with three components and no incident, committed."""
    need("git")
    root = tmp_path / "page"
    (root / "components").mkdir(parents=True)
    (root / "mkdocs.yml").write_text(MKDOCS)
    (root / "docs").mkdir()
    (root / "docs" / "about.md").write_text("# About this page\n")
    (root / ".gitignore").write_text("/private/\n/site/\n/.stillup/\n/outbox/\n")
    for id, name in COMPONENTS.items():
        (root / "components" / f"{id}.yml").write_text(f"name: {name}  # as customers call it\n")
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "A page")
    return root


@pytest.fixture
def remote(page, tmp_path) -> Path:
    """A bare repository to which the page pushes."""
    bare = tmp_path / "remote.git"
    git(page, "clone", "-q", "--bare", str(page), str(bare))
    git(page, "remote", "add", "origin", str(bare))
    git(page, "push", "-q", "-u", "origin", "main")
    return bare
