"""Text as every format of this room can write it."""

import re

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def printable(text: str) -> str:
    """Return `text` without the characters XML 1.0 has no way to write; no other format misses them."""
    return _UNPRINTABLE.sub("", str(text))
