"""Requests that are signed after Standard Webhooks 1.0: the receiver knows us, and drops what it has already."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterator, Mapping
from datetime import datetime

from stillup.delivery.receipt import Policy, Receipt
from stillup.delivery.stranger import Stranger
from stillup.delivery.wire import judged
from stillup.messages.message import Message
from stillup.records.settings import Settings

SECRET = "STILLUP_WEBHOOK_SECRET"
"""Signs requests to subscribers that have no secret of their own; two, divided by a space, while it is changed."""


class Webhook:
    """Sends a message to the address of a subscriber."""

    name = "webhook"

    def __init__(self, stranger: Stranger, *, secret: str = "", rate: float = 10) -> None:
        """Ask through `stranger`; `secret` is for subscribers without one."""
        self._stranger, self._secret = stranger, secret
        self.policy = Policy(repeat_unknown=True, rate=rate, parallel=8)

    def send(self, message: Message, *, key: str, at: datetime) -> Receipt:
        """Try once; a receiver knows a second try by its `webhook-id`."""
        id, second = identity(key), str(int(at.timestamp()))
        headers = {"content-type": message.media_type, "webhook-id": id, "webhook-timestamp": second}
        signatures = list(signed(message.secret or self._secret, id, second, message.body))
        if signatures:
            headers["webhook-signature"] = " ".join(signatures)
        reply = self._stranger.post(message.to, message.body, headers, at)
        return reply if isinstance(reply, Receipt) else judged(reply, at)

    def close(self) -> None:
        """Give back connections."""
        self._stranger.close()


def identity(key: str) -> str:
    """Return the key as a `webhook-id`: no dot, which divides the parts of what is signed, and no odd letter."""
    plain = key.replace("/", "_")
    if len(plain) <= 128 and plain.isascii() and plain.replace("_", "").replace("-", "").isalnum():
        return plain
    return hashlib.sha256(key.encode()).hexdigest()


def signed(secrets: str, id: str, second: str, body: bytes) -> Iterator[str]:
    """Yield a signature with each of `secrets`, which stand one beside the other."""
    for secret in secrets.split():
        told = f"{id}.{second}.".encode() + body
        yield f"v1,{base64.b64encode(hmac.new(_key(secret), told, hashlib.sha256).digest()).decode()}"


def _key(secret: str) -> bytes:
    """Return the bytes that a secret stands for: base64 behind `whsec_`, as the standard has it, else itself."""
    if secret.startswith("whsec_"):
        coded = secret.removeprefix("whsec_")
        try:
            return base64.b64decode(coded + "=" * (-len(coded) % 4), validate=True)
        except binascii.Error:
            pass  # it only looks like one
    return secret.encode()


def open_channel(settings: Settings, environment: Mapping[str, str]) -> Webhook:
    """Return the channel as the settings have it."""
    own = settings.channels.webhook
    return Webhook(
        Stranger(environment, settings.intranet), secret=environment.get(SECRET, ""), rate=own.rate if own else 10
    )
