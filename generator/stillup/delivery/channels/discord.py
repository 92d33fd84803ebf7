"""Webhooks of Discord; with `wait=true` it says whether a message was kept."""

from collections.abc import Mapping
from datetime import datetime

import httpx

from stillup.delivery.receipt import Outcome, Policy, Receipt
from stillup.delivery.stranger import Stranger
from stillup.delivery.wire import Reply, judged, pause
from stillup.messages.message import Message
from stillup.records.settings import Settings

_UNKNOWN_WEBHOOK = 10015


class Discord:
    """Posts into one room an address."""

    name = "discord"

    def __init__(self, stranger: Stranger, *, rate: float = 1) -> None:
        """Ask through `stranger`."""
        self._stranger = stranger
        self.policy = Policy(repeat_unknown=True, rate=rate, parallel=4)

    def send(self, message: Message, *, key: str, at: datetime) -> Receipt:
        """Try once."""
        try:
            url = str(httpx.URL(message.to).copy_merge_params({"wait": "true"}))
        except httpx.InvalidURL:
            return Receipt(outcome=Outcome.REFUSED, reason="This is no web address.")
        reply = self._stranger.post(url, message.body, {"content-type": "application/json"}, at)
        return reply if isinstance(reply, Receipt) else _receipt(reply, at)

    def close(self) -> None:
        """Give back connections."""
        self._stranger.close()


def _receipt(reply: Reply, at: datetime) -> Receipt:
    receipt, said = judged(reply, at), reply.json()
    said = said if isinstance(said, dict) else {}
    if receipt.outcome is Outcome.ACCEPTED:
        full = reply.headers.get("x-ratelimit-remaining") == "0"
        rest = pause(reply.headers.get("x-ratelimit-reset-after"), at) if full else None
        return Receipt(outcome=Outcome.ACCEPTED, reference=_digits(said.get("id")), retry_after=rest)
    if receipt.outcome is Outcome.LATER:
        asked = pause(str(said.get("retry_after", "")), at)
        return Receipt(outcome=Outcome.LATER, reason=receipt.reason, retry_after=asked or receipt.retry_after)
    gone = receipt.gone or reply.status == 404 or said.get("code") == _UNKNOWN_WEBHOOK
    return Receipt(outcome=Outcome.REFUSED, reason=f"{receipt.reason} {_digits(said.get('code'))}".strip(), gone=gone)


def _digits(written: object) -> str:
    """Return the number that `written` is; other words of an answer are nobody's business."""
    text = str(written)
    return text if text.isdigit() and len(text) <= 24 else ""


def open_channel(settings: Settings, environment: Mapping[str, str]) -> Discord:
    """Return the channel as the settings have it."""
    own = settings.channels.discord
    return Discord(Stranger(environment, settings.intranet), rate=own.rate if own else 1)
