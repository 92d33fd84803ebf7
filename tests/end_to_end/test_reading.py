"""The page as it is heard, and as it is walked through with a keyboard."""

import re

import pytest

from tests.end_to_end.test_example import KINDS, OUTAGE
from tests.listener import LANDMARKS, Heard, heard
from tests.tools import ROOT, in_page

MANUAL = (ROOT / "manual" / "docs" / "reading.md").read_text(encoding="utf-8")


def shown(heading: str) -> list[str]:
    """Return the lines of the block below `heading` in the manual."""
    found = re.search(rf"^### {re.escape(heading)}$.*?^```text\n(.*?)^```$", MANUAL, re.MULTILINE | re.DOTALL)
    assert found, heading
    return found[1].splitlines()


def between(told: list[Heard], first: str, last: str) -> list[str]:
    """Return the lines from the heading `first` up to, and without, the heading `last`."""
    names = [each.name if each.level else "" for each in told]
    return [each.line for each in told[names.index(first) : names.index(last)]]


@pytest.mark.needs("chromium")
def test_a_screen_reader_walks_through_an_outage_as_the_manual_says(example_url):
    told = in_page(example_url, heard)

    assert [each.line for each in told if each.role in LANDMARKS - {"region"}] == shown("Landmarks")
    assert [each.line for each in told if each.level] == shown("Headings")
    assert between(told, "Major System Outage", "Updates") == shown("In reading order")
    rows = [each.line for each in told if each.expanded is not None and "Authentication" in each.name]
    assert rows == shown("A row of a component")


@pytest.mark.needs("chromium")
@pytest.mark.parametrize("place", KINDS.values(), ids=KINDS)
def test_every_page_has_one_title_its_landmarks_and_no_gap_in_its_headings(example_url, place):
    told = in_page(example_url + place, heard)

    levels = [each.level for each in told if each.level]
    roles = [each.role for each in told]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))
    assert {"banner", "main", "contentinfo"} <= set(roles)
    assert (roles.count("banner"), roles.count("main"), roles.count("contentinfo")) == (1, 1, 1)
    assert told[0].line == "link “Skip to content”"
    assert [each for each in told if each.role in {"link", "DisclosureTriangle", "button"} and not each.name] == []


@pytest.mark.needs("chromium")
def test_what_is_new_is_announced_politely(example_url):
    """Two places: the overall state, and what the script says of the page itself; neither interrupts."""

    def live(page):
        tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
        facts = [{each["name"]: each["value"].get("value") for each in node.get("properties", ())} for node in tree]
        roots = [node for node, known in zip(tree, facts, strict=True) if known.get("live")]
        return [
            known["live"]
            for node, known in zip(tree, facts, strict=True)
            if known.get("live") and node["role"]["value"] == "status"
        ], len(roots)

    found, _ = in_page(example_url, live)
    assert found == ["polite", "polite"]


WALK = """() => {
    const at = document.activeElement, box = at.getBoundingClientRect(), look = getComputedStyle(at);
    return [at.localName, (at.textContent || at.id).trim().replace(/\\s+/g, " ").slice(0, 30),
            at === document.body || (look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2),
            box.bottom > 0 && box.top < innerHeight];
}"""


@pytest.mark.needs("chromium")
@pytest.mark.parametrize(("place", "width"), [("", 1280), (OUTAGE, 390), (KINDS["component"], 320)])
def test_the_tab_key_walks_through_everything_and_one_sees_where_one_is(example_url, place, width):
    """Each stop is in the window and has an outline; closed rows are one stop; the end is reached."""

    def walk(page):
        stops = []
        for _ in range(200):
            page.keyboard.press("Tab")
            stops.append(page.evaluate(WALK))
            if stops[-1][0] == "body":
                break
        count = "[...document.querySelectorAll('a[href], summary, input, button, [tabindex=\"0\"]')]"
        visible = page.evaluate(
            f"{count}.filter(e => e.checkVisibility() && !e.closest('details:not([open]) > div')).length"
        )
        return stops, visible

    stops, visible = in_page(example_url + place, walk, width=width)

    assert stops[0][:2] == ["a", "Skip to content"]
    assert stops[-1][0] == "body"
    assert [stop for stop in stops if not stop[2]] == []
    assert [stop for stop in stops[:-1] if not stop[3]] == []
    assert len(stops) - 1 == visible - 2  # one stop for the three choices of the look


@pytest.mark.needs("chromium")
def test_a_row_opens_with_the_keyboard_and_says_so(example_url):
    def open_row(page):
        page.focus(".row summary >> nth=0")
        page.keyboard.press("Enter")
        return next(each for each in heard(page) if each.name.startswith("Authentication 90 days"))

    assert in_page(example_url, open_row).expanded
    assert in_page(example_url, open_row, javascript=False).expanded
