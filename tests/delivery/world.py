"""A small world to send in: events, people, words and a provider that writes down what it was asked.

Light on purpose: children that are killed import this.
"""

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit

from stillup.delivery.dispatch import Dispatch
from stillup.delivery.entry import Beginning
from stillup.delivery.keyring import Keyring
from stillup.delivery.ledger import Ledger
from stillup.delivery.pace import Effort
from stillup.delivery.plan import Candidate, Lateness, Rules
from stillup.delivery.port import Gone
from stillup.delivery.receipt import Outcome, Policy, Receipt
from stillup.messages.event import Event
from stillup.messages.message import Message
from stillup.messages.recipient import Recipient
from stillup.vocabulary import Kind
from tests.loopback import PATIENCE, Server

AT = datetime(2026, 11, 20, 10, 45, tzinfo=UTC)
KEYRING = Keyring(b"a key for tests, thirty-two bytes long")
BEGINNING = Beginning(at=AT - timedelta(days=1), key=KEYRING.fingerprint)
QUICK = Effort(base=timedelta(milliseconds=10), cap=timedelta(milliseconds=40), patience=timedelta(seconds=8))


class Wall:
    """The clock on the wall, and waiting for real."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class Hands:
    """A clock that goes as fast as one waits."""

    def __init__(self, at: datetime = AT) -> None:
        self.at = at
        self.slept: list[float] = []
        self._lock = threading.Lock()

    def now(self) -> datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(seconds)
            self.at += timedelta(seconds=seconds)


def event(key: str = "cards/one", at: datetime = AT, **more: object) -> Event:
    known = {"kind": "incident_updated", "incident": key.split("/")[0], "record": Kind.INCIDENT, "title": "Cards"}
    return Event(key=key, at=at, **{**known, **more})  # type: ignore[arg-type]


happening = event


@dataclass
class List:
    """People by number; the list may change between runs, and in the middle of one."""

    numbers: Sequence[int]
    address: Callable[[int], str] = "person{}@example.com".format
    follow: str = "all"
    unwanted: Callable[[int, Event], str] = lambda number, event: ""

    def recipient(self, number: int, channel: str) -> Recipient:
        return Recipient(channel=channel, address=self.address(number), id=str(number))

    def candidates(self, event: Event, channel: str) -> Iterator[Candidate]:
        for number in self.numbers:
            yield Candidate(
                recipient=self.recipient(number, channel),
                follow=self.follow,
                unwanted=self.unwanted(number, event),
            )

    def silent(self, event: Event, channel: str) -> Mapping[str, int]:
        return {}


@dataclass
class Words:
    """Says what was said at a commit; `texts` are the commits there are."""

    commit: str = "c1"
    texts: dict[str, str] = field(default_factory=lambda: {"c1": "It is down."})

    def event(self, commit: str, key: str) -> Event:
        if commit not in self.texts:
            raise Gone(f"commit {commit} is no more")
        return happening(key)

    def compose(
        self, commit: str, event: str, channel: str, first: bool, recipients: Sequence[Recipient]
    ) -> list[Message]:
        if commit not in self.texts:
            raise Gone(f"commit {commit} is no more")
        return [
            Message(
                key=f"{event}/{channel}/customers",
                kind="incident_opened" if first else "incident_updated",
                channel=channel,
                audience="customers",
                to=each.address,
                subject="",
                body=json.dumps({"event": event, "text": self.texts[commit], "first": first, "for": each.id}).encode(),
                media_type="application/json",
                at=AT,
            )
            for each in recipients
        ]


@dataclass
class Post:
    """A channel that posts over real HTTP; what the answer means is decided by its status."""

    url: str
    policy: Policy
    name: str = "webhook"
    timeout: float = PATIENCE

    def send(self, message: Message, *, key: str, at: datetime) -> Receipt:
        parts = urlsplit(self.url)
        line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=self.timeout)
        try:
            try:
                line.connect()
            except OSError as error:
                return Receipt(outcome=Outcome.LATER, reason=type(error).__name__)
            try:
                line.request("POST", "/", message.body, {"key": key, "to": message.to})
                answer = line.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException) as error:
                return Receipt(outcome=Outcome.UNKNOWN, reason=type(error).__name__)
        finally:
            line.close()
        if answer.status < 300:
            return Receipt(outcome=Outcome.ACCEPTED, reference=answer.headers.get("reference", ""))
        after = answer.headers.get("retry-after")
        later = answer.status in (408, 429) or answer.status >= 500
        return Receipt(
            outcome=Outcome.LATER if later else Outcome.REFUSED,
            reason=f"HTTP {answer.status}",
            retry_after=timedelta(seconds=float(after)) if after else None,
            gone=answer.status == 410,
            halt=answer.status in (401, 403),
        )

    def close(self) -> None:
        pass


@dataclass
class Request:
    """What came in, and what was answered: 0 for a connection that was dropped."""

    key: str
    to: str
    body: bytes
    answered: int


class Receiver:
    """A provider on loopback. `answer` says what to do with the n-th request: a status, headers, or `drop`."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.answer: Callable[[Request, int], int | tuple[int, dict[str, str]] | str] = lambda request, number: 200
        self.url = ""
        self._lock = threading.Lock()

    def handle(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["content-length"]))
        request = Request(handler.headers["key"], handler.headers["to"], body, -1)
        with self._lock:
            number = len(self.requests)
            self.requests.append(request)
        chosen = self.answer(request, number)
        if chosen == "drop":  # Taken, and the answer is lost.
            request.answered = 0
            handler.close_connection = True
            handler.connection.close()
            return
        status, headers = chosen if isinstance(chosen, tuple) else (int(chosen), {})
        request.answered = status
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("content-length", "0")
        handler.end_headers()

    def told(self) -> dict[str, int]:
        """How many times each address took something, by the provider's own account: a dropped answer was taken too."""
        found: dict[str, int] = {}
        for each in self.requests:
            if each.answered in (0, 200):
                found[each.to] = found.get(each.to, 0) + 1
        return found


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A provider that listens until the block ends."""
    made = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            made.handle(self)

        def log_message(self, *_: object) -> None:
            pass

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        made.url = f"http://127.0.0.1:{server.server_port}/"
        try:
            yield made
        finally:
            server.shutdown()
            thread.join()


SAFE = Policy(repeat_unknown=False, deduplicates=timedelta(hours=24), rate=100000)
REPEAT = Policy(repeat_unknown=True, rate=100000)
NEVER = Policy(repeat_unknown=False, rate=100000)


def dispatch(ledger: Ledger, channel: Post, people: List, words: Words | None = None, **more: object) -> Dispatch:
    """A run of one channel."""
    clock = more.pop("clock", None) or Hands()
    known = {
        "keyring": KEYRING,
        "composer": words or Words(),
        "rules": Rules(at=clock.now(), beginning=ledger.beginning(), lateness=Lateness()),  # type: ignore[attr-defined]
        "owner": "elsewhere:1:1",
        "effort": QUICK,
    }
    return Dispatch(channel=channel, ledger=ledger, people=people, clock=clock, **{**known, **more})  # type: ignore[arg-type]


def begun(ledger: Ledger) -> Ledger:
    """`ledger`, begun the day before."""
    ledger.begin(replace(BEGINNING))
    return ledger
