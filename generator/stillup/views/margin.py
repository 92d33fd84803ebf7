"""What stands around the matter of several pages: the ends of the bars, the way to the history, the build."""

from datetime import date, timedelta

from stillup.views.edition import Edition
from stillup.views.page import Built
from stillup.views.shape import Link


def axis(edition: Edition) -> tuple[str, str]:
    """Return the words below the ends of the bars."""
    words, first = edition.words, edition.today - timedelta(days=edition.settings.history_days - 1)
    start = words.date(first, "day" if first.year == edition.today.year else "day_year")
    return start, words.say("home.today", day=words.date(edition.today))


def built(edition: Edition) -> Built:
    """Return when and from what the page is made."""
    return Built(time=edition.time(edition.at, "day_year"), commit=edition.commit)


def history(edition: Edition) -> Link:
    """Return the way to the newest month of the history."""
    return Link(place=month_place(edition.today), text=edition.words.say("site.all_history"))


def month_place(month: date) -> str:
    """Return `history/2026-11/`."""
    return f"history/{month:%Y-%m}/"


def day_place(day: date) -> str:
    """Return `history/2026-11-20/`, which is there where the page of the month does not list all of its day."""
    return f"history/{day:%Y-%m-%d}/"


def year_place(year: int) -> str:
    """Return `history/2026/`."""
    return f"history/{year:04}/"
