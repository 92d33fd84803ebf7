"""What mail providers report: addresses that do not exist, and people who call our mail unwanted.

Reports are signed after Standard Webhooks, which Resend's are as well (its headers begin with `svix-`).
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from stillup.records.refusal import Unusable
from stillup.records.subscriber import CHANNELS
from stillup.subscribers.address import normal
from stillup.subscribers.store import Reason

VARIABLE = "STILLUP_BOUNCES_SECRET"
"""The environment variable with the secret that reports are signed with; two, divided by a space, while it changes."""

_AGE = timedelta(minutes=5)


class Untrusted(ValueError):
    """A report that is not from whom it says, or too old."""


def reports(headers: Mapping[str, str], body: bytes, secrets: str, at: datetime) -> tuple[tuple[str, str, Reason], ...]:
    """Return channel, key and reason of each address that a report names for good.

    Raises:
        Untrusted: its signature is wrong, or its time is not now.
        ValueError: it is no report.
    """
    _verify(headers, body, secrets, at)
    try:
        document = json.loads(body)
    except RecursionError:
        raise ValueError("a report is not nested without end") from None
    if not isinstance(document, dict) or not isinstance(document.get("data", {}), dict):
        raise ValueError("a report is an object")
    return tuple(_named(document))


def _named(document: Mapping[str, object]) -> Iterator[tuple[str, str, Reason]]:
    kind, data = document.get("type"), document.get("data")
    facts = data if isinstance(data, dict) else {}
    if kind == "email.complained" or kind == "complaint":
        reason = Reason.COMPLAINT
    elif kind == "bounce" or (kind == "email.bounced" and _for_good(facts.get("bounce"))):
        reason = Reason.BOUNCE
    else:
        return
    channel = facts.get("channel", "email")
    to = facts.get("to", facts.get("address"))
    for address in to if isinstance(to, list) else [to]:
        if isinstance(address, str) and channel in CHANNELS:
            try:
                yield str(channel), normal(str(channel), address)[1], reason
            except Unusable:
                continue  # nobody can have subscribed with it


def _for_good(bounce: object) -> bool:
    """Whether a bounce says that the address is no more: one for now, or that nobody could read, says nothing of it."""
    return not isinstance(bounce, dict) or str(bounce.get("type", "Permanent")).lower() == "permanent"


def _verify(headers: Mapping[str, str], body: bytes, secrets: str, at: datetime) -> None:
    for prefix in ("webhook", "svix"):
        id, time, given = (headers.get(f"{prefix}-{name}", "") for name in ("id", "timestamp", "signature"))
        if id and time.isascii() and time.isdigit() and given:
            break
    else:
        raise Untrusted("no signature")
    if abs(at.timestamp() - int(time[:12])) > _AGE.total_seconds():
        raise Untrusted("its time is not now")
    told = f"{id}.{time}.".encode() + body
    good = False
    for secret in secrets.split():
        made = base64.b64encode(hmac.digest(_key(secret), told, hashlib.sha256)).decode()
        for signature in given.split():
            good |= hmac.compare_digest(signature.encode(), f"v1,{made}".encode())
    if not good:
        raise Untrusted("the signature is wrong")


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        return secret.encode()
