"""Workflows of Microsoft Teams that post a card; an answer means that the card was queued, not that it was shown."""

import re
from collections.abc import Mapping
from datetime import datetime

from stillup.delivery.receipt import Outcome, Policy, Receipt
from stillup.delivery.stranger import Stranger
from stillup.delivery.wire import Reply, judged
from stillup.messages.message import Message
from stillup.records.settings import Settings

_INNER = re.compile(r"HTTP error (\d{3})").search


class Teams:
    """Starts one workflow an address."""

    name = "teams"

    def __init__(self, stranger: Stranger, *, rate: float = 1) -> None:
        """Ask through `stranger`."""
        self._stranger = stranger
        self.policy = Policy(repeat_unknown=True, rate=rate, parallel=4)

    def send(self, message: Message, *, key: str, at: datetime) -> Receipt:
        """Try once."""
        reply = self._stranger.post(message.to, message.body, {"content-type": "application/json"}, at)
        return reply if isinstance(reply, Receipt) else _receipt(reply, at)

    def close(self) -> None:
        """Give back connections."""
        self._stranger.close()


def _receipt(reply: Reply, at: datetime) -> Receipt:
    """Return what the answer means. Some old addresses say 200 and tell of a failure in the body."""
    receipt = judged(reply, at)
    if receipt.outcome is Outcome.ACCEPTED and "error" in reply.text[:2000].lower():
        inner = _INNER(reply.text)
        status = int(inner[1]) if inner else 400
        later = status == 429 or status >= 500
        return Receipt(
            outcome=Outcome.LATER if later else Outcome.REFUSED,
            reason=f"HTTP {reply.status}, and inside HTTP {status}" if inner else f"HTTP {reply.status} with an error",
        )
    if receipt.outcome is Outcome.REFUSED and reply.status in {404, 410}:
        return Receipt(outcome=Outcome.REFUSED, reason=f"{receipt.reason}: the workflow is no more.", gone=True)
    return receipt


def open_channel(settings: Settings, environment: Mapping[str, str]) -> Teams:
    """Return the channel as the settings have it."""
    own = settings.channels.teams
    return Teams(Stranger(environment, settings.intranet), rate=own.rate if own else 1)
