"""Whether an update's body says only what stands in its message already."""

from collections.abc import Iterable

from stillup.messages.letter import Letter

_LEADS = ("incident_opened", "incident_updated", "incident_resolved", "incident_reopened")
"""Kinds that begin with a sentence about services and time."""


def repeated(letter: Letter, facts: Iterable[str]) -> bool:
    """Whether the body is, or is part of, the first sentence of the plan's message, or one of `facts`."""
    first = ""
    if letter.kind in _LEADS:
        first = letter.words.say(f"mail.lead.{letter.stage}", services=letter.services, time=letter.time)
    own = _plain(letter.update.body.text)
    return any(own in _plain(each) for each in (first, *facts))


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold().rstrip(".")
