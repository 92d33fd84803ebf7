"""The whole history as a feed: archive documents of RFC 5005, each bounded, each unchanging once it is full.

A month's entries are bound, oldest first, into volumes of fifty. Of the running month only full volumes are published:
what is not in one yet is among the newest fifty, which the feed itself holds. So a reader that follows `prev-archive`
from the feed has every entry, and one that knows a volume need never ask for it again.
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from datetime import datetime
from zoneinfo import ZoneInfo

from stillup.feeds.fragment import Fragment
from stillup.frozen import dataclass
from stillup.instant import to_second
from stillup.views.listing import Entry
from stillup.views.masthead import Masthead

SIZE = 50
"""How many entries a volume holds; not more than a feed does."""


@dataclass(frozen=True, slots=True)
class Volume:
    """One archive document."""

    month: str
    """`2026-11`, in the page's zone."""

    number: int
    """From 1, which holds the oldest entries of the month."""

    @property
    def stem(self) -> str:
        """Its path without the ending: in the folder of the month's page."""
        return f"history/{self.month}/feed" + (f"-{self.number}" if self.number > 1 else "")

    @property
    def path(self) -> str:
        """Its file below the root."""
        return f"{self.stem}.atom"


class Shelf:
    """Every volume there is: thousands of a long history, of which a run looks at a few."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        """Hold as many volumes of each month as `counts` says; a month that has none may be left out."""
        self.counts = {month: counts[month] for month in sorted(counts) if counts[month]}
        """By month, oldest first."""

    @property
    def newest(self) -> Volume | None:
        """The one that `feed.atom` leads to; None where there is none."""
        return next((Volume(month, self.counts[month]) for month in reversed(self.counts)), None)

    def of(self, month: str) -> list[Volume]:
        """Return the volumes of a month, oldest first."""
        return [Volume(month, number) for number in range(1, self.counts.get(month, 0) + 1)]

    def before(self, volume: Volume) -> Volume | None:
        """Return the one that ends where `volume` begins; None before the first."""
        if volume.number > 1:
            return Volume(volume.month, volume.number - 1)
        earlier = max((month for month in self.counts if month < volume.month), default=None)
        return Volume(earlier, self.counts[earlier]) if earlier else None

    def after(self, volume: Volume) -> Volume | None:
        """Return the one that begins where `volume` ends; None after the last."""
        if volume.number < self.counts.get(volume.month, 0):
            return Volume(volume.month, volume.number + 1)
        later = min((month for month in self.counts if month > volume.month), default=None)
        return Volume(later, 1) if later else None

    def changed(self, other: "Shelf") -> set[str]:
        """Return the months of which `other` has more volumes, or fewer."""
        return {month for month, _ in self.counts.items() ^ other.counts.items()}


def volumes(counts: Mapping[str, int], running: str) -> Shelf:
    """Return the shelf for the `counts` of entries of each month; `running` is the month that goes on."""
    return Shelf({month: (count if month == running else count + SIZE - 1) // SIZE for month, count in counts.items()})


def counts(entries: Iterable[Fragment | Entry], masthead: Masthead, at: datetime) -> dict[str, int]:
    """Return how many of `entries` each month has, to be kept for each record; those after `at` do not count yet."""
    zone = ZoneInfo(masthead.zone)
    found: dict[str, int] = {}
    for entry in entries:
        if entry.published <= at:
            told = month(entry.published, zone)
            found[told] = found.get(told, 0) + 1
    return dict(sorted(found.items())) if len(found) > 1 else found


def month(at: datetime, zone: ZoneInfo) -> str:
    """Return the month of an instant: `2026-11`."""
    return to_second(at)[:7] if zone.key == "UTC" else at.astimezone(zone).isoformat()[:7]


def beside(counts: Mapping[str, int], months: Set[str]) -> frozenset[str]:
    """Return `months` and the nearest months with entries before and after each: their links may change with it."""
    known = sorted(counts)
    found = set(months)
    for each in months:
        found.update([other for other in known if other < each][-1:])
        found.update([other for other in known if other > each][:1])
    return frozenset(found)


def bound(entries: Iterable[Fragment], month_of: str, zone: ZoneInfo, at: datetime) -> Iterator[tuple[Fragment, ...]]:
    """Yield the entries of each volume of a month, the oldest volume first, each newest first."""
    past = [each for each in entries if each.published <= at and month(each.published, zone) == month_of]
    past.sort(key=lambda each: each.published, reverse=True)
    past.reverse()
    for start in range(0, len(past), SIZE):
        yield tuple(reversed(past[start : start + SIZE]))
