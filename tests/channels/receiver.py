"""Servers on loopback that keep what arrives and answer as they are told: raw HTTP, and certificates for TLS."""

import socket
import ssl
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, runtime_checkable

from stillup.messages.message import Message

AT = datetime(2026, 11, 20, 10, 45, tzinfo=UTC)
NAMES = ("hooks.example.com", "mail.example.com", "api.example.com")

Scripts = tuple["Script | Service", ...]
Script = Callable[[socket.socket], None]


@dataclass(frozen=True)
class Asked:
    """One request, and the name that its TLS connection asked for."""

    line: str
    headers: dict[str, str]
    body: bytes
    name: str = ""


@runtime_checkable
class Service(Protocol):
    """A server with rules of its own."""

    def answer(self, asked: Asked) -> Script:
        """Return what it says to a request."""


@dataclass
class Receiver:
    """What arrived, in order."""

    port: int
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0


def answer(status: int, body: bytes | str = b"", **headers: str) -> Script:
    """Return the script of a plain answer."""
    data = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} Said", f"content-length: {len(data)}", "connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return raw("\r\n".join(lines).encode() + b"\r\n\r\n" + data)


def raw(data: bytes) -> Script:
    return lambda connection: connection.sendall(data)


def reset(connection: socket.socket) -> None:
    """End the connection so that the other side sees it broken."""
    inner = connection.detach()
    with socket.socket(fileno=inner) as bare:
        bare.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def silent(connection: socket.socket) -> None:
    """Say nothing for longer than anybody waits here."""
    connection.settimeout(120)
    connection.recv(1)


def dripping(head: bytes, every: float = 0.05) -> Script:
    """Return a script that goes on for ever, a byte now and then."""

    def drip(connection: socket.socket) -> None:
        connection.sendall(head)
        for _ in range(2400):
            connection.sendall(b"x")
            time.sleep(every)

    return drip


@contextmanager
def receiving(*scripts: Script | Service, context: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Answer each request by the next of `scripts`, the last one again and again."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        kept = Receiver(server.getsockname()[1])
        threading.Thread(target=_serve, args=(server, kept, scripts, context), daemon=True).start()
        yield kept
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)


def _serve(server: socket.socket, kept: Receiver, scripts: Scripts, context: ssl.SSLContext | None) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        kept.connections += 1
        threading.Thread(target=_answer, args=(connection, kept, scripts, context), daemon=True).start()


def _answer(connection: socket.socket, kept: Receiver, scripts: Scripts, context: ssl.SSLContext | None) -> None:
    names: list[str] = []
    with suppress(OSError):
        if context is not None:
            context.sni_callback = lambda _, name, __: names.append(name or "")
            connection = context.wrap_socket(connection, server_side=True)
        with connection:
            asked = _asked(connection, names)
            kept.asked.append(asked)
            script = scripts[min(len(kept.asked), len(scripts)) - 1]
            if isinstance(script, Service):
                script.answer(asked)(connection)
            else:
                script(connection)


def _asked(connection: socket.socket, names: list[str]) -> Asked:
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    line, *rest = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (each.partition(": ") for each in rest)}
    while len(body) < int(headers.get("content-length", 0)):
        body += _more(connection)
    return Asked(line, headers, body, names[-1] if names else "")


def _more(connection: socket.socket) -> bytes:
    part = connection.recv(65536)
    if not part:
        raise ConnectionError("the client went away")
    return part


@dataclass(frozen=True)
class Authority:
    """A certificate authority of our own, and a server's certificate for `NAMES` and loopback."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """Believe nobody else."""
        return {"SSL_CERT_FILE": str(self.folder / "ca.pem")}

    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / "server.pem", self.folder / "server.key")
        return context


def authority(folder: Path) -> Authority:
    """Make the authority and its certificate with openssl, as strictly as Python 3.13 looks at them (RFC 5280)."""
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    names = ",".join([*(f"DNS:{name}" for name in NAMES), "IP:127.0.0.1"])
    (folder / "server.ext").write_text(
        f"subjectAltName={names}\nbasicConstraints=CA:FALSE\nauthorityKeyIdentifier=keyid\n"
    )
    usage = ["-addext", "keyUsage=critical,keyCertSign,cRLSign"]
    for words in (
        ["req", "-x509", *key, *usage, "-keyout", "ca.key", "-out", "ca.pem", "-days", "3650",
         "-subj", "/CN=Test authority"],
        ["req", *key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=hooks.example.com"],
        ["x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "3650",
         "-extfile", "server.ext", "-out", "server.pem"],
    ):  # fmt: skip
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)
    return Authority(folder)


def message(channel: str, to: str, body: bytes | str = b"{}", media_type: str = "application/json", **more) -> Message:
    """Return a finished message."""
    return Message(
        key=f"2026-11-20-cards/20261120t101200z/{channel}/customers",
        kind="incident_opened",
        channel=channel,
        audience="customers",
        to=to,
        subject=more.pop("subject", ""),
        body=body.encode() if isinstance(body, str) else body,
        media_type=media_type,
        at=AT,
        **more,
    )
