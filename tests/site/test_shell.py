"""The document around a page: cut at its slots, and refused where an override lost one."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from markupsafe import Markup

from stillup.errors import StillupError
from stillup.site.page import Page, Pages
from stillup.site.shell import Shell, mend, sentinel_pages
from tests.site import views_sample as views
from tests.site.conftest import frame_of
from tests.site.sample_site import build_site

PLAIN = (
    "<title>x7stilluptitle7x</title> <meta content='x7stillupdescription7x'>\n\n  <main>\n x7stillupbody7x</main>"
    "<a href='https://x.example/x7stillupplace7x'>x</a>"
)


def page(**changes: object) -> Page:
    facts: dict[str, object] = {
        "kind": "incident",
        "place": "incidents/x/",
        "title": "<Payments> & more",
        "description": 'He said "down"',
        "body": Markup("<p>Text & more</p>"),
    }
    return Page(**facts | changes)  # type: ignore[arg-type]


def test_every_slot_is_escaped_but_the_body() -> None:
    made = Shell.of("incident", PLAIN).page(page()).decode()

    assert "<title>&lt;Payments&gt; &amp; more</title>" in made
    assert "content='He said &quot;down&quot;'" in made
    assert "<p>Text & more</p></main>" in made
    assert "https://x.example/incidents/x/" in made


def test_space_between_tags_is_one_line_end() -> None:
    assert b"'>\n<main>" in Shell.of("incident", PLAIN).page(page())


def test_a_page_goes_into_its_folder() -> None:
    made = Shell.of("incident", PLAIN).artifact(page())

    assert (made.path, made.media_type) == ("incidents/x/index.html", "text/html")
    assert page(place="").path == "index.html"


def test_a_shell_of_the_same_text_has_the_same_digest() -> None:
    assert Shell.of("incident", PLAIN).digest == Shell.of("incident", PLAIN).digest
    assert Shell.of("incident", PLAIN).digest != Shell.of("incident", PLAIN + " ").digest


@pytest.mark.parametrize(
    ("text", "slot", "advice"),
    [
        (PLAIN.replace("x7stillupbody7x", ""), "body", "in <main>"),
        (PLAIN.replace("x7stillupbody7x", "x7stillupbody7xx7stillupbody7x"), "body", "2 times"),
        (PLAIN.replace("x7stilluptitle7x", ""), "title", "page.meta.title"),
        (PLAIN + "x7stillupbuilt7x", "built", "in the foot"),
        (PLAIN + "x7stilluphere7x", "here", "instead of page.url"),
    ],
)
def test_a_lost_or_doubled_slot_is_an_error_that_names_it(text: str, slot: str, advice: str) -> None:
    with pytest.raises(StillupError, match=f"`{slot}`") as caught:
        Shell.of("incident", text)

    assert advice in str(caught.value)
    assert "site_overrides" in str(caught.value)


def test_the_home_page_needs_its_volatile_slots() -> None:
    with pytest.raises(StillupError, match="`icon` 0 times, expected 1"):
        Shell.of("home", PLAIN)


def test_each_kind_of_page_has_one_sentinel() -> None:
    kinds = [sentinel.kind for sentinel in sentinel_pages()]

    assert len(kinds) == len(set(kinds))
    assert {"home", "incident", "component", "archive", "history", "maintenance", "uptime", "subscribe"} == set(kinds)


def test_only_the_home_page_says_when_it_was_built(site: Path) -> None:
    told = {
        path.relative_to(site).as_posix()
        for path in site.rglob("index.html")
        if "1f4c9ae" in path.read_text(encoding="utf-8")
    }

    assert told == {"index.html"}


def test_only_the_home_page_shows_the_state_in_its_tab(site: Path) -> None:
    told = {path.relative_to(site).as_posix() for path in site.rglob("*.html") if "tab-major.svg" in path.read_text()}

    assert told == {"index.html"}


def test_sentinel_pages_are_published_nowhere(site: Path) -> None:
    for path in site.rglob("*"):
        if path.is_file() and path.suffix in {".html", ".xml", ".json"}:
            assert "x7stillup" not in path.read_text(encoding="utf-8"), path


def test_a_spliced_page_is_what_mkdocs_would_have_made_by_itself(tmp_path: Path, site: Path) -> None:
    pages = Pages(frame_of())
    for view in (views.OUTAGE, views.DECLINED):
        incident = pages.incident(view)
        made = build_site(tmp_path / view.id, frame_of(), [], native=[incident])

        by_itself = re.sub(r">\s*\n\s*<", ">\n<", (made / incident.path).read_text(encoding="utf-8"))
        spliced = re.sub(r">\s*\n\s*<", ">\n<", (site / incident.path).read_text(encoding="utf-8"))
        assert spliced == by_itself


def test_a_logo_stands_in_place_of_the_mark(tmp_path: Path) -> None:
    frame = replace(frame_of(), logo="assets/logo.svg")
    site = build_site(tmp_path, frame, [Pages(frame).incident(views.OUTAGE)], {"assets/logo.svg": "<svg/>"})

    made = (site / views.OUTAGE.place / "index.html").read_text()
    assert '<a class="brand" href="../.."><img src="../../assets/logo.svg" alt="">' in made
    assert (site / "assets" / "logo.svg").is_file()


def test_an_override_of_the_shell_fills_its_blocks(tmp_path: Path) -> None:
    shell = '{% extends "stillup/base.html" %}{% block extrahead %}<meta name="owner" content="us">{% endblock %}'
    pages = [Pages(frame_of()).incident(views.OUTAGE)]

    site = build_site(tmp_path, frame_of(), pages, {"stillup/shell.html": shell})

    assert '<meta name="owner" content="us">' in (site / pages[0].path).read_text()


def test_an_override_without_the_body_stops_the_build(tmp_path: Path) -> None:
    shell = '{% extends "stillup/base.html" %}{% block main %}Hello{% endblock %}'

    with pytest.raises(StillupError, match=r"home pages has the slot `body` 0 times.*stillup/shell\.html"):
        build_site(tmp_path, frame_of(), [], {"stillup/shell.html": shell})


def test_materials_checkboxes_lose_what_html_forbids() -> None:
    fault = '<input class="md-toggle" data-md-toggle="drawer" type="checkbox" id="__drawer" autocomplete="off">'

    assert "autocomplete" not in mend(fault)
    assert mend('<input autocomplete="off">') == '<input autocomplete="off">'
