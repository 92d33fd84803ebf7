"""Invitations of `stillup serve` on their way, by hands of their own for each channel.

Whoever asks for one names where it goes: a webhook that never answers holds up neither other people's answers nor mail.
"""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Event

from stillup.delivery.receipt import Outcome
from stillup.pipeline.serving.serving import Bench
from stillup.subscribers.desk import Letter

log = logging.getLogger("stillup.serve")

HANDS = 4
"""How many invitations of one channel are under way at once; the others wait."""

_TRIES = (0, 5, 30)
"""Seconds before each try."""


class Posting:
    """Sends what people asked for. Safe to use from several threads."""

    def __init__(self, bench: Bench, now: Callable[[], datetime]) -> None:
        """Send through the channels of `bench`; `now` is the clock."""
        self._bench, self._now, self._ends = bench, now, Event()
        self._hands = {channel: ThreadPoolExecutor(HANDS, f"send-{channel}") for channel in bench.channels}

    def send(self, letter: Letter, at: datetime) -> None:
        """Have `letter`, asked for at `at`, sent in its turn; a failure is said to the log, as there is nobody else."""
        self._hands[letter.subscription.channel].submit(self._send, letter, at)

    def close(self) -> None:
        """Wait for what is under way; nothing else is sent, and whoever waits for it asks again."""
        self._ends.set()
        for hands in self._hands.values():
            hands.shutdown(cancel_futures=True)

    def _send(self, letter: Letter, at: datetime) -> None:
        named = f"{letter.kind} to {letter.subscription.id}"
        try:
            if trouble := self._tried(letter, at):
                log.warning("%s: %s", named, trouble)
        except Exception:
            log.exception("%s was not sent", named)

    def _tried(self, letter: Letter, at: datetime) -> str:
        """Return why it was not accepted; nothing where it was."""
        key = f"subscription/{letter.kind}/{letter.subscription.id}/{int(at.timestamp())}"
        said = "not tried, the application ends"
        for wait in _TRIES:
            if self._ends.wait(wait):
                break
            receipt = self._bench.send(letter, key, self._now())
            if receipt.outcome is Outcome.ACCEPTED:
                return ""
            said = f"{receipt.outcome} {receipt.reason}"
            if receipt.outcome is not Outcome.LATER:
                break
        return said
