"""Subscriptions back into YAML and CSV: the same subscription is always spelled the same."""

import json
import re
from collections.abc import Iterable, Iterator

from stillup.records.moment import utc
from stillup.records.scalar import Trap, plain
from stillup.subscribers.reading import COLUMNS
from stillup.subscribers.subscription import Subscription
from stillup.subscribers.table import text_of

_SIMPLE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_@./:+-]*").fullmatch


def fields(subscription: Subscription) -> dict[str, str | list[str]]:
    """Return what a file says of `subscription`, in the order of columns; defaults are left out."""
    reach = subscription.reach
    every: dict[str, str | list[str]] = {
        "id": subscription.id,
        "channel": subscription.channel,
        "address": subscription.address,
        "audience": subscription.audience,
        "components": reach.components.split() or "all",
        "impact": reach.impact,
        "kinds": reach.kinds.split(),
        "follow": reach.follow,
        "incident": reach.incident,
        "language": subscription.language,
        "timezone": subscription.timezone,
        "confirmed_at": utc(subscription.confirmed_at) if subscription.confirmed_at else "",
        "secret": subscription.secret,
        "consent": subscription.consent,
        "origin": subscription.origin,
    }
    return {name: value for name, value in every.items() if value}


def entry(subscription: Subscription) -> str:
    """Return one line of YAML."""
    parts = (f"{name}: {_value(value)}" for name, value in fields(subscription).items())
    return f"- {{{', '.join(parts)}}}\n"


def csv(subscriptions: Iterable[Subscription]) -> Iterator[str]:
    """Yield the lines of a CSV file with every column."""
    rows = (fields(subscription) for subscription in subscriptions)
    yield from text_of(COLUMNS, ([_cell(row.get(name, "")) for name in COLUMNS] for row in rows))


def _cell(value: str | list[str]) -> str:
    return value if isinstance(value, str) else " ".join(value)


def _value(value: str | list[str]) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return value if _is_plain(value) else json.dumps(value, ensure_ascii=False)


def _is_plain(value: str) -> bool:
    """Whether YAML takes `value` as this text without quotes."""
    if not _SIMPLE(value) or value.endswith(":") or ": " in value:
        return False
    try:
        return plain(value) == value
    except Trap:
        return False
