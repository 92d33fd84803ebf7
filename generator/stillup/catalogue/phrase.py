"""How a catalogue is asked: phrases, numbers, lists, durations, dates and times in words."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from datetime import date as Date
from functools import cached_property, lru_cache

from stillup.catalogue.language import Language

_MINUTE = 60
"""In seconds."""

_DAY = 1440
"""In minutes."""

_FIRST = "\0"
"""Stands for the first day of a span until it is known."""

_MYRIAD = 10_000

_STOPPED = re.compile(r"\{(\w+)\}[.。]")
"""A field with the full stop of the phrase behind it."""

_ENDS = tuple(".!?。！？…؟")
"""Marks after which no full stop stands."""

_DIGITS = tuple([f"{number:02}" for number in range(60)])


class UnknownWords(LookupError):
    """A key or a language that no catalogue has: a mistake of ours or of a template, named in the message."""

    def __str__(self) -> str:
        """Return the message itself."""
        return str(self.args[0])


class Catalogue:
    """The words of one language. Instants are given in the zone in which they shall be printed."""

    def __init__(self, language: Language) -> None:
        """Speak `language`."""
        self._of = language
        self._phrases = language.phrases
        self.language = language.code
        self.direction = language.direction
        self.unreviewed = language.unreviewed > 0
        """Whether there are phrases that nobody has reviewed who grew up with the language."""

        # A history says the same days and lengths again and again.
        self._date = lru_cache(maxsize=2048)(self._spelled)
        self._lasting = lru_cache(maxsize=2048)(self._in_units)
        self._running = lru_cache(maxsize=256)(self._in_words)

    def say(self, key: str, /, **fields: object) -> str:
        """Return the phrase under `key` with its `{fields}` filled in; one that ends with a mark gets no full stop."""
        try:
            phrase = self._phrases[key]
            if fields and ("}." in phrase or "}。" in phrase):
                phrase = _STOPPED.sub(lambda stop: stop[0][: -_is_ended(fields[stop[1]]) or None], phrase)
            return phrase.format(**fields) if fields else phrase
        except KeyError as error:
            if key in self._phrases:
                raise UnknownWords(f"the phrase {key!r} ({self.language}) needs {error.args[0]!r}") from None
            raise UnknownWords(f"no words for {key!r} in the language {self.language!r}") from None

    @cached_property
    def groups(self) -> frozenset[str]:
        """The beginnings of all keys, `mail` of `mail.thanks`."""
        return frozenset(key.partition(".")[0] for key in self._phrases)

    def has(self, key: str) -> bool:
        """Return whether there is a phrase under `key`."""
        return key in self._phrases

    def count(self, key: str, n: int, /, **fields: object) -> str:
        """Return the phrase `<key>.<plural form of n>`; `{n}` in it is digits, `{number}` a word where natural.

        `<key>.zero` is taken for none where there is one. A `number` among the fields stands in place of the word.
        """
        form = "zero" if n == 0 and f"{key}.zero" in self._phrases else self._of.plural(n)
        return self.say(f"{key}.{form}", **{"n": self.digits(n), "number": self.number(n), **fields})

    def more(self, n: int) -> str:
        """Return `and 4 more` for what a list leaves out; empty where it leaves out nothing."""
        return self.count("site.more", n) if n > 0 else ""

    def digits(self, n: int) -> str:
        """Return `n` in digits, as the language divides them: `10.000`. Four of them stay together."""
        return f"{n:,}".replace(",", self._of.group) if self._of.group and n >= _MYRIAD else str(n)

    def number(self, n: int) -> str:
        """Return `n` as running text has it: `three`, `14`."""
        return self._of.numbers[n] if 0 <= n < len(self._of.numbers) else self.digits(n)

    def is_word(self, n: int) -> bool:
        """Return whether `number` writes `n` as a word."""
        return 0 <= n < len(self._of.numbers)

    def join(self, names: Sequence[str]) -> str:
        """Return `A`, `A and B`, or `A, B and C`."""
        if len(names) < 2:
            return names[0] if names else ""
        return self.say("list.last", rest=self.listed(names[:-1]), last=self.listed(names[-1:]))

    def listed(self, parts: Iterable[str]) -> str:
        """Return `parts` one after the other: `A, B`."""
        return self._phrases["list.comma"].join(map(self._apart, parts) if self.direction == "rtl" else parts)

    def _apart(self, part: str) -> str:
        """Return a Latin name so that a text from right to left goes on behind it (Unicode, UAX 9: FSI and PDI)."""
        return f"\u2068{part}\u2069" if part.isascii() and part[:1].isalpha() else part

    def ranked(self, parts: Iterable[str]) -> str:
        """Return `parts` that have commas of their own: `A, B; C`."""
        return self._phrases["list.semicolon"].join(parts)

    def labelled(self, label: str, text: str) -> str:
        """Return `label: text`."""
        return self._phrases["label"].format(label=label, text=text)

    def sentences(self, *said: str) -> str:
        """Return sentences one after the other, without those that are empty."""
        return self._phrases["sentences"].join([each for each in said if each])

    def joined(self, names: Sequence[str], most: int) -> str:
        """Return all `names` where there are at most `most`, else the first ones `and 6 more`; commas between."""
        if len(names) <= most:
            return self.listed(names)
        return self.count("list.more", len(names) - most + 1, rest=self.listed(names[: most - 1]))

    def sentence(self, text: str) -> str:
        """Return `text` with a capital first letter."""
        return text[:1].upper() + text[1:]

    def percent(self, hundredths: int) -> str:
        """Return `99.96 %` for 9996, `99.5 %` for 9950, `100 %` for 10000."""
        whole, rest = divmod(hundredths, 100)
        part = f"{rest:02}".rstrip("0")
        return self.say("percent", n=f"{whole}{self._of.decimal}{part}" if part else str(whole))

    def duration(self, length: timedelta | int) -> str:
        """Return `1 h 35 min`, `24 h`, `2 d 3 h`: the two largest units, in days from 48 hours on, cut off.

        A number is seconds.
        """
        return self._lasting(int(length if isinstance(length, int) else length.total_seconds()) // _MINUTE)

    def _in_units(self, minutes: int) -> str:
        if minutes < 1:
            return self._phrases["duration.moment"]
        if minutes >= 2 * _DAY:
            (great, small), units = divmod(minutes // 60, 24), ("d", "h")
        else:
            (great, small), units = divmod(minutes, 60), ("h", "min")
        parts = [
            self._phrases[f"duration.{unit}"].format(n=n) for n, unit in zip((great, small), units, strict=True) if n
        ]
        return " ".join(parts)

    def length(self, length: timedelta | int) -> str:
        """Return the same for running text: `30 minutes`, `1 hour 30 minutes`, `24 hours`, `2 days`."""
        return self._running(int(length if isinstance(length, int) else length.total_seconds()) // _MINUTE)

    def _in_words(self, minutes: int) -> str:
        if minutes < 1:
            return self._phrases["duration.moment"]
        if minutes >= 2 * _DAY:
            (great, small), units = divmod(minutes // 60, 24), ("days", "hours")
        else:
            (great, small), units = divmod(minutes, 60), ("hours", "minutes")
        parts = [self.count(f"length.{unit}", n) for n, unit in zip((great, small), units, strict=True) if n]
        return " ".join(parts)

    def month(self, month: int) -> str:
        """Return `November` for 11."""
        return self._of.months[month - 1]

    def short_month(self, month: int) -> str:
        """Return `Nov` for 11."""
        return self._of.lone_months[month - 1]

    def year(self, year: int) -> str:
        """Return `2026`; Japanese and Chinese say that it is a year."""
        return self._phrases["date.year"].format(year=year)

    def called(self, code: str) -> str:
        """Return what the language `code` is called in this one: `inglés`; the code where nobody knows."""
        return self._of.names.get(code, code)

    def weekday(self, day: Date) -> str:
        """Return `Sunday`."""
        return self._of.weekdays[day.weekday()]

    def weekdays(self, day: Date) -> str:
        """Return `Sundays`."""
        return self._of.many_weekdays[day.weekday()]

    def date(self, day: Date, form: str = "day") -> str:
        """Return `day` in one of these forms.

        day `20 Nov` · day_year `20 Nov 2026` · weekday `Fri 20 Nov` · weekday_year `Fri 20 Nov 2026` ·
        weekday_day `Fri 20` · long `20 November` · long_year `20 November 2026` · full `Friday 20 November 2026` ·
        month `November 2026` · short_month `Nov 2026`.
        """
        return self._date(day.date() if isinstance(day, datetime) else day, form)

    def _spelled(self, day: Date, form: str) -> str:
        of = self._of
        return self._phrases[f"date.{form}"].format(
            day=day.day,
            m=day.month,
            month=of.months[day.month - 1],
            mon=of.short_months[day.month - 1],
            year=day.year,
            wd=of.short_weekdays[day.weekday()],
            weekday=of.weekdays[day.weekday()],
            first=_FIRST,
        )

    def moment(self, local: datetime, form: str = "weekday_year") -> str:
        """Return date, time and zone: `Fri 20 Nov 2026, 10:05 UTC`; the date in any form of `date`."""
        return self._phrases["moment"].format(date=self.date(local, form), time=self.clock(local))

    def clock(self, local: datetime) -> str:
        """Return `10:05 UTC`."""
        return f"{_DIGITS[local.hour]}:{_DIGITS[local.minute]} {zone(local)}"

    def hour(self, local: datetime) -> str:
        """Return `10:05`."""
        return f"{_DIGITS[local.hour]}:{_DIGITS[local.minute]}"

    def days(self, first: Date, last: Date, *, month: bool = True) -> str:
        """Return a span of days: `10 to 19 Nov`, `30 Oct to 5 Nov`, without `month` `10 to 19`; one day alone."""
        if first == last:
            return self.date(first, "day" if month else "lone")
        if (first.year, first.month) == (last.year, last.month):
            # The first day is put in last: the form it stands in is one of the last day's.
            return self.date(last, "days" if month else "lone_days").replace(_FIRST, str(first.day))
        return self.say("range", start=self.date(first), end=self.date(last))

    def span(self, start: str, end: str) -> str:
        """Return `02:00 to 03:30`."""
        return self._phrases["range"].format(start=start, end=end)


def _is_ended(value: object) -> bool:
    """Whether `value` ends with a mark of its own, before what only tells its direction."""
    return str(value).rstrip("\u2069").endswith(_ENDS)


def zone(local: datetime) -> str:
    """Return what the zone is called at that instant: `UTC`, `CEST`; where it has only a number, `UTC+3`."""
    if local.tzinfo is UTC:
        return "UTC"
    name = local.tzname() or "UTC"
    if name[0] not in "+-":
        return name if name[:3] != "UTC" or name == "UTC" else _numeric(name[3:])
    return _numeric(name)


def _numeric(offset: str) -> str:
    """Return `UTC+5:30` for `+0530`, `+05:30`; `UTC-3` for `-03`."""
    digits = offset[1:].replace(":", "")
    minutes = digits[2:4]
    return f"UTC{offset[0]}{int(digits[:2])}" + (f":{minutes}" if minutes.strip("0") else "")
