"""JSON Feed 1.1 (jsonfeed.org/version/1.1)."""

import json
from typing import TypedDict

from stillup.artifact import Artifact
from stillup.feeds.tag import tag
from stillup.feeds.text import printable, stamp
from stillup.feeds.xml_feed import Feed
from stillup.views.listing import Entry
from stillup.views.masthead import Masthead

JSON_FEED = "application/feed+json"


class _Item(TypedDict, total=False):
    id: str
    url: str
    title: str
    content_html: str
    content_text: str
    date_published: str
    date_modified: str
    tags: list[str]


def json_feed(masthead: Masthead, feed: Feed) -> Artifact:
    """Return `feed` as JSON; an address that is not known is left out."""
    site, path = masthead.site_url, f"{feed.stem}.json"
    addresses = {"home_page_url": f"{site}{feed.place}", "feed_url": f"{site}{path}"} if site else {}
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        **addresses,
        "description": printable(masthead.description) or feed.title,
        "language": masthead.language,
        "authors": [{"name": printable(masthead.organisation) or feed.title}],
        **({"_stillup": {"event_seq": head.seq, "event_head": head.hash}} if (head := feed.logged) else {}),
        "items": [_item(masthead, entry) for entry in feed.entries],
    }
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return Artifact(path=path, body=body.encode() + b"\n", media_type=JSON_FEED)


def _item(masthead: Masthead, entry: Entry) -> _Item:
    item: _Item = {
        "id": tag(masthead, entry.key),
        "title": printable(entry.title) or entry.key,
        "content_html": printable(entry.html),
        "content_text": printable(entry.text),
        "date_published": stamp(entry.published),
        "date_modified": stamp(entry.updated),
    }
    if masthead.site_url:
        item["url"] = f"{masthead.site_url}{entry.place}"
    if entry.component_ids:
        item["tags"] = list(entry.component_ids)
    return item
