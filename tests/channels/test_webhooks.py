"""Requests to subscribers' addresses, through real connections: what is sent, and what each answer means."""

import ipaddress
import json
import socket
import time
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime

import pytest
import standardwebhooks

from stillup.catalogue import words
from stillup.delivery.channels.discord import Discord
from stillup.delivery.channels.slack import Slack
from stillup.delivery.channels.teams import Teams
from stillup.delivery.channels.webhook import Webhook
from stillup.delivery.receipt import Outcome
from stillup.delivery.stranger import Stranger
from stillup.delivery.wire import ANSWER, Patience
from stillup.messages.compose import messages
from stillup.messages.recipient import Recipient
from stillup.messages.wording import Wording
from tests.channels.receiver import AT, Receiver, answer, dripping, message, raw, receiving, reset, silent
from tests.messages.sample import CARDS_STORY, MASTHEAD
from tests.tools import wait

SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_" + "C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
QUICK = Patience(silence=0.5, whole=0.8)
"""For those who never answer, and only for them: on a busy machine an answer takes longer."""
LOOPBACK = (ipaddress.ip_address("127.0.0.1"),)


def stranger(environment=None, host="127.0.0.1", resolve=lambda host, port: LOOPBACK, patience=None) -> Stranger:
    return Stranger(environment or {}, [host], patience=patience or Patience(), resolve=resolve)


def sent(channel, receiver, body="{}", **more):
    to = f"http://127.0.0.1:{receiver.port}/services/T0/secret"
    return channel.send(message(channel.name, to, body, **more), key="a/b/webhook/s-1", at=AT)


def test_a_signature_is_what_the_standards_own_library_accepts():
    with receiving(answer(204)) as receiver:
        receipt = sent(Webhook(stranger()), receiver, '{"type":"incident.opened","n":"ü"}', secret=SECRET)

    (asked,) = receiver.asked
    assert receipt.outcome is Outcome.ACCEPTED
    assert asked.line == "POST /services/T0/secret HTTP/1.1"
    assert asked.headers["webhook-id"] == "a_b_webhook_s-1"
    assert asked.headers["webhook-timestamp"] == str(int(AT.timestamp()))
    assert asked.headers["user-agent"].startswith("Stillup/")
    judge = standardwebhooks.Webhook(SECRET)
    judge._Webhook__verify_timestamp = lambda timestamp: AT  # its clock is not the one of this test
    assert judge.verify(asked.body, asked.headers)["type"] == "incident.opened"


def test_while_a_secret_is_changed_both_are_signed_with():
    with receiving(answer(200)) as receiver:
        sent(Webhook(stranger()), receiver, secret=f"{OTHER} {SECRET}")

    (asked,) = receiver.asked
    for secret in (SECRET, OTHER):
        judge = standardwebhooks.Webhook(secret)
        signature = judge.sign(asked.headers["webhook-id"], AT, asked.body.decode())
        assert signature in asked.headers["webhook-signature"].split()


def test_a_subscriber_without_a_secret_gets_the_pages_own_or_none():
    with receiving(answer(200)) as receiver:
        sent(Webhook(stranger(), secret=SECRET), receiver)
        sent(Webhook(stranger()), receiver)

    assert "webhook-signature" in receiver.asked[0].headers
    assert "webhook-signature" not in receiver.asked[1].headers


def test_each_try_has_one_id_and_its_own_time():
    with receiving(answer(503), answer(200)) as receiver:
        channel, told = Webhook(stranger(), secret=SECRET), message("webhook", f"http://127.0.0.1:{receiver.port}/")
        first = channel.send(told, key="a/b", at=AT)
        second = channel.send(told, key="a/b", at=AT + timedelta(minutes=5))

    assert (first.outcome, second.outcome) == (Outcome.LATER, Outcome.ACCEPTED)
    one, two = receiver.asked
    assert one.headers["webhook-id"] == two.headers["webhook-id"]
    assert int(two.headers["webhook-timestamp"]) - int(one.headers["webhook-timestamp"]) == 300
    assert one.headers["webhook-signature"] != two.headers["webhook-signature"]
    assert one.body == two.body


