"""Links from what people write to the site itself: each of them must lead somewhere, in every run.

A link dies when its own text changes, and when the record it leads to is taken away or hidden. So the links of all
records are kept between runs, and those that this run may have touched are followed again.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stillup.pipeline.links.place import STATUS, Places, anchors_of
from stillup.pipeline.reading.target import targets
from stillup.records.index import Index
from stillup.views.edition import Edition

if TYPE_CHECKING:
    from stillup.pipeline.reading.gathered import Gathered


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """A link from a text to the site."""

    kind: str
    """incident, component or group: what the text belongs to."""

    id: str
    target: str
    """A path below the site's root, with or without `#` and an anchor."""


def followed(edition: Edition, index: Index, gathered: "Gathered") -> list[Link]:
    """Return the links that have to be followed in this run, and keep those of all records for the next one."""
    text = index.note("links")
    kept: dict[str, list[str]] = json.loads(text or "{}")
    for id in (gathered.changed | gathered.removed) & kept.keys():
        del kept[id]
    kept.update(gathered.links)
    if (new := json.dumps(kept, separators=(",", ":"))) != (text or "{}"):
        index.keep("links", new)
    found = list(_described(edition))
    if kept:
        touched = gathered.changed | gathered.removed
        sure = set() if index.note("links/dead") else set(index.public()) - touched
        for id, wanted in kept.items():
            found += [Link("incident", id, target) for target in wanted if id in touched or _record(target) not in sure]
    return found


def dead(links: Iterable[Link], places: Places, broken: frozenset[str]) -> list[Link]:
    """Return those of `links` that lead nowhere. One to a record that is `broken` is not judged."""
    known: dict[str, bool] = {}
    for link in links:
        if link.target not in known:
            unsure = _record(link.target) in broken or places.may_have(link.target)
            known[link.target] = unsure or places.has(link.target)
    return [link for link in links if not known[link.target]]


def of_mkdocs(links: Iterable[Link]) -> list[Link]:
    """Return those of `links` that lead to what MkDocs makes: whether it is there is known when it is made."""
    return [link for link in links if link.target.partition("#")[0].partition("/")[0] not in STATUS]


def dead_in(links: Iterable[Link], places: Places, folder: Path, published: Iterable[str]) -> list[Link]:
    """Return those of `links` to what MkDocs makes that lead nowhere: it `published` these files from `folder`."""
    files = frozenset(published)
    gone = []
    for link in links:
        path, _, anchor = link.target.partition("#")
        file = next((each for each in (path, f"{path.rstrip('/')}/index.html") if each in files), None)
        if file is None:
            alive = places.is_ours(path)
        else:
            alive = not anchor or anchor in anchors_of((folder / file).read_text(encoding="utf-8", errors="replace"))
        if not alive:
            gone.append(link)
    return gone


def _described(edition: Edition) -> Iterator[Link]:
    """Yield the links in descriptions of components and groups."""
    known = edition.components
    parts = [("component", each.id, edition.text(each, "description", each.description)) for each in known.components]
    groups = [("group", each.id, edition.text(each, "description", each.description)) for each in known.groups]
    for kind, id, about in (*parts, *groups):
        if "](" in about or "://" in about or "]:" in about:
            for target in sorted(set(targets(edition.body(about).html, edition.settings.site_url, ""))):
                yield Link(kind, id, target)


def _record(target: str) -> str:
    """Return the id of the record on whose page `target` is; empty for other pages."""
    first, _, rest = target.partition("#")[0].partition("/")
    return rest.removesuffix("/") if first == "incidents" else ""
