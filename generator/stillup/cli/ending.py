"""What SIGTERM and Ctrl-C do to a command: it closes what it has open, also as process 1 of a container.

To process 1 the system applies no default of its own, so there a signal that nobody handles is lost. A second signal
ends the process at once, as a crash would.
"""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

TERMINATED = 128 + signal.SIGTERM
"""The exit status of a command that SIGTERM ended, as shells know it."""

INTERRUPTED = 128 + signal.SIGINT
"""The same of Ctrl-C."""

_SAID = b"Stopping: what is on its way is waited for. The same again stops at once.\n"


@contextmanager
def orderly() -> Iterator[None]:
    """Have SIGTERM raise SystemExit during the block, unless somebody else handles it already."""
    mine = threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    if mine:
        signal.signal(signal.SIGTERM, _end)
    try:
        yield
    finally:
        if mine:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _end(number: int, _: FrameType | None) -> None:
    signal.signal(number, _at_once)
    raise SystemExit(128 + number)


def _at_once(number: int, _: FrameType | None) -> None:
    os._exit(128 + number)


class Ending:
    """Whether a signal has asked a run to come to an end by itself."""

    def __init__(self) -> None:
        """Begin with nothing asked."""
        self.asked = False

    def is_asked(self) -> bool:
        """Whether to begin nothing more."""
        return self.asked

    @contextmanager
    def gently(self) -> Iterator[None]:
        """Have SIGTERM and Ctrl-C ask during the block, and no more than that; whoever ignores Ctrl-C goes on to."""
        numbers = [each for each in (signal.SIGTERM, signal.SIGINT) if signal.getsignal(each) != signal.SIG_IGN]
        if threading.current_thread() is not threading.main_thread():
            numbers = []
        before = {number: signal.signal(number, self._ask) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _ask(self, *_: object) -> None:
        # No lock, no print: it may interrupt whoever holds one, or prints.
        self.asked = True
        for number in (signal.SIGTERM, signal.SIGINT):
            if signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, _at_once)
        with suppress(OSError):  # Nobody may read it any more.
            os.write(2, _SAID)
