"""No secret is in a log, an error, a receipt or the name of an object, whatever the other side does."""

import ipaddress
import logging
import traceback

import httpx
import pytest

from stillup.delivery.channels.apprise import Apprise
from stillup.delivery.channels.discord import Discord
from stillup.delivery.channels.resend import Resend
from stillup.delivery.channels.slack import Slack
from stillup.delivery.channels.smtp import Smtp
from stillup.delivery.channels.teams import Teams
from stillup.delivery.channels.twilio import Twilio
from stillup.delivery.channels.webhook import Webhook
from stillup.delivery.stranger import Stranger
from stillup.delivery.wire import Patience
from stillup.records.outlet import EmailOutlet, SmsOutlet
from stillup.vocabulary import Security
from tests.channels.receiver import AT, answer, message, raw, receiving, reset

CANARY = "canary7f3a"
QUICK = Patience(connect=1, silence=0.4, whole=0.6)
MAIL = f"From: a@example.com\r\nTo: {CANARY}@example.com\r\nSubject: x\r\n\r\n{CANARY}\r\n"


def channels(port):
    stranger = Stranger({}, ["127.0.0.1"], patience=QUICK, resolve=lambda *_: (ipaddress.ip_address("127.0.0.1"),))
    api = f"http://127.0.0.1:{port}"
    url = f"{api}/services/{CANARY}?token={CANARY}"
    web = [
        (kind, message(kind.name, url, f'{{"{CANARY}": 1}}', secret=f"whsec_{CANARY}"))
        for kind in (Webhook(stranger, secret=CANARY), Slack(stranger), Teams(stranger), Discord(stranger))
    ]
    mail = message("email", f"{CANARY}@example.com", MAIL, "message/rfc822")
    smtp = EmailOutlet(host="127.0.0.1", port=port, security=Security.NONE, user=CANARY)
    message("sms", f"+1{CANARY}", CANARY, "text/plain")
    sms = SmsOutlet(account="AC" + "0" * 32, sender="+15551234567", api=api)
    service = f"json://{CANARY}:{CANARY}@127.0.0.1:{port}/{CANARY}"
    return [
        *web,
        (Smtp(smtp, sender="a@example.com", password=CANARY, patience=0.5), mail),
        (Resend(api, CANARY, client=httpx.Client(trust_env=False), patience=QUICK), mail),
        (
            Twilio(sms, CANARY, client=httpx.Client(trust_env=False), patience=QUICK),
            message("sms", f"+1{CANARY}", CANARY, "text/plain"),
        ),
        (Apprise(["127.0.0.1"]), message("apprise", service, CANARY, "text/plain", subject=CANARY)),
    ]


@pytest.mark.parametrize(
    "script",
    [
        answer(200, CANARY),
        answer(400, f'{{"name": "{CANARY}", "message": "{CANARY}", "code": "{CANARY}", "id": "{CANARY}"}}'),
        answer(401, CANARY),
        answer(302, location=f"http://127.0.0.1:1/{CANARY}"),
        answer(503, CANARY, retry_after=CANARY),
        raw(f"535 5.7.8 {CANARY}\r\n".encode()),
        reset,
    ],
)
def test_no_secret_gets_out(script, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    with receiving(script) as receiver:
        for channel, told in channels(receiver.port):
            try:
                receipt = channel.send(told, key="k", at=AT)
            except Exception:  # whatever it is, a channel does not raise it
                pytest.fail(f"{channel.name} raised\n{traceback.format_exc()}")
            theirs = f"reference={receipt.reference!r}"  # their own word for what they took
            assert CANARY not in f"{receipt!r}{channel!r}".replace(theirs, ""), channel.name
            assert f"whsec_{CANARY}" not in repr(told)
            channel.close()

    out, err = capfd.readouterr()
    assert CANARY not in caplog.text + out + err
