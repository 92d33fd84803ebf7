"""One event in words, for each of those who are told of it: the same bytes whenever and wherever it is made."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from email.utils import parseaddr

from stillup import catalogue
from stillup.messages.compose import Composed, Slice, addressed
from stillup.messages.event import Event
from stillup.messages.internal import briefed
from stillup.messages.message import Message
from stillup.messages.occasion import letter_of
from stillup.messages.recipient import Recipient, Sender
from stillup.messages.wording import Wording
from stillup.pipeline.run import Run
from stillup.pipeline.telling import as_of
from stillup.records.incident import Incident
from stillup.timeline import keeping
from stillup.timeline.overall import is_counted
from stillup.timeline.state import now
from stillup.views.briefing import Briefing
from stillup.views.telling import Telling
from stillup.vocabulary import ComponentStatus, Kind

_OPENED = "incident_opened"


def compose(run: Run, event: Event, recipients: Sequence[Recipient], *, first: bool = False) -> list[Message]:
    """Return the message about `event` for each of `recipients`.

    `first`: they hear of the incident for the first time, so that an update is worded as an opening.
    """
    edition, record = run.edition, run.record(event.incident)
    wording, whom = Wording(run.root / "messages"), sender(run)
    works = all_operational(run, record, event.at)
    begins = first and event.kind in ("incident_updated", "incident_reopened")
    said = replace(event, kind=_OPENED, opening=True) if begins else event

    def composed(part: Slice) -> Composed:
        language = part.language if part.language in catalogue.LANGUAGES else ""
        words = catalogue.words(language) if language else edition.words
        told = as_of(edition, record, event, language=language, zone=part.timezone)
        letter = letter_of(
            edition.masthead,
            words,
            _begun(told, event.key) if begins else told,
            said,
            zone=part.timezone,
            all_operational=works,
        )
        return briefed(letter, Briefing(severity=record.severity), wording, part, sender=whom)

    secrets = {recipient.address: recipient.secret for recipient in recipients if recipient.secret}
    return [
        replace(message, secret=secrets[message.to]) if message.to in secrets else message
        for message in addressed(recipients, composed)
    ]


def _begun(told: Telling, key: str) -> Telling:
    """Return the story as it is told to those to whom it begins with the update `key`."""
    updates = tuple(replace(each, opening=each.key == key) for each in told.view.updates)
    return replace(told, view=replace(told.view, updates=updates))


def sender(run: Run) -> Sender | None:
    """Return whom mail comes from, as the settings say; None where they say nothing."""
    mail = run.edition.settings.channels.email
    if mail is None or not mail.sender:
        return None
    name, address = parseaddr(mail.sender)
    return Sender(name=name or f"{run.edition.masthead.organisation} Status", address=address)


def all_operational(run: Run, record: Incident, at: datetime) -> bool:
    """Whether every component works at `at` and no incident but `record` is open."""
    second = int(at.timestamp())
    courses = [keeping.from_text(story.course) for story in run.index.touching(second, second)]
    others = [c for c in courses if c.id != record.id and c.kind is Kind.INCIDENT and c.started <= at]
    if any(other.closed is None or other.closed > at for other in others):
        return False
    today = at.astimezone(run.edition.zone).date()
    counted = [component for component in run.edition.components.components if is_counted(component, today)]
    return all(now(component, courses, at).status is ComponentStatus.OPERATIONAL for component in counted)
