"""What the application answers to people, machines and those who mean harm."""

import base64
import hashlib
import hmac
import json
import math
import re
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from stillup.subscribers.token import Keys, Links, Scope
from tests.server.conftest import BOUNCES, KEY, fresh_address
from tests.tools import CLIENT, PATIENCE, wait

KEYS = Keys(KEY.encode())


def subscribed(running, address, **fields):
    """Subscribe and confirm `address`; return its id."""
    running.post("subscribe", address=address, **fields)
    CLIENT.post(running.inbox.link(address))
    return next(each.id for each in running.kept() if each.address == address)


def unsubscribe_link(running, id):
    return Links(running.url, KEYS).unsubscribe(id)


def test_each_link_leads_to_the_page_or_is_answered_here(running):
    text = CLIENT.get(running.url).text
    links = set(re.findall(r'<(?:a|link) [^>]*\bhref="([^"#][^"]*)"', text))

    assert {link for link in links if not link.startswith(("https://status.example.com/", "/", "mailto:"))} == set()
    assert "https://status.example.com/es/subscribe/" in links
    assert {CLIENT.get(f"{running.url}{link[1:]}").status_code for link in links if link[0] == "/"} == {200}


def test_who_comes_from_a_page_in_spanish_is_answered_in_spanish(running):
    address = "lectora@example.com"
    front = CLIENT.get(f"{running.url}es/?channel=email").text
    form = {"form": running.token(), "channel": "email", "address": address, "language": "es"}

    assert '<html lang="es" dir="ltr">' in front
    assert 'action="/es/subscribe"' in front
    assert '<option value="es" selected>' in front
    assert "Autenticación" in front, "components by their own names"
    assert {each for each in re.findall(r'(?:href|src)="([^"#]*)"', front) if ".." in each} == set()
    for place in ("es/", "es/history/", "subscribe/", "es/subscribe/"):
        assert f'href="https://status.example.com/{place}"' in front
    assert 'href="/assets/stillup.css"' in front
    assert CLIENT.get(f"{running.url}?language=es").text.count('lang="en" dir="ltr">'), "another address is English"
    wrong = CLIENT.post(f"{running.url}es/subscribe", data={**form, "address": "x"})
    assert (wrong.status_code, '<html lang="es"' in wrong.text) == (422, True)
    sent = CLIENT.post(f"{running.url}es/subscribe", data=form, headers={"x-forwarded-for": fresh_address()})
    assert sent.headers["location"] == "/es/sent"
    assert '<html lang="es"' in CLIENT.get(f"{running.url}es/sent").text
    assert '<html lang="es"' in CLIENT.get(f"{running.url}es/nowhere").text

    link = running.inbox.link(address)
    assert '<html lang="es"' in CLIENT.get(link).text, "a link speaks the language of its subscription"
    assert '<html lang="es"' in CLIENT.post(link).text
    (kept,) = [each for each in running.kept() if each.address == address]
    assert kept.consent.startswith("es-")


def test_one_click_ends_the_subscription_and_looking_does_not(running):
    id = subscribed(running, "click@example.com")
    link = unsubscribe_link(running, id)

    for method in ("GET", "HEAD"):
        assert CLIENT.request(method, link).status_code == 200
    assert id in [each.id for each in running.kept()]

    body = {"List-Unsubscribe": "One-Click"}
    assert CLIENT.post(link, data=body).status_code == 200
    assert id not in [each.id for each in running.kept()]
    assert CLIENT.post(link, data=body).status_code == 200  # as often as a machine likes
    assert CLIENT.post(link[:-1] + "A" if link[-1] != "A" else link[:-1] + "B").status_code == 404


def test_one_click_takes_any_form_that_mail_programs_send(running):
    id = subscribed(running, "parts@example.com")
    files = {"List-Unsubscribe": (None, "One-Click")}

    assert CLIENT.post(unsubscribe_link(running, id), files=files).status_code == 200
    assert id not in [each.id for each in running.kept()]


