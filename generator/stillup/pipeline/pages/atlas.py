"""Which sitemaps a tree has: those of a month are drawn again where the month is, and noted where there are several."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime

from stillup.artifact import Artifact
from stillup.records.index import Index
from stillup.site.sitemap import Row, robots, sitemaps
from stillup.views.edition import Edition
from stillup.views.margin import month_place, year_place

_NOTE = "sitemaps of {:%Y-%m}"
"""Keeps the paths beside the first."""


class Atlas:
    """The sitemaps of one tree; none without an address of the page."""

    def __init__(self, edition: Edition, index: Index, months: Sequence[date]) -> None:
        """Use what `index` lists and keeps; `months` are the first days of all that have a page, oldest first."""
        self._edition, self._index, self._months = edition, index, months
        self._site = edition.settings.site_url

    def paths(self, month: date) -> list[str]:
        """Return the paths of the sitemaps of a month, as they were last drawn."""
        if not self._site:
            return []
        return [f"sitemap-{month:%Y-%m}.xml", *self._index.note(_NOTE.format(month)).split()]

    def of_pages(self) -> Iterator[Artifact]:
        """Yield the sitemaps of the pages that are there whatever happens."""
        places = ["", "history/", "maintenance/", "uptime/", "subscribe/"]
        places += [f"components/{each.id}/" for each in self._edition.components.components]
        places += [month_place(each) for each in self._months]
        places += [year_place(each) for each in sorted({month.year for month in self._months})]
        if self._site:
            yield from sitemaps("status", [Row(place) for place in places], self._site)

    def of_month(self, month: date, days: Collection[str]) -> Iterator[Artifact]:
        """Yield the sitemaps of a month: its incidents and maintenances, and the places of its pages of `days`."""
        if not self._site:
            return
        zone = self._edition.zone
        rows = [
            Row(f"incidents/{id}/", datetime.fromtimestamp(last, zone).date())
            for id, last in self._index.places(f"{month:%Y-%m}-01", f"{month:%Y-%m}-31")
        ]
        made = [*sitemaps(f"{month:%Y-%m}", [*rows, *[Row(day) for day in days]], self._site)]
        yield from made
        note = _NOTE.format(month)
        if made[1:] or self._index.note(note):
            self._index.keep(note, " ".join([each.path for each in made[1:]]))

    def robots(self, pages: Sequence[Artifact], trees: Collection[str]) -> Artifact:
        """Return `robots.txt` with the sitemaps of all `trees`, which are alike; `pages` are those of `of_pages`."""
        paths = [each.path for each in pages] + [path for month in self._months for path in self.paths(month)]
        return robots(self._site, [f"{tree}{path}" for tree in trees for path in paths])
