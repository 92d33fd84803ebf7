"""What an unquoted word of YAML is worth, without the guesses that make `no` false and `12:30` 750."""

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache

_ODD = re.compile(r"[-+]?\.?[0-9][0-9A-Za-z_.:+-]*|[-+]?\.[A-Za-z]+|[A-Za-z]{1,5}|<<|[~=]?").fullmatch
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,17})").fullmatch
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,18}").fullmatch
_NUMBER = re.compile(
    r"[-+]?(?:0[bxo])?[0-9][0-9_]*|[-+]?0x[0-9a-fA-F_]+|[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9]+)"
).fullmatch
_EXPONENT = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)[eE][-+]?[0-9]+").fullmatch
_PHONE = re.compile(r"\+[0-9_]{7,}").fullmatch
_CLOCK = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?").fullmatch
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_SWITCHES = {"yes": "true", "on": "true", "no": "false", "off": "false"}


class Trap(ValueError):
    """A word that YAML readers understand differently."""

    def __init__(self, message: str, fix: str) -> None:
        """Keep what is wrong and what to write, both whole sentences."""
        super().__init__(message)
        self.message, self.fix = message, fix


def plain(text: str) -> object:
    """Return the text, int, Decimal, bool or None that an unquoted `text` stands for.

    Raises:
        Trap: two YAML readers would disagree, or none would see what the writer meant.
    """
    # Times and prose differ from file to file, so that keeping what they are would push out the few words that return.
    if (len(text) > 9 and text[4] == "-") or not _ODD(text):
        return text
    return _odd(text)


@lru_cache(maxsize=1024)
def is_word(text: str) -> bool:
    """Whether an unquoted key is a text to every reader."""
    try:
        return type(plain(text)) is str and "\xa0" not in text
    except Trap:
        return False


@lru_cache(maxsize=4096)
def _odd(text: str) -> object:
    if _WHOLE(text):
        return int(text)
    if _DECIMAL(text):
        return Decimal(text)
    lower = text.lower()
    if lower in _WORDS and text in {lower, lower.capitalize(), lower.upper()}:
        return _WORDS[lower]
    if lower in _SWITCHES:
        raise Trap(
            f"{text} may be read as {_SWITCHES[lower]}.", f'Write {_SWITCHES[lower]}, or "{text}" if it is a word.'
        )
    if _CLOCK(text):
        raise Trap(
            f"{text} may be read as a number to the base of 60.",
            f'A time needs its day and zone, as in 2026-11-20T10:12:00Z; a text its quotes, "{text}".',
        )
    if lower.lstrip("+-") in {".inf", ".nan"}:
        raise Trap(f"{text} is not a number that can be used.", f'Write a finite number, or "{text}" if it is a text.')
    if _NUMBER(text) or _EXPONENT(text):
        number = _plainly(lower)
        fix = f'Write {number}, or "{text}" if it is a text.' if number else f'Quote it: "{text}".'
        raise Trap(f"{text} may be read as a number other than it looks.", fix)
    if text in {"=", "<<"}:
        raise Trap(f"{text} is a word with a meaning of its own in YAML.", f'Quote it: "{text}".')
    return text


def _plainly(text: str) -> str:
    """Return how every reader understands the number that `text`, in small letters, looks like; empty where unclear."""
    if _PHONE(text):
        return ""
    digits = text.replace("_", "")
    try:
        if digits.lstrip("+-")[:2] in {"0b", "0o", "0x"}:
            number = str(int(digits, 0))
        else:
            found = Decimal(digits)
            number = f"{found:f}" if abs(found.adjusted()) < 18 else ""  # 1e999999999 has a billion digits
    except (ValueError, InvalidOperation):
        return ""
    return number if _WHOLE(number) or _DECIMAL(number) else ""
