"""The mail server of a drill: as much of SMTP (RFC 5321) as a sender needs, on loopback, without TLS."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import cast

from stillup.pipeline.drill.receiver import HOST, Desk, read
from stillup.vocabulary import Failure

_LONGEST = 65_536
"""Bytes of a line at most: RFC 5321 asks for 1000."""


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        super().__init__((HOST, 0), _Session)


class _Session(socketserver.StreamRequestHandler):
    """One connection."""

    def handle(self) -> None:
        """Speak until the other side leaves or a script ends it: whoever was killed leaves it broken."""
        with suppress(ConnectionError):
            self._speak()

    def _speak(self) -> None:
        self._to: list[str] = []
        self._say("220 drill ESMTP")
        while line := self.rfile.readline(_LONGEST):
            verb, _, rest = line.decode("utf-8", "replace").strip().partition(" ")
            match verb.upper():
                case "EHLO" | "HELO":
                    self._say("250-drill", "250 8BITMIME")
                case "MAIL":
                    self._to = []
                    self._say("250 2.1.0 OK")
                case "RCPT":
                    if not self._recipient(rest):
                        return
                case "DATA":
                    if not self._data():
                        return
                case "RSET" | "NOOP":
                    self._say("250 2.0.0 OK")
                case "QUIT":
                    self._say("221 2.0.0 Bye")
                    return
                case _:
                    self._say("502 5.5.1 Not known here")

    def _recipient(self, rest: str) -> bool:
        """Hear who gets the mail; return whether the connection goes on."""
        address = rest.partition("<")[2].partition(">")[0]
        self._verdict = self._desk.judge("email", address)
        if self._verdict.failure is Failure.DOWN:
            return False
        if self._verdict.failure is Failure.BUSY:
            self._say("451 4.3.2 Come back later")
        elif self._verdict.failure is Failure.REFUSED:
            self._say("550 5.1.1 No such mailbox")
        else:
            self._to.append(address)
            self._say("250 2.1.5 OK")
        return True

    def _data(self) -> bool:
        """Take the mail; return whether the connection goes on."""
        if not self._to:
            self._say("503 5.5.1 For whom?")
            return True
        self._say("354 Go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b".\n", b""):
            lines.append(line[1:] if line.startswith(b".") else line)
        if not line:
            return False  # it broke off, and half a mail is none
        body = b"".join(lines)
        id, texts = read(body)
        for address in self._to:
            self._desk.take("email", address, body, id, texts)
        if self._verdict.failure is Failure.KILL:
            self._desk.kill()
        if self._verdict.failure in (Failure.KILL, Failure.LOST):
            return False
        self._say("250 2.0.0 Taken")
        return True

    @property
    def _desk(self) -> Desk:
        return cast("_Server", self.server).desk

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())


@contextmanager
def mail(desk: Desk) -> Iterator[int]:
    """Listen for mail; yield the port."""
    with _Server(desk) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
