"""Every fixed word a reader sees on pages, in feeds and in messages, by language.

`words("en").say("fact.since")` is `Since`. English is in `english*.py`; every other language is translated in
`translations/`, and `spoken.py` has one line for it.
What people write in records is not here; nor are the words of tools (checks, logs, the command line).
"""

from functools import lru_cache

from stillup.catalogue.language import Language
from stillup.catalogue.phrase import Catalogue, UnknownWords
from stillup.catalogue.spoken import INSIDE, NAMES, language

LANGUAGES = tuple(NAMES)
"""The codes of all languages with words, English first."""


def spoken(tag: str) -> str:
    """Return the language whose words are used for `tag`: `es` for `es-MX`; empty where there is none."""
    return next((code for code in (tag, tag.split("-")[0]) if code in NAMES), "")


@lru_cache
def words(tag: str) -> Catalogue:
    """Return the catalogue of the language `tag` (`es`, or `es-MX`: then that of `es`).

    Raises:
        UnknownWords: there is none, with the languages that there are.
    """
    if code := spoken(tag):
        return Catalogue(language(code))
    raise UnknownWords(f"no words in the language {tag!r}; there are {', '.join(sorted(LANGUAGES))}")


__all__ = ["INSIDE", "LANGUAGES", "NAMES", "Catalogue", "Language", "UnknownWords", "language", "spoken", "words"]
