"""Limits are kept in their own unit, whatever is written; markup and mentions are text."""

import json
import re
from dataclasses import replace
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stillup.messages.block import Block, blocks
from stillup.messages.chat import Note
from stillup.messages.compose import CHANNELS, Slice, compose
from stillup.messages.discord import discord
from stillup.messages.gsm import is_plain, plain, segments
from stillup.messages.letter import letter
from stillup.messages.limit import cut, utf8, utf16
from stillup.messages.recipient import Recipient
from stillup.messages.slack import slack
from stillup.messages.social import weight
from stillup.messages.teams import teams
from tests.messages.mails import ENGLISH, WORDING, instead, parsed
from tests.messages.sample import (
    CARDS_OPENED,
    CARDS_RESOLVED,
    CARDS_STORY,
    MASTHEAD,
    MOVE_SCHEDULED,
    MOVE_STORY,
    PARTIAL,
    affected,
    body,
    update,
)

PING = "<!channel> @everyone @here <@U123> <at>All</at> *bold* _x_ [link](https://evil.example) & <b>"
# Records refuse control characters, lone surrogates and blank texts before anything is told.
written = st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t")
texts = st.text(written, max_size=400).filter(str.strip) | st.sampled_from(["é" * 9000, "🚨" * 9000, PING])


def told(story, update, channel, **more):
    said = letter(MASTHEAD, ENGLISH, story, update)
    return compose(said, WORDING, Slice(channel=channel, **more)).to(Recipient(channel=channel, address="x"))


def hostile(channel, text=PING):
    story, update = instead(CARDS_STORY, CARDS_OPENED, affected=(affected(PARTIAL, a=text),), body=body(text), facts=())
    return told(replace(story, title=text), update, channel).body.decode()


def note(**changes):
    known = {
        "title": "Payments fail",
        "state": "major",
        "blocks": (Block(text="A paragraph."), Block(label="Impact", text="None.")),
        "link": "https://status.example.com/incidents/x/",
        "button": "Status Page",
        "context": "Advancia Pay Ledger",
        "rest": "The status page has the rest.",
        "at": "2026-11-20T10:12:00+00:00",
    }
    return Note(**known | changes)


def strings(part):
    if isinstance(part, dict):
        return [text for each in part.values() for text in strings(each)]
    if isinstance(part, list):
        return [text for each in part for text in strings(each)]
    return [part] if isinstance(part, str) else []


# Slack


def test_slack_pings_nobody():
    document = json.loads(hostile("slack"))

    for text in strings(document):
        assert "<" not in text
        assert ">" not in text
    assert "&lt;!channel&gt;" in document["text"]
    assert all(each["emoji"] is False for block in document["blocks"] for each in _plain_texts(block))


def _plain_texts(block):
    found = [block["text"]] if "text" in block else []
    return [each for each in found + block.get("fields", []) if each["type"] == "plain_text"]


@settings(max_examples=60, deadline=None)
@given(title=texts, rows=st.lists(st.builds(Block, text=texts, label=st.sampled_from(["", "Impact"])), max_size=60))
def test_slack_takes_any_text(title, rows):
    document = slack(note(title=title, blocks=tuple(rows)))

    assert len(document["blocks"]) <= 50
    assert sum(utf16(text) for text in strings(document["blocks"])) <= 13_200
    for block in document["blocks"]:
        assert utf16(block.get("text", {}).get("text", "")) <= (150 if block["type"] == "header" else 3000)
        assert len(block.get("fields", [])) <= 10
        assert all(0 < utf16(field["text"]) <= 2000 for field in block.get("fields", []))
    assert any(block["type"] == "actions" for block in document["blocks"])


def test_an_escaped_character_is_never_cut_in_two():
    for size in range(140, 160):
        head = slack(note(title="a" * size + "&" * 20))["blocks"][0]["text"]["text"]
        assert unescape(head).rstrip("…").replace("a", "").strip("&") == ""


# Teams


def test_a_teams_card_has_no_markdown_to_break_out_of():
    (attachment,) = json.loads(hostile("teams"))["attachments"]
    card = attachment["content"]

    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}
    assert "entities" not in card["msteams"]


@settings(max_examples=40, deadline=None)
@given(title=texts, rows=st.lists(st.builds(Block, text=texts, label=st.sampled_from(["", "Impact"])), max_size=60))
def test_a_teams_card_stays_below_its_size(title, rows):
    document = teams(note(title=title, blocks=tuple(rows)))

    assert utf8(json.dumps(document, ensure_ascii=False)) <= 19_000
    assert document["attachments"][0]["content"]["actions"][0]["url"].startswith("https://status.")


