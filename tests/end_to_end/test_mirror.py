"""The page as one file: whole, alone, and never endless."""

import re
from pathlib import Path

import pytest

from stillup.pipeline.building import mirror as mirroring
from stillup.pipeline.building.mirror import mirror
from stillup.site.mirror import fitting
from stillup.site.page import Page
from tests.end_to_end.page import AT as NOON
from tests.end_to_end.page import Site
from tests.tools import AT, axe, browse, html_errors, in_page, stillup


@pytest.fixture(scope="module")
def copy(example_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("mirror") / "mirror.html"
    done = stillup("mirror", "--root", example_root, "--at", AT, "--out", out)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{out}: 18 incidents and maintenances, ")
    return out


def test_the_file_tells_everything_of_the_year(copy, example):
    html = copy.read_text(encoding="utf-8")
    pages = sorted((example / "incidents").glob("*/index.html"))

    assert len(pages) >= 18
    for page in pages:
        told = page.read_text(encoding="utf-8")
        if "<main" not in told:
            continue  # leads on from a former address
        for paragraph in re.findall(r'<div class="txt">\s*(<p>.*?</p>)', told, re.DOTALL):
            if "<a " not in paragraph:
                assert paragraph in html, page
    for part in ("Major System Outage", "Next update by", "Planned maintenance", "Last 15 days", "Components"):
        assert part in html


def test_every_link_of_the_file_leads_inside_it_or_to_the_page(copy):
    html = copy.read_text(encoding="utf-8")
    ids = re.findall(r'\sid="([^"]*)"', html)
    hrefs = re.findall(r'<a [^>]*?href="([^"]*)"', html)

    assert len(ids) == len(set(ids))
    assert [href for href in hrefs if href.startswith("#") and href[1:] not in ids] == []
    assert [href for href in hrefs if not re.match(r"#|https://|mailto:", href)] == []
    assert "#incidents-2026-11-20-sign-in-and-payments-failing" in hrefs
    assert "https://status.example.com/components/payments-stripe/" in hrefs


@pytest.mark.needs("chromium", "axe", "vnu")
def test_the_file_needs_nothing_else_and_shuts_nobody_out(copy):
    visit = browse(copy.as_uri())

    assert (len([url for url in visit.requests if not url.startswith("data:")]), visit.console) == (1, ())
    assert html_errors([copy]) == []
    assert axe(copy.as_uri(), details=True) == []
    assert axe(copy.as_uri(), scheme="dark", width=390) == []
    assert in_page(copy.as_uri(), lambda page: page.evaluate("document.documentElement.scrollWidth"), width=320) == 320


def test_an_old_page_makes_no_endless_file(tmp_path, monkeypatch):
    monkeypatch.setattr(mirroring, "MOST", 20)
    page = Site.make(tmp_path / "page")
    for number in range(30):
        page.write(
            f"incidents/short-{number:02}.yml",
            f"title: Short {number}\nupdates:\n  - at: 2026-10-{number + 1:02}T10:00:00Z\n    status: resolved\n"
            "    components: {mail: degraded_performance}\n    body: It was short.\n",
        )
    made = mirror(page.root, at=NOON, out=tmp_path / "m.html")
    html = (tmp_path / "m.html").read_text()

    assert made.left == 11
    assert "11 older entries of these days stand on the status page only." in html
    assert ("Short 29" in html, "Short 0<" in html) == (True, False)
    mirror(page.root, at=NOON, out=tmp_path / "again.html")
    assert (tmp_path / "again.html").read_text() == html


def test_texts_are_taken_as_long_as_there_is_room():
    pages = [(Page(kind="incident", place="", title="", description="", body="x" * 40), "")] * 5

    assert [fitting(pages, room) for room in (39, 40, 130, 1000)] == [0, 1, 3, 5]


def test_a_broken_record_leaves_the_file_as_it_was(tmp_path):
    page = Site.make(tmp_path)
    page.write("mirror.html", "as it was")
    page.write("incidents/2026/open.yml", page.read("incidents/2026/open.yml").replace("investigating", "wip"))
    done = stillup("mirror", "--root", tmp_path, "--at", AT)

    assert done.returncode == 1
    assert '"wip" is not an incident status' in done.stderr
    assert page.read("mirror.html") == "as it was"
