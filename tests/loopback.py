"""Servers on loopback, and waiting for what they do: by what has happened, never by how long it takes here."""

import random
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import ThreadingHTTPServer

PATIENCE = 60.0
"""Seconds for which a test waits for what must come: a busy machine may leave a process alone for some of them."""

_QUIET = range(15_000, 32_000)
"""Ports that no system hands out to whoever asks for any, as each connection does."""


def wait(ready: Callable[[], object], what: str, every: float = 0.02) -> None:
    """Return as soon as `ready` says so, looking `every` so many seconds; fail and say `what` when it never does."""
    end = time.monotonic() + PATIENCE
    while not ready():
        assert time.monotonic() < end, what
        time.sleep(every)


def tick() -> datetime:
    """Return the second that begins now: records tell instants to the second, and all that was done lies before it."""
    before = datetime.now(UTC).replace(microsecond=0)
    wait(lambda: datetime.now(UTC) >= before + timedelta(seconds=1), "the clock stands")
    return datetime.now(UTC).replace(microsecond=0)


def free_port() -> int:
    """Return a port at which nobody listens, and that nobody is given before it is listened at."""
    while True:
        port = random.SystemRandom().choice(_QUIET)
        with socket.socket() as door:
            try:
                door.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


class Server(ThreadingHTTPServer):
    """A server on a port of its own, at which many knock at once: who finds the door full comes back after seconds."""

    daemon_threads = True
    request_queue_size = 128
