"""The languages there are: what each is called by those who speak it, how it is written, how it counts.

English is written here, as the source of all others. The others are translated in `translations/*.po`, and
`make words` compiles them, with CLDR's dates, lists and units, into `compiled/*.json`: reading one takes a
millisecond, and only a page that speaks it does.
"""

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from stillup.catalogue import plural
from stillup.catalogue.english import ENGLISH
from stillup.catalogue.language import Language

NAMES: Final[Mapping[str, str]] = {
    "en": "English",
    "es": "Español",
    "de": "Deutsch",
    "fr": "Français",
    "pt": "Português",
    "ja": "日本語",
    "ar": "العربية",
    "zh": "中文",
}

RULES: Final[Mapping[str, Callable[[int], str]]] = {
    "en": plural.one,
    "es": plural.one,
    "de": plural.one,
    "fr": plural.few,
    "pt": plural.few,
    "ja": plural.only,
    "ar": plural.arabic,
    "zh": plural.only,
}

COMPILED: Final = Path(__file__).parent / "compiled"

INSIDE: Final = frozenset({"alert", "board", "executives", "media", "partners", "recovery", "support"})
"""Beginnings of keys that only messages to insiders and the press use: a language may be without any one of them."""


@lru_cache
def language(code: str) -> Language:
    """Return the language `code`, which must be one of `NAMES`."""
    if code == ENGLISH.code:
        return ENGLISH
    made: dict[str, Any] = json.loads((COMPILED / f"{code}.json").read_text(encoding="utf-8"))
    facts: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in made.items()}
    return Language(code=code, plural=RULES[code], **facts)
