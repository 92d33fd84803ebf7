"""What people can do with their own subscriptions, and how they are written to."""

import json
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from itertools import count

import pytest

from stillup.catalogue import words
from stillup.messages.invitation import Invitation, invitation
from stillup.messages.recipient import Sender
from stillup.subscribers.desk import KEPT, MOST, OPEN, Desk
from stillup.subscribers.sqlite_store import SqliteStore
from stillup.subscribers.store import Reason, Suppression
from stillup.subscribers.throttle import Throttle
from stillup.subscribers.token import Keys, Links
from stillup.subscribers.wish import wish
from tests.subscribers.conftest import SALT
from tests.subscribers.sample import AT, somebody

KNOWN = {"channels": ("email", "sms", "webhook"), "components": ("ledger", "group:core"), "languages": ("en", "es")}
SECRET = "whsec_" + "A" * 44
LATER = AT + timedelta(minutes=11)


@pytest.fixture
def store(tmp_path):
    opened = SqliteStore(tmp_path / "s.sqlite", "s", SALT)
    yield opened
    opened.close()


@pytest.fixture
def desk(store):
    numbers = count()
    links = Links("https://subscribe.example.com/", Keys(b"k" * 32))
    return Desk(store, links, lambda: f"{next(numbers):012}", lambda: SECRET)


def asks(address="ada@example.com", **fields):
    form = {name: value if isinstance(value, list) else [value] for name, value in fields.items()}
    return wish({"address": [address], **form}, **KNOWN)


def token(link):
    return link.rpartition("/")[2]


def test_a_wish_is_kept_until_it_is_confirmed_and_then_for_good(desk, store):
    asked = desk.subscribe(asks(components=["ledger"]), AT)
    assert asked.letter.kind is Invitation.CONFIRM

    assert desk.confirm(asked.token, AT + OPEN).confirmed_at == AT + OPEN
    assert desk.confirm(asked.token, AT + OPEN).confirmed_at == AT + OPEN  # pressed twice
    assert desk.tidy(AT + 2 * KEPT) == 0
    assert len(list(store.everybody())) == 1


def test_who_does_not_confirm_is_deleted_after_a_week_and_others_stay(desk, store):
    desk.subscribe(asks(), AT)
    store.save([somebody("written-by-hand", "bob@example.com", confirmed=False)])

    assert desk.tidy(AT + KEPT - timedelta(hours=1)) == 0
    assert desk.tidy(AT + KEPT + timedelta(hours=1)) == 1
    assert [each.id for each in store.everybody()] == ["written-by-hand"]


def test_who_asks_once_more_late_has_as_long_to_confirm_as_anybody(desk, store):
    first = desk.subscribe(asks(), AT)
    again = desk.subscribe(asks(), AT + KEPT - timedelta(hours=1))
    last = desk.subscribe(asks(), AT + KEPT - timedelta(minutes=30))

    assert (again.letter.kind, first.letter.subscription.id == again.letter.subscription.id) == (
        Invitation.CONFIRM,
        False,
    )
    assert last.letter.subscription.id == again.letter.subscription.id
    assert desk.tidy(AT + KEPT + timedelta(hours=1)) == 1
    assert desk.confirm(again.token, AT + KEPT + timedelta(hours=40)).confirmed_at
    assert len(list(store.everybody())) == 1


def test_a_link_to_confirm_ends(desk):
    asked = desk.subscribe(asks(), AT)

    assert desk.confirm(asked.token, AT + OPEN + timedelta(seconds=1)) is None


def test_who_asks_for_what_they_have_gets_the_way_to_change_it(desk, store):
    desk.confirm(desk.subscribe(asks(), AT).token, AT)
    again = desk.subscribe(asks("ADA@example.com"), LATER)

    assert again.letter.kind is Invitation.KNOWN
    own, others = desk.manage(token(again.letter.link), LATER)
    assert (own.address, others) == ("ada@example.com", ())
    assert desk.confirm(again.token, LATER) is None  # it stands for nothing
    assert len(list(store.everybody())) == 1