# Discord


def test_discord_mentions_nobody_and_shows_markup_as_text():
    document = json.loads(hostile("discord"))

    assert document["allowed_mentions"] == {"parse": []}
    for text in strings(document["embeds"]):
        assert "@everyone" not in text
        assert "<@U" not in text.replace("\\<", "")
    assert "\\*bold\\*" in document["embeds"][0]["fields"][0]["value"]
    assert "](" not in document["embeds"][0]["fields"][0]["value"].replace("\\]", "")


@settings(max_examples=60, deadline=None)
@given(title=texts, rows=st.lists(st.builds(Block, text=texts, label=st.sampled_from(["", "Impact"])), max_size=60))
def test_discord_takes_any_text(title, rows):
    document = discord(note(title=title, blocks=tuple(rows)))
    (embed,) = document["embeds"]
    fields = embed["fields"]
    whole = [embed["title"], embed["description"], embed["footer"]["text"]]
    whole += [text for field in fields for text in (field["name"], field["value"])]

    assert utf16(embed["title"]) <= 256
    assert utf16(embed["description"]) <= 4096
    assert len(fields) <= 25
    assert all(utf16(field["name"]) <= 256 and 0 < utf16(field["value"]) <= 1024 for field in fields)
    assert sum(map(utf16, whole)) <= 6000
    assert utf16(document["content"]) <= 2000


def test_an_address_still_leads_somewhere():
    shown = discord(note(blocks=(Block(text="See https://example.com/a_b_c and *this*."),)))

    assert "https://example.com/a_b_c and \\*this\\*" in shown["embeds"][0]["description"]


# Text messages


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("{" * 80, 1),
        ("{" * 81, 2),
        ("a" * 152 + "{" + "a" * 152, 3),  # the brace may not straddle two segments
        ("ж" * 70, 1),
        ("ж" * 71, 2),
        ("🚨" * 35, 1),
        ("🚨" * 36, 2),
        ("€" * 80, 1),
        ("", 1),
    ],
)
def test_segments_are_counted_as_networks_count_them(text, count):
    assert segments(text) == count


def test_typography_does_not_double_the_price():
    dear = "Payments don’t work – “Stripe” is down… Česká"

    assert not is_plain(dear)
    assert plain(dear) == 'Payments don\'t work - "Stripe" is down... Ceska'
    assert is_plain(plain("é à ñ ü ß Ø")), "what the alphabet has is kept"
    assert plain("é à ñ ü ß Ø") == "é à ñ ü ß Ø"


@settings(max_examples=60, deadline=None)
@given(said=texts)
def test_a_text_message_keeps_state_services_and_address(said):
    text = hostile("sms", f"x{said}")

    assert text.startswith("Advancia Pay Ledger: Partial outage: ")
    assert "https://status.example.com/incidents/card-payments-declined/" in text
    assert len(text) <= 1600
    assert "\n" not in text


def test_a_usual_text_message_needs_two_segments_at_most():
    for each in (CARDS_OPENED, CARDS_RESOLVED):
        text = told(CARDS_STORY, each, "sms").body.decode()

        assert segments(text) <= 2
        assert "https://status.example.com/incidents/card-payments-declined/" in text
    assert "Reply STOP to opt out." in told(CARDS_STORY, CARDS_OPENED, "sms").body.decode()


@pytest.mark.parametrize("channel", ["sms", "social"])
def test_a_window_is_a_sentence_of_its_own(channel):
    said = told(MOVE_STORY, MOVE_SCHEDULED, channel).body.decode()

    assert f"Sun 22 Nov 2026, 02:00 to 03:30 UTC. {MOVE_SCHEDULED.body.text[:20]}" in said


def test_a_text_of_which_only_a_word_fits_is_left_out():
    """`لا...`, the beginning of `لا تفتح`, would be read as `No...`."""
    rests = []
    for length in range(40):
        held = affected(PARTIAL, stripe="م" * length)
        story, opened = instead(CARDS_STORY, CARDS_OPENED, affected=(held,), body=body(f"No {'one ' * 40}"), facts=())
        said = told(story, opened, "sms").body.decode()
        rests.append(len(re.search(r"\. (.*?)https://", said)[1].strip()))

    assert 0 in rests
    assert all(rest == 0 or rest >= 20 for rest in rests)


