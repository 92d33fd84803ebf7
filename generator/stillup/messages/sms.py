"""A letter as a text message: what is wrong with what, as much of the rest as two segments hold, and the address."""

from stillup.messages.gsm import plain, segments
from stillup.messages.letter import Letter
from stillup.messages.limit import cut
from stillup.messages.wording import Wording, one_line, variables

CHANNEL = "sms"
MOST_SEGMENTS = 2
LEAST = 20
"""Characters below which the beginning of a text says nothing, or the opposite: `لا...` is `No...`."""

LONGEST = 1600
"""Characters that Twilio takes."""


def sms(letter: Letter, wording: Wording, audience: str, more: dict[str, object]) -> str:
    """Return the text. State, services and address are whole however long; the rest gives way to them."""
    seen = variables(letter, audience, html=False) | more
    head, rest = wording.short(letter.kind, audience, CHANNEL, seen)
    end = [letter.page] if letter.page else []
    if letter.kind == "incident_opened":
        end.append(letter.words.say("short.stop"))
    head, rest, tail = plain(head), plain(rest), plain(one_line(" ".join(end)))

    def whole(middle: str) -> str:
        return " ".join(part for part in (head, middle, tail) if part)

    most = max(MOST_SEGMENTS, segments(whole("")))
    middle = cut(rest, most, lambda text: segments(whole(text)), "...")
    if middle != rest and len(middle) < LEAST:
        middle = ""
    text = whole(middle)
    if len(text) <= LONGEST:
        return text
    return f"{cut(head, LONGEST - len(tail) - 1, len, '...')} {tail}".strip()
