"""The edition: for whom, in which words and zone and at which instant a page is made."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Protocol
from zoneinfo import ZoneInfo

from stillup.catalogue import Catalogue
from stillup.instant import to_second
from stillup.records.settings import Settings
from stillup.records.store import Components
from stillup.views import markdown, tongue
from stillup.views.masthead import Masthead
from stillup.views.shape import Body, State, Time
from stillup.vocabulary import ComponentStatus, Impact

KEYS = {
    ComponentStatus.OPERATIONAL: "ok",
    ComponentStatus.UNDER_MAINTENANCE: "maint",
    ComponentStatus.DEGRADED_PERFORMANCE: "degraded",
    ComponentStatus.PARTIAL_OUTAGE: "partial",
    ComponentStatus.MAJOR_OUTAGE: "major",
}
"""Shape and colour of a component's state."""

IMPACT_KEYS = {Impact.NONE: "none", Impact.MINOR: "degraded", Impact.MAJOR: "partial", Impact.CRITICAL: "major"}
"""Shape and colour of an open incident."""


class _Translated(Protocol):
    @property
    def translations(self) -> Mapping[str, Mapping[str, str]]:
        """By language, then by field."""


@dataclass(frozen=True, kw_only=True)
class Edition:
    """Everything about a build that is not a record of an incident."""

    settings: Settings
    components: Components
    words: Catalogue
    zone: ZoneInfo
    at: datetime
    commit: str = ""
    tag: str = ""
    """The language as the settings have it (`pt-BR`), where it is not simply that of the words."""

    main: str = ""
    """The page's main language where this is another: what a record says without a translation is in it."""

    root: str = ""
    """The address of the main tree, where this is the edition of another."""

    live: bool = True
    """False: made as of a stated instant, not for readers of the present."""

    @cached_property
    def masthead(self) -> Masthead:
        """Who publishes the page, for outputs."""
        settings, support = self.settings, self.settings.support
        organisation = settings.organisation or settings.site_name
        mail = f"mailto:{support.email}" if support.email else ""
        return Masthead(
            organisation=organisation,
            team=settings.team or self.words.say("masthead.team", organisation=organisation),
            site_name=settings.site_name,
            site_url=settings.site_url,
            description=settings.site_description,
            zone=settings.timezone,
            language=self.words.language,
            direction=self.words.direction,
            support_url=support.url,
            support_email=support.email,
            report_url=support.report_url or support.url or mail,
            tree=f"{self.tag}/" if self.root or self.main else "",
        )

    @cached_property
    def today(self) -> date:
        """The civil day of `at`."""
        return self.local(self.at).date()

    @cached_property
    def order(self) -> dict[str, int]:
        """Where each component stands on the page."""
        return {component.id: number for number, component in enumerate(self.components.components)}

    @cached_property
    def names(self) -> dict[str, str]:
        """What each component is called."""
        return {component.id: self.text(component, "name", component.name) for component in self.components.components}

    @cached_property
    def states(self) -> dict[ComponentStatus, State]:
        """Shape, colour and word of each state of a component."""
        return {status: self.state(key) for status, key in KEYS.items()}

    def state(self, key: str) -> State:
        """Return the state `key` with its own word."""
        return State(key=key, word=self.words.say(f"state.{key}"))

    def name(self, component: str) -> str:
        """Return what `component` is called; its id where it is not described any more."""
        return self.names.get(component, component)

    def text(self, record: _Translated, field: str, written: str) -> str:
        """Return `written`, or its translation where the record has one."""
        if not record.translations:
            return written
        return self._translated(record, field) or written

    def _translated(self, record: _Translated, field: str) -> str:
        found = record.translations
        return found.get(self.tag, {}).get(field, "") or found.get(self.words.language, {}).get(field, "")

    def foreign(self, record: _Translated, field: str) -> str:
        """Return the language of a text where it is not the edition's: nobody has translated it yet."""
        return "" if not self.main or self._translated(record, field) else self.main

    def titled(self, title: str, language: str) -> str:
        """Return a title as text, with the `language` it is in where that is not the reader's."""
        return tongue.titled(title, self.words, language) if language else title

    def body(self, text: str, place: str = "", language: str = "", *, top: int = 3) -> Body:
        """Return Markdown in its safe forms, headings from level `top` on; all name another `language`."""
        made = markdown.body(text, self.settings.site_url, place, top=top)
        if self.root:
            made = tongue.homed(made, self.settings.site_url, self.root)
        return tongue.marked(made, self.words, language) if language else made

    def local(self, at: datetime) -> datetime:
        """Return `at` in the page's zone."""
        return at if self._in_utc and at.tzinfo is UTC else at.astimezone(self.zone)

    @cached_property
    def _in_utc(self) -> bool:
        """Whether the page's zone is UTC, in which every record has its times already."""
        return self.zone.key == "UTC"

    def time(self, at: datetime, form: str = "weekday_year") -> Time:
        """Return an instant with its date in the catalogue's `form`."""
        return Time(iso=iso(at), text=self.words.moment(self.local(at), form))

    def clock(self, at: datetime, known: date, form: str = "day") -> Time:
        """Return an instant whose date is left out where it is `known`."""
        local = self.local(at)
        text = self.words.clock(local) if local.date() == known else self.words.moment(local, form)
        return Time(iso=iso(at), text=text)

    def day(self, day: date, form: str = "weekday") -> Time:
        """Return a whole day."""
        return Time(iso=day.isoformat(), text=self.words.date(day, form))


def iso(at: datetime) -> str:
    """Return `at` as `2026-11-20T10:05:00Z`."""
    return to_second(at) + "Z"
