"""Channels are asked as far as one can go without sending: real mail servers, real HTTP, and no message."""

import json
import socket

import pytest
from aiosmtpd.smtp import AuthResult

from stillup.pipeline.doctor.channel import Trial
from tests.channels.conftest import trusted
from tests.channels.fake_resend import FakeResend
from tests.channels.receiver import Asked, Script, answer, receiving
from tests.channels.test_smtp import Post, serving
from tests.doctor.conftest import told

__all__ = ["trusted"]

ACCOUNT = "AC" + "0" * 32


class Resend(FakeResend):
    """Resend, with the list of domains that the key can see."""

    restricted = False

    def answer(self, asked: Asked) -> Script:
        if asked.line.split()[1] != "/domains":
            return super().answer(asked)
        if asked.headers.get("authorization") != f"Bearer {self.key}":
            return self._wrong(401, "invalid_api_key")
        if self.restricted:
            return self._wrong(401, "restricted_api_key")
        listed = [{"name": name, "status": "verified"} for name in self.verified]
        said = {"data": [*listed, {"name": "example.net", "status": "not_started"}]}
        return answer(200, json.dumps(said), content_type="application/json")


class Twilio:
    """Twilio's answers about an account."""

    def __init__(self, number: int = 200, **said: object) -> None:
        self.number, self.said = number, said

    def answer(self, asked: Asked) -> Script:
        return answer(self.number, json.dumps(self.said), content_type="application/json")


def logging_in(server, session, envelope, mechanism, given):
    return AuthResult(success=given.password == b"right-password", handled=False)


def test_the_mail_server_is_logged_into_inside_tls_and_gets_no_mail(page, trusted):
    post = Post()
    more = {"tls_context": trusted.context(), "authenticator": logging_in, "auth_required": True}
    with serving(post, **more) as port:
        mail = {"host": "127.0.0.1", "port": port, "user": "status", "from": "Status <status@example.com>"}
        page.set(channels={"email": mail})
        good = page.channels({**trusted.environment, "STILLUP_SMTP_PASSWORD": "right-password"})
        wrong = page.channels({**trusted.environment, "STILLUP_SMTP_PASSWORD": "canary-wrong"})

    line = next(said for said in good.well if said.startswith("email would take"))
    assert "TLSv1." in line
    assert "login as status, sender status@example.com" in line
    assert told(good, "channel") == []
    (said,) = told(wrong, "channel")
    assert said.startswith("error: email would take no message: The login is not accepted: SMTP 535")
    assert "Look at STILLUP_SMTP_PASSWORD" in said
    assert (post.heard["MAIL"], post.heard["RCPT"], post.heard["DATA"], post.taken) == (1, 0, 0, [])
    assert not any("canary" in text or "right-password" in text for text in map(str, (good, wrong)))


@pytest.mark.parametrize(
    ("post", "settings", "reason"),
    [
        (Post(), {}, "The server offers no STARTTLS."),
        (Post(MAIL="550 5.7.1 not from you"), {"security": "none"}, "The sender is not accepted: SMTP 550 5.7.1."),
    ],
)
def test_a_mail_server_that_would_take_nothing_is_told_with_its_setting(page, post, settings, reason):
    with serving(post) as port:
        page.set(channels={"email": {"host": "127.0.0.1", "port": port, **settings}})
        examined = page.channels({})

    (finding,) = [each for each in examined.findings if each.code == "channel"]
    assert reason in finding.message
    assert (finding.file, finding.field) == ("mkdocs.yml", "channels.email")
    line = (page.root / "mkdocs.yml").read_text().splitlines()[finding.line - 1]
    assert "host: 127.0.0.1" in line, "where the mapping of the channel begins"
    assert not examined.is_well


def test_a_mail_server_that_nobody_listens_at(page):
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        page.set(channels={"email": {"host": "127.0.0.1", "port": port, "security": "none"}})

        (said,) = told(page.channels({}), "channel")

    assert "Nobody listens at the mail server's port." in said


@pytest.mark.parametrize(
    ("sender", "key", "restricted", "good", "bad"),
    [
        ("status@example.com", "re_right", False, "key accepted, example.com is verified", ""),
        ("status@mail.example.com", "re_right", False, "mail.example.com is verified", ""),
        ("status@example.com", "re_right", True, "the key may send, and not see", ""),
        ("status@example.com", "re_wrong", False, "", "HTTP 401 invalid_api_key. Look at STILLUP_RESEND_KEY"),
        ("status@example.net", "re_right", False, "", "the domain is not started with it."),
        ("status@example.org", "re_right", False, "", "the domain is not there with it."),
    ],
)
def test_resend_says_whether_key_and_domain_are_good(page, sender, key, restricted, good, bad):
    service = Resend()
    service.restricted = restricted
    with receiving(service) as receiver:
        page.set(channels={"email": {"via": "resend", "from": sender, "api": f"http://127.0.0.1:{receiver.port}"}})
        examined = page.channels({"STILLUP_RESEND_KEY": key})

    assert service.mails == []
    assert any(good in said for said in examined.well if said.startswith("email")) == bool(good)
    assert [bad in said for said in told(examined, "channel")] == ([True] if bad else [])


