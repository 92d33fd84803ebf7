"""An end for every answer: a peer that sends a byte now and then would hold us for ever, timeouts or not.

httpx limits the silence between two bytes, and nothing limits the whole; so the connection itself is cut.
"""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

_STANDS = frozenset({"connection.connect_tcp.complete", "connection.start_tls.complete"})


class Deadline:
    """Knows the connections of a client's requests. One for each client, or for each request of a shared one."""

    def __init__(self) -> None:
        """Begin with no connection known."""
        self._sockets: list[socket.socket] = []
        self.over = False
        """Whether something was cut. What was read may look whole then: a body can end with its connection."""

    @property
    def extensions(self) -> dict[str, Any]:
        """What each request takes as its `extensions`."""
        return {"trace": self._trace}

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Cut every connection that is known when the block takes longer than `seconds`."""
        timer = threading.Timer(seconds, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def know(self, stream: Any) -> None:
        """Know the connection of an answer, by its `network_stream`: one that was kept was never seen to begin."""
        self._sockets.append(stream.get_extra_info("socket"))
        if self.over:
            self._cut()

    def _trace(self, event: str, about: Mapping[str, Any]) -> None:
        if event in _STANDS:
            self._sockets.append(about["return_value"].get_extra_info("socket"))

    def _cut(self) -> None:
        self.over = True
        for each in self._sockets:
            with suppress(OSError):  # closed already
                socket.socket.shutdown(each, socket.SHUT_RDWR)
