"""Where the links of a text lead, as paths below the site's root; those to other sites are left alone."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import unquote, urljoin, urlsplit

from stillup.views.incident import IncidentView

_HREF = re.compile(r'<a href="([^"]*)"')
_PLAIN = re.compile(r"(?:[\w-]+/)*(?:#[\w-]+)?", re.ASCII).fullmatch
"""An address of a page that needs no taking apart."""

_NOWHERE = "https://page.invalid/"
"""Stands for the site's address where none is set."""


def of_incident(view: IncidentView, site_url: str) -> list[str]:
    """Return what the texts of one page link to on the site itself, each once."""
    html = [part for update in view.updates for part in (update.body.html, *(fact.html for fact in update.facts))]
    if view.postmortem is not None:
        html.append(view.postmortem.body.html)
    linking = [part for part in html if "<a " in part]
    return sorted({target for part in linking for target in targets(part, site_url, view.place)}) if linking else []


def targets(html: str, site_url: str, place: str) -> Iterator[str]:
    """Yield where the links of `html` lead that stay on the site; `place` is the page on which it is shown."""
    for href in _HREF.findall(html):
        target = target_of(unescape(href), site_url, place)
        if target is not None:
            yield target


def target_of(href: str, site_url: str, place: str) -> str | None:
    """Return the path below the site's root, and the anchor, that `href` means on `place`; None for other sites."""
    root = site_url or _NOWHERE
    if href.startswith(root) and _PLAIN(href, len(root)):
        return href[len(root) :]
    try:
        there, here = urlsplit(urljoin(root + place, href)), urlsplit(root)
    except ValueError:
        return None
    if there.scheme not in {"http", "https"} or there.netloc.lower() != here.netloc.lower():
        return None
    path = unquote(there.path or "/")
    if not path.startswith(unquote(here.path)) and f"{path}/" != unquote(here.path):
        return None
    path = path[len(unquote(here.path)) :].removesuffix("index.html")
    return f"{path}#{unquote(there.fragment)}" if there.fragment else path


def anchors(view: IncidentView) -> str:
    """Return the anchors of a record's page that are its own, divided by spaces."""
    return " ".join([*(update.anchor for update in view.updates), *(("postmortem", "pm") if view.postmortem else ())])
