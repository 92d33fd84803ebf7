"""Atom entries as finished XML: written once for each entry, and then the same bytes in every feed that holds it.

Ten thousand records have forty thousand entries. A tree of elements for each would cost four times as much as all
else that is done for a feed, so the few elements are written here as text, every value escaped by the standard library.
"""

from collections.abc import Iterator
from datetime import datetime

from stillup.feeds.tag import tag
from stillup.feeds.text import attribute, element, fixed, stamp
from stillup.frozen import dataclass
from stillup.views.listing import Entry
from stillup.views.masthead import Masthead

_BEGIN, _END = "<entry>", "</entry>"
_UPDATED, _PUBLISHED = "<updated>", "</updated>\n<published>"
"""No text of an entry can hold these marks: they are escaped in it."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """One entry without the feed around it."""

    published: datetime
    updated: datetime
    xml: str


def fragment(masthead: Masthead, entry: Entry) -> Fragment:
    """Return `entry` as it stands in Atom feeds."""
    site = masthead.site_url
    link = f'<link href="{attribute(site + entry.place)}" rel="alternate" type="text/html"/>\n' if site else ""
    terms = "".join([f'<category term="{fixed(each)}"/>\n' for each in entry.component_ids])
    published = stamp(entry.published)
    updated = published if entry.updated is entry.published else stamp(entry.updated)
    xml = (
        f"<entry>\n<id>{element(tag(masthead, entry.key))}</id>\n"
        f"<title>{element(entry.title) or element(entry.key)}</title>\n"
        f"<updated>{updated}</updated>\n<published>{published}</published>\n{link}{terms}"
        f'<summary type="text">{element(entry.text)}</summary>\n'
        f'<content type="html">{element(entry.html)}</content>\n</entry>'
    )
    return Fragment(entry.published, entry.updated, xml)


def cut(feed: str) -> Iterator[Fragment]:
    """Yield the entries of an Atom feed of ours, in its order."""
    for part in feed.split(_BEGIN)[1:]:
        xml = f"{_BEGIN}{part[: part.index(_END)]}{_END}"
        updated = xml.index(_UPDATED) + len(_UPDATED)
        published = xml.index(_PUBLISHED, updated) + len(_PUBLISHED)
        yield Fragment(_instant(xml, published), _instant(xml, updated), xml)


def _instant(xml: str, start: int) -> datetime:
    return datetime.fromisoformat(xml[start : xml.index("<", start)])
