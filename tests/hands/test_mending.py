"""What was told is mended: edited, withdrawn or taken back, and nothing that was read is lost."""

from datetime import datetime

from tests.hands.calls import AT, ID, opened, record, run
from tests.hands.conftest import git


def test_an_edit_marks_published_words_and_keeps_what_people_wrote(page):
    opened(page)
    path = page / "incidents" / "2026" / f"{ID}.yml"
    published = record(page).updates[0].body
    path.write_text(path.read_text().replace("severity: P1\n", "severity: P1  # as agreed\n\n# told below\n"))

    run(page, "incident", "edit", ID, "-m", "Better words.", "--started", "2026-11-20T10:05:00Z")

    text = path.read_text()
    assert "severity: P1  # as agreed\n\n# told below\nstarted_at: 2026-11-20T10:05:00Z\nupdates:\n" in text
    assert record(page).updates[0].edited_at == datetime.fromisoformat(AT)
    assert record(page).updates[0].body.strip() == "Better words."
    assert record(page).updates[0].was.body.split() == published.split()
    assert record(page).started_at == datetime.fromisoformat("2026-11-20T10:05:00Z")


def test_edits_keep_the_words_that_were_published_and_a_redaction_takes_them_too(page):
    opened(page, "-t", "progress=We look into it.")
    path = page / "incidents" / "2026" / f"{ID}.yml"
    for progress in ("We looked into it.", "We know why."):
        run(page, "incident", "edit", ID, "-t", f"progress={progress}")

    assert (record(page).updates[0].was.progress, record(page).updates[0].was.body) == ("We look into it.", "")

    run(page, "incident", "redact", ID, "--field", "progress", "--reason", "It named a customer.", "--yes")

    assert "We look into it." not in path.read_text()
    assert "We know why." not in path.read_text()


def test_an_edit_notifies_nobody_and_a_correction_says_whom(page):
    opened(page)

    quiet = run(page, "incident", "edit", ID, "-m", "Better words.", "--dry-run").stdout
    loud = run(page, "incident", "edit", ID, "--correction", "Only *cards* fail.", "--dry-run").stdout

    assert "No message: nobody is notified of this." in quiet
    assert "== Correction, to everybody who was told: Only *cards* fail." in loud


def test_withdrawn_words_keep_their_place(page):
    opened(page)
    run(page, "incident", "update", ID, "-m", "It is the supplier.", at="2026-11-20T10:30:00Z")

    run(page, "incident", "edit", ID, "--withdraw", "It was not the supplier.", at="2026-11-20T10:40:00Z")

    withdrawn = record(page).updates[1].withdrawn
    assert withdrawn is not None
    assert withdrawn.reason == "It was not the supplier."


def test_an_update_can_be_undone_until_it_has_left(page, remote):
    opened(page, "--push")
    run(page, "incident", "update", ID, "-m", "Slip.", "--commit", at="2026-11-20T10:30:00Z")

    run(page, "incident", "edit", ID, "--undo", "--commit", at="2026-11-20T10:31:00Z")

    assert len(record(page).updates) == 1
    assert not (page / "incidents" / "2026" / ID).exists()
    assert git(page, "status", "--porcelain") == ""
    refused = run(page, "incident", "edit", ID, "--undo", status=2)
    assert "--withdraw" in refused.stderr


def test_what_was_noted_of_an_incident_that_is_undone_is_kept_and_holds_up_nothing(page):
    folder = page / "private" / "incidents"
    for name in (f"_{ID}.yml", f"_{ID}-2.yml"):
        opened(page, "-i", "timeline=Paged", "--commit")
        noted = (folder / f"{ID}.yml").read_bytes()

        done = run(page, "incident", "edit", ID, "--undo", "--commit")

        assert f"private/incidents/{name}: written." in done.stdout
        assert (folder / name).read_bytes() == noted
        assert not (folder / f"{ID}.yml").exists()
        run(page, "check")
