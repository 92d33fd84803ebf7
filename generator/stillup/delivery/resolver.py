"""Questions to the domain name system, in as much of RFC 1035 as texts, mail servers and name servers need.

The system's own functions know addresses alone. Only resolvers are asked, never the servers of strangers.
"""

import secrets
import socket
import struct
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from stillup.frozen import dataclass

KINDS: Final = {"A": 1, "NS": 2, "CNAME": 5, "MX": 15, "TXT": 16, "AAAA": 28}
_OPTIONS: Final = b"\0\0\x29\x04\xd0\0\0\0\0\0\0"
"""EDNS (RFC 6891): answers of 1232 bytes are welcome."""

_JUMPS = 64
_NO_SUCH_NAME = 3


class Unanswered(Exception):
    """No resolver gave an answer that can be read: nothing is known, and not that there is nothing."""


@dataclass(frozen=True, slots=True)
class Resolver:
    """Asks resolvers one after the other."""

    servers: tuple[tuple[str, int], ...]
    """Addresses and ports."""

    patience: float = 3.0
    """Seconds until the next one is asked."""

    def ask(self, name: str, kind: str) -> tuple[str, ...]:
        """Return the records of `kind`, one of `KINDS`, that `name` has; aliases are followed by the resolver.

        Texts come joined, mail servers without their preference, names in small letters without the last dot.

        Raises:
            Unanswered: no resolver answers.
        """
        number = secrets.randbits(16)
        question = struct.pack(">6H", number, 0x0100, 1, 0, 0, 1) + _name(name) + struct.pack(">2H", KINDS[kind], 1)
        for server in self.servers:
            try:
                answer = _exchanged(server, question + _OPTIONS, self.patience)
                return _read(answer, number, KINDS[kind])
            except (OSError, ValueError, struct.error, IndexError):
                continue
        raise Unanswered(f"no resolver answers for {name}")


def system(file: Path = Path("/etc/resolv.conf")) -> Resolver:
    """Return the resolver that this machine uses."""
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    words = [line.split() for line in lines]
    return Resolver(tuple((each[1], 53) for each in words if len(each) > 1 and each[0] == "nameserver"))


def _exchanged(server: tuple[str, int], question: bytes, patience: float) -> bytes:
    """Return the answer by UDP; by TCP where it is too long for that."""
    family = socket.AF_INET6 if ":" in server[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as asked:
        asked.settimeout(patience)
        asked.connect(server)  # an answer from anywhere else is not let through
        asked.send(question)
        answer = asked.recv(65_535)
    if len(answer) < 12 or not answer[2] & 0x02:
        return answer
    with socket.create_connection(server, timeout=patience) as stream:
        stream.sendall(struct.pack(">H", len(question)) + question)
        return _exactly(stream, int.from_bytes(_exactly(stream, 2), "big"))


def _exactly(stream: socket.socket, count: int) -> bytes:
    found = b""
    while len(found) < count:
        part = stream.recv(count - len(found))
        if not part:
            raise OSError("the answer broke off")
        found += part
    return found


def _name(written: str) -> bytes:
    labels = [
        label.encode("ascii") if label.isascii() else label.encode("idna") for label in written.split(".") if label
    ]
    if any(len(label) > 63 for label in labels):
        raise ValueError("a label is too long")
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def _read(answer: bytes, number: int, kind: int) -> tuple[str, ...]:
    """Return what an answer says.

    Raises:
        ValueError: it is no answer to our question, or says that something failed.
    """
    told, flags, questions, answers = struct.unpack_from(">4H", answer)
    code = flags & 0x000F
    if told != number or not flags & 0x8000 or code not in (0, _NO_SUCH_NAME):
        raise ValueError("not an answer")
    place = 12
    for _ in range(questions):
        place = _label(answer, place)[1] + 4
    found = []
    for _ in range(answers):
        place = _label(answer, place)[1]
        found_kind, _, _, length = struct.unpack_from(">2HIH", answer, place)
        place += 10
        if found_kind == kind:
            found.append(_value(answer, place, length, kind))
        place += length
    return tuple(sorted(found))


def _value(answer: bytes, place: int, length: int, kind: int) -> str:
    if kind in (KINDS["A"], KINDS["AAAA"]):
        return str(ip_address(answer[place : place + length]))
    if kind == KINDS["TXT"]:
        parts, end = b"", place + length
        while place < end:
            parts += answer[place + 1 : place + 1 + answer[place]]
            place += 1 + answer[place]
        return parts.decode("utf-8", errors="replace")
    return _label(answer, place + 2 if kind == KINDS["MX"] else place)[0]


def _label(answer: bytes, place: int) -> tuple[str, int]:
    """Return the name that begins at `place`, and where what follows it stands.

    Raises:
        ValueError: it points around in a circle.
    """
    labels: list[str] = []
    after = 0
    for _ in range(_JUMPS):
        length = answer[place]
        if length & 0xC0 == 0xC0:
            after = after or place + 2
            place = int.from_bytes(answer[place : place + 2], "big") & 0x3FFF
        elif length == 0:
            return ".".join(labels).lower(), after or place + 1
        else:
            labels.append(answer[place + 1 : place + 1 + length].decode("ascii", errors="replace"))
            place += 1 + length
    raise ValueError("a name without an end")


def of_address(written: str) -> Resolver:
    """Return the resolver at an address, with a port behind a colon where it is not 53.

    Raises:
        ValueError: that is no address.
    """
    host, colon, port = written.rpartition(":")
    if colon and port.isdigit() and (host.startswith("[") or ":" not in host):
        return Resolver(((str(ip_address(host.strip("[]"))), int(port)),))
    return Resolver(((str(ip_address(written.strip("[]"))), 53),))


def domains(host: str) -> Sequence[str]:
    """Return `host` and each domain above it that has a dot, the longest first."""
    labels = host.rstrip(".").lower().split(".")
    return [".".join(labels[number:]) for number in range(len(labels) - 1)]
