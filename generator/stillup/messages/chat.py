"""A letter as chat programs show it: a title, paragraphs, rows, one button. Each program's file gives it its shape."""

from collections.abc import Mapping

from stillup.frozen import dataclass
from stillup.messages.block import Block, blocks
from stillup.messages.letter import Letter
from stillup.messages.wording import Wording, follow, one_line, unsigned, variables


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What a chat message says, as plain text: whoever shapes it escapes it."""

    title: str
    state: str
    """Key of the state: ok, degraded, partial, major, maint or none."""

    blocks: tuple[Block, ...]
    link: str
    """Address of the page, or empty."""

    button: str
    """What the link says."""

    context: str
    """Organisation and time, in small letters."""

    rest: str
    """What stands in the place of what did not fit."""

    at: str
    """When, as RFC 3339."""


def note(letter: Letter, wording: Wording, audience: str, channel: str, more: Mapping[str, object]) -> Note:
    """Return the letter for a chat channel."""
    seen = {**variables(letter, audience, html=False), **more}
    said = wording.chat(letter.kind, audience, channel, seen, disaster=letter.disaster)
    words = letter.words
    return Note(
        title=said.subject,
        state=letter.state.key,
        blocks=blocks(unsigned(said.text, seen)),
        link=letter.page,
        button=f"{words.say('mail.page')}: {words.say(follow(letter.kind))}",
        context=f"{one_line(letter.masthead.organisation)} · {letter.time}",
        rest=words.say("short.rest"),
        at=letter.update.at.isoformat(),
    )
