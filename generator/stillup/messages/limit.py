"""Cutting a text to a limit, counted in the limit's own unit, never inside a character as a reader sees it."""

import unicodedata
from collections.abc import Callable

ELLIPSIS = "…"
_JOINERS = "\u200d\ufe0e\ufe0f\u20e3"


def utf16(text: str) -> int:
    """Return how many UTF-16 units `text` has: how most chat programs count."""
    return len(text) + sum(character > "\uffff" for character in text)


def utf8(text: str) -> int:
    """Return how many bytes `text` has."""
    return len(text.encode())


def cut(text: str, most: int, measure: Callable[[str], int] = utf16, end: str = ELLIPSIS) -> str:
    """Return `text`, or as much of it as `most` units hold together with `end`, up to a word where one is near.

    `measure` counts what will stand there: give it the escaping too. Empty where not even `end` fits.
    """
    if measure(text) <= most:
        return text
    if measure(end) > most:
        return ""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if measure(text[:middle].rstrip() + end) <= most:
            low = middle
        else:
            high = middle - 1
    kept = text[: _whole(text, low)]
    word = kept.rfind(" ")
    if low < len(text) and text[low] != " " and word > len(kept) * 3 // 4:
        kept = kept[:word]
    return kept.rstrip().rstrip(",;:") + end


def _whole(text: str, length: int) -> int:
    """Return the largest length up to `length` at which no character is parted from its marks."""
    while 0 < length < len(text) and (
        unicodedata.combining(text[length])
        or text[length] in _JOINERS
        or text[length - 1] == "\u200d"
        or "\U0001f3fb" <= text[length] <= "\U0001f3ff"
    ):
        length -= 1
    return length
