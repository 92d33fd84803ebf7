"""The manual tells what is so: its examples run, and nothing that can be written or called is missing from it."""

import re
from dataclasses import fields

import click
import pytest

from stillup.cli import main
from stillup.records.component import Component, StateChange
from stillup.records.incident import Move, Postmortem, Withdrawal
from stillup.records.settings import CADENCE, Support, Weights
from stillup.records.written import WrittenGroup, WrittenIncident, WrittenSchedule, WrittenSettings, WrittenUpdate
from tests.tools import AT, ROOT, stillup

MANUAL = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "manual" / "docs").glob("*.md")}
README = (ROOT / "README.md").read_text(encoding="utf-8")
SHAPES = [
    ("incidents", WrittenIncident),
    ("incidents", WrittenUpdate),
    ("incidents", Postmortem),
    ("incidents", Withdrawal),
    ("maintenance", WrittenSchedule),
    ("maintenance", Move),
    ("components", Component),
    ("components", WrittenGroup),
    ("components", StateChange),
    ("settings", WrittenSettings),
    ("settings", Support),
    ("settings", Weights),
]
SPELLED = {"exceptions": "except"}
"""Fields that Python spells otherwise than YAML."""

STEM = {Component: {"id"}}
"""Fields that no file has: they are its name."""


def rows(page: str) -> set[str]:
    """Return every word in backquotes in the first cell of a table's row, and in the mappings that cells show."""
    found = set(re.findall(r"^\| `([\w.]+)`", MANUAL[page], re.MULTILINE))
    for cell in re.findall(r"`\{([^`]*)\}`", MANUAL[page]):
        found |= set(re.findall(r"\w+", cell))
    return found


def files(text: str) -> dict[str, str]:
    """Return the files that a page shows: a name in backquotes, then a block."""
    return dict(re.findall(r"^`([\w./-]+\.\w+)`\n\n```\w+\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))


@pytest.mark.parametrize(("page", "shape"), SHAPES, ids=lambda value: getattr(value, "__name__", value))
def test_every_field_has_a_row(page, shape):
    names = {SPELLED.get(field.name, field.name) for field in fields(shape)}

    assert names - STEM.get(shape, set()) - rows(page) == set()


def test_every_cadence_has_a_row():
    assert CADENCE.keys() - rows("settings") == set()


def test_every_command_and_option_is_told():
    assert isinstance(main, click.Group)
    for name, command in main.commands.items():
        assert f"`stillup {name}`" in README, name
        assert f"\n## {name}\n" in MANUAL["commands"], name
        usage = re.search(rf"^stillup {name}\b.*$", MANUAL["commands"], re.MULTILINE)
        assert usage, name
        told = set(re.findall(r"--[\w-]+", usage[0]))
        assert told == {option for parameter in command.params for option in parameter.opts if option.startswith("--")}


def test_a_newcomer_who_types_the_quick_start_has_a_page_and_messages(tmp_path):
    shown = files(MANUAL["quick-start"])
    for name, text in shown.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)

    checked = stillup("check", "--root", tmp_path, "--at", AT)
    published = stillup("publish", "--root", tmp_path, "--at", AT)

    assert len(shown) == 4
    assert (checked.returncode, checked.stderr) == (0, "")
    assert published.returncode == 0, published.stderr
    assert "Card payments failing at checkout" in (tmp_path / "site" / "index.html").read_text()
    assert list((tmp_path / "outbox").rglob("*.eml"))


@pytest.mark.parametrize(
    ("page", "component"),
    [("incidents", "payments-stripe"), ("maintenance", "webhooks"), ("README", "payments-stripe")],
)
def test_a_record_that_is_shown_is_sound(page, component, tmp_path):
    text = README if page == "README" else MANUAL[page]
    example = re.search(r"^```yaml\n(title:.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert example
    for name, content in ((f"components/{component}.yml", "name: Part\n"), ("incidents/shown.yml", example[1])):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)

    done = stillup("check", "--root", tmp_path, "--at", "2026-11-23T12:00:00Z")

    assert done.returncode == 0, done.stderr


def test_the_error_in_the_quick_start_is_what_one_reads(example_root, tmp_path):
    line = re.search(r"^incidents/\S+: updates\[\d+\].*$", MANUAL["quick-start"], re.MULTILINE)
    assert line
    name = line[0].split(":")[0]
    text = (example_root / name).read_text()
    head, _, tail = text.rpartition("status: ")
    for folder in ("components", "incidents"):
        (tmp_path / folder).mkdir()
    for path in (example_root / "components").glob("*.yml"):
        (tmp_path / "components" / path.name).write_text(path.read_text())
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(f"{head}status: wip\n{tail.partition(chr(10))[2]}")

    done = stillup("check", "--root", tmp_path, "--at", AT)

    assert done.returncode == 1
    assert line[0] in done.stderr.splitlines()


def test_no_page_names_a_place_that_is_not_there():
    for page, text in {**MANUAL, "README": README}.items():
        for target in re.findall(r"\]\(([\w./-]+\.md)(?:#[\w-]+)?\)", text):
            folder = ROOT if page == "README" else ROOT / "manual" / "docs"
            assert (folder / target).is_file(), f"{page}: {target}"
