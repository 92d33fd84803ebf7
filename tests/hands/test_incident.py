"""Incidents by command, as a script calls it: what is written, what is refused, what is shown first."""

import json
import re
from datetime import datetime, timedelta

import pytest

from stillup.errors import RecordError
from stillup.pipeline.change.desk import Desk
from stillup.pipeline.change.entry import spelled
from stillup.records import store
from tests.hands.calls import AT, ID, OVER, opened, record, run
from tests.hands.conftest import git


def test_one_short_line_opens_an_incident_with_words_and_a_promise(page):
    opened(page)

    assert (page / "incidents" / "2026" / f"{ID}.yml").read_text() == (
        "title: Card payments failing\n"
        "reference: INC-2026-11-20-001\n"
        "severity: P1\n"
        "started_at: 2026-11-20T10:12:00Z\n"
        "updates:\n"
        "  - at: 2026-11-20T10:12:00Z\n"
        "    status: investigating\n"
        "    components: {payments: partial_outage}\n"
        "    body: |\n"
        "      We're currently investigating reports of issues with Card payments.\n"
        "    impact_text: Card payments failing\n"
        "    next_update_in: 30m\n"
    )
    run(page, "check")


def test_an_outage_is_told_from_open_to_resolve_in_files_of_its_own(page):
    opened(page)
    first = (page / "incidents" / "2026" / f"{ID}.yml").read_bytes()

    run(page, "incident", "update", "-m", "A supplier fails.", "--status", "identified", at="2026-11-20T10:30:00Z")
    over = run(
        page, "incident", "resolve", ID, *OVER, "-t", "resolution=We use another one.", at="2026-11-20T11:00:00Z"
    )
    assert "All services are now operating normally." in over.stdout + over.stderr

    told = record(page)
    assert [(update.status, update.body.strip()) for update in told.updates[1:]] == [
        ("identified", "A supplier fails."),
        ("resolved", "The issues affecting Card payments have been resolved."),
    ]
    assert told.updates[1].next_update_in == timedelta(minutes=30)
    assert (page / "incidents" / "2026" / f"{ID}.yml").read_bytes() == first
    assert len(list((page / "incidents" / "2026" / ID / "updates").iterdir())) == 2
    run(page, "check", at="2026-11-20T12:00:00Z")


def test_the_words_are_shown_before_anything_is_written(page):
    done = opened(page, "--dry-run")

    assert "Subject" not in done.stdout
    assert "== email to customers: [Service Status] Investigating Issues with Card payments" in done.stdout
    assert "We'll provide updates every 30 minutes." in done.stdout
    assert f"+++ incidents/2026/{ID}.yml" in done.stdout
    assert not (page / "incidents").exists()


@pytest.mark.parametrize(
    ("more", "application"),
    [
        ("      serve: {url: https://subscribe.example.com/status}\n", "https://subscribe.example.com/status"),
        ("      channels: {email: {host: mail.example.com}}\n", ""),
        ("", "https://status.example.com"),
    ],
)
def test_a_mail_is_shown_with_the_links_that_real_ones_have_or_would_have(page, more, application):
    settings = page / "mkdocs.yml"
    settings.write_text(settings.read_text() + more)

    shown = opened(page, "--dry-run").stdout

    links = re.findall(r"(?:Change what you receive|Unsubscribe): (\S+)", shown)
    assert links == ([f"{application}/manage/demo", f"{application}/u/demo"] if application else [])


@pytest.mark.parametrize(
    ("words", "lacking"),
    [
        (("incident", "open"), "TITLE, --component, --severity"),
        (("incident", "open", "x", "-s", "P1"), "--component"),
        (("incident", "update"), "ID"),
        (("maintenance", "schedule", "x"), "--start, --end or --for, --component"),
        (("component", "set", "sms"), "STATE"),
        (("incident", "postmortem", ID), "--message"),
    ],
)
def test_a_script_is_told_what_is_missing_and_never_asked(page, words, lacking):
    if "postmortem" in words:
        opened(page)

    done = run(page, *words, status=2)

    assert f"Missing: {lacking}" in done.stderr


