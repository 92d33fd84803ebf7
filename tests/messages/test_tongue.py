"""A reader's own language: whole, from right to left where it runs so, and never mixed with another in silence."""

import email
import re
from dataclasses import replace
from email.policy import SMTP

import pytest

from stillup.catalogue import INSIDE, LANGUAGES, language, words
from stillup.messages.event import AUDIENCES, KINDS
from stillup.messages.tongue import NEEDED, speaks, spoken
from stillup.messages.wording import Wording
from stillup.pipeline.reading.tongue import edition_in
from tests.messages.mails import html
from tests.messages.mails import text as plain
from tests.messages.test_matrix import PAGE, made

TEMPLATES = Wording()._environment


@pytest.mark.parametrize(("code", "direction"), [("es", "ltr"), ("ar", "rtl")])
def test_a_mail_is_in_the_readers_language_and_direction(code, direction):
    message = made("incident_opened", "customers", "email", code)
    body = html(message)

    assert message.subject.startswith(f"[{words(code).say('mail.strip')}] ")
    assert f'<html lang="{code}" dir="{direction}">' in body
    assert f'lang="{code}" dir="{direction}"' in body.partition("<body")[2]
    assert words(code).say("mail.manage") in plain(message)
    side = "right" if direction == "rtl" else "left"
    assert f"text-align: {side}" in body or f"text-align:{side}" in body or f'align="{side}"' in body
    assert email.message_from_bytes(message.body, policy=SMTP)["Content-Language"] == f"{code}, en"


@pytest.mark.parametrize("kind", KINDS)
def test_every_mail_says_which_languages_it_is_in(kind):
    """RFC 3282: that of its frame first, then that of what nobody translated."""
    for code, wanted in (("es", {"es", "en"}), ("en", {"en"})):
        said = email.message_from_bytes(made(kind, "customers", "email", code).body, policy=SMTP)["Content-Language"]
        assert said.split(", ")[0] == code and set(said.split(", ")) == wanted, (kind, said)


def test_what_is_not_translated_says_so_in_a_mail():
    message = made("incident_opened", "customers", "email", "es")

    assert "Efecto: The impact_text. (inglés)" in plain(message)
    assert '<span lang="en" dir="ltr">The impact_text.</span>' in re.sub(r' style="[^"]*"', "", html(message))
    assert "(English)" not in plain(made("incident_opened", "customers", "email", "en"))


def test_an_update_without_a_translation_says_so_before_it_begins():
    again = made("incident_reopened", "customers", "email", "es")

    assert "Efecto: [En inglés]\nIt is back." in plain(again), "no empty line tears the row apart"
    assert "Efecto" in html(again)


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_message_whose_words_are_missing_is_whole_in_another_language(code, audience):
    own, english = words(code), words("en")
    whole = all(group in own.groups for group in NEEDED.get(audience, ()))

    assert speaks(own, audience) is whole
    assert spoken(audience, (own, english)) is (own if whole else english)


def test_each_audience_is_known_to_need_what_its_templates_say():
    for name in TEMPLATES.list_templates():
        audience = name.split(".")[1]
        asked = set(re.findall(r"""say\(["']([a-z]+)\.""", TEMPLATES.loader.get_source(TEMPLATES, name)[0]))
        if audience in AUDIENCES:
            assert asked & INSIDE <= set(NEEDED.get(audience, ())), name
    assert {group for groups in NEEDED.values() for group in groups} == INSIDE - {"recovery"}


def test_links_lead_to_the_tree_of_the_readers_language_where_the_page_has_one():
    two = replace(PAGE, settings=replace(PAGE.settings, languages=("en", "es-MX")))

    assert edition_in(two, "es").masthead.site_url == f"{PAGE.settings.site_url}es-MX/"
    assert edition_in(two, "ar").masthead.site_url == PAGE.settings.site_url
    assert edition_in(two, "ar").words.language == "ar"
    assert edition_in(two, "en") is two
    assert edition_in(two, "") is two


def test_every_language_has_the_words_of_customers():
    for code in LANGUAGES:
        assert {"mail", "short", "disaster", "breach"} <= {key.partition(".")[0] for key in language(code).phrases}
