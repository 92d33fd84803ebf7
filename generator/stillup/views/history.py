"""The history by month and by year, and by day where a month has too much for one page."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from stillup.portion import cut, full
from stillup.views.days import by_days, event, events, ledger, quiet_days
from stillup.views.edition import Edition
from stillup.views.listing import NOTHING, Headline, Tally
from stillup.views.margin import day_place, month_place, year_place
from stillup.views.page import HistoryDay, HistoryMonth, HistoryYear, YearMonth
from stillup.views.shape import Link, State
from stillup.vocabulary import Kind

WORST = ("ok", "none", "maint", "degraded", "partial", "major")
"""Keys of states, the worst last."""

MOST = 200
"""How many events a page of the history lists; up to half as many more rather than a page for them."""


def history_month(edition: Edition, month: date, headlines: Iterable[Headline], known: Sequence[date]) -> HistoryMonth:
    """Return one month; `month` is its first day, `known` are those of all months that have a page, oldest first.

    `headlines` are those with a day in it; others do no harm. Days after today are not shown.
    """
    words = edition.words
    last = _last(edition, month)
    here = _within(headlines, month, last)
    now = month <= edition.today < _next(month)
    number = known.index(month)
    counts = _counts(edition, tally(here, month, last))
    key = "history.description_now" if now else "history.description"
    named = words.date(month, "month")
    return HistoryMonth(
        place=month_place(month),
        title=words.sentence(named),
        description=words.sentence(
            words.say(key, counts=counts, month=named, organisation=edition.masthead.organisation)
        ),
        lede=_lede(edition, here, month, last, now=now),
        year=Link(place=year_place(month.year), text=words.year(month.year)),
        months=tuple(
            [
                (Link(place=month_place(each), text=words.short_month(each.month)), each == month)
                for each in reversed(known)
                if each.year == month.year
            ]
        ),
        days=ledger(edition, here, month, last, month=False, most=_most(here, month, last), rest=day_place),
        previous=_link(edition, known[number - 1]) if number else None,
        next=_link(edition, known[number + 1]) if number + 1 < len(known) else None,
    )


def history_days(edition: Edition, month: date, headlines: Iterable[Headline]) -> tuple[HistoryDay, ...]:
    """Return a page, or several, for each day of which the page of its month does not list all, oldest first."""
    pages = [page for day, told in _crowded(edition, month, headlines) for page in _cut(edition, day, told)]
    if not pages:
        return ()
    links = [Link(place=page.place, text=page.title) for page in pages]
    around = zip([None, *links[:-1]], [*links[1:], None], strict=True)
    return tuple(
        [replace(page, previous=before, next=after) for page, (before, after) in zip(pages, around, strict=True)]
    )


def day_places(edition: Edition, month: date, headlines: Iterable[Headline]) -> frozenset[str]:
    """Return where the pages of `history_days` are."""
    found = set()
    for day, told in _crowded(edition, month, headlines):
        parts = len(cut(told, MOST)[0])
        found |= {_part_place(day, number, parts) for number in range(1, parts + 2)}
    return frozenset(found)


def _crowded(edition: Edition, month: date, headlines: Iterable[Headline]) -> list[tuple[date, Sequence[Headline]]]:
    """Return the days of which the page of their month does not list all, oldest first, with all of each."""
    last = _last(edition, month)
    here = _within(headlines, month, last)
    most = _most(here, month, last)
    if most is None:
        return []
    told = by_days(here)
    return [(day, told[day]) for day in sorted(told) if month <= day <= last and len(told[day]) > most]


def _part_place(day: date, number: int, parts: int) -> str:
    """Return the place of page `number` of a day; there are `parts` full ones before that of what is newest."""
    return day_place(day) if number > parts else f"{day_place(day)[:-1]}-{number}/"


def _cut(edition: Edition, day: date, told: Sequence[Headline]) -> Iterator[HistoryDay]:
    """Yield the full parts of a day, the oldest first, then its page with what is newest."""
    words = edition.words
    named, lede = (
        words.sentence(words.date(day, "full")),
        words.sentence(_first_sentence(edition, told, day, day, now=day == edition.today)),
    )
    parts, head = cut(told[::-1], MOST)
    for number, part in enumerate([*parts, head], 1):
        whole = number > len(parts)
        yield HistoryDay(
            place=_part_place(day, number, len(parts)),
            title=named if whole else f"{named} ({number})",
            description=lede,
            lede=lede,
            month=_link(edition, day),
            days=(events(edition, day, "weekday", [event(each, day) for each in reversed(part)]),),
            previous=None,
            next=None,
        )


def _most(here: Iterable[Headline], first: date, last: date) -> int | None:
    """Return how many events of one day a month's page lists; None: all of every day."""
    counts = [len(told) for day, told in by_days(here).items() if first <= day <= last]
    if not full(sum(counts), MOST):
        return None
    return next(most for most in range(MOST, 0, -1) if most == 1 or sum(min(most, each) for each in counts) <= MOST)