def test_a_link_is_good_for_its_purpose_only(running):
    id = subscribed(running, "scope@example.com")
    later = datetime.now(UTC) + timedelta(days=1)
    for scope, path in ((Scope.UNSUBSCRIBE, "manage"), (Scope.MANAGE, "u"), (Scope.MANAGE, "confirm")):
        assert CLIENT.get(f"{running.url}{path}/{KEYS.sign(scope, id, later)}").status_code == 404
    past = KEYS.sign(Scope.MANAGE, id, datetime.now(UTC) - timedelta(seconds=1))
    assert CLIENT.get(f"{running.url}manage/{past}").status_code == 404
    assert CLIENT.get(f"{running.url}manage/{past}/data.csv").status_code == 404


def test_known_and_unknown_addresses_get_the_same_answer_in_the_same_time(running):
    subscribed(running, "known@example.com")
    quickest = {"known": math.inf, "unknown": math.inf}
    answers = set()
    for number in range(60):
        # What one asks for is done after its answer, beside the next one's: each comes first in turn.
        pair = [("known", "known@example.com"), ("unknown", f"nobody{number}@example.com")]
        for who, address in pair[:: 1 - 2 * (number % 2)]:
            data = {"form": KEYS.sign(Scope.FORM, "form"), "channel": "email", "address": address}
            for path in ("subscribe", "link"):
                began = time.perf_counter()
                answer = CLIENT.post(running.url + path, data=data, headers={"x-forwarded-for": fresh_address()})
                if path == "subscribe":
                    quickest[who] = min(quickest[who], time.perf_counter() - began)
                headers = {name: value for name, value in answer.headers.items() if name not in ("date",)}
                answers.add((answer.status_code, answer.text, json.dumps(headers)))
        apart = abs(quickest["known"] - quickest["unknown"])
        if number >= 11 and apart < 0.02:
            break

    assert len(answers) == 1
    # The quickest of each: what else runs on the machine makes answers slower, never quicker, and on a busy one it
    # takes more tries. A difference that matters would be a send or a write, some ten milliseconds, in every try.
    assert apart < 0.02


def test_one_address_is_written_to_once_in_a_while_however_often_it_is_named(running):
    for spelled in ("Often@example.com", "often@EXAMPLE.com", "often@example.com"):
        assert running.post("subscribe", address=spelled).status_code == 303
    running.inbox.wait("Often@example.com")
    running.post("subscribe", address="afterwards@example.com")
    running.inbox.wait("afterwards@example.com")  # and whatever was to be sent before

    assert len([to for to, _ in running.inbox.arrived if to.lower() == "often@example.com"]) == 1
    assert len([each for each in running.kept() if each.key == "often@example.com"]) == 1


def test_who_asks_too_often_is_asked_to_wait(running):
    headers = {"x-forwarded-for": "203.0.113.9, 198.51.100.99"}  # the first is what the client says of itself
    data = {"form": running.token(), "channel": "email", "address": "nope"}
    statuses = [
        CLIENT.post(f"{running.url}subscribe", data=data, headers=headers | {"x-real": str(n)}).status_code
        for n in range(22)
    ]

    assert statuses[:20] == [422] * 20
    assert statuses[20:] == [429] * 2
    again = CLIENT.post(f"{running.url}subscribe", data=data, headers=headers)
    assert again.headers["retry-after"] == "600"
    assert "Too many requests" in again.text


def test_a_visitor_is_not_believed_where_a_proxy_writes_a_line_of_its_own(running):
    """HAProxy leaves the visitor's line of X-Forwarded-For as it is, and adds one below."""
    data = {"form": running.token(), "channel": "email", "address": "nope"}

    def ask(number):
        lines = [("x-forwarded-for", f"192.0.2.{number}"), ("x-forwarded-for", "198.51.100.77")]
        return CLIENT.post(f"{running.url}subscribe", data=data, headers=lines).status_code

    assert [ask(number) for number in range(22)] == [422] * 20 + [429] * 2


