"""Paths of the drawings, in the units of their view boxes: a day is 8 wide, a bar up to 40 high."""

from stillup.views.page import Bar


def width(days: int) -> int:
    """Return the width of a drawing of `days` bars."""
    return days * 8 - 2


def calm(days: int) -> str:
    """Return the path of `days` bars of one height: the still line."""
    return "M3 40V24" + "m8 16V24" * (days - 1)


def hole(bar: Bar) -> str:
    """Return the path that takes the calm line away where `bar` stands; nothing for a bar that covers it."""
    if bar.key not in {"none", "maint"}:
        return ""
    return f"M{bar.x} 41V0" + "m8 41V0" * (bar.span - 1)


def stroke(bar: Bar) -> str:
    """Return the path of `bar`, one stroke for each of its days."""
    return f"M{bar.x} 40V{bar.top}" + f"m8 {40 - bar.top}V{bar.top}" * (bar.span - 1)
