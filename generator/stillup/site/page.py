"""Page bodies: views through templates, and nothing computed on the way."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Final, Protocol

from jinja2 import BytecodeCache
from markupsafe import Markup, escape

from stillup.frozen import dataclass
from stillup.site import drawing
from stillup.site.frame import Frame
from stillup.site.override import templated
from stillup.site.place import relative
from stillup.site.quick import QuickEnvironment
from stillup.views.incident import IncidentView
from stillup.views.page import (
    Built,
    ComponentPage,
    Event,
    HistoryDay,
    HistoryMonth,
    HistoryYear,
    Home,
    MaintenancePage,
    SubscribePage,
    UptimePage,
)
from stillup.views.shape import Link, Time
from stillup.views.tongue import attributes, inline

TEMPLATES: Final = str(Path(__file__).parent / "templates")
"""The packaged templates and styles: a folder of the theme, after site_overrides and before Material."""

_ICONS: Final = frozenset({"degraded", "partial", "major", "maint"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page without its shell: all that has to be kept to write it again."""

    kind: str
    """Which shell it takes."""

    place: str
    """Below the root: `incidents/x/`, empty for home."""

    title: str
    description: str
    body: Markup
    icon: str = "mark"
    built: Markup = Markup("")

    @property
    def path(self) -> str:
        """Its file below the root."""
        return f"{self.place}index.html"


class Pages:
    """Draws views as page bodies."""

    def __init__(
        self,
        frame: Frame,
        overrides: Iterable[str | PathLike[str]] = (),
        *,
        cache: BytecodeCache | None = None,
    ) -> None:
        """Draw with the templates in `overrides`, else with ours; `default/` before a name always means ours."""
        self._environment = templated(QuickEnvironment, TEMPLATES, overrides, cache)
        self._environment.direct = TEMPLATES
        self._environment.globals.update(
            stillup=frame,
            masthead=frame.masthead,
            say=frame.say,
            phrase=partial(phrase, frame),
            timed=timed,
            titled=partial(titled, frame),
            noted=partial(noted, frame),
            hole=drawing.hole,
            stroke=drawing.stroke,
            bars_width=drawing.width(frame.days),
        )
        self._incident = self._environment.get_template("pages/incident.html").render
        self._two_up = partial(relative, page="incidents/x/")

    def incident(self, view: IncidentView) -> Page:
        """Draw the page of an incident or a maintenance."""
        body = Markup(self._incident(i=view, link=self._two_up))
        return Page(kind="incident", place=view.place, title=view.title, description=view.description, body=body)

    def home(self, view: Home) -> Page:
        """Draw the home page."""
        key = view.overall.key
        page = self._draw("home", "", view)
        return replace(page, icon=f"tab-{key}" if key in _ICONS else "mark")

    def component(self, view: ComponentPage) -> Page:
        """Draw a component's page."""
        return self._draw("component", view.place, view)

    def month(self, view: HistoryMonth) -> Page:
        """Draw a month of the history."""
        return self._draw("history", view.place, view, "history-month")

    def day(self, view: HistoryDay) -> Page:
        """Draw a day of a month that has too much for one page."""
        return self._draw("history", view.place, view, "history-day")

    def year(self, view: HistoryYear) -> Page:
        """Draw a year of the history."""
        return self._draw("history", view.place, view, "history-year")

    def archive(self, view: HistoryYear) -> Page:
        """Draw the newest year again as the front of the history, at an address that never moves."""
        return self._draw("archive", "history/", view, "history-year")

    def maintenance(self, view: MaintenancePage) -> Page:
        """Draw the maintenance page."""
        return self._draw("maintenance", "maintenance/", view)

    def uptime(self, view: UptimePage) -> Page:
        """Draw the uptime table."""
        return self._draw("uptime", "uptime/", view)

    def subscribe(self, view: SubscribePage) -> Page:
        """Draw the page of ways to hear of the next update."""
        return self._draw("subscribe", "subscribe/", view)

    def _draw(self, kind: str, place: str, view: "_View", name: str = "") -> Page:
        link: Callable[[str], str] = partial(relative, page=place)
        template = self._environment.get_template(f"pages/{name or kind}.html")
        built = getattr(view, "built", None)
        return Page(
            kind=kind,
            place=place,
            title=view.title,
            description=view.description,
            body=Markup(template.render(v=view, link=link)),
            built=self._built(built) if isinstance(built, Built) else Markup(""),
        )

    def _built(self, built: Built) -> Markup:
        commit = Markup('<span dir="ltr">{}</span>').format(built.commit)
        return Markup(self._environment.get_template("stillup/built.html").render(built=built, commit=commit).strip())


_View = Home | ComponentPage | HistoryDay | HistoryMonth | HistoryYear | MaintenancePage | UptimePage | SubscribePage


def phrase(frame: Frame, key: str, **values: str) -> Markup:
    """Return the words for `key` as HTML with `values`, which may be HTML, at their places."""
    said = escape(frame.say(key, **{name: f"{{{name}}}" for name in values}))
    return Markup(str(said).format(**{name: escape(value) for name, value in values.items()}))


class Titled(Protocol):
    """What has a title that may be in another language than the page."""

    @property
    def title(self) -> str:
        """The title."""

    @property
    def language(self) -> str:
        """The language of the title where it is not the reader's."""


def titled(frame: Frame, named: Titled | Link) -> Markup:
    """Return a title as HTML; where it is in another language than the page, it says in which."""
    title = escape(named.text if isinstance(named, Link) else named.title)
    return inline(title, frame.words, named.language) if named.language else title


def noted(frame: Frame, event: Event) -> Markup:
    """Return the note of an event as HTML; where it is in another language it says in which, if the title did not."""
    note = escape(event.note)
    if event.note_language and event.note_language == event.language:
        return Markup(f"<span {attributes(event.note_language)}>{note}</span>")
    return inline(note, frame.words, event.note_language) if event.note_language else note


def timed(time: Time) -> Markup:
    """Return an instant as machines and people read it."""
    return Markup(f'<time datetime="{escape(time.iso)}">{escape(time.text)}</time>')
