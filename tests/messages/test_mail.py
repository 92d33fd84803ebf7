"""What a customer receives: the plan's words, the facts of that moment, and a mail that every program takes."""

import re
import subprocess
import sys
from dataclasses import replace
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup, escape

from stillup.catalogue import words
from stillup.messages.compose import messages
from stillup.messages.message import Message
from stillup.messages.recipient import Recipient, Sender
from stillup.messages.wording import Wording
from stillup.views.incident import IncidentView, UpdateView
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
    SIGN_IN_STORY,
    affected,
    body,
    promise,
    update,
)
from tests.tools import axe, html_errors

ENGLISH = words("en")
WORDING = Wording()
ALL = [(story, each) for story in (SIGN_IN_STORY, CARDS_STORY, MOVE_STORY) for each in story.updates]
ids = [each.key for _, each in ALL]


def write(story: IncidentView, told: UpdateView, *, calm: bool = True, **changes: object) -> Message:
    """Return the mail about `told`; `changes` are the masthead's, or `recipients` and `sender`."""
    to = {name: changes.pop(name) for name in ("recipients", "sender") if name in changes}
    made = messages(replace(MASTHEAD, **changes), ENGLISH, WORDING, story, told, all_operational=calm, **to)
    return made[0]


def instead(story: IncidentView, old: UpdateView, **changes: object) -> tuple[IncidentView, UpdateView]:
    """Return the story with another update in the place of `old`, and that update."""
    new = replace(old, **changes)
    return replace(story, updates=tuple(new if each is old else each for each in story.updates)), new


def parsed(message: Message) -> EmailMessage:
    return message_from_bytes(message.body, policy=default)


def text(message: Message) -> str:
    return parsed(message).get_body(("plain",)).get_content().replace("\r\n", "\n")


def html(message: Message) -> str:
    return parsed(message).get_body(("html",)).get_content().replace("\r\n", "\n")


def visible(page: str) -> str:
    """Return the words of an HTML mail, without its styles and its preheader."""
    shown = re.sub(r"<style>.*?</style>|<title>.*?</title>|<div class=\"pre\".*?</div>", "", page, flags=re.DOTALL)
    shown = re.sub(r'<a [^>]*href="([^"]*)"[^>]*>', r"\1 ", shown)
    return " ".join(Markup(shown.replace("</td>", " </td>")).striptags().split())


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
        promise("09 15:15"): "The next update comes by 15:15 UTC.",
    }
    for made, sentence in said.items():
        mail = write(*instead(CARDS_STORY, CARDS_OPENED, promise=made))
        lines = text(mail).splitlines()
        assert (sentence in lines) if sentence else not any("update comes" in line for line in lines)
        assert "every  " not in text(mail)


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


def test_the_duration_ends_where_the_record_says_the_impact_ended():
    early = replace(CARDS_STORY, ended=CARDS_MONITORING.at)

    assert "Duration: 1 h 18 min, from 14:20 to 15:38 UTC\n" in text(write(early, CARDS_RESOLVED))


def test_the_first_resolution_of_a_reopened_incident_keeps_its_own_duration():
    again = update(CARDS_STORY.id, "09 17:00", "investigating", "Declines rise again.", opening=True)
    over = update(CARDS_STORY.id, "09 18:00", "resolved", "It is over.")
    story = replace(CARDS_STORY, updates=(over, again, *CARDS_STORY.updates), ended=over.at, closed=over.at)

    assert "Duration: 1 h 35 min, from 14:20 to 15:55 UTC\n" in text(write(story, CARDS_RESOLVED))
    assert write(story, again).subject == "[Service Status] Issues with Stripe and Payments Are Back"


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


def test_every_time_is_told_in_the_pages_zone():
    mail = write(CARDS_STORY, CARDS_RESOLVED, zone="Europe/Berlin")

    assert "resolved as of Mon 9 Nov 2026, 16:55 CET." in text(mail)
    assert "Duration: 1 h 35 min, from 15:20 to 16:55 CET\n" in text(mail)


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


# A mail that programs take


def test_headers_say_who_what_and_how_to_leave():
    mail = parsed(write(CARDS_STORY, CARDS_IDENTIFIED))

    assert dict(mail.items()) == {
        "From": "Advancia Pay Ledger Status <status@status.example.com>",
        "To": "subscriber@example.com",
        "Reply-To": "support@example.com",
        "Subject": "[Service Status] Issues with Stripe and Payments Identified",
        "Date": "Mon, 09 Nov 2026 15:12:00 +0000",
        "Message-ID": "<20261109t151200z.card-payments-declined.customers@status.example.com>",
        "In-Reply-To": "<card-payments-declined@status.example.com>",
        "References": "<card-payments-declined@status.example.com>",
        "List-Id": "Advancia Pay Ledger Status <customers.status.example.com>",
        "List-Unsubscribe": "<https://status.example.com/u/demo>, <mailto:support@example.com?subject=unsubscribe>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "MIME-Version": "1.0",
        "Content-Type": mail["Content-Type"],
    }


