"""Text and instants as every format of this room can write them."""

import re
from datetime import UTC, datetime
from html import escape

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def printable(text: str) -> str:
    """Return `text` without the characters XML 1.0 has no way to write; no other format misses them."""
    return str(text) if _UNPRINTABLE.search(text) is None else _UNPRINTABLE.sub("", str(text))


def element(text: str) -> str:
    """Return `text` as it stands within an element of XML."""
    return escape(printable(text), quote=False)


def attribute(text: str) -> str:
    """Return `text` as it stands between the double quotes of an attribute of XML."""
    return escape(printable(text))


def stamp(at: datetime) -> str:
    """Return an instant as `2026-11-20T10:12:00Z`."""
    return (at if at.tzinfo is UTC else at.astimezone(UTC)).isoformat()[:19] + "Z"
