"""Addresses for search engines: small files for each month, and robots.txt that names them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final, NamedTuple
from xml.etree import ElementTree

from stillup.artifact import Artifact
from stillup.portion import cut

PART: Final = 10_000
"""How many addresses a part holds.

sitemaps.org: a file has at most 50,000 addresses and 50 MB, an address less than 2,048 characters. One and a half
parts stay below both.
"""

_SPACE: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"


class Row(NamedTuple):
    """A page and the day it last changed, where that is known."""

    place: str
    lastmod: date | None = None


def sitemaps(name: str, rows: Sequence[Row], site_url: str) -> Iterator[Artifact]:
    """Yield `sitemap-<name>.xml` for `rows`: for a month its pages, `status` for the other pages.

    Where there are many, the first 10,000 of them stand in `sitemap-<name>-1.xml`, and so on.
    """
    parts, rest = cut(rows, PART)
    yield _sitemap(name, rest, site_url)
    for number, part in enumerate(parts, 1):
        yield _sitemap(f"{name}-{number}", part, site_url)


def _sitemap(name: str, rows: Iterable[Row], site_url: str) -> Artifact:
    root = ElementTree.Element("urlset", xmlns=_SPACE)
    for row in rows:
        url = ElementTree.SubElement(root, "url")
        ElementTree.SubElement(url, "loc").text = site_url + row.place
        if row.lastmod:
            ElementTree.SubElement(url, "lastmod").text = row.lastmod.isoformat()
    ElementTree.indent(root, "")
    body: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return Artifact(path=f"sitemap-{name}.xml", body=body + b"\n", media_type="application/xml")


def robots(site_url: str, files: Sequence[str]) -> Artifact:
    """Return `robots.txt`: everything may be read, and the sitemaps are `files`, MkDocs' own first."""
    named = ["sitemap.xml", *files]
    lines = ["User-agent: *", "Allow: /", *(f"Sitemap: {site_url}{file}" for file in named if site_url)]
    return Artifact(path="robots.txt", body=("\n".join(lines) + "\n").encode(), media_type="text/plain")
