"""What other pages show of ours: they must not notice when something goes wrong here."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from stillup.catalogue import words
from stillup.site.embed import embeds
from stillup.site.page import TEMPLATES
from tests.browser import in_page
from tests.judge import axe, axe_everywhere, html_errors
from tests.site import views_sample as views
from tests.site.conftest import frame_of
from tests.site.words_sample import Marked
from tests.tools import serving, wait

if TYPE_CHECKING:
    from playwright.sync_api import Page

CORS = {"Access-Control-Allow-Origin": "*"}
OUTAGE = {"id": "abc", "name": "Sign-in <b>fails</b>", "impact": "critical"}


def build(home=views.HOME, **masthead: object) -> dict[str, str]:
    return {artifact.path: artifact.body.decode() for artifact in embeds(frame_of(**masthead), home)}


@contextmanager
def status_site(folder: Path, indicator: str, label: str, incidents: object = ()) -> Iterator[str]:
    """Serve `embed.js` and what it reads; yield the address."""
    (folder / "api/v2/incidents").mkdir(parents=True)
    status = {"page": {"name": "Advancia"}, "status": {"indicator": indicator, "description": label}}
    (folder / "api/v2/status.json").write_text(json.dumps(status))
    (folder / "api/v2/incidents/unresolved.json").write_text(json.dumps({"incidents": incidents}))
    (folder / "embed.js").write_text(build()["embed.js"])
    with serving(folder, headers=CORS) as url:
        yield url


def host(folder: Path, script: str, *, in_head: bool = False) -> Path:
    """Write a page of somebody else's that shows the banner."""
    tag = f'<script src="{script}"></script>'
    head, body = (tag, "") if in_head else ("", tag)
    folder.mkdir(exist_ok=True)
    (folder / "index.html").write_text(
        f"<!doctype html><html lang=en><head><meta charset=utf-8><title>Shop</title><link rel=icon href='data:,'>{head}"
        f"<style>div, a, button {{ color: lime; display: none }}</style></head>"
        f"<body><main><h1>Shop</h1></main>{body}</body></html>"
    )
    return folder


BANNER = "body > div:first-child"
SHOWN = f"!!document.querySelector('{BANNER}')?.shadowRoot"
ASKED = "performance.getEntriesByType('resource').some((each) => /status.json/.test(each.name))"


def settle(page: "Page", banner: bool) -> None:
    """Wait for the banner, or until the script has had the answer that there shall be none.

    A page's own policy may forbid playwright's ways to wait.
    """
    wait(lambda: page.evaluate(SHOWN if banner else ASKED), "the script did nothing")
    page.wait_for_load_state("networkidle")


def look(url: str, *, banner: bool = True, work: "Callable[[Page], Any] | None" = None) -> dict[str, Any]:
    """Open a host page, and return what its visitor sees and what its owner finds in the console."""
    noise: list[str] = []

    def listen(page: "Page") -> None:
        page.on("pageerror", lambda error: noise.append(str(error)))
        page.on("console", lambda message: noise.append(message.text))

    def read(page: "Page") -> dict[str, Any]:
        settle(page, banner)
        shown = page.locator(BANNER)
        found = shown.locator("[role=status]").inner_text() if shown.count() else ""
        extra = work(page) if work else None
        return {"banner": found, "noise": noise, "extra": extra, "heading": page.locator("h1").inner_text()}

    return in_page(url, read, listen=listen)


@pytest.mark.needs("chromium")
@pytest.mark.parametrize("in_head", [False, True])
def test_a_banner_says_what_is_wrong(in_head, tmp_path):
    with (
        status_site(tmp_path / "status", "critical", "Major System Outage", [OUTAGE]) as status,
        serving(host(tmp_path / "shop", f"{status}embed.js", in_head=in_head)) as shop,
    ):
        seen = look(
            shop,
            work=lambda page: (
                page.locator(f"{BANNER} a").get_attribute("href"),
                page.evaluate("Object.keys(window).filter((name) => /stillup|show|get|make/i.test(name))"),
                page.evaluate("document.querySelectorAll('b').length"),
            ),
        )

    assert seen["banner"].startswith("Advancia: Major System Outage. Sign-in <b>fails</b>")
    assert seen["extra"][0] == status
    assert not set(seen["extra"][1]) & {"show", "get", "make", "stillup"}
    assert seen["extra"][2] == 0, "a title is text, never HTML"
    assert seen["noise"] == []


@pytest.mark.needs("chromium")
@pytest.mark.parametrize("indicator", ["none", "maintenance", "unheard of"])
def test_there_is_no_banner_while_nothing_is_wrong(indicator, tmp_path):
    with (
        status_site(tmp_path / "status", indicator, "All Systems Operational", [OUTAGE]) as status,
        serving(host(tmp_path / "shop", f"{status}embed.js")) as shop,
    ):
        seen = look(shop, banner=False)

    assert (seen["banner"], seen["noise"], seen["heading"]) == ("", [], "Shop")


@pytest.mark.needs("chromium")
@pytest.mark.parametrize("style", ["'unsafe-inline'", "'none'"])
def test_a_strict_policy_of_the_host_page_is_kept(style, tmp_path):
    with status_site(tmp_path / "status", "minor", "Minor Service Outage") as status:
        origin = status.rstrip("/")
        policy = (
            f"default-src 'none'; script-src {origin}; connect-src {origin}; img-src data:; style-src {style}; "
            "require-trusted-types-for 'script'"
        )
        folder = host(tmp_path / "shop", f"{status}embed.js")
        with serving(folder, headers={"Content-Security-Policy": policy}) as shop:
            seen = look(shop)

    assert seen["banner"].startswith("Advancia: Minor Service Outage")
    own_style = 0 if style == "'unsafe-inline'" else 1
    assert len(seen["noise"]) == own_style, f"only the host's own style is refused: {seen['noise']}"


