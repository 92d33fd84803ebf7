"""A mail that every program takes and everybody can read."""

import re
import subprocess
import sys
from dataclasses import replace
from email import message_from_bytes
from email.header import decode_header, make_header

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup, escape

from stillup.catalogue import LANGUAGES, words
from stillup.messages.compose import messages
from stillup.messages.invitation import Invitation, invitation
from stillup.messages.recipient import Recipient, Sender
from stillup.messages.wording import Said
from stillup.views.shape import Body
from tests.browser import evaluate
from tests.messages.mails import ALL, ENGLISH, WORDING, html, ids, instead, parsed, text, visible, write
from tests.messages.sample import (
    CARDS_IDENTIFIED,
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
)
from tests.tools import axe, html_errors

# A mail that programs take


def test_headers_say_who_what_and_how_to_leave():
    mail = parsed(write(CARDS_STORY, CARDS_IDENTIFIED))

    assert dict(mail.items()) == {
        "From": "Advancia Pay Ledger Status <status@status.example.com>",
        "To": "subscriber@example.com",
        "Reply-To": "support@example.com",
        "Subject": "[Service Status] Issues with Stripe and Payments Identified",
        "Content-Language": "en",
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


NAMES = {
    "en": "Advancia Pay Ledger Status",
    "es": "Estado de Advancia Pay Ledger",
    "de": "Status von Advancia Pay Ledger",
    "fr": "Advancia Pay Ledger – état des services",
    "pt": "Status de Advancia Pay Ledger",
    "ja": "Advancia Pay Ledger ステータス",
    "zh": "Advancia Pay Ledger 状态",
    "ar": "حالة Advancia Pay Ledger",
}


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("own", ["", "Ledger Desk"])
def test_a_sender_without_a_name_has_one_in_the_readers_language(code, own):
    sender = Sender(name=own, address="status@example.com")
    (told,) = messages(
        MASTHEAD,
        words(code),
        WORDING,
        CARDS_STORY,
        CARDS_OPENED,
        all_operational=False,
        sender=sender,
        recipients=(Recipient(channel="email", address="reader@example.com", language=code),),
    )
    asked = invitation(
        Invitation.CONFIRM,
        "email",
        "reader@example.com",
        "https://status.example.com/confirm/1",
        words=words(code),
        organisation=MASTHEAD.organisation,
        sender=sender,
        at=CARDS_OPENED.at,
    )

    for mail in (told, asked):
        (whom,) = parsed(mail)["From"].addresses
        assert (whom.display_name, whom.addr_spec) == (own or NAMES[code], "status@example.com")


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
    mail = write(CARDS_STORY, CARDS_OPENED, application="https://zustände.example.com/überblick/")

    assert b"List-Unsubscribe: <https://xn--zustnde-8wa.example.com/%C3%BCberblick/u/demo>" in mail.body


def test_without_an_address_of_the_page_there_is_no_link_to_nowhere():
    mail = write(CARDS_STORY, CARDS_OPENED, site_url="", application="", support_url="", support_email="")

    assert {"List-Unsubscribe", "List-Unsubscribe-Post", "Reply-To"}.isdisjoint(parsed(mail).keys())
    assert "Status Page" not in text(mail)
    assert "href" not in html(mail)


def test_the_same_update_gives_the_same_bytes_in_every_process():
    code = "from tests.messages.mails import *; import sys; sys.stdout.buffer.write(write(*ALL[0]).body)"
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
    assert page.count("<table") == page.count('role="presentation"') == 4
    assert page.count('width="600"') == 1, "for Outlook, which knows no max-width"
    assert '<div role="article" aria-roledescription="email"' in page
    assert '<span aria-hidden="true">' in page
    assert not re.search(r"<(img|script|link|form)|url\(|@import", page)
    assert len(mail.body) < 25_000


@pytest.mark.needs("vnu")
def test_html_is_sound_but_for_the_layout_that_mail_programs_need(tmp_path):
    for number, (story, told) in enumerate(ALL):
        page = html(write(story, told))
        outlook = re.sub(r"<!--\[if mso\]>(.*?)<!\[endif\]-->", r"\1", page)
        (tmp_path / f"{number}.html").write_text(page, encoding="utf-8")
        (tmp_path / f"{number}-outlook.html").write_text(outlook, encoding="utf-8")

        assert outlook.count("<table") == page.count("<table") == outlook.count("</table")
        assert "<!--" not in outlook
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


@pytest.mark.needs("chromium")
@pytest.mark.parametrize(("story", "told"), [(CARDS_STORY, CARDS_OPENED), (MOVE_STORY, MOVE_SCHEDULED)])
def test_a_mail_is_no_wider_than_a_phone_whatever_has_no_gap(story, told, tmp_path):
    word = "x" * 90
    wide = Markup(
        f"<p>{word} <a href='https://example.com/'>https://example.com/{word}</a></p>"
        f"<pre><code>curl {word}</code></pre><table><tr><th>{word}</th><td>1</td></tr></table><ul><li>{word}</li></ul>"
    )
    changed = replace(story, title=word, reference=word)
    said = instead(changed, told, body=Body(html=wide, text=word, line=word))
    (tmp_path / "mail.html").write_text(html(write(*said, organisation=word, team=word)), encoding="utf-8")

    address = (tmp_path / "mail.html").as_uri()
    assert evaluate(address, "document.documentElement.scrollWidth", width=390) == 390
    assert evaluate(address, "document.querySelector('.label').scrollWidth", width=700) >= 100, "labels stay whole"


@pytest.mark.parametrize("key", ["ok", "degraded", "partial", "major", "maint", "none"])
def test_the_band_can_be_read_in_both_schemes(key):
    page = html(write(CARDS_STORY, CARDS_OPENED))
    source = WORDING.html(Said(stem="incident_opened", subject="", text=""), _seen())
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
    return variables(said, html=True)


def contrast(back: str, front: str) -> float:
    """Return the contrast of two colours after WCAG 2."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(back), luminance(front)))
    return (high + 0.05) / (low + 0.05)
