"""Bars in words, for those who do not see them."""

from collections.abc import Iterable, Sequence
from datetime import date

from stillup.timeline.day import Day
from stillup.views.edition import KEYS, Edition
from stillup.views.trouble import is_bad, worst
from stillup.vocabulary import ComponentStatus

_NAMED = 6
"""Up to how many bad days are named one by one."""


def alt(edition: Edition, days: Sequence[Day]) -> str:
    """Return `90 days: 86 without trouble, degraded performance on 3 September, partial outage today`."""
    known = [day for day in days if day.known]
    bad = [day for day in known if is_bad(day)]
    listed = _named(edition, bad) if len(bad) <= _NAMED else counted(edition, bad)
    return _whole(edition, days, known, len(bad), listed)


def year_alt(edition: Edition, days: Sequence[Day]) -> str:
    """Return the same for a year, where days are only counted, and where to find them."""
    known = [day for day in days if day.known]
    bad = [day for day in known if is_bad(day)]
    said = _whole(edition, days, known, len(bad), counted(edition, bad))
    return edition.words.say("component.year_alt", days=said) if bad else said


def group_alt(edition: Edition, count: int, bad: int) -> str:
    """Return `The group over 90 days: 84 without trouble, 6 with`."""
    if not bad:
        return edition.words.say("bars.group_calm", days=count)
    return edition.words.say("bars.group", days=count, calm=count - bad, bad=bad)


def counted(edition: Edition, bad: Iterable[Day]) -> list[str]:
    """Return `22 of partial outage`, `3 of major outage`; the mildest first."""
    counts = dict.fromkeys(ComponentStatus, 0)
    for day in bad:
        counts[worst(day)] += 1
    words = edition.words
    return [
        words.say("bars.counted", n=n, state=words.say(f"said.{KEYS[status]}")) for status, n in counts.items() if n
    ]


def _whole(edition: Edition, days: Sequence[Day], known: Sequence[Day], bad: int, listed: list[str]) -> str:
    words = edition.words
    if not known:
        return words.say("bars.none", days=len(days))
    more = _missing(edition, days, known)
    if not bad:
        return words.listed([words.count("bars.calm", len(known)), *more])
    return words.count("bars.alt", len(known), calm=len(known) - bad, list=words.listed([*listed, *more]))


def _missing(edition: Edition, days: Sequence[Day], known: Sequence[Day]) -> list[str]:
    found = []
    if not days[0].known:
        found.append(edition.words.say("bars.before", day=edition.words.date(known[0].date, "long")))
    if not days[-1].known:
        found.append(edition.words.say("bars.after", day=edition.words.date(known[-1].date, "long")))
    return found


def _named(edition: Edition, bad: Sequence[Day]) -> list[str]:
    words = edition.words
    by_state: dict[ComponentStatus, list[date]] = {}
    for day in bad:
        by_state.setdefault(worst(day), []).append(day.date)
    found = []
    for status, dates in by_state.items():
        past = [each for each in dates if each != edition.today]
        key = "bars.on" if len(past) == len(dates) else "bars.on_and_today" if past else "bars.today"
        said = words.say(f"said.{KEYS[status]}")
        found.append(words.say(key, state=said, days=_dates(edition, past)) if past else words.say(key, state=said))
    return found


def _dates(edition: Edition, dates: Sequence[date]) -> str:
    """Return `9 and 10 September and 2 October`."""
    words = edition.words
    by_month: dict[tuple[int, int], list[str]] = {}
    for each in dates:
        by_month.setdefault((each.year, each.month), []).append(str(each.day))
    return words.join(
        [
            words.say("date.days_of", days=words.join(days), month=words.month(month))
            for (_, month), days in by_month.items()
        ]
    )
