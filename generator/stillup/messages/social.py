"""A letter as a post: counted as X counts, which is within what Mastodon and Bluesky take."""

import re

from stillup.messages.letter import Letter
from stillup.messages.limit import cut
from stillup.messages.wording import Wording, variables

CHANNEL = "social"
LONGEST = 280
_LINK = 23
_ADDRESS = re.compile(r"https?://\S+")
_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
"""Code points that count once; every other counts twice (twitter-text, configuration 3)."""


def social(letter: Letter, wording: Wording, audience: str, more: dict[str, object]) -> str:
    """Return the post: what is wrong with what, as much of the rest as fits, and the address."""
    seen = variables(letter, audience, html=False) | more
    head, rest = wording.short(letter.kind, audience, CHANNEL, seen)
    head, rest = _quiet(head), _quiet(rest)
    tail = letter.page

    def whole(first: str, middle: str) -> str:
        return "\n\n".join(part for part in (f"{first} {middle}".strip(), tail) if part)

    head = cut(head, LONGEST, lambda text: weight(whole(text, "")))
    middle = cut(rest, LONGEST, lambda text: weight(whole(head, text)))
    return whole(head, middle)


def weight(text: str) -> int:
    """Return what `text` counts: addresses 23, most letters of Western languages 1, others and emoji 2."""
    links = len(_ADDRESS.findall(text))
    bare = _ADDRESS.sub("", text)
    return links * _LINK + sum(1 if any(a <= ord(each) <= z for a, z in _LIGHT) else 2 for each in bare)


def _quiet(text: str) -> str:
    """Return `text` without mentions: an invisible character stands behind each @."""
    return text.replace("@", "@\u200b")
