"""A Statuspage moves in: every fact of it is found again in what we serve, and contradictions are valid records."""

import json
import shutil
import subprocess
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from stillup.errors import RecordError, StillupError
from stillup.intake.run import from_folder
from stillup.records import store
from stillup.views import code
from stillup.vocabulary import ComponentStatus, Impact, Kind
from tests.api.sample import World, read
from tests.api.test_corpus import leaves, second
from tests.intake.conftest import API, OUTAGE, affected, component, incident, texts, update
from tests.tools import CORPUS, need, stillup

GITHUB = CORPUS / "statuspage" / "github"
NOW = datetime(2026, 8, 1, tzinfo=UTC)
GONE = "0qbwn08sd680"
SERIES = code.code("incident", "2026-10-18-weekly-standby-check")


@pytest.fixture
def github(tmp_path: Path) -> Path:
    folder = tmp_path / "github"
    folder.mkdir()
    for name in ("summary.json", "incidents.json"):
        shutil.copyfile(GITHUB / name, folder / name)
    return folder


@pytest.mark.needs("corpus")
def test_every_leaf_of_a_real_page_is_served_again_or_left_out_for_a_reason(github, root):
    report = from_folder(root, github, {})

    real: dict[str, Any] = {
        name: json.loads((github / f"{name}.json").read_text()) for name in ("summary", "incidents")
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
def test_a_second_import_changes_nothing(github, root):
    from_folder(root, github, {})
    before = texts(root)

    report = from_folder(root, github, {})

    assert texts(root) == before
    assert (report.added, report.updated, report.unchanged) == ([], [], 62)


@pytest.mark.needs("corpus")
def test_a_dry_run_writes_nothing(github, root):
    report = from_folder(root, github, {}, dry_run=True)

    assert len(report.added) == 69
    assert list(root.iterdir()) == []


def test_what_was_imported_is_built_at_once(capture, root):
    from_folder(root, capture(OUTAGE), {})

    done = stillup("build", "--root", root, "--at", "2026-08-01T00:00:00Z")

    assert done.returncode == 0, done.stderr
    assert "Payments fail" in (root / "site" / "incidents" / "2026-07-30-payments-fail" / "index.html").read_text()


@pytest.mark.needs("corpus")
def test_what_only_the_feed_of_a_capture_tells_comes_along(root):
    report = from_folder(root, GITHUB, {})

    assert report.counts["incidents"] == 68
    assert sum(note.field == "impact" for note in report.left_out) == 18


def test_our_own_tree_imported_again_says_the_same(example_root, tmp_path, root):
    example_api = read(example_root)
    tree = tmp_path / "tree"
    for path, body in example_api.files.items():
        if path.endswith(".json"):
            (tree / path).parent.mkdir(parents=True, exist_ok=True)
            (tree / path).write_bytes(body)

    from_folder(root, tree, {})

    again = read(root, example_api.edition.at)
    for name, key in (("incidents", "incidents"), ("scheduled-maintenances", "scheduled_maintenances")):
        ours, theirs = public(again, name, key), public(example_api, name, key)
        # A series is one maintenance there, told by its next window; its rule is nowhere in that API.
        assert [ours[code] for code in theirs if code != SERIES] == [theirs[code] for code in theirs if code != SERIES]
    listed = [
        {each["code"] for month in page.json("history.json")["months"] for each in month["incidents"]}
        for page in (again, example_api)
    ]
    assert listed[0] == listed[1]
    components = [
        [{**each, "updated_at": ""} for each in page.json("api/v2/components.json")["components"]]
        for page in (again, example_api)
    ]
    assert components[0] == components[1]


def public(page: World, name: str, key: str) -> dict[str, Any]:
    """What the API says of each record by code, but for components of today and for what was learned afterwards."""
    return {
        each["id"]: {
            **each,
            "components": [one["id"] for one in each["components"]],
            "incident_updates": [one for one in each["incident_updates"] if one["status"] != "postmortem"],
        }
        for each in page.json(f"api/v2/{name}.json")[key]
    }


@pytest.mark.needs("corpus")
def test_four_years_come_through_our_own_api_word_for_word(tmp_path, root):
    for name in ("components", "incidents"):
        shutil.copytree(CORPUS / "github-history" / name, tmp_path / "page" / name)
    (tmp_path / "page" / "mkdocs.yml").write_text("site_name: B\nsite_url: https://b.example/\nplugins: [stillup]\n")
    page = read(tmp_path / "page", NOW)
    tree = tmp_path / "tree"
    for path, body in page.files.items():
        if path.endswith(".json"):
            (tree / path).parent.mkdir(parents=True, exist_ok=True)
            (tree / path).write_bytes(body)

    from_folder(root, tree, {})

    again = read(root, NOW)
    paths = [path for path in page.files if path.startswith("incidents/") and path.endswith(".json")]
    assert len(paths) > 800
    for path in paths:
        ours, theirs = ({**each.json(path), "components": []} for each in (again, page))
        assert ours == theirs
    # History is read by month: what happened when, for how long, and how it ended.
    assert again.json("history.json")["months"] == page.json("history.json")["months"]


def test_impact_is_kept_as_stated_where_no_component_is_named(capture, root):
    from_folder(root, capture({**OUTAGE, "impact": "critical"}), {})

    (record,) = store.load(root).incidents
    assert record.impact is Impact.CRITICAL
    assert not any(each.components for each in record.updates)


def test_what_was_filled_in_later_began_with_its_first_update(capture, root):
    late = {**OUTAGE, "started_at": "2026-07-31T23:00:00.000Z"}

    report = from_folder(root, capture(late), {})

    (record,) = store.load(root).incidents
    assert (record.started_at, record.backfilled) == (None, True)
    assert read(root, NOW).json("api/v2/incidents.json")["incidents"][0]["started_at"] == late["started_at"]
    assert [note.field for note in report.changed] == ["started_at"]


def test_a_renamed_component_keeps_its_name_of_that_time(capture, root):
    first = update("7f4jmtk5hld0", "investigating", "30T09:00")
    first["affected_components"] = [affected(API["id"], "operational", "major_outage", "api.example.com")]
    last = update("7f4jmtk5hld1", "resolved", "30T10:00")
    last["affected_components"] = [affected(API["id"], "major_outage", "operational", "API")]

    from_folder(root, capture(incident("9tpgqq1h4bs0", first, last)), {})

    (served,) = read(root, NOW).json("api/v2/incidents.json")["incidents"]
    assert [each["affected_components"] for each in served["incident_updates"]] == [
        last["affected_components"],
        first["affected_components"],
    ]
    assert store.load(root).incidents[0].updates[0].components == {"api": ComponentStatus.MAJOR_OUTAGE}


def test_a_component_that_only_old_updates_name_has_ended(capture, root):
    first = update("7f4jmtk5hld0", "investigating", "30T09:00")
    first["affected_components"] = [affected(GONE, "operational", "partial_outage", "Fax")]
    last = update("7f4jmtk5hld1", "resolved", "30T10:00")
    last["affected_components"] = [affected(GONE, "partial_outage", "operational", "Fax")]

    report = from_folder(root, capture(incident("9tpgqq1h4bs0", first, last)), {})

    part = store.load(root).components.by_id["fax"]
    assert (part.name, str(part.until), part.code) == ("Fax", "2026-07-31", GONE)
    assert "Fax" in [note.field for note in report.changed]


def test_what_is_over_affects_nothing(capture, root):
    first = update("7f4jmtk5hld0", "investigating", "30T09:00")
    first["affected_components"] = [affected(API["id"], "operational", "partial_outage")]
    last = update("7f4jmtk5hld1", "resolved", "30T10:00")
    last["affected_components"] = [affected(API["id"], "partial_outage", "degraded_performance")]

    report = from_folder(root, capture(incident("9tpgqq1h4bs0", first, last)), {})

    assert store.load(root).incidents[0].updates[-1].components == {"api": ComponentStatus.OPERATIONAL}
    assert [note.field for note in report.changed] == ["affected_components"]


def test_an_open_incident_tells_nobody_and_holds_its_components(capture, root):
    first = update("7f4jmtk5hld0", "investigating", "30T09:00")
    first["affected_components"] = [affected(API["id"], "operational", "partial_outage")]

    from_folder(root, capture(incident("9tpgqq1h4bs0", first), parts=({**API, "status": "partial_outage"},)), {})

    found = store.load(root)
    assert (found.incidents[0].backfilled, found.incidents[0].updates[0].notify) == (False, False)
    assert found.components.by_id["api"].states == ()


def test_a_state_that_no_incident_explains_is_one_of_the_component(capture, root):
    from_folder(root, capture(OUTAGE, parts=({**API, "status": "degraded_performance"},)), {})

    (state,) = store.load(root).components.by_id["api"].states
    assert (state.status, state.at) == (ComponentStatus.DEGRADED_PERFORMANCE, datetime(2026, 1, 1, tzinfo=UTC))


def test_groups_come_with_their_components_in_order(capture, root):
    group = component("8l4ygp009s51", "Payments", group=True, position=1, components=["8l4ygp009s52", "8l4ygp009s53"])
    cards = component("8l4ygp009s52", "Cards", group_id=group["id"], position=1)
    banks = component("8l4ygp009s53", "API", group_id=group["id"], position=2)
    parts = ({**API, "position": 2}, group, cards, banks)

    from_folder(root, capture(OUTAGE, parts=parts), {})

    listed = read(root, NOW).json("api/v2/components.json")["components"]
    assert [(each["id"], each["name"], each["position"]) for each in listed] == [
        (group["id"], "Payments", 1),
        (cards["id"], "Cards", 1),
        (banks["id"], "API", 2),
        (API["id"], "API", 2),
    ]
    assert store.load(root).components.by_id.keys() == {"cards", "api", "api-2"}


def test_a_maintenance_keeps_its_window(capture, root):
    work = incident(
        "9tpgqq1h4bs1",
        update("7f4jmtk5hld2", "scheduled", "20T09:00"),
        update("7f4jmtk5hld3", "in_progress", "21T09:00"),
        update("7f4jmtk5hld4", "completed", "21T10:00"),
        impact="maintenance",
        scheduled_for="2026-07-21T09:00:00.000Z",
        scheduled_until="2026-07-21T11:00:00.000Z",
        resolved_at="2026-07-21T10:00:00.500Z",
    )
    del work["reminder_intervals"]
    told = {"page": {}, "scheduled_maintenances": [work]}

    from_folder(root, capture(OUTAGE, **{"scheduled-maintenances": told}), {})

    record = next(each for each in store.load(root).incidents if each.kind is Kind.MAINTENANCE)
    assert record.scheduled and not record.scheduled.auto
    (served,) = read(root, NOW).json("api/v2/scheduled-maintenances.json")["scheduled_maintenances"]
    theirs = {key: value for key, value in work.items() if key != "incident_updates"}
    assert {key: served[key] for key in theirs} == theirs
    assert [each["id"] for each in served["incident_updates"]] == [each["id"] for each in work["incident_updates"]]


def test_a_postmortem_is_one(capture, root):
    last = update("7f4jmtk5hld9", "postmortem", "31T10:00", "<p>What we learned.</p>")
    whole = incident("9tpgqq1h4bs0", *reversed(OUTAGE["incident_updates"]), last)

    report = from_folder(root, capture(whole), {})

    (record,) = store.load(root).incidents
    assert record.postmortem and record.postmortem.body == "What we learned."
    assert read(root, NOW).json("api/v2/incidents.json")["incidents"][0]["status"] == "postmortem"
    assert [note.field for note in report.changed] == ["id"]


def test_words_that_nobody_knows_are_all_said_at_once_with_what_to_add(capture, root):
    odd = {**OUTAGE, "impact": "catastrophic"}
    folder = capture(odd, parts=({**API, "status": "surprise"},))

    with pytest.raises(RecordError) as refused:
        from_folder(root, folder, {})

    fixes = {problem.field: problem.fix for problem in refused.value.problems}
    assert fixes == {
        "incidents.json incidents[0].impact": "Add --map catastrophic=critical, or another of "
        "critical, major, minor, none.",
        "summary.json components[0].status": "Add --map surprise=degraded_performance, or another of "
        "degraded_performance, major_outage, operational, partial_outage, under_maintenance.",
    }
    assert list(root.iterdir()) == []

    report = from_folder(root, folder, {"catastrophic": "critical", "surprise": "operational"})
    assert store.load(root).incidents[0].impact is Impact.CRITICAL
    assert "catastrophic" in [note.field for note in report.changed]


def test_a_zone_that_is_no_iana_name_is_said(capture, root):
    folder = capture(OUTAGE)
    document = json.loads((folder / "summary.json").read_text())
    document["page"]["time_zone"] = "Eastern Time (US & Canada)"
    document["page"]["updated_at"] = "2026-08-31T03:29:01.470-04:00"
    (folder / "summary.json").write_text(json.dumps(document))

    report = from_folder(root, folder, {})

    assert "time_zone" in [note.field for note in report.left_out]
    assert store.load(root).settings.timezone == "UTC"

    (root / "mkdocs.yml").unlink()
    from_folder(root, folder, {}, "America/New_York")
    assert store.load(root).settings.timezone == "America/New_York"


def test_a_folder_without_a_page_says_what_to_give(tmp_path, root):
    with pytest.raises(StillupError, match=r"summary\.json"):
        from_folder(root, tmp_path, {})


def test_settings_are_written_once_and_then_yours(capture, root):
    from_folder(root, capture(OUTAGE), {})
    settings = store.load(root).settings
    assert (settings.code, settings.organisation, settings.site_url) == (
        "kctbh9vrtdw0",
        "Advancia",
        "https://status.example.com/",
    )

    (root / "mkdocs.yml").write_text("site_name: Mine\nplugins: [stillup]\n")
    report = from_folder(root, capture(OUTAGE), {})

    assert (root / "mkdocs.yml").read_text() == "site_name: Mine\nplugins: [stillup]\n"
    assert {note.field for note in report.left_out if note.where == "page"} == {"id", "name", "url", "updated_at"}


def test_a_page_that_begins_with_an_import_keeps_its_state_out_of_git(capture, root):
    need("git")
    subprocess.run(["git", "init", "--quiet", str(root)], check=True)
    from_folder(root, capture(OUTAGE), {})
    never = [".stillup/ledger.sqlite", "private/subscribers.yml", "site/index.html", "outbox/index.html"]

    ignored = subprocess.run(["git", "-C", str(root), "check-ignore", *never, "mkdocs.yml"], capture_output=True)

    assert ignored.stdout.decode().split() == never


def test_what_git_ignores_is_yours(capture, root):
    (root / ".gitignore").write_text("/public/\n")
    report = from_folder(root, capture(OUTAGE), {})

    assert (root / ".gitignore").read_text() == "/public/\n"
    assert ".gitignore" not in report.added


@pytest.mark.needs("corpus")
def test_an_editor_finds_the_schema_of_every_imported_file(github, root):
    from_folder(root, github, {})
    files = [root / "mkdocs.yml", *root.glob("components/**/*.yml"), *root.glob("incidents/**/*.yml")]

    assert len(files) > 60
    for file in files:
        mark, _, schema = file.read_text(encoding="utf-8").partition("\n")[0].partition("$schema=")
        assert mark == "# yaml-language-server: "
        folder = file.relative_to(root).parts[0]
        kind = {"components": "component", "incidents": "incident", "mkdocs.yml": "settings"}[folder]
        expected = "groups" if file.name == "_groups.yml" else kind
        assert json.loads((file.parent / schema).read_text(encoding="utf-8"))["title"] == expected
