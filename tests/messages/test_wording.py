"""An organisation's own words, and what is said when they cannot be used."""

import re
from dataclasses import replace

import pytest

from stillup.catalogue import words
from stillup.errors import RecordError
from stillup.messages.compose import messages
from stillup.messages.events import kind_of
from stillup.messages.letter import letter
from stillup.messages.template import VARIABLES
from stillup.messages.wording import Wording, variables
from stillup.vocabulary import TEXTS
from tests.messages.sample import CARDS_OPENED, CARDS_RESOLVED, CARDS_STORY, MASTHEAD, MOVE_STORY, SIGN_IN_STORY, update

ENGLISH = words("en")
KINDS = (
    "incident_opened",
    "incident_updated",
    "incident_resolved",
    "maintenance_scheduled",
    "maintenance_updated",
    "maintenance_started",
    "maintenance_completed",
    "maintenance_cancelled",
)


def seen(story=CARDS_STORY, told=CARDS_OPENED, *, html=False):
    said = letter(MASTHEAD, ENGLISH, story, told)
    return variables(said, html=html)


def mail(folder, told=CARDS_OPENED):
    return messages(MASTHEAD, ENGLISH, Wording(folder), CARDS_STORY, told, all_operational=True)[0]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "messages").mkdir()
    return tmp_path / "messages"


def test_a_file_of_the_same_name_replaces_one_message_only(folder):
    (folder / "incident_opened.email.txt.j2").write_text(
        "Subject: Trouble with {{ services }}\n\nHello,\nImpact: {{ impact_text }}\nExpected: {{ eta }}\n\nBye\n"
    )

    assert mail(folder).subject == "Trouble with Stripe and Payments"
    assert b"Hello,\r\nImpact: About 40 %" in mail(folder).body
    assert b"Expected" not in mail(folder).body
    assert mail(folder, CARDS_RESOLVED) == mail(None, CARDS_RESOLVED)


def test_own_wording_can_change_one_part_of_ours(folder):
    (folder / "incident_opened.email.html.j2").write_text(
        '{% extends "stillup/incident_opened.email.html.j2" %}\n{% block lead %}Own words{% endblock %}\n'
    )

    assert b">Own words</h1>" in mail(folder).body
    assert Wording(folder).problems() == ()


def test_an_unknown_name_is_told_with_its_line_and_what_there_is(folder):
    (folder / "incident_opened.email.txt.j2").write_text("Subject: x\n\n{{ impact }}\n{% set y = 1 %}{{ y }}\n")

    (problem,) = Wording(folder).problems()
    with pytest.raises(RecordError) as refused:
        mail(folder)

    assert (problem.file, problem.line, problem.code) == (
        "messages/incident_opened.email.txt.j2",
        3,
        "unknown-variable",
    )
    assert "impact_text" in problem.fix
    assert refused.value.problems[0].line == 3
    assert refused.value.problems[0].file == problem.file


def test_a_broken_template_is_told_with_its_line(folder):
    (folder / "incident_opened.email.txt.j2").write_text("Subject: x\n\n{% if %}\n")

    (problem,) = Wording(folder).problems()
    with pytest.raises(RecordError) as refused:
        mail(folder)

    assert (problem.line, problem.code) == (3, "template")
    assert refused.value.problems[0].line == 3


def test_a_text_without_a_subject_is_refused(folder):
    (folder / "incident_opened.email.txt.j2").write_text("Hello\n")

    with pytest.raises(RecordError, match=r"messages/incident_opened\.email\.txt\.j2:1:1: .*Subject"):
        mail(folder)


def test_a_template_cannot_reach_beyond_what_it_is_given(folder):
    (folder / "incident_opened.email.txt.j2").write_text("Subject: {{ say.__globals__ }}\n")

    with pytest.raises(RecordError):
        mail(folder)


def test_our_own_templates_have_no_unknown_names():
    import stillup.messages.wording as room

    ours = Wording(room.Path(room.__file__).parent / "templates")
    assert [problem for problem in ours.problems() if "outbox" not in problem.file] == []