def test_a_slash_too_many_leads_nowhere_else(running):
    """Whoever asks names the host: a redirect there would take a token along."""
    for path in ("manage/x/", "subscribe/", "es/sent/", "healthz/", "intake/generic/"):
        answer = CLIENT.get(running.url + path, headers={"host": "elsewhere.example.com"})
        assert (answer.status_code, answer.headers.get("location")) == (404, None), path


def test_a_request_of_two_lengths_is_the_last_one_of_its_connection(running):
    """What one length takes for the body, the other takes for the next request."""
    both = b"content-length: 6\r\ntransfer-encoding: chunked\r\n"
    lines = [
        b"POST /subscribe HTTP/1.1\r\nhost: x\r\n",
        both,
        b"\r\n0\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n",
    ]
    with socket.create_connection(("127.0.0.1", urlsplit(running.url).port), PATIENCE) as line:
        line.sendall(b"".join(lines))
        heard = b"".join(iter(lambda: line.recv(1 << 16), b""))

    assert heard.count(b"HTTP/1.1 ") == 1
    assert heard.startswith(b"HTTP/1.1 400 ")


def test_a_machine_that_fills_in_everything_subscribes_nobody(running):
    assert running.post("subscribe", address="bot@example.com", website="https://spam.example").status_code == 303
    assert "bot@example.com" not in [each.address for each in running.kept()]


def test_a_form_of_another_page_is_not_taken(running):
    for token in ("", "made-up", KEYS.sign(Scope.FORM, "form", datetime.now(UTC) - timedelta(hours=1))):
        assert running.post("subscribe", address="csrf@example.com", form=token).status_code == 422
    assert "csrf@example.com" not in [each.address for each in running.kept()]


def test_a_telephone_confirms_by_its_code(running):
    sent = lambda: set((running.root / "sent").rglob("*.txt"))  # noqa: E731
    before = sent()
    answer = running.post("subscribe", channel="sms", address="+1 (555) 123-4567")
    place = running.url.rstrip("/") + answer.headers["location"]
    wait(lambda: sent() > before, "no text message was sent")
    (text,) = sent() - before
    code = re.search(r"\b\d{6}\b", text.read_text())[0]
    wrong = f"{(int(code) + 1) % 1_000_000:06}"

    assert CLIENT.post(place, data={"code": wrong}, headers={"x-forwarded-for": fresh_address()}).status_code == 422
    good = CLIENT.post(place, data={"code": f" {code[:3]} {code[3:]}"}, headers={"x-forwarded-for": fresh_address()})
    assert "You are subscribed" in good.text
    (own,) = (each for each in running.kept() if each.key == "+15551234567")
    assert own.confirmed_at is not None


def test_a_code_cannot_be_guessed(running):
    answer = running.post("subscribe", channel="sms", address="+15557654321")
    place = running.url.rstrip("/") + answer.headers["location"]
    id = place.rpartition("/")[2].split(".")[1]
    from stillup.subscribers.desk import Desk

    right = Desk(None, Links(running.url, KEYS), None, None).code(id)
    for number in range(5):
        wrong = f"{(int(right) + 1 + number) % 1_000_000:06}"
        CLIENT.post(place, data={"code": wrong}, headers={"x-forwarded-for": fresh_address()})

    assert CLIENT.post(place, data={"code": right}, headers={"x-forwarded-for": fresh_address()}).status_code == 422


@pytest.mark.parametrize(
    "address", ["http://hooks.example.com/", "https://127.0.0.1/", "https://169.254.169.254/", "https://[::1]/", "https://localhost/x"]
)  # fmt: skip
def test_no_webhook_leads_inside(address, running):
    answer = running.post("subscribe", channel="webhook", address=address)

    assert answer.status_code == 422
    assert "We cannot send there." in answer.text


def signed(document, secret=BOUNCES, at=None):
    body = json.dumps(document).encode()
    second = str(int((at or datetime.now(UTC)).timestamp()))
    told = f"msg_1.{second}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signature = base64.b64encode(hmac.new(key, told, hashlib.sha256).digest()).decode()
    return body, {"svix-id": "msg_1", "svix-timestamp": second, "svix-signature": f"v1,{signature}"}