def test_with_several_open_a_script_must_name_one(page):
    opened(page)
    run(page, "incident", "open", "Texts late", "-c", "sms=degraded", "-s", "P2", at="2026-11-20T10:20:00Z")

    done = run(page, "incident", "update", "-m", "More.", at="2026-11-20T10:30:00Z", status=2)

    assert ID in done.stderr
    assert "2026-11-20-texts-late" in done.stderr


def test_nothing_unsound_is_written(page):
    done = run(page, "incident", "open", "Failing", "-c", "paymints=partial", "-s", "P1", status=1)

    assert "incidents/2026/2026-11-20-failing.yml:8:18: updates[0].components.paymints" in done.stderr
    assert "payments" in done.stderr
    assert not (page / "incidents").exists()


def test_a_link_that_leads_nowhere_is_not_written(page):
    opened(page)

    done = run(page, "incident", "update", "-m", "See [there](../nowhere/).", status=1)

    assert "A link leads to nowhere/" in done.stderr
    assert not (page / "incidents" / "2026" / ID).exists()


def test_an_instant_that_is_taken_gets_an_id_and_moves_nobody_elses(page):
    opened(page)
    for number in range(6):
        run(page, "incident", "update", ID, "-m", f"Words {number}.", at="2026-11-20T10:30:00Z")

    told = {update.id: update.body.strip() for update in record(page).updates[1:]}
    assert told == {
        "20261120t103000z": "Words 0.",
        **{f"20261120t103000z-{n}": f"Words {n - 1}." for n in range(2, 7)},
    }
    written = [path.read_text() for path in (page / "incidents" / "2026" / ID / "updates").iterdir()]
    assert sum("\nid: " in text for text in written) == 5


def test_two_incidents_of_one_name_are_two(page):
    opened(page)
    opened(page)

    assert [incident.id for incident in store.load(page).incidents] == [ID, f"{ID}-2"]
    assert "INC-2026-11-20-002" in (page / "incidents" / "2026" / f"{ID}-2.yml").read_text()


@pytest.mark.parametrize(("state", "pace"), [("major_outage", "30m"), ("degraded_performance", "4h")])
def test_an_incident_without_a_severity_has_the_pace_of_its_impact(page, state, pace):
    (page / "incidents").mkdir()
    (page / "incidents" / "cards.yml").write_text(
        "title: Cards fail\nupdates:\n  - at: 2026-11-20T10:12:00Z\n    status: investigating\n"
        f"    components: {{payments: {state}}}\n    body: Card payments fail in the EU.\n    next_update_in: 1h\n"
    )

    run(page, "incident", "update", "-m", "We look into why card payments fail.", at="2026-11-20T10:30:00Z")

    assert spelled(record(page).updates[1].next_update_in) == pace


def test_a_component_may_be_called_by_its_name(page):
    run(page, "incident", "open", "Cards fail", "-c", "card Payments=partial", "-s", "P2")
    twice = ("-c", "payments=partial", "-c", "Card payments=major")
    refused = run(page, "incident", "open", "Cards fail", *twice, "-s", "P2", status=2)

    assert {*record(page).updates[0].components} == {"payments"}
    assert "--component payments is given with two states." in refused.stderr


@pytest.mark.parametrize("said", ["card payments", "inc-2026-11-20-001", ID.replace("payments", "payment")])
def test_a_record_that_is_meant_is_offered(page, said):
    opened(page)

    refused = run(page, "incident", "update", said, "-m", "We look into it.", status=1)

    assert f"There is no record {said}. Did you mean {ID}?" in refused.stderr


def test_where_nothing_is_open_the_last_one_is_named(page):
    assert "Missing: ID. No incident is open.\n" in run(page, "incident", "resolve", status=2).stderr
    opened(page)
    run(page, "incident", "resolve", "-t", "resolution=Mended.", *OVER, at="2026-11-20T11:00:00Z")

    told = run(page, "incident", "edit", "-m", "All of them work.", at="2026-11-20T11:10:00Z", status=2).stderr

    assert f"Missing: ID. No record is open; the last one was {ID}.\n" in told


