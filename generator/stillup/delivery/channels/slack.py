"""Incoming webhooks of Slack, and of chats that take the same (Mattermost, Rocket.Chat)."""

from collections.abc import Mapping
from datetime import datetime

from stillup.delivery.receipt import Outcome, Policy, Receipt
from stillup.delivery.stranger import Stranger
from stillup.delivery.wire import judged
from stillup.messages.message import Message
from stillup.records.settings import Settings

_GONE = ("no_service", "no_team", "channel_not_found", "channel_is_archived", "invalid_token", "team_disabled")
_WORDS = (*_GONE, "invalid_payload", "invalid_blocks", "no_text", "action_prohibited", "msg_blocks_too_long",
          "posting_to_general_channel_denied", "too_many_attachments", "user_not_found", "rollup_error")  # fmt: skip
"""What Slack says besides `ok`; other words of an answer are nobody's business."""


class Slack:
    """Posts into one room an address."""

    name = "slack"

    def __init__(self, stranger: Stranger, *, rate: float = 1) -> None:
        """Ask through `stranger`."""
        self._stranger = stranger
        self.policy = Policy(repeat_unknown=True, rate=rate, parallel=4)

    def send(self, message: Message, *, key: str, at: datetime) -> Receipt:
        """Try once."""
        reply = self._stranger.post(message.to, message.body, {"content-type": "application/json"}, at)
        if isinstance(reply, Receipt):
            return reply
        receipt = judged(reply, at)
        said = next((word for word in _WORDS if word in reply.text[:200]), "")
        if receipt.outcome is Outcome.ACCEPTED:
            if said:
                return Receipt(outcome=Outcome.REFUSED, reason=said, gone=said in _GONE)
            return receipt
        if receipt.outcome is Outcome.REFUSED:
            reason = f"{receipt.reason} {said}".strip()
            return Receipt(outcome=Outcome.REFUSED, reason=reason, gone=receipt.gone or said in _GONE)
        return receipt

    def close(self) -> None:
        """Give back connections."""
        self._stranger.close()


def open_channel(settings: Settings, environment: Mapping[str, str]) -> Slack:
    """Return the channel as the settings have it."""
    own = settings.channels.slack
    return Slack(Stranger(environment, settings.intranet), rate=own.rate if own else 1)
