"""What an auditor lays side by side: the page, the reports, the papers and their numbers tell one story."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.reports.command import stillup

AT = "2026-11-30T23:30:00Z"
"""Half past midnight on 1 December where the page is."""

FILES = {
    "mkdocs.yml": """
        site_name: Example status
        site_url: https://status.example.com/
        plugins: [{stillup: {organisation: Example, timezone: Europe/Berlin}}]
    """,
    "components/pay.yml": "name: Payments\nsince: 2026-01-01\n",
    "components/sign.yml": "name: Sign-in\nsince: 2026-01-01\n",
    # Opened again: an hour, two hours of calm, half an hour. It began on 11 November in Berlin, the 10th in UTC.
    "incidents/again.yml": """
        title: Payments fail
        severity: P2
        updates:
          - {at: 2026-11-10T23:30:00Z, status: investigating, components: {pay: major_outage}, body: They fail.}
          - {at: 2026-11-11T00:30:00Z, status: resolved, components: {pay: operational}, body: They work.}
          - {at: 2026-11-11T02:30:00Z, status: investigating, components: {pay: partial_outage}, body: Some fail.}
          - {at: 2026-11-11T03:00:00Z, status: resolved, components: {pay: operational}, body: They work.}
    """,
    "private/incidents/again.yml": """
        detected_at: 2026-11-10T23:30:00Z
        cause_category: cache
        complaints: [{at: 2026-11-11T00:00:00Z, count: 1}]
        media: [{at: 2026-11-11T06:00:00Z, url: "https://news.example.com/a"}]
        costs:
          - {kind: direct, category: Engineering time, amount: 99.995, currency: EUR}
          - {kind: direct, category: Vendor support fees, amount: 1200, currency: USD}
          - {kind: prevention, category: Training costs, amount: 30, currency: EUR}
        action_items:
          - {id: cache, title: Another cache, owner: Payments team, due: 2026-11-30}
    """,
    # Of one outage there are two records, and the second holds longer; a false alarm was published.
    "incidents/down.yml": """
        title: Sign-in is down
        severity: P1
        updates:
          - {at: 2026-10-10T08:00:00Z, status: investigating, components: {sign: major_outage}, body: It is down.}
          - {at: 2026-10-10T09:00:00Z, status: resolved, components: {sign: operational}, body: It works.}
    """,
    "incidents/twice.yml": """
        title: Nobody can sign in
        severity: P1
        updates:
          - {at: 2026-10-10T08:30:00Z, status: investigating, components: {sign: major_outage}, body: It is down.}
          - {at: 2026-10-10T09:30:00Z, status: resolved, components: {sign: operational}, body: It works.}
    """,
    "incidents/none.yml": """
        title: Sign-in fails
        severity: P1
        updates:
          - {at: 2026-10-20T08:00:00Z, status: investigating, components: {sign: major_outage}, body: It is down.}
          - {at: 2026-10-20T08:20:00Z, status: resolved, components: {sign: operational}, body: It never was.}
    """,
    "private/incidents/twice.yml": """
        detected_at: 2026-10-10T08:20:00Z
        cause_category: duplicate
        action_items:
          - {id: join, title: Join two alerts, owner: Sign-in team, due: 2026-11-20}
        costs:
          - {kind: direct, category: Engineering time, amount: 70, currency: EUR}
    """,
    "private/incidents/none.yml": "detected_at: 2026-10-20T07:55:00Z\ncause_category: false-alarm\n",
    # For two hours a P1, of which nobody wrote: 30 minutes are the limit of P1, 4 hours that of P2.
    "incidents/lowered.yml": """
        title: Payments are late
        severity: P2
        updates:
          - {at: 2026-03-10T08:00:00Z, status: investigating, components: {pay: degraded_performance}, body: Late.}
          - {at: 2026-03-10T11:00:00Z, status: identified, body: We know why.}
          - {at: 2026-03-10T14:00:00Z, status: resolved, components: {pay: operational}, body: In time.}
    """,
    "private/incidents/lowered.yml": """
        detected_at: 2026-03-10T08:00:00Z
        acknowledged_at: 2026-03-10T11:00:00Z
        reclassified: [{at: 2026-03-10T10:00:00Z, was: P1, severity: P2, why: They are late only.}]
    """,
    "incidents/gone.yml": """
        title: Payments are down
        severity: P1
        updates:
          - at: 2026-04-10T08:00:00Z
            status: investigating
            components: {pay: major_outage}
            body: They are down.
            withdrawn: {at: 2026-04-10T08:10:00Z, reason: They are not.}
    """,
    "private/incidents/gone.yml": "detected_at: 2026-04-10T08:00:00Z\n",
    # Nothing of it is public; those concerned were never told.
    "private/incidents/laptop.yml": """
        title: A laptop was stolen
        severity: P1
        started_at: 2026-08-14T15:00:00Z
        resolved_at: 2026-08-15T09:00:00Z
        detected_at: 2026-08-14T20:00:00Z
        personal_data: {high_risk: true}
        regulatory:
          gdpr: {aware_at: 2026-08-14T21:00:00Z, decision: notify, notified_at: 2026-08-17T21:00:00Z, reference: A 1}
    """,
    "private/customers.yml": "- {id: shop, name: Example Shop, contacts: [{role: Owner, email: shop@example.com}]}\n",
    "private/contracts.yml": """
        - id: shop-2026
          customer: shop
          currency: EUR
          start: 2026-01-10
          month_starts: 5
          services:
            - {components: [sign], availability: 99.9, monthly_fee: 100, tiers: [{below: 99.9, credit: 10}]}
        - id: shop-pay-over
          customer: shop
          currency: EUR
          start: 2026-01-10
          end: 2026-11-10
          excluded: [{incident: lowered, reason: As agreed}]
          services:
            - {components: [pay], availability: 99.9, monthly_fee: 100, tiers: [{below: 99.9, credit: 10}]}
        - id: shop-pay
          customer: shop
          currency: EUR
          start: 2026-11-11
          claim_days: 1
          services:
            - {components: [pay], availability: 99, monthly_fee: 100, tiers: [{below: 99, credit: 10}]}
    """,
}


def lay(root: Path, files: dict[str, str]) -> Path:
    for name, words in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        told = words.strip("\n")
        margin = len(told) - len(told.lstrip())
        file.write_text("".join(f"{line[margin:]}\n" for line in told.rstrip().splitlines()))
    return root


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    return lay(tmp_path_factory.mktemp("page"), FILES)


def text(root: Path, *words: str) -> str:
    done = stillup("report", *words, "--root", root, "--at", AT, "--stdout")
    assert done.returncode == 0, done.stderr
    return done.stdout


def numbers(root: Path, *words: str) -> dict:
    done = stillup("report", *words, "--root", root, "--at", AT, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_calm_before_a_reopening_is_in_no_duration(root):
    """The page says `1 h 30 min in all`; so do the report, its numbers and the papers."""
    figure = numbers(root, "monthly", "--month", "2026-11")["this"]["metrics"]["duration"]["all"]
    postmortem = text(root, "postmortem", "--incident", "again")

    assert (figure["n"], figure["mean_seconds"]) == (1, 90 * 60)
    assert "| Payments fail | Payments   |   90 min |" in text(root, "monthly", "--month", "2026-11")
    assert "- **Duration**: 1 h 30 min\n" in postmortem
    assert "(1 h 30 min in all)" in postmortem
    assert "lasted 1 h 30 min." in text(root, "executive", "--incident", "again")


def test_a_postmortem_has_the_days_of_the_page(root):
    said = text(root, "postmortem", "--incident", "again")

    assert "- **Date**: 2026-11-11\n" in said, "the page and its history have it on that day"
    assert "2026-11-30 **overdue**" in said, "as `stillup clock` has it at that instant"


def test_the_numbers_of_a_postmortem_are_those_of_its_words(root):
    told = numbers(root, "postmortem", "--incident", "again")

    assert "99.995 EUR, 1,200.00 USD, 1 complaint, 1 mention in the media" in text(
        root, "postmortem", "--incident", "again"
    )
    assert told["costs"] == {"EUR": "99.995", "USD": "1200"}
    assert told["prevention"] == {"EUR": "30"}


def test_a_sheet_of_credits_names_what_the_page_shows_and_it_leaves_out(root):
    """The page has 1 h 50 min of outage; an hour counts."""
    told = numbers(root, "sla", "--customer", "shop", "--month", "2026-10")["contracts"][0]["services"][0]
    said = text(root, "sla", "--customer", "shop", "--month", "2026-10")

    assert (told["agreed"]["weighted_seconds"], told["causes"]) == ("3600", {"down": "3600"})
    assert told["left_out"] == {"none": "1200", "twice": "3600"}
    assert "- **Left out**: none (a false alarm); twice (a duplicate)" in said


def test_a_sheet_of_credits_says_above_all_that_its_month_is_not_over(root):
    note = "**The month of shop-2026, 2026-11-05 to 2026-12-04, is not over: counted up to 2026-11-30 23:30 UTC.**"

    assert note in text(root, "sla", "--customer", "shop", "--month", "2026-11").partition("## ")[0]
    assert "is not over" not in text(root, "sla", "--customer", "shop", "--month", "2026-10")


def test_a_cost_of_what_is_no_incident_is_told_and_not_added_up(root):
    said = text(root, "financial", "--month", "2026-10")
    told = numbers(root, "financial", "--month", "2026-10")

    assert "| Nobody can sign in (twice) | duplicate  | Direct | Engineering time | 70.00 EUR |" in said
    assert "- **Not counted, EUR**: 70.00 EUR: of drills, maintenance, false alarms and duplicates" in said
    assert told["costs"] == []
    assert [each["amount"] for each in told["apart"]] == ["70"]
    assert "**Not counted, EUR**: 70.00 EUR" in text(root, "annual", "--year", "2026")
    assert "0 costs are written of drills, maintenance" in text(root, "financial", "--month", "2026-11")


def test_machines_get_the_credits_of_a_financial_report(root):
    """10 % of 100.00: of the contract's month from 5 October on, 60 of 44,640 minutes are gone."""
    assert numbers(root, "financial", "--quarter", "2026-Q4")["credits"] == [
        {
            "month": "2026-10",
            "customer": "shop",
            "contract": "shop-2026",
            "amount": "10.00",
            "currency": "EUR",
            "over": True,
            "claim_until": "2026-12-04",
        }
    ]