def test_an_id_that_nothing_is_like_is_answered_with_what_to_write(page):
    opened(page)

    record = run(page, "incident", "update", "nosuch", "-m", "It is mended.", status=1)
    part = run(page, "component", "set", "nosuch", "ok", status=1)

    assert record.stderr == f"There is no record nosuch. Write the name of its file without .yml, as {ID}.\n"
    assert part.stderr == "There is no component nosuch. Use payments, sign-in or sms.\n"


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("Payments fail.", "Give --next-update 30m."),
        ("Payments fail. We give another update in 20 minutes.", "Give --next-update 30m, or an instant."),
    ],
)
def test_a_promise_that_is_missing_is_asked_for_as_the_option_that_gives_it(page, words, hint):
    opened(page)

    refused = run(
        page, "incident", "update", ID, "-m", words, "--next-update", "none", at="2026-11-20T10:30:00Z", status=1
    )

    assert hint in refused.stderr
    assert "next_update_in" not in refused.stderr


def test_words_that_are_refused_name_the_rule_and_the_way_round_it(page):
    opened(page)

    refused = run(page, "incident", "resolve", "-t", "resolution=Mended.", at="2026-11-20T11:00:00Z", status=1)

    assert re.search(r"The last word does not tell .*\[C13\]$", refused.stderr, re.MULTILINE)
    assert refused.stderr.endswith(
        "Nothing was changed. A field of the update is given as -t NAME=TEXT. "
        'Where a rule is wrong here, give --anyway "REASON": the update keeps it.\n'
    )
    loud = run(page, "incident", "update", ID, "-m", "Payments fail. TODO ask.", at="2026-11-20T11:00:00Z", status=1)
    assert "-t NAME" not in loud.stderr
    unsound = run(page, "incident", "edit", ID, "--ended", "2026-11-20T11:00:00Z", status=1)
    assert "anyway" not in unsound.stderr


def test_what_was_learned_is_published_after_the_end_only(page):
    opened(page)
    early = run(page, "incident", "postmortem", ID, "-m", "We learned.", status=1)
    run(page, "incident", "resolve", ID, *OVER, at="2026-11-20T11:00:00Z")
    run(page, "incident", "postmortem", ID, "-m", "We learned.", at="2026-11-23T11:00:00Z")

    assert "postmortem" in early.stderr
    postmortem = record(page).postmortem
    assert postmortem is not None
    assert postmortem.body == "We learned."


def test_a_draft_becomes_a_record_that_is_told_now(page):
    drafts = page / "incidents" / "_drafts"
    drafts.mkdir(parents=True)
    (drafts / "alert-1.yml").write_text(
        "# proposed by an alert\n"
        "title: Payments slow\n"
        "updates:\n"
        "  - at: 2026-11-20T09:50:00Z\n"
        "    status: investigating\n"
        "    components: {payments: degraded_performance}\n"
        "    body: Payments are slow.\n"
    )

    secret = page / "private" / "incidents" / "2026-11-20-key-found.yml"
    secret.parent.mkdir(parents=True)
    secret.write_text(
        "title: A key was found\nreference: INC-2026-11-20-001\nseverity: P1\nstarted_at: 2026-11-20T09:00:00Z\n"
    )

    run(page, "incident", "accept", "alert-1", "-s", "P2")

    told = record(page)
    assert (told.id, told.severity) == ("alert-1", "P2")
    assert told.reference == "INC-2026-11-20-002", "the first number is that of an incident that is private"
    assert told.started_at == datetime.fromisoformat("2026-11-20T09:50:00Z")
    assert told.updates[0].at == datetime.fromisoformat(AT)
    assert not list(drafts.glob("*"))
    missing = run(page, "incident", "accept", "alert-2", status=1)
    assert "There is no draft alert-2" in missing.stderr


def test_a_component_without_an_incident_changes_state(page):
    run(page, "component", "set", "sms", "degraded", "--source", "synthetic-check")
    run(page, "component", "set", "sms=ok", at="2026-11-20T10:30:00Z")

    assert (page / "components" / "sms.yml").read_text() == (
        "name: Text messages  # as customers call it\n"
        "states:\n"
        "  - {at: 2026-11-20T10:12:00Z, status: degraded_performance, source: synthetic-check}\n"
        "  - {at: 2026-11-20T10:30:00Z, status: operational}\n"
    )
    late = run(page, "component", "set", "sms", "major", status=1)
    assert "older" in late.stderr


