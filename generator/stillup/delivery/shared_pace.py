"""One pace for an account at a provider, whoever asks it, on however many machines: a row of the ledger's database.

The row holds when the next call may begin, by the database's clock. A process takes the places of a tenth of a second
at a time; what it does not use is lost, so that the rate is never more than it may be.
"""

from collections import deque
from datetime import timedelta
from threading import Lock

from stillup.delivery.pace import Clock
from stillup.postgres.session import Cursor, Session

_ASK = """
INSERT INTO pace AS p (account, next) VALUES (%(account)s, clock_timestamp() + %(length)s)
ON CONFLICT (account) DO UPDATE SET next = greatest(p.next, clock_timestamp()) + %(length)s
RETURNING extract(epoch FROM next - %(length)s - clock_timestamp())
"""
_REST = """
INSERT INTO pace AS p (account, next) VALUES (%(account)s, clock_timestamp() + %(length)s)
ON CONFLICT (account) DO UPDATE SET next = greatest(p.next, clock_timestamp() + %(length)s)
"""


class SharedPace:
    """See `stillup.delivery.pace.Pace`."""

    def __init__(self, session: Session, account: str, rate: float, clock: Clock) -> None:
        """Let all who name `account` begin at most `rate` calls a second between them."""
        self._session, self._account, self._clock = session, account, clock
        self._gap = timedelta(seconds=1 / rate)
        self._many = max(1, int(rate / 10))
        self._places: deque[float] = deque()
        """When places that were taken begin, in seconds of our own clock."""

        self._lock = Lock()

    def wait(self) -> None:
        """Wait until the next call may begin."""
        with self._lock:
            now = self._clock.now().timestamp()
            while self._places and self._places[0] < now - 0.05:
                self._places.popleft()  # Its time is over: used now, it would come on top of somebody's else.
            if not self._places:
                wait = self._session.lightly(self._ask)
                now = self._clock.now().timestamp()
                gap = self._gap.total_seconds()
                self._places.extend(now + max(0.0, wait) + gap * number for number in range(self._many))
            begins = self._places.popleft()
        if begins > now:
            self._clock.sleep(begins - now)

    def rest(self, length: timedelta) -> None:
        """Let no call of anybody begin for `length`."""
        with self._lock:
            self._places.clear()
            self._session.lightly(
                lambda cursor: cursor.execute(_REST, {"account": self._account, "length": length}) and None
            )

    def _ask(self, cursor: Cursor) -> float:
        row = cursor.execute(_ASK, {"account": self._account, "length": self._gap * self._many}).fetchone()
        assert row is not None
        return float(row[0])
