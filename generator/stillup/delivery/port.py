"""What a dispatch needs of other rooms: people and words. The pipeline joins them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Protocol

from stillup.delivery.plan import Candidate
from stillup.messages.event import Event
from stillup.messages.message import Message
from stillup.messages.recipient import Recipient

LEASE = timedelta(minutes=15)
"""How long an intent is left alone whose process cannot be asked; calls of a batch are begun for half of it."""


class Gone(Exception):
    """What an intent was made from is no more, so that its bytes cannot be made again."""


class People(Protocol):
    """Who is on the lists."""

    def candidates(self, event: Event, channel: str) -> Iterator[Candidate]:
        """Return everybody on `channel`, always in the same order, with what their subscription says of `event`."""

    def silent(self, event: Event, channel: str) -> Mapping[str, int]:
        """Return how many others `event` would reach who are told nothing, by reason: unconfirmed, bounce ..."""


class Composer(Protocol):
    """Makes messages; the same call makes the same bytes, in any run."""

    @property
    def commit(self) -> str:
        """The commit of the records that new messages are made from."""

    def event(self, commit: str, event: str) -> Event:
        """Return the event of a key as of `commit`.

        Raises:
            Gone: the commit, or the event in it, is no more.
        """

    def compose(
        self, commit: str, event: str, channel: str, first: bool, recipients: Sequence[Recipient]
    ) -> list[Message]:
        """Return the message about `event` for each of `recipients`, as of `commit`.

        Raises:
            Gone: the commit, or the event in it, is no more.
        """
