"""Whoever changes the event log is found out: by the chain, by heads that were received, by copies that were kept."""

import shutil
import sqlite3
import subprocess

import pytest

from stillup.pipeline.event_log.reading import logged
from tests.delivery.logged import appended, copy, ledger, minutes, opened, published

CHAIN = "public_entry"
FREE = "DROP TRIGGER public_entry_stays; DROP TRIGGER public_entry_is_kept; DROP TRIGGER public_text_stays;"


@pytest.fixture(scope="module")
def history(ground, tmp_path_factory):
    """Four entries, and what somebody kept of them."""
    page = copy(ground, tmp_path_factory.mktemp("told") / "page")
    page.begin()
    opened(
        page,
        (minutes(3), "identified", "partial_outage", "A disk is full."),
        (minutes(5), "resolved", "operational", "Up."),
    )
    published(page, minutes(6))
    subprocess.run(
        ["cp", "-r", str(page.root / "site/api/stillup/v1/events"), str(page.root.parent / "kept")], check=True
    )
    return page


@pytest.fixture
def told(history, tmp_path):
    """The same, to tamper with."""
    page = copy(history, tmp_path / "page")
    shutil.copytree(history.root.parent / "kept", tmp_path / "kept")
    page.kept, page.head = tmp_path / "kept", logged(page.root)[-1].hash
    return page


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("UPDATE public_entry SET line = replace(line, 'identified', 'resolved'), hash = hash WHERE seq = 3;"
         "UPDATE public_entry SET line = replace(line, 'incident_updated', 'incident_opened') WHERE seq = 3",
         "Entry 3 (slow/20261120t104800z) does not follow from the one before"),
        ("UPDATE public_text SET content = replace(content, 'A disk is full.', 'All is well.') WHERE seq = 3",
         "The text of entry 3 (slow/20261120t104800z) is not the one that was published."),
        ("UPDATE public_text SET salt = replace(salt, 'a', 'b') WHERE seq = 3", "The text of entry 3"),
        ("DELETE FROM public_entry WHERE seq = 3", "Entry 3 is missing: entry 4 comes next."),
        ("DELETE FROM public_text WHERE seq = 3",
         "The text of entry 3 (slow/20261120t104800z) is gone, and no redaction says that it was removed."),
        ("UPDATE public_entry SET seq = 9 WHERE seq = 3; UPDATE public_entry SET seq = 3 WHERE seq = 4;"
         "UPDATE public_entry SET seq = 4 WHERE seq = 9", "Entry 3 is missing: entry 4 comes next."),
        ("INSERT INTO public_entry SELECT 5, hash, 'slow/x', incident, line FROM public_entry WHERE seq = 4",
         "Entry 5 is missing: entry 4 comes next."),
        ("DELETE FROM public_entry WHERE seq = 1", "Entry 1 is missing: entry 2 comes next."),
        ("UPDATE public_entry SET line = 'nonsense' WHERE seq = 2", "Entry 2 cannot be read"),
        ("DELETE FROM public_known", "The list of what was published before the log began is another than it was."),
        ("DELETE FROM public_entry WHERE seq = 4", "No entry of 3 has the head"),
    ],
)  # fmt: skip
def test_each_way_of_tampering_is_found_and_named(damage, words, told):
    with sqlite3.connect(told.root / ".stillup" / "ledger.sqlite") as base:
        base.executescript(FREE + damage)

    done = ledger(told, "verify", "--head", told.head)

    assert done.exit_code == 1
    assert words in done.output


def test_a_chain_that_was_made_anew_is_whole_in_itself_and_found_by_heads_and_copies(told):
    (told.root / ".stillup" / "ledger.sqlite").unlink()
    told.incident(
        (minutes(1), "investigating", "operational", "All is well."), (minutes(5), "resolved", "operational", "Up.")
    )
    told.begin()
    appended(told, minutes(7))

    assert ledger(told, "verify").exit_code == 0
    assert "has the head" in ledger(told, "verify", "--head", told.head).output
    done = ledger(told, "verify", "--copy", str(told.kept))
    assert done.exit_code == 1
    assert "4.json" in done.output and "commitment was" in done.output


def test_a_copy_that_was_changed_is_no_proof(told):
    path = told.kept / "3.json"
    path.write_text(path.read_text().replace("A disk is full.", "All is well."))
    (told.kept / "note.json").write_text("{}")

    changed = ledger(told, "verify", "--copy", str(path))
    other = ledger(told, "verify", "--copy", str(told.kept / "note.json"))

    assert (changed.exit_code, other.exit_code) == (1, 1)
    assert "3.json does not verify by itself: the copy was changed." in changed.output
    assert "note.json is no entry of an event log" in other.output
