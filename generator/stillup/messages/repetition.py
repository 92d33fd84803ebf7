"""Whether an update's body says only what stands in its message already."""

from collections.abc import Iterable, Iterator

from stillup.messages.letter import Letter

_LEADS = ("incident_opened", "incident_updated", "incident_resolved", "incident_reopened")
"""Kinds that begin with a sentence about services and time."""


def repeated(letter: Letter, facts: Iterable[str]) -> bool:
    """Whether the body is, or is part of, the first sentence of the plan's message, or one of `facts`.

    The sentence that commands offer for a status says the same as the first one, in some languages in other words.
    """
    own = _plain(letter.update.body.text)
    return any(own in _plain(each) for each in (*facts, *_sentences(letter)))


def _sentences(letter: Letter) -> Iterator[str]:
    if letter.kind not in _LEADS:
        return
    yield letter.words.say(f"mail.lead.{letter.stage}", services=letter.services, time=letter.time)
    offered = f"draft.incident.{letter.update.status}"
    if letter.words.has(offered):
        yield letter.words.say(offered, services=letter.services)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold().rstrip(".。")