def test_a_notice_without_undue_delay_that_nobody_gave_is_an_exception(root):
    """GDPR 33 was told in its very last second, GDPR 34 not at all."""
    told = numbers(root, "compliance", "--quarter", "2026-Q3")["checklist"]
    (notices,) = [each for each in told if each["criterion"] == "P6.6"]

    assert notices["evidence"] == "1 of 2 duties met, 0 not due yet"
    assert notices["exceptions"] == [
        "laptop: regime/gdpr/people, not done (GDPR Art. 34: without undue delay after aware_at)"
    ]
    assert "| regime      |   1 |    0 |      0 |       0 |                  1 |           0 |" in text(
        root, "compliance", "--quarter", "2026-Q3"
    )


def test_a_bundle_of_evidence_says_of_what_time_it_is(root):
    said = text(root, "compliance", "--quarter", "2026-Q4")

    assert "**Q4 2026 is not over: counted up to 2026-11-30 23:30 UTC.**" in said.partition("## ")[0]
    assert "- Q4 2026: from 2026-09-30T22:00Z up to, not including, 2026-12-31T23:00Z (Europe/Berlin)" in said
    assert "0 of 8 exercises held, 4 not due yet" in said


def test_a_commit_that_is_later_than_the_instant_is_no_evidence_yet(tmp_path):
    lay(tmp_path, FILES)
    for day in (10, 20):
        (tmp_path / "components" / "pay.yml").write_text(f"name: Payments {day}\nsince: 2026-01-01\n")
        date = {"GIT_COMMITTER_DATE": f"2026-11-{day}T00:00:00Z", "GIT_AUTHOR_DATE": f"2026-11-{day}T00:00:00Z"}
        words = ("-c", "user.name=the team", "-c", "user.email=team@example.com", "commit", "-qm", f"Of {day}")
        for line in (("init", "-q"), ("add", "."), words):
            subprocess.run(
                ["git", "-C", str(tmp_path), *line], check=True, env={"PATH": "/usr/bin:/bin", "HOME": "/", **date}
            )

    def changes(at: str) -> str:
        done = stillup("report", "compliance", "--root", tmp_path, "--quarter", "2026-Q4", "--at", at, "--stdout")
        return done.stdout.partition("## Changes of What Is Published")[2].partition("## ")[0]

    assert "Of 10" in changes("2026-11-10T00:00:00Z")
    assert "Of 20" not in changes("2026-11-19T23:59:59Z")
    assert "Of 20" in changes("2026-11-20T00:00:00Z")


