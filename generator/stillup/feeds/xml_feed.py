"""RSS 2.0 and Atom."""

from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import UTC, datetime

from stillup.artifact import Artifact
from stillup.feeds.fragment import Fragment, fragment
from stillup.feeds.namespace import STILLUP
from stillup.feeds.tag import MINTED, tag
from stillup.feeds.text import attribute, element, printable, stamp
from stillup.frozen import dataclass
from stillup.views.event_log import Head
from stillup.views.listing import Entry
from stillup.views.masthead import Masthead

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

    logged: Head | None = None
    """The head of the event log, in elements of our own namespace."""

    @property
    def changed(self) -> datetime:
        """When the newest change of an entry was."""
        return max((entry.updated for entry in self.entries), default=NEVER).astimezone(UTC)


def rss(masthead: Masthead, feed: Feed) -> Artifact:
    """Return `feed` as RSS 2.0, written by feedgen. It takes the last link it was given as its only one."""
    from feedgen.feed import FeedGenerator

    site, entries, path = masthead.site_url, feed.entries, f"{feed.stem}.rss"
    made = FeedGenerator()
    made.title(feed.title)
    made.description(printable(masthead.description) or feed.title)
    made.language(masthead.language)
    made.generator("Stillup")
    if feed.logged is not None:
        from stillup.feeds.extension import logged

        logged(made, feed.logged)
    made.updated(feed.changed)
    made.pubDate(entries[0].published.astimezone(UTC) if entries else feed.changed)
    if site:
        made.link(href=f"{site}{path}", rel="self", type=RSS)
    # RSS must have a link; without an address of our own it leads from feed to page
    made.link(href=f"{site}{feed.place}" if site else "./", rel="alternate", type="text/html")
    for entry in entries:
        item = made.add_entry(order="append")
        item.id(tag(masthead, entry.key))
        item.title(printable(entry.title) or entry.key)
        item.published(entry.published.astimezone(UTC))
        if site:
            item.link(href=f"{site}{entry.place}", rel="alternate", type="text/html")
        if entry.component_ids:
            item.category([{"term": component} for component in entry.component_ids])
        # readers take a description for HTML, so plain text would lose every `<` in it
        item.description(printable(entry.html))
    return Artifact(path=path, body=made.rss_str(pretty=True), media_type=RSS)


def atom(masthead: Masthead, feed: Feed, written: Iterable[Fragment] | None = None) -> Artifact:
    """Return `feed` as Atom (RFC 4287); `written` are its entries where they are XML already."""
    site, path = masthead.site_url, f"{feed.stem}.atom"
    written = [fragment(masthead, entry) for entry in feed.entries] if written is None else list(written)
    entries = [each.xml for each in written]
    changed = max([each.updated for each in written], default=NEVER)
    title = element(feed.title)
    links = [("self", path, ATOM), ("alternate", feed.place, "text/html")]
    links += [(relation, leads, ATOM) for relation, leads in feed.leads_to.items()]
    head = [
        "<?xml version='1.0' encoding='UTF-8'?>",
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{attribute(masthead.language)}">',
        f"<id>{element(tag(masthead, feed.name or feed.stem))}</id>",
        f"<title>{title}</title>",
        f"<updated>{stamp(changed)}</updated>",
        f"<author><name>{element(masthead.organisation) or title}</name></author>",
        *(
            f'<link href="{attribute(site + leads)}" rel="{relation}" type="{kind}"/>'
            for relation, leads, kind in (links if site else ())
        ),
        "<generator>Stillup</generator>",
        f"<subtitle>{element(masthead.description) or title}</subtitle>",
    ]
    if feed.logged is not None:
        head.append(f'<event_seq xmlns="{STILLUP}">{feed.logged.seq}</event_seq>')
        head.append(f'<event_head xmlns="{STILLUP}">{feed.logged.hash}</event_head>')
    if feed.archive:
        head.append('<fh:archive xmlns:fh="http://purl.org/syndication/history/1.0"/>')
    return Artifact(path=path, body="\n".join([*head, *entries, "</feed>\n"]).encode(), media_type=ATOM)
