"""What CLDR knows of a language, as Babel tells it: dates, lists, percent, lengths, names of months and days."""

import re
from collections.abc import Mapping
from typing import Any

from babel import Locale, localedata

from stillup.catalogue.spoken import NAMES

PHRASES = frozenset(
    "date.day date.day_year date.weekday date.weekday_year date.weekday_day date.days date.lone date.lone_days"
    " date.year date.long date.long_year date.full date.month date.short_month"
    " list.last percent moment duration.min duration.h duration.d"
    " length.minutes length.hours length.days".split()
)
"""The phrases that CLDR has: nobody translates them."""

_SKELETONS = {
    "date.day": "MMMd",
    "date.day_year": "yMMMd",
    "date.weekday": "MMMEd",
    "date.weekday_year": "yMMMEd",
    "date.weekday_day": "Ed",
    "date.lone": "d",
    "date.year": "y",
    "date.long": "MMMMd",
    "date.month": "yMMMM",
    "date.short_month": "yMMM",
}
_FIELDS = {
    "d": "{day}",
    "y": "{year}",
    "M": "{m}",
    "L": "{m}",
    "MMM": "{mon}",
    "LLL": "{mon}",
    "MMMM": "{month}",
    "LLLL": "{month}",
    "E": "{wd}",
    "EEE": "{wd}",
    "ccc": "{wd}",
    "EEEE": "{weekday}",
}
_TOKEN = re.compile(r"'([^']*)'|([A-Za-z])\2*|[^A-Za-z']+")
_UNITS = {"minutes": "duration-minute", "hours": "duration-hour", "days": "duration-day"}


def _locale(code: str) -> Locale:
    """Return what is known of a language, whichever was asked for before it."""
    # Babel 2.18 keeps what an alias led to in the dictionary that all languages share, so that Arabic months were
    # called as in Japanese. To go once it keeps that apart (babel.localedata.LocaleDataDict.__getitem__).
    localedata._cache.clear()
    return Locale.parse(code)


def facts(code: str) -> dict[str, Any]:
    """Return what is no phrase, under the names that `catalogue.language.Language` has for it."""
    locale = _locale(code)
    symbols = locale.number_symbols["latn"]
    dated, lone = locale.months["format"], locale.months["stand-alone"]
    return {
        "direction": locale.text_direction,
        "decimal": symbols["decimal"],
        "group": symbols["group"],
        "months": _in_order(dated["wide"], 1),
        "short_months": _in_order(dated["abbreviated"], 1),
        "lone_months": _in_order(lone["abbreviated"], 1),
        "names": {each: locale.languages[each] for each in NAMES},
        "weekdays": _in_order(locale.days["format"]["wide"], 0),
        "short_weekdays": _in_order(locale.days["format"]["abbreviated"], 0),
    }


def phrases(code: str) -> dict[str, str]:
    """Return the phrases of CLDR by key."""
    locale = _locale(code)
    found = {key: _spelled(locale.datetime_skeletons[skeleton].pattern) for key, skeleton in _SKELETONS.items()}
    found["date.long_year"] = _spelled(locale.date_formats["long"].pattern)
    found["date.full"] = _spelled(locale.date_formats["full"].pattern)
    found["date.days"] = _span(locale, "MMMd")
    found["date.lone_days"] = _span(locale, "d")
    found["list.last"] = _placed(locale.list_patterns["standard"]["end"], "{rest}", "{last}")
    found["moment"] = _placed(str(locale.datetime_formats["medium"]).replace("'", ""), "{time}", "{date}")
    found["percent"] = locale.percent_formats[None].pattern.replace("#,##0", "{n}")
    for unit, name in _UNITS.items():
        patterns = locale._data["unit_patterns"][name]
        short = patterns["short"]["other"]
        found[f"duration.{ {'minutes': 'min', 'hours': 'h', 'days': 'd'}[unit] }"] = short.replace("{0}", "{n}")
        # A form that is the same in both widths stands in the shorter one alone.
        forms = {**dict(patterns["short"].items()), **dict(patterns.get("long", {}).items())}
        for form in (*locale.plural_form.rules, "other"):
            if form in forms:
                found[f"length.{unit}.{form}"] = forms[form].replace("{0}", "{n}")
    return found


def _in_order(names: Mapping[int, str], first: int) -> list[str]:
    return [names[number] for number in range(first, first + len(names))]


def _spelled(pattern: str) -> str:
    """Return a pattern of CLDR (`d 'de' MMMM`) as a phrase (`{day} de {month}`)."""
    return "".join(
        found[1] if found[1] is not None else _FIELDS[found[0]] if found[2] else found[0]
        for found in _TOKEN.finditer(pattern)
    )


def _span(locale: Locale, skeleton: str) -> str:
    """Return a span of days of one month as a phrase with `{first}` and `{day}`."""
    first, rest = locale.interval_formats[skeleton]["d"]
    return (_spelled(first) + "\n" + _spelled(rest)).replace("{day}", "{first}", 1).replace("\n", "")


def _placed(pattern: str, first: str, second: str) -> str:
    return pattern.replace("{0}", first).replace("{1}", second)
