"""Whether a notification comes from whom it says: the signatures of Grafana, PagerDuty and Standard Webhooks."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta

SKEW = timedelta(minutes=5)
"""How old or how far ahead a signed time may be: an older notification is a replay."""


def genuine(source: str, body: bytes, headers: Mapping[str, str], secret: str, at: datetime) -> bool:
    """Return whether `headers` (names in small letters) prove that the holder of `secret` sent `body` around `at`.

    Alertmanager signs nothing: it sends `Authorization: Bearer <secret>`.
    """
    if source == "grafana":
        return _grafana(body, headers, secret, at)
    if source == "pagerduty":
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