@pytest.mark.parametrize(
    ("service", "good", "bad"),
    [
        (Twilio(status="active", sid=ACCOUNT), "token accepted, the account is active", ""),
        (Twilio(status="suspended"), "", "The account at Twilio is suspended."),
        (Twilio(401, code=20003), "", "HTTP 401, Twilio's error 20003. Look at STILLUP_TWILIO_TOKEN"),
        (Twilio(403, code=20008), "test credentials: nothing ever leaves", ""),
    ],
)
def test_twilio_says_whether_the_account_may_send(page, service, good, bad):
    with receiving(service) as receiver:
        text = {"account": ACCOUNT, "from": "+15551234567", "api": f"http://127.0.0.1:{receiver.port}"}
        page.set(channels={"sms": text})
        examined = page.channels({"STILLUP_TWILIO_TOKEN": "canary-token"})

    assert [asked.line.split()[:2] for asked in receiver.asked] == [["GET", f"/2010-04-01/Accounts/{ACCOUNT}.json"]]
    assert any(good in said for said in examined.well if said.startswith("sms")) == bool(good)
    assert [bad in said for said in told(examined, "channel")] == ([True] if bad else [])
    assert "canary" not in str(examined)


def test_a_test_goes_to_the_address_that_is_named_and_says_that_it_is_one(page):
    post = Post()
    with serving(post) as port:
        page.set(
            "https://status.example.com/",
            channels={"email": {"host": "127.0.0.1", "port": port, "security": "none", "from": "status@example.com"}},
        )
        examined = page.channels({}, Trial(channel="email", address="oncall@example.com"))

    ((sender, to, body),) = post.taken
    assert (sender, to) == ("status@example.com", ("oncall@example.com",))
    assert b"Test message of Advancia Pay Ledger" in body
    assert b"nothing has happened" in body
    assert any(said.startswith("A test was accepted by email") for said in examined.well)


@pytest.mark.parametrize("channel", ["slack", "teams", "discord", "webhook"])
def test_rooms_and_webhooks_take_a_test_in_their_own_form(page, channel):
    with receiving(answer(200)) as receiver:
        page.set("https://status.example.com/", channels={channel: {}}, intranet=["127.0.0.1"])
        trial = Trial(channel=channel, address=f"http://127.0.0.1:{receiver.port}/hook")
        examined = page.channels({}, trial)

    body = json.loads(receiver.asked[0].body)
    assert "Test message of Advancia Pay Ledger" in json.dumps(body) or body["type"] == "subscription.test"
    assert told(examined, "test") == []
    assert "--send-test" in told(examined, "channel")[0], "without a test it is said how to make one"


def test_a_channel_s_own_way_to_nobody_needs_no_address(page):
    service = Resend()
    with receiving(service) as receiver:
        mail = {"via": "resend", "from": "status@example.com", "api": f"http://127.0.0.1:{receiver.port}"}
        page.set("https://status.example.com/", channels={"email": mail, "sms": {"via": "outbox", "folder": "sent"}})
        trials = tuple(Trial(channel=name) for name in ("email", "sms", "slack"))
        examined = page.channels({"STILLUP_RESEND_KEY": "re_right"}, *trials)

    assert [mail["to"] for mail in service.mails] == [["delivered@resend.dev"]]
    assert len(list((page.root / "sent" / "sms").iterdir())) == 1
    (said,) = told(examined, "test")
    assert "The channel slack is not set up." in said


def test_a_test_that_is_refused_is_an_error(page):
    with receiving(answer(410)) as receiver:
        page.set(channels={"slack": {}}, intranet=["127.0.0.1"])
        trial = Trial(channel="slack", address=f"http://127.0.0.1:{receiver.port}/hook")
        examined = page.channels({}, trial, Trial(channel="slack", address="http://10.0.0.1/"))

    refused, unsound = told(examined, "test")
    assert "came to refused: HTTP 410" in refused
    assert "does not begin with https://" in unsound


def test_offline_nothing_is_asked_and_that_is_said(page):
    with receiving(answer(200)) as receiver:
        mail = {"via": "resend", "api": f"http://127.0.0.1:{receiver.port}"}
        page.set(f"http://127.0.0.1:{receiver.port}/", channels={"email": mail}, serve={"url": "http://127.0.0.1/"})
        examined = page.examine({"STILLUP_RESEND_KEY": "x"}, offline=True)

    assert receiver.asked == []
    assert [said.split(" was not looked at")[0] for said in told(examined, "offline")] == [
        "note: email",
        f"note: What is served at http://127.0.0.1:{receiver.port}/",
        "note: Whether http://127.0.0.1/ answers",
    ]
