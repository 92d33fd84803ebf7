"""Mail through Resend, text messages through Twilio, and files: what is asked, and what each answer means."""

import json
from base64 import b64decode
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from urllib.parse import parse_qs

import httpx
import pytest

from stillup.catalogue import words
from stillup.delivery.channels.apprise import Apprise
from stillup.delivery.channels.outbox import Outbox
from stillup.delivery.channels.resend import Resend
from stillup.delivery.channels.twilio import Twilio
from stillup.delivery.outlet import open_channel
from stillup.delivery.receipt import Outcome
from stillup.delivery.wire import Patience, trust
from stillup.errors import StillupError
from stillup.messages.compose import messages
from stillup.messages.recipient import sample_recipients, sender_of
from stillup.messages.wording import Wording
from stillup.records.outlet import ChannelSettings, ChatOutlet, EmailOutlet, SmsOutlet, WebOutlet
from stillup.records.settings import Settings
from stillup.vocabulary import MailWay, TextWay
from tests.channels.fake_resend import FakeResend
from tests.channels.receiver import AT, answer, message, raw, receiving, reset, silent
from tests.messages.sample import CARDS_STORY, MASTHEAD
from tests.tools import wait

QUICK = Patience(silence=0.5, whole=0.8)
"""For those who never answer, and only for them: on a busy machine an answer takes longer."""
ACCOUNT = "AC" + "0" * 32


@pytest.fixture
def mail():
    """A mail as we compose it, with a long link to leave by and words in other letters."""
    masthead = replace(MASTHEAD, organisation="Advancia Zahlungsbücher")
    sender = replace(sender_of(MASTHEAD), name="Advancia Zahlungsbücher", address="status@example.com")
    recipient = replace(sample_recipients("")[0], unsubscribe="https://status.example.com/u/" + "x" * 180, id="s-1")
    told = messages(
        masthead, words("en"), Wording(), CARDS_STORY, CARDS_STORY.updates[0], all_operational=False, sender=sender,
        recipients=(recipient,),
    )  # fmt: skip
    return told[0]


def resend(port, key="re_right", script=None):
    patience = QUICK if script is silent else Patience()
    return Resend(f"http://127.0.0.1:{port}", key, client=httpx.Client(trust_env=False), patience=patience)


