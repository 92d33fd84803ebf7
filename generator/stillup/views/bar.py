"""Bars and bad days: where they stand, and what they say."""

from collections.abc import Mapping, Sequence
from datetime import date

from stillup.timeline.day import Day
from stillup.timeline.state import Now
from stillup.views.edition import KEYS, Edition
from stillup.views.listing import Headline
from stillup.views.page import Bar, DayLine
from stillup.views.shape import Link
from stillup.views.trouble import is_bad, numbers, worst
from stillup.vocabulary import ComponentStatus

TOPS = {"major": 0, "partial": 8, "degraded": 16, "maint": 17, "none": 36}
_STATES = tuple(reversed(ComponentStatus))[:4]


def bars(edition: Edition, days: Sequence[Day], now: Now) -> tuple[Bar, ...]:
    """Return the strokes that stand out of the calm line, oldest first."""
    found = [bar(number, KEYS[worst(days[number])], title(edition, days[number], now)) for number in numbers(days)]
    return tuple(sorted([*holes(edition, [day.known for day in days], [day.date for day in days]), *found], key=_x))


def bar(number: int, key: str, words: str, span: int = 1) -> Bar:
    """Return the stroke of the day `number` from the left, counted from 0."""
    return Bar(x=3 + 8 * number, span=span, key=key, top=TOPS[key], title=words)


def holes(edition: Edition, known: Sequence[bool], dates: Sequence[date]) -> list[Bar]:
    """Return one stroke for each run of days without data."""
    found: list[Bar] = []
    start = 0
    while start < len(known):
        end = start
        while end < len(known) and not known[end]:
            end += 1
        if end > start:
            words = edition.words
            if end < len(known):
                said = words.say("bars.hole", day=short(edition, dates[end]))
            else:
                said = words.say("bars.hole_after", day=short(edition, dates[start]))
            if end - start == len(known):
                said = words.say("state.none")
            found.append(bar(start, "none", said, end - start))
        start = end + 1
    return found


def title(edition: Edition, day: Day, now: Now) -> str:
    """Return `9 Nov: partial outage, 1 h 15 min`, or `20 Nov: partial outage since 10:05 UTC`."""
    words = edition.words
    said = words.say(f"said.{KEYS[worst(day)]}")
    when = short(edition, day.date)
    if day.ongoing and now.since is not None:
        return words.say("bars.day_since", day=when, state=said, time=_since(edition, now))
    length = words.duration(day.seconds[worst(day).rank])
    return words.say("bars.day", day=when, state=said, length=length)


def lines(
    edition: Edition,
    days: Sequence[Day],
    now: Now,
    headlines: Mapping[str, Headline],
    form: str = "day",
    most: int | None = None,
) -> tuple[DayLine, ...]:
    """Return the bad days in words, newest first, with their incidents: of one day at most so many are named."""
    found = []
    for day in reversed(days):
        if is_bad(day):
            causes = [known for id in day.causes if (known := headlines.get(id))]
            named = causes[:most]
            found.append(
                DayLine(
                    time=edition.day(day.date, form if day.date.year == edition.today.year else f"{form}_year"),
                    state=edition.states[worst(day)],
                    text=_length(edition, day, now),
                    links=tuple([Link(place=each.place, text=each.title, language=each.language) for each in named]),
                    more=edition.words.more(len(causes) - len(named)),
                )
            )
    return tuple(found)


def short(edition: Edition, day: date) -> str:
    """Return `9 Nov`, with the year where it is not this one."""
    return edition.words.date(day, "day" if day.year == edition.today.year else "day_year")


def _length(edition: Edition, day: Day, now: Now) -> str:
    """Return `1 h 15 min, degraded for 20 min` or `since 10:05 UTC`."""
    words = edition.words
    if day.ongoing and now.since is not None:
        parts = [words.say("note.since", time=_since(edition, now))]
    else:
        parts = [words.duration(day.seconds[worst(day).rank])]
    for state in _STATES[_STATES.index(worst(day)) + 1 :]:
        if day.seconds[state.rank]:
            parts.append(words.say(f"day.part.{KEYS[state]}", length=words.duration(day.seconds[state.rank])))
    return words.listed(parts)


def _since(edition: Edition, now: Now) -> str:
    if now.since is None:
        return ""
    local = edition.local(now.since)
    return edition.words.clock(local) if local.date() == edition.today else short(edition, local.date())


def _x(one: Bar) -> int:
    return one.x