def test_text_comes_before_html_and_nothing_else_is_in_it():
    parts = list(parsed(write(CARDS_STORY, CARDS_OPENED)).iter_parts())

    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert {part["Content-Transfer-Encoding"] for part in parts} == {"quoted-printable"}
    assert {part.get_content_charset() for part in parts} == {"utf-8"}
    assert all(set(part.keys()) == {"Content-Type", "Content-Transfer-Encoding"} for part in parts)


def test_one_incident_is_one_thread_of_different_mails():
    mails = [parsed(write(CARDS_STORY, each)) for each in CARDS_STORY.updates]

    assert len({mail["References"] for mail in mails}) == 1
    assert len({mail["Message-ID"] for mail in mails}) == len(mails)


def test_two_people_get_different_message_ids():
    people = tuple(Recipient(channel="email", address=f"{id}@example.com", id=id) for id in ("a1", "b2"))
    made = messages(MASTHEAD, ENGLISH, WORDING, CARDS_STORY, CARDS_OPENED, all_operational=True, recipients=people)

    assert [parsed(mail)["Message-ID"] for mail in made] == [
        "<20261109t144500z.card-payments-declined.customers.a1@status.example.com>",
        "<20261109t144500z.card-payments-declined.customers.b2@status.example.com>",
    ]


@pytest.mark.parametrize("length", [10, 60, 78, 200, 700])
def test_a_long_unsubscribe_address_stays_an_address(length):
    url = f"https://status.example.com/u/{'x' * length}"
    to = Recipient(channel="email", address="a@example.com", unsubscribe=url)
    mail = write(CARDS_STORY, CARDS_OPENED, recipients=(to,))

    assert f"List-Unsubscribe: <{url}>".encode() in mail.body
    assert parsed(mail)["List-Unsubscribe"].startswith(f"<{url}>, <mailto:")


def test_no_line_is_longer_than_mail_allows_and_no_encoded_word_either():
    name = "Ärztliche Verrechnungsstelle für Zahlungen & Gutschriften, eingetragene Genossenschaft Österreichs"
    sender = Sender(name=name, address="status@example.com")
    long = "Zahlungsaufträge über Österreich und die Schweiz " * 6
    mail = write(*instead(CARDS_STORY, CARDS_OPENED, affected=(affected(PARTIAL, a=long),)), sender=sender)

    assert max(map(len, mail.body.split(b"\r\n"))) <= 998
    assert max(map(len, re.findall(rb"=\?utf-8\?.*?\?=", mail.body))) <= 75
    raw = message_from_bytes(mail.body)  # today's parser puts a space between two encoded words of one name
    assert str(make_header(decode_header(raw["From"]))) == f"{name} <status@example.com>"
    assert parsed(mail)["Subject"] == mail.subject
    assert mail.body.isascii()


def test_an_international_address_is_written_in_ascii():
    mail = write(CARDS_STORY, CARDS_OPENED, site_url="https://zustände.example.com/überblick/")

    assert b"List-Unsubscribe: <https://xn--zustnde-8wa.example.com/%C3%BCberblick/u/demo>" in mail.body


def test_without_an_address_of_the_page_there_is_no_link_to_nowhere():
    mail = write(CARDS_STORY, CARDS_OPENED, site_url="", support_url="", support_email="")

    assert {"List-Unsubscribe", "List-Unsubscribe-Post", "Reply-To"}.isdisjoint(parsed(mail).keys())
    assert "Status Page" not in text(mail)
    assert "href" not in html(mail)


def test_the_same_update_gives_the_same_bytes_in_every_process():
    code = "from tests.messages.test_mail import *; import sys; sys.stdout.buffer.write(write(*ALL[0]).body)"
    there = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout

    assert write(*ALL[0]).body == write(*ALL[0]).body == there


# The HTML part


@pytest.mark.parametrize(("story", "told"), ALL, ids=ids)
def test_both_parts_tell_the_same(story, told):
    mail = write(story, told)
    seen = visible(html(mail))

    lines = [line for line in text(mail).splitlines() if line not in ("", "-- ")]
    for line in lines:
        label, _, value = line.partition(": ")
        if value.startswith("https://"):
            assert value in seen
            assert label in seen
        else:
            assert line in seen
    assert len(lines) > 8


@pytest.mark.parametrize(("story", "told"), ALL, ids=ids)
def test_html_can_be_read_by_everybody(story, told):
    mail = write(story, told)
    page = html(mail)

    assert '<html lang="en" dir="ltr">' in page
    assert f"<title>{escape(mail.subject)}</title>" in page
    assert page.count("<h1") == 1
    assert page.count("<table") == page.count('role="presentation"') == 3
    assert '<div role="article" aria-roledescription="email"' in page
    assert '<span aria-hidden="true">' in page
    assert not re.search(r"<(img|script|link|form)|url\(|@import", page)
    assert len(mail.body) < 25_000


