"""Workers that share one delivery, and who looks after them: whoever dies is replaced, and their part is done again."""

import subprocess
import time
from collections.abc import Callable, Sequence
from uuid import UUID

from stillup.delivery.owner import is_ours, runs
from stillup.delivery.pace import Clock
from stillup.delivery.share import Share, Shares
from stillup.postgres.queue import Job, Queue
from stillup.postgres.session import Cursor, Session

_GLANCE = 0.25
"""Seconds between two looks."""

_STARTS = 20
"""So many workers are started anew, each; more would die as well."""

_FAREWELL = 30.0
"""Seconds that workers have to end."""

Start = Callable[[], "subprocess.Popen[bytes]"]
"""Starts a worker."""


class Crew:
    """So many workers on this machine, and as many as there are on others."""

    def __init__(
        self, session: Session, queue: Queue, start: Start, count: int, clock: Clock, ends: Callable[[], bool]
    ) -> None:
        """Keep `count` workers busy with jobs in `queue`, until all are done or `ends` says that the run is to end."""
        self._session, self._queue, self._start, self._count, self._clock = session, queue, start, count, clock
        self._ends = ends
        self._shares = Shares(session)
        self._workers: list[subprocess.Popen[bytes]] = []

    def run(
        self, delivery: UUID, wanted: Sequence[tuple[Share, int]], done: Callable[[int], None] = lambda _: None
    ) -> set[tuple[str, str]]:
        """Have every share of `delivery` done, each with its priority, as far as anybody will do it.

        `done` is told how many people are in the shares that have come to an end since. Once the run is told to end,
        nobody begins a share any more, on other machines neither; channel and event of those are returned.
        """
        halted: set[tuple[str, str]] = set()
        if not wanted:
            return halted

        def defer(cursor: Cursor, ids: Sequence[int]) -> None:
            pairs = zip(ids, wanted, strict=True)
            locks = [
                Job(id, f"{share.channel}/{share.first}-{share.past}", priority) for id, (share, priority) in pairs
            ]
            self._queue.defer(cursor, locks)

        self._shares.plan([share for share, _ in wanted], defer)
        before, starts = sum(share.size for share, _ in wanted), self._count * _STARTS
        try:
            while left := self._shares.left(delivery):
                if self._ends():
                    halted = self._shares.halt(delivery)
                    break
                size = sum(size for _, _, size in left)
                if size < before:
                    done(before - size)
                    before = size
                starts -= self._fill(min(self._count, len(left)), starts)
                if self._is_over(left):
                    break
                self._clock.sleep(_GLANCE)
            else:
                done(before)
        finally:
            self._dismiss()
        return halted

    def _fill(self, wanted: int, most: int) -> int:
        """Start workers in the place of those who are gone, and return how many."""
        self._workers = [each for each in self._workers if each.poll() is None]
        started = [self._start() for _ in range(min(max(0, wanted - len(self._workers)), most))]
        self._workers += started
        return len(started)

    def _is_over(self, left: Sequence[tuple[int, str, int]]) -> bool:
        """Give the work of the dead to others; return whether nobody will do what is left."""

        def look(cursor: Cursor) -> tuple[set[int], int]:
            return self._queue.silent(cursor), self._queue.failed(cursor)

        silent, failed = self._session.read(look)
        dead = {job for job, owner, _ in left if job and owner and is_ours(owner) and not runs(owner)}
        again = (silent & {job for job, _, _ in left}) | dead
        for job in again:
            self._session.lightly(lambda cursor, job=job: self._queue.again(cursor, job))  # type: ignore[misc]
        return failed >= len(left) or (not self._workers and not again)

    def _dismiss(self) -> None:
        for each in self._workers:
            each.terminate()
        until = time.monotonic() + _FAREWELL
        for each in self._workers:
            try:
                each.wait(max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                each.kill()
                each.wait()
