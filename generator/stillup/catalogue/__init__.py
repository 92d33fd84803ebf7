"""Every fixed word a reader sees on pages, in feeds and in messages, by language.

`words("en").say("fact.since")` is `Since`. A language is one more module like `english.py` and one line here.
What people write in records is not here; nor are the words of tools (checks, logs, the command line).
"""

from functools import lru_cache

from stillup.catalogue.english import ENGLISH
from stillup.catalogue.language import Language
from stillup.catalogue.phrase import Catalogue, UnknownWords
from stillup.catalogue.spanish import SPANISH

LANGUAGES: dict[str, Language] = {"en": ENGLISH, "es": SPANISH}


@lru_cache
def words(language: str) -> Catalogue:
    """Return the catalogue of `language` (`es`, or `es-MX`: then that of `es`).

    Raises:
        UnknownWords: there is none, with the languages that there are.
    """
    for code in (language, language.split("-")[0]):
        if code in LANGUAGES:
            return Catalogue(LANGUAGES[code])
    raise UnknownWords(f"no words in the language {language!r}; there are {', '.join(sorted(LANGUAGES))}")


__all__ = ["LANGUAGES", "Catalogue", "Language", "UnknownWords", "words"]
