"""What other pages and terminals show of this one: `embed.html`, `embed.js` and `status.txt`."""

from collections.abc import Iterable, Iterator
from functools import partial
from os import PathLike
from typing import Final
from unicodedata import east_asian_width

from jinja2 import BytecodeCache

from stillup.artifact import Artifact
from stillup.site.frame import Frame
from stillup.site.override import OwnEnvironment, templated
from stillup.site.page import TEMPLATES, Titled, titled
from stillup.views import tongue
from stillup.views.page import Home

_LABELS: Final = {
    "Partially Degraded Service": "overall.partly_degraded",
    "Degraded System Service": "overall.degraded",
    "Minor Service Outage": "overall.minor",
    "Partial System Outage": "overall.partial",
    "Major System Outage": "overall.major",
}
"""Statuspage's labels of what is wrong, as the API prints them, and what readers see of them."""


def embeds(
    frame: Frame,
    home: Home,
    overrides: Iterable[str | PathLike[str]] = (),
    *,
    cache: BytecodeCache | None = None,
) -> Iterator[Artifact]:
    """Return the page for an iframe, the script for a banner, and the text for a terminal.

    `stillup/embed.html` and `stillup/embed.js.html` in `overrides` stand in place of ours.
    """
    environment = templated(OwnEnvironment, TEMPLATES, overrides, cache)
    say = frame.say
    page = environment.get_template("stillup/embed.html").render(
        v=home, stillup=frame, masthead=frame.masthead, say=say, titled=partial(titled, frame), page=None
    )
    yield Artifact(path="embed.html", body=page.encode(), media_type="text/html")
    labels = {label: say(key) for label, key in _LABELS.items() if say(key) != label}
    script = environment.get_template("stillup/embed.js.html").render(masthead=frame.masthead, say=say, labels=labels)
    yield Artifact(path="embed.js", body=script.encode(), media_type="text/javascript")
    yield Artifact(path="status.txt", body=_text(frame, home).encode(), media_type="text/plain")


def _text(frame: Frame, home: Home) -> str:
    return "\n".join(line.rstrip() for line in _lines(frame, home)) + "\n"


def _lines(frame: Frame, home: Home) -> Iterator[str]:
    site = frame.masthead.site_url
    yield f"{frame.masthead.site_name or frame.masthead.organisation}: {home.headline}"
    yield home.line
    rows = [(group.name, row) for group in home.groups for row in group.rows]
    widest = max([_columns(row.name) + (2 if group else 0) for group, row in rows], default=0)
    known = ""
    if rows:
        yield ""
    for group, row in rows:
        if group and group != known:
            yield group
        known = group
        name = f"  {row.name}" if group else row.name
        yield f"{name}{' ' * (widest - _columns(name) + 2)}{row.state.word}"
    for each in home.open:
        yield "\n".join(["", _title(frame, each), *filter(None, [each.note]), f"{site}{each.place}"])
    for event in (*home.running, *home.planned):
        told = [f"{_title(frame, event)} ({event.state.word})", *filter(None, [event.window])]
        yield "\n".join(["", *told, f"{site}{event.place}"])
    yield f"\n{frame.say('site.built', time=home.built.time.text)}"
    if site:
        yield site


def _title(frame: Frame, named: Titled) -> str:
    return tongue.titled(named.title, frame.words, named.language) if named.language else named.title


def _columns(text: str) -> int:
    """Return how many columns of a terminal `text` takes."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
