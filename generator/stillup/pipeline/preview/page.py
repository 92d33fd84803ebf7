"""Which pages two built sites do not share."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from stillup.pipeline.preview.difference import difference, readable
from stillup.pipeline.preview.shape import Page
from stillup.pipeline.tree.tree import files

SHOWN = 60
"""Pages that are shown; of more only the number is told."""

_KINDS = {
    ".rss": "feeds",
    ".atom": "feeds",
    ".ics": "calendar",
    ".json": "API and data",
    ".xml": "sitemap",
    ".svg": "badges and pictures",
}


def pages(before: Path, after: Path) -> tuple[list[Page], int, Mapping[str, int]]:
    """Return the pages that differ between two sites, how many more there are, and other files by kind.

    The home page comes first, then pages of incidents, then the rest.
    """
    old, new = set(files(before)), set(files(after))
    differing = sorted(
        path
        for path in old | new
        if path not in old or path not in new or (before / path).read_bytes() != (after / path).read_bytes()
    )
    told = {path for path in differing if path.endswith(".html") and not _leads_on(path, before, after)}
    read = sorted(told, key=_order)
    others = Counter(_kind(path) for path in differing if path not in told)
    found = [_page(path, before, after, path in old, path in new) for path in read[:SHOWN]]
    return found, len(read) - len(found), dict(sorted(others.items()))


def _leads_on(path: str, before: Path, after: Path) -> bool:
    """Whether a page is only an old address of another: nobody reads it, and a browser does not stay there."""
    there = next(each for each in (after / path, before / path) if each.is_file())
    return b'<meta http-equiv="refresh"' in there.read_bytes()


def _kind(path: str) -> str:
    return "addresses that lead on" if path.endswith(".html") else _KINDS.get(Path(path).suffix, "other files")


def _order(path: str) -> tuple[int, str]:
    if path == "index.html":
        return 0, path
    first = path.partition("/")[0]
    return {"incidents": 1, "maintenance": 2, "components": 3, "uptime": 4, "history": 5}.get(first, 6), path


def _page(path: str, before: Path, after: Path, was: bool, stays: bool) -> Page:
    old = readable((before / path).read_bytes() if was else b"")
    new = readable((after / path).read_bytes() if stays else b"")
    change = "changed" if was and stays else "new" if stays else "gone"
    return Page(path=path, change=change, title=new[0] or old[0], lines=difference(old[1], new[1]))
