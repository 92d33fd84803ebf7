"""A written value that cannot be used, said in words."""

from collections.abc import Iterable


class Unusable(ValueError):
    """What is wrong with one value, and what to write instead."""

    def __init__(self, message: str, fix: str = "", code: str = "value") -> None:
        """Keep both sentences; `code` is the word for tools."""
        super().__init__(message)
        self.message, self.fix, self.code = message, fix, code


def shown(value: object) -> str:
    """Return `value` as it may stand in a message: text in quotes and shortened, the rest by its kind."""
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= 60 else f'"{value[:57]}..."'
    if value is None:
        return "Nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "A mapping"
    if isinstance(value, list):
        return "A list"
    return str(value)


def listed(words: Iterable[str], last: str = "or") -> str:
    """Return `a, b or c`."""
    all_words = list(words)
    return f" {last} ".join(filter(None, [", ".join(all_words[:-1]), *all_words[-1:]]))


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word that `word` was probably meant to be, or an empty text."""
    from difflib import get_close_matches  # few runs meet a misspelt word

    by_lower = {candidate.lower(): candidate for candidate in known}
    found = get_close_matches(word.lower().replace("-", "_"), by_lower, n=1, cutoff=0.6)
    found = found or get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else ""


def choice(word: str, known: Iterable[str]) -> str:
    """Return the sentence that offers `known` words: the nearest first, all of them when they are few."""
    words = list(known)
    near = nearest(word, words)
    hint = f"Did you mean {near}?" if near else ""
    if len(words) <= 12:
        return f"{hint} Use {listed(words)}.".strip()
    return hint
