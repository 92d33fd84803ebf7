"""An import looks at its files in a copy of the records, which must be its own."""

import stat
from pathlib import Path

import pytest

from stillup.intake.landing import copy

RECORD = """\
title: Card payments are declined
updates:
  - {at: 2026-07-01T10:00:00Z, status: resolved, body: Cards are taken again.}
"""


@pytest.fixture
def closed(tmp_path) -> Path:
    """A page in which nothing has a write bit."""
    root = tmp_path / "page"
    for path, text in (
        ("mkdocs.yml", "site_name: Status\n"),
        ("components/api.yml", "name: API\n"),
        ("incidents/2026/2026-07-01-cards.yml", RECORD),
        ("incidents/2026/2026-07-02-cards.yml", RECORD.replace("07-01", "07-02")),
    ):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    for each in (*root.rglob("*"), root):
        each.chmod(each.stat().st_mode & ~0o222)
    return root


def _modes(root: Path) -> dict[str, int]:
    return {str(each.relative_to(root)): stat.S_IMODE(each.stat().st_mode) for each in root.rglob("*")}


def test_a_copy_of_what_nobody_may_write_is_ours(closed, tmp_path):
    before, stage = _modes(closed), tmp_path / "stage"
    stage.mkdir()

    copy(closed, stage)

    copied = _modes(stage)
    assert copied.keys() == before.keys()
    folders = {path: mode for path, mode in copied.items() if (stage / path).is_dir()}
    assert folders == dict.fromkeys(["components", "incidents", "incidents/2026"], 0o700)
    assert _modes(closed) == before
