"""A real Statuspage moves in: every fact of it is found again in what we serve."""

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from stillup.intake.run import from_folder
from tests.api.sample import World, read
from tests.api.test_corpus import leaves, second
from tests.tools import CORPUS

GITHUB = CORPUS / "statuspage" / "github"


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    folder = tmp_path / "capture"
    folder.mkdir()
    for name in ("summary.json", "incidents.json"):
        shutil.copyfile(GITHUB / name, folder / name)
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    folder.mkdir()
    return folder


def texts(root: Path) -> dict[str, str]:
    return {path.relative_to(root).as_posix(): path.read_text() for path in sorted(root.rglob("*.yml"))}


@pytest.mark.needs("corpus")
def test_every_leaf_of_a_real_page_is_served_again_or_left_out_for_a_reason(capture, root):
    report = from_folder(root, capture, {})

    real: dict[str, Any] = {
        name: json.loads((capture / f"{name}.json").read_text()) for name in ("summary", "incidents")
    }
    page: World = read(root, second(real["summary"]["page"]["updated_at"]))
    ours = {name: dict(leaves(page.json(f"api/v2/{name}.json"))) for name in real}
    lost = Counter(
        place
        for name, document in real.items()
        for place, value in leaves(document)
        if ours[name].get(place, "missing") != value
    )
    assert lost == {".page.updated_at": 2}
    assert [(note.where, note.field) for note in report.left_out if note.where == "page"] == [("page", "updated_at")]
    assert report.counts == {"incidents": 50, "updates": 287, "components": 12, "maintenances": 0, "groups": 0}


@pytest.mark.needs("corpus")
def test_a_second_import_changes_nothing(capture, root):
    from_folder(root, capture, {})
    before = texts(root)

    report = from_folder(root, capture, {})

    assert texts(root) == before
    assert (report.added, report.updated, report.unchanged) == ([], [], 62)


@pytest.mark.needs("corpus")
def test_a_dry_run_writes_nothing(capture, root):
    report = from_folder(root, capture, {}, dry_run=True)

    assert len(report.added) == 63
    assert list(root.iterdir()) == []
