"""Documents about one incident: what each reader finds, what is missing, and that nobody else can read them."""

import re
import shutil
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from stillup.errors import RecordError, StillupError
from stillup.pipeline.building.build import build
from stillup.pipeline.papers import paper
from stillup.reports.paper.paper import Paper, plain
from tests.judge import axe_each
from tests.reports.command import stillup
from tests.reports.papers import NOW, OPEN, OUTAGE, SECRET, STRIPE, TOKENS, put, text
from tests.tools import AT, html_errors, serving


def test_the_postmortem_has_every_heading_of_the_plan_in_its_order(example):
    said = text(example, "postmortem", STRIPE)

    plan = ["Summary", "Timeline", "Root Cause", "Impact", "What Went Well", "What Went Poorly", "Action Items",
            "Lessons Learned"]  # fmt: skip
    found = [line[3:] for line in said.splitlines() if line.startswith("## ")]
    assert [each for each in found if each in plan] == plan
    assert "# Incident Postmortem: Card payments through Stripe" in said
    assert "- **Users impacted**: 610 (1.3 % of all)" in said
    assert "- **Root cause**: Credentials are kept in two places and changed by hand in each." in said
    assert "[ ] Keep credentials of all regions in one place - Payments engineer - 2026-12-04" in said
    assert "[x] Sound an alarm when credentials of regions differ" in said


def test_what_nobody_wrote_is_named_with_its_file_and_field_and_never_made_up(page):
    made = paper.of_incident(page, "postmortem", OPEN, at=NOW)

    named = {(note.file, note.field) for note in made.notes}
    assert (f"private/incidents/{OPEN}.yml", "root_cause.root") in named
    assert (f"incidents/2026/{OPEN}.yml", "resolution") in named
    assert "- **Root cause**: *missing: the fundamental issue (`root_cause.root`)*" in made.paper.markdown
    assert stillup("report", "postmortem", "--root", page, "--incident", OPEN, "--at", AT, "--complete").returncode == 1


def test_an_incident_opened_in_haste_has_the_words_of_its_first_update_in_every_kit(page):
    (page / "incidents" / "2026-11-20-night.yml").write_text(
        "title: Mail is late\nseverity: P0\nupdates:\n  - at: 2026-11-20T10:20:00Z\n    status: investigating\n"
        "    components: {authentication: major_outage}\n    body: Mail arrives an hour late.\n"
    )

    assert "\nImpact: Mail arrives an hour late.\n" in text(page, "channel", "2026-11-20-night")
    kit = text(page, "support", "2026-11-20-night")
    assert "- **What they notice**: Mail arrives an hour late.\n" in kit
    assert "since 2026-11-20 10:20 UTC. Mail arrives an hour late. You can follow it" in kit
    assert not re.search(r"[^ ]  [^ ]|^>\n>\n", kit, re.MULTILINE)
    assert "| Team lead | 2026-11-20 10:50 UTC |" in text(page, "executive", "2026-11-20-night")

    with (page / "incidents" / "2026-11-20-night.yml").open("a") as record:
        record.write("  - {at: 2026-11-20T10:40:00Z, status: resolved, body: Mail arrives at once again.}\n")
    over = text(page, "support", "2026-11-20-night")
    assert "from 2026-11-20 10:20 UTC to 2026-11-20 10:40 UTC. It is over." in over
    assert "an hour late" not in over
    asked = paper.of_incident(page, "postmortem", "2026-11-20-night", at=NOW).paper.beside["postmortem.ics"]
    assert b"METHOD:PUBLISH" in asked, "nobody is known who could ask, or be asked"


def test_what_was_found_before_customers_noticed_says_so(example):
    said = text(example, "postmortem", TOKENS)

    assert "- **Detection**: 2026-10-28 08:20 UTC, 30 min before customers began to notice: Security review" in said


def test_the_public_part_is_made_of_public_words_alone(example):
    said = text(example, "postmortem", OUTAGE)
    quoted = "\n".join(line for line in said.splitlines() if line.startswith(">"))

    for secret in ("counted lines, not ways", "Network engineer", "6,400", "news.example.com"):
        assert secret in text(example, "postmortem", OUTAGE) + text(example, "financial", OUTAGE) + text(
            example, "executive", OUTAGE
        )
        assert secret not in quoted


