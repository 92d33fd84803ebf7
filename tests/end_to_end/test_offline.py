"""`stillup build --offline`: the page read from a disk, where nobody finds `index.html` in a folder."""

import json
import shutil
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote, urlsplit

import lxml.html
import pytest

from stillup.pipeline.building.build import build
from stillup.site.offline import linked_to_files
from tests.browser import in_page
from tests.end_to_end.page import AT, RECORDS, Site
from tests.tools import stillup

pytestmark = pytest.mark.needs("mkdocs")

LINKED = RECORDS | {
    "docs/about.md": "# About\n\n[Terms](terms.md), [what fails](../incidents/open/) and [home](https://example.com/).\n",
    "docs/terms.md": "# Terms\n\n[Us](about.md#about).\n",
    "incidents/2026/old.yml": RECORDS["incidents/2026/closed.yml"].replace(
        "Mail is late.", "Mail is late, as [before](/incidents/closed/) and in [2026](/history/2026/)."
    ),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    site = Site.make(tmp_path_factory.mktemp("offline") / "page", LINKED)
    site.write("mkdocs.yml", site.read("mkdocs.yml") + "      languages: [en, de]\n")
    return site


@pytest.fixture(scope="module")
def disk(site: Site) -> Path:
    own = ("--root", site.root, "--site-dir", site.root / "disk")
    done = stillup("build", "--offline", *own, "--at", "2026-11-20T10:45:00Z")
    assert (done.stderr, done.returncode) == ("", 0)
    return site.root / "disk"


def links(folder: Path) -> list[tuple[Path, str]]:
    """Return every link of every page to a place of the site, with its page."""
    return [
        (page, link)
        for page in sorted(folder.rglob("*.html"))
        if page.name != "404.html"  # a web server alone shows it, at whatever address
        for link in lxml.html.fromstring(page.read_bytes()).xpath("//a/@href")
        if not urlsplit(link).scheme and urlsplit(link).path
    ]


def test_every_link_leads_to_a_file(disk: Path):
    found = links(disk)

    assert len(found) > 300
    assert [(page, link) for page, link in found if not (page.parent / unquote(urlsplit(link).path)).is_file()] == []


def test_addresses_that_lead_on_lead_to_a_file(disk: Path):
    moved = [page for page in disk.glob("incidents/*/index.html") if b"http-equiv" in page.read_bytes()]
    there = [page.read_text().partition("url=")[2].partition('"')[0] for page in moved]

    assert there
    assert [link for page, link in zip(moved, there, strict=True) if not (page.parent / link).is_file()] == []


@pytest.mark.needs("chromium")
def test_a_browser_walks_it_without_a_server(disk: Path):
    def walk(page):
        said = []
        for link in ("The API answers slowly", "History", "About"):
            page.get_by_role("link", name=link, exact=True).first.click()
            said.append((page.title(), page.url.rpartition("/")[2]))
        return said

    assert in_page((disk / "index.html").as_uri(), walk) == [
        ("The API answers slowly · Test", "index.html"),
        ("2026 · Test", "index.html"),
        ("About - Test", "index.html"),
    ]


def test_the_manifest_is_of_what_stands_there(disk: Path):
    whole = json.loads((disk / "api/stillup/v1/manifest.json").read_text())
    parts = [json.loads((disk / part).read_text())["files"] for part in whole["parts"]]
    listed = [each for files in (whole["files"], *parts) for each in files]
    found = [
        (each["path"], sha256((disk / each["path"]).read_bytes()).hexdigest(), each["digest"].removeprefix("sha256:"))
        for each in listed
    ]

    assert len(listed) > 50
    assert [path for path, stands, said in found if stands != said] == []


def test_a_page_for_a_server_has_no_such_links(site: Site, tmp_path: Path):
    """Also where it takes the place of one for readers without."""
    shutil.copytree(site.root, tmp_path / "page")
    build(tmp_path / "page", at=AT, offline=True)
    offline = {path for path, link in links(tmp_path / "page/site") if link.endswith("index.html")}
    built = build(tmp_path / "page", at=AT)

    assert offline
    assert built.anew == "the use of --offline changed"
    assert [link for _, link in links(tmp_path / "page/site") if link.endswith("index.html")] == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('<a href="../x/">', '<a href="../x/index.html">'),
        ('<a class="q" href="..">', '<a class="q" href="../index.html">'),
        ('<a href=".">', '<a href="./index.html">'),
        ('<a href="../x/#u-1">', '<a href="../x/index.html#u-1">'),
        ('<a href="x/?q=1">', '<a href="x/index.html?q=1">'),
        ('<a href="feed.atom">', '<a href="feed.atom">'),
        ('<a href="#main">', '<a href="#main">'),
        ('<a href="https://example.com/x/">', '<a href="https://example.com/x/">'),
        ('<a href="//example.com/x/">', '<a href="//example.com/x/">'),
        ('<a href="/x/">', '<a href="/x/">'),
        ('<a href="mailto:help@example.com">', '<a href="mailto:help@example.com">'),
        ('<link rel="canonical" href="x/">', '<link rel="canonical" href="x/">'),
        ('<code>&lt;a href="x/"&gt;</code>', '<code>&lt;a href="x/"&gt;</code>'),
    ],
)
def test_only_links_to_folders_of_the_site_change(before: str, after: str):
    assert linked_to_files(before.encode()) == after.encode()
