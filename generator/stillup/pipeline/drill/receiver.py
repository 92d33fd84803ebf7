"""Whoever is told in a drill: a mail server and a web server on loopback, which write down what they take.

They are real servers of their protocols. What they took is the judge of a drill, never the sender's own account.
"""

import os
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email import message_from_bytes, policy
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from stillup.frozen import dataclass
from stillup.records.scenario import Fault
from stillup.vocabulary import Failure

HOST = "127.0.0.1"


class Taken(NamedTuple):
    """One message that somebody has."""

    run: datetime
    """When the run began in which it came, in the drill's own time."""

    channel: str
    address: str
    body: bytes
    id: str
    """By which the receiver knows a repeat: Message-ID or `webhook-id`; empty where its protocol has none."""

    texts: tuple[str, ...]
    """Every part that a person reads."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a receiver does with one message."""

    takes: bool
    failure: Failure | None = None
    wait: int = 0


class Desk:
    """What all receivers share: what was taken, what goes wrong now, and who is killed for it."""

    def __init__(self) -> None:
        self.taken: list[Taken] = []
        self.calls = 0
        self.run = datetime.min.replace(tzinfo=UTC)
        self.victim: int | None = None
        self.killed = 0
        self.refused: set[tuple[str, str]] = set()
        self._faults: dict[str, Fault] = {}
        self._left: dict[str, int] = {}
        self._lock = threading.Lock()

    def begin(self, faults: Mapping[str, Fault]) -> None:
        """Let `faults`, by channel, go wrong from now on."""
        with self._lock:
            self._faults = dict(faults)
            self._left = {channel: fault.times for channel, fault in faults.items()}

    def judge(self, channel: str, address: str) -> Verdict:
        """Return what is done with the next message of `channel`, which is for `address`."""
        with self._lock:
            self.calls += 1
            fault = self._faults.get(channel)
            if fault is None or not self._left[channel]:
                return Verdict(takes=True)
            self._left[channel] -= 1
            if fault.failure is Failure.REFUSED:
                self.refused.add((channel, address))
            takes = fault.failure in (Failure.LOST, Failure.KILL)
            return Verdict(takes=takes, failure=fault.failure, wait=fault.wait or 0)

    def take(self, channel: str, address: str, body: bytes, id: str, texts: tuple[str, ...]) -> None:
        """Write down a message."""
        with self._lock:
            self.taken.append(Taken(self.run, channel, address, body, id, texts))

    def kill(self) -> None:
        """Kill whoever sends, and wait until it is gone."""
        with self._lock:
            if self.victim is not None:
                os.kill(self.victim, signal.SIGKILL)
                self.killed += 1
                self.victim = None


class Web(SimpleHTTPRequestHandler):
    """Takes the messages of every channel but mail; the path says whose it is."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "drill", ""

    def __init__(self, *words: Any, desk: Desk, **named: Any) -> None:
        self._desk = desk
        super().__init__(*words, **named)

    def handle(self) -> None:
        """Hear requests until the connection ends: whoever was killed leaves it broken."""
        with suppress(ConnectionError):
            super().handle()

    def do_POST(self) -> None:
        """Answer as the provider of the channel would."""
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        sms = self.path.startswith("/2010-04-01/")
        form = {key: value[0] for key, value in parse_qs(body.decode()).items()} if sms else {}
        address = form.get("To", "") if sms else self.path.partition("?")[0]
        channel = "sms" if sms else address.split("/")[1]
        verdict = self._desk.judge(channel, address)
        if verdict.failure is Failure.DOWN:
            self.close_connection = True
            return
        if verdict.takes:
            said = form["Body"] if sms else body.decode()
            self._desk.take(channel, address, said.encode(), self.headers.get("webhook-id", ""), (said,))
        if verdict.failure in (Failure.LOST, Failure.KILL):
            if verdict.failure is Failure.KILL:
                self._desk.kill()
            self.close_connection = True
            return
        if verdict.failure is Failure.BUSY:
            self._say(429, b"{}", {"retry-after": str(verdict.wait)} if verdict.wait else {})
        elif verdict.failure is Failure.REFUSED:
            self._say(400 if sms else 410, b'{"code": 21610}' if sms else b"{}", {})
        else:
            self._say(201 if sms else 200, b'{"sid": "SM0"}' if sms else b"ok", {})

    def do_GET(self) -> None:
        """There is nothing to read."""
        self.send_error(404)

    def _say(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {"content-length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class Page(SimpleHTTPRequestHandler):
    """Serves the page of the sandbox."""

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def web(desk: Desk) -> Iterator[int]:
    """Listen for everything but mail; yield the port."""
    with _serving(ThreadingHTTPServer((HOST, 0), partial(Web, desk=desk))) as port:
        yield port


@contextmanager
def page(folder: Path) -> Iterator[int]:
    """Serve `folder`, which need not be there yet; yield the port."""
    with _serving(ThreadingHTTPServer((HOST, 0), partial(Page, directory=str(folder)))) as port:
        yield port


@contextmanager
def _serving(server: ThreadingHTTPServer) -> Iterator[int]:
    server.daemon_threads = True
    with server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield server.server_port
        finally:
            server.shutdown()


def read(body: bytes) -> tuple[str, tuple[str, ...]]:
    """Return a mail's Message-ID, and every text in it that a person reads: the subject with each."""
    mail = message_from_bytes(body, policy=policy.default)
    subject = str(mail["subject"])
    parts = [part for part in mail.walk() if part.get_content_maintype() == "text"]
    return str(mail["message-id"]), tuple(f"{subject}\n{part.get_content()}" for part in parts)