def test_resend_gets_the_mail_with_every_header_that_is_ours(mail):
    fake = FakeResend()
    with receiving(fake) as receiver:
        channel = resend(receiver.port)
        receipt = channel.send(mail, key="a/b/email/s-1", at=AT)
        channel.close()

    (got,), written = fake.mails, message_from_bytes(mail.body, policy=default)
    assert receipt.outcome is Outcome.ACCEPTED
    assert receipt.reference == "00000000-0000-0000-0000-000000000001"
    assert got["from"] == "Advancia Zahlungsbücher <status@example.com>"
    assert (got["to"], got["subject"]) == ([mail.to], written["subject"])
    assert got["headers"]["List-Unsubscribe"].startswith("<https://status.example.com/u/" + "x" * 180 + ">")
    assert got["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert {"Message-ID", "References", "In-Reply-To", "List-Id", "Auto-Submitted"} <= got["headers"].keys()
    assert not {"From", "To", "Subject", "Date", "MIME-Version", "Content-Type"} & got["headers"].keys()
    assert got["html"] == written.get_body(("html",)).get_content().replace("\r\n", "\n")
    assert got["text"] == written.get_body(("plain",)).get_content().replace("\r\n", "\n")


def test_a_repeat_with_the_key_is_the_same_request_and_one_mail(mail):
    fake = FakeResend()
    with receiving(fake) as receiver:
        first = resend(receiver.port).send(mail, key="k", at=AT)
        again = resend(receiver.port).send(mail, key="k", at=AT + timedelta(hours=23))

    assert first == again
    assert len(fake.mails) == 1
    assert receiver.asked[0].body == receiver.asked[1].body


def test_a_key_that_stands_for_another_mail_is_unknown_and_nothing_is_sent(mail):
    fake = FakeResend()
    with receiving(fake) as receiver:
        resend(receiver.port).send(mail, key="k", at=AT)
        receipt = resend(receiver.port).send(replace(mail, to="other@example.com"), key="k", at=AT)

    assert receipt.outcome is Outcome.UNKNOWN
    assert "invalid_idempotent_request" in receipt.reason
    assert len(fake.mails) == 1


def test_a_key_that_is_too_long_is_shortened_and_stays_itself(mail):
    fake = FakeResend()
    with receiving(fake) as receiver:
        for _ in range(2):
            assert resend(receiver.port).send(mail, key="k" * 400, at=AT).outcome is Outcome.ACCEPTED

    assert len(fake.mails) == 1


def test_a_batch_is_all_or_nothing_under_one_key(mail):
    fake = FakeResend()
    batch = [replace(mail, to=f"s{n}@example.com") for n in range(100)]
    with receiving(fake) as receiver:
        channel = resend(receiver.port)
        receipts = channel.send_batch(batch, key="batch-1", at=AT)
        again = channel.send_batch(batch, key="batch-1", at=AT)
        other = channel.send_batch(batch[:-1], key="batch-1", at=AT)
        with pytest.raises(ValueError, match="101 mails"):
            channel.send_batch([*batch, mail], key="batch-2", at=AT)

    assert [receipt.outcome for receipt in receipts] == [Outcome.ACCEPTED] * 100
    assert len({receipt.reference for receipt in receipts}) == 100
    assert again == receipts
    assert {receipt.outcome for receipt in other} == {Outcome.UNKNOWN}
    assert [mail["to"] for mail in fake.mails] == [[f"s{n}@example.com"] for n in range(100)]


def error(status, name, **headers):
    return answer(status, json.dumps({"name": name, "message": "canary@example.com"}), **headers)


@pytest.mark.parametrize(
    ("script", "outcome", "halt", "rest"),
    [
        (FakeResend(key="re_other"), Outcome.LATER, True, None),
        (FakeResend(verified=()), Outcome.LATER, True, None),
        (error(409, "concurrent_idempotent_requests"), Outcome.LATER, False, 5),
        (error(429, "rate_limit_exceeded", retry_after="2"), Outcome.LATER, False, 2),
        (error(429, "daily_quota_exceeded"), Outcome.LATER, True, None),
        (error(422, "validation_error"), Outcome.REFUSED, False, None),
        (error(500, "internal_server_error"), Outcome.LATER, False, None),
        (answer(422, "no json"), Outcome.REFUSED, False, None),
        (error(422, "invalid_from_address"), Outcome.LATER, True, None),
        (answer(404, "<html>"), Outcome.LATER, True, None),
        (answer(302, location="https://login.example.com/"), Outcome.LATER, True, None),
        (answer(200, "<html>"), Outcome.UNKNOWN, False, None),
        (answer(422, '{"name": "<script>canary@example.com"}'), Outcome.REFUSED, False, None),
        (answer(200, '{"id": "1"}', ratelimit_remaining="0", ratelimit_reset="1"), Outcome.ACCEPTED, False, 1),
        (reset, Outcome.UNKNOWN, False, None),
        (silent, Outcome.UNKNOWN, False, None),
        (raw(b"garbage\r\n"), Outcome.UNKNOWN, False, None),
    ],
)
def test_what_resend_says(script, outcome, halt, rest, mail):
    with receiving(script) as receiver:
        receipt = resend(receiver.port, script=script).send(mail, key="k", at=AT)
        wait(lambda: receiver.asked, "nobody asked")

    assert (receipt.outcome, receipt.halt) == (outcome, halt), receipt
    assert receipt.retry_after == (timedelta(seconds=rest) if rest else None)
    assert "canary" not in receipt.reason
    assert len(receiver.asked) == 1


def twilio(port, script=None, **more):
    patience = QUICK if script is silent else Patience()
    outlet = SmsOutlet(account=ACCOUNT, api=f"http://127.0.0.1:{port}", **{"sender": "+15551234567", **more})
    return Twilio(outlet, "token-1", client=httpx.Client(trust_env=False), patience=patience)


TEXT = "Advancia: card payments fail. https://status.example.com/i/x?a=b&c=d +é"


def text():
    return message("sms", "+15557654321", TEXT, "text/plain")


def test_twilio_is_asked_with_a_form():
    with receiving(answer(201, json.dumps({"sid": "SM" + "1" * 32, "status": "queued"}))) as receiver:
        receipt = twilio(receiver.port, valid_for=timedelta(minutes=30)).send(text(), key="k", at=AT)
        twilio(receiver.port, sender=None, service="MG" + "0" * 32).send(text(), key="k", at=AT)

    first, second = receiver.asked
    assert (receipt.outcome, receipt.reference) == (Outcome.ACCEPTED, "SM" + "1" * 32)
    assert first.line == f"POST /2010-04-01/Accounts/{ACCOUNT}/Messages.json HTTP/1.1"
    assert b64decode(first.headers["authorization"].removeprefix("Basic ")).decode() == f"{ACCOUNT}:token-1"
    assert parse_qs(first.body.decode()) == {
        "To": ["+15557654321"], "From": ["+15551234567"], "Body": [TEXT], "ValidityPeriod": ["1800"],
    }  # fmt: skip
    assert parse_qs(second.body.decode())["MessagingServiceSid"] == ["MG" + "0" * 32]


@pytest.mark.parametrize(
    ("script", "outcome", "gone", "halt"),
    [
        (answer(400, '{"code": 21610, "message": "+15557654321 is blocked"}'), Outcome.REFUSED, True, False),
        (answer(400, '{"code": 21211}'), Outcome.REFUSED, True, False),
        (answer(400, '{"code": 21617}'), Outcome.REFUSED, False, False),
        (answer(401, '{"code": 20003}'), Outcome.LATER, False, True),
        (answer(400, '{"code": 21606}'), Outcome.LATER, False, True),
        (answer(404, "<html>"), Outcome.LATER, False, True),
        (answer(302, location="https://login.example.com/"), Outcome.LATER, False, True),
        (answer(200, "<html>"), Outcome.UNKNOWN, False, False),
        (answer(429, '{"code": 20429}', retry_after="3"), Outcome.LATER, False, False),
        (answer(500, '{"code": 20500}'), Outcome.UNKNOWN, False, False),
        (answer(503), Outcome.UNKNOWN, False, False),
        (reset, Outcome.UNKNOWN, False, False),
        (silent, Outcome.UNKNOWN, False, False),
    ],
)
def test_what_twilio_says(script, outcome, gone, halt):
    with receiving(script) as receiver:
        channel = twilio(receiver.port, script)
        receipt = channel.send(text(), key="k", at=AT)
        wait(lambda: receiver.asked, "nobody asked")

    assert (receipt.outcome, receipt.gone, receipt.halt) == (outcome, gone, halt), receipt
    assert "+1555" not in receipt.reason
    assert len(receiver.asked) == 1
    assert not channel.policy.repeat_unknown


def test_the_outbox_keeps_a_message_once_a_key(tmp_path):
    outbox = Outbox("email", tmp_path / "sent")
    told = message("email", "a@example.com", b"Subject: x\r\n\r\n", "message/rfc822")
    first, again, other = (outbox.send(told, key=key, at=AT) for key in ("a", "a", "b"))

    assert first == again != other
    assert sorted(path.suffix for path in (tmp_path / "sent/email").iterdir()) == [".eml", ".eml"]
    assert (tmp_path / "sent/email" / first.reference).read_bytes() == told.body


def test_an_outbox_that_cannot_be_written_keeps_everybody_waiting(tmp_path):
    (tmp_path / "sent").write_text("a file stands here")

    receipt = Outbox("email", tmp_path / "sent").send(text(), key="a", at=AT)

    assert (receipt.outcome, receipt.halt) == (Outcome.LATER, True)


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")
def test_apprise_reaches_its_services_and_no_machine_of_ours():
    with receiving(answer(200), answer(500), answer(302, location="/x")) as receiver:
        told = message("apprise", f"json://127.0.0.1:{receiver.port}/x", TEXT, "text/plain", subject="Cards")
        closed = Apprise().send(told, key="k", at=AT)
        good = Apprise(["127.0.0.1"]).send(told, key="k", at=AT)
        bad = Apprise(["127.0.0.1"]).send(told, key="k", at=AT)
        sent_on = Apprise(["127.0.0.1"]).send(told, key="k", at=AT)
        here = Apprise().send(replace(told, to="syslog://"), key="k", at=AT)
        never = Apprise().send(replace(told, to="nonsense://x"), key="k", at=AT)

    outcomes = [receipt.outcome for receipt in (closed, good, bad, sent_on, here, never)]
    refused, unknown = Outcome.REFUSED, Outcome.UNKNOWN
    assert outcomes == [refused, Outcome.ACCEPTED, unknown, unknown, refused, refused]
    assert json.loads(receiver.asked[0].body)["message"] == TEXT
    assert len(receiver.asked) == 3


EVERY = ChannelSettings(
    email=EmailOutlet(user="status"),
    sms=SmsOutlet(account=ACCOUNT, sender="+15551234567"),
    webhook=WebOutlet(),
    slack=ChatOutlet(),
    teams=ChatOutlet(),
    discord=ChatOutlet(),
    apprise=ChatOutlet(),
)
SECRETS = {
    "STILLUP_SMTP_PASSWORD": "canary-smtp",
    "STILLUP_RESEND_KEY": "canary-resend",
    "STILLUP_TWILIO_TOKEN": "canary-twilio",
    "STILLUP_WEBHOOK_SECRET": "canary-webhook",
}


@pytest.mark.parametrize("name", EVERY.names())
def test_every_channel_opens_by_its_name_and_says_what_it_promises(name, tmp_path):
    channel = open_channel(name, Settings(channels=EVERY), SECRETS, tmp_path)

    assert channel.name == name
    assert channel.policy.rate > 0
    assert "canary" not in repr(channel) + str(channel)
    channel.close()


def test_other_ways_of_a_channel_are_opened_by_via(tmp_path):
    ways = ChannelSettings(email=EmailOutlet(via=MailWay.RESEND), sms=SmsOutlet(via=TextWay.OUTBOX))
    settings = Settings(channels=ways)

    assert isinstance(open_channel("email", settings, SECRETS, tmp_path), Resend)
    assert isinstance(open_channel("sms", settings, SECRETS, tmp_path), Outbox)


@pytest.mark.parametrize(
    ("name", "settings", "variable"),
    [
        ("email", EmailOutlet(user="status"), "STILLUP_SMTP_PASSWORD"),
        ("email", EmailOutlet(via=MailWay.RESEND), "STILLUP_RESEND_KEY"),
        ("sms", SmsOutlet(account=ACCOUNT, sender="+15551234567"), "STILLUP_TWILIO_TOKEN"),
    ],
)
def test_a_secret_that_is_missing_is_named(name, settings, variable, tmp_path):
    with pytest.raises(StillupError, match=variable):
        open_channel(name, Settings(channels=ChannelSettings(**{name: settings})), {}, tmp_path)


def test_a_channel_that_is_not_set_up_is_not_opened(tmp_path):
    with pytest.raises(StillupError, match="slack is not set up"):
        open_channel("slack", Settings(), {}, tmp_path)


def test_certificates_are_those_of_the_system_or_of_the_file_that_is_named(trusted):
    assert trust({}).get_ca_certs()
    assert len(trust(trusted.environment).get_ca_certs()) == 1
