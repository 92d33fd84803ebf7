"""Papers for authorities and for those whose data it was: the content and the limits that each law sets."""

import json
from datetime import UTC, datetime

from stillup.pipeline.papers import paper
from tests.reports.papers import NOW, OPEN, SECRET, TOKENS, put, text


def test_the_security_report_shows_all_nine_actions_with_their_proofs(example):
    said = text(example, "security", TOKENS)

    actions, timeline = said.split("## Timeline")
    assert actions.count("| Security engineer |") == 5
    assert "| 2026-10-28 08:45 | Preserve forensic evidence before cleanup | Security engineer |" in timeline
    assert "*missing: when it was done, or that it does not apply (`security.actions.rotate_secrets`)*" in said
    assert "| Preserve forensic evidence before cleanup | 2026-10-28 08:45 UTC | Security engineer |" in said


def test_an_advisory_says_nothing_that_is_not_public(example):
    made = paper.of_incident(example, "advisory", TOKENS, at=NOW).paper
    request = json.loads(made.beside["advisory.json"])

    assert request["summary"] == "Connected apps signed out as a precaution"
    assert "### Impact" in request["description"]
    assert "Security engineer" not in request["description"]
    assert "evidence store" not in request["description"]
    assert paper.of_incident(example, "advisory", SECRET, at=NOW).paper.beside == {}


def test_the_authority_gets_the_content_of_article_33_with_what_is_due_when(example):
    said = text(example, "regulator", SECRET)

    assert "**Not legal advice.**" in said
    assert "- **Due**: 2026-11-20 16:00 UTC\n- **State**: **less than a quarter of the time is left**" in said
    for part in ("Data: E-mail addresses", "People: 220, Customers who wrote", "Records: 220", "Unwanted mail.",
                 "Legal counsel, legal@example.com"):  # fmt: skip
        assert part in said
    assert "Reasons for a delay" not in said


def test_a_late_notice_asks_for_the_reasons_of_the_delay(example):
    said = text(example, "regulator", SECRET, datetime(2026, 11, 20, 16, 0, 1, tzinfo=UTC))

    assert "**OVERDUE**" in said
    assert "**Reasons for a delay, where it is late**" in said


def test_no_risk_tells_nobody_and_keeps_the_reason(example):
    said = text(example, "regulator", TOKENS)

    assert "Nobody is told. The decision and its reason are kept" in said
    assert "Two independent checks found no use" in said


def test_california_has_its_five_headings_and_the_attorney_general_only_above_500(page):
    words = "    california: {{aware_at: 2026-11-17T16:00:00Z, decision: notify, reason: Known., residents: {}, \
filed: {{residents: {{at: 2026-11-19T10:00:00Z, reference: Mailing}}}}}}\n"
    file = page / "private" / "incidents" / f"{SECRET}.yml"
    whole = file.read_text()

    def written(residents, filed=True):
        line = words.format(residents)
        line = line if filed else line[: line.index(", filed")] + "}\n"
        file.write_text(whole.replace("regulatory:\n", "regulatory:\n" + line.replace("    ", "  ", 1)))
        return text(page, "regulator", SECRET, regime="california")

    draft = written(501, filed=False)
    for head in ("What Happened", "What Information Was Involved", "What We Are Doing", "What You Can Do",
                 "For More Information"):  # fmt: skip
        assert f"**{head}**" in draft
    assert "- **Due**: 2026-12-17 16:00 UTC" in draft
    assert "- **Due**: 2026-12-04 10:00 UTC" in written(501)
    assert "only where at least 501 residents" in written(500)


def test_nis2_and_dora_run_on_their_own_clocks_with_their_own_content(page):
    known = "aware_at: 2026-11-20T10:20:00Z, decision: notify, reason: Known."
    dora = "classified_at: 2026-11-20T10:30:00Z"
    put(page, OPEN, f"regulatory:\n  nis2: {{{known}}}\n  dora: {{{known[:-1]}, {dora}}}\n")
    said = text(page, "regulator", OPEN)

    assert "- **Due**: 2026-11-21 10:20 UTC" in said
    assert "- **Due**: 2026-11-23 10:20 UTC" in said
    assert "- **Due**: 2026-11-20 14:30 UTC" in said
    assert "**Whether it is suspected to be malicious**" in said
    assert "- Classified: 2026-11-20 10:30 UTC" in said
    assert "it runs from the step notification, which is not recorded yet" in said
