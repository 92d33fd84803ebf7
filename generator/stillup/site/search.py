"""What the page's search finds beside Markdown pages: the newest incidents and maintenances."""

import json
from collections.abc import Collection, Iterable, Mapping
from html import escape
from typing import Final, TypedDict

from stillup.artifact import Artifact
from stillup.views.listing import Headline

NEWEST: Final = 200
"""More would be fetched and indexed in each visitor's browser; older ones stand in the history."""


class SearchEntry(TypedDict):
    """An entry as the search plugin of MkDocs keeps it."""

    location: str
    title: str
    text: str


def index(made: bytes, tree: str, trees: Collection[str], headlines: Iterable[Headline]) -> Artifact:
    """Return what readers of one tree search: what Material `made` of its Markdown pages, and the newest `headlines`.

    `trees` are those of the other languages, `tree` is this one: `es/`, or empty for the main one.
    """
    index = json.loads(made)
    config, docs = engine(index["config"]), within(index["docs"], tree, trees)
    body = json.dumps(
        index | {"config": config, "docs": [*docs, *entries(headlines)]}, ensure_ascii=False, separators=(",", ":")
    )
    return Artifact(path="search/search_index.json", body=body.encode() + b"\n", media_type="application/json")


def engine(config: Mapping[str, object]) -> dict[str, object]:
    """Return how Material's engine reads words, from the `config` that it made.

    Its stemmers and stop words of other languages than English are not published: their readers have `assets/find.js`.
    """
    return dict(config) if config.get("lang") == ["en"] else {**config, "lang": ["en"], "pipeline": []}


def within(docs: Iterable[SearchEntry], tree: str, trees: Collection[str]) -> list[SearchEntry]:
    """Return those of `docs` that belong to `tree`, with their addresses below it; `trees`: those of other languages.

    The main tree is empty and has what stands in none of `trees`.
    """
    if not tree:
        return [each for each in docs if not each["location"].startswith(tuple(trees))]
    return [
        SearchEntry(location=each["location"].removeprefix(tree), title=each["title"], text=each["text"])
        for each in docs
        if each["location"].startswith(tree)
    ]


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
