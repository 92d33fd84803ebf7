"""Imported again: what was edited here stays, and what is new comes in."""

import re
from pathlib import Path

import pytest

from stillup.errors import RecordError
from stillup.intake.run import from_folder
from stillup.records import store
from tests.intake.conftest import OUTAGE, incident, texts, update

OPEN = incident("9tpgqq1h4bs0", update("7f4jmtk5hld0", "investigating", "30T09:00", "We look."))
OVER = incident(
    "9tpgqq1h4bs0",
    update("7f4jmtk5hld0", "investigating", "30T09:00", "We look closely."),
    update("7f4jmtk5hld1", "resolved", "30T10:00", "Done."),
    name="Card payments fail",
)


def edit(root: Path, old: str, new: str) -> Path:
    (path,) = (root / "incidents").rglob("*.yml")
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return path


def test_new_updates_and_texts_come_in(capture, root):
    from_folder(root, capture(OPEN), {})

    report = from_folder(root, capture(OVER), {})

    (record,) = store.load(root).incidents
    assert (record.title, [each.body for each in record.updates]) == (
        "Card payments fail",
        ["We look closely.", "Done."],
    )
    assert [each.notify for each in record.updates] == [False, False]
    assert (len(report.updated), report.kept) == (1, [])


def test_what_was_edited_here_stays_and_is_said(capture, root):
    from_folder(root, capture(OPEN), {})
    path = edit(root, "We look.", "We are looking into it.")
    edit(root, "title: Payments fail", "title: Payments fail for some\nseverity: P1")

    report = from_folder(root, capture(OVER), {})

    (record,) = store.load(root).incidents
    assert (record.title, record.severity) == ("Payments fail for some", "P1")
    assert [each.body for each in record.updates] == ["We are looking into it.", "Done."]
    assert sorted(note.field for note in report.kept) == ["body", "title"]
    before = path.read_text()
    assert from_folder(root, capture(OVER), {}).updated == []
    assert path.read_text() == before


def test_an_update_of_ours_stays_among_theirs(capture, root):
    from_folder(root, capture(OPEN), {})
    (path,) = (root / "incidents").rglob("*.yml")
    ours = "  - at: 2026-07-30T09:30:00Z\n    status: identified\n    body: Ours.\nsource:\n"
    path.write_text(re.sub(r"^source:\n", ours, path.read_text(), flags=re.MULTILINE))

    from_folder(root, capture(OVER), {})

    assert [each.body for each in store.load(root).incidents[0].updates] == ["We look closely.", "Ours.", "Done."]


def test_a_record_that_moved_is_found_by_its_code(capture, root):
    from_folder(root, capture(OPEN), {})
    (path,) = (root / "incidents").rglob("*.yml")
    path.rename(root / "incidents" / "renamed.yml")

    from_folder(root, capture(OVER), {})

    assert [each.name for each in (root / "incidents").rglob("*.yml")] == ["renamed.yml"]
    assert store.load(root).incidents[0].title == "Card payments fail"


def test_an_id_stays_when_the_source_moves_an_update(capture, root):
    from_folder(root, capture(OPEN), {})
    moved = incident("9tpgqq1h4bs0", update("7f4jmtk5hld0", "investigating", "30T08:30", "We look."))

    from_folder(root, capture(moved), {})

    (told,) = store.load(root).incidents[0].updates
    assert (told.id, told.at.hour) == ("20260730t090000z", 8)


def test_what_opens_again_is_not_filled_in_any_more(capture, root):
    from_folder(root, capture(OUTAGE), {})
    again = incident(
        "9tpgqq1h4bs0", *reversed(OUTAGE["incident_updates"]), update("7f4jmtk5hld2", "identified", "30T11:00")
    )

    from_folder(root, capture(again), {})

    (record,) = store.load(root).incidents
    assert record.backfilled is False
    assert [each.notify for each in record.updates] == [False] * 3


def test_comments_that_are_lost_are_said(capture, root):
    from_folder(root, capture(OPEN), {})
    edit(root, "title:", "# A remark\ntitle:")

    report = from_folder(root, capture(OVER), {})

    assert [note.field for note in report.changed] == ["comments"]


def test_a_broken_neighbour_does_not_stop_an_import_and_stays(capture, root):
    (root / "incidents").mkdir()
    (root / "incidents" / "broken.yml").write_text("title: x\nwrong: y\n")

    from_folder(root, capture(OPEN), {})

    assert (root / "incidents" / "broken.yml").read_text() == "title: x\nwrong: y\n"
    with pytest.raises(RecordError):
        store.load(root)
    assert len(texts(root)) == 4
