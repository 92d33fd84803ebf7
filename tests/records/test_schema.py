"""JSON Schema: made from the types that read files, so that an editor knows what `check` will say."""

from dataclasses import fields
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from stillup.records import schema
from stillup.records.component import Component
from stillup.records.incident import Incident, Update
from stillup.records.reading import read
from stillup.records.settings import Settings
from tests.tools import ROOT

CORPUS = ROOT.parent / "shared/corpus/github-history"


def errors(kind: str, value: object) -> list[str]:
    return [error.json_path for error in Draft202012Validator(schema.schema(kind)).iter_errors(value)]


def value(path: Path) -> object:
    document, problems = read(path.read_bytes(), path.name)
    assert problems == ()
    assert document is not None
    return document.value


@pytest.mark.parametrize("kind", schema.SHAPES)
def test_every_schema_is_one(kind):
    Draft202012Validator.check_schema(schema.schema(kind))


@pytest.mark.parametrize("kind", schema.SHAPES)
def test_every_key_is_explained(kind):
    made = schema.schema(kind)

    shapes = [made, *made.get("$defs", {}).values()]
    silent = [
        name for shape in shapes for name, part in shape.get("properties", {}).items() if not part.get("description")
    ]
    assert silent == []


def test_the_example_satisfies_its_schemas():
    for path in (ROOT / "incidents").rglob("*.yml"):
        assert errors("update" if path.parent.name == "updates" else "incident", value(path)) == [], path
    for path in (ROOT / "components").rglob("[!_]*.yml"):
        assert errors("component", value(path)) == [], path
    assert errors("groups", value(ROOT / "components/_groups.yml")) == []


@pytest.mark.skipif(not CORPUS.is_dir(), reason="needs the corpus of real pages")
def test_a_real_page_satisfies_its_schema():
    validator = Draft202012Validator(schema.schema("incident"))
    for path in sorted((CORPUS / "incidents").rglob("*.yml"))[::10]:
        assert validator.is_valid(value(path)), path


UPDATE = "at: 2026-11-20T10:12:00Z, status: resolved, body: a"


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("impcat: b", "$"),
        ("severity: P9", "$.severity"),
        ("impact:", "$.impact"),
        ("reference: 404", "$.reference"),
        ("reference: ' '", "$.reference"),
        ("updates: []", "$.updates"),
        ("translations: {es: {titel: a}}", "$.translations.es"),
        ("scheduled: {start: a, end: b, exceptions: []}", "$.scheduled"),
        (f"updates: [{{{UPDATE}, next_update_in: 30}}]", "$.updates[0].next_update_in"),
        (f"updates: [{{{UPDATE}, components: {{A: operational}}}}]", "$.updates[0].components"),
    ],
)
def test_an_editor_sees_a_fault_where_it_stands(text, where):
    document, _ = read(f"title: a\n{text}\n".encode(), "x.yml")

    assert document is not None
    assert where in errors("incident", document.value)


def test_records_have_the_fields_that_files_have():
    incident, update = schema.schema("incident"), schema.schema("update")

    assert {part.name for part in fields(Incident)} - {"id"} == set(incident["properties"])
    assert {part.name for part in fields(Update)} == set(update["properties"])
    assert {part.name for part in fields(Component)} - {"id"} == set(schema.schema("component")["properties"])
    assert "except" in incident["$defs"]["Schedule"]["properties"]
    own = {part.name for part in fields(Settings)} - {"site_name", "site_url", "site_description", "other"}
    assert own < set(schema.schema("settings")["properties"])


def test_what_is_said_of_a_field_stands_in_the_schema():
    part = schema.schema("incident")["$defs"]["Update"]["properties"]["impact_text"]

    assert part == {
        "type": "string", "minLength": 1, "maxLength": 65536, "pattern": r"\S", "description": "What customers notice.",
    }  # fmt: skip