@pytest.mark.needs("chromium")
@pytest.mark.parametrize("broken", ["missing", "no json", "other shape", "no list"])
def test_the_host_page_does_not_notice_a_broken_one(broken, tmp_path):
    folder = tmp_path / "status"
    with status_site(folder, "critical", "Major System Outage", [OUTAGE]) as status:
        answer = folder / "api/v2/status.json"
        if broken == "missing":
            answer.unlink()
        elif broken == "no list":
            (folder / "api/v2/incidents/unresolved.json").write_text("[")
        else:
            answer.write_text("<html>" if broken == "no json" else "[1]")
        with serving(host(tmp_path / "shop", f"{status}embed.js")) as shop:
            seen = look(shop, banner=broken == "no list")

    assert seen["heading"] == "Shop"
    assert bool(seen["banner"]) == (broken == "no list"), "the state is known without the list"
    assert [line for line in seen["noise"] if "404" not in line] == [], "a browser itself reports a 404"


@pytest.mark.needs("chromium")
def test_a_banner_that_was_dismissed_stays_away_until_something_else_is_wrong(tmp_path):
    folder = tmp_path / "status"
    with (
        status_site(folder, "critical", "Major System Outage", [OUTAGE]) as status,
        serving(host(tmp_path / "shop", f"{status}embed.js")) as shop,
    ):

        def dismiss(page: "Page") -> list[int]:
            counts = []
            page.locator(f"{BANNER} button").click()
            counts.append(page.locator(BANNER).count())
            page.reload()
            settle(page, banner=False)
            counts.append(page.locator(BANNER).count())
            other = {"incidents": [{**OUTAGE, "id": "def"}]}
            (folder / "api/v2/incidents/unresolved.json").write_text(json.dumps(other))
            page.reload()
            settle(page, banner=True)
            return [*counts, page.locator(BANNER).count()]

        seen = look(shop, work=dismiss)

    assert seen["extra"] == [0, 0, 1]


@pytest.mark.needs("axe")
def test_the_banner_can_be_used_by_everyone(tmp_path):
    with (
        status_site(tmp_path / "status", "major", "Partial System Outage", [OUTAGE]) as status,
        serving(host(tmp_path / "shop", f"{status}embed.js")) as shop,
    ):
        # Ours is no landmark of the host's page; it cannot know which the host has.
        assert [found for found in axe(shop) if not found.startswith("region")] == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_script_is_small(language):
    frame = replace(frame_of(language=language), words=words(language))
    script = next(each.body for each in embeds(frame, views.HOME) if each.path == "embed.js")

    assert len(script) < 2048
    if language == "es":
        assert "Interrupción".encode() in script or b"Interrupci\\u00f3n" in script


def test_no_name_ends_the_script():
    script = build(site_url="https://x/</script><script>\"'\\/")["embed.js"]

    assert "</script>" not in script


def test_the_page_for_frames_tells_the_state_and_what_is_open():
    page = build()["embed.html"]
    text = re.sub(r"<[^>]+>", " ", page)

    assert views.HOME.headline in text
    assert views.HOME.line in text
    for each in views.HOME.open:
        assert f'href="{each.place}"' in page
    assert "<script" not in page
    assert '<base target="_blank">' in page
    assert not re.search(r"\sstyle=", page), "the page's own policy allows none"


def test_a_calm_page_for_frames_lists_nothing():
    assert build(replace(views.QUIET_HOME, running=()))["embed.html"].count("<li ") == 1


def test_an_override_stands_in_its_place(tmp_path):
    (tmp_path / "stillup").mkdir()
    (tmp_path / "stillup" / "embed.html").write_text("{{ v.headline }}!")

    made = {each.path: each.body.decode() for each in embeds(frame_of(), views.HOME, [tmp_path])}

    assert made["embed.html"] == f"{views.HOME.headline}!"


def test_templates_have_no_words_of_their_own():
    frame = replace(frame_of(), words=Marked())
    made = {each.path: each.body.decode() for each in embeds(frame, views.HOME)}

    assert "Full status page" not in re.sub("⟦[^⟧]*⟧", "", made["embed.html"])
    assert '"aria-label", "\\u27e6Dismiss\\u27e7"' in made["embed.js"]


@pytest.mark.needs("axe", "vnu")
def test_the_page_for_frames_is_valid_and_can_be_read_by_everyone(tmp_path):
    (tmp_path / "assets").mkdir()
    shutil.copy(Path(TEMPLATES) / "assets" / "stillup.css", tmp_path / "assets")
    (tmp_path / "embed.html").write_text(build()["embed.html"])

    assert html_errors([tmp_path / "embed.html"]) == []
    with serving(tmp_path) as url:
        assert axe_everywhere(f"{url}embed.html") == {}


def test_a_terminal_gets_plain_words():
    text = build()["status.txt"]

    assert text.splitlines()[:2] == [f"Advancia Pay Ledger Status: {views.HOME.headline}", views.HOME.line]
    assert "\n  Authentication   Major outage\n" in text
    assert f"\nhttps://status.example.com/{views.HOME.open[0].place}\n" in text
    assert "Sun 22 Nov, 02:00 to 03:30 UTC" in text
    assert not re.search(r"<|&\w+;|[ \t]$|\n\n\n", text, re.MULTILINE)
    assert text.endswith("\nhttps://status.example.com/\n")
