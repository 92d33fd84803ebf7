"""Says that a provider keeps us waiting, so that nobody takes a run for one that hangs."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Tell = Callable[[str, str], None]
"""Called with a channel and what is waited for there; from another thread than that of the run."""


class Vigil:
    """Looks on while messages are handed over; each thing is told once."""

    def __init__(self, channel: str, tell: Tell | None, after: float) -> None:
        """Tell of `channel` when nothing was answered there for `after` seconds."""
        self._channel, self._tell, self._after = channel, tell, after
        self._moved = time.monotonic()
        self._told: set[str] = set()
        self._lock = threading.Lock()

    @contextmanager
    def within(self) -> Iterator[None]:
        """Look on until the block ends."""
        if self._tell is None:
            yield
            return
        over = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(over,), daemon=True)
        self.moved()
        watcher.start()
        try:
            yield
        finally:
            over.set()
            watcher.join()

    def moved(self) -> None:
        """Note that an answer came."""
        self._moved = time.monotonic()

    def paused(self, seconds: float, reason: str) -> None:
        """Say that the next try is `seconds` away, and what came of the one before; nothing where that is soon."""
        if seconds >= self._after:
            self._say(reason, f"{reason.removesuffix('.')}; the next try is in {seconds:.0f} seconds")

    def _watch(self, over: threading.Event) -> None:
        while not over.wait(max(0.01, self._moved + self._after - time.monotonic())):
            if time.monotonic() - self._moved >= self._after:
                self._say("silence", f"no answer for {self._after:.0f} seconds; it is waited for")
                self.moved()

    def _say(self, what: str, text: str) -> None:
        with self._lock:
            if self._tell is not None and what not in self._told:
                self._told.add(what)
                self._tell(self._channel, text)
