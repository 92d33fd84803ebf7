"""What one language is made of."""

from collections.abc import Callable, Mapping

from stillup.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One language: its phrases, and the few things that are not phrases."""

    code: str
    direction: str = "ltr"
    decimal: str = "."
    plural: Callable[[int], str]
    """The form for a number: `one`, `other`, or what else the language has."""

    months: tuple[str, ...]
    short_months: tuple[str, ...]
    weekdays: tuple[str, ...]
    """From Monday, as are `many_weekdays` and `short_weekdays`."""

    many_weekdays: tuple[str, ...]
    """`Sundays`."""
    short_weekdays: tuple[str, ...]
    numbers: tuple[str, ...]
    """From zero; greater numbers are written in digits."""

    phrases: Mapping[str, str]
    """By key, with `{fields}`; a phrase that counts has a key with each form, `x.one` and `x.other`."""
