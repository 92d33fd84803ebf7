"""An Upptime repository moves in."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from stillup.errors import RecordError
from stillup.intake.run import from_repository
from stillup.records import store
from stillup.vocabulary import ComponentStatus, Impact, Kind
from tests.tools import stillup

HISTORY = """
url: https://www.example.com
status: {status}
code: 200
responseTime: 95
lastUpdated: 2026-07-30T20:33:43.210Z
startTime: 2026-01-05T05:47:17.000Z
generator: Upptime <https://github.com/upptime/upptime>
"""
DOWN: dict[str, Any] = {
    "number": 7,
    "title": "🛑 Web shop is down",
    "state": "closed",
    "created_at": "2026-07-01T09:00:00Z",
    "closed_at": "2026-07-01T10:00:30Z",
    "body": "In [`abc`](https://example.com/abc), Web shop was **down**:\n- HTTP code: 0",
    "labels": [{"name": "status"}, {"name": "web-shop"}],
    "comments": [{"created_at": "2026-07-01T10:00:00Z", "body": "**Resolved:** Web shop is back up."}],
}
WORK: dict[str, Any] = {
    "number": 8,
    "title": "New disks",
    "created_at": "2026-07-02T09:00:00Z",
    "closed_at": "2026-07-05T12:00:00Z",
    "body": "<!--\nstart: 2026-07-05T10:00:00.220Z\nend: 2026-07-05T11:30:00Z\nexpectedDown: web-shop\n-->\n"
    "We swap disks.",
    "labels": ["maintenance"],
    "comments": 0,
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return lay(tmp_path / "upptime")


def lay(folder: Path) -> Path:
    """Write a repository into `folder`."""
    (folder / "history").mkdir(parents=True)
    (folder / ".upptimerc.yml").write_text(
        "sites:\n  - name: Web shop\n    url: https://www.example.com\n"
        "status-website:\n  name: Acme\n  cname: s.example.com\n"
    )
    (folder / "history" / "web-shop.yml").write_text(HISTORY.format(status="up"))
    write(folder, DOWN, WORK)
    return folder


def write(folder: Path, *issues: dict[str, Any]) -> None:
    (folder / "issues.json").write_text(json.dumps(issues))


def test_sites_and_issues_become_records(repository, root):
    report = from_repository(root, "upptime", repository, {})

    found = store.load(root)
    (part,) = found.components.components
    assert (part.id, part.name, part.since) == ("web-shop", "Web shop", date(2026, 1, 5))
    down, work = found.incidents
    assert (down.title, down.impact) == ("🛑 Web shop is down", Impact.CRITICAL)
    assert [(each.status, each.at.minute) for each in down.updates] == [("investigating", 0), ("resolved", 0)]
    assert down.updates[0].components == {"web-shop": ComponentStatus.MAJOR_OUTAGE}
    assert down.updates[-1].body == "Web shop is back up."
    assert work.kind is Kind.MAINTENANCE and work.scheduled
    assert work.scheduled.start == datetime(2026, 7, 5, 10, tzinfo=UTC)
    assert [each.status for each in work.updates] == ["scheduled", "completed"]
    assert {note.field for note in report.left_out} == {"responseTime", "url"}
    assert from_repository(root, "upptime", repository, {}).updated == []


def test_issues_that_gh_wrote_are_read_too(repository, root):
    camel = {"created_at": "createdAt", "closed_at": "closedAt"}
    comments = [{camel.get(key, key): value for key, value in each.items()} for each in DOWN["comments"]]
    write(repository, {**{camel.get(key, key): value for key, value in DOWN.items()}, "comments": comments})

    from_repository(root, "upptime", repository, {})

    assert store.load(root).incidents[0].updates[-1].body == "Web shop is back up."


@pytest.mark.parametrize("thanks", ["2026-07-01T10:00:20Z", "2026-07-01T12:00:00Z"])
def test_what_people_say_after_the_end_is_not_the_end(repository, root, thanks):
    write(repository, {**DOWN, "comments": [*DOWN["comments"], {"created_at": thanks, "body": "Thanks!"}]})

    report = from_repository(root, "upptime", repository, {})

    (record,) = store.load(root).incidents
    assert [(each.status, each.body.split()[0]) for each in record.updates] == [
        ("investigating", "In"),
        ("resolved", "Web"),
    ]
    assert "comments" in {note.field for note in report.left_out}


def test_work_on_what_is_no_component_is_said(repository, root):
    write(
        repository, {**WORK, "body": WORK["body"].replace("expectedDown: web-shop", "expectedDown: web-shop, nosuch")}
    )

    report = from_repository(root, "upptime", repository, {})

    assert "expectedDown: nosuch" in {note.field for note in report.left_out}


def test_what_is_slow_is_degraded(repository, root):
    write(repository, {**DOWN, "title": "⚠️ Web shop has degraded performance"})

    from_repository(root, "upptime", repository, {})

    (record,) = store.load(root).incidents
    assert (record.impact, record.updates[0].components["web-shop"]) == (Impact.MINOR, "degraded_performance")


def test_an_open_issue_explains_what_is_down(repository, root):
    (repository / "history" / "web-shop.yml").write_text(HISTORY.format(status="down"))
    write(repository, {**DOWN, "closed_at": None, "comments": []})

    from_repository(root, "upptime", repository, {})

    found = store.load(root)
    assert (found.components.by_id["web-shop"].states, found.incidents[0].updates[-1].status) == ((), "investigating")


def test_other_issues_are_left_out_and_said(repository, root):
    write(repository, {**DOWN, "labels": [{"name": "bug"}]}, {**WORK, "body": "No times."})

    report = from_repository(root, "upptime", repository, {})

    assert store.load(root).incidents == ()
    assert {note.field for note in report.left_out} >= {"issue", "maintenance"}


def test_a_status_that_nobody_knows_is_an_error(repository, root):
    (repository / "history" / "web-shop.yml").write_text(HISTORY.format(status="sideways"))

    with pytest.raises(RecordError, match="--map sideways="):
        from_repository(root, "upptime", repository, {})


def test_the_command_reads_a_repository(repository, root):
    done = stillup("import", "upptime", repository, "--root", root, "--json")

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["imported"] == {
        "incidents": 1,
        "maintenances": 1,
        "updates": 4,
        "components": 1,
        "groups": 0,
    }
