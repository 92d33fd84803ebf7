"""How a feed entry is named: once, for ever."""

from functools import lru_cache
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
    UUID made of the key (RFC 4122, version 5) names it. What is told in another language is another entry:
    `tag:status.example.com,2026:es/card-payments/20261120t101200z`.
    """
    key = masthead.tree + key
    authority = _authority(masthead.site_url)
    if not authority:
        return uuid5(NAMESPACE_URL, f"stillup:{key}").urn
    return f"tag:{authority},{MINTED}:{quote(key, safe='/-._~')}"


@lru_cache(maxsize=8)
def _authority(site_url: str) -> str:
    """Return the host of a page in ASCII; empty where it has none."""
    host = urlsplit(site_url).hostname or ""
    return host if host.isascii() else host.encode("idna").decode("ascii")
