"""Which form of a phrase a number takes: CLDR's rules for whole numbers, written out for the languages there are.

CLDR also knows a form for even millions in Spanish, French and Portuguese; nothing here is counted that far.
tests/test_translations.py holds each rule against Babel's.
"""


def only(n: int) -> str:
    """Return the one form of languages without any: Chinese, Japanese."""
    return "other"


def one(n: int) -> str:
    """Return `one` for 1: English, German, Spanish."""
    return "one" if n == 1 else "other"


def few(n: int) -> str:
    """Return `one` for 0 and 1: French, Portuguese."""
    return "one" if n in (0, 1) else "other"


def arabic(n: int) -> str:
    """Return one of Arabic's six forms."""
    if n < 3:
        return ("zero", "one", "two")[n]
    rest = n % 100
    if 3 <= rest <= 10:
        return "few"
    return "many" if rest >= 11 else "other"
