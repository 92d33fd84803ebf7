"""What a customer is told: the plan's words, and the facts of that moment."""

from dataclasses import replace

import pytest

from stillup.catalogue import LANGUAGES, words
from stillup.messages.compose import messages
from stillup.messages.letter import letter
from stillup.messages.recipient import Recipient
from tests.messages.mails import ENGLISH, WORDING, html, instead, text, visible, write
from tests.messages.sample import (
    CARDS_IDENTIFIED,
    CARDS_MONITORING,
    CARDS_OPENED,
    CARDS_RESOLVED,
    CARDS_STORY,
    MASTHEAD,
    MOVE_SCHEDULED,
    MOVE_STORY,
    PARTIAL,
    affected,
    promise,
    update,
)

# The plan's words


def test_the_opening_is_the_plans_service_outage_notification():
    mail = write(CARDS_STORY, CARDS_OPENED)

    assert mail.subject == "[Service Status] Investigating Issues with Stripe and Payments"
    assert (
        text(mail).partition("\n-- \n")[0]
        == """\
We're currently investigating reports of issues with Stripe and Payments.

Impact: About 40 % of card payments through Stripe are declined in Europe.
Affected Services: Stripe (partial outage); Payments (degraded performance)
Started: Mon 9 Nov 2026, 14:20 UTC
Current Status: Investigating
Who Is Affected: Customers in Europe who take cards through Stripe.

About 40 % of card payments through Stripe are declined for customers in Europe, since 14:20 UTC. We are looking for \
the cause.

We'll provide updates every 30 minutes. The next one comes by 15:15 UTC.
Status Page: https://status.example.com/incidents/card-payments-declined/

- The Advancia Pay Ledger Team
"""
    )


def test_the_end_is_the_plans_resolution_notification():
    mail = write(CARDS_STORY, CARDS_RESOLVED)

    assert mail.subject == "[Service Status] Issues with Stripe and Payments Resolved"
    assert (
        text(mail).partition("\n-- \n")[0]
        == """\
The issues affecting Stripe and Payments have been resolved as of Mon 9 Nov 2026, 15:55 UTC.

Summary: One of our two regions signed card payments with outdated credentials, and about 40 % of card payments in \
Europe were declined.
Resolution: Both regions use the new credentials since 15:35 UTC. Declined payments can be tried again.
Duration: 1 h 35 min, from 14:20 to 15:55 UTC
Prevention: Credentials now change in one region at a time, and the change stops by itself when declines rise.
Data: No data was lost, and no card was charged twice.

Card payments through Stripe work again in Europe. Declined payments can be tried again.

All services are now operating normally. If you continue to experience issues, please contact our support team.

Status Page: https://status.example.com/incidents/card-payments-declined/

Thank you for your patience.
- The Advancia Pay Ledger Team
"""
    )


@pytest.mark.parametrize(
    ("told", "subject", "lead"),
    [
        (
            CARDS_IDENTIFIED,
            "[Service Status] Issues with Stripe and Payments Identified",
            "We've identified the issues with Stripe and Payments and are working on them.",
        ),
        (
            CARDS_MONITORING,
            "[Service Status] Monitoring Issues with Stripe and Payments",
            "We're monitoring the issues with Stripe and Payments.",
        ),
    ],
)
def test_an_update_between_says_where_we_are(told, subject, lead):
    mail = write(CARDS_STORY, told)

    assert mail.kind == "incident_updated"
    assert mail.subject == subject
    assert text(mail).startswith(f"{lead}\n\n{told.body.text}\n")


def test_a_mail_promises_what_the_update_promised():
    said = {
        None: "",
        promise("09 15:15", "30 minutes"): "We'll provide updates every 30 minutes. The next one comes by 15:15 UTC.",
        promise("09 15:15", "4 hours"): "We'll provide updates every 4 hours. The next one comes by 15:15 UTC.",
        promise("09 15:15", "1 hour"): "We'll provide updates every hour. The next one comes by 15:15 UTC.",
        promise("09 15:15"): "The next update comes by 15:15 UTC.",
    }
    for made, sentence in said.items():
        mail = write(*instead(CARDS_STORY, CARDS_OPENED, promise=made))
        lines = text(mail).splitlines()
        assert (sentence in lines) if sentence else not any("update comes" in line for line in lines)
        assert "every  " not in text(mail)


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_hour_is_said_as_people_say_it(code):
    said = words(code)
    made = replace(CARDS_OPENED, promise=promise("09 15:15", said.length(60 * 60)))

    told = letter(MASTHEAD, said, CARDS_STORY, made).promise

    assert told.startswith(said.say("mail.promise.hourly"))


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ({"a": "Stripe"}, "Stripe"),
        ({"a": "Stripe", "b": "Payments"}, "Stripe and Payments"),
        ({"a": "Stripe", "b": "Payments", "c": "SMS"}, "Stripe, Payments and 1 more service"),
        ({letter: letter.upper() for letter in "abcdefghij"}, "A, B and 8 more services"),
        ({}, "Advancia Pay Ledger"),
    ],
)
def test_a_subject_names_two_services_and_counts_the_rest(names, said):
    groups = (affected(PARTIAL, **names),) if names else ()
    mail = write(*instead(CARDS_STORY, CARDS_OPENED, affected=groups))

    assert mail.subject == f"[Service Status] Investigating Issues with {said}"


