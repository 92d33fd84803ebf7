"""What the page's search finds beside Markdown pages: the newest incidents and maintenances."""

from collections.abc import Iterable
from html import escape
from typing import Final, TypedDict

from stillup.views.listing import Headline

NEWEST: Final = 200
"""More would be fetched and indexed in each visitor's browser; older ones stand in the history."""


class SearchEntry(TypedDict):
    """An entry as the search plugin of MkDocs keeps it."""

    location: str
    title: str
    text: str


def entries(headlines: Iterable[Headline], newest: int = NEWEST) -> list[SearchEntry]:
    """Return search entries for the `newest` of `headlines`, newest first.

    Title and text are escaped, as Material's own entries are: its script sets them into the page as HTML.
    """
    ordered = sorted(headlines, key=lambda headline: (headline.started, headline.id), reverse=True)
    return [
        SearchEntry(
            location=headline.place,
            title=escape(headline.title, quote=False),
            text=escape(headline.search, quote=False),
        )
        for headline in ordered[:newest]
    ]