def test_the_meeting_is_90_minutes_on_the_first_working_day_within_the_limit(page):
    file = page / "private" / "incidents" / f"{STRIPE}.yml"
    words = file.read_text()
    file.write_text(words[: words.index("review:")] + words[words.index("action_items:") :])
    ended = datetime(2026, 11, 9, 16, 30, tzinfo=UTC)
    made = paper.of_incident(page, "postmortem", STRIPE, at=ended).paper
    event = Calendar.from_ical(made.beside["postmortem.ics"]).walk("VEVENT")[0]

    assert event["dtstart"].dt == datetime(2026, 11, 10, 14, tzinfo=UTC)
    assert event["dtend"].dt - event["dtstart"].dt == timedelta(minutes=90)
    assert str(event["attendee"]) == "mailto:oncall@example.com"
    assert made.numbers["meeting"] == {"at": "2026-11-10T14:00:00Z", "proposed": True}


def test_a_meeting_that_was_held_invites_nobody_again(example):
    assert "postmortem.ics" not in paper.of_incident(example, "postmortem", STRIPE, at=NOW).paper.beside


def test_the_sheet_adds_up_exactly_and_names_who_must_be_told(example):
    made = paper.of_incident(example, "financial", OUTAGE, at=NOW).paper

    assert made.numbers["costs"] == {
        "direct": {"USD": "2160.00"},
        "indirect": {"USD": "6400.00"},
        "prevention": {"USD": "18000.00"},
    }
    assert "- **Total Financial Impact**: 8,560.00 USD" in made.markdown
    assert "| 25,000.00 USD | **yes** | Executive team |" in made.markdown
    assert "| 50,000.00 USD | no | Board office |" in made.markdown


def test_the_sheet_at_an_earlier_instant_knows_no_later_cost(example):
    before = datetime(2026, 7, 30, tzinfo=UTC)

    assert "- **Total Financial Impact**: 2,160.00 USD" in text(example, "financial", OUTAGE, before)


def test_executives_read_in_one_example_what_it_means_and_whom_to_tell(example):
    said = text(example, "executive", OPEN)

    assert "**Open: identified.** P0, 40 min so far." in said
    assert "- **Cost so far**: 4,740.00 USD" in said
    assert "- **Confidence**: medium: the cause is known" in said
    assert "| CTO | 2026-11-20 12:06 UTC | running |" in said
    assert "P0: Engineering manager tells CTO 2h after detection" in said
    assert len(said.split()) < 450


def test_a_promise_that_was_not_kept_is_said_to_insiders_and_made_to_no_customer_again(example):
    late = NOW + timedelta(hours=1)

    assert "- **Next public update**: by 2026-11-20 10:56 UTC" in text(example, "executive", OPEN)
    assert "- **Next public update**: **OVERDUE** since 2026-11-20 10:56 UTC" in text(example, "executive", OPEN, late)
    assert "We write again by 2026-11-20 10:56 UTC." in text(example, "support", OPEN)
    said = text(example, "support", OPEN, late)
    assert "Next public update **OVERDUE** since 2026-11-20 10:56 UTC." in said
    assert "We write again" not in said


def test_what_was_spent_on_prevention_stands_beside_the_thresholds_that_it_crossed(example):
    said = text(example, "executive", OUTAGE, NOW)

    assert "- **Cost**: 8,560.00 USD\n- **Spent on prevention**: 18,000.00 USD\n" in said
    assert "- **Thresholds crossed**: 1,000.00 USD, 5,000.00 USD, 10,000.00 USD, 25,000.00 USD" in said


def test_support_is_told_what_to_say_and_what_not_to_promise(example):
    said = text(example, "support", OPEN)

    assert "**It is open: the cause is known, and the fix is under way.** Next public update by 2026" in said
    assert "A time other than the one on the page." in said
    assert "| Example Travel | 99.95 % a month for Stripe." in said
    assert "Head of payments" not in said
    for internal in ("4,740", "48,000", "A disk of the ledger database failed", "lock that nobody held"):
        assert internal not in said


def test_support_is_told_nothing_of_what_is_not_public(example):
    said = text(example, "support", SECRET)

    assert "Nothing of this incident is public." in said
    assert "Ready to send" not in said


