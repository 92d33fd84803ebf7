"""The pages as browsers, the W3C's checker and axe see them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stillup.site.page import Pages
from tests.site import views_sample as views
from tests.site.conftest import draw, frame_of
from tests.site.sample_site import build_site
from tests.tools import axe, axe_everywhere, browse, evaluate, html_errors, in_page

if TYPE_CHECKING:
    from playwright.sync_api import Page

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "worker-src 'self'; form-action 'self'"
)
PLACES = (
    "",
    "incidents/card-payments-declined/",
    "components/stripe/",
    "maintenance/",
)
"""What the example has in no such state; every kind of page is judged there (tests/end_to_end/test_example.py)."""

MATERIAL_FAULTS = (
    # Material's own document: a trailing slash on void elements and a label whose input it hides.
    "Trailing slash on void elements",
)


@pytest.mark.needs("vnu")
def test_every_page_and_sheet_is_valid(site: Path) -> None:
    sheets = [site / "assets" / "stillup.css", site / "assets" / "material.css"]

    assert html_errors([site], ignore=MATERIAL_FAULTS) == []
    assert html_errors(sheets) == []


@pytest.mark.needs("chromium", "axe")
@pytest.mark.parametrize("place", PLACES)
def test_nobody_is_shut_out(site_url: str, place: str) -> None:
    assert axe_everywhere(site_url + place) == {}


@pytest.mark.needs("chromium")
@pytest.mark.parametrize("place", PLACES)
def test_a_strict_policy_and_no_other_origin(site_url: str, place: str) -> None:
    visit = browse(site_url + place, csp=POLICY)

    assert visit.console == ()
    assert visit.foreign == ()


@pytest.mark.needs("chromium")
@pytest.mark.parametrize("place", PLACES)
def test_no_page_scrolls_sideways(site_url: str, place: str) -> None:
    def widths(page: "Page") -> dict[int, int]:
        found = {}
        for width in (320, 390, 700, 800, 1000, 1280, 1600):
            page.set_viewport_size({"width": width, "height": 844})
            found[width] = page.evaluate("document.documentElement.scrollWidth")
        return found

    assert {width: wide for width, wide in in_page(site_url + place, widths).items() if wide > width} == {}


WIDE = f"<pre><code>{'curl --header one ' * 9}{'x' * 90}</code></pre><table><tr>{('<td>' + 'y' * 15) * 6}</tr></table>"


@pytest.mark.needs("chromium")
@pytest.mark.parametrize("part", [".txt", ".facts dd"])
def test_a_command_or_a_table_in_a_text_fits_a_phone(site_url: str, part: str) -> None:
    def width(page: "Page") -> object:
        return page.evaluate(
            "([part, html]) => { document.querySelector(part).innerHTML = html; "
            "return document.documentElement.scrollWidth }",
            [part, WIDE],
        )

    assert in_page(site_url + "incidents/card-payments-declined/", width, width=390) == 390


@pytest.mark.needs("chromium")
@pytest.mark.parametrize(
    ("place", "part"),
    [
        ("", ".brand span"),
        ("", ".grp > summary > :first-child"),
        ("", ".row > summary > :first-child"),
        ("", ".by a"),
        ("maintenance/", ".plan h3 a"),
        ("incidents/card-payments-declined/", "h1"),
        ("incidents/card-payments-declined/", ".txt"),
        ("components/stripe/", ".led:not(.facts) > li > :last-child"),
    ],
)
@pytest.mark.parametrize("width", [320, 390])
def test_a_word_without_end_fits_a_phone(site_url: str, place: str, part: str, width: int) -> None:
    def wide(page: "Page") -> object:
        return page.evaluate(
            "([part, word]) => { const found = document.querySelectorAll(part);"
            "for (const each of found) each.append(word);"
            "return [found.length > 0, document.documentElement.scrollWidth] }",
            [part, "Zahlungsverkehrsabwicklungsschnittstellen" * 3],
        )

    assert in_page(site_url + place, wide, width=width) == [True, width]


LISTS = "<p>Do this:</p><ol><li>Wait.</li><li>Try again.</li></ol><ul><li>or</li></ul>"


@pytest.mark.needs("chromium")
@pytest.mark.parametrize(
    ("place", "part"),
    [
        ("incidents/card-payments-declined/", ".txt"),
        ("incidents/card-payments-declined/", ".facts dd"),
        ("components/stripe/", ".lede"),
    ],
)
def test_steps_have_their_numbers_and_points_their_dots(site_url: str, place: str, part: str) -> None:
    def marks(page: "Page") -> object:
        return page.evaluate(
            "([part, html]) => { const found = document.querySelector(part); found.innerHTML = html;"
            "return [...found.querySelectorAll('li')].map(each => {"
            "const {listStyleType, listStylePosition} = getComputedStyle(each);"
            "const room = each.getBoundingClientRect().left - found.getBoundingClientRect().left;"
            "return [listStyleType, listStylePosition, room >= 16] }) }",
            [part, LISTS],
        )

    numbers, dots = ["decimal", "outside", True], ["disc", "outside", True]
    assert in_page(site_url + place, marks, width=390) == [numbers, numbers, dots]


@pytest.mark.needs("chromium")
@pytest.mark.parametrize("width", [320, 390, 600])
def test_on_a_phone_rows_that_are_not_laid_out_yet_are_as_tall_as_they_will_be(site_url: str, width: int) -> None:
    def heights(page: "Page") -> tuple[bool, list[int], list[int]]:
        tall = "[...document.querySelectorAll('.row')].map(row => Math.round(row.getBoundingClientRect().height))"
        laid_out = page.evaluate(
            "[...document.querySelectorAll('.row .bars')].at(-1).checkVisibility({contentVisibilityAuto: true})"
        )
        guessed = page.evaluate(tall)
        page.add_style_tag(content=".row { content-visibility: visible !important }")
        return laid_out, guessed, page.evaluate(tall)

    laid_out, guessed, real = in_page(site_url, heights, width=width, height=200)

    assert not laid_out
    assert guessed == real


@pytest.mark.needs("chromium")
def test_during_an_outage_a_phones_first_screen_answers_everything(site_url: str) -> None:
    bottoms = evaluate(
        site_url,
        "['.say h1', '.next', '.f-since', '.f-affected']"
        ".map(name => document.querySelector(name).getBoundingClientRect().bottom)",
        width=390,
        height=844,
        javascript=True,
    )

    assert bottoms == sorted(bottoms)
    assert bottoms[-1] <= 844


@pytest.mark.needs("chromium")
def test_a_promise_that_passes_while_the_page_is_open_is_said_to_be_overdue(site_url: str) -> None:
    before = browse_text(site_url, "2026-11-20T10:50:00Z")
    after = browse_text(site_url, "2026-11-20T10:57:00Z")

    assert "Next update by 10:56 UTC" in before
    assert "Update overdue since 10:56 UTC" in after


def browse_text(url: str, now: str) -> str:
    """Return what the banner says to a reader whose clock shows `now`."""

    def set_clock(page: "Page") -> None:
        page.add_init_script(f"Date.now = () => Date.parse('{now}')")

    def read(page: "Page") -> str:
        return " ".join(page.inner_text(".say .next").split())

    return in_page(url, read, listen=set_clock)


@pytest.mark.needs("chromium")
def test_the_chosen_look_stays_on_the_next_page(site_url: str) -> None:
    def choose(page: "Page") -> str:
        page.check("#ap-dark")
        page.goto(site_url + "history/")
        return str(page.evaluate("getComputedStyle(document.documentElement).colorScheme"))

    assert in_page(site_url, choose) == "dark"


@pytest.mark.needs("chromium")
def test_the_search_box_of_the_history_leads_to_a_filled_search(site_url: str) -> None:
    def search(page: "Page") -> str:
        page.fill("#q", "plain files")
        page.press("#q", "Enter")
        page.wait_for_selector(".md-search-result__link")
        return str(page.input_value("[data-md-component=search-query]"))

    assert in_page(site_url + "history/", search) == "plain files"


@pytest.mark.needs("chromium")
def test_a_month_is_filtered_while_one_types_and_searched_whole_with_enter(site_url: str) -> None:
    """By words of title, state and date, in any order, however they are typed; what is left is announced."""
    shown = "[...document.querySelectorAll('#entries .ev, #entries .quiet')].filter(e => e.checkVisibility()).length"

    def type_words(page: "Page") -> list[object]:
        found: list[object] = []
        for words in ("", "STRÍPE ｄeclined", "no such words", ""):
            page.fill("#q", words)
            found += [page.evaluate(shown), page.inner_text(".find [role=status]")]
        return found

    seen = in_page(site_url + "history/2026-11/", type_words)

    everything = seen[0]
    assert isinstance(everything, int)
    assert everything > 3
    entries = len(views.NOVEMBER.days) and sum(len(day.events) for day in views.NOVEMBER.days)
    assert seen[1:] == [
        "",
        1,
        f"1 of {entries} entries of this page",
        0,
        f"0 of {entries} entries of this page",
        everything,
        "",
    ]


@pytest.mark.needs("chromium")
def test_pages_read_from_right_to_left(tmp_path: Path, serve: Callable[..., str]) -> None:
    frame = frame_of(language="ar", direction="rtl")
    url = serve(build_site(tmp_path, frame, draw(Pages(frame))), below="/sub/")

    for place in ("", "components/stripe/", "uptime/"):
        assert evaluate(url + place, "getComputedStyle(document.querySelector('h1')).direction") == "rtl"
        assert evaluate(url + place, "document.documentElement.scrollWidth", width=390) <= 390


@pytest.mark.needs("chromium")
def test_closed_details_are_open_on_paper(site_url: str) -> None:
    def printed(page: "Page") -> float:
        page.emulate_media(media="print")
        box = page.locator(".older .led").bounding_box()
        return float(box["height"]) if box else 0.0

    assert in_page(site_url, printed) > 20


@pytest.mark.needs("chromium")
def test_in_forced_colours_and_with_less_motion_shapes_and_heights_carry_the_state(site_url: str) -> None:
    """The overall state is framed, every kind of bar ends at a height of its own, and nothing turns."""

    def read(page: "Page") -> tuple[str, list[str], str]:
        frame = str(page.evaluate("getComputedStyle(document.querySelector('.say')).borderTopWidth"))
        tops = """[...document.querySelectorAll('.row .bars g')].map(g => g.getAttribute('class') + ' '
            + g.lastElementChild.getAttribute('d').match(/V(\\d+)/)[1])"""
        motion = str(page.evaluate("getComputedStyle(document.querySelector('.chev')).transitionProperty"))
        return frame, sorted(set(page.evaluate(tops))), motion

    frame, tops, motion = in_page(site_url, read, forced_colors="active", reduced_motion="reduce")

    heights = [top.split()[1] for top in tops]
    assert (frame, motion) == ("4px", "none")
    assert len(tops) >= 3
    assert len(set(heights)) == len(heights)


@pytest.mark.needs("chromium", "axe")
def test_a_quiet_day_is_quiet(tmp_path: Path, serve: Callable[..., str]) -> None:
    hidden = replace(views.QUIET_HOME, planned=(), days=())
    url = serve(build_site(tmp_path, frame_of(), [Pages(frame_of()).home(hidden)]), below="/sub/")

    assert axe(url) == []
    assert evaluate(url, "document.querySelectorAll('.s-major, .s-partial').length") == 2  # the key alone
