"""Every kind of message, for every audience, in every form and language."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import cache
from html import unescape

import pytest

from stillup.catalogue import LANGUAGES, words
from stillup.messages.compose import CHANNELS, Slice
from stillup.messages.digest import digest
from stillup.messages.event import AUDIENCES, KINDS
from stillup.messages.events import digests
from stillup.messages.gsm import segments
from stillup.messages.internal import briefed
from stillup.messages.occasion import letter_of
from stillup.messages.reading import readable
from stillup.messages.recipient import Recipient
from stillup.messages.social import weight
from stillup.messages.template import INSIDE
from stillup.messages.tongue import speaks
from stillup.messages.wording import Wording
from stillup.pipeline.reading.telling import as_of, events_of
from stillup.records.incident import Move, Postmortem, Withdrawal
from stillup.views.briefing import Briefing
from stillup.vocabulary import Severity
from tests.messages.mails import html, visible
from tests.messages.mails import text as plain
from tests.tools import html_errors
from tests.views.sample import MAINTAINED, MAJOR, at, edition, outage, told, work

PAGE = edition(at("18:00", 25))
WORDING = Wording()
FACTS = {
    name: f"The {name}."
    for name in ("progress", "next_steps", "eta", "scope", "workaround", "data_loss", "monitoring", "impact_text")
}
STORY = outage(
    told(at("01:00"), "investigating", components={"auth": MAJOR}, next_update_in=timedelta(minutes=15), **FACTS),
    told(at("02:00"), "identified", "It is a disk.", correction="It is two disks.", edited_at=at("02:10"), **FACTS),
    told(at("03:00"), "identified", "Said by mistake.", withdrawn=Withdrawal(at=at("03:10"), reason="It is not so.")),
    told(at("06:00"), "resolved", "It works.", summary="A disk.", resolution="A new disk.", prevention="More disks."),
    told(at("07:00"), "investigating", "It is back.", components={"auth": MAJOR}),
    told(at("08:00"), "resolved", "It works again."),
    started_at=at("00:55"),
    severity=Severity.P0,
    postmortem=Postmortem(at=at("10:00", 24), body="# What happened\n\nA disk failed."),
)
WORK = work(
    told(at("09:00", 17), "scheduled", "We move a disk.", components={"auth": MAINTAINED}),
    told(at("10:00", 18), "scheduled", "Later.", scheduled=Move(start=at("02:00", 23), end=at("03:00", 23))),
    told(at("02:10", 23), "verifying", "Nearly done.", correction="Not yet.", edited_at=at("02:15", 23)),
    told(at("02:20", 23), "verifying", "x", withdrawn=Withdrawal(at=at("02:25", 23), reason="No.")),
    start=at("02:00", 22),
    end=at("03:00", 22),
)
CALLED_OFF = work(
    told(at("09:00", 17), "scheduled"), told(at("09:00", 18), "cancelled"), start=at("02:00", 22), end=at("03:00", 22)
)
KNOWN = Briefing(
    severity=Severity.P0,
    commander="Platform lead",
    line="+15550111",
    channel="#incident-2026-11-20-001",
    responders=("Database engineer", "Support lead"),
    detected_at=at("00:57"),
    detected_by="an alert",
    root_cause="A disk failed.",
    affected_users=1200,
    affected_share="12.5 %",
    complaints=37,
    media=("https://news.example.com/1",),
    costs={"USD": Decimal("12500.00")},
    legal_approved=at("09:00"),
)
SECRETS = ("Platform lead", "#incident-2026", "Database engineer", "an alert", "12.5 %", "12,500.00", "news.example")


def happenings():
    """One event of each kind, with its record."""
    found = {}
    for record in (STORY, WORK, CALLED_OFF):
        approved = KNOWN.legal_approved if record is STORY else None
        for event in events_of(PAGE, record, approved=approved):
            if not event.silent:
                found.setdefault(event.kind, (record, event))
    return found


EVENTS = happenings()


@cache
def letter(kind, language, zone="Europe/Berlin", disaster=False):
    masthead = replace(PAGE, words=words(language)).masthead
    if kind == "digest":
        record, event = EVENTS["incident_opened"]
        ((whole, parts), *_) = digests([event], PAGE.zone, PAGE.at)
        return digest(whole, [letter("incident_opened", language, zone) for _ in parts])
    record, event = EVENTS[kind]
    story = as_of(PAGE, replace(record, disaster=disaster), event, language=language, zone=zone)
    return letter_of(masthead, words(language), story, event, zone=zone)


def made(kind, audience, channel, language="en", **more):
    part = Slice(channel=channel, audience=audience, language=language)
    composed = briefed(letter(kind, language, **more), KNOWN, WORDING, part)
    return composed.to(
        Recipient(
            channel=channel,
            audience=audience,
            address="a@example.com",
            id="s1",
            unsubscribe="https://status.example.com/u/1?x=1&y=2",
            manage="https://status.example.com/m/1",
        )
    )


def readable_text(message):
    if message.channel == "email":
        return "\n".join([message.subject, plain(message), html(message)])
    text = message.body.decode()
    if message.media_type == "text/plain":
        return text
    return readable(message.channel, json.loads(text)) or text


def test_there_is_an_event_of_every_kind():
    assert {*EVENTS, "digest"} == set(KINDS)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
@pytest.mark.parametrize("kind", KINDS)
def test_every_audience_is_told_in_every_form(kind, language):
    for audience in [each for each in AUDIENCES if speaks(words(language), each)]:
        for channel in CHANNELS:
            message = made(kind, audience, channel, language)
            text = readable_text(message)
            where = f"{kind} {audience} {channel}"

            assert message.kind == kind
            assert message.audience == audience
            assert not re.search(r"None|Undefined|\{\{|\{%|\0|stillup9gap", text), where
            assert not re.search(r"^[^\n:]{2,40}:\s*$", text.partition("<!doctype")[0], re.MULTILINE) or (
                audience == "support" or kind.endswith("corrected")
            ), where
            if channel == "sms":
                assert segments(text) <= 3, where
            if channel == "social":
                assert weight(text) <= 280, where
            if audience not in INSIDE:
                assert not [secret for secret in SECRETS if secret in message.body.decode()], where


@pytest.mark.parametrize("language", sorted(LANGUAGES))
@pytest.mark.parametrize("kind", ["incident_opened", "incident_reopened", "incident_updated", "incident_resolved"])
def test_a_disaster_has_words_of_its_own(kind, language):
    usual, great = made(kind, "customers", "email", language), made(kind, "customers", "email", language, disaster=True)

    assert usual.subject != great.subject
    assert words(language).say("mail.strip") in great.subject


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "digest"])
def test_every_printed_time_has_its_zone_and_utc(kind):
    for audience in AUDIENCES:
        text = plain(made(kind, audience, "email"))
        for found in re.finditer(r"\d\d:\d\d", text):
            around = text[found.start() : found.end() + 45]
            assert re.match(r"\d\d:\d\d( to (\w{3} \d+ \w{3} \d{4}, )?\d\d:\d\d)? (CET|CEST|UTC)", around), around
        assert text.count(" CET") == text.count(" UTC)")


def test_responders_have_the_plans_initial_alert():
    text = plain(made("incident_opened", "responders", "email"))

    assert text.startswith(
        "🚨 INCIDENT ALERT\n\nSeverity: P0\nSystems Affected: Authentication (major outage)\nImpact: The impact_text.\n"
        "Incident Commander: Platform lead\nStatus: Investigating\nETA: The eta.\n"
    )


def test_responders_have_the_plans_status_update_and_resolution_notice():
    update = plain(made("incident_updated", "responders", "email"))
    end = plain(made("incident_resolved", "responders", "email"))

    assert update.startswith("📊 INCIDENT UPDATE\n\nTime: Fri 20 Nov 2026, 03:00 CET (02:00 UTC)\nStatus: Identified\n")
    assert "\nProgress: The progress.\nNext Steps: The next_steps.\nETA: The eta.\n" in update
    assert end.startswith("✅ INCIDENT RESOLVED\n\nDuration: 5 h 5 min, from ")
    assert "\nRoot Cause: A disk failed.\nResolution: A new disk.\n" in end
    assert "\nPostmortem: To be scheduled by Mon 23 Nov 2026, 07:00 CET (06:00 UTC)\n" in end


def test_executives_read_what_the_plan_names():
    text = plain(made("incident_updated", "executives", "email"))

    for line in (
        "Situation: It is a disk.",
        "Customer Impact: The impact_text.",
        "Financial Impact: 12,500.00 USD",
        "Media: https://news.example.com/1",
        "Recovery Timeline: The eta.",
        "Confidence Level: Medium: the cause is identified and a fix is being worked on.",
    ):
        assert f"\n{line}\n" in text


def test_investors_are_not_told_what_it_cost():
    assert "12,500.00" in readable_text(made("incident_extended", "board", "email"))
    assert "12,500.00" not in readable_text(made("incident_extended", "investors", "email"))


def test_enterprise_customers_have_the_commanders_line_and_others_do_not():
    for kind in ("incident_opened", "incident_updated", "incident_resolved"):
        enterprise = made(kind, "enterprise", "email")

        assert "Your Line to the Incident Commander: +15550111\n" in plain(enterprise)
        assert "+15550111" in html(enterprise)
        assert "+15550111" not in readable_text(made(kind, "customers", "email"))


def test_support_has_an_answer_for_each_stage_and_for_credit():
    first, between, last = (
        readable_text(made(f"incident_{stage}", "support", "email")) for stage in ("opened", "updated", "resolved")
    )

    assert "service outage acknowledgement" in first
    assert "progress update" in between
    assert "follow-up" in last
    assert "credit information" in last


def test_a_breach_notice_says_what_people_can_do():
    text = plain(made("breach_notice", "customers", "email"))
    bare = replace(STORY, updates=tuple(replace(update, workaround="") for update in STORY.updates))
    event = EVENTS["breach_notice"][1]
    said = letter_of(PAGE.masthead, words("en"), as_of(PAGE, bare, event), event)
    part = Slice(channel="email")
    advice = briefed(said, KNOWN, WORDING, part).to(Recipient(channel="email", address="a@example.com"))

    assert "What You Can Do: The workaround.\n" in text
    assert "What You Can Do: Change your password" in plain(advice)


def test_a_correction_says_what_was_wrong_and_what_is_right():
    text = plain(made("incident_corrected", "customers", "email"))

    assert "Correction: It is two disks.\n" in text
    assert "The update now reads:\n\nIt is a disk.\n" in text


def test_a_withdrawal_gives_its_reason_and_not_the_text():
    text = readable_text(made("incident_withdrawn", "customers", "email"))

    assert "It is not so." in text
    assert "Said by mistake" not in text


def test_a_withdrawal_says_which_word_is_taken_back_and_what_still_holds():
    """`Withdrawn: Payments fail` would be read as if they did not."""
    message = made("incident_withdrawn", "customers", "email")

    assert message.subject == "[Service Status] Update Withdrawn: Payments fail"
    assert "our update of Fri 20 Nov 2026, 04:00 CET (03:00 UTC) on “Payments fail”.\n" in plain(message)
    assert "Affected Services: Authentication (major outage)\nCurrent Status: Identified\n" in plain(message)
    assert "Update withdrawn" in made("incident_withdrawn", "customers", "sms").body.decode()


def test_what_came_back_says_how_long_it_took_in_all():
    """The plan asks for the total outage time, and support reckons a credit by it."""
    first, second = (each for each in events_of(PAGE, STORY) if each.kind == "incident_resolved")
    texts = []
    for event in (first, second):
        said = letter_of(PAGE.masthead, words("en"), as_of(PAGE, STORY, event), event)
        part = Slice(channel="email", audience="support")
        texts.append(plain(briefed(said, KNOWN, WORDING, part).to(Recipient(channel="email", address="a@b.c"))))

    assert "Duration: 5 h 5 min, from 00:55 to 06:00 UTC\n" in texts[0]
    assert "Duration: 1 h, from 07:00 to 08:00 UTC (6 h 5 min in all)\n" in texts[1]
    assert "The outage lasted 1 h, from 07:00 to 08:00 UTC (6 h 5 min in all)." in texts[1]


def test_the_correction_of_an_old_word_tells_the_state_of_today():
    record = outage(
        told(at("01:00"), "investigating", "x", components={"auth": MAJOR}, correction="y", edited_at=at("02:30")),
        told(at("02:00"), "identified", "It is a disk."),
    )
    (event,) = [each for each in events_of(PAGE, record) if each.kind == "incident_corrected"]
    said = letter_of(PAGE.masthead, words("en"), as_of(PAGE, record, event), event)
    text = plain(briefed(said, KNOWN, WORDING, Slice(channel="email")).to(Recipient(channel="email", address="a@b.c")))

    assert "We have corrected our update of Fri 20 Nov 2026, 01:00 UTC on “Payments fail”.\n" in text
    assert "Current Status: Identified\n" in text


def test_a_window_is_told_in_the_readers_zone_and_in_utc():
    text = readable_text(made("maintenance_reminder", "customers", "email"))

    assert "When: Mon 23 Nov 2026, 03:00 to 04:00 CET (02:00 to 03:00 UTC)" in text


def test_a_digest_lists_each_story_once():
    text = plain(made("digest", "customers", "email"))

    assert "Payments fail (Investigating)\n- Fri 20 Nov 2026, 02:00 CET (01:00 UTC): Text.\n" in text


def test_a_digest_says_once_whose_it_is_and_that_it_is_one():
    page = visible(html(made("digest", "customers", "email")))

    assert page.count("Service Status") == 1
    assert "Daily summary" in page


def test_whoever_sees_internal_facts_needs_a_briefing():
    from stillup.messages.compose import compose

    for audience in INSIDE:
        with pytest.raises(ValueError, match="internal"):
            compose(letter("incident_opened", "en"), WORDING, Slice(channel="email", audience=audience))


def test_html_says_what_the_text_says():
    for kind in KINDS:
        for audience in AUDIENCES:
            mail = made(kind, audience, "email")
            page = " ".join(unescape(re.sub(r"<[^>]+>", " ", html(mail))).split())
            text = plain(mail).partition("\n-- \n")[0]
            for line in text.splitlines():
                value = line.partition(": ")[2] or line
                if value and not value.startswith(("http", "- ")) and kind != "digest" and "# " not in value:
                    assert " ".join(value.split()) in page, f"{kind} {audience}: {value}"


@pytest.mark.needs("vnu")
def test_every_mail_is_sound_html(tmp_path):
    for kind in KINDS:
        for audience in AUDIENCES:
            (tmp_path / f"{kind}-{audience}.html").write_text(html(made(kind, audience, "email")), encoding="utf-8")

    assert html_errors([tmp_path], ignore=["attribute on the .* element is obsolete"]) == []
