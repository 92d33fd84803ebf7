"""One record told for one edition: its course, its view, and the small views that lists and feeds keep of it."""

from datetime import datetime

from stillup.frozen import dataclass
from stillup.records.incident import Incident
from stillup.records.story import FOREVER, Story
from stillup.timeline import keeping as courses
from stillup.timeline.course import Course, course
from stillup.timeline.due import next_due
from stillup.timeline.promise import promise
from stillup.timeline.publication import published
from stillup.views import keeping as views
from stillup.views.calendar import Booking, booking
from stillup.views.document import IncidentDocument
from stillup.views.edition import Edition
from stillup.views.entry import entries
from stillup.views.headline import headline
from stillup.views.incident import IncidentView
from stillup.views.incident_document import document
from stillup.views.listing import Entry, Headline
from stillup.views.story import incident


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A record at the edition's instant; only `record` is there when nothing of it is public yet."""

    edition: Edition
    record: Incident
    course: Course | None = None
    view: IncidentView | None = None
    headline: Headline | None = None

    def entries(self) -> tuple[Entry, ...]:
        """Return its feed entries, newest first."""
        return () if self.view is None else entries(self.edition, self.view)

    def document(self) -> IncidentDocument:
        """Return what the API says of it; only of a story that is public."""
        assert self.course is not None and self.view is not None
        return document(self.edition, self.record, self.course, self.view)

    def booking(self) -> Booking | None:
        """Return what the calendar says of it; only of a story that is public."""
        assert self.course is not None and self.view is not None
        return booking(self.edition, self.record, self.course, self.view)

    def story(self, path: str, digest: str, warnings: str, codes: str) -> Story:
        """Return what the index keeps of it."""
        at = int(self.edition.at.timestamp())
        if self.course is None or self.headline is None:
            return Story(
                id=self.record.id,
                digest=digest,
                at=at,
                settled=False,
                last=at,
                open=False,
                first=0,
                final=0,
                due=_seconds(next_due([self.record], [], self.edition.at)),
                resolved=0,
                path=path,
                kind=self.record.kind.value,
                worst="",
                headline="",
                course="",
                warnings=warnings,
                codes=codes,
                reference=self.record.reference,
            )
        last = _last(self.record, self.course)
        spans = [self.course.started] + [claim.start for claim in self.course.claims]
        return Story(
            id=self.record.id,
            digest=digest,
            at=at,
            settled=self.course.settled,
            last=int(last.timestamp()),
            open=self.course.open,
            first=int(min(spans).timestamp()),
            final=FOREVER if self.course.open else int(_final(self.course).timestamp()),
            due=0 if self.course.settled else _seconds(next_due([self.record], [self.course], self.edition.at)),
            days=tuple(day.isoformat() for day in self.headline.days),
            components=self.headline.component_ids,
            resolved=_seconds(self.course.closed),
            path=path,
            kind=self.record.kind.value,
            worst=self.headline.worst,
            headline=views.to_text(self.headline),
            course=courses.to_text(self.course),
            warnings=warnings,
            codes=codes,
            reference=self.record.reference,
        )


def tell(edition: Edition, record: Incident) -> Told:
    """Work out `record` for `edition`."""
    public = published(record, edition.at)
    if public is None:
        return Told(edition=edition, record=record)
    went = course(record, edition.at)  # the whole record: while a draft waits, nothing is settled
    view = incident(edition, public, went, promise(public, edition.at))
    return Told(edition=edition, record=record, course=went, view=view, headline=headline(edition, view, went))


def _seconds(instant: datetime | None) -> int:
    return 0 if instant is None else int(instant.timestamp())


def _last(record: Incident, went: Course) -> datetime:
    """The newest instant at which the record says something happened: from there on a settled story stands."""
    instants = [update.at for update in record.updates]
    instants += [update.edited_at for update in record.updates if update.edited_at]
    instants += [update.withdrawn.at for update in record.updates if update.withdrawn]
    instants += [update.redacted.at for update in record.updates if update.redacted]
    instants += [record.redacted.at] if record.redacted else []
    instants += [instant for instant in (went.ended, went.closed) if instant]
    instants += [record.postmortem.at] if record.postmortem else []
    instants += [record.postmortem.redacted.at] if record.postmortem and record.postmortem.redacted else []
    return max(instants)


def _final(went: Course) -> datetime:
    ends = [claim.end for claim in went.claims if claim.end]
    ends += [instant for instant in (went.ended, went.closed) if instant]
    return max(ends, default=went.started)