def test_one_incident_is_one_and_no_weekday_wins_a_draw(root):
    said = text(root, "quarterly", "--quarter", "2026-Q3")

    assert "- 1 incident, none in Q2 2026." in said
    assert "- The days on which most began: Friday, 1 of 1 (100.0 %)." in said
    drawn = text(root, "quarterly", "--quarter", "2026-Q4")
    assert "- The days on which most began: Wednesday or Saturday, 1 of 2 (50.0 %) each." in drawn


def test_a_gap_that_was_too_long_stays_so_when_the_severity_is_lowered(root):
    """Of three hours the first two were those of a P1; the second gap is one of a P2 alone."""
    assert "- **Cadence kept**: 1 of 2 gaps (50.0 %)" in text(root, "monthly", "--month", "2026-03")


def test_what_was_no_incident_owes_no_postmortem(root):
    done = stillup("clock", "--root", root, "--at", AT, "--all", "--json")
    after = {
        each["incident"]
        for each in json.loads(done.stdout)["clocks"]
        if each["clock"].partition("/")[0] in ("watch", "recovery", "postmortem")
    }

    assert after == {"again", "lowered", "laptop"}, "not twice, none and gone"


def test_an_action_item_of_a_duplicate_is_open_in_the_report_as_on_the_clock(root):
    said = text(root, "monthly", "--month", "2026-10").partition("## Action Items for Next Month")[2]
    clocks = json.loads(stillup("clock", "--root", root, "--at", AT, "--json").stdout)["clocks"]

    assert "- Join two alerts - Sign-in team (due 2026-11-20, overdue; twice)" in said
    assert ("twice", "action/join", "overdue") in [(each["incident"], each["clock"], each["state"]) for each in clocks]


