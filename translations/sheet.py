"""A translator's sheet: one language's `.po` file, with every English phrase that is to be translated.

The context of an entry is the phrase's key. An entry marked `fuzzy` is used, but has not been reviewed yet by somebody
who grew up with the language; taking the mark away says that it has.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from stillup.catalogue import NAMES, language
from translations import cldr

FOLDER = Path(__file__).parent
FORMS = {
    "ar": ("zero", "one", "two", "few", "many", "other"),
    "ja": ("other",),
    "zh": ("other",),
}
"""The plural forms of a language in the order of its sheet; of those not here `one` and `other`."""

_PLURALS = {
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);",
    "fr": "nplurals=2; plural=(n > 1);",
    "pt": "nplurals=2; plural=(n > 1);",
    "ja": "nplurals=1; plural=0;",
    "zh": "nplurals=1; plural=0;",
}
_TWO = "nplurals=2; plural=(n != 1);"
_HEADER = """\
# {name}: the words of pages, feeds and messages.
# The context of each entry is its key. Keep the {{fields}} as they are; they may stand in any order.
# `fuzzy` says that nobody who grew up with the language has reviewed the entry yet. It is used all the same.
msgid ""
msgstr ""
"Project-Id-Version: Stillup\\n"
"Language: {code}\\n"
"Plural-Forms: {plural}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""

_OWN = {"numbers": " ".join(language("en").numbers), "weekdays": " ".join(language("en").many_weekdays)}
"""What is no phrase and no table has: words for numbers from none on, and the weekdays in `three more Sundays`."""

_NOTES = {
    "numbers": "Words from none to twelve, in this order and with spaces between; a dash to write digits.",
    "weekdays": "As in `3 more Sundays`, from Monday on, with spaces between.",
    "list.comma": "Between parts of a list; the space behind it belongs to it.",
    "list.semicolon": "Between parts that have commas of their own; the space behind it belongs to it.",
    "sentences": "What stands between two sentences.",
    "label": "A label and what is under it, in one line.",
    "short.stop": "STOP stays as it is: the provider reads it.",
}


def source() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield key and English of all that is to be translated; of a phrase that counts, its two forms."""
    english = language("en").phrases
    for key, text in _OWN.items():
        yield key, (text,)
    for key, text in english.items():
        base, _, form = key.rpartition(".")
        counts = f"{base}.one" in english and f"{base}.other" in english
        if (base if counts else key) in cldr.PHRASES:
            continue
        if not (counts and form in ("one", "other")):
            yield key, (text,)
        elif form == "one":
            yield base, (text, english[f"{base}.other"])


def forms(code: str) -> tuple[str, ...]:
    """Return the plural forms of a language in the order of its sheet."""
    return FORMS.get(code, ("one", "other"))


def read(code: str) -> dict[str, Message]:
    """Return the entries of a sheet by key."""
    with (FOLDER / f"{code}.po").open("rb") as file:
        return {str(each.context): each for each in read_po(file, locale=code) if each.id}


def texts(entry: Message) -> tuple[str, ...]:
    """Return what is written in an entry, by form; nothing where a form is empty."""
    written = entry.string if isinstance(entry.string, (tuple, list)) else (entry.string,)
    return tuple(written) if all(written) else ()


def renewed(code: str, known: dict[str, Message]) -> Catalog:
    """Return the sheet of `code` with today's English. Where that has changed, the entry must be reviewed again."""
    made = Catalog(locale=code or None)
    for key, english in source():
        old = known.get(key)
        written = texts(old) if old else ()
        old_english = tuple(old.id) if old and isinstance(old.id, (tuple, list)) else (old.id,) if old else ()
        moved = bool(written) and old_english != english
        several = len(english) > 1
        blank = ("",) * len(forms(code)) if several else ""
        made.add(
            english if several else english[0],
            (written or blank) if several else (written[0] if written else ""),
            context=key,
            flags=["fuzzy"] if written and (moved or (old is not None and old.fuzzy)) else [],
            auto_comments=[_NOTES[key]] if key in _NOTES else [],
            user_comments=old.user_comments if old else (),
            previous_id=old_english if moved else (),
        )
    return made


def write(code: str, made: Catalog) -> None:
    """Write a sheet, or the template where `code` is empty. No time stands in it: the same words, the same bytes."""
    body = BytesIO()
    write_po(body, made, width=110, include_previous=True, omit_header=True)
    header = _HEADER.format(name=NAMES.get(code, "Template"), code=code, plural=_PLURALS.get(code, _TWO))
    (FOLDER / (f"{code}.po" if code else "stillup.pot")).write_bytes(header.encode() + body.getvalue())
