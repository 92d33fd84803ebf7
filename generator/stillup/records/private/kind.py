"""The kinds of value that only private records have."""

import re
from decimal import Decimal
from typing import Annotated

from stillup.records.field import spelled
from stillup.records.mark import Bounded, Parsed
from stillup.records.refusal import Unusable, shown

_CURRENCY = "[A-Z]{3}"
_NUMBER = "[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9]{3,9}"
_REFERENCE = f"INC-{_NUMBER}"
_CHANNEL = f"#incident-{_NUMBER}"
_PHONE = r"\+[1-9]\d{0,2}[ \d-]{4,20}"
MOST = Decimal(10) ** 12


def amount(written: object) -> Decimal:
    """Return an amount of money: not below 0, at most four decimals, exact."""
    if isinstance(written, (int, Decimal)) and not isinstance(written, bool):
        result = Decimal(written)
        if result < 0:
            raise Unusable(f"{shown(written)} is below zero.", "Write what it cost, as in 1250.00.")
        if result >= MOST or result.as_tuple().exponent < -4:  # type: ignore[operator]
            raise Unusable(f"{shown(written)} is not an amount of money.", "Write at most four decimals.")
        return result
    raise Unusable(f"{shown(written)} is not an amount of money.", "Write a number without quotes, as in 1250.00.")


def currency(written: object) -> str:
    """Return the code of a currency: USD."""
    if isinstance(written, str) and re.fullmatch(_CURRENCY, written):
        return written
    raise Unusable(f"{shown(written)} is not a currency.", "Write its three letters, as in USD or EUR.")


def reference(written: object) -> str:
    """Return our own name for an incident."""
    if isinstance(written, str) and re.fullmatch(_REFERENCE, written):
        return written
    raise Unusable(f"{shown(written)} is not a reference.", "Write it as INC-2026-11-20-001.")


def channel(written: object) -> str:
    """Return the name of an incident's own chat channel."""
    if isinstance(written, str) and re.fullmatch(_CHANNEL, written):
        return written
    raise Unusable(
        f"{shown(written)} is not an incident channel.", 'Write it in quotes, as "#incident-2026-11-20-001".'
    )


def phone(written: object) -> str:
    """Return a phone number with its country."""
    if isinstance(written, str) and re.fullmatch(_PHONE, written):
        return written
    raise Unusable(
        f"{shown(written)} is not a phone number.", 'Write it with its country, in quotes: "+1 555 010 0100".'
    )


Amount = Annotated[Decimal, Parsed(amount, {"type": "number", "minimum": 0, "exclusiveMaximum": int(MOST)})]
Currency = Annotated[str, Parsed(currency, spelled(_CURRENCY, "Write its three letters, as in USD."))]
Reference = Annotated[str, Parsed(reference, spelled(_REFERENCE, "Write it as INC-2026-11-20-001."))]
Channel = Annotated[str, Parsed(channel, spelled(_CHANNEL, 'Write it in quotes, as "#incident-2026-11-20-001".'))]
Phone = Annotated[str, Parsed(phone, spelled(_PHONE, 'Write it with its country, in quotes: "+1 555 010 0100".'))]
Count = Annotated[int, Bounded({"strict": True, "ge": 0, "le": 10_000_000_000})]
Some = Annotated[int, Bounded({"strict": True, "ge": 1, "le": 10_000_000_000})]
