"""A page moves in and out again: what was served before is served by the built site, leaf by leaf."""

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from stillup import pipeline
from stillup.intake.run import from_address, from_folder
from stillup.records.moment import instant
from stillup.views import code
from tests.api.test_corpus import leaves, second
from tests.tools import AT, CORPUS

pytestmark = pytest.mark.needs("mkdocs")
SERIES = code.code("incident", "2026-10-18-weekly-standby-check")
GITHUB = CORPUS / "statuspage" / "github"


def documents(site: Path, folder: str = "incidents") -> dict[str, Any]:
    """Every record's own document by its code, without what the report of an import says it leaves out.

    That is the state of components today, the code of a postmortem, and whether a series goes on: its rule is nowhere
    in that API.
    """
    found = {path.stem: json.loads(path.read_bytes()) for path in (site / folder).glob("*.json")}
    return {
        name: {
            **each,
            "components": [one["id"] for one in each["components"]],
            "incident_updates": [_told(one) for one in each["incident_updates"]],
            **({"status": "", "resolved_at": ""} if name == SERIES else {}),
        }
        for name, each in found.items()
    }


def _told(update: dict[str, Any]) -> dict[str, Any]:
    return {**update, "id": "", "deliver_notifications": ""} if update["status"] == "postmortem" else update


@pytest.mark.needs("corpus")
def test_every_leaf_of_a_real_page_is_in_the_built_site(tmp_path):
    source, root = tmp_path / "source", tmp_path / "root"
    source.mkdir()
    root.mkdir()
    real = {name: json.loads((GITHUB / f"{name}.json").read_text()) for name in ("summary", "incidents")}
    for name in real:
        shutil.copy(GITHUB / f"{name}.json", source)
    report = from_folder(root, source, {})
    pipeline.build(root, at=second(real["summary"]["page"]["updated_at"]))

    lost: Counter[str] = Counter()
    for name, document in real.items():
        built = dict(leaves(json.loads((root / "site" / "api" / "v2" / f"{name}.json").read_bytes())))
        lost += Counter(place for place, value in leaves(document) if built.get(place, "missing") != value)
    left_out = {f".{note.where}.{note.field}": note.reason for note in report.left_out}
    assert lost == {".page.updated_at": 2}
    assert left_out[".page.updated_at"]
    for each in real["incidents"]["incidents"]:
        own = json.loads((root / "site" / "incidents" / f"{each['id']}.json").read_bytes())
        assert own["incident_updates"] == each["incident_updates"]
        assert (root / "site" / "incidents" / each["id"] / "index.html").is_file()


@pytest.mark.parametrize("way", ["folder", "address"])
def test_the_built_example_imported_again_says_the_same(way, example, tmp_path, serve):
    root = tmp_path / "root"
    root.mkdir()
    if way == "folder":
        from_folder(root, example, {})
    else:
        from_address(root, serve(example), {}, pause=0)
    pipeline.build(root, at=instant(AT))

    before, after = documents(example), documents(root / "site")
    assert before.keys() == after.keys()
    assert len(before) > 15
    different = {
        name: {key for key in each if each[key] != after[name][key]}
        for name, each in before.items()
        if after[name] != each
    }
    assert different == {}
