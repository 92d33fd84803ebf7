"""Links to the site itself: what people write leads somewhere in every run, and so does every link of ours."""

import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest

from stillup import pipeline
from stillup.errors import RecordError
from stillup.pipeline.links.place import IN_EACH_TREE, MACHINES, MADE, Places
from tests.end_to_end.page import AT, RECORDS, Site
from tests.tools import AT as EXAMPLE_AT

pytestmark = pytest.mark.needs("mkdocs")

OPEN = "incidents/2026/open.yml"
CLOSED = "incidents/2026/closed.yml"
WORDS = "We look into it."
ANCHOR = "20261118t234000z"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """The small page, built once."""
    site = Site.make(tmp_path_factory.mktemp("prepared") / "page")
    site.build()
    return site.root


@pytest.fixture
def site(prepared, tmp_path):
    shutil.copytree(prepared, tmp_path / "page", symlinks=True)
    return Site(tmp_path / "page")


def say(site: Site, words: str, path: str = OPEN) -> None:
    """Let the open incident say `words`, in a block of text."""
    block = "".join(f"\n      {line}" for line in words.splitlines())
    site.write(path, RECORDS[path].replace(f"body: {WORDS}", f"body: |{block}"))


def dead(site: Site) -> list[str]:
    """Return what is said of links, by check and by build alike; the site stays as it is."""
    before = site.tree()
    with pytest.raises(RecordError) as error:
        pipeline.check(site.root, at=AT)
    said = [str(problem) for problem in error.value.problems if problem.level == "error"]
    with pytest.raises(RecordError) as error:
        site.build()
    errors = [problem for problem in error.value.problems if problem.level == "error"]
    assert [str(problem) for problem in errors] == said
    assert {problem.code for problem in errors} == {"dead-link"}
    assert site.tree() == before
    return said


LIVING = [
    "/",
    "https://status.example.com",
    "https://status.example.com/incidents/closed/",
    "http://STATUS.example.com/incidents/closed/",
    "/incidents/closed/",
    "/incidents/closed",
    "/incidents/closed/index.html",
    "incidents/closed/",
    "./incidents/closed/?from=here",
    f"/incidents/closed/#{ANCHOR}",
    "#20261120t100000z",
    "/incidents/open/#up",
    "/components/api/",
    "/components/web/#d",
    "/history/",
    "/history/2026/",
    "/history/2026-11/",
    "/maintenance/#m2",
    "/uptime/",
    "/subscribe/",
    "/about/",
    "/about/#about",
    "/search/?q=mail",
    "/feed.atom",
    "/assets/own.css",
    "/assets/stillup.css",
    "/assets/mark.svg",
    "/incidents/0qbwn08sd68x/",
    "https://elsewhere.example.com/incidents/none/",
    "mailto:support@example.com",
    "http://[broken",
]


@pytest.mark.parametrize("href", LIVING)
def test_a_link_that_leads_somewhere(href, site):
    say(site, f"See [this]({href}).")

    assert site.build().written > 0


DEAD = {
    "/incidents/closd/": "no page or file of this site. Did you mean /incidents/closed/?",
    "/components/apis/": "no page or file of this site. Did you mean /components/api/?",
    "/history/2025-11/": "no page or file of this site. Correct the address, or leave the link out.",
    "/history/2026-13/": "no page or file of this site. Correct the address, or leave the link out.",
    "/maintenence/": "no page or file of this site. Did you mean /maintenance/?",
    "/abaut/": "no page or file of this site. Did you mean /about/?",
    "/feed.xml": "no page or file of this site. Did you mean /feed.atom?",
    "/assets/none.css": "no page or file of this site. Did you mean /assets/own.css?",
    "https://status.example.com/no/": "no page or file of this site. Correct the address, or leave the link out.",
    "/incidents/closed/#20261118t234100z": (
        f"a page without the anchor 20261118t234100z. Did you mean /incidents/closed/#{ANCHOR}?"
    ),
    "#nowhere": "a page without the anchor nowhere. Correct the address, or leave the link out.",
    "/incidents/closed/#postmortem": (
        "a page without the anchor postmortem. Correct the address, or leave the link out."
    ),
    "/components/api/#bottom": "a page without the anchor bottom. Correct the address, or leave the link out.",
}


