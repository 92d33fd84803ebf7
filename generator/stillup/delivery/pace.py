"""How fast and how often a provider is asked: a rate, growing pauses, and an end where it is plainly down."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from threading import Lock
from typing import Protocol
from urllib.parse import urlsplit

from stillup.delivery.vigil import Tell


class Clock(Protocol):
    """Now, and waiting: an argument, so that tests need neither."""

    def now(self) -> datetime:
        """Return this instant, in UTC."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much a run does for one message before it leaves the rest to the next run."""

    attempts: int = 5
    base: timedelta = timedelta(seconds=1)
    """The first pause; each further one is twice as long."""

    cap: timedelta = timedelta(seconds=60)
    patience: timedelta = timedelta(minutes=3)
    """How long a run waits in all for one batch, or for another run."""

    trip: int = 6
    """After how many failures in a row a provider is let alone."""

    slow: Tell | None = None
    """Told where a provider keeps us waiting; from another thread."""

    silence: float = 10.0
    """After so many seconds without an answer."""

    ends: Callable[[], bool] = _never
    """Whether the run was told to end: no call begins any more, and the next run does the rest."""


def pause(effort: Effort, seed: str, key: str, attempt: int) -> timedelta:
    """Return how long to wait after the `attempt`-th try: the same for the same arguments, different for others.

    It lies between a half and the whole of `base * 2 ** (attempt - 1)`, at most `cap`.
    """
    whole = min(effort.base * float(2 ** min(attempt - 1, 20)), effort.cap)
    share = int.from_bytes(sha256(f"{seed}\0{key}\0{attempt}".encode()).digest()[:4], "big") / 2**32
    return whole / 2 + whole / 2 * share


class Waiting(Protocol):
    """Holds calls back."""

    def wait(self) -> None:
        """Wait until the next call may begin."""

    def rest(self, length: timedelta) -> None:
        """Let no call begin for `length`."""


class Pace:
    """Lets at most `rate` calls a second begin, and none while the provider wants to rest."""

    def __init__(self, rate: float, clock: Clock) -> None:
        """Begin with a call that need not wait."""
        self._gap = timedelta(seconds=1 / rate) if rate > 0 else timedelta(0)
        self._clock, self._lock = clock, Lock()
        self._next: datetime | None = None

    def wait(self) -> None:
        """Wait until the next call may begin."""
        with self._lock:
            now = self._clock.now()
            begins = max(now, self._next or now)
            # A clock that was put back would have us wait for as long as it was ahead.
            begins = min(begins, now + timedelta(minutes=10))
            self._next = begins + self._gap
        if begins > now:
            self._clock.sleep((begins - now).total_seconds())

    def rest(self, length: timedelta) -> None:
        """Let no call begin for `length`."""
        with self._lock:
            until = self._clock.now() + length
            self._next = max(until, self._next or until)


class Breaker:
    """Counts failures in a row; whoever fails on and on is let alone for this run.

    On the hosts of chat programs stand the rooms of many, and one that is broken says nothing about the others: there
    a party is let alone by itself, and the whole host only when so many of its parties failed one after the other.
    """

    def __init__(self, trip: int) -> None:
        """Open after `trip` failures in a row."""
        self._trip, self._lock = trip, Lock()
        self._failures: dict[str, int] = {}
        self._failing: dict[str, set[str]] = {}
        """By provider: the parties that failed since one of them answered."""

        self._last: dict[str, str] = {}
        self._halted: dict[str, str] = {}

    def why_open(self, provider: str, party: str) -> str:
        """Return why `party`, which `provider` serves, is not asked; empty where it is."""
        with self._lock:
            if provider in self._halted:
                return self._halted[provider]
            if self._failures.get(party, 0) < self._trip and len(self._failing.get(provider, ())) < self._trip:
                return ""
            last = self._last.get(provider, "")
            return f"let alone after {self._trip} failures in a row{f', the last: {last}' if last else ''}"

    def failed(self, provider: str, party: str, reason: str = "") -> None:
        """Count a call that came to nothing, and keep why."""
        with self._lock:
            self._failures[party] = self._failures.get(party, 0) + 1
            self._failing.setdefault(provider, set()).add(party)
            self._last[provider] = reason or self._last.get(provider, "")

    def answered(self, provider: str, party: str) -> None:
        """Note that both work, whatever they said."""
        with self._lock:
            self._failures.pop(party, None)
            self._failing.pop(provider, None)

    def halt(self, provider: str, reason: str) -> None:
        """Let the provider alone: everything would fare the same."""
        with self._lock:
            self._halted[provider] = reason or "the provider takes nothing from us"


def provider_of(channel: str, address: str) -> str:
    """Return whom a message for `address` is handed to: the host of a URL, else the channel's own provider."""
    host = urlsplit(address).hostname if "://" in address else None
    return f"{channel} {host}" if host else channel


def party_of(channel: str, address: str) -> str:
    """Return for whom somebody who answers at `address` speaks: for themselves, or for the whole channel.

    Limits of rooms and webhooks are their own, and a stranger's word must not keep others on their host waiting.
    """
    return address if "://" in address else channel


Progress = Callable[[str, str, int], None]
"""Called with channel, outcome and number whenever messages have come to an end."""
