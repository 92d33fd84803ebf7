"""Connections to `stillup serve`: none waits for ever, and whoever waits longest makes room when there are too many.

uvicorn counts every connection, also those at which nobody has asked anything yet, and gives them all the time in the
world: two hundred and fifty-six idle ones would have it answer 503 to everybody else until they go.
"""

import asyncio
from typing import Final

from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD: Final = 20.0
"""Seconds in which the head of a request must have come."""

ANSWER: Final = 120.0
"""Seconds in which a request must have come whole, be answered, and its answer be taken."""


class Connection(H11Protocol):
    """One connection, with a time by which it must have got on."""

    _timer: asyncio.TimerHandle | None = None
    _doing: object = None
    _since = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait; where there are as many as may be, the one that has waited longest ends."""
        super().connection_made(transport)
        self._now("head", HEAD)
        most = self.limit_concurrency
        if most is not None and len(self.connections) >= most:
            others = [each for each in self.connections if isinstance(each, Connection) and each is not self]
            waiting = [each for each in others if not each._is_busy()]
            if waiting:  # where all are busy, uvicorn says so to the new one
                min(waiting, key=lambda each: each._since)._end()

    def data_received(self, data: bytes) -> None:
        """Take bytes; the time does not begin anew with each of them."""
        super().data_received(data)
        self._look("head")

    def on_response_complete(self) -> None:
        """Wait for the next request, or go on with one that has come already."""
        super().on_response_complete()
        self._look("idle")

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        super().connection_lost(exc)
        if self._timer is not None:
            self._timer.cancel()

    def _is_busy(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _look(self, otherwise: str) -> None:
        if self._is_busy():
            self._now(self.cycle, ANSWER)
        else:
            self._now(otherwise, HEAD)

    def _now(self, doing: object, seconds: float) -> None:
        if doing == self._doing:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._doing, self._since = doing, self.loop.time()
        self._timer = self.loop.call_later(seconds, self._end)

    def _end(self) -> None:
        # Not closed but cut off: what nobody takes would keep a connection that is only closed.
        self.connections.discard(self)
        self.transport.abort()
