"""Reading prose: what of a Markdown text is words, its sentences, and times of day in it."""

import re
from collections.abc import Iterator
from re import Match, Pattern

WORD = re.compile(r"\w+")
_CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
_TARGET = re.compile(r"(?<=\])\([^()\s]*(?:\s+\"[^\"]*\")?\)")
_ADDRESS = re.compile(r"<?\b(?:https?://|mailto:|www\.)[^\s<>)\]]+>?")
_MARK = re.compile(r"[*_#>|~]+(?=\S)|(?<=\S)[*_~|]+|^\s*(?:[-+*]|\d+\.)\s", re.MULTILINE)
_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]?[A-Z0-9])|\n\s*\n|\n(?=\s*[-*+] )")
CLOCK = r"(?:[01]?\d|2[0-3]):[0-5]\d(?!\d|:\d\d\d)"
"""A time of day such as `9:05` or `14:20`."""


def prose(raw: str) -> str:
    """Return `raw` with addresses, code and marks turned into spaces: the same length, so that places stay."""
    for pattern in (_CODE, _TARGET, _ADDRESS, _MARK):
        raw = pattern.sub(lambda found: re.sub(r"\S", " ", found[0]), raw)
    return raw


def sentences(text: str) -> list[str]:
    """Return the sentences of prose, in order."""
    return [part for each in _END.split(text) if (part := each.strip())]


def each_match(pattern: Pattern[str], text: str) -> Iterator[tuple[Match[str], str]]:
    """Yield every match with the sentence it stands in."""
    if pattern.search(text) is None:
        return
    for sentence in sentences(text):
        for found in pattern.finditer(sentence):
            yield found, sentence


def any_word(*words: str) -> Pattern[str]:
    """Return the pattern of any of `words`, which may be patterns themselves, as whole words in any case."""
    return re.compile(rf"(?<![\w-])(?:{'|'.join(words)})(?![\w-])", re.IGNORECASE)


def any_name(names: frozenset[str]) -> Pattern[str] | None:
    """Return the pattern of any of `names` as it stands; None where there is none."""
    words = sorted((re.escape(name) for name in names if name.strip()), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.IGNORECASE) if words else None
