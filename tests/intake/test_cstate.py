"""A cState repository moves in."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from stillup.errors import RecordError, StillupError
from stillup.intake.run import from_repository
from stillup.records import store
from stillup.vocabulary import ComponentStatus, Impact
from tests.tools import stillup

CONFIG = """
title: Acme
baseURL: https://status.acme.example/
params:
  categories:
    - name: Core
      closed: true
    - name: Unused
  systems:
    - name: API
      description: Used by apps
      category: Core
    - name: Café
"""
ISSUE = """---
title: "API: down \\"again\\""
date: 2026-04-13 14:30:00
resolved: true
resolvedWhen: 2026-04-13 16:58:00
severity: down
affected:
  - API
section: issue
---

*Monitoring* - We **watch** it. {{< track "2026-04-13 16:30:00" >}}

*Investigating* - We look at `it`. {{< track "2026-04-13T14:35:00+00:00" >}}
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return lay(tmp_path / "cstate")


def lay(folder: Path) -> Path:
    """Write a repository into `folder`."""
    issues = folder / "content" / "issues"
    issues.mkdir(parents=True)
    (folder / "config.yml").write_text(CONFIG)
    (issues / "_index.md").write_text("---\ntitle: Issues\n---\n")
    (issues / "2026-04-13-api.md").write_text(ISSUE)
    return folder


def issue(repository: Path, **front: str) -> Path:
    path = repository / "content" / "issues" / "2026-04-13-api.md"
    text = path.read_text()
    for key, value in front.items():
        lines = [f"{key}: {value}" if line.startswith(f"{key}:") else line for line in text.splitlines()]
        text = "\n".join(lines) + "\n"
    path.write_text(text)
    return path


def test_systems_and_issues_become_records(repository, root):
    report = from_repository(root, "cstate", repository, {})

    found = store.load(root)
    assert [(part.id, part.name, part.group) for part in found.components.components] == [
        ("api", "API", "core"),
        ("cafe", "Café", None),
    ]
    assert [(group.id, group.collapsed) for group in found.components.groups] == [("core", True)]
    assert (found.settings.site_name, found.settings.site_url) == ("Acme Status", "https://status.acme.example/")
    (record,) = found.incidents
    assert (record.title, record.impact, record.backfilled) == ('API: down "again"', Impact.CRITICAL, True)
    assert [(each.at, each.status, each.body) for each in record.updates] == [
        (datetime(2026, 4, 13, 14, 35, tzinfo=UTC), "investigating", "We look at `it`."),
        (datetime(2026, 4, 13, 16, 30, tzinfo=UTC), "monitoring", "We **watch** it."),
        (datetime(2026, 4, 13, 16, 58, tzinfo=UTC), "resolved", "Resolved."),
    ]
    assert record.updates[0].components == {"api": ComponentStatus.MAJOR_OUTAGE}
    assert record.updates[-1].components == {"api": ComponentStatus.OPERATIONAL}
    assert report.left_out == []
    assert from_repository(root, "cstate", repository, {}).updated == []


def test_what_began_before_the_first_word_counts_from_its_date(repository, root):
    """Its page says that it took from `date` to `resolvedWhen`, whenever somebody wrote first."""
    from_repository(root, "cstate", repository, {})
    (record,) = store.load(root).incidents
    assert record.started_at == datetime(2026, 4, 13, 14, 30, tzinfo=UTC)

    issue(repository, date="2026-04-13 14:35:00")
    from_repository(root, "cstate", repository, {})
    assert store.load(root).incidents[0].started_at in (None, datetime(2026, 4, 13, 14, 35, tzinfo=UTC))


def test_a_page_that_is_called_status_already_is_called_so_once(repository, root):
    (repository / "config.yml").write_text(CONFIG.replace("title: Acme", "title: Acme Status"))
    from_repository(root, "cstate", repository, {})

    settings = store.load(root).settings
    assert (settings.site_name, settings.organisation) == ("Acme Status", "Acme")


def test_a_severity_that_cstate_shows_as_green_is_an_error(repository, root):
    issue(repository, severity="dwon")

    with pytest.raises(RecordError, match="--map dwon="):
        from_repository(root, "cstate", repository, {})

    from_repository(root, "cstate", repository, {"dwon": "down"})
    assert store.load(root).incidents[0].impact is Impact.CRITICAL


def test_times_stand_in_the_zone_that_is_said(repository, root):
    issue(repository, resolvedWhen="2026-04-13 20:00:00")

    from_repository(root, "cstate", repository, {}, "Europe/Berlin")

    assert store.load(root).incidents[0].updates[-1].at == datetime(2026, 4, 13, 18, tzinfo=UTC)


def test_a_system_that_is_not_there_is_said(repository, root):
    path = issue(repository)
    path.write_text(path.read_text().replace("  - API", "  - Ap1"))

    report = from_repository(root, "cstate", repository, {})

    assert [note.field for note in report.left_out] == ["affected: Ap1"]


def test_an_open_issue_stays_open(repository, root):
    issue(repository, resolved="false")

    from_repository(root, "cstate", repository, {})

    (record,) = store.load(root).incidents
    assert (record.updates[-1].status, record.backfilled, record.updates[-1].notify) == ("monitoring", False, False)


@pytest.mark.parametrize("date", ["24/11/2026", "2026-02-30 10:00:00", "yesterday"])
def test_a_date_that_is_none_is_an_error(date, repository, root):
    issue(repository, date=date)

    with pytest.raises(RecordError, match="date"):
        from_repository(root, "cstate", repository, {})
    assert list(root.iterdir()) == []


def test_another_folder_is_refused(tmp_path, root):
    with pytest.raises(StillupError, match=r"config\.yml"):
        from_repository(root, "cstate", tmp_path, {})


def test_the_command_reads_a_repository(repository, root):
    done = stillup("import", "cstate", repository, "--root", root)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Found 1 incident, 3 updates, 2 components, 1 group.")


@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_a_link_in_a_repository_of_others_leads_to_no_file_of_ours(kind, repository, root, tmp_path):
    (tmp_path / "facts.md").write_text(ISSUE.replace("API: down", "A secret"))
    odd = repository / "content" / "issues" / "2026-05-01-odd.md"
    odd.symlink_to(tmp_path / "facts.md") if kind == "link" else os.mkfifo(odd)

    done = stillup("import", "cstate", repository, "--root", root)

    assert (done.returncode, list(root.rglob("*.yml"))) == (1, [])
    assert f"{odd}: This is not a plain file. Put the file itself there." in done.stderr