def test_a_bounce_that_is_signed_ends_messages_and_others_do_nothing(running):
    id = subscribed(running, "bounced@example.com")
    report = {"type": "email.bounced", "data": {"to": ["Bounced@example.com"], "bounce": {"type": "Permanent"}}}
    post = lambda body, headers: CLIENT.post(f"{running.url}bounces", content=body, headers=headers).status_code  # noqa: E731

    body, headers = signed(report)
    assert post(body + b" ", headers) == 401
    assert post(body, {}) == 401
    assert post(*signed(report, "whsec_" + base64.b64encode(b"f" * 24).decode())) == 401
    assert post(*signed(report, at=datetime.now(UTC) - timedelta(minutes=6))) == 401
    for kind in ("Transient", "Undetermined"):
        soft = {"type": "email.bounced", "data": {"to": ["bounced@example.com"], "bounce": {"type": kind}}}
        assert post(*signed(soft)) == 200
    assert [row.silent for row in rows(running, id)] == [""]

    assert post(body, headers) == 200
    assert [row.silent for row in rows(running, id)] == ["bounce"]
    assert post(*signed({"type": "email.complained", "data": {"to": ["bounced@example.com"]}})) == 200
    assert [row.silent for row in rows(running, id)] == ["complaint"]
    assert post(*signed([])) == 400


def rows(running, id):
    from stillup.subscribers.opening import open_store

    store = open_store(running.root, "sqlite:private/subscribers.sqlite", bytes(16))
    try:
        return [row for row in store.rows("email") if row.id == id]
    finally:
        store.close()


def test_every_answer_carries_its_headers(running):
    for path in ("", "sent", "manage/x", "nothing/here", "healthz", "assets/signup.css"):
        headers = CLIENT.get(running.url + path).headers
        assert headers["content-security-policy"].startswith("default-src 'none';"), path
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in headers
        assert "server" not in headers
        assert headers["cache-control"] == ("public, max-age=300" if "assets" in path else "no-store")


def test_what_is_too_much_or_no_form_is_refused(running):
    big = CLIENT.post(f"{running.url}subscribe", content=b"a" * 40_000)
    other = CLIENT.post(f"{running.url}subscribe", json={"a": 1}, headers={"x-forwarded-for": fresh_address()})

    assert (big.status_code, other.status_code) == (413, 415)
    assert CLIENT.get(f"{running.url}subscribe").status_code == 405
    assert CLIENT.get(f"{running.url}../../private/subscribers.sqlite").status_code == 404


def test_many_subscribe_at_once_and_nobody_is_lost(running):
    def subscribe(number):
        return running.post("subscribe", address=f"many{number}@example.com").status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(subscribe, range(24))) == {303}
    assert len([each for each in running.kept() if each.address.startswith("many")]) == 24


def test_no_page_and_no_line_of_the_log_shows_an_address(running):
    id = subscribed(running, "private.person@example.com")
    link = Links(running.url, KEYS).manage(id, datetime.now(UTC) + timedelta(days=1))

    assert "private.person" not in CLIENT.get(link).text
    assert "private.person" not in running.log.read_text()
    assert id not in running.log.read_text()


def test_a_network_that_floods_the_forms_shuts_out_nobody_else(flooded):
    data = {"form": flooded.token(), "channel": "email", "address": "nope"}

    def posts(address, count=1):
        headers = {"x-forwarded-for": address}
        return [CLIENT.post(f"{flooded.url}subscribe", data=data, headers=headers).status_code for _ in range(count)]

    flood = [status for number in range(1, 12) for status in posts(f"203.0.113.{number}", 12)]
    assert (flood.count(422), flood.count(429)) == (100, 32)
    assert flood[:100] == [422] * 100

    assert posts("198.51.100.1") == [422]
    assert posts("203.0.113.99") == [429]
