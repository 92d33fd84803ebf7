"""The port to where subscribers are kept. Every implementation passes one suite of tests unchanged."""

import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from stillup.subscribers.subscription import Row, Subscription


class Reason(StrEnum):
    """Why an address is told nothing, whatever it subscribed to."""

    BOUNCE = "bounce"
    """Its mail server, or its carrier, says that it does not exist."""

    STOP = "stop"
    """Its owner answered STOP to a text message."""

    COMPLAINT = "complaint"
    """Its owner called our messages unwanted."""


@dataclass(frozen=True, slots=True)
class Suppression:
    """An address that is told nothing."""

    reason: Reason
    at: datetime


class Store(Protocol):
    """Where subscribers are kept. Addresses come in their normal form, with their key."""

    def rows(self, channel: str) -> Iterator[Row]:
        """Yield every subscription of a channel, confirmed or not, in the order of (key, id); in bounded memory."""

    def everybody(self) -> Iterator[Subscription]:
        """Yield every subscription in the order of (channel, key, id)."""

    def anybody(self, follow: str) -> bool:
        """Whether somebody follows in that way."""

    def get(self, id: str) -> Subscription | None:
        """Return a subscription by its id."""

    def of(self, channel: str, key: str) -> tuple[Subscription, ...]:
        """Return every subscription of an address, in the order of ids."""

    def save(self, subscriptions: Iterable[Subscription]) -> None:
        """Add subscriptions, or put them in the place of those with their ids: all of them, or none."""

    def remove(self, ids: Iterable[str]) -> int:
        """Delete subscriptions and return how many there were.

        When it returns, no byte of an address that has no other subscription is left in any file of the store; in
        PostgreSQL no row is, and the bytes go with `stillup database tidy`.
        """

    def suppress(self, channel: str, key: str, suppression: Suppression) -> None:
        """Tell an address nothing from now on; a complaint stays a complaint."""

    def suppression(self, channel: str, key: str) -> Suppression | None:
        """Return why an address is told nothing."""

    def lift(self, channel: str, key: str) -> bool:
        """Tell an address again what it subscribed to, and return whether it was suppressed."""

    def close(self) -> None:
        """Give back files and connections."""


@runtime_checkable
class Sliced(Protocol):
    """A store whose list can be shared out."""

    def within(self, first: int, end: int) -> Store:
        """Return the list of those in the slices from `first` to before `end`."""


def fingerprint(salt: bytes, channel: str, key: str) -> str:
    """Return what stands for an address in a list of suppressions: it outlives the address and cannot be read back."""
    return hmac.digest(salt, f"{channel}\0{key}".encode(), "sha256")[:16].hex()
