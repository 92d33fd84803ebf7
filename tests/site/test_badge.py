"""Badges: readable by anyone, in any page, from no other place."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from stillup.catalogue import words
from stillup.site.badge import COLOURS, LABEL, badges
from stillup.site.brand import OURS, contrast
from stillup.site.page import TEMPLATES
from stillup.views.banner import overall_state
from stillup.views.shape import State
from stillup.views.uptime_document import uptime_book
from tests.api.sample import MAJOR, at, outage, told, world
from tests.judge import html_errors

S = "{http://www.w3.org/2000/svg}"
WORLD = world(outage(told(at("10:00"), "investigating", components={"payments": MAJOR})))
BOOK = uptime_book(WORLD.edition, WORLD.board)
OVERALL = overall_state(WORLD.edition, WORLD.board)


def build(roster=WORLD.roster, book=BOOK, overall=OVERALL, language="en", days=90) -> dict[str, bytes]:
    made = badges(roster, book, overall, words(language), "Advancia Status", days)
    return {artifact.path: artifact.body for artifact in made}


def said(body: bytes) -> list[str]:
    return [text.text for text in etree.fromstring(body).iter(f"{S}text")]


def test_there_is_one_of_the_page_and_two_of_each_component_each_with_its_data():
    assert sorted(build()) == sorted(
        f"{stem}.{form}"
        for stem in (
            "badge",
            *(f"components/{id}/{of}" for id in ("auth", "payments", "sms") for of in ("badge", "uptime")),
        )
        for form in ("svg", "json")
    )


def test_a_badge_says_its_word():
    made = build()

    assert said(made["badge.svg"]) == ["Status", "Major System Outage"]
    assert said(made["components/payments/badge.svg"]) == ["Payments", "Major outage"]
    assert said(made["components/auth/badge.svg"]) == ["Authentication", "Operational"]
    assert said(made["components/auth/uptime.svg"]) == ["Authentication, 90 days", "100 %"]


def test_a_screen_reader_hears_all_of_it_once():
    root = etree.fromstring(build()["components/payments/badge.svg"])

    assert root.get("role") == "img"
    assert root.get("aria-label") == root.findtext(f"{S}title") == "Payments: Major outage"
    assert root.findtext(f"{S}desc") == "From the status page Advancia Status."
    assert root.find(f"{S}g").get("aria-hidden") == "true"


def test_a_badge_speaks_the_language_of_the_page():
    made = build(language="es")

    assert said(made["components/payments/badge.svg"]) == ["Payments", "Interrupción grave"]
    assert json.loads(made["badge.json"])["label"] == "Estado"


def test_shields_gets_what_it_reads():
    assert json.loads(build()["components/payments/badge.json"]) == {
        "schemaVersion": 1,
        "label": "Payments",
        "message": "Major outage",
        "color": "#a9151a",
    }


def test_an_uptime_without_a_figure_says_so():
    blank = tuple(
        replace(each, shares=tuple(replace(share, percent=None) for share in each.shares)) for each in BOOK.components
    )

    assert said(build(book=replace(BOOK, components=blank))["components/sms/uptime.svg"])[1] == "no figure yet"


def test_a_component_whose_uptime_is_hidden_has_no_badge_of_it():
    made = build(book=replace(BOOK, components=BOOK.components[:1]))

    assert [path for path in made if path.endswith("uptime.svg")] == ["components/auth/uptime.svg"]


@pytest.mark.parametrize("colour", [*COLOURS.values(), LABEL, OURS[0]])
def test_white_can_be_read_on_every_ground(colour):
    assert contrast("#ffffff", colour) >= 4.5


def test_colours_are_those_of_the_page():
    sheet = (Path(TEMPLATES) / "assets" / "stillup.css").read_text()
    for key, colour in COLOURS.items():
        assert re.search(rf"--{key}: (light-dark\()?{colour}\b", sheet), key


def test_a_badge_asks_for_nothing():
    for path, body in build().items():
        if path.endswith(".svg"):
            assert not re.search(
                rb"(?i)https?://(?!www\.w3\.org/2000/svg)|@import|url\(|<style|style=|href|<script", body
            )


def test_a_text_between_two_pixels_is_as_wide_in_every_version_of_python():
    """Sums of fractions are rounded otherwise from 3.12 on; this one ends at just a half."""
    made = build(overall=State(key="ok", word="Ledger database, 90 days"))

    assert b'textLength="148"' in made["badge.svg"]


def test_a_text_fits_its_ground():
    for path, body in build().items():
        if path.endswith(".svg"):
            root = etree.fromstring(body)
            ends = [int(text.get("x")) + int(text.get("textLength")) for text in root.iter(f"{S}text")]
            assert ends[0] < ends[1] < int(root.get("width"))


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), min_size=1, max_size=40))
def test_no_name_breaks_a_badge(name):
    by_id = {id: replace(each, name=name) for id, each in WORLD.roster.by_id.items()}
    made = build(roster=replace(WORLD.roster, by_id=by_id))

    assert said(made["components/sms/badge.svg"])[0] == name
    assert json.loads(made["components/sms/badge.json"])["label"] == name


@pytest.mark.needs("vnu")
def test_the_w3c_finds_nothing_wrong(tmp_path):
    (tmp_path / "badge.svg").write_bytes(build(overall=State(key="ok", word="A & <B>"))["badge.svg"])

    assert html_errors([tmp_path / "badge.svg"]) == []
