"""Writes the archive documents of one month."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from stillup.artifact import Artifact
from stillup.feeds import xml_feed
from stillup.feeds.feed import site_name
from stillup.feeds.fragment import Fragment
from stillup.feeds.volume import Shelf, bound, month, volumes
from stillup.feeds.xml_feed import Feed
from stillup.views.masthead import Masthead


def shelf(masthead: Masthead, counts: Mapping[str, int], at: datetime) -> Shelf:
    """Return every volume there is at `at`.

    `counts` are the sums over all records of what `volume.counts` said of each. A page that does not know its own
    address has none: volumes are found by their links.
    """
    return volumes(counts, month(at, ZoneInfo(masthead.zone))) if masthead.site_url else Shelf({})


def archive(
    masthead: Masthead, known: Shelf, month_of: str, entries: Iterable[Fragment], at: datetime
) -> Iterator[Artifact]:
    """Yield the volumes of one month (`2026-11`) on the shelf `known`; `entries` hold all of that month."""
    # Of the running month the newest entries are in no volume yet.
    for volume, held in zip(known.of(month_of), bound(entries, month_of, ZoneInfo(masthead.zone), at), strict=False):
        leads_to = {"current": "feed.atom"}
        if previous := known.before(volume):
            leads_to["prev-archive"] = previous.path
        if following := known.after(volume):
            leads_to["next-archive"] = following.path
        yield xml_feed.atom(
            masthead,
            Feed(
                stem=volume.stem,
                name="feed",
                place=f"history/{month_of}/",
                title=site_name(masthead),
                entries=(),
                leads_to=leads_to,
                archive=True,
            ),
            held,
        )
