"""Lists of incidents and maintenances by day; days without any are joined."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from stillup.views.edition import Edition
from stillup.views.listing import Headline
from stillup.views.margin import month_place
from stillup.views.page import DayEvents, Event
from stillup.views.shape import Link


def ledger(
    edition: Edition,
    headlines: Iterable[Headline],
    first: date,
    last: date,
    *,
    month: bool = True,
    most: int | None = None,
    rest: Callable[[date], str] = month_place,
) -> tuple[DayEvents, ...]:
    """Return `last` back to `first`. Without `month` days are called `Fri 20` and spans `10 to 19`.

    Of one day at most so many events are listed, the newest ones; all of them stand at `rest` of the day.
    """
    by_day = by_days(headlines)
    found: list[DayEvents] = []
    quiet: date | None = None
    day = last
    while day >= first:
        if day in by_day:
            if quiet is not None:
                found.append(_quiet(edition, day + timedelta(days=1), quiet, month))
                quiet = None
            form = "weekday" if month else "weekday_day"
            here = by_day[day]
            shown = events(edition, day, form, [event(each, day) for each in here[:most]])
            if said := edition.words.more(len(here) - len(shown.events)):
                shown = replace(shown, more=Link(place=rest(day), text=said))
            found.append(shown)
        elif quiet is None:
            quiet = day
        day -= timedelta(days=1)
    if quiet is not None:
        found.append(_quiet(edition, first, quiet, month))
    return tuple(found)


def busy(edition: Edition, told: Iterable[tuple[date, Event]]) -> tuple[DayEvents, ...]:
    """Return only days on which something was, newest first; those of another year say theirs."""
    by_day: dict[date, list[Event]] = {}
    for day, each in told:
        by_day.setdefault(day, []).append(each)
    return tuple(
        [
            events(edition, day, "weekday" if day.year == edition.today.year else "weekday_year", by_day[day])
            for day in sorted(by_day, reverse=True)
        ]
    )


def event(headline: Headline, day: date) -> Event:
    """Return the line of a list for `day`."""
    state, note = headline.state, headline.note
    if headline.lines and day in headline.days:
        state, note = headline.lines[headline.days.index(day)]
    return Event(place=headline.place, title=headline.title, language=headline.language, state=state, note=note)


def quiet_days(headlines: Iterable[Headline], first: date, last: date) -> int:
    """Return on how many days there was nothing to report."""
    busy_days = {day for headline in headlines for day in headline.days if first <= day <= last}
    return (last - first).days + 1 - len(busy_days)


def by_days(headlines: Iterable[Headline]) -> Mapping[date, Sequence[Headline]]:
    """Return what is listed under each day, newest first."""
    found: dict[date, list[Headline]] = {}
    for headline in sorted(headlines, key=lambda each: (each.started, each.id), reverse=True):
        for day in headline.days:
            found.setdefault(day, []).append(headline)
    return found


def events(edition: Edition, day: date, form: str, told: Sequence[Event]) -> DayEvents:
    """Return a day with what is `told` of it."""
    return DayEvents(time=edition.day(day, form), span="", events=tuple(told), quiet="")


def _quiet(edition: Edition, first: date, last: date, month: bool) -> DayEvents:
    said = edition.words.say("home.nothing")
    if first == last:
        time = edition.day(first, "weekday" if month else "weekday_day")
        return DayEvents(time=time, span="", events=(), quiet=said)
    return DayEvents(time=None, span=edition.words.days(first, last, month=month), events=(), quiet=said)