def test_outreach_names_owner_and_what_was_hit_and_who_was_contacted(page):
    put(page, OPEN, "contacted:\n  example-travel: {at: 2026-11-20T10:40:00Z, by: Account manager, evidence: Call}\n")
    made = paper.of_incident(page, "outreach", OPEN, at=NOW).paper
    earlier = paper.of_incident(page, "outreach", OPEN, at=NOW - timedelta(minutes=10)).paper

    told = {each["id"]: each for each in made.numbers["customers"]}
    assert told["example-travel"]["components"] == ["dashboard", "payments-stripe"]
    assert told["example-travel"]["contacted_at"] == "2026-11-20T10:40:00Z"
    assert told["example-grocer"]["contacted_at"] is None
    assert told["example-grocer"]["seconds"] == 2400
    assert (made.numbers["waiting"], earlier.numbers["waiting"]) == (2, 3)


def test_a_contacted_customer_that_is_not_on_file_is_an_error(page):
    put(page, OPEN, "contacted:\n  example-travle: {at: 2026-11-20T10:40:00Z, by: Account manager, evidence: Call}\n")

    with pytest.raises(RecordError, match="contacted.example-travle: There is no customer of that id. Did you mean"):
        text(page, "outreach", OPEN)


def test_the_channel_kit_pins_the_alert_of_the_plan(example):
    said = text(example, "channel", OPEN)

    assert "🚨 INCIDENT ALERT\nSeverity: P0\nSystems Affected: Authentication," in said
    assert "`#incident-2026-11-20-001`" in said
    assert "| On-call engineer | On-call engineer | +1 555 010 0101, oncall@example.com, @oncall |" in said
    assert said.count("+1 555 010 0101") == 1, "whoever is on call and works on it stands there once"
    assert "| P0: Engineering manager tells CTO 2h after detection | 2026-11-20 12:06 UTC |" in said


def test_a_drill_is_held_against_its_targets(example):
    said = paper.of_drill(example, "chaos-2026-10", at=NOW).paper.markdown

    assert "# Drill Assessment: A read replica is stopped in staging - 2026-10-22" in said
    assert "- **Detection time**: 2 min vs 5 min: met" in said


def test_a_wrong_name_says_which_is_meant(example):
    with pytest.raises(StillupError, match=f"Did you mean {OPEN}?"):
        text(example, "postmortem", OPEN.replace("sign-in", "singin"))
    with pytest.raises(StillupError, match="is no incident at"):
        text(example, "postmortem", "2026-11-22-stripe-webhooks-move")


def test_documents_land_below_the_private_folder_and_in_nothing_that_is_published(page):
    said = stillup("report", "executive", "--root", page, "--incident", OPEN, "--at", AT)
    assert said.returncode == 0
    for kind in paper.MAKERS:
        paper.write(paper.of_incident(page, kind, OPEN, at=NOW))
    written = sorted(path.relative_to(page).as_posix() for path in (page / "private" / "reports").rglob("*.md"))
    assert written == [f"private/reports/incidents/{OPEN}/{kind}.md" for kind in sorted(paper.MAKERS)]
    assert str(page / "private" / "reports" / "incidents" / OPEN / "executive.html") in said.stdout.splitlines()

    build(page, at=NOW, live=False)
    for path in (page / "site").rglob("*"):
        if path.is_file():
            body = path.read_bytes()
            assert b"4,740" not in body and b"Example Grocer" not in body and b"INTERNAL." not in body, path


def test_a_private_folder_that_is_published_gets_no_document(page):
    shutil.move(page / "private", page / "public")
    settings = page / "mkdocs.yml"
    told = settings.read_text().replace("timezone: UTC", "timezone: UTC\n      private: public/inside")
    settings.write_text(told.replace("site_name:", "docs_dir: public\nsite_name:"))
    (page / "public" / "inside").mkdir()

    with pytest.raises(RecordError, match="everything in it is published|is published"):
        paper.write(paper.of_incident(page, "executive", OPEN, at=NOW))
    assert not list(page.rglob("executive.*"))


def test_without_a_private_folder_nothing_is_written_and_stdout_still_works(page):
    shutil.rmtree(page / "private")

    with pytest.raises(StillupError, match="documents are written nowhere else"):
        paper.write(paper.of_incident(page, "executive", OPEN, at=NOW))
    done = stillup("report", "executive", "--root", page, "--incident", OPEN, "--at", AT, "--stdout")
    assert done.returncode == 0
    assert "# Executive summary" in done.stdout
    assert not (page / "private").exists()


