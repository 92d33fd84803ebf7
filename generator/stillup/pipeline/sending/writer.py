"""Makes the messages of a run's records: each as of its own event, whatever happened later."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from stillup import catalogue
from stillup.delivery.sender import sender
from stillup.errors import Level, Problem, StillupError
from stillup.messages.compose import Composed, Slice, addressed, compose
from stillup.messages.digest import digest
from stillup.messages.event import Event
from stillup.messages.internal import briefed
from stillup.messages.letter import Letter
from stillup.messages.message import Message
from stillup.messages.occasion import letter_of
from stillup.messages.recipient import Recipient
from stillup.messages.tongue import spoken
from stillup.messages.wording import Wording
from stillup.pipeline.building.run import Run
from stillup.pipeline.reading.telling import as_of, events_of, lasting
from stillup.pipeline.reading.tongue import edition_in
from stillup.records.incident import Incident
from stillup.records.refusal import Unusable
from stillup.subscribers.address import HOOKS, key_of, normal
from stillup.timeline import keeping
from stillup.timeline.course import Course, course
from stillup.timeline.overall import Overall, is_counted, overall
from stillup.timeline.state import now
from stillup.views.briefing import Briefing, breach_approved, briefing
from stillup.vocabulary import ComponentStatus, Kind

if TYPE_CHECKING:
    from stillup.records.private.store import Private

_BY_CLOCK = ("maintenance_reminder", "maintenance_started", "maintenance_completed")
_FIRST = {"incident_updated": "incident_opened"}


class Writer:
    """What a page says, in its own words or in ours."""

    def __init__(self, run: Run) -> None:
        """Read the page's own wording."""
        self._run, self._sender = run, sender(run.edition.settings, run.edition.masthead)
        self._wording = Wording(run.root / "messages")
        self._last: tuple[tuple[str, Event, str, str], Letter] | None = None
        """The newest letter: one event is told on many channels, one after the other."""

    def events(self, record: Incident, *, approved: datetime | None = None) -> tuple[Event, ...]:
        """Return what is told of `record` up to the run's instant, oldest first."""
        return events_of(self._run.edition, record, approved=approved)

    def letter(
        self, record: Incident, event: Event, *, language: str = "", zone: str = "", first: bool = False
    ) -> Letter:
        """Return what is said of `event` to readers of a language and a zone; `first`: they heard nothing before."""
        edition = self._run.edition
        if first:
            event = replace(event, kind=_FIRST.get(event.kind, event.kind))
        asked = (record.id, event, language, zone)
        if self._last is not None and self._last[0] == asked:
            return self._last[1]
        told = as_of(edition, record, event, language=language, zone=zone)
        others, whole = self._page(record, event.at)
        page = edition_in(edition, language)
        codes = replace(told.codes, indicator=str(whole.indicator), description=whole.label)
        written = letter_of(
            page.masthead,
            page.words,
            replace(told, codes=codes),
            event,
            zone=zone,
            all_operational=not others and whole.indicator == "none",
            logged=self._run.chain.find(lasting(event.key, record)),
        )
        self._last = (asked, written)
        return written

    def composed(
        self, record: Incident, event: Event, part: Slice, *, briefing: Briefing | None = None, first: bool = False
    ) -> Composed:
        """Return the message about `event` for everybody in `part`.

        Raises:
            ValueError: an audience that is told internal facts, and no briefing.
        """
        written = self.letter(record, event, language=self._language(part), zone=part.timezone, first=first)
        return self._composed(written, part, briefing)

    def _language(self, part: Slice) -> str:
        """Return the language in which `part` is told: theirs, else the page's, else English, which says everything."""
        own = self._run.edition.words
        theirs = catalogue.words(part.language) if part.language else own
        found = spoken(part.audience, (theirs, own))
        return part.language if found is theirs else found.language if found else "en"

    def messages(
        self,
        record: Incident,
        event: Event,
        recipients: Iterable[Recipient],
        *,
        briefing: Briefing | None = None,
        first: bool = False,
    ) -> Iterator[Message]:
        """Return the message about `event` for each of `recipients`, in their order; the same bytes in any run."""
        return addressed(recipients, partial(self.composed, record, event, briefing=briefing, first=first))

    def summary(self, event: Event, parts: Sequence[tuple[Incident, Event]], part: Slice) -> Composed:
        """Return the digest `event` of what happened in `parts`, oldest first."""
        language = self._language(part)
        letters = [self.letter(record, each, language=language, zone=part.timezone) for record, each in parts]
        return self._composed(digest(event, letters), part, None)

    def _composed(self, letter: Letter, part: Slice, briefing: Briefing | None) -> Composed:
        if briefing is None:
            return compose(letter, self._wording, part, sender=self._sender)
        return briefed(letter, briefing, self._wording, part, sender=self._sender)

    def all_operational(self, record: Incident, at: datetime) -> bool:
        """Whether every component works at `at` and no incident but `record` is open; it may be about to change."""
        others, whole = self._page(record, at, course(record, at))
        return not others and whole.indicator == "none"

    def _page(self, record: Incident, at: datetime, own: Course | None = None) -> tuple[list[Course], Overall]:
        """Return the other incidents that were open at `at`, and the state of the whole page then.

        `own` is the course of `record` where the index does not know it as it is.
        """
        second, edition = int(at.timestamp()), self._run.edition
        courses = [keeping.from_text(story.course) for story in self._run.index.touching(second, second)]
        if own is not None:
            courses = [*(each for each in courses if each.id != record.id), own]
        running = [each for each in courses if each.kind is Kind.INCIDENT and _is_open(each, at)]
        today = at.astimezone(edition.zone).date()
        counted = [each for each in edition.components.components if is_counted(each, today)]
        states = [now(component, courses, at).status for component in counted]
        return [each for each in running if each.id != record.id], overall(
            states or [ComponentStatus.OPERATIONAL], [each.impact for each in running]
        )