LATE = format_datetime(AT + timedelta(seconds=90), usegmt=True)


@pytest.mark.parametrize(
    ("script", "outcome", "wait"),
    [
        (answer(200, "ok"), Outcome.ACCEPTED, None),
        (answer(204), Outcome.ACCEPTED, None),
        (answer(301, location="http://127.0.0.1:1/"), Outcome.REFUSED, None),
        (answer(307, location="http://169.254.169.254/"), Outcome.REFUSED, None),
        (answer(400), Outcome.REFUSED, None),
        (answer(401), Outcome.REFUSED, None),
        (answer(404), Outcome.REFUSED, None),
        (answer(408), Outcome.LATER, None),
        (answer(425), Outcome.LATER, None),
        (answer(429, retry_after="120"), Outcome.LATER, 120),
        (answer(429, retry_after=LATE), Outcome.LATER, 90),
        (answer(429, retry_after="soon"), Outcome.LATER, None),
        (answer(429, retry_after="-5"), Outcome.LATER, None),
        (answer(429, retry_after="nan"), Outcome.LATER, None),
        (answer(503, retry_after="99999999999"), Outcome.LATER, 86400),
        (answer(503, retry_after="Fri, 20 Nov 1926 10:00:00 GMT"), Outcome.LATER, 0),
        (answer(500), Outcome.LATER, None),
        (reset, Outcome.UNKNOWN, None),
        (raw(b""), Outcome.UNKNOWN, None),
        (raw(b"SSH-2.0-OpenSSH_9.2\r\n"), Outcome.UNKNOWN, None),
        (raw(b"HTTP/1.1 200 OK\r\nx: " + b"y" * 300_000), Outcome.UNKNOWN, None),
        (raw(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf"), Outcome.ACCEPTED, None),
        (answer(200, b"x" * 5_000_000), Outcome.ACCEPTED, None),
        (raw(b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 3\r\n\r\n\xff\xff\xff"), Outcome.ACCEPTED,
         None),
    ],
)  # fmt: skip
def test_what_an_answer_means(script, outcome, wait):
    with receiving(script) as receiver:
        receipt = sent(Webhook(stranger()), receiver)

    assert receipt.outcome is outcome, receipt
    assert receipt.retry_after == (None if wait is None else timedelta(seconds=wait))
    assert (receipt.reason == "") == (outcome is Outcome.ACCEPTED)
    assert len(receiver.asked) == 1, "one try is one request"


@pytest.mark.parametrize("script", [silent, dripping(b"HTTP/1.1 200 OK\r\nx: ")])
def test_an_answer_that_never_ends_is_not_waited_for(script):
    with receiving(script) as receiver:
        began = time.monotonic()
        receipt = sent(Webhook(stranger(patience=QUICK)), receiver)
        took = time.monotonic() - began
        wait(lambda: receiver.asked, "nobody asked")

    assert receipt.outcome is Outcome.UNKNOWN, receipt
    assert receipt.reason
    assert len(receiver.asked) == 1, "one try is one request"
    assert took < 60  # half as long as they go on


def test_a_body_that_never_ends_takes_nothing_from_its_status():
    for whole in (0.8, 4, 20):  # long enough for the status, on a machine as busy as it is
        with receiving(dripping(b"HTTP/1.1 200 OK\r\n\r\n")) as receiver:
            receipt = sent(Webhook(stranger(patience=Patience(whole=whole))), receiver)
            wait(lambda: receiver.asked, "nobody asked")
        if receipt.outcome is Outcome.ACCEPTED:
            break

    assert (receipt.outcome, receipt.reason) == (Outcome.ACCEPTED, "")
    assert len(receiver.asked) == 1, "one try is one request"


def test_no_more_of_an_answer_is_read_than_is_of_use():
    with receiving(answer(200, b"x" * 5_000_000)) as receiver:
        reply = stranger().post(f"http://127.0.0.1:{receiver.port}/", b"", {}, AT)

    assert len(reply.body) == ANSWER


def test_gone_is_refused_and_comes_off_the_list():
    with receiving(answer(410), answer(404)) as receiver:
        gone = sent(Webhook(stranger()), receiver)
        lost = sent(Webhook(stranger()), receiver)

    assert (gone.outcome, gone.gone) == (Outcome.REFUSED, True)
    assert (lost.outcome, lost.gone) == (Outcome.REFUSED, False)


def test_nobody_there_is_no_loss():
    with socket.socket() as held:  # and nobody listens
        held.bind(("127.0.0.1", 0))
        receipt = sent(Webhook(stranger()), Receiver(held.getsockname()[1]))

    assert receipt.outcome is Outcome.LATER


def test_the_connection_goes_to_the_address_and_asks_for_the_name(trusted):
    with receiving(answer(200), context=trusted.context()) as receiver:
        channel = Webhook(stranger(trusted.environment, "hooks.example.com"))
        receipt = channel.send(message("webhook", f"https://hooks.example.com:{receiver.port}/x"), key="k", at=AT)

    assert receipt.outcome is Outcome.ACCEPTED
    (asked,) = receiver.asked
    assert asked.name == "hooks.example.com"
    assert asked.headers["host"] == f"hooks.example.com:{receiver.port}"


@pytest.mark.parametrize(
    ("host", "believes", "why"),
    [("other.example.com", True, "it is for another name"), ("hooks.example.com", False, "unable to get local issuer")],
)
def test_a_certificate_must_be_valid_and_for_the_name(host, believes, why, trusted):
    with receiving(answer(200), context=trusted.context()) as receiver:
        channel = Webhook(stranger(trusted.environment if believes else {}, host))
        receipt = channel.send(message("webhook", f"https://{host}:{receiver.port}/x"), key="k", at=AT)

    assert receipt.outcome is Outcome.LATER
    assert receipt.reason.startswith(f"The certificate is not valid: {why}")
    assert "example.com" not in receipt.reason
    assert receiver.asked == []


def test_a_name_that_turns_to_our_own_network_is_not_asked():
    """DNS rebinding: public when it was stored, loopback when it is sent to."""
    with receiving(answer(200)) as receiver:
        channel = Webhook(Stranger({}, [], patience=Patience(), resolve=lambda host, port: LOOPBACK))
        receipt = channel.send(message("webhook", f"https://hooks.example.com:{receiver.port}/"), key="k", at=AT)

    assert (receipt.outcome, receiver.connections) == (Outcome.REFUSED, 0)


def test_the_second_address_of_a_host_is_tried_when_the_first_is_down():
    with receiving(answer(200)) as receiver:
        both = (ipaddress.ip_address("127.0.0.9"), *LOOPBACK)
        receipt = sent(Webhook(stranger(resolve=lambda host, port: both, host="hooks.intra")), receiver)
        assert receipt.outcome is Outcome.REFUSED
        channel = Webhook(stranger(resolve=lambda host, port: both, host="hooks.intra"))
        receipt = channel.send(message("webhook", f"http://hooks.intra:{receiver.port}/"), key="k", at=AT)

    assert receipt.outcome is Outcome.ACCEPTED


def test_no_proxy_and_no_redirect_comes_between(monkeypatch):
    with receiving(answer(302, location="/again")) as receiver, receiving(answer(200)) as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        receipt = sent(Webhook(stranger()), receiver)

    assert receipt.outcome is Outcome.REFUSED
    assert (len(receiver.asked), len(proxy.asked)) == (1, 0)


def test_a_name_that_is_not_known_is_tried_again():
    def lost(host, port):
        raise OSError("Name or service not known")

    receipt = Webhook(stranger(resolve=lost)).send(message("webhook", "https://hooks.example.com/"), key="k", at=AT)

    assert receipt.outcome is Outcome.LATER


@pytest.mark.parametrize(
    ("channel", "script", "outcome", "gone"),
    [
        (Slack, answer(200, "ok"), Outcome.ACCEPTED, False),
        (Slack, answer(400, "invalid_payload"), Outcome.REFUSED, False),
        (Slack, answer(404, "no_service"), Outcome.REFUSED, True),
        (Slack, answer(403, "channel_is_archived"), Outcome.REFUSED, True),
        (Slack, answer(410, "channel_is_archived"), Outcome.REFUSED, True),
        (Slack, answer(200, "no_text"), Outcome.REFUSED, False),
        (Slack, answer(429, "rate_limited", retry_after="30"), Outcome.LATER, False),
        (Slack, answer(500, "rollup_error"), Outcome.LATER, False),
        (Slack, reset, Outcome.UNKNOWN, False),
        (Teams, answer(202), Outcome.ACCEPTED, False),
        (Teams, answer(200, "1"), Outcome.ACCEPTED, False),
        (Teams, answer(200, "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error "
                "429 with ContextId tcid=0"), Outcome.LATER, False),
        (Teams, answer(200, "Webhook message delivery failed with error: ... returned HTTP error 413"),
         Outcome.REFUSED, False),
        (Teams, answer(404, '{"error":{"code":"WorkflowNotFound"}}'), Outcome.REFUSED, True),
        (Teams, answer(400, '{"error":{"code":"TriggerInputSchemaMismatch"}}'), Outcome.REFUSED, False),
        (Teams, answer(502), Outcome.LATER, False),
        (Discord, answer(200, '{"id": "1234567890"}'), Outcome.ACCEPTED, False),
        (Discord, answer(204), Outcome.ACCEPTED, False),
        (Discord, answer(404, '{"message": "Unknown Webhook", "code": 10015}'), Outcome.REFUSED, True),
        (Discord, answer(400, '{"code": 50035}'), Outcome.REFUSED, False),
        (Discord, answer(400, "[[[["), Outcome.REFUSED, False),
        (Discord, answer(400, "[" * 60_000), Outcome.REFUSED, False),
    ],
)  # fmt: skip
def test_what_chats_say(channel, script, outcome, gone):
    with receiving(script) as receiver:
        receipt = sent(channel(stranger()), receiver, '{"text": "Cards fail"}')

    assert (receipt.outcome, receipt.gone) == (outcome, gone), receipt
    assert json.loads(receiver.asked[0].body) == {"text": "Cards fail"}
    assert receiver.asked[0].headers["content-type"] == "application/json"


def test_discord_says_how_long_to_rest_and_what_it_kept():
    full = answer(200, '{"id": "77"}', x_ratelimit_remaining="0", x_ratelimit_reset_after="1.25")
    asleep = answer(429, '{"retry_after": 0.65, "global": false}', retry_after="1")
    with receiving(full, asleep) as receiver:
        kept = sent(Discord(stranger()), receiver)
        later = sent(Discord(stranger()), receiver)

    assert receiver.asked[0].line == "POST /services/T0/secret?wait=true HTTP/1.1"
    assert (kept.reference, kept.retry_after) == ("77", timedelta(seconds=1.25))
    assert (later.outcome, later.retry_after) == (Outcome.LATER, timedelta(seconds=0.65))


def test_a_subscribers_own_secret_goes_from_the_list_to_the_signature_and_nowhere_else():
    recipient = Recipient(channel="webhook", address="https://hooks.example.com/", secret=SECRET)
    (told,) = messages(
        MASTHEAD, words("en"), Wording(), CARDS_STORY, CARDS_STORY.updates[0], all_operational=False,
        recipients=(recipient,),
    )  # fmt: skip
    with receiving(answer(200)) as receiver:
        Webhook(stranger()).send(replace(told, to=f"http://127.0.0.1:{receiver.port}/"), key="k", at=AT)

    (asked,) = receiver.asked
    assert standardwebhooks.Webhook(SECRET).sign("k", AT, asked.body.decode()) == asked.headers["webhook-signature"]
    assert SECRET not in repr(told) + repr(recipient) + str(asked)
