"""Whether a notification comes from whom it says: the signatures of Grafana, PagerDuty and Standard Webhooks.

What is sent in the form of PagerDuty's Events API v2 is not signed: it names its `routing_key`, and that is the secret.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta

SKEW = timedelta(minutes=5)
"""How old or how far ahead a signed time may be: an older notification is a replay."""


_EVENT = 512 * 1024
"""Bytes that an event may have, as PagerDuty has it: this much is read before anybody has proved anything."""


def genuine(source: str, body: bytes, headers: Mapping[str, str], secret: str, at: datetime) -> bool:
    """Return whether `headers` (names in small letters) prove that the holder of `secret` sent `body` around `at`.

    Alertmanager signs nothing: it sends `Authorization: Bearer <secret>`.
    """
    if source == "grafana":
        return _grafana(body, headers, secret, at)
    if source == "pagerduty":
        if "x-pagerduty-signature" not in headers:
            return _routed(body, secret)
        given = headers.get("x-pagerduty-signature", "").split(",")
        made = "v1=" + _hex(secret, body)
        return any(hmac.compare_digest(one.strip().encode(), made.encode()) for one in given)
    if source == "generic" and "webhook-signature" in headers:
        return _standard(body, headers, secret, at)
    return hmac.compare_digest(headers.get("authorization", "").encode(), f"Bearer {secret}".encode())


def _hex(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _grafana(body: bytes, headers: Mapping[str, str], secret: str, at: datetime) -> bool:
    given = headers.get("x-grafana-alerting-signature", "")
    stamp = headers.get("x-grafana-alerting-timestamp", "")
    if stamp:
        return _fresh(stamp, at) and hmac.compare_digest(
            given.encode(), _hex(secret, f"{stamp}:".encode() + body).encode()
        )
    return hmac.compare_digest(given.encode(), _hex(secret, body).encode())


def _routed(body: bytes, secret: str) -> bool:
    if len(body) > _EVENT:
        return False
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):  # it is no event, so it names nothing
        return False
    given = event.get("routing_key") if isinstance(event, dict) else None
    return isinstance(given, str) and hmac.compare_digest(given.encode("utf-8", "surrogatepass"), secret.encode())


def _standard(body: bytes, headers: Mapping[str, str], secret: str, at: datetime) -> bool:
    id, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not id or not _fresh(stamp, at):
        return False
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        return False
    made = base64.b64encode(hmac.new(key, f"{id}.{stamp}.".encode() + body, hashlib.sha256).digest())
    given = [one.removeprefix("v1,") for one in headers["webhook-signature"].split() if one.startswith("v1,")]
    return any(hmac.compare_digest(one.encode(), made) for one in given)


def _fresh(stamp: str, at: datetime) -> bool:
    return (
        stamp.isascii()
        and stamp.isdigit()
        and len(stamp) <= 12
        and abs(int(stamp) - at.timestamp()) <= SKEW.total_seconds()
    )
