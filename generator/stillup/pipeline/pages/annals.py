"""The pages of months and years: which there are, which may read differently than they stand, and their sitemaps."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from stillup.artifact import Artifact
from stillup.pipeline.pages.atlas import Atlas
from stillup.records.index import Index
from stillup.records.story import Story
from stillup.site.page import Page, Pages
from stillup.views.edition import Edition
from stillup.views.history import WORST, history_days, history_month, history_year
from stillup.views.listing import NOTHING, Headline, Tally
from stillup.vocabulary import Kind

_DAYS = "days of {:%Y-%m}"
"""Keeps the paths of a month's pages of days."""


@dataclass(kw_only=True)
class Annals:
    """The history of one tree."""

    edition: Edition
    index: Index
    draw: Pages
    touched: Iterable[str]
    """Days under which something that changed was listed, or is now."""

    listed: Callable[[Iterable[Story]], dict[str, Headline]]
    whole: bool
    """Whether to draw every page, because nothing that stands can be trusted to be current."""

    @cached_property
    def months(self) -> tuple[date, ...]:
        """The first days of all months with a page: from the first record's to this one."""
        first = self.index.first_month()
        today = self.edition.today
        start = min(date.fromisoformat(f"{first}-01") if first else today, today)
        count = (today.year - start.year) * 12 + today.month - start.month
        number = start.year * 12 + start.month - 1
        return tuple(date(n // 12, n % 12 + 1, 1) for n in range(number, number + count + 1))

    @cached_property
    def dirty(self) -> frozenset[date]:
        """The months whose page may read differently than it stands."""
        if self.whole or self.index.note("known") != self._note:
            return frozenset(self.months)
        days = {*self.touched, self.edition.today.isoformat(), self.index.note("today")}
        return frozenset(self.months) & {date.fromisoformat(f"{day[:7]}-01") for day in days if day}

    @property
    def _note(self) -> str:
        return f"{self.months[0]} {self.months[-1]}"

    @property
    def _atlas(self) -> Atlas:
        return Atlas(self.edition, self.index, self.months)

    def pages(self) -> Iterator[Page]:
        """Return every page that may have changed."""
        for month in sorted(self.dirty):
            stories = self.index.listed(f"{month:%Y-%m}-01", f"{month:%Y-%m}-31")
            headlines = self.listed(stories).values()
            yield self.draw.month(history_month(self.edition, month, headlines, self.months))
            days = [self.draw.day(each) for each in history_days(self.edition, month, headlines)]
            yield from days
            if days or self.index.note(_DAYS.format(month)):
                self.index.keep(_DAYS.format(month), " ".join([day.path for day in days]))
        newest = max(month.year for month in self.months)
        for year in sorted({month.year for month in self.dirty}):
            view = history_year(self.edition, year, *self._tallies(year), self.months)
            yield self.draw.year(view)
            if year == newest:
                yield self.draw.archive(view)

    def standing(self) -> Iterator[str]:
        """Return the paths of pages and sitemaps that exist, were not made again, and must stay."""
        for month in self.months:
            if month not in self.dirty:
                yield f"history/{month:%Y-%m}/index.html"
                yield from self.index.note(_DAYS.format(month)).split()
                yield from self._atlas.paths(month)
        for year in sorted({month.year for month in self.months} - {month.year for month in self.dirty}):
            yield f"history/{year}/index.html"

    def sitemaps(self, trees: Iterable[str], *, main: bool) -> Iterator[Artifact]:
        """Return every sitemap that may have changed; in the `main` tree also `robots.txt`, which names all `trees`."""
        pages = list(self._atlas.of_pages())
        yield from pages
        for month in sorted(self.dirty):
            days = [path.removesuffix("index.html") for path in self.index.note(_DAYS.format(month)).split()]
            yield from self._atlas.of_month(month, days)
        if main:
            yield self._atlas.robots(pages, ["", *trees])

    def remember(self) -> None:
        """Note for the next run what this one made."""
        self.index.keep("known", self._note)
        self.index.keep("today", self.edition.today.isoformat())

    def _tallies(self, year: int) -> tuple[Tally, dict[date, Tally]]:
        """Return how much there was in a year, and in each of its months, up to today."""
        last = min(f"{year}-12-31", self.edition.today.isoformat())
        found: dict[str, Tally] = {}
        for by_month in (False, True):
            for month, kind, worst, count in self.index.tallies(f"{year}-01-01", last, by_month=by_month):
                so_far = found.get(month, NOTHING)
                incidents = so_far.incidents + (count if kind == Kind.INCIDENT else 0)
                maintenances = so_far.maintenances + (count if kind == Kind.MAINTENANCE else 0)
                found[month] = Tally(incidents, maintenances, max(so_far.worst, worst, key=WORST.index))
        whole = found.pop("", NOTHING)
        return whole, {date.fromisoformat(f"{month}-01"): tally for month, tally in found.items()}
