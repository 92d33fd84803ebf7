"""The documents that list every record: `history.json` for clients of Statuspage, our own by years."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import partial

from stillup.api.artifact import JSON
from stillup.api.history import HISTORY, MONTHS, Line, history, months, year
from stillup.artifact import Artifact
from stillup.pipeline.tree.movement import Movement
from stillup.pipeline.tree.splice import respliced
from stillup.pipeline.tree.standing import Standing
from stillup.views.document import PageDocument
from stillup.views.edition import Edition
from stillup.views.roster import page


def chronicle(
    edition: Edition,
    moved: Movement,
    standing: Standing,
    years: set[int],
    published: Callable[[str], bytes | None],
) -> Iterator[Artifact]:
    """Yield what has moved; `years` are those that have a list.

    `published` returns a file just as the last run published it, where it still stands.
    """
    about, shelf = page(edition), moved.shelf
    for number in sorted(years):
        yield from standing.unless(
            number in moved.years,
            f"incidents/{number}",
            partial(_listed_in, number, moved, standing, about, published),
        )
    first = _first(edition.today)
    same = standing.basis("history") == first

    def drawn() -> Iterator[Artifact]:
        # Another month holds other records: what stood then cannot be mended in place.
        if same and (known := respliced([HISTORY], moved.in_history, published, JSON)) is not None:
            yield from known
            return
        told = months(Line.of(each.line) for each in shelf.lined_from(first))
        yield history(told, about, edition.today)

    yield from standing.unless(any(month >= first for month in moved.months), "history", drawn, basis=first)


def _listed_in(
    number: int, moved: Movement, standing: Standing, about: PageDocument, published: Callable[[str], bytes | None]
) -> Iterable[Artifact]:
    known = respliced(standing.files(f"incidents/{number}"), moved.in_years[number], published, JSON)
    if known is not None:
        return known
    return year(number, (Line.of(each.line) for each in moved.shelf.listed_in(number)), about)


def _first(today: date) -> str:
    """Return the first of the months that `history.json` holds."""
    number = today.year * 12 + today.month - MONTHS
    return f"{number // 12}-{number % 12 + 1:02}"