@pytest.mark.parametrize("channel", ["sms", "social"])
def test_a_short_message_says_that_it_is_back(channel):
    again = update(CARDS_STORY.id, "09 17:00", "investigating", "Declines rise again.", opening=True)
    story = replace(CARDS_STORY, updates=(again, *CARDS_STORY.updates), ended=None, closed=None)

    story, again = instead(story, again, affected=(affected(PARTIAL, stripe="Stripe"),))

    said = told(story, again, channel).body.decode()
    assert said.startswith("Advancia Pay Ledger: Partial outage, again: Stripe. Declines rise again.")
    assert "again" not in told(story, CARDS_OPENED, channel).body.decode()


# Posts


@settings(max_examples=60, deadline=None)
@given(said=texts)
def test_a_post_fits_and_keeps_its_address(said):
    text = hostile("social", f"x{said}")

    assert weight(text) <= 280
    assert text.endswith("https://status.example.com/incidents/card-payments-declined/")
    assert "@everyone" not in text


# Webhooks


def test_a_cloud_event_has_its_attributes():
    message = told(CARDS_STORY, CARDS_OPENED, "webhook", envelope="cloudevents")
    event = json.loads(message.body)

    assert message.media_type == "application/cloudevents+json"
    assert (event["specversion"], event["id"]) == ("1.0", CARDS_OPENED.key)
    assert (event["type"], event["source"]) == ("incident.opened", "https://status.example.com/")
    assert event["data"] == json.loads(told(CARDS_STORY, CARDS_OPENED, "webhook").body)["data"]
    assert all(key.isalnum() and key.islower() for key in event)


def test_a_receiver_of_statuspage_finds_what_it_reads():
    document = json.loads(told(CARDS_STORY, CARDS_RESOLVED, "webhook", envelope="statuspage").body)

    assert set(document) == {"meta", "page", "incident"}
    assert document["incident"]["name"] == "Card payments declined"
    assert document["incident"]["status"] == "resolved"
    assert [each["status"] for each in document["incident"]["incident_updates"]] == [
        "resolved",
        "monitoring",
        "identified",
        "investigating",
    ]
    assert document["incident"]["resolved_at"] == "2026-11-09T15:55:00.000Z"


def test_updates_can_be_put_in_order():
    numbers = [
        json.loads(told(CARDS_STORY, update, "webhook").body)["data"]["sequence"] for update in CARDS_STORY.updates
    ]

    assert numbers == [4, 3, 2, 1]


# All of them


@settings(max_examples=25, deadline=None)
@given(said=texts, title=texts)
def test_no_length_and_no_text_fails_a_message(said, title):
    story, update = instead(CARDS_STORY, CARDS_OPENED, affected=(affected(PARTIAL, a=said),), body=body(said))
    for channel in CHANNELS:
        message = told(replace(story, title=title), update, channel)
        if message.media_type == "application/json":
            json.loads(message.body)
        elif channel == "email":
            assert not parsed(message).defects


def test_any_other_channel_has_the_words_of_the_mail():
    message = told(CARDS_STORY, CARDS_OPENED, "matrix")

    assert message.media_type == "text/plain"
    assert message.subject == "[Service Status] Investigating Issues with Stripe and Payments"
    assert message.body.decode().startswith("We're currently investigating")
    assert "Unsubscribe" not in message.body.decode()


@given(st.text(), st.integers(0, 50))
def test_a_cut_text_fits_and_is_a_beginning(text, most):
    for measure in (len, utf16, lambda each: len(each.encode("utf-8", "surrogatepass"))):
        kept = cut(text, most, measure)

        assert measure(kept) <= most or kept == ""
        assert kept == text or text.startswith(kept.removesuffix("…"))


def test_an_emoji_family_is_not_parted():
    family = "👨‍👩‍👧‍👦"

    assert cut(f"ab {family} and more", 8).startswith("ab")
    assert "\u200d…" not in cut(f"ab {family} and more", 8)


def test_a_text_in_parts_keeps_all_its_words():
    parts = blocks("Hello there.\n\nImpact: a\nmore of a\nTime: 10:05 UTC\n\nBye.\n\n-- \nUnsubscribe: x\n")

    assert parts == (
        Block(text="Hello there."),
        Block(label="Impact", text="a\nmore of a"),
        Block(label="Time", text="10:05 UTC"),
        Block(text="Bye."),
    )
