"""What a change makes the page tell people: each new event, whom it reaches and how it will read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from stillup import catalogue
from stillup.messages.compose import addressed
from stillup.messages.event import Event
from stillup.messages.outbox import sheet_of
from stillup.messages.recipient import Recipient, sample_insiders, sample_recipients
from stillup.messages.template import INSIDE
from stillup.pipeline.building.run import Run
from stillup.pipeline.preview.reach import Crowd
from stillup.pipeline.preview.shape import Notice, Proof, Reach
from stillup.pipeline.reading.telling import events_of
from stillup.pipeline.sending.told import outliving
from stillup.pipeline.sending.writer import Insight, Writer
from stillup.records.incident import Incident
from stillup.views.code import origin

_SERIES = timedelta(days=14)
"""For so long ahead the windows of a series are looked at."""

_AHEAD = timedelta(days=370)
"""For so long ahead anything is."""

MOST = 40
"""Events whose messages are shown; the rest are listed."""


def told(run: Run, insight: Insight, record: Incident | None) -> dict[str, Event]:
    """Return everything that is told of `record` and will be as far as it is written, by lasting key, oldest first."""
    if record is None:
        return {}
    edition = replace(run.edition, at=_until(record, run.edition.at))
    own = events_of(edition, record, approved=insight.approved(record))
    return {named.key: event for event, named in zip(own, outliving(own, record), strict=True)}


def _until(record: Incident, at: datetime) -> datetime:
    """Return up to when `record` says what happens."""
    ends = [at, *(update.at for update in record.updates)]
    for window in (record.scheduled, *(update.scheduled for update in record.updates)):
        if window is not None:
            ends.append(window.end)
    if record.scheduled is not None and record.scheduled.recurrence:
        ends.append(at + _SERIES)
    return min(max(ends), at + _AHEAD)


class Telling:
    """Makes the notices of a run."""

    def __init__(self, run: Run, insight: Insight, crowd: Crowd | None, *, inside: bool) -> None:
        """Show messages of `run`; with `inside` also those that hold internal facts, where they are here."""
        self._run, self._insight, self._crowd = run, insight, crowd
        self._writer = Writer(run)
        self._inside = inside and insight.present
        self._shown = 0
        settings = run.edition.settings
        self.channels = tuple(settings.channels.names())
        spoken = [each for each in settings.languages if each in catalogue.LANGUAGES]
        self._languages = tuple(spoken[1:])

    def notices(self, record: Incident, before: Mapping[str, Event], after: Mapping[str, Event]) -> Iterator[Notice]:
        """Yield a notice for each event of `record` that is told `after` the change and was not `before`, oldest first.

        One that only ceased to be silent is told too.
        """
        at, settings = self._run.edition.at, self._run.edition.settings
        new = [key for key, event in after.items() if key not in before or (before[key].silent and not event.silent)]
        reached: Mapping[str, tuple[tuple[Reach, ...], Mapping[str, int]]] = {}
        if self._crowd is not None:
            story = [replace(event, key=key, incident=key.partition("/")[0]) for key, event in after.items()]
            people = self._insight.concerned(record)
            self._crowd.limit({origin(record): people} if people is not None else {})
            reached = self._crowd.reaches(story, self.channels, new, at)
        for key in new:
            event = after[key]
            reaches, skipped = reached.get(key, (None, {}))
            long = settings.lateness.resolution if event.closing else settings.lateness.update
            proofs: tuple[Proof, ...] = ()
            if not event.silent and self._shown < MOST:
                self._shown += 1
                proofs = tuple(self._proofs(record, event, reaches or ()))
            yield Notice(
                event=event,
                silent=event.silent,
                later=event.at > at,
                late=at - event.at > long,
                reaches=reaches,
                skipped=skipped,
                proofs=proofs,
            )

    def _proofs(self, record: Incident, event: Event, reaches: Sequence[Reach]) -> Iterator[Proof]:
        known = self._insight.briefing(record, event.at)
        for recipient in self._readers(event, reaches):
            inside = recipient.audience in INSIDE
            composed = partial(self._writer.composed, record, event, briefing=known if inside else None)
            (message,) = addressed([recipient], composed)
            raw = message.body.decode() if message.media_type == "application/json" else ""
            language = recipient.language or self._run.edition.settings.languages[0]
            yield Proof(sheet=sheet_of(message), language=language, body=raw, inside=inside)

    def _readers(self, event: Event, reaches: Sequence[Reach]) -> Iterator[Recipient]:
        """Yield a made-up reader for each way in which `event` is told: those that are set, and those on the lists."""
        application = self._run.edition.settings.sampled
        samples = [*sample_recipients(application), *sample_insiders(application)]
        if self.channels:
            samples = [each for each in samples if each.channel in self.channels]
        there = {(each.channel, each.audience) for each in samples}
        listed = [(each.channel, each.audience) for each in reaches] + [(name, "customers") for name in self.channels]
        for channel, audience in dict.fromkeys(listed):
            if (channel, audience) not in there:
                samples.append(Recipient(channel=channel, audience=audience, address=f"{audience}@example.com"))
        for each in samples:
            if event.audiences and each.audience not in event.audiences:
                continue
            if each.audience in INSIDE and not self._inside:
                continue
            more = {
                reach.language for reach in reaches if (reach.channel, reach.audience) == (each.channel, each.audience)
            }
            speaks = [language for language in sorted(more) if language in catalogue.LANGUAGES]
            own = self._run.edition.settings.languages[0]
            for language in dict.fromkeys(["", *self._languages, *speaks]):
                if language != own:
                    yield replace(each, language=language)