def test_a_missing_fact_takes_its_line_with_it():
    story, bare = instead(CARDS_STORY, CARDS_RESOLVED, facts=())
    mail = write(story, bare)

    for label in ("Summary", "Resolution", "Prevention", "Monitoring", "Data"):
        assert f"{label}:" not in text(mail)
        assert f">{label}:<" not in html(mail)
    assert CARDS_RESOLVED.body.text in text(mail)
    assert "\n\n\n" not in text(mail)


def test_an_opening_without_an_impact_text_says_the_update_itself():
    mail = write(*instead(CARDS_STORY, CARDS_OPENED, facts=()))

    assert f"Impact: {CARDS_OPENED.body.text}\n" in text(mail)


# True at its own time


def test_all_services_are_normal_only_when_they_are():
    normal, other = "All services are now operating normally.", "Not all of our services are operating normally yet"

    assert normal in text(write(CARDS_STORY, CARDS_RESOLVED, calm=True))
    for form in (text, html):
        assert normal not in form(write(CARDS_STORY, CARDS_RESOLVED, calm=False))
        assert other in form(write(CARDS_STORY, CARDS_RESOLVED, calm=False))


def test_a_mail_does_not_change_with_what_happens_later():
    then = replace(CARDS_STORY, updates=CARDS_STORY.updates[-1:], open=True, ended=None, closed=None)

    assert write(then, CARDS_OPENED) == write(CARDS_STORY, CARDS_OPENED)


def test_a_resolution_names_what_was_affected_though_nothing_is_any_more():
    assert CARDS_RESOLVED.affected == ()
    assert "Stripe and Payments" in write(CARDS_STORY, CARDS_RESOLVED).subject


def test_of_very_many_services_a_message_names_some_and_counts_the_rest():
    names = {f"s{number}": f"Service {number}" for number in range(200)}
    many = replace(affected(PARTIAL, **names), short="Service 0, Service 1 and 198 more")
    story, told = instead(CARDS_STORY, CARDS_OPENED, affected=(many,))

    assert "Affected Services: Service 0, Service 1 and 198 more (partial outage)\n" in text(write(story, told))
    for message in messages(MASTHEAD, ENGLISH, WORDING, story, told, all_operational=False):
        assert message.channel == "webhook" or b"Service 9" not in message.body, message.channel


def test_the_duration_ends_where_the_record_says_the_impact_ended():
    early = replace(CARDS_STORY, ended=CARDS_MONITORING.at)

    assert "Duration: 1 h 18 min, from 14:20 to 15:38 UTC\n" in text(write(early, CARDS_RESOLVED))


def test_the_first_resolution_of_a_reopened_incident_keeps_its_own_duration():
    again = update(CARDS_STORY.id, "09 17:00", "investigating", "Declines rise again.", opening=True)
    over = update(CARDS_STORY.id, "09 18:00", "resolved", "It is over.")
    story = replace(CARDS_STORY, updates=(over, again, *CARDS_STORY.updates), ended=over.at, closed=over.at)

    assert "Duration: 1 h 35 min, from 14:20 to 15:55 UTC\n" in text(write(story, CARDS_RESOLVED))
    assert write(story, again).subject == "[Service Status] Issues with Stripe and Payments Are Back"


def test_what_came_back_says_since_when_until_it_is_over():
    again = update(CARDS_STORY.id, "09 17:00", "investigating", "Declines rise again.", opening=True)
    more = update(CARDS_STORY.id, "09 17:30", "identified", "We know why.")
    over = update(CARDS_STORY.id, "09 18:00", "resolved", "It is over.")
    story = replace(CARDS_STORY, updates=(over, more, again, *CARDS_STORY.updates), ended=over.at, closed=over.at)
    told = "Started: Mon 9 Nov 2026, 14:20 UTC\nBack Since: Mon 9 Nov 2026, 17:00 UTC\n"

    for each in (again, more):
        mail = write(story, each)
        assert told in text(mail)
        assert "Back Since: Mon 9 Nov 2026, 17:00 UTC" in visible(html(mail))
    for each in (over, *CARDS_STORY.updates):
        assert "Back Since" not in text(write(story, each))


