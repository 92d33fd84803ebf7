"""What one language is made of."""

from collections.abc import Callable, Mapping

from stillup.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One language: its phrases, and the few things that are not phrases."""

    code: str
    direction: str = "ltr"
    decimal: str = "."
    group: str = ""
    """Between thousands; empty where numbers are written without."""

    plural: Callable[[int], str]
    """The form for a number: `one`, `other`, or what else the language has."""

    months: tuple[str, ...]
    short_months: tuple[str, ...]
    """As in a date."""

    lone_months: tuple[str, ...]
    """Short ones that stand alone, which German writes without the full stop."""

    weekdays: tuple[str, ...]
    """From Monday, as are `many_weekdays` and `short_weekdays`."""

    many_weekdays: tuple[str, ...]
    """`Sundays`."""
    short_weekdays: tuple[str, ...]
    names: Mapping[str, str]
    """What languages are called in this one, by their codes."""

    numbers: tuple[str, ...]
    """From zero; greater numbers are written in digits."""

    phrases: Mapping[str, str]
    """By key, with `{fields}`; a phrase that counts has a key with each form, `x.one` and `x.other`."""

    unreviewed: int = 0
    """How many phrases nobody has reviewed yet who grew up with the language."""
