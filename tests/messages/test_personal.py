"""One composed mail, many people: each gets their own links, and nobody another's."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stillup.messages.compose import Slice, addressed, compose
from stillup.messages.letter import letter
from stillup.messages.recipient import Recipient, sender_of
from stillup.messages.stencil import gap, part
from tests.messages.mails import ENGLISH, WORDING, html, parsed, text
from tests.messages.sample import CARDS_OPENED, CARDS_STORY, MASTHEAD

LETTER = letter(MASTHEAD, ENGLISH, CARDS_STORY, CARDS_OPENED)


def person(name, **changes):
    known = {
        "channel": "email",
        "address": f"{name}@example.com",
        "id": name,
        "unsubscribe": f"https://status.example.com/u/{name}?a=1&b=2",
        "manage": f"https://status.example.com/manage/{name}",
    }
    return Recipient(**known | changes)


def mail(recipient):
    return compose(LETTER, WORDING, Slice(channel="email")).to(recipient)


def test_each_has_their_own_links_and_nobody_elses():
    composed = compose(LETTER, WORDING, Slice(channel="email"))
    one, other = composed.to(person("one")), composed.to(person("other"))

    assert parsed(one)["To"] == "one@example.com"
    assert parsed(one)["List-Unsubscribe"].startswith("<https://status.example.com/u/one?a=1&b=2>, <mailto:")
    assert parsed(one)["Message-ID"] != parsed(other)["Message-ID"]
    assert "Unsubscribe: https://status.example.com/u/one?a=1&b=2\n" in text(one)
    assert 'href="https://status.example.com/u/one?a=1&amp;b=2"' in html(one)
    assert b"other" not in one.body.replace(b"=\r\n", b"").partition(b"Subject")[0]
    assert one.key == other.key


@settings(max_examples=60, deadline=None)
@given(token=st.text(st.sampled_from("abcXYZ019-_.~=&%?"), min_size=1, max_size=600))
def test_a_link_of_any_length_survives(token):
    link = f"https://status.example.com/u/{token}"
    message = mail(person("one", unsubscribe=link, manage=link))
    body = message.body.partition(b"\r\n\r\n")[2]

    assert f"Unsubscribe: {link}\n" in text(message)
    assert parsed(message)["List-Unsubscribe"].startswith(f"<{link}>")
    assert link in re.findall(r'href="([^"]*)"', html(message).replace("&amp;", "&"))
    assert max(map(len, body.split(b"\r\n"))) <= 76
    assert max(map(len, message.body.split(b"\r\n"))) <= 998


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"), max_size=300), st.text(max_size=9))
def test_text_around_a_gap_comes_back_as_it_was(before, name):
    import quopri

    written = b"".join(
        piece if isinstance(piece, bytes) else piece[1]("https://example.com/x=1")
        for piece in part(f"{before}{gap('manage')} after", html=False)
    )

    assert quopri.decodestring(written).replace(b"\r\n", b"\n").decode() == f"{before}https://example.com/x=1 after"
    assert all(len(line) <= 76 for line in written.split(b"\r\n"))


def test_without_links_there_are_no_empty_lines_for_them():
    message = mail(person("one", unsubscribe="", manage=""))

    assert "Unsubscribe" not in text(message)
    assert parsed(message)["List-Unsubscribe"] == "<mailto:support@example.com?subject=unsubscribe>"
    assert parsed(message)["List-Unsubscribe-Post"] is None


@pytest.mark.parametrize("field", ["address", "id", "unsubscribe"])
def test_nothing_personal_begins_a_header(field):
    with pytest.raises(ValueError, match="header"):
        mail(person("one", **{field: "https://x/\r\nBcc: victim@example.com"}))


def test_what_is_the_same_is_made_once():
    asked = []

    def composed(part):
        asked.append(part)
        return compose(LETTER, WORDING, part, sender=sender_of(MASTHEAD))

    people = [person("a"), person("b"), person("c", language="es"), Recipient(channel="webhook", address="https://x")]
    made = list(addressed([*people, *people], composed))

    assert [message.to for message in made] == [each.address for each in people] * 2
    assert len(asked) == 3
    assert made[:4] == made[4:]
