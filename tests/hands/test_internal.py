"""What is internal goes into private records, and nowhere else."""

import pytest

from tests.hands.calls import ID, opened, run
from tests.hands.conftest import git


def test_internal_facts_go_into_the_private_record_only(page):
    opened(page, "-i", "commander=CANARY the commander", "-i", "timeline=CANARY paged")
    for step in ("verified", "documented"):
        words = ("--step", step, "--by", "CANARY commander", "--evidence", "CANARY board")
        run(page, "incident", "recovered", ID, *words, at="2026-11-21T10:00:00Z")

    private = (page / "private" / "incidents" / f"{ID}.yml").read_text()
    assert private == (
        "commander: CANARY the commander\n"
        "timeline:\n"
        "  - {at: 2026-11-20T10:12:00Z, what: CANARY paged}\n"
        "recovered: {verified: {at: 2026-11-21T10:00:00Z, by: CANARY commander, evidence: CANARY board}, "
        "documented: {at: 2026-11-21T10:00:00Z, by: CANARY commander, evidence: CANARY board}}\n"
    )
    assert "CANARY" not in (page / "incidents" / "2026" / f"{ID}.yml").read_text()


def test_private_facts_never_enter_the_pages_own_repository(page):
    (page / ".gitignore").write_text("")  # not even where git would take them
    done = opened(page, "-i", "commander=CANARY", "--commit")

    assert "CANARY" not in git(page, "log", "-p")
    assert "stays on this machine" in done.stdout


def test_a_private_checkout_gets_a_commit_of_its_own(page):
    (page / "private").mkdir()
    git(page / "private", "init", "-q", "-b", "main")

    opened(page, "-i", "commander=CANARY", "--commit")

    assert "CANARY" in git(page / "private", "log", "-p")
    assert "CANARY" not in git(page, "log", "-p")


@pytest.mark.parametrize("fact", ["channel=no hash", "media=nowhere", "detected_at=yesterday", "complaints=0"])
def test_an_unsound_internal_fact_is_not_written(page, fact):
    run(page, "incident", "open", "Failing", "-c", "sms=major", "-s", "P1", "-i", fact, status=1)

    assert not (page / "incidents").exists()
    assert not (page / "private").exists()


def test_what_contradicts_the_private_record_is_not_written_and_what_is_incomplete_is(page):
    opened(page, "-i", "acknowledged_at=2026-11-20T10:14:00Z")
    before = (page / "private" / "incidents" / f"{ID}.yml").read_text()
    update = ("incident", "update", ID, "-m", "We found the cause.")
    refused = run(page, *update, "-i", "detected_at=2026-11-20T10:20:00Z", at="2026-11-20T10:30:00Z", status=1)

    assert "acknowledged_at: This is before detected_at" in refused.stderr
    assert (page / "private" / "incidents" / f"{ID}.yml").read_text() == before
    run(page, *update, "-i", "detected_at=2026-11-20T10:11:00Z", at="2026-11-20T10:30:00Z")
    run(page, "check")


def test_another_severity_is_noted_in_the_private_record_where_there_is_one(page):
    opened(page, "-i", "commander=Incident commander")
    run(page, "incident", "update", ID, "-m", "It is worse.", "-s", "P0", at="2026-11-20T10:30:00Z")

    private = (page / "private" / "incidents" / f"{ID}.yml").read_text()
    assert "reclassified:\n  - {at: 2026-11-20T10:30:00Z, was: P1, severity: P0, why: Changed in" in private
    run(page, "check")


def test_an_unknown_internal_field_is_refused(page):
    done = run(page, "incident", "open", "x", "-c", "sms=major", "-s", "P1", "-i", "comander=x", status=1)

    assert "commander" in done.stderr
    assert not (page / "incidents").exists()
