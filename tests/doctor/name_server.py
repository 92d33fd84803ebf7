"""A name server on loopback: answers by UDP, and by TCP what does not fit into a datagram, with names written short."""

import socket
import struct
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from ipaddress import ip_address

from tests.loopback import free_port

KINDS = {"A": 1, "NS": 2, "CNAME": 5, "MX": 15, "TXT": 16, "AAAA": 28}
Zone = Mapping[tuple[str, str], Sequence[str]]
"""By name and kind: the records."""


@contextmanager
def naming(zone: Zone, *, most: int = 1232, broken: bool = False) -> Iterator[str]:
    """Answer from `zone`, in datagrams of at most `most` bytes; yield address and port. `broken`: answer nonsense."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
        port = free_port()  # of both kinds
        datagrams.bind(("127.0.0.1", port))
        with socket.create_server(("127.0.0.1", port)) as streams:
            threading.Thread(target=_datagrams, args=(datagrams, zone, most, broken), daemon=True).start()
            threading.Thread(target=_streams, args=(streams, zone), daemon=True).start()
            try:
                yield f"127.0.0.1:{port}"
            finally:
                with suppress(OSError):
                    datagrams.shutdown(socket.SHUT_RDWR)
                with suppress(OSError):
                    streams.shutdown(socket.SHUT_RDWR)


def _datagrams(server: socket.socket, zone: Zone, most: int, broken: bool) -> None:
    while True:
        try:
            asked, who = server.recvfrom(4096)
        except OSError:
            return
        if not asked:
            return
        answer = b"\x00" * 5 if broken else _answer(asked, zone)
        if len(answer) > most:
            answer = answer[:2] + struct.pack(">5H", 0x8380, 1, 0, 0, 0) + _question(asked)
        server.sendto(answer, who)


def _streams(server: socket.socket, zone: Zone) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection:
            length = int.from_bytes(connection.recv(2), "big")
            answer = _answer(connection.recv(length), zone)
            connection.sendall(struct.pack(">H", len(answer)))
            for number in range(0, len(answer), 100):  # in pieces, as networks do
                connection.sendall(answer[number : number + 100])


def _question(asked: bytes) -> bytes:
    end = asked.index(b"\0", 12) + 5
    return asked[12:end]


def _answer(asked: bytes, zone: Zone) -> bytes:
    question = _question(asked)
    labels, place = [], 0
    while question[place]:
        labels.append(question[place + 1 : place + 1 + question[place]].decode().lower())
        place += 1 + question[place]
    kind = int.from_bytes(question[place + 1 : place + 3], "big")
    name = ".".join(labels)
    rows = []
    alias = zone.get((name, "CNAME"), ())
    owner = b"\xc0\x0c"  # the name of the question
    if alias and kind != KINDS["CNAME"]:
        rows.append(_row(owner, KINDS["CNAME"], _name(alias[0])))
        name, owner = alias[0], _name(alias[0])
    word = next(word for word, number in KINDS.items() if number == kind)
    rows += [_row(owner, kind, _data(word, each)) for each in zone.get((name, word), ())]
    code = 0 if any(each == name for each, _ in zone) else 3
    return asked[:2] + struct.pack(">5H", 0x8180 | code, 1, len(rows), 0, 0) + question + b"".join(rows)


def _row(owner: bytes, kind: int, data: bytes) -> bytes:
    return owner + struct.pack(">2HIH", kind, 1, 60, len(data)) + data


def _data(kind: str, value: str) -> bytes:
    if kind in ("A", "AAAA"):
        return ip_address(value).packed
    if kind == "TXT":
        parts = [value.encode()[start : start + 255] for start in range(0, len(value.encode()), 255)]
        return b"".join(bytes([len(part)]) + part for part in parts)
    if kind == "MX":
        return struct.pack(">H", 10) + _name(value)
    return _name(value)


def _name(value: str) -> bytes:
    return b"".join(bytes([len(label)]) + label.encode() for label in value.split(".")) + b"\0"
