"""Whatever a feed or a calendar of the example leads to is there, down to the anchor."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from icalendar import Calendar
from lxml import etree, html

A = "{http://www.w3.org/2005/Atom}"


def addresses(site: Path) -> Iterator[tuple[str, str]]:
    """Yield every address in every feed and calendar below `site`, each with its file."""
    for file in sorted(site.rglob("*.atom")):
        root = etree.parse(file).getroot()
        yield from ((file.name, link.get("href")) for link in root.iter(f"{A}link"))
    for file in sorted(site.rglob("*.rss")):
        yield from ((file.name, link.text) for link in etree.parse(file).getroot().iter("link"))
    for file in sorted(site.rglob("*.json")):
        found = json.loads(file.read_bytes())
        if isinstance(found, dict) and "jsonfeed.org" in str(found.get("version")):
            yield from ((file.name, item["url"]) for item in found["items"])
            yield from ((file.name, found[name]) for name in ("home_page_url", "feed_url"))
    for file in sorted(site.rglob("*.ics")):
        for component in Calendar.from_ical(file.read_bytes()).walk():
            yield from ((file.name, str(component[name])) for name in ("url", "source") if name in component)


def test_every_link_of_every_feed_leads_somewhere(example):
    found = list(addresses(example))
    home = json.loads((example / "feed.json").read_bytes())["home_page_url"]
    anchors: dict[Path, set[str]] = {}

    assert len(found) > 100
    for name, address in found:
        assert f"{address}/".startswith(home), f"{name}: {address}"
        path = example / address.removeprefix(home.rstrip("/")).removeprefix("/").partition("#")[0]
        target = path / "index.html" if path.is_dir() else path
        assert target.is_file(), f"{name}: {address}"
        if "#" in address:
            if target not in anchors:
                anchors[target] = set(html.parse(str(target)).xpath("//@id"))
            assert urlsplit(address).fragment in anchors[target], f"{name}: {address}"
