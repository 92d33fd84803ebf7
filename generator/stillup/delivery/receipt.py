"""What came of handing one message to a channel, and what a channel promises."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, runtime_checkable

from stillup.frozen import dataclass
from stillup.messages.message import Message


class Outcome(StrEnum):
    """What a provider's answer means for us."""

    ACCEPTED = "accepted"
    """It took responsibility: never send this again."""

    LATER = "later"
    """It did not take it, and says or implies that it may: try again after a while."""

    REFUSED = "refused"
    """It will never take this."""

    UNKNOWN = "unknown"
    """The call broke after it may have been taken: the channel's policy decides whether it is repeated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The answer, without any address or secret in it."""

    outcome: Outcome
    reference: str = ""
    """The provider's own id of the message."""

    reason: str = ""
    """For people; of what was not accepted."""

    retry_after: timedelta | None = None
    """How long the channel wants to rest. After an accepted message: before it is asked again at all."""

    gone: bool = False
    """Of a refusal: the address is no more, or its owner said stop. It is to be taken off the list."""

    halt: bool = False
    """Every other message would fare the same (a key that is not accepted, a sender that may not send): the channel
    rests until somebody has mended what `reason` names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What is declared of a channel, and printed by `stillup ledger show`."""

    repeat_unknown: bool
    """Whether a message that may have been taken is sent once more: yes for mail, chat and webhooks, no for SMS."""

    deduplicates: timedelta | None = None
    """How long the provider itself knows a key again; within it a repeat is safe whatever happened."""

    rate: float = 10.0
    """Calls a second at most."""

    parallel: int = 1
    """Calls at a time at most."""


class Channel(Protocol):
    """One way out. Made by the `open_channel(settings, environment)` of its file."""

    @property
    def name(self) -> str:
        """`email`, `sms`, `webhook`, `slack` ...: the channel of messages it takes."""

    @property
    def policy(self) -> Policy:
        """What it promises."""

    def send(self, message: Message, *, key: str, at: datetime) -> Receipt:
        """Hand over `message`; `key` is the same for each try of it and different for every other recipient.

        Never raises for what a provider or a network may do: that is a receipt.
        """

    def close(self) -> None:
        """Give back connections."""


@runtime_checkable
class Probed(Protocol):
    """A channel that can be asked whether it would take a message, without giving it one."""

    def probe(self) -> Receipt:
        """Go as far as sending goes before there is a recipient.

        Accepted: a message could be handed over now; `reference` says what was seen. Else `reason` says what is wrong.
        """
