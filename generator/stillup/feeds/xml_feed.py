"""RSS 2.0 and Atom, written by feedgen."""

from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from stillup.artifact import Artifact
from stillup.feeds.tag import MINTED, tag
from stillup.feeds.text import printable
from stillup.frozen import dataclass
from stillup.views.listing import Entry
from stillup.views.masthead import Masthead

if TYPE_CHECKING:
    from feedgen.entry import FeedEntry
    from feedgen.feed import FeedGenerator

RSS = "application/rss+xml"
ATOM = "application/atom+xml"

NEVER = datetime(MINTED, 1, 1, tzinfo=UTC)
"""When a feed without an entry changed last: there must be a date, and the build's would make it new each time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed before it has a format."""

    stem: str
    """Its path without the ending: `feed`, `components/payments/feed`."""

    title: str
    entries: tuple[Entry, ...]
    """Newest first."""

    place: str = ""
    """Of the page that tells the same."""

    name: str = ""
    """What its id is made of, where another document belongs to the same feed; else the stem."""

    leads_to: Mapping[str, str] = field(default_factory=dict)
    """Relations of RFC 5005 (`prev-archive`, `next-archive`, `current`), each with a path."""

    archive: bool = False
    """Whether it is an archive document of RFC 5005."""

    @property
    def changed(self) -> datetime:
        """When the newest change of an entry was."""
        return max((entry.updated for entry in self.entries), default=NEVER).astimezone(UTC)


def rss(masthead: Masthead, feed: Feed) -> Artifact:
    """Return `feed` as RSS 2.0."""
    path = f"{feed.stem}.rss"
    return Artifact(
        path=path, body=_written(masthead, feed, path, RSS, _rss_texts).rss_str(pretty=True), media_type=RSS
    )


def atom(masthead: Masthead, feed: Feed) -> Artifact:
    """Return `feed` as Atom (RFC 4287)."""
    path = f"{feed.stem}.atom"
    written = _written(masthead, feed, path, ATOM, _atom_texts)
    if feed.archive:
        from stillup.feeds.extension import archive

        archive(written)
    if masthead.site_url:
        for relation, leads in feed.leads_to.items():
            written.link(href=f"{masthead.site_url}{leads}", rel=relation, type=ATOM)
    return Artifact(path=path, body=written.atom_str(pretty=True), media_type=ATOM)


def _written(
    masthead: Masthead, feed: Feed, path: str, media_type: str, texts: "Callable[[FeedEntry, Entry], None]"
) -> "FeedGenerator":
    """Fill a generator for one format: RSS takes the last link it was given as its only one."""
    from feedgen.feed import FeedGenerator

    site, entries = masthead.site_url, feed.entries
    made = FeedGenerator()
    made.id(tag(masthead, feed.name or feed.stem))
    made.title(feed.title)
    made.description(printable(masthead.description) or feed.title)
    made.author(name=printable(masthead.organisation) or feed.title)
    made.language(masthead.language)
    made.generator("Stillup")
    made.updated(feed.changed)
    made.pubDate(entries[0].published.astimezone(UTC) if entries else feed.changed)
    if site:
        made.link(href=f"{site}{path}", rel="self", type=media_type)
    if site or media_type == RSS:  # RSS must have a link; without an address of our own it leads from feed to page
        made.link(href=f"{site}{feed.place}" if site else "./", rel="alternate", type="text/html")
    for entry in entries:
        item = made.add_entry(order="append")
        item.id(tag(masthead, entry.key))
        item.title(printable(entry.title) or entry.key)
        item.published(entry.published.astimezone(UTC))
        item.updated(entry.updated.astimezone(UTC))
        if site:
            item.link(href=f"{site}{entry.place}", rel="alternate", type="text/html")
        if entry.component_ids:
            item.category([{"term": component} for component in entry.component_ids])
        texts(item, entry)
    return made


def _rss_texts(item: "FeedEntry", entry: Entry) -> None:
    """Readers take an RSS description for HTML, so plain text would lose every `<` in it."""
    item.description(printable(entry.html))


def _atom_texts(item: "FeedEntry", entry: Entry) -> None:
    item.summary(printable(entry.text), type="text")
    item.content(printable(entry.html), type="html")
