"""A provider on loopback that is fast and strict: `python -m benchmarks.provider PEOPLE EVENTS RATE`.

It takes so many requests a second, answers 429 to what is more, knows keys again, and keeps an account of its own:
`POST /<event>/<person>` with a `key`, and `GET /account`.
"""

import asyncio
import json
import sys
import time

_TAKEN = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
_FULL = b"HTTP/1.1 429 Too Many Requests\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n"


class Account:
    """What was asked, and what was taken."""

    def __init__(self, people: int, events: int, rate: float) -> None:
        """Take `rate` requests a second, and a fifth of that at once."""
        self._rate, self._room, self._filled = rate, rate / 5, time.monotonic()
        self._most = self._room
        self.taken = [bytearray(people) for _ in range(events)]
        self.requests = self.refused = 0
        self.seconds: dict[int, int] = {}
        self.spans: list[list[float]] = [[0.0, 0.0] for _ in range(events)]

    def take(self, event: int, person: int) -> bool:
        """Take one message, or say that it is too much."""
        now = time.monotonic()
        self._room = min(self._most, self._room + (now - self._filled) * self._rate)
        self._filled = now
        self.requests += 1
        if self._room < 1:
            self.refused += 1
            return False
        self._room -= 1
        told = self.taken[event]
        told[person] = min(255, told[person] + 1)
        second = int(time.time())
        self.seconds[second] = self.seconds.get(second, 0) + 1
        span = self.spans[event]
        span[0] = span[0] or time.time()
        span[1] = time.time()
        return True

    def numbers(self) -> dict[str, object]:
        """Return the account."""
        return {
            "requests": self.requests,
            "refused": self.refused,
            "people": [len(told) - told.count(0) for told in self.taken],
            "repeats": [sum(told) - (len(told) - told.count(0)) for told in self.taken],
            "spans": self.spans,
            "seconds": sorted(self.seconds.items()),
        }


class Line(asyncio.Protocol):
    """One connection, kept open."""

    def __init__(self, account: Account) -> None:
        """Tell `account`."""
        self._account, self._rest = account, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self._way = transport

    def data_received(self, data: bytes) -> None:
        """Answer every whole request."""
        self._rest += data
        while (end := self._rest.find(b"\r\n\r\n")) >= 0:
            head = self._rest[:end]
            place = head.lower().find(b"content-length:")
            length = int(head[place + 15 :].split(b"\r\n", 1)[0]) if place >= 0 else 0
            if len(self._rest) < end + 4 + length:
                return
            self._rest = self._rest[end + 4 + length :]
            self._way.write(self._answer(head.split(b" ", 2)[1]))  # type: ignore[attr-defined]

    def _answer(self, path: bytes) -> bytes:
        if path == b"/account":
            body = json.dumps(self._account.numbers()).encode()
            return b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)
        _, event, person = path.split(b"/")
        return _TAKEN if self._account.take(int(event), int(person)) else _FULL


async def main(people: int, events: int, rate: float) -> None:
    """Listen until it is ended; the port is printed."""
    account = Account(people, events, rate)
    server = await asyncio.get_running_loop().create_server(lambda: Line(account), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
