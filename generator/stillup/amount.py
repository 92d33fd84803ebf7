"""An amount of money as readers see it."""

from decimal import Decimal


def exact(amount: Decimal) -> str:
    """Return `1,250.00`; more than two decimals where they are written: money is never rounded on the way."""
    places = max(2, -int(amount.as_tuple().exponent))
    return f"{amount:,.{places}f}"
