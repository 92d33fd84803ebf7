"""The public event log: what was published, in an order that nobody can change unseen. A port, and its stores.

It is kept beside the ledger of what was sent, and is read by builds: the same records and the same log make the same
page. Entries are appended and never change; of one that was redacted the text goes and the entry stays.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol

from stillup.delivery.event_log.entry import Draft, Logged, Pen
from stillup.views.event_log import Head


class Raw(NamedTuple):
    """One entry exactly as a store keeps it, for whoever proves the log whole."""

    hash: str
    line: str
    salt: str | None
    content: str | None


class Reader(Protocol):
    """What is asked of a log."""

    def head(self) -> Head | None:
        """Return place and hash of the newest entry; None before the log has begun."""

    def find(self, key: str) -> Logged | None:
        """Return the entry of `key`."""

    def of(self, incident: str) -> tuple[Logged, ...]:
        """Return every entry of an incident, by the first name that its record had, oldest first."""

    def entries(self, first: int = 1, last: int | None = None) -> Iterator[Logged]:
        """Return the entries from `first` to `last`, or to the newest."""

    def is_known(self, key: str) -> bool:
        """Whether `key` was published before the log began."""


Decide = Callable[[Reader], Sequence[Draft]]
"""What to append to a log as it stands; it is asked again where another publisher was quicker."""


class EventLog(Reader, Protocol):
    """A log that can be written."""

    @property
    def place(self) -> str:
        """Where it is, for people; without any secret."""

    def refresh(self) -> None:
        """Learn what others appended.

        Raises:
            LedgerError: it cannot be reached, or does not continue what was seen of it before.
        """

    def append(self, pen: Pen, decide: Decide) -> tuple[Logged, ...]:
        """Append what `decide` says, all of it or nothing, and return it; nobody else appends in between.

        The texts of entries that a draft `erases` are gone when it returns.

        Raises:
            LedgerError: it cannot be written.
        """

    def raw(self) -> Iterator[Raw]:
        """Return every entry as it is kept, oldest first."""

    def marks(self) -> tuple[bytes, ...]:
        """Return the marks of everything that was published before the log began."""

    def close(self) -> None:
        """Give back files and connections."""
