"""RSS 2.0 and Atom: one entry an update, newest first, the same bytes for the same entries.

No entry is new because a build was: ids and dates come from the entries alone.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from stillup.artifact import Artifact
from stillup.feeds.tag import tag
from stillup.views.listing import Entry
from stillup.views.masthead import Masthead

if TYPE_CHECKING:
    from feedgen.entry import FeedEntry
    from feedgen.feed import FeedGenerator

LIMIT = 50
"""How many entries a feed holds."""

RSS = "application/rss+xml"
ATOM = "application/atom+xml"

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def feeds(masthead: Masthead, entries: tuple[Entry, ...], updated: datetime) -> tuple[Artifact, ...]:
    """Return `feed.rss` and `feed.atom` with the newest 50 of `entries`.

    `updated` stands in the feeds only while there is no entry yet; after that it is the newest entry's own.
    """
    newest = tuple(sorted(entries, key=lambda entry: entry.published, reverse=True)[:LIMIT])
    changed = max((entry.updated for entry in newest), default=updated)
    return (
        Artifact(
            path="feed.rss",
            body=_write(masthead, newest, changed, "feed.rss", RSS, _rss_texts).rss_str(pretty=True),
            media_type=RSS,
        ),
        Artifact(
            path="feed.atom",
            body=_write(masthead, newest, changed, "feed.atom", ATOM, _atom_texts).atom_str(pretty=True),
            media_type=ATOM,
        ),
    )


def _write(
    masthead: Masthead,
    entries: tuple[Entry, ...],
    changed: datetime,
    path: str,
    media_type: str,
    texts: "Callable[[FeedEntry, Entry], None]",
) -> "FeedGenerator":
    """Fill a generator for one format: RSS takes the last link it was given as its only one."""
    from feedgen.feed import FeedGenerator

    site = masthead.site_url
    name = _printable(masthead.site_name) or _printable(masthead.organisation) or "Status"
    feed = FeedGenerator()
    feed.id(tag(masthead, "feed"))
    feed.title(name)
    feed.description(_printable(masthead.description) or name)
    feed.author(name=_printable(masthead.organisation) or name)
    feed.language(masthead.language)
    feed.generator("Stillup")
    feed.updated(changed.astimezone(UTC))
    feed.pubDate((entries[0].published if entries else changed).astimezone(UTC))
    if site:
        feed.link(href=f"{site}{path}", rel="self", type=media_type)
    if site or media_type == RSS:  # RSS must have a link; without an address of our own it leads from feed to home page
        feed.link(href=site or "./", rel="alternate", type="text/html")
    for entry in entries:
        item = feed.add_entry(order="append")
        item.id(tag(masthead, entry.key))
        item.title(_printable(entry.title) or entry.key)
        item.published(entry.published.astimezone(UTC))
        item.updated(entry.updated.astimezone(UTC))
        if site:
            item.link(href=f"{site}{entry.place}", rel="alternate", type="text/html")
        if entry.component_ids:
            item.category([{"term": component} for component in entry.component_ids])
        texts(item, entry)
    return feed


def _rss_texts(item: "FeedEntry", entry: Entry) -> None:
    """Readers take an RSS description for HTML, so plain text would lose every `<` in it."""
    item.description(_printable(entry.html))


def _atom_texts(item: "FeedEntry", entry: Entry) -> None:
    item.summary(_printable(entry.text), type="text")
    item.content(_printable(entry.html), type="html")


def _printable(text: str) -> str:
    """Return `text` without the characters XML 1.0 has no way to write."""
    return _UNPRINTABLE.sub("", str(text))