@pytest.mark.parametrize("html", [False, True])
def test_a_template_sees_exactly_the_documented_names(html):
    assert set(seen(html=html)) == VARIABLES


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("full", [False, True])
def test_every_kind_can_be_written_with_all_facts_and_with_none(kind, full):
    story = MOVE_STORY if kind.startswith("maintenance") else SIGN_IN_STORY
    status = {
        "incident_opened": "investigating",
        "incident_updated": "monitoring",
        "incident_resolved": "resolved",
        "maintenance_scheduled": "scheduled",
        "maintenance_updated": "verifying",
        "maintenance_started": "in_progress",
        "maintenance_completed": "completed",
        "maintenance_cancelled": "cancelled",
    }[kind]
    facts = {fact: f"The {fact}." for fact in TEXTS} if full else {}
    opening = kind in {"incident_opened", "maintenance_scheduled"}
    told = update(story.id, "20 11:00", status, "The update.", opening=opening, **facts)
    story = replace(story, updates=(told,), reference="INC-1" if full else "")
    masthead = MASTHEAD if full else replace(MASTHEAD, site_url="", support_url="", support_email="")

    assert kind_of(story, told) == kind
    for message in messages(masthead, ENGLISH, Wording(), story, told, all_operational=full):
        assert message.kind == kind
        assert b"\0" not in message.body
        assert not re.search(rb"None|Undefined|\{\{|: *\r\n[A-Z]", message.body.partition(b"text/html")[0])


def test_every_stage_has_its_words():
    stages = [
        f"{still}{status}" for still in ("", "still_") for status in ("investigating", "identified", "monitoring")
    ]
    stages += ["reopened", "after", "resolved"]
    stages += ["scheduled", "rescheduled", "in_progress", "verifying", "completed", "cancelled"]

    for stage in stages:
        assert ENGLISH.has(f"mail.subject.{stage}")
        assert ENGLISH.has(f"mail.lead.{stage}")


def test_a_file_that_no_message_asks_for_is_told(folder):
    (folder / "incident_open.email.txt.j2").write_text("Subject: x\n")
    (folder / "header.j2").write_text("x\n")
    (folder / "part.j2").write_text("x\n")
    (folder / "incident_opened.board.sms.txt.j2").write_text('{% include "part.j2" %}\n')

    found = Wording(folder).problems()

    assert [(each.file, each.code) for each in found] == [
        ("messages/header.j2", "unknown-template"),
        ("messages/incident_open.email.txt.j2", "unknown-template"),
    ]
    assert "incident_opened" in found[0].fix


def test_a_phrase_that_does_not_exist_is_told_with_its_line(folder):
    (folder / "incident_opened.email.txt.j2").write_text('Subject: x\n\n{{ say("mail.pgae") }}\n')

    (problem,) = Wording(folder).problems()

    assert (problem.line, problem.code) == (3, "unknown-words")


def test_only_templates_for_insiders_know_internal_names(folder):
    (folder / "incident_opened.email.txt.j2").write_text("Subject: x\n\n{{ commander }}\n")
    (folder / "incident_opened.executives.email.txt.j2").write_text("Subject: x\n\n{{ commander }}\n")
    (folder / "incident_opened.partners.email.txt.j2").write_text("Subject: x\n\n{{ commander }}\n")

    assert [each.file for each in Wording(folder).problems()] == [
        "messages/incident_opened.email.txt.j2",
        "messages/incident_opened.partners.email.txt.j2",
    ]


def test_own_text_alone_is_said_in_every_form(folder):
    (folder / "incident_opened.email.txt.j2").write_text(
        "Subject: Trouble\n\nHello.\n\nWho knows: {{ team }}\n\nSee https://status.example.com/ for more.\n"
    )
    made = {message.channel: message for message in told_everywhere(folder)}
    page = made["email"].body.replace(b"=\r\n", b"").partition(b"text/html")[2]

    assert b">Hello.</h1>" in page
    assert b"Who knows:</td>" in page
    assert b'href=3D"https://status.example.com/"' in page
    for channel in ("slack", "teams", "discord"):
        assert b"Who knows" in made[channel].body
        assert b"Trouble" in made[channel].body


def test_one_chat_program_can_have_words_of_its_own(folder):
    (folder / "incident_opened.slack.txt.j2").write_text("Subject: Slack only\n\nHello.\n")
    (folder / "incident_opened.chat.txt.j2").write_text("Subject: All chats\n\nHello.\n")
    (folder / "incident_opened.sms.txt.j2").write_text("Own head\nOwn text\n")
    made = {message.channel: message.body.decode() for message in told_everywhere(folder)}

    assert "Slack only" in made["slack"]
    assert "All chats" in made["teams"]
    assert made["sms"].startswith("Own head Own text https://")


def told_everywhere(folder):
    return messages(MASTHEAD, ENGLISH, Wording(folder), CARDS_STORY, CARDS_OPENED, all_operational=True)
