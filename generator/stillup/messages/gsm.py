"""Text messages as networks count them: GSM 03.38 (7 bits) where every character is in it, else UCS-2.

One character outside the alphabet makes a message of 160 characters one of 70: so typographic ones are put plainly.
"""

import unicodedata

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")
"""These take two places, which may not stand in two segments."""

_PLAIN = str.maketrans(
    {
        "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'", "`": "'", "´": "'",
        "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "″": '"',
        "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-",
        "…": "...", "•": "-", "·": "-", "→": "->", "×": "x", "≥": ">=", "≤": "<=",
        "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u2002": " ", "\u2003": " ", "\t": " ",
        "\u200b": "", "\u200c": "", "\u200d": "", "\ufeff": "", "\ufe0f": "", "\u00ad": "",
    }
)  # fmt: skip
_LONE, _PART = 160, 153
_LONE_WIDE, _PART_WIDE = 70, 67


def plain(text: str) -> str:
    """Return `text` in the 7-bit alphabet where its letters have a form there; what has none stays as it is."""
    found = []
    for character in unicodedata.normalize("NFC", text.translate(_PLAIN)):
        if character in _BASIC or character in _EXTENDED:
            found.append(character)
            continue
        bare = "".join(each for each in unicodedata.normalize("NFKD", character) if not unicodedata.combining(each))
        found.append(bare if bare and all(each in _BASIC or each in _EXTENDED for each in bare) else character)
    return "".join(found)


def is_plain(text: str) -> bool:
    """Return whether the 7-bit alphabet has every character of `text`."""
    return all(character in _BASIC or character in _EXTENDED for character in text)


def segments(text: str) -> int:
    """Return in how many segments `text` travels; an empty one needs one too."""
    if is_plain(text):
        sizes = [2 if character in _EXTENDED else 1 for character in text]
        lone, part = _LONE, _PART
    else:
        sizes = [2 if character > "\uffff" else 1 for character in text]
        lone, part = _LONE_WIDE, _PART_WIDE
    if sum(sizes) <= lone:
        return 1
    count, room = 1, part
    for size in sizes:
        if size > room:
            count, room = count + 1, part
        room -= size
    return count
