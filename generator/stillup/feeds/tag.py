"""How a feed entry is named: once, for ever."""

from urllib.parse import quote, urlsplit
from uuid import NAMESPACE_URL, uuid5

from stillup.views.masthead import Masthead

MINTED = 2026
"""The year in every `tag:` URI; RFC 4151 wants a date on which the host was the page's own.

A constant and not the entry's own year, so that a corrected time cannot make an entry new to a reader.
"""


def tag(masthead: Masthead, key: str) -> str:
    """Return the URI that names `key` (`<incident>/<update>`) on this page.

    `tag:status.example.com,2026:card-payments/20261120t101200z`; the path of `site_url` is no part of it, so
    a page that moves within its host stays known. Without a `site_url` there is no host to speak for: then a
    UUID made of the key (RFC 4122, version 5) names it.
    """
    host = urlsplit(masthead.site_url).hostname
    if not host:
        return uuid5(NAMESPACE_URL, f"stillup:{key}").urn
    authority = host.encode("idna").decode("ascii") if not host.isascii() else host
    return f"tag:{authority},{MINTED}:{quote(key, safe='/-._~')}"