def test_several_wishes_of_one_person_can_each_be_changed(desk):
    first = desk.confirm(desk.subscribe(asks(components=["ledger"]), AT).token, AT)
    second = desk.confirm(desk.subscribe(asks(components=["group:core"]), LATER).token, LATER)
    letter = desk.link(asks(), LATER + timedelta(minutes=11))

    own, others = desk.manage(token(letter.link), LATER)
    assert {own.id, *(each.id for each, _ in others)} == {first.id, second.id}
    assert desk.manage(token(others[0][1]), LATER)[0].id == others[0][0].id


def test_one_click_ends_one_list_of_an_address_and_no_other(desk, store):
    links = Links("https://subscribe.example.com/", Keys(b"k" * 32))
    store.save([somebody("a"), somebody("b", reach={"components": "ledger"})])
    store.save([somebody("c", audience="board"), somebody("d", "d@example.com")])

    assert desk.leave(token(links.unsubscribe("a")), AT)
    assert [each.id for each in store.everybody()] == ["c", "d"]


def test_confirming_once_more_ends_a_suppression(desk, store):
    store.suppress("email", "ada@example.com", Suppression(Reason.COMPLAINT, AT))
    desk.confirm(desk.subscribe(asks(), AT).token, AT)

    assert store.suppression("email", "ada@example.com") is None


def test_an_address_cannot_fill_the_store(desk, store):
    for number in range(MOST + 5):
        desk.subscribe(asks(incident=f"incident-{number}"), AT + number * timedelta(minutes=11))

    assert len(list(store.everybody())) == MOST


def test_a_throttle_counts_within_a_span_and_keeps_a_gap():
    throttle = Throttle(2, timedelta(hours=1), timedelta(minutes=10))
    minutes = {
        minute: throttle.allows("ada", AT + timedelta(minutes=minute)) for minute in (0, 5, 10, 30, 59, 60, 65, 71)
    }

    assert minutes == {0: True, 5: False, 10: True, 30: False, 59: False, 60: True, 65: False, 71: True}
    assert throttle.allows("bob", AT)


LINK = "https://subscribe.example.com/confirm/c.k3v9.1.x"


def invite(channel, to, kind=Invitation.CONFIRM, language="en", **more):
    return invitation(
        kind,
        channel,
        to,
        LINK,
        words=words(language),
        organisation="Advancia <!channel> & Söhne",
        sender=Sender(name="Advancia Status", address="status@example.com"),
        at=AT,
        **more,
    )


@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_the_mail_brings_the_link_in_text_and_html(language):
    made = invite("email", "ada@example.com", language=language)
    mail = message_from_bytes(made.body, policy=default)

    assert mail["To"] == "ada@example.com"
    assert mail["Subject"] == made.subject
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == language
    assert LINK in mail.get_body(("plain",)).get_content().splitlines()
    page = mail.get_body(("html",)).get_content()
    assert f'href="{LINK}"' in page and f'<html lang="{language}" dir="{words(language).direction}">' in page
    assert invite("email", "ada@example.com", language=language) == made


def test_no_chat_pings_everybody():
    slack = json.loads(invite("slack", "https://hooks.example.com/").body)
    discord = json.loads(invite("discord", "https://hooks.example.com/").body)
    teams = json.loads(invite("teams", "https://hooks.example.com/").body)

    assert "<!channel>" not in slack["text"]
    assert LINK in slack["text"]
    assert discord["allowed_mentions"] == {"parse": []}
    assert LINK in discord["content"]
    assert teams["attachments"][0]["content"]["actions"][0]["url"] == LINK


def test_a_webhook_is_challenged_with_its_own_secret():
    made = invite("webhook", "https://hooks.example.com/", secret=SECRET)
    document = json.loads(made.body)

    assert (document["type"], document["timestamp"]) == ("subscription.confirm", "2026-11-20T10:12:00Z")
    assert document["data"]["url"] == LINK
    assert made.secret == SECRET
    assert SECRET.encode() not in made.body


def test_a_telephone_gets_a_code_or_a_link():
    assert invite("sms", "+15551234567", code="012345").body.startswith(b"012345 ")
    assert LINK in invite("sms", "+15551234567", Invitation.LINK).body.decode()
