"""An amount of money as readers see it: in pages for insiders, papers, messages and clocks it has one form."""

from decimal import Decimal


def money(amount: Decimal, currency: str) -> str:
    """Return `1,250.00 USD`; more than two decimals where they are written: money is never rounded on the way."""
    places = max(2, -int(amount.as_tuple().exponent))
    return f"{amount:,.{places}f} {currency}"
