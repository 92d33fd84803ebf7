"""What a rule looks at: one update with everything that was said before it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from stillup.lint.pattern import WORD, prose
from stillup.records.incident import Incident, Update
from stillup.records.inventory import Components
from stillup.records.settings import CADENCE, Settings
from stillup.timeline.course import Course
from stillup.vocabulary import IMPACT_OF, SEVERITY_OF, TEXTS, ComponentStatus, Impact, Kind, Severity


@dataclass(frozen=True)
class Text:
    """One public text as it was written."""

    field: str
    """`body`, `summary`, `translations.es.body` ... of an update, or `title`, `postmortem.body` of the record."""

    raw: str
    """Markdown."""

    language: str

    of_record: bool = False
    """Whether it belongs to the record and not to one update."""

    @cached_property
    def prose(self) -> str:
        """The words a reader sees, without addresses, code and marks; every character where it was in `raw`."""
        return prose(self.raw)


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What must stand in no public text; it comes from the private folder."""

    staff: frozenset[str] = frozenset()
    customers: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Neighbour:
    """What else is open or still to come."""

    course: Course
    components: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Page:
    """What all cases of one run share."""

    settings: Settings
    components: Components
    at: datetime
    names: Names = field(default_factory=Names)
    titles: Mapping[str, str] = field(default_factory=dict)
    """Titles of the incidents that are open, by id."""

    neighbours: tuple[Neighbour, ...] = ()
    """What is open or still to come, for overlaps."""

    @cached_property
    def features(self) -> frozenset[str]:
        """Names that say what is affected: of components and groups, in small letters."""
        names = {part.name for part in self.components.components} | {group.name for group in self.components.groups}
        return frozenset(name.lower() for name in names)

    @cached_property
    def words(self) -> frozenset[str]:
        """The single words of those names, in capitals."""
        return frozenset(word.upper() for name in self.features for word in WORD.findall(name))

    @property
    def zone(self) -> ZoneInfo:
        """The page's zone."""
        return ZoneInfo(self.settings.timezone)

    @property
    def language(self) -> str:
        """The language that records are written in."""
        return self.settings.languages[0]


@dataclass(frozen=True)
class Case:
    """One update of one record, as it was when it was told."""

    page: Page
    record: Incident
    """With its public updates alone, and those to come that are judged."""

    number: int
    """Place of the update in `record.updates`."""

    course: Course
    """Of the whole record, at the page's instant or, where that is later, at its newest update."""

    newest: bool = False
    """Whether the record has no later update; with it the record as a whole is judged."""

    followed: datetime | None = None
    """When the next update came; None for the newest."""

    detected: datetime | None = None
    """When it was noticed, where the private record says so."""

    drill: bool = False
    """Whether it is only played."""

    unapproved: str = ""
    """Why nobody has approved it, where the settings want somebody to; empty where it may go out."""

    committed: bool = True
    """Whether it is committed, so that somebody could have."""

    assessing: bool = False
    """Whether it is still open if data of persons are concerned."""

    @property
    def update(self) -> Update:
        """The update that is judged."""
        return self.record.updates[self.number]

    @cached_property
    def earlier(self) -> tuple[Update, ...]:
        """What was said before it and not withdrawn, oldest first."""
        return tuple(update for update in self.record.updates[: self.number] if update.withdrawn is None)

    @property
    def is_incident(self) -> bool:
        """Whether it is no maintenance."""
        return self.record.kind is Kind.INCIDENT

    @cached_property
    def opens(self) -> bool:
        """Whether it is the first word, or the first after a resolution."""
        return not self.earlier or (self.earlier[-1].status.closes and not self.update.status.closes)

    @cached_property
    def since_opening(self) -> tuple[Update, ...]:
        """`earlier` from the newest opening on."""
        closed = [place for place, update in enumerate(self.earlier) if update.status.closes]
        return self.earlier[closed[-1] + 1 :] if closed and not self.update.status.closes else self.earlier

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        """Every public text of the update that is in the page's language."""
        update, language = self.update, self.page.language
        found = [Text("body", update.body, language)]
        found += [Text(name, value, language) for name in (*TEXTS, "correction") if (value := getattr(update, name))]
        return tuple(found)

    @cached_property
    def everything(self) -> tuple[Text, ...]:
        """Every public text of the update, translations and earlier words too; with the newest those of the record."""
        update = self.update
        found = list(self.texts)
        for language, texts in update.translations.items():
            found += [Text(f"translations.{language}.{name}", value, language) for name, value in texts.items()]
        if update.was is not None:
            before = {name: getattr(update.was, name) for name in ("body", *TEXTS)}
            found += [Text(f"was.{name}", text, self.page.language) for name, text in before.items() if text]
            for language, texts in update.was.translations.items():
                found += [Text(f"was.translations.{language}.{name}", text, language) for name, text in texts.items()]
        if self.newest:
            found += self.of_record
        return tuple(found)

    @cached_property
    def of_record(self) -> tuple[Text, ...]:
        """The texts of the record itself."""
        record, language = self.record, self.page.language
        found = [Text("title", record.title, language, of_record=True)]
        if record.postmortem is not None:
            found.append(Text("postmortem.body", record.postmortem.body, language, of_record=True))
        for other, texts in record.translations.items():
            found += [Text(f"translations.{other}.{name}", text, other, of_record=True) for name, text in texts.items()]
        return tuple(found)

    @cached_property
    def said(self) -> str:
        """All prose of the update in one."""
        return "\n".join(text.prose for text in self.texts)

    @cached_property
    def states(self) -> Mapping[str, ComponentStatus]:
        """By component, its state after the update, as far as this record says."""
        result: dict[str, ComponentStatus] = {}
        for update in (*self.earlier, self.update):
            result.update(update.components)
        return result

    @cached_property
    def worst(self) -> ComponentStatus:
        """The worst state any component was said to be in up to now."""
        stated = [state for update in (*self.earlier, self.update) for state in update.components.values()]
        return max(stated, key=lambda state: state.rank, default=ComponentStatus.OPERATIONAL)

    @property
    def impact(self) -> Impact:
        """How bad it is for the public: as stated, else by the worst component."""
        return self.record.impact or IMPACT_OF[self.worst]

    @property
    def cadence(self) -> timedelta:
        """How long the next update may take at most."""
        severity = self.weight
        every = self.page.settings.every(severity, self.update.status, disaster=self.record.disaster)
        return every or CADENCE[severity]

    @property
    def weight(self) -> Severity:
        """The severity, stated or by its impact."""
        return self.record.severity or SEVERITY_OF[self.impact]

    @property
    def grave(self) -> bool:
        """Whether it is a P0 or P1, stated or by its impact."""
        return self.weight in (Severity.P0, Severity.P1)
