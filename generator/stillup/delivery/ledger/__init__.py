"""Where it is kept who was told what: a port, and the stores behind it.

Every store keeps the same lines (`delivery.entry`) and answers the same questions; one suite of tests runs on all.
A write returns once the line would survive a power cut. Two processes that decide at once are put in an order, and
the second decides again on what the first wrote.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from stillup.delivery.entry import Answer, Beginning, Intent, Resend, Rest, Settled, Standing, Swept, Takeover
from stillup.errors import StillupError


class LedgerError(StillupError):
    """The ledger cannot be read or written, or is not what it was: nothing is sent then."""


class Line(NamedTuple):
    """One entry as it is kept."""

    number: int
    """From 1, without a gap."""

    hash: str
    text: str


class Lease(NamedTuple):
    """Who acts on an intent, and until when nobody else may."""

    owner: str
    until: datetime


class Open(NamedTuple):
    """An intent on which somebody has still to act."""

    intent: Intent
    id: str
    lease: Lease
    standings: tuple[Standing, ...]
    """Of each recipient of the batch, now."""


Statement = Answer | Settled | Resend | Swept | Rest
"""What is written whatever else was written meanwhile."""


class Ledger(Protocol):
    """The memory of what was sent. Methods may be called by several threads."""

    @property
    def place(self) -> str:
        """Where it is, for people; without any secret."""

    @property
    def is_cheap(self) -> bool:
        """Whether a write costs milliseconds: then a receipt is written after each call, else after each batch."""

    def beginning(self) -> Beginning | None:
        """Return how it began, or None before `stillup ledger init`."""

    def begin(self, beginning: Beginning) -> None:
        """Begin it.

        Raises:
            LedgerError: it has begun already.
        """

    def refresh(self) -> None:
        """Learn what other processes wrote."""

    def standings(self, event: str, channel: str, recipients: Sequence[bytes]) -> dict[bytes, Standing]:
        """Return how those of `recipients` stand with `event` on `channel` of whom anything is known."""

    def heard(self, incident: str, channel: str, recipients: Sequence[bytes]) -> dict[bytes, datetime]:
        """Return who of `recipients` heard of `incident`, or may have, with the instant of its newest event told."""

    def is_settled(self, event: str, channel: str) -> bool:
        """Whether everybody's standing is decided."""

    def generation(self, event: str, channel: str) -> int:
        """Return how often people said `resend`."""

    def is_for_everybody(self, event: str, channel: str) -> bool:
        """Whether the newest `resend` is also for those to whom it was never sent."""

    def reopened(self) -> tuple[str, ...]:
        """Return the keys of events that people want sent again and that are not settled since."""

    def swept(self) -> datetime | None:
        """Return before which instant everything is settled."""

    def rests(self, channel: str) -> dict[str, datetime]:
        """Return until when providers of `channel` asked to be let alone, by the names that `Rest` has for them."""

    def open_intents(self, channel: str = "") -> tuple[Open, ...]:
        """Return the intents on which somebody has still to act, oldest first; of one channel, or of all."""

    def claim(self, intents: Sequence[Intent]) -> tuple[Intent, ...]:
        """Write those of `intents` of whose recipients none is spoken for, and return them."""

    def take_over(self, takeover: Takeover, seen: Lease) -> bool:
        """Write `takeover`, if its intent still has the lease `seen`."""

    def record(self, statements: Sequence[Statement]) -> None:
        """Write `statements`."""

    def lines(self) -> Iterator[Line]:
        """Return every line, oldest first."""

    def index_faults(self) -> Iterator[str]:
        """Return where what is answered from differs from what the lines say; nothing in a store without an index."""

    def probe(self) -> None:
        """See that a line could be written now; none is.

        Raises:
            LedgerError: it could not, and why.
        """

    def close(self) -> None:
        """Give back files and connections."""
