"""RSS 2.0, Atom and JSON Feed 1.1: one entry an update, newest first, the same bytes for the same entries.

No entry is new because a build was: ids and dates come from the entries alone. One that is dated after the build waits
until its time has come, since readers sort by date and would show it on top until then.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from stillup.artifact import Artifact
from stillup.catalogue import Catalogue
from stillup.feeds import json_feed, xml_feed
from stillup.feeds.text import printable
from stillup.feeds.volume import Volume
from stillup.feeds.xml_feed import Feed
from stillup.views.event_log import Head
from stillup.views.listing import Entry
from stillup.views.masthead import Masthead
from stillup.vocabulary import Kind

LIMIT = 50
"""How many entries a feed holds."""

WIDE = 50
"""An entry that names more components has, in the feed of one of them, that one alone as its category.

Else an outage of a thousand components is told in a thousand feeds with a thousand categories each.
"""

_STEMS = {Kind.INCIDENT: "incidents", Kind.MAINTENANCE: "maintenance"}


def feeds(
    masthead: Masthead,
    entries: Iterable[Entry],
    at: datetime,
    *,
    archive: Volume | None = None,
    head: Head | None = None,
) -> tuple[Artifact, ...]:
    """Return `feed.rss`, `feed.atom` and `feed.json` with the newest 50 of `entries`.

    `archive` is the newest volume of older entries, to which `feed.atom` leads (RFC 5005). `head` is of the event log.
    """
    leads_to = {"prev-archive": archive.path} if archive else {}
    whole = Feed(stem="feed", title=site_name(masthead), entries=newest(entries, at), leads_to=leads_to, logged=head)
    return _all(masthead, whole)


def kind_feeds(
    masthead: Masthead, words: Catalogue, kind: Kind, entries: Iterable[Entry], at: datetime
) -> tuple[Artifact, ...]:
    """Return `incidents.rss`, `.atom` and `.json`, or those of `maintenance`, with the newest 50 of `entries`.

    All of `entries` are of that kind.
    """
    title = words.say(f"feed.{_STEMS[kind]}", site=site_name(masthead))
    place = "history/" if kind is Kind.INCIDENT else "maintenance/"
    return _all(masthead, Feed(stem=_STEMS[kind], place=place, title=title, entries=newest(entries, at)))


def component_feeds(
    masthead: Masthead, words: Catalogue, id: str, name: str, entries: Iterable[Entry], at: datetime
) -> tuple[Artifact, ...]:
    """Return `components/<id>/feed.rss`, `.atom` and `.json` with the newest 50 of those `entries` that name it."""
    place = f"components/{id}/"
    found = newest([_narrowed(entry, id) for entry in entries if id in entry.component_ids], at)
    title = words.say("feed.of", site=site_name(masthead), name=printable(name))
    return _all(masthead, Feed(stem=f"{place}feed", place=place, title=title, entries=found))


def _narrowed(entry: Entry, id: str) -> Entry:
    return replace(entry, component_ids=(id,)) if len(entry.component_ids) > WIDE else entry


def incident_feed(
    masthead: Masthead, words: Catalogue, id: str, title: str, entries: Iterable[Entry], at: datetime
) -> Artifact:
    """Return `incidents/<id>/feed.atom` with every entry of one incident or maintenance, to follow that alone."""
    place = f"incidents/{id}/"
    name = words.say("feed.of", site=site_name(masthead), name=printable(title))
    return xml_feed.atom(masthead, Feed(stem=f"{place}feed", place=place, title=name, entries=newest(entries, at, 0)))


def newest(entries: Iterable[Entry], at: datetime, limit: int = LIMIT) -> tuple[Entry, ...]:
    """Return the newest `limit` of `entries` that are not after `at`, newest first; without a limit all."""
    past = [entry for entry in entries if entry.published <= at]
    past.sort(key=lambda entry: entry.published, reverse=True)
    return tuple(past[:limit] if limit else past)


def _all(masthead: Masthead, feed: Feed) -> tuple[Artifact, ...]:
    return xml_feed.rss(masthead, feed), xml_feed.atom(masthead, feed), json_feed.json_feed(masthead, feed)


def site_name(masthead: Masthead) -> str:
    """Return what a feed is called when it tells of the whole page."""
    return printable(masthead.site_name) or printable(masthead.organisation) or "Status"