def test_machines_read_what_was_done(page):
    told = json.loads(opened(page, "--json", "--commit").stdout)

    assert told["record"] == ID
    assert told["update"] == "20261120t101200z"
    assert told["files"] == [f"incidents/2026/{ID}.yml"]
    assert told["commit"] == git(page, "rev-parse", "HEAD").strip()
    assert told["pushed"] is False


def test_words_that_lint_objects_to_are_not_written_and_a_reason_is_logged(page):
    opened(page)
    words = ("incident", "update", ID, "--status", "identified", "-m", "TODO: say what fails.")

    stopped = run(page, *words, status=1)
    assert not (page / "incidents" / "2026" / ID).exists()
    run(page, *words, "--anyway", "The drill wants it.", at="2026-11-20T10:30:00Z")

    code = re.search(r"updates/\S+: .*", stopped.stderr)
    assert code
    logged = record(page).updates[1].lint
    assert set(logged.values()) == {"The drill wants it."}
    overruled = run(page, "lint", at="2026-11-20T10:31:00Z")
    assert "is overruled: The drill wants it." in overruled.stderr


def test_a_customer_s_name_is_not_written_and_an_unsound_private_folder_stops_nobody(page):
    opened(page)
    (page / "private").mkdir(exist_ok=True)
    (page / "private" / "customers.yml").write_text("- {id: grocer, name: Example Grocer}\n")
    words = ("incident", "update", ID, "--status", "identified", "-m", "Example Grocer cannot pay by card.")

    stopped = run(page, *words, at="2026-11-20T10:30:00Z", status=1)
    assert "'Example Grocer' is a customer." in stopped.stderr
    (page / "private" / "customers.yml").write_text("- {id: 3}\n")
    written = run(page, *words, at="2026-11-20T10:30:00Z")
    assert "was not searched for names" in written.stderr


def test_the_promise_that_is_offered_is_the_rhythm_of_the_state(page):
    settings = (page / "mkdocs.yml").read_text()
    (page / "mkdocs.yml").write_text(
        settings.replace("stillup:\n", "stillup:\n      cadence_in: {identified: {P1: 20m}}\n")
    )
    opened(page)
    run(page, "incident", "update", ID, "--status", "identified", at="2026-11-20T10:20:00Z")

    first, second = record(page).updates
    assert (first.next_update_in, second.next_update_in) == (timedelta(minutes=30), timedelta(minutes=20))


def test_the_words_that_are_offered_pass_lint(page):
    opened(page)
    for minute, status in ((20, "identified"), (30, "monitoring")):
        run(page, "incident", "update", ID, "--status", status, at=f"2026-11-20T10:{minute}:00Z")
    run(page, "incident", "resolve", ID, *OVER, at="2026-11-20T10:40:00Z")

    run(page, "lint", at="2026-11-20T10:41:00Z")


def test_a_broken_old_record_does_not_stop_an_urgent_word(page):
    opened(page, "--commit")
    (page / "incidents" / "2026" / "old.yml").write_text("title: Broken\n")

    run(page, "incident", "update", ID, "-m", "More.", at="2026-11-20T10:30:00Z")
    done = run(page, "incident", "resolve", ID, *OVER, at="2026-11-20T11:00:00Z")

    assert "Other records are unsound" in done.stderr
    assert len(list((page / "incidents" / "2026" / ID / "updates").iterdir())) == 2


def test_a_record_that_is_unsound_itself_is_not_written_to(page):
    opened(page)
    path = page / "incidents" / "2026" / f"{ID}.yml"
    path.write_text(path.read_text().replace("investigating", "wip"))

    with Desk(page, at=datetime.fromisoformat(AT)) as desk, pytest.raises(RecordError):
        desk.record(desk.file(ID))
    run(page, "incident", "update", ID, "-m", "More.", status=1)
