"""From one letter to the messages that tell it: once for everybody who reads the same words, then to each of them."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol

from stillup.catalogue import Catalogue
from stillup.frozen import dataclass
from stillup.messages.chat import Note, note
from stillup.messages.discord import discord
from stillup.messages.letter import Letter, letter
from stillup.messages.mail import Mail
from stillup.messages.message import Message
from stillup.messages.recipient import Recipient, Sender, sample_recipients, sender_of
from stillup.messages.slack import slack
from stillup.messages.sms import sms
from stillup.messages.social import social
from stillup.messages.teams import teams
from stillup.messages.template import INSIDE
from stillup.messages.ticket import HELP_DESK, ticket
from stillup.messages.webhook import Envelope, webhook
from stillup.messages.wording import Wording, one_line, variables
from stillup.views.incident import IncidentView, UpdateView
from stillup.views.masthead import Masthead

CHANNELS = ("email", "sms", "webhook", "slack", "teams", "discord", "social")
"""Every form there is; any other channel gets the mail's text."""

_CHAT: Mapping[str, Callable[[Note], dict[str, object]]] = {"slack": slack, "teams": teams, "discord": discord}
_SHORT = {"sms": sms, "social": social}


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Everybody who gets the same words about an event."""

    channel: str
    audience: str = "customers"
    language: str = ""
    timezone: str = ""
    envelope: str = ""
    """Of webhooks: one of `Envelope`; empty: Standard Webhooks."""


def slice_of(recipient: Recipient) -> Slice:
    """Return the slice that `recipient` is in."""
    return Slice(
        channel=recipient.channel,
        audience=recipient.audience,
        language=recipient.language,
        timezone=recipient.timezone,
        envelope=recipient.envelope,
    )


class Composed(Protocol):
    """A message that is ready to be addressed."""

    def to(self, recipient: Recipient) -> Message:
        """Return it for `recipient`."""


class Alike:
    """A message whose bytes are the same for everybody."""

    def __init__(self, letter: Letter, part: Slice, body: bytes, media_type: str, subject: str = "") -> None:
        """Hold `body`."""
        self._key = f"{letter.update.key}/{part.channel}/{part.audience}"
        self._letter, self._part, self._body, self._media_type = letter, part, body, media_type
        self._about, self._subject = one_line(letter.incident.title), subject

    def to(self, recipient: Recipient) -> Message:
        """Return it for `recipient`."""
        return Message(
            key=self._key,
            kind=self._letter.kind,
            channel=self._part.channel,
            audience=self._part.audience,
            to=recipient.address,
            subject=self._subject,
            body=self._body,
            media_type=self._media_type,
            at=self._letter.update.at,
            about=self._about,
            secret=recipient.secret,
        )


def compose(
    letter: Letter,
    wording: Wording,
    part: Slice,
    *,
    sender: Sender | None = None,
    line: str = "",
    internal: Mapping[str, object] | None = None,
) -> Composed:
    """Return what everybody in `part` gets; `letter` is in their language and zone.

    `line` is the commander's number, which only enterprise customers are given. `internal` are the facts that only
    `stillup.messages.internal` has.

    Raises:
        ValueError: an audience that is told internal facts, and none were given.
    """
    if part.audience in INSIDE and internal is None:
        raise ValueError(f"a message for {part.audience} is made by stillup.messages.internal")
    more: dict[str, object] = dict(internal or {}) if part.audience in INSIDE else {}
    if line and part.audience == "enterprise":
        more["line"] = one_line(line)
    if part.channel == "email":
        return Mail(letter, wording, sender or sender_of(letter.masthead), part.audience, more)
    if part.channel == "webhook" and part.audience == HELP_DESK and not part.envelope:
        known = variables(letter, HELP_DESK, html=False)
        answer = wording.text(letter.kind, HELP_DESK, known, disaster=letter.disaster)
        return Alike(letter, part, _json(ticket(letter, answer)), "application/json")
    if part.channel == "webhook":
        document, media_type = webhook(letter, Envelope(part.envelope or Envelope.STANDARD))
        return Alike(letter, part, _json(document), media_type)
    if part.channel in _SHORT:
        text = _SHORT[part.channel](letter, wording, part.audience, more)
        return Alike(letter, part, text.encode(), "text/plain")
    if part.channel in _CHAT:
        said = note(letter, wording, part.audience, part.channel, more)
        return Alike(letter, part, _json(_CHAT[part.channel](said)), "application/json", said.title)
    seen = variables(letter, part.audience, html=False) | more
    whole = wording.chat(letter.kind, part.audience, part.channel, seen, disaster=letter.disaster)
    return Alike(letter, part, whole.text.partition("\n-- \n")[0].encode(), "text/plain", whole.subject)


def addressed(recipients: Iterable[Recipient], composed: Callable[[Slice], Composed]) -> Iterator[Message]:
    """Return one message for each recipient, in their order; `composed` is asked once for each slice."""
    known: dict[Slice, Composed] = {}
    for recipient in recipients:
        part = slice_of(recipient)
        if part not in known:
            known[part] = composed(part)
        yield known[part].to(recipient)


def messages(
    masthead: Masthead,
    words: Catalogue,
    wording: Wording,
    incident: IncidentView,
    update: UpdateView,
    *,
    all_operational: bool,
    sender: Sender | None = None,
    recipients: tuple[Recipient, ...] = (),
    application: str = "",
) -> tuple[Message, ...]:
    """Return one message a recipient that tells `update`; none where nobody is to be told.

    `all_operational` is whether, when the update was published, every component of the page worked and no other
    incident was open: a resolution says so only then. Without `recipients`, made-up subscribers at `application` stand
    for them; see `sample_recipients`.
    """
    if not update.notify or update.withdrawn is not None:
        return ()
    letters: dict[str, Letter] = {}

    def composed(part: Slice) -> Composed:
        if part.timezone not in letters:
            letters[part.timezone] = letter(
                masthead, words, incident, update, zone=part.timezone, all_operational=all_operational
            )
        return compose(letters[part.timezone], wording, part, sender=sender)

    return tuple(addressed(recipients or sample_recipients(application), composed))


def _json(document: dict[str, object]) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
