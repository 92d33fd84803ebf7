"""When somebody noticed, and how many complained: kept beside what alerts open, never guessed."""

import pytest

from stillup.records import store
from tests.intake.alert.told import accept, say


def roster(root):
    (root / "private").mkdir(exist_ok=True)
    (root / "private" / "roster.yml").write_text("contacts:\n- {id: desk, name: Desk, roles: [on-call-engineer]}\n")


def noted(root, id="2026-11-20-payments-1200"):
    file = root / "private" / "incidents" / f"{id}.yml"
    return file.read_text() if file.exists() else ""


DETECTED = "detected_at: 2026-11-20T12:00:00Z\ndetected_by: Monitoring\n"


def test_when_alerts_noticed_is_known_without_anybody_writing_it_down(page):
    root = page("auto")
    roster(root)

    received = say(root, 10, (0, None, "critical"))
    say(root, 11, (0, None, "critical"), (5, None, "warning"))

    assert noted(root) == DETECTED
    assert received.written == ["incidents/2026/2026-11-20-payments-1200.yml"], "what is committed is public"


def test_where_no_private_records_are_kept_none_is_begun(page):
    root = page("auto")
    say(root, 10, (0, None, "critical"))

    assert noted(root) == ""


def test_a_draft_keeps_when_alerts_noticed_and_no_word_of_what_it_was(page):
    root = page("draft")
    roster(root)
    say(root, 10, (0, None, "warning"))
    accept(root)

    assert noted(root) == DETECTED
    assert "#" not in (root / "incidents" / "2026" / "2026-11-20-payments-1200.yml").read_text().partition("\n")[2]


@pytest.mark.parametrize(
    ("edit", "words", "kept"),
    [
        ((), ("-i", "detected_at=2026-11-20T12:04:00Z"), "detected_at: 2026-11-20T12:04:00Z\n"),
        (("12:00:00Z", "11:30:00Z"), (), ""),
        (("made_by: alerts", "made_by: suppliers"), (), ""),
    ],
    ids=["somebody said when", "customers noticed before", "a supplier's word"],
)
def test_when_somebody_noticed_is_never_guessed(page, edit, words, kept):
    root = page("draft")
    roster(root)
    say(root, 10, (0, None, "warning"))
    draft = root / "incidents" / "_drafts" / "2026-11-20-payments-1200.yml"
    draft.write_text(draft.read_text().replace(*edit) if edit else draft.read_text())
    accept(root, *words)

    assert noted(root) == kept


def test_a_private_record_that_cannot_be_read_stops_nobody(page):
    root = page("draft")
    roster(root)
    say(root, 10, (0, None, "warning"))
    (root / "private" / "incidents").mkdir()
    (root / "private" / "incidents" / "2026-11-20-payments-1200.yml").write_text("commander: [\n")
    accept(root)

    assert noted(root) == "commander: [\n"


def report(root, name, **facts):
    file = root / "private" / "reports" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = {"at": "2026-11-20T12:01:00Z", **facts, "body": "CANARY my card is declined"}
    file.write_text("".join(f"{key}: {value}\n" for key, value in lines.items()))
    return file


def test_what_customers_reported_before_counts_when_alerts_open_the_incident(page):
    root = page("auto")
    (root / "components" / "mails.yml").write_text("name: Mails\n")
    ours = [report(root, "20261120t110100z-0001.yml", component="payments"), report(root, "20261120t120100z-0002.yml")]
    others = [
        report(root, "20261120t095900z-0003.yml", component="payments"),
        report(root, "20261120t120100z-0004.yml", component="mails"),
    ]

    received = say(root, 10, (0, None, "critical"))
    say(root, 11, (0, None, "critical"))

    (record,) = store.load(root).incidents
    assert all(f"incident: {record.id}\n" in file.read_text() for file in ours)
    assert not any("incident:" in file.read_text() for file in others)
    private = (root / "private" / "incidents" / f"{record.id}.yml").read_text()
    assert private == "complaints:\n  - {at: 2026-11-20T12:10:00Z, count: 2}\n"
    assert received.written == [f"incidents/2026/{record.id}.yml"], "what is committed is public"
    assert "CANARY" not in (root / received.written[0]).read_text()


def test_a_private_record_that_is_broken_keeps_no_incident_of_alerts_from_being_told(page):
    root = page("auto")
    report(root, "20261120t120100z-0001.yml", component="payments")
    (root / "private" / "incidents").mkdir()
    (root / "private" / "incidents" / "2026-11-20-payments-1200.yml").write_text("complaints: [\n")

    received = say(root, 10, (0, None, "critical"))

    assert [problem.file for problem in received.problems] == ["private/incidents/2026-11-20-payments-1200.yml"]
    assert received.written == ["incidents/2026/2026-11-20-payments-1200.yml"]
