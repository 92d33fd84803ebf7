"""Addresses for search engines: one small file a month, and robots.txt that names them."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final, NamedTuple
from xml.etree import ElementTree

from stillup.artifact import Artifact

_SPACE: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"


class Row(NamedTuple):
    """A page and the day it last changed, where that is known."""

    place: str
    lastmod: date | None = None


def sitemap(name: str, rows: Iterable[Row], site_url: str) -> Artifact:
    """Return `sitemap-<name>.xml` for `rows`: for a month its incidents, `status` for the other pages.

    Google: a sitemap holds at most 50,000 addresses; a month of incidents stays far below.
    """
    root = ElementTree.Element("urlset", xmlns=_SPACE)
    for row in rows:
        url = ElementTree.SubElement(root, "url")
        ElementTree.SubElement(url, "loc").text = site_url + row.place
        if row.lastmod:
            ElementTree.SubElement(url, "lastmod").text = row.lastmod.isoformat()
    ElementTree.indent(root, "")
    body: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return Artifact(path=f"sitemap-{name}.xml", body=body + b"\n", media_type="application/xml")


def robots(site_url: str, names: Sequence[tuple[str, str]]) -> Artifact:
    """Return `robots.txt`: everything may be read, and the sitemaps are these (tree, name), MkDocs' own first."""
    files = ["sitemap.xml", *(f"{tree}sitemap-{name}.xml" for tree, name in names)]
    lines = ["User-agent: *", "Allow: /", *(f"Sitemap: {site_url}{file}" for file in files if site_url)]
    return Artifact(path="robots.txt", body=("\n".join(lines) + "\n").encode(), media_type="text/plain")
