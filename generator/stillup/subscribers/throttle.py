"""How often somebody may do something: so many times within so long, and memory that does not grow without end."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta

_KNOWN = 50_000


class Throttle:
    """Counts by key. Who was not seen for longest is forgotten first."""

    def __init__(self, times: int, within: timedelta, gap: timedelta = timedelta(0)) -> None:
        """Allow `times` within `within`, and no two of them closer than `gap`."""
        self._times, self._within, self._gap = times, within, gap
        self._seen: OrderedDict[str, deque[datetime]] = OrderedDict()

    def allows(self, key: str, at: datetime) -> bool:
        """Whether it may happen once more at `at`; it counts when it may."""
        before = self._seen.setdefault(key, deque())
        self._seen.move_to_end(key)
        while len(self._seen) > _KNOWN:
            self._seen.popitem(last=False)
        while before and at - before[0] >= self._within:
            before.popleft()
        if len(before) >= self._times or (before and at - before[-1] < self._gap):
            return False
        before.append(at)
        return True