def _is_open(course: Course, at: datetime) -> bool:
    return course.started <= at and (course.closed is None or course.closed > at)


class Insight:
    """The internal facts of a run's records: nothing at all where there is no private folder."""

    def __init__(self, run: Run) -> None:
        """Read the private folder, where there is one.

        In a run that keeps the last good, a record of it that cannot be used is as if it were not there.

        Raises:
            StillupError: something in it cannot be used; what it is stays unsaid.
        """
        self._trusted = run.edition.settings.intranet
        self._private: Private | None = None
        self.withheld: frozenset[str] = frozenset()
        """Ids of incidents with a private record that cannot be used: to insiders nothing is said of them."""

        self.warnings: tuple[Problem, ...] = ()
        if not (run.root / run.edition.settings.private).is_dir():
            return
        from stillup.records.private import store  # What reads records is not needed for unchanged ones.

        self._private, problems = store.load(run.root, run.edition.settings, run.index.ids(), run.edition.components)
        faults = sum(problem.level is Level.ERROR for problem in problems)
        if faults:
            # What is wrong quotes what is written, and the log of a publish may be read by anybody.
            count = "a fault" if faults == 1 else f"{faults} faults"
            said, fix = f"The private records have {count}.", "Run stillup check where nobody else reads it."
            if not run.keeps_last_good:
                raise StillupError(f"{said} {fix}")
            self._spare({problem.file for problem in problems if problem.level is Level.ERROR})
            said += " What cannot be used is taken as not there, and insiders are told nothing of its incident yet."
            place = run.edition.settings.private.rstrip("/")
            self.warnings = (Problem(file=place, code="private", level=Level.WARNING, message=said, fix=fix),)

    def _spare(self, broken: set[str]) -> None:
        """Go on without the files in `broken`."""
        assert self._private is not None
        names = {Path(file).stem for file in broken if Path(file).parent.name == "incidents"}
        sound = {id: record for id, record in self._private.incidents.items() if id not in names}
        roster = None if any(Path(file).stem == "roster" for file in broken) else self._private.roster
        self._private = replace(self._private, incidents=sound, roster=roster)
        self.withheld = frozenset(names)

    @property
    def present(self) -> bool:
        """Whether there is a private folder."""
        return self._private is not None

    def briefing(self, record: Incident, at: datetime) -> Briefing:
        """Return what insiders knew of `record` at `at`."""
        if self._private is None:
            return briefing(record, None, None)
        return briefing(record, self._private.known(at).incidents.get(record.id), self._private.roster)

    def approved(self, record: Incident) -> datetime | None:
        """Return when a notice of a breach of data was approved, if there is one to send."""
        return None if self._private is None else breach_approved(self._private.incidents.get(record.id))

    def concerned(self, record: Incident) -> frozenset[tuple[str, str]] | None:
        """Return channel and key of everybody at the customers whose data were breached; None where none is named."""
        known = None if self._private is None else self._private.incidents.get(record.id)
        if self._private is None or known is None or known.personal_data is None or not known.personal_data.customers:
            return None
        customers = [each for id in known.personal_data.customers if (each := self._private.customers.get(id))]
        people = [person for customer in customers for person in customer.contacts]
        mails = {("email", key_of("email", person.email)) for person in people if person.email}
        phones = {("sms", "+" + "".join(filter(str.isdigit, person.phone))) for person in people if person.phone}
        hooks = {(channel, self._key(channel, url)) for each in customers for url in each.webhooks for channel in HOOKS}
        return frozenset(mails | phones | hooks)

    def _key(self, channel: str, url: str) -> str:
        try:
            return normal(channel, url, self._trusted)[1]
        except Unusable:
            return url  # The list of subscribers refuses it as well: it is nobody's there.


def recent(run: Run, writer: Writer, insight: Insight, since: datetime) -> Iterator[tuple[Incident, Event]]:
    """Yield what is told of open incidents, and what was told of any since `since`; by record, oldest first.

    What the clock brings to a maintenance that comes back every week is told of the last days alone.
    """
    for story in run.index.lately(int(since.timestamp())):
        record = run.record(story.id)
        for event in writer.events(record, approved=insight.approved(record)):
            if not event.silent and (event.at >= since or (story.open and event.kind not in _BY_CLOCK)):
                yield record, event
