"""The documents that list every record: `history.json` for clients of Statuspage, our own by years."""

from collections.abc import Iterator
from datetime import date
from functools import partial

from stillup.api.history import MONTHS, Line, history, months, year
from stillup.artifact import Artifact
from stillup.pipeline.movement import Movement
from stillup.pipeline.standing import Standing
from stillup.records.shelf import Shelf
from stillup.views.document import PageDocument
from stillup.views.edition import Edition
from stillup.views.roster import page


def chronicle(edition: Edition, moved: Movement, standing: Standing, years: set[int]) -> Iterator[Artifact]:
    """Yield what has moved; `years` are those that have a list."""
    about, shelf = page(edition), moved.shelf
    for number in sorted(years):
        yield from standing.unless(
            number in moved.years,
            f"incidents/{number}",
            partial(_listed_in, number, shelf, about),
        )
    first = _first(edition.today)

    def drawn() -> Iterator[Artifact]:
        told = months(Line.of(each.line) for each in shelf.lined_from(first))
        yield history(told, about, edition.today)

    yield from standing.unless(any(month >= first for month in moved.months), f"history/{edition.today:%Y-%m}", drawn)


def _listed_in(number: int, shelf: Shelf, about: PageDocument) -> list[Artifact]:
    return [year(number, (Line.of(each.line) for each in shelf.listed_in(number)), about)]


def _first(today: date) -> str:
    """Return the first of the months that `history.json` holds."""
    number = today.year * 12 + today.month - MONTHS
    return f"{number // 12}-{number % 12 + 1:02}"