@pytest.mark.needs("vnu")
def test_html_is_sound_but_for_the_layout_that_mail_programs_need(tmp_path):
    for number, (story, told) in enumerate(ALL):
        (tmp_path / f"{number}.html").write_text(html(write(story, told)), encoding="utf-8")

    assert html_errors([tmp_path], ignore=["attribute on the .* element is obsolete"]) == []


@pytest.mark.needs("chromium", "axe")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_read_it(tmp_path, scheme):
    for story, told in ((SIGN_IN_STORY, SIGN_IN_STORY.updates[0]), (CARDS_STORY, CARDS_RESOLVED)):
        (tmp_path / "mail.html").write_text(html(write(story, told)), encoding="utf-8")
        found = axe((tmp_path / "mail.html").as_uri(), scheme=scheme, width=390)

        # Landmarks are for pages; a mail stands inside one.
        assert [each for each in found if not each.startswith(("region ", "landmark-one-main "))] == []


def test_dark_mode_and_phones_keep_their_sheet_and_the_rest_stands_at_its_element():
    page = html(write(CARDS_STORY, CARDS_OPENED))

    assert page.count("<style>") == 1
    assert "@media (prefers-color-scheme:dark){.bg{" in page
    assert "@media (max-width:480px){" in page
    assert "[data-ogsc] .t{" in page
    assert '<meta name="color-scheme" content="light dark">' in page
    assert re.search(r'<td class="band b-partial" style="[^"]*background: #f7e5d9', page)


@pytest.mark.parametrize("key", ["ok", "degraded", "partial", "major", "maint", "none"])
def test_the_band_can_be_read_in_both_schemes(key):
    page = html(write(CARDS_STORY, CARDS_OPENED))
    source = WORDING.html("incident_opened", _seen())
    light = re.search(rf"\.b-{key}{{background:(#\w+);color:(#\w+)}}", source)
    dark = re.search(rf"\.b-{key}{{background:(#\w+)!important;color:(#\w+)!important}}", page)

    assert contrast(*light.groups()) >= 4.5
    assert contrast(*dark.groups()) >= 4.5


def test_a_list_of_mails_shows_the_first_sentence_and_the_next_time():
    page = html(write(CARDS_STORY, CARDS_OPENED))
    shown = re.search(r'<div class="pre"[^>]*>(.*?)</div>', page, re.DOTALL)[1]

    assert shown.startswith(f"{CARDS_OPENED.body.line} The next update comes by 15:15 UTC.")


def test_right_to_left_is_mirrored():
    spanish = replace(ENGLISH._of, direction="rtl")
    mail = messages(MASTHEAD, type(ENGLISH)(spanish), WORDING, CARDS_STORY, CARDS_OPENED, all_operational=True)[0]

    assert 'dir="rtl"' in html(mail)
    assert "text-align: right" in html(mail)


# What people write must not become what they did not mean


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x85", "\u2028"])
def test_a_line_break_in_a_title_begins_no_header(end):
    hostile = f"Payments{end}Bcc: victim@example.com"
    mail = write(replace(MOVE_STORY, title=hostile), MOVE_SCHEDULED)

    assert "Bcc" not in parsed(mail)
    assert "\n" not in mail.subject
    assert parsed(mail)["Subject"].endswith("Payments Bcc: victim@example.com")


def test_a_name_that_looks_like_html_is_text():
    hostile = '<script>alert("x")</script>&amp;'
    story, told = instead(CARDS_STORY, CARDS_OPENED, affected=(affected(PARTIAL, a=hostile),))
    mail = write(replace(story, title=hostile, reference=hostile), told, organisation=hostile, team=hostile)

    assert "<script>" not in html(mail)
    assert hostile in text(mail)
    assert visible(html(mail)).count("alert") == text(mail).count("alert") + 1  # the page's head has the name too


anything = st.text(st.characters(), max_size=60)


@settings(deadline=None)
@given(title=anything, name=anything, said=anything)
def test_no_text_breaks_a_mail(title, name, said):
    story, told = instead(CARDS_STORY, CARDS_OPENED, affected=(affected(PARTIAL, a=f"x{name}"),), body=body(said))
    mail = write(replace(story, title=title), told, organisation=f"x{name}")
    read = parsed(mail)

    assert not read.defects
    assert [part.get_content_type() for part in read.iter_parts()] == ["text/plain", "text/html"]
    assert read["To"] == "subscriber@example.com"
    assert html(mail).rstrip().endswith("</html>")


def _seen() -> dict[str, object]:
    from stillup.messages.letter import letter
    from stillup.messages.wording import variables

    said = letter(MASTHEAD, ENGLISH, CARDS_STORY, CARDS_OPENED)
    return variables(said, Recipient(channel="email", address="a@example.com"), html=True)


def contrast(back: str, front: str) -> float:
    """Return the contrast of two colours after WCAG 2."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(back), luminance(front)))
    return (high + 0.05) / (low + 0.05)