@pytest.mark.parametrize("href", DEAD)
def test_a_link_that_leads_nowhere(href, site):
    say(site, f"One line.\nSee [this]({href}).")

    assert dead(site) == [f"{OPEN}:8:18: updates[0].body: The link to {href} leads to {DEAD[href]}"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("body: See [this](/incidents/none/).", "6:22: updates[0].body"),
        ('body: "See [this](/incidents/none/)."', "6:23: updates[0].body"),
        ('body: "\\x53ee [this](/incidents/\\x6eone/)."', "6:11: updates[0].body"),
        ("body: >-\n      See\n      this, and\n      [that](/incidents/none/).", "9:14: updates[0].body"),
        ("body: |\n      See [this][x].\n\n      [x]: /incidents/none/", "9:12: updates[0].body"),
        ("body: See https://status.example.com/incidents/none/ now.", "6:15: updates[0].body"),
        ("body: See ![this](/incidents/none/).", "6:23: updates[0].body"),
        ("body: Words.\n    scope: '[All](/incidents/none/)'", "7:19: updates[0].scope"),
        (
            "body: Words.\n    withdrawn: {at: 2026-11-20T10:40:00Z, reason: 'See [a](/incidents/none/).'}",
            "7:60: updates[0].withdrawn.reason",
        ),
    ],
)
def test_a_dead_link_is_found_where_it_stands(text, place, site):
    site.write(OPEN, RECORDS[OPEN].replace(f"body: {WORDS}", text).replace("    next_update_in: 1h\n", ""))

    (line,) = dead(site)

    assert line.startswith(f"{OPEN}:{place}: The link to ")


def test_a_dead_link_in_an_update_file_a_postmortem_and_descriptions(site):
    update = "incidents/2026/open/updates/20261120t101000z-1a2b.yml"
    site.write(update, "at: 2026-11-20T10:10:00Z\nstatus: identified\nbody: See [this](/none/).\n")
    site.write(CLOSED, RECORDS[CLOSED] + "postmortem: {at: 2026-11-20T09:00:00Z, body: '[Why](/components/none/).'}\n")
    site.write("components/_groups.yml", "- id: core\n  name: Core\n  description: '[All](/none/)'\n")
    site.write("components/api.yml", RECORDS["components/api.yml"] + "description: Ask [us](/help/).\n")

    assert [line.partition(": The link")[0] for line in dead(site)] == [
        "components/_groups.yml:3:23: [0].description",
        "components/api.yml:5:23: description",
        "incidents/2026/closed.yml:11:53: postmortem.body",
        f"{update}:3:18: body",
    ]


def test_a_dead_link_that_an_import_brought_is_told_and_stops_nothing(site):
    say(site, "See [this](/old/place/).")
    text = (site.root / OPEN).read_text()
    site.write(OPEN, text.replace("    body: |", "    source: {imported: body=8d3ba1}\n    body: |"))

    (told,) = [each for each in pipeline.check(site.root, at=AT).warnings if each.code == "dead-link"]
    assert (told.level, told.line) == ("warning", 8)
    assert site.build().written > 0


def test_a_day_of_a_busy_month_is_a_page_to_link_to(site):
    say(site, "See [this](/history/2026-11-05/).")
    assert dead(site) == [
        f"{OPEN}:7:18: updates[0].body: The link to /history/2026-11-05/ leads to no page or file of this site."
        " Did you mean /history/2026-11/?"
    ]

    many = "{title: Mail was late, updates: [{at: 2026-11-05T10:00:00Z, status: resolved, body: Mail is on time.}]}\n"
    for number in range(310):
        site.write(f"incidents/2026/mail-{number}.yml", many)
    say(site, "See [this](/history/2026-11-05/), [its rest](../../history/2026-11-05-1/) and [all](/history/2026-11/).")
    site.write("docs/about.md", "# About\n\n[Then](/history/2026-11-05/#main)\n")
    site.build()

    page = (site.root / "site/history/2026-11-05/index.html").read_text(encoding="utf-8")
    assert "Thursday 5 November 2026" in page
    assert (site.root / "site/history/2026-11-05-1/index.html").is_file()
    assert pipeline.check(site.root, at=AT).warnings == ()

    for number in range(30):
        (site.root / f"incidents/2026/mail-{number}.yml").unlink()
    assert len(dead(site)) == 3, "the page goes with what made it necessary"