def tally(headlines: Iterable[Headline], first: date, last: date) -> Tally:
    """Return how much there was from `first` to `last`."""
    here = _within(headlines, first, last)
    incidents = sum(each.kind == Kind.INCIDENT for each in here)
    worst = max((each.worst for each in here), key=WORST.index, default="ok")
    return Tally(incidents=incidents, maintenances=len(here) - incidents, worst=worst)


def history_year(
    edition: Edition, year: int, whole: Tally, months: Mapping[date, Tally], known: Sequence[date]
) -> HistoryYear:
    """Return one year with the tallies of all of it and of its months, each up to the edition's day.

    `known` are the first days of all months that have a page, oldest first.
    """
    words = edition.words
    years = sorted({each.year for each in known} | {year}, reverse=True)
    counts = words.sentence(_counts(edition, whole))
    now = year == edition.today.year
    return HistoryYear(
        place=year_place(year),
        title=words.year(year),
        description=words.say("history.year_description", organisation=edition.masthead.organisation, year=year),
        lede=words.say("history.lede_now" if now else "history.lede", counts=counts),
        years=tuple([(Link(place=year_place(each), text=words.year(each)), each == year) for each in years]),
        months=tuple(
            [_month(edition, each, months.get(each, NOTHING)) for each in reversed(known) if each.year == year]
        ),
    )


def _month(edition: Edition, month: date, here: Tally) -> YearMonth:
    said = edition.words.sentence(_counts(edition, here)) if here != NOTHING else edition.words.say("home.nothing")
    return YearMonth(
        link=Link(place=month_place(month), text=edition.words.sentence(edition.words.month(month.month))),
        incidents=here.incidents,
        maintenances=here.maintenances,
        worst=State(key=here.worst, word=edition.words.say(f"state.{here.worst}")),
        note=said,
    )


def _counts(edition: Edition, here: Tally) -> str:
    """Return `four incidents and two maintenances`."""
    incidents, maintenances = _numbers(edition, here)
    return edition.words.join([each for each in (incidents, maintenances) if each])


def _numbers(edition: Edition, here: Tally) -> tuple[str, str]:
    """Return how many of each kind there were; no maintenance is not told. Above twelve both are in digits."""
    words, incidents, maintenances = edition.words, here.incidents, here.maintenances
    digits = not (words.is_word(incidents) and words.is_word(maintenances))

    def told(key: str, n: int) -> str:
        return words.count(key, n, number=n) if digits else words.count(key, n)

    return told("history.incidents", incidents), told("history.maintenances", maintenances) if maintenances else ""


def _lede(edition: Edition, here: Sequence[Headline], first: date, last: date, *, now: bool) -> str:
    """Return the month in two sentences: how much there was, and on how many days nothing."""
    words, days = edition.words, (last - first).days + 1
    quiet = quiet_days(here, first, last)
    if not here:
        return words.say("history.quiet_all_now" if now else "history.quiet_all", days=days)
    told = _first_sentence(edition, here, first, last, now=now)
    return words.sentences(words.sentence(told), words.count("history.quiet", quiet, quiet=quiet, days=days))


def _first_sentence(edition: Edition, here: Sequence[Headline], first: date, last: date, *, now: bool) -> str:
    """Return how much there was, and how much of it is open."""
    words = edition.words
    all_of_it = tally(here, first, last)
    incidents, maintenances = _numbers(edition, all_of_it)
    still = sum(each.open and each.kind == Kind.INCIDENT for each in here)
    if still and maintenances:
        return words.count("history.open_both", still, incidents=incidents, maintenances=maintenances)
    if still:
        return words.count("history.open", still, incidents=incidents)
    return words.say("history.lede_now" if now else "history.lede", counts=_counts(edition, all_of_it))


def _within(headlines: Iterable[Headline], first: date, last: date) -> list[Headline]:
    return [each for each in headlines if any(first <= day <= last for day in each.days)]


def _last(edition: Edition, month: date) -> date:
    """Return the last day of a month that is told of."""
    return min(_next(month) - timedelta(days=1), edition.today)


def _link(edition: Edition, month: date) -> Link:
    return Link(place=month_place(month), text=edition.words.sentence(edition.words.date(month, "month")))


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