def test_the_same_instant_makes_the_same_bytes(example):
    for kind in paper.MAKERS:
        one, two = (paper.of_incident(example, kind, OUTAGE, at=NOW).paper for _ in range(2))
        assert (one.html, one.markdown, one.beside) == (two.html, two.markdown, two.beside)


@given(st.text("ab<>&;#|~*_`\\\\[]()!.-1 lt", min_size=1, max_size=20).map(lambda text: " ".join(text.split())))
def test_a_name_is_read_as_it_is_written_whatever_signs_are_in_it(name):
    made = Paper(kind="x", subject="x", title="T", text=f"| A |\n| --- |\n| .{plain(name)}. |\n", foot="")

    assert unescape(re.search("<td>[.](.*)[.]</td>", made.html)[1]) == name


def test_pages_are_sound_and_readable_for_everybody(page):
    for kind in paper.MAKERS:
        paper.write(paper.of_incident(page, kind, OPEN, at=NOW))
    stillup("report", "recovery", "--root", page, "--at", AT)
    folder = page / "private" / "reports" / "incidents" / OPEN

    assert html_errors([folder, page / "private" / "reports" / "recovery" / "recovery.html"]) == []
    with serving(folder) as url:
        found = axe_each({kind: f"{url}{kind}.html" for kind in ("support", "executive", "financial")})
    assert found == {"support": [], "executive": [], "financial": []}


def test_financial_with_an_incident_is_its_impact_sheet(page):
    named = ("--root", page, "--incident", STRIPE, "--at", AT)

    sheet = stillup("report", "financial", *named)
    both = stillup("report", "financial", *named, "--month", "2026-11")

    assert (
        stillup("report", "financial", *named, "--stdout").stdout
        == stillup("report", "impact", *named, "--stdout").stdout
    )
    assert (page / "private" / "reports" / "incidents" / STRIPE / "financial.html").is_file(), sheet.stderr
    assert both.returncode == 2


def test_the_recovery_kit_is_one_file_that_needs_nothing_else(page):
    made = stillup("report", "recovery", "--root", page, "--at", AT)
    kit = page / "private" / "reports" / "recovery" / "recovery.html"
    told = kit.read_text()

    assert made.returncode == 0, made.stderr
    assert not re.findall(r"<(?:script|link|img|iframe)", told)
    told = re.sub(r'<span class="t">(.*?)</span>', r"\1", told)
    for said in (
        "Make the replica of the ledger database in US-West the first one.",
        "<td>+1 555 010 0101</td>",
        "Head of payments: +1 555 010 0201",
        "First words on the page, then new ones every 15 min",
        "Customers still affected: Board office, Investor relations are told",
        "We have a major outage of [SERVICES], and have started our disaster recovery plan.",
        "Advancia Pay Ledger: Major outage: [SERVICES].",
    ):
        assert said in told, said
    assert told.index("30 min") < told.index("Team lead is told") < told.index("CTO is told")


def test_the_recovery_kit_says_what_is_missing_and_speaks_the_words_and_language_of_the_page(page):
    (page / "private" / "runbooks" / "disaster-recovery.md").unlink()
    (page / "messages").mkdir(exist_ok=True)
    (page / "messages" / "disaster_opened.email.txt.j2").write_text("Subject: Ours\n\nOwn words for {{ services }}.\n")
    settings = (page / "mkdocs.yml").read_text()
    (page / "mkdocs.yml").write_text(settings.replace("      languages: [en, es]\n", "      languages: [es]\n"))

    made = stillup("report", "recovery", "--root", page, "--at", AT, "--complete")
    told = (page / "private" / "reports" / "recovery" / "recovery.md").read_text()

    assert made.returncode == 1
    assert made.stderr.startswith("private/runbooks/disaster-recovery.md:1:1: note: The document lacks what is done")
    assert made.stderr.splitlines()[0].endswith(" Write this file.")
    assert "Own words for [SERVICIOS]." in told
    assert "No se puede acceder a los servicios en [REGIÓN]" in told or "Quien nos usa desde [REGIÓN]" in told
    assert "[ ] Restore the newest sound backup beside it" in told