def test_links_die_with_the_record_they_lead_to(site):
    say(site, "See [this](/incidents/closed/) and [that](/incidents/weekly/).")
    site.build()
    (site.root / CLOSED).unlink()

    assert dead(site) == [
        f"{OPEN}:7:18: updates[0].body: The link to /incidents/closed/ leads to no page or file of this site."
        " Correct the address, or leave the link out."
    ]


def test_a_former_id_keeps_links_alive(site):
    say(site, f"See [this](/incidents/closed/#{ANCHOR}).")
    site.build()
    (site.root / CLOSED).rename(site.root / "incidents/mail.yml")
    assert len(dead(site)) == 1

    site.write("incidents/mail.yml", f"formerly: [closed]\n{RECORDS[CLOSED]}")
    site.build()

    site.write("incidents/mail.yml", RECORDS[CLOSED])
    assert len(dead(site)) == 1, "and they die when it is dropped"


def test_a_link_dies_with_the_update_it_leads_to(site):
    say(site, f"See [this](/incidents/closed/#{ANCHOR}).")
    site.build()
    site.write(CLOSED, RECORDS[CLOSED].replace("23:40:00Z", "23:41:00Z"))

    assert len(dead(site)) == 1


def test_a_draft_is_no_page_to_link_to_yet(site):
    say(site, "See [this](/incidents/soon/).")
    site.write("incidents/soon.yml", RECORDS[OPEN].replace("2026-11-20T10:00:00Z", "2026-11-20T12:00:00Z"))

    assert len(dead(site)) == 1
    site.at = AT.replace(hour=12)
    assert site.build().warnings == ()


def test_a_link_that_nobody_touches_is_not_followed_again(site):
    say(site, "See [this](/incidents/closed/).")
    site.build()
    site.write("incidents/2026/new.yml", RECORDS[OPEN].replace("slowly", "not at all"))

    assert site.build().written > 0


def test_a_link_to_a_record_that_is_broken_is_not_blamed_too(site):
    say(site, "See [this](/incidents/new/).")
    site.write("incidents/2026/new.yml", RECORDS[OPEN].replace("investigating", "wip"))

    with pytest.raises(RecordError) as error:
        site.build()

    assert [problem.code for problem in error.value.problems] == ["word"]


def test_keep_last_good_passes_over_dead_links_once(site):
    say(site, "See [this](/incidents/none/).")

    built = pipeline.build(site.root, at=AT, keep_last_good=True)

    assert [str(problem).split(": ")[1:3] for problem in built.warnings] == [["warning", "updates[0].body"]]
    assert len(dead(site)) == 1, "the next run without it"


def test_an_anchor_of_a_markdown_page_is_known_when_mkdocs_has_made_it(site):
    say(site, "See [this](/about/#who-we-are).")
    before = site.tree()

    pipeline.check(site.root, at=AT)
    with pytest.raises(RecordError, match=r"The link to /about/#who-we-are leads to a page without the anchor"):
        site.build()

    assert site.tree() == before
    site.write("docs/about.md", "# About\n\n## Who we are\n")
    site.build()


def test_markdown_pages_link_to_status_pages_that_are_there(site):
    site.write(
        "docs/about.md",
        "# About\n\n[One](/incidents/closed/) `[x](/incidents/none/)` [two](../incidents/open/) [home](/)\n\n"
        "```\n[x](/incidents/none/)\n```\n\n[three](/incidents/none/) and [four](../incidents/nothing/)\n",
    )

    assert dead(site) == [
        "docs/about.md:9:9: The link to /incidents/none/ leads to no page or file of this site."
        " Correct the address, or leave the link out.",
        "docs/about.md:9:38: The link to ../incidents/nothing/ leads to no page or file of this site."
        " Correct the address, or leave the link out.",
    ]


