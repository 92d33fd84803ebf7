"""Subscriptions and events to try with."""

from datetime import UTC, datetime

from stillup.messages.event import Event
from stillup.subscribers.address import normal
from stillup.subscribers.subscription import Reach, Subscription
from stillup.vocabulary import Impact, Kind

AT = datetime(2026, 11, 20, 10, 12, tzinfo=UTC)


def somebody(id, address="ada@example.com", channel="email", *, confirmed=True, reach=None, trusted=(), **more):
    address, key = normal(channel, address, trusted)
    return Subscription(
        id=id,
        channel=channel,
        address=address,
        key=key,
        reach=Reach(**reach or {}),
        confirmed_at=AT if confirmed else None,
        **more,
    )


def event(**more):
    """An incident that begins: payments are partly out."""
    facts = {
        "key": "2026-11-20-payments/20261120t101200z",
        "kind": "incident_opened",
        "incident": "2026-11-20-payments",
        "record": Kind.INCIDENT,
        "title": "Card payments failing at checkout",
        "at": AT,
        "components": ("payments-stripe", "payments-bank"),
        "groups": ("payments",),
        "impact": Impact.MAJOR,
        "opening": True,
    }
    return Event(**facts | more)
