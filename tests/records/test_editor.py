"""What people see in an editor while they write a record: it reads the schemas that the files name."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tools import ROOT, Editor

pytestmark = pytest.mark.needs("yaml-language-server")
TOP = "# yaml-language-server: $schema=../schema/incident.schema.json\n"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    for name in ("incidents", "components", "schema"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "mkdocs.yml", folder)
    return folder


@pytest.fixture(scope="module")
def editor(root: Path) -> Iterator[Editor]:
    with Editor(root) as opened:
        yield opened


def test_nothing_is_marked_in_the_example(root, editor):
    files = [path.relative_to(root).as_posix() for path in root.rglob("*.yml")]

    assert {path: editor.problems(path) for path in files} == {path: [] for path in files}


def test_a_fault_is_marked_with_what_to_write(root, editor):
    faulty = """\
title: Payments fail
severty: P1
updates:
  - at: 2026-11-20 10:12
    status: wip
    body: We look into it.
    next_update_in: 30
"""
    (root / "incidents" / "faulty.yml").write_text(TOP + faulty)

    assert editor.problems("incidents/faulty.yml") == [
        (3, "Property severty is not allowed."),
        (5, "Write it as 2026-11-20T10:12:00Z, or 2026-11-20 10:12 Europe/Berlin."),
        (6, 'Value is not accepted. Valid values: "investigating", "identified", "monitoring", "resolved".'),
        (8, 'Incorrect type. Expected "string".'),
    ]


def test_keys_are_offered_and_explained(root, editor):
    text = "title: Payments fail\nupdates:\n  - at: 2026-11-20T10:12:00Z\n    status: resolved\n    body: a\n    \n"
    (root / "incidents" / "new.yml").write_text(TOP + text)
    editor.problems("incidents/new.yml")

    assert {"workaround", "next_update_in", "components"} <= set(editor.offers("incidents/new.yml", 7, 5))
    assert "When it was published." in editor.hint("incidents/new.yml", 4, 6)


def test_settings_are_offered_and_judged_below_the_plugin(root, editor):
    text = "site_name: a\nplugins:\n  - search\n  - stillup:\n      timezon: UTC\n      \n"
    (root / "other.yml").write_text("# yaml-language-server: $schema=schema/settings.schema.json\n" + text)

    assert editor.problems("other.yml") == [(6, "Property timezon is not allowed.")]
    assert {"organisation", "cadence", "support"} <= set(editor.offers("other.yml", 7, 7))
