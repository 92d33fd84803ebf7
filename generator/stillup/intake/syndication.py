"""Atom and RSS as others write them: entries with their texts and times, and nothing resolved or expanded."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree

from stillup.errors import StillupError
from stillup.frozen import dataclass
from stillup.intake.markup import plain_text

_ATOM = "{http://www.w3.org/2005/Atom}"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_DATE = "{http://purl.org/dc/elements/1.1/}date"
_XHTML = "{http://www.w3.org/1999/xhtml}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed."""

    id: str
    link: str
    title: str
    html: str
    published: datetime | None
    updated: datetime | None


@dataclass(frozen=True, slots=True)
class Syndication:
    """A feed."""

    title: str
    link: str
    entries: tuple[Entry, ...]
    """As the feed orders them."""


def read(data: bytes, name: str) -> Syndication:
    """Return the feed in `data`.

    Raises:
        StillupError: it is no Atom and no RSS; the message begins with `name`.
    """
    if re.search(rb"<!(?:DOCTYPE|ENTITY)", data[:4096], re.IGNORECASE):
        raise StillupError(f"{name}: The feed has a DOCTYPE, which no feed needs. Is it a web page?")
    try:
        top = ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        raise StillupError(f"{name}: This is not XML: {error}.") from None
    if top.tag == f"{_ATOM}feed":
        return Syndication(_atom_title(top), _atom_link(top), tuple(_atom(each) for each in top.iter(f"{_ATOM}entry")))
    channel = top.find("channel")
    if top.tag == "rss" and channel is not None:
        return Syndication(
            _text(channel, "title"), _text(channel, "link"), tuple(_rss(each) for each in channel.iter("item"))
        )
    raise StillupError(f"{name}: This is neither Atom nor RSS, but begins with <{top.tag.rpartition('}')[2]}>.")


def _atom(entry: ElementTree.Element) -> Entry:
    return Entry(
        id=_text(entry, f"{_ATOM}id"),
        link=_atom_link(entry),
        title=_atom_title(entry),
        html=_atom_html(entry),
        published=_time(_text(entry, f"{_ATOM}published")),
        updated=_time(_text(entry, f"{_ATOM}updated")),
    )


def _atom_title(parent: ElementTree.Element) -> str:
    """Return a title in plain words: one of type `html` has markup and entities of its own."""
    found, text = parent.find(f"{_ATOM}title"), _text(parent, f"{_ATOM}title")
    return plain_text(text) if found is not None and found.get("type") == "html" else text


def _atom_link(parent: ElementTree.Element) -> str:
    for link in parent.findall(f"{_ATOM}link"):
        if link.get("rel", "alternate") == "alternate":
            return link.get("href", "")
    return ""


def _atom_html(entry: ElementTree.Element) -> str:
    for tag in ("content", "summary"):
        found = entry.find(f"{_ATOM}{tag}")
        if found is not None:
            if found.get("type") == "xhtml":
                return "".join(ElementTree.tostring(each, "unicode") for each in _unnamed(found))
            text = found.text or ""
            return text if found.get("type", "text") == "html" else text.replace("&", "&amp;").replace("<", "&lt;")
    return ""


def _unnamed(parent: ElementTree.Element) -> Iterator[ElementTree.Element]:
    for each in parent.iter():
        each.tag = each.tag.removeprefix(_XHTML)
    yield from parent


def _rss(item: ElementTree.Element) -> Entry:
    link = _text(item, "link")
    at = _time(_text(item, "pubDate") or _text(item, _DATE))
    return Entry(
        id=_text(item, "guid") or link,
        link=link,
        title=_text(item, "title"),
        html=_text(item, _CONTENT) or _text(item, "description"),
        published=at,
        updated=at,
    )


def _text(parent: ElementTree.Element, tag: str) -> str:
    found = parent.find(tag)
    return "".join(found.itertext()).strip() if found is not None else ""


def _time(written: str) -> datetime | None:
    if not written:
        return None
    for read_as in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            at = read_as(written)
            return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
        except (ValueError, TypeError, OverflowError):  # too large for a calendar
            continue
    return None