def test_a_state_that_was_said_before_is_no_news():
    name = CARDS_STORY.id
    said = ["investigating", "investigating", "identified", "identified", "investigating", "monitoring", "monitoring"]
    updates = [update(name, f"09 15:0{n}", status, "x", opening=n == 0) for n, status in enumerate(said)]
    updates += [update(name, "09 16:00", "resolved", "x"), update(name, "09 17:00", "identified", "x", opening=True)]
    updates += [update(name, f"09 17:0{n}", "monitoring", "x") for n in (1, 2)]
    story = replace(CARDS_STORY, updates=tuple(reversed(updates)))
    subjects = [write(story, each).subject.removeprefix("[Service Status] ") for each in updates]

    assert subjects == [
        "Investigating Issues with Advancia Pay Ledger",
        "Still Investigating Issues with Advancia Pay Ledger",
        "Issues with Advancia Pay Ledger Identified",
        "Still Working on Issues with Advancia Pay Ledger",
        "Still Investigating Issues with Advancia Pay Ledger",
        "Monitoring Issues with Advancia Pay Ledger",
        "Still Monitoring Issues with Advancia Pay Ledger",
        "Issues with Advancia Pay Ledger Resolved",
        "Issues with Advancia Pay Ledger Are Back",
        "Monitoring Issues with Advancia Pay Ledger",
        "Still Monitoring Issues with Advancia Pay Ledger",
    ]


def test_more_words_on_what_is_resolved_do_not_resolve_it_again():
    more = update(CARDS_STORY.id, "09 18:00", "resolved", "The last confirmation has left.", closing=False)
    mail = write(replace(CARDS_STORY, updates=(more, *CARDS_STORY.updates)), more)

    assert mail.kind == "incident_updated"
    assert mail.subject == "[Service Status] Update on Issues with Stripe and Payments"


def test_an_incident_opened_when_the_cause_was_known_does_not_claim_to_look_for_it():
    mail = write(*instead(CARDS_STORY, CARDS_OPENED, status="identified", word="Identified"))

    assert mail.kind == "incident_opened"
    assert mail.subject == "[Service Status] Issues with Stripe and Payments Identified"
    assert "Current Status: Identified\n" in text(mail)


def test_every_time_is_told_in_the_pages_zone_and_in_utc():
    mail = write(CARDS_STORY, CARDS_RESOLVED, zone="Europe/Berlin")

    assert "resolved as of Mon 9 Nov 2026, 16:55 CET (15:55 UTC)." in text(mail)
    assert "Duration: 1 h 35 min, from 15:20 to 16:55 CET (14:20 to 15:55 UTC)\n" in text(mail)


def test_a_subscriber_reads_times_in_their_own_zone():
    there = Recipient(channel="email", address="a@example.com", timezone="Asia/Tokyo")
    mail = write(CARDS_STORY, CARDS_OPENED, recipients=(there,))

    assert "Started: Mon 9 Nov 2026, 23:20 JST (14:20 UTC)\n" in text(mail)
    assert "The next one comes by Tue 10 Nov 2026, 00:15 JST (Mon 9 Nov 2026, 15:15 UTC)." in text(mail)


def test_what_nobody_is_to_be_told_makes_no_message():
    withdrawn = replace(CARDS_OPENED, withdrawn=object())
    for told in (replace(CARDS_OPENED, notify=False), withdrawn):
        story = replace(CARDS_STORY, updates=(told,))
        assert messages(MASTHEAD, ENGLISH, WORDING, story, told, all_operational=True) == ()


@pytest.mark.parametrize(
    ("number", "kind", "subject"),
    [
        (2, "maintenance_scheduled", "[Service Status] Scheduled Maintenance: "),
        (1, "maintenance_started", "[Service Status] Maintenance Started: "),
        (0, "maintenance_completed", "[Service Status] Maintenance Completed: "),
    ],
)
def test_a_maintenance_is_told_from_plan_to_end(number, kind, subject):
    mail = write(MOVE_STORY, MOVE_STORY.updates[number])

    assert (mail.kind, mail.subject) == (kind, subject + MOVE_STORY.title)
    assert "When: Sun 22 Nov 2026, 02:00 to 03:30 UTC\n" in text(mail)
    assert f"Maintenance: {MOVE_STORY.title}" not in text(mail)


@pytest.mark.parametrize(
    ("status", "kind", "subject"),
    [
        ("scheduled", "maintenance_scheduled", "[Service Status] Update on Scheduled Maintenance: "),
        ("verifying", "maintenance_updated", "[Service Status] Verifying Maintenance: "),
        ("cancelled", "maintenance_cancelled", "[Service Status] Maintenance Cancelled: "),
    ],
)
def test_a_maintenance_can_take_other_turns(status, kind, subject):
    told = update(MOVE_STORY.id, "19 09:00", status, "More.")
    mail = write(replace(MOVE_STORY, updates=(told, MOVE_SCHEDULED)), told)

    assert (mail.kind, mail.subject) == (kind, subject + MOVE_STORY.title)
