"""One event in words, for each of those who are told of it: the same bytes whenever and wherever it is made."""

from collections.abc import Sequence
from dataclasses import replace

from stillup import catalogue
from stillup.messages.compose import Composed, Slice, addressed
from stillup.messages.event import Event
from stillup.messages.message import Message
from stillup.messages.recipient import Recipient
from stillup.pipeline.building.run import Run
from stillup.pipeline.sending.writer import Insight, Writer
from stillup.records.incident import Incident
from stillup.subscribers.subscription import concerning


def compose(
    run: Run, insight: Insight, record: Incident, event: Event, recipients: Sequence[Recipient], *, first: bool
) -> list[Message]:
    """Return the message about `event` of `record` for each of `recipients`.

    `first`: they hear of the incident for the first time, so that an update is worded as an opening.
    """
    writer = Writer(run)
    known = insight.briefing(record, event.at)

    def composed(part: Slice) -> Composed:
        return writer.composed(record, event, part, briefing=known, first=first)

    readers = list(map(spoken, recipients))
    return [_signed(message, to) for message, to in zip(addressed(readers, composed), readers, strict=True)]


def summarise(
    run: Run, event: Event, parts: Sequence[tuple[Incident, Event]], recipients: Sequence[Recipient]
) -> list[Message]:
    """Return the digest `event` of `parts` for each of `recipients`: of what they would have been told one by one."""
    writer, made = Writer(run), []
    for to in map(spoken, recipients):
        wanted = {part.key for part in concerning((part for _, part in parts), to)}
        # Nobody is sent a digest without news; where the list has changed since the plan, all of it is.
        own = [(record, part) for record, part in parts if part.key in wanted] or parts
        (message,) = addressed([to], lambda part, own=own: writer.summary(event, own, part))  # type: ignore[misc]
        made.append(_signed(message, to))
    return made


def spoken(recipient: Recipient) -> Recipient:
    """Return `recipient` in the page's language, where theirs is one that messages do not speak."""
    try:
        catalogue.words(recipient.language or "en")
    except catalogue.UnknownWords:
        return replace(recipient, language="")
    return recipient


def _signed(message: Message, to: Recipient) -> Message:
    return replace(message, secret=to.secret) if to.secret and not message.secret else message
