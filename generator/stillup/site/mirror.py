"""The whole page as one file: every link leads inside it or to the page itself, styles and icons stand in it."""

import re
from collections.abc import Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from posixpath import normpath
from typing import Final
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from stillup.frozen import dataclass
from stillup.site.brand import branded
from stillup.site.frame import Frame
from stillup.site.page import TEMPLATES, Page, phrase, timed
from stillup.site.style import squeezed

_HREF: Final = re.compile(r'<a ([^>]*?)href="([^"]*)"')
_FORM: Final = re.compile(r"<form.*?</form>", re.DOTALL)
_ID: Final = re.compile(r'\b(id|aria-labelledby)="([^"]*)"')
_HEADING: Final = re.compile(r"<(/?)h([1-4])(?=[ >])")
_LABELLED: Final = re.compile(r'(<section[^>]*?) aria-labelledby="[^"]*"')
_FOREIGN: Final = re.compile(r"[a-z][a-z0-9+.-]*:|/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """Incidents and maintenances that stand under one heading, each as the body of its page."""

    id: str
    title: str
    pages: tuple[tuple[Page, str], ...]
    """Each with the line that stands beside its title while it is folded."""

    folded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirror:
    """What stands in the file."""

    home: Page
    maintenance: Page
    chapters: tuple[Chapter, ...]
    left: str
    """How much of the year has no room; empty where all of it is there."""

    iso: str
    made: str
    """The instant it shows, for machines and in words."""


class Binder:
    """Puts pages into one document."""

    def __init__(self, frame: Frame, mirror: Mirror, brand: str, brand_dark: str) -> None:
        """Bind `mirror` in the page's own colours."""
        self._frame, self._mirror, self._brand = frame, mirror, (brand, brand_dark)
        self._inside: Mapping[str, str] = {
            "": "top",
            "maintenance/": "maintenance",
            **{page.place: _name(page.place) for chapter in mirror.chapters for page, _ in chapter.pages},
        }

    def document(self) -> bytes:
        """Return the file."""
        environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        style, icon = self._sheet, branded(self._asset("mark.svg"), *self._brand)
        html = environment.get_template("stillup/mirror.html").render(
            v=self._mirror,
            style=Markup(style),
            icon=f"data:image/svg+xml,{quote(icon)}",
            stillup=self._frame,
            masthead=self._frame.masthead,
            say=self._frame.say,
            phrase=partial(phrase, self._frame),
            timed=timed,
            page={"meta": {"stillup": {"bars": True}}},
            home=self._bound(self._mirror.home, "", down=0),
            maintenance=self._bound(self._mirror.maintenance, "maintenance", down=1),
            bound=lambda page: self._bound(page, _name(page.place), down=2),
            name=lambda page: _name(page.place),
        )
        return html.encode()

    @cached_property
    def _sheet(self) -> str:
        return squeezed(branded(self._asset("stillup.css"), *self._brand)).replace("</", "<\\/")

    def _asset(self, name: str) -> str:
        return (Path(TEMPLATES) / "assets" / name).read_text(encoding="utf-8")

    def _bound(self, page: Page, prefix: str, *, down: int) -> Markup:
        """Return the body of `page` with its names made unique and its headings `down` levels lower."""
        body = _FORM.sub("", str(page.body))
        body = _HREF.sub(partial(self._led, page.place, prefix), body)
        if prefix:
            body = _ID.sub(lambda found: f'{found[1]}="{prefix}--{found[2]}"', body)
        if down:
            # Within one document the same few names would stand at hundreds of landmarks.
            body = _LABELLED.sub(r"\1", body)
            body = _HEADING.sub(lambda found: f"<{found[1]}h{min(int(found[2]) + down, 6)}", body)
        return Markup(body)

    def _led(self, place: str, prefix: str, found: re.Match[str]) -> str:
        """Return a link that leads inside the file where its target is there, else to the page."""
        rest, href = found.groups()
        if href.startswith("#"):
            return f'<a {rest}href="#{prefix}--{href[1:]}"' if prefix else found[0]
        site = self._frame.masthead.site_url
        if _FOREIGN.match(href):
            if not site or not href.startswith(site):
                return found[0]
            target = href.removeprefix(site)
        else:
            here, mark, there = href.partition("#")
            target = normpath(f"{place}{here}")
            target = ("" if target == "." else target + "/" * here.endswith("/")) + mark + there
        path, _, anchor = target.partition("#")
        if path in self._inside:
            return f'<a {rest}href="#{self._inside[path]}{f"--{anchor}" if anchor and path else ""}"'
        if not site:
            return f"<a {rest}".rstrip()
        return f'<a {rest}href="{site}{path}{f"#{anchor}" if anchor else ""}"'


def _name(place: str) -> str:
    """Return the anchor of a page within the file."""
    return place.strip("/").replace("/", "-")


def fitting(pages: Sequence[tuple[Page, str]], room: int) -> int:
    """Return how many of `pages`, from the first, take at most `room` bytes."""
    taken = 0
    for number, (page, _) in enumerate(pages):
        taken += len(page.body.encode())
        if taken > room:
            return number
    return len(pages)
