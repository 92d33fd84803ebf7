"""STOP and START, as Twilio passes them on, signed; and one incident, offered by its title."""

import asyncio
import base64
import hashlib
import hmac
from datetime import UTC, datetime

import httpx
import pytest
import yaml

from stillup.pipeline.serving.serving import open_bench
from stillup.server import application
from stillup.subscribers.answer import is_twilio, reply
from stillup.subscribers.store import Reason, Suppression
from stillup.subscribers.subscription import Subscription

URL = "https://subscribe.example.com/texts"
TOKEN = "canary-token-of-the-account"
NUMBER = "+15551234567"
AT = datetime(2026, 11, 20, 10, 45, tzinfo=UTC)


def signature(fields, url=URL, token=TOKEN):
    """As Twilio describes it: the address, then each name with its value, in the order of names."""
    text = url + "".join(f"{name}{fields[name]}" for name in sorted(fields))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def test_the_example_of_twilio_s_own_documentation_is_good():
    """https://www.twilio.com/docs/usage/security#validating-requests"""
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    fields = {
        "CallSid": ["CA1234567890ABCDE"],
        "Caller": ["+14158675309"],
        "Digits": ["1234"],
        "From": ["+14158675309"],
        "To": ["+18005551212"],
    }

    assert is_twilio(url, fields, "RSOYDt4T1cUTdK1PDd93/VVr8B8=", "12345")
    assert not is_twilio(url, {**fields, "Digits": ["1235"]}, "RSOYDt4T1cUTdK1PDd93/VVr8B8=", "12345")


@pytest.mark.parametrize(
    ("fields", "meant"),
    [
        ({"Body": "STOP"}, (NUMBER, False)),
        ({"Body": " stop. "}, (NUMBER, False)),
        ({"Body": "Opt-Out"}, (NUMBER, False)),
        ({"Body": "whatever they chose", "OptOutType": "STOP"}, (NUMBER, False)),
        ({"Body": "start"}, (NUMBER, True)),
        ({"Body": "Unstop"}, (NUMBER, True)),
        ({"Body": "HELP", "OptOutType": "HELP"}, None),
        ({"Body": "please stop the outage"}, None),
        ({"Body": "STOP", "From": "Advancia"}, None),
        ({}, None),
    ],
)
def test_words_that_carriers_know_are_understood(fields, meant):
    assert reply({name: [value] for name, value in {"From": NUMBER, **fields}.items()}) == meant


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    root = tmp_path_factory.mktemp("texts")
    (root / "components").mkdir()
    (root / "docs").mkdir()
    (root / "docs" / "about.md").write_text("# About\n")
    (root / "components" / "payments.yml").write_text("name: Card payments\n")
    (root / "incidents" / "2026").mkdir(parents=True)
    for id, day in (("cards", 20), ("secret-launch", 25)):
        told = f"updates:\n  - {{at: 2026-11-{day}T10:00:00Z, status: investigating, body: x}}\n"
        (root / "incidents" / "2026" / f"{id}.yml").write_text(f"title: Cards & <b>wallets</b> fail {day}\n{told}")
    settings = {
        "channels": {"sms": {"account": "AC" + "0" * 32, "from": "+15550001111", "api": "http://127.0.0.1:9"}},
        "serve": {"url": "https://subscribe.example.com/", "channels": ["sms"]},
    }
    written = {"site_name": "Status", "theme": {"name": "material", "font": False}, "plugins": ["search"]}
    written["plugins"].append({"stillup": settings})
    (root / "mkdocs.yml").write_text(yaml.safe_dump(written))
    bench = open_bench(root, at=AT, environment={"STILLUP_TOKEN_KEY": "k" * 32, "STILLUP_TWILIO_TOKEN": TOKEN})
    bench.store.save([Subscription(id="a", channel="sms", address=NUMBER, key=NUMBER, confirmed_at=AT)])
    yield Client(application(bench, lambda: AT)), bench.store
    bench.close()


class Client:
    """Asks an application without a network."""

    def __init__(self, app) -> None:
        self.transport = httpx.ASGITransport(app=app)

    def ask(self, method, path, **words):
        async def asked():
            async with httpx.AsyncClient(transport=self.transport, base_url="https://subscribe.example.com") as client:
                return await client.request(method, path, **words)

        return asyncio.run(asked())

    def post(self, path, **words):
        return self.ask("POST", path, **words)

    def get(self, path):
        return self.ask("GET", path)


def test_who_answers_stop_is_told_nothing_until_they_answer_start(served):
    client, store = served

    def answer(body):
        fields = {"From": NUMBER, "Body": body, "MessageSid": "SM1", "AccountSid": "AC1", "To": "+15550001111"}
        done = client.post("/texts", data=fields, headers={"x-twilio-signature": signature(fields)})
        assert (done.status_code, done.text, done.headers["content-type"]) == (
            200,
            "<Response/>",
            "text/xml; charset=utf-8",
        )
        return store.suppression("sms", NUMBER), [row.silent for row in store.rows("sms")]

    assert answer("hello") == (None, [""])
    assert answer("STOP") == (Suppression(Reason.STOP, AT), ["stop"])
    assert answer("STOP") == (Suppression(Reason.STOP, AT), ["stop"])
    assert answer("START") == (None, [""])
    store.suppress("sms", NUMBER, Suppression(Reason.COMPLAINT, AT))
    assert answer("START")[1] == ["complaint"], "what a provider reported as a complaint stays"
    store.lift("sms", NUMBER)


def test_nobody_else_can_say_it(served):
    client, store = served
    fields = {"From": NUMBER, "Body": "STOP"}

    for given in ("", "x", signature(fields, token="other"), signature(fields, url="https://evil.example.com/texts")):
        assert client.post("/texts", data=fields, headers={"x-twilio-signature": given}).status_code == 403
    assert client.get("/texts").status_code == 405
    assert store.suppression("sms", NUMBER) is None
    with_port = signature(fields, url="https://subscribe.example.com:443/texts")
    assert client.post("/texts", data=fields, headers={"x-twilio-signature": with_port}).status_code == 200
    store.lift("sms", NUMBER)


@pytest.mark.parametrize(
    ("id", "shown"),
    [
        ("cards", "Only about Cards &amp; &lt;b&gt;wallets&lt;/b&gt; fail 20"),
        ("secret-launch", "Only about secret-launch"),
        ("no-such", "Only about no-such"),
        ("..%2F..%2Fmkdocs", ""),
    ],
)
def test_one_incident_is_offered_by_its_title_once_it_is_public(served, id, shown):
    page = served[0].get(f"/?incident={id}")

    assert page.status_code == 200
    assert ("Only about" in page.text) == bool(shown)
    assert shown in page.text
    assert "wallets</b> fail 25" not in page.text
