"""The JSON Schemas that editors read: sound files satisfy them, and a fault is seen where it stands.

Judged are the files in `schema/`; tests/test_docs.py holds that they are what the types make.
"""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from stillup.errors import Level, Problem
from stillup.records import configuration, schema, store
from stillup.records.reading import read
from tests.records.build import COMPONENTS, incident, write
from tests.records.test_faults import cases
from tests.records.test_mutation import INCIDENTS, SETTINGS, broken
from tests.tools import CORPUS, ROOT

VALIDATORS = {
    kind: Draft202012Validator(json.loads((ROOT / "schema" / schema.file_name(kind)).read_text(encoding="utf-8")))
    for kind in schema.SHAPES
}
SEEN = {"empty", "private", "type", "unknown-key", "word"}
"""Codes of faults that lie in one value alone: an editor sees them all."""


def errors(kind: str, value: object) -> list[str]:
    return [error.json_path for error in VALIDATORS[kind].iter_errors(value)]


def value(path: Path) -> object:
    document, problems = read(path.read_bytes(), path.name)
    assert problems == ()
    assert document is not None
    return document.value


def mkdocs(text: str) -> object:
    """Return what an editor makes of a `mkdocs.yml`."""
    document, _ = read(text.encode(), "mkdocs.yml")
    return document.value if document else None


@pytest.mark.parametrize("kind", VALIDATORS)
def test_every_schema_is_one(kind):
    Draft202012Validator.check_schema(VALIDATORS[kind].schema)


def test_the_example_satisfies_its_schemas():
    for path in (ROOT / "incidents").rglob("*.yml"):
        assert errors("update" if path.parent.name == "updates" else "incident", value(path)) == [], path
    for path in (ROOT / "components").rglob("[!_]*.yml"):
        assert errors("component", value(path)) == [], path
    assert errors("groups", value(ROOT / "components/_groups.yml")) == []
    assert errors("settings", mkdocs((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))) == []


@pytest.mark.needs("corpus")
def test_a_real_page_satisfies_its_schemas():
    page = CORPUS / "github-history"
    for folder, kind in (("incidents", "incident"), ("components", "component")):
        found = sorted((page / folder).rglob("[!_]*.yml"))
        assert found
        for path in found:
            assert errors(kind, value(path)) == [], path


def judged(kind: str, text: str, root: Path) -> tuple[tuple[Problem, ...], object]:
    """Return what `check` says of a faulty file, and the value an editor judges."""
    document, unreadable = read(text.encode(), "x.yml")
    if unreadable or document is None:
        return (), None
    if kind == "incident":
        return incident(root, text)[1], document.value
    if kind == "component":
        write(root, {"components/payments.yml": text})
        return store.components(root)[1], document.value
    write(root, {"mkdocs.yml": text})
    return configuration.settings(root, {})[1], document.value


@pytest.mark.parametrize("kind", ["incident", "component", "settings"])
def test_of_faulty_files_an_editor_sees_what_lies_in_one_value(kind, tmp_path):
    missed, false_alarms, seen = [], [], 0
    for number, case in enumerate(cases(kind)):
        problems, written = judged(kind, case.values[0], tmp_path / str(number))
        if written is None:
            continue
        codes = {problem.code for problem in problems if problem.level is Level.ERROR}
        found = errors(kind, written)
        seen += bool(found)
        if codes & SEEN and not found:
            missed.append(case.id)
        if not codes and found:
            false_alarms.append((case.id, found))

    assert missed == []
    assert false_alarms == []
    assert seen >= 15


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("root")
    write(folder, {f"components/{name}": text for name, text in COMPONENTS.items()})
    return folder


@settings(max_examples=300, deadline=None)
@given(text=broken(INCIDENTS))
def test_whatever_is_a_sound_incident_satisfies_its_schema(root, text):
    write(root, {"incidents/x.yml": text})
    parts, _ = store.components(root)
    record, _ = store.incident(root, store.RecordFile("x", "incidents/x.yml"), parts, "Europe/Berlin")

    if record is not None:
        assert errors("incident", value(root / "incidents/x.yml")) == []


@settings(max_examples=200, deadline=None)
@given(text=st.one_of(broken(SETTINGS), st.sampled_from(SETTINGS)))
def test_whatever_are_sound_settings_satisfy_their_schema(root, text):
    write(root, {"mkdocs.yml": text})
    _, problems = configuration.settings(root, {})

    written = mkdocs(text)
    if isinstance(written, dict) and not any(problem.level is Level.ERROR for problem in problems):
        assert errors("settings", written) == []


UPDATE = "at: 2026-11-20T10:12:00Z, status: resolved, body: a"
WINDOW = "{start: 2026-11-22T10:00:00Z, end: 2026-11-22T12:00:00Z}"


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


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("plugins: [search, {stillup: {timezon: UTC}}]", "$.plugins[1].stillup"),
        ("plugins: {stillup: {history_days: ninety}}", "$.plugins.stillup.history_days"),
        ("plugins: [{stillup: {support: {email: nobody}}}]", "$.plugins[0].stillup.support.email"),
        ("plugins: [{stillup: {uptime: {partial_outage: 30}}}]", "$.plugins[0].stillup.uptime.partial_outage"),
        ("plugins: [{stillup: [a]}]", "$.plugins[0].stillup"),
        ("site_url: 1", "$.site_url"),
    ],
)
def test_an_editor_sees_a_faulty_setting_in_the_whole_file(text, where):
    assert errors("settings", mkdocs(f"{text}\n")) == [where]


@pytest.mark.parametrize(
    "text",
    [
        "plugins: stillup",
        "plugins: [search, stillup]",
        "plugins:\n  - stillup:",
        "plugins: {search: {}, stillup: {}}",
        "theme: {name: material}\nnav: [a.md]\nextra: {anything: [1]}",
    ],
)
def test_an_editor_leaves_the_rest_of_mkdocs_alone(text):
    assert errors("settings", mkdocs(f"{text}\n")) == []


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (f"updates: [{{{UPDATE.replace('resolved', 'completed')}}}]", "$.updates[0].status"),
        (f"kind: maintenance\nscheduled: {WINDOW}\nupdates: [{{{UPDATE}}}]", "$.updates[0].status"),
        (f"kind: maintenance\nupdates: [{{{UPDATE.replace('resolved', 'completed')}}}]", "$"),
        (f"scheduled: {WINDOW}\nupdates: [{{{UPDATE}}}]", "$"),
    ],
)
def test_an_editor_knows_an_incident_from_a_maintenance(text, where):
    document, _ = read(f"title: a\n{text}\n".encode(), "x.yml")

    assert document is not None
    assert errors("incident", document.value) == [where]


def test_every_file_of_the_example_names_its_schema_without_a_network():
    """The path counts from the file, as editors take it."""
    for path in [*(ROOT / "incidents").rglob("*.yml"), *(ROOT / "components").rglob("*.yml"), ROOT / "mkdocs.yml"]:
        kind = {"_groups": "groups", "mkdocs": "settings"}.get(path.stem, path.relative_to(ROOT).parts[0][:-1])
        kind = "update" if path.parent.name == "updates" else kind
        told, _, place = path.read_text(encoding="utf-8").partition("\n")[0].partition("=")

        assert told == "# yaml-language-server: $schema", path
        assert (path.parent / place).resolve() == ROOT / "schema" / schema.file_name(kind), path
