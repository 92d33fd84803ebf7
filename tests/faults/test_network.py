"""Peers that are down, slow, cut off, not who they say, or talk nonsense: told in words, in bounded time, nothing lost.

Where we ask somebody else: suppliers' pages, an Alertmanager, a page that is imported, and our own page as served.
Webhooks have theirs in tests/channels/test_webhooks.py, mail in tests/channels/test_smtp.py.
"""

import time
from collections.abc import Callable

import httpx
import pytest

from stillup.delivery.deploy.live import wait
from stillup.errors import StillupError
from stillup.intake.alert.pull import active
from stillup.intake.fetch import Fetcher
from stillup.intake.supplier import Doubtful, ask_all
from tests.channels.receiver import AT, answer, authority, dripping, raw, receiving, reset
from tests.tools import need

BODY = b'{"page":{"name":"P"},"status":{"indicator":"none"},"components":[]}'
HEAD = b"HTTP/1.1 200 OK\r\n"
LATE = 0.6
"""Seconds for a whole answer here."""

NAMELESS = "no-such-host.invalid"
FAULTS = {
    "reset": reset,
    "nothing": raw(b""),
    "another protocol": raw(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "half a head": raw(HEAD + b"content-le"),
    "endless head": raw(HEAD + b"x: " + b"y" * 300_000),
    "dripping head": dripping(HEAD + b"x: "),
    "dripping body": dripping(HEAD + b"content-length: 100000\r\n\r\n"),
    "dripping body without a length": dripping(HEAD + b"\r\n" + BODY),
    "half a body": raw(HEAD + b"content-length: 500\r\n\r\n" + BODY),
    "half a chunk": raw(HEAD + b"transfer-encoding: chunked\r\n\r\nff\r\n" + BODY),
    "broken gzip": raw(HEAD + b"content-encoding: gzip\r\ncontent-length: 3\r\n\r\n\xff\xff\xff"),
    "half of a JSON": answer(200, BODY[:40]),
    "nested without end": answer(200, b"[" * 100_000),
    "a page": answer(200, b"<!doctype html><title>Sign in</title>"),
    "a redirect to nonsense": answer(302, location="http://["),
    "a redirect to another host": answer(302, location="https://evil.example.com/"),
    "a redirect in a circle": answer(302, location="/"),
    "a wait of many digits": answer(503, retry_after="9" * 5000),
    "a wait in other digits": raw(b"HTTP/1.1 503 No\r\nretry-after: \xb2\r\ncontent-length: 0\r\n\r\n"),
    "teapot": answer(418),
}


@pytest.fixture(scope="module")
def trusted(tmp_path_factory):
    need("openssl")
    return authority(tmp_path_factory.mktemp("authority"))


def supplier(url: str) -> str:
    (said,) = ask_all([url], {}, AT, ["127.0.0.1", "localhost", NAMELESS], longest=LATE).values()
    assert isinstance(said, Doubtful), said
    return said.message


def alertmanager(url: str) -> str:
    with pytest.raises(StillupError) as told:
        active(url, whole=LATE)
    assert "Nothing was changed." in str(told.value) or "This is not JSON" in str(told.value), told.value
    return str(told.value)


def history(url: str) -> str:
    """A document of an import; what is no JSON is found out by who reads it."""
    waits: list[float] = []
    with httpx.Client(timeout=2) as client:
        fetcher = Fetcher(client, pause=0, sleep=waits.append, whole=LATE / 3)
        try:
            return repr(fetcher.get(f"{url}summary.json"))
        except StillupError as error:
            assert sum(waits) < 700
            return str(error)


def served(url: str, folder) -> str:
    folder.mkdir()
    (folder / "heartbeat.json").write_text('{"built_at": "2026-11-20T10:45:00Z", "commit": "1"}')
    live = wait(url, folder, patience=LATE, every=0.1, answer=LATE)
    assert not live.seen
    return live.note


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("ask", [supplier, alertmanager, history, served], ids=lambda ask: ask.__name__)
def test_a_peer_in_trouble_is_told_in_words_and_in_time(ask: Callable[..., str], fault, tmp_path):
    with receiving(FAULTS[fault]) as receiver:
        url, began = f"http://127.0.0.1:{receiver.port}/", time.monotonic()
        said = ask(url, tmp_path / "site") if ask is served else ask(url)
        took = time.monotonic() - began

    assert said
    assert "Traceback" not in said
    assert took < 15, "a peer that drips is cut off"


@pytest.mark.parametrize("ask", [supplier, alertmanager, history, served], ids=lambda ask: ask.__name__)
def test_a_name_that_nobody_knows_and_a_door_that_nobody_opens_are_told(ask, tmp_path):
    with receiving() as receiver:
        pass
    for number, url in enumerate((f"https://{NAMELESS}/", f"http://127.0.0.1:{receiver.port}/")):
        assert ask(url, tmp_path / f"{number}") if ask is served else ask(url)


@pytest.mark.parametrize("ask", [supplier, alertmanager, history, served], ids=lambda ask: ask.__name__)
def test_a_certificate_that_nobody_vouches_for_is_not_believed(ask, trusted, tmp_path):
    with receiving(answer(200, BODY), context=trusted.context()) as receiver:
        url = f"https://localhost:{receiver.port}/"
        said = ask(url, tmp_path / "site") if ask is served else ask(url)

    assert said
    assert receiver.asked == [], "not a word was said to it"


def test_what_has_come_when_a_connection_is_cut_is_not_taken_for_all_of_it(tmp_path):
    """A body without a length ends where its connection does: cut by us it may look whole."""
    whole = BODY + b" "
    for ask in (supplier, alertmanager):
        with receiving(dripping(HEAD + b"\r\n" + whole)) as receiver:
            assert "seconds" in ask(f"http://127.0.0.1:{receiver.port}/")
