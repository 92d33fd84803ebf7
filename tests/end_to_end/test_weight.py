"""How much a reader fetches, in Brotli as hosts send it."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from tests.end_to_end.page import AT, Site
from tests.end_to_end.test_lite import LONG, crowded
from tests.tools import serving
from tests.weight import brotli, loaded

pytestmark = pytest.mark.needs("node")


def weight(site: Path, *paths: str) -> int:
    """Return what `paths` of a built site weigh together."""
    return sum(brotli({path: (site / path).read_bytes() for path in paths}).values())


def test_the_page_of_an_outage_is_light(example):
    """Fifteen components, ten of them affected, four updates."""
    assert len(list((example / "components").glob("*/index.html"))) == 15
    assert weight(example, "index.html", "assets/stillup.css") < 12_000


@pytest.mark.needs("chromium")
def test_the_first_view_of_an_outage_is_light_with_everything_it_loads(example):
    with serving(example) as url:
        found = brotli(loaded(url, "heartbeat.json", width=390, height=844))

    kinds = Counter(Path(path).suffix or "page" for path in found)
    assert kinds == {"page": 1, ".css": 1, ".js": 2, ".svg": 1, ".json": 1}
    assert sum(found.values()) < 20_000
    assert found["/assets/live.js"] < 2_048
    assert sum(size for path, size in found.items() if path.endswith(".js")) < 2_800


def history(count: int) -> dict[str, str]:
    """Return ten incidents of the last days, and so many older ones that there are `count`."""
    starts = [AT - timedelta(days=n) for n in range(1, 11)]
    starts += [AT - timedelta(days=100, hours=9 * n) for n in range(count - len(starts))]
    return {
        f"incidents/{start:%Y}/i{n:04}.yml": (
            f"title: The API fails for the {n}th time\nupdates:\n"
            f"  - at: {start:%Y-%m-%dT%H:%M:%SZ}\n    status: investigating\n    components: {{api: partial_outage}}\n"
            f"    body: We look into it.\n"
            f"  - at: {start + timedelta(minutes=30):%Y-%m-%dT%H:%M:%SZ}\n    status: resolved\n    body: Mended.\n"
        )
        for n, start in enumerate(starts)
    }


def test_a_long_history_adds_nothing_to_the_first_page(tmp_path):
    base = {"components/api.yml": "name: API\n", "docs/about.md": "# About\n", "site_overrides/assets/own.css": ""}
    page = Site.make(tmp_path / "page", base | history(10))
    page.build()
    short = page.read("site/index.html")
    for path, text in history(1000).items():
        page.write(path, text)
    page.build()

    assert page.read("site/index.html") == short
    assert len(list((tmp_path / "page" / "site" / "incidents").glob("*/index.html"))) >= 1000


def test_two_hundred_components_are_light(tmp_path):
    page = Site.make(tmp_path / "page", crowded(200, 1, LONG))
    page.build()

    assert weight(tmp_path / "page" / "site", "index.html", "assets/stillup.css") < 16_000
    assert weight(tmp_path / "page" / "site", "lite/index.html", "assets/lite.css") < 14_000
