"""Which language a message is in: the reader's, unless its fixed words have not been translated for their audience.

Then it is in the page's own language from its first word to its last: no message mixes two of them in silence.
"""

from collections.abc import Iterable

from stillup.catalogue import Catalogue

NEEDED = {
    "responders": ("alert",),
    "executives": ("executives", "alert"),
    "board": ("board", "executives", "alert"),
    "investors": ("board", "executives"),
    "partners": ("partners",),
    "support": ("support",),
    "media": ("media",),
}
"""Beginnings of the keys that an audience's messages use besides those of customers."""


def speaks(words: Catalogue, audience: str) -> bool:
    """Return whether `words` can say everything that `audience` is told."""
    return all(group in words.groups for group in NEEDED.get(audience, ()))


def spoken(audience: str, wanted: Iterable[Catalogue]) -> Catalogue | None:
    """Return the first of `wanted` that can say everything to `audience`; None where none can."""
    return next((words for words in wanted if speaks(words, audience)), None)