def test_a_target_that_was_missed_is_missed_in_the_table_as_on_the_clock(root):
    """P1 is acknowledged within an hour; it was a P1 for two, and taken on after three."""
    said = text(root, "compliance", "--month", "2026-03")

    assert "lowered: acknowledge, late (P1: acknowledge within 1h of detection)" in said
    assert "| P1       | acknowledge within 1h  |   0 of 1 (0.0 %) |       0 |" in said
    assert "| P2       | acknowledge within 4h  |           0 of 0 |       0 |" in said


def test_a_year_that_is_not_over_is_divided_by_the_months_that_began(root):
    """One incident by June; the withdrawn one counts nowhere."""
    early = ("--at", "2026-06-20T00:00:00Z", "--stdout")
    done = stillup("report", "metrics", "--year", "2026", "--root", root, *early)

    assert "- **A month**: 0.2 (of 6 that have begun)" in done.stdout
    assert "- **A month**: 0.3\n" in text(root, "metrics", "--year", "2026")


def test_a_channel_is_proposed_with_the_day_of_the_page(root):
    assert "`#incident-2026-11-11-001`" in text(root, "channel", "--incident", "again")


def test_money_is_never_rounded_and_says_where_no_threshold_looks(root):
    """The plan's thresholds are in USD: 129.995 EUR, with prevention, count towards none."""
    sheet, summary = (text(root, kind, "--incident", "again") for kind in ("impact", "executive"))

    assert "- Engineering time: 99.995 EUR" in sheet and "**Sum**: 99.995 EUR, 1,200.00 USD" in sheet
    assert "No threshold is in the currency of 129.995 EUR: that counts towards none." in sheet
    assert "- **Thresholds crossed**: 1,000.00 USD\n- **Compared with no threshold**: 129.995 EUR" in summary
    assert "99.995 EUR" in text(root, "financial", "--month", "2026-11")


def test_support_reads_the_rules_of_contracts_that_were_in_force(root):
    """One contract ended with 10 November; the next began with the 11th, on which it happened in Berlin."""
    rows = text(root, "support", "--incident", "again").partition("## Credits")[2].partition("## ")[0]

    assert "99 % a month for Payments" in rows and "1 day after the month" in rows
    assert "99.9 %" not in rows
    left = text(root, "support", "--incident", "lowered").partition("## Credits")[2].partition("## ")[0]
    assert "none: it does not count (As agreed)" in left