def test_a_page_in_a_sub_path_and_one_without_an_address(site):
    text = site.read("mkdocs.yml")
    say(site, "[a](/incidents/none/) [b](https://status.example.com/other/)")
    site.write("mkdocs.yml", text.replace("status.example.com/", "status.example.com/page/"))
    assert len(dead(site)) == 1, "the second is another site on the same host"

    site.write("mkdocs.yml", re.sub("^site_url.*\n", "", text, flags=re.MULTILINE))
    say(site, "[a](/incidents/closed/) [b](../closed/) [c](#20261120t100000z) [d](https://status.example.com/none/)")
    assert site.build().written > 0

    say(site, "[a](/incidents/none/) [b](incidents/closed/) [c](#none)")
    assert len(dead(site)) == 3


# Links of our own, on every page of the example


class Links(HTMLParser):
    """Collects what a page links to, and its anchors."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.hrefs: list[str] = []
        self.anchors: set[str] = set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name == "id":
                self.anchors.add(value)
            elif name in {"href", "src", "action", "poster"} and value is not None:
                self.hrefs.append(value)
            elif name == "srcset" and value:
                self.hrefs += [part.split()[0] for part in value.split(",")]


ROOT = "https://status.example.com/"


def addresses(site: Path) -> dict[str, Path]:
    """Return every file of a site by its address below the root; a page also without index.html."""
    found = {path.relative_to(site).as_posix(): path for path in site.rglob("*") if path.is_file()}
    return found | {
        name.removesuffix("index.html"): path for name, path in found.items() if name.endswith("index.html")
    }


def test_every_link_of_the_example_leads_somewhere(example):
    found = addresses(example)
    pages = {name: Links(path.read_text(encoding="utf-8")) for name, path in found.items() if path.suffix == ".html"}
    lost = []
    for name, page in pages.items():
        for href in page.hrefs:
            there = urlsplit(urljoin(ROOT + name, href))
            if there.scheme not in {"http", "https"} or there.netloc != urlsplit(ROOT).netloc:
                continue
            path, anchor = unquote(there.path).removeprefix("/"), unquote(there.fragment)
            if path not in found or (anchor and path in pages and anchor not in pages[path].anchors):
                lost.append((name, href))

    assert len(pages) > 30
    assert sum(len(page.hrefs) for page in pages.values()) > 500
    assert lost == []


def test_everything_that_is_published_may_be_linked_to(example, example_root):
    with pipeline.Run(
        example_root, at=_instant(), site_dir=example_root / "site", work=example_root / "work", live=False
    ) as run:
        run.read()
        places = Places(run.root, run.edition, run.index, {})
        found = addresses(example)
        pages = {name for name in found if not name.endswith("index.html")}

        assert [name for name in sorted(pages) if not places.has(name)] == []
        assert [name for name in MADE if name not in found] == []
        assert {name for name in MADE if f"es/{name}" in found} == IN_EACH_TREE | {"search/search_index.json"}
        assert not places.has("es/heartbeat.json") and not places.has("es/incidents/none/")
        assert all(any(name.startswith(prefix) for name in found) for prefix in MACHINES if prefix != "api/")


def test_every_anchor_of_a_status_page_may_be_linked_to(example, example_root):
    with pipeline.Run(example_root, at=_instant(), site_dir=example_root / "site", work=example_root / "work") as run:
        run.read()
        places = Places(run.root, run.edition, run.index, {})
        for name in (
            "incidents/2026-11-20-sign-in-and-payments-failing/",
            "components/authentication/",
            "maintenance/",
        ):
            anchors = Links((example / name / "index.html").read_text(encoding="utf-8")).anchors
            own = {anchor for anchor in anchors if not anchor.startswith(("ap-", "__")) and anchor not in SPRITE}

            assert own - places.anchors(name) == set(), name


SPRITE = {"ok", "degraded", "partial", "major", "maint", "none", "mark", "chev", "calm"}
"""Shapes of the sprite: nobody links to them."""


def _instant():
    from stillup.records.moment import instant

    return instant(EXAMPLE_AT)
