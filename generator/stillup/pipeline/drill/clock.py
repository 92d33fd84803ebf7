"""A drill's own clock: it moves only when everybody waits, and then as far as whoever waits least."""

import threading
from datetime import datetime, timedelta

_QUIET = 0.02
"""After so many seconds in which nobody asked for the time, all who have not come back are waiting."""


class Played:
    """Time that is played: an hour's patience takes a moment. Its methods may be called by several threads."""

    def __init__(self, at: datetime) -> None:
        """Begin at `at`."""
        self._now, self._asked = at, 0
        self._until: list[datetime] = []
        self._moved = threading.Condition()

    def now(self) -> datetime:
        """Return the instant that is played."""
        with self._moved:
            self._asked += 1
            return self._now

    def sleep(self, seconds: float) -> None:
        """Wait until it is later by so much."""
        with self._moved:
            until = self._now + timedelta(seconds=seconds)
            self._until.append(until)
            while self._now < until:
                asked = self._asked
                moved = self._moved.wait(_QUIET)
                if not moved and asked == self._asked and until == min(self._until):
                    self._now = until
                    self._moved.notify_all()
            self._until.remove(until)
            self._asked += 1
