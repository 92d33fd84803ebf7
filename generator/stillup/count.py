"""A number with what it counts, for people at a terminal. What readers of the page see is in `catalogue/`."""


def counted(number: int, what: str) -> str:
    """Return `1 record` or `2 records`."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
