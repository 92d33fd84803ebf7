"""Badges: the state and the uptime as small pictures for other pages, and the same as data for shields.io.

A picture says its word; colour comes beside it. It asks for no font: its text is drawn in whatever there is, at a
width that is written down, so that it fits everywhere.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Final
from unicodedata import east_asian_width
from xml.etree import ElementTree

from stillup.artifact import Artifact
from stillup.catalogue import Catalogue
from stillup.frozen import dataclass
from stillup.site.brand import OURS
from stillup.views.document import Roster, UptimeBook, UptimeDocument
from stillup.views.edition import KEYS
from stillup.views.shape import State
from stillup.vocabulary import ComponentStatus

LABEL: Final = "#3d4550"
"""The ground of the label."""

COLOURS: Final[Mapping[str, str]] = {
    "ok": "#17663f",
    "degraded": "#7d5200",
    "partial": "#a83d08",
    "major": "#a9151a",
    "maint": "#2452a8",
    "none": "#5f6876",
}
"""The ground of each state's word: those of our style sheet on light paper."""

_HEIGHT: Final = 20
_PADDING: Final = 6
_NARROW: Final = frozenset("fijlrtI.,:;!|'()[]{}- ")
_WIDE: Final = frozenset("mwMW%@—")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Badge:
    path: str
    """Without its ending."""

    label: str
    word: str
    colour: str
    title: str
    """All of it in words."""


def badges(
    roster: Roster, book: UptimeBook, overall: State, words: Catalogue, site_name: str, days: int, brand: str = OURS[0]
) -> Iterator[Artifact]:
    """Return `badge.svg` and `badge.json`, and those of each component's state and uptime in its folder.

    `roster` and `book` are what the API is made of; `overall` is the page's own state, `days` how many its bars show.
    An uptime has the colour `brand`: what is good enough is not for us to say.
    """
    for badge in _badges(roster, book, overall, words, site_name, days, brand):
        yield _svg(badge, words.say("badge.about", site=site_name))
        yield _endpoint(badge)


def _badges(
    roster: Roster, book: UptimeBook, overall: State, words: Catalogue, site_name: str, days: int, brand: str
) -> Iterator[_Badge]:
    yield _state("badge", words.say("badge.status"), overall, words, site_name)
    for component in roster.by_id.values():
        key = KEYS[ComponentStatus(component.status)]
        state = State(key=key, word=words.say(f"state.{key}"))
        yield _state(f"components/{component.id}/badge", component.name, state, words, component.name)
    for uptime in book.components:
        name = words.say("badge.uptime", name=uptime.name, days=days)
        word = _figure(uptime, words, days)
        yield _Badge(
            path=f"components/{uptime.id}/uptime",
            label=words.say("badge.days", name=uptime.name, days=days),
            word=word,
            colour=brand,
            title=words.say("badge.says", name=name, word=word),
        )


def _state(path: str, label: str, state: State, words: Catalogue, name: str) -> _Badge:
    title = words.say("badge.says", name=name, word=state.word)
    return _Badge(path=path, label=label, word=state.word, colour=COLOURS[state.key], title=title)


def _figure(uptime: UptimeDocument, words: Catalogue, days: int) -> str:
    percent = next((share.percent for share in uptime.shares if share.days == days), None)
    return words.say("home.no_figure") if percent is None else words.percent(percent)


def _endpoint(badge: _Badge) -> Artifact:
    """Return what shields.io reads: https://shields.io/badges/endpoint-badge."""
    document = {"schemaVersion": 1, "label": badge.label, "message": badge.word, "color": badge.colour}
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return Artifact(path=f"{badge.path}.json", body=body.encode() + b"\n", media_type="application/json")


def _svg(badge: _Badge, about: str) -> Artifact:
    left, right = _width(badge.label), _width(badge.word)
    edge, width = left + 2 * _PADDING, left + right + 4 * _PADDING
    root = ElementTree.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "width": str(width),
            "height": str(_HEIGHT),
            "viewBox": f"0 0 {width} {_HEIGHT}",
            "role": "img",
            "aria-label": badge.title,
        },
    )
    ElementTree.SubElement(root, "title").text = badge.title
    ElementTree.SubElement(root, "desc").text = about
    corner = {"height": str(_HEIGHT), "rx": "3"}
    ElementTree.SubElement(root, "rect", {"width": str(width), **corner, "fill": badge.colour})
    ElementTree.SubElement(root, "path", {"d": _left(edge), "fill": LABEL})
    fonts = {"fill": "#fff", "font-family": "Verdana,DejaVu Sans,Geneva,sans-serif", "font-size": "11"}
    words = ElementTree.SubElement(root, "g", {**fonts, "aria-hidden": "true"})
    for x, length, text in ((_PADDING, left, badge.label), (edge + _PADDING, right, badge.word)):
        drawn = {"x": str(x), "y": "14", "textLength": str(length), "lengthAdjust": "spacingAndGlyphs"}
        ElementTree.SubElement(words, "text", drawn).text = text
    body: bytes = ElementTree.tostring(root, encoding="utf-8")
    return Artifact(path=f"{badge.path}.svg", body=body + b"\n", media_type="image/svg+xml")


def _left(edge: int) -> str:
    """Return the outline of the label's ground: round on the left, straight where the word begins."""
    return f"M3 0H{edge}V{_HEIGHT}H3a3 3 0 0 1-3-3V3a3 3 0 0 1 3-3z"


def _width(text: str) -> int:
    """Return how wide `text` is in Verdana at 11 pixels, near enough: it is drawn at this width."""
    return max(1, round(sum(map(_advance, text)) / 10))


def _advance(letter: str) -> int:
    """Return tenths of a pixel: a sum of whole numbers is the same in every version of Python."""
    if east_asian_width(letter) in "WF":
        return 110
    if letter in _NARROW:
        return 43
    if letter in _WIDE:
        return 102
    return 78 if letter.isupper() else 67
