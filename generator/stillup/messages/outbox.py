"""Every message as a file, and one page on which a responder sees what customers will receive."""

from datetime import UTC
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import lru_cache
from itertools import groupby
from json import dumps, loads

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from stillup.artifact import Artifact
from stillup.catalogue import words
from stillup.frozen import dataclass
from stillup.messages.gsm import segments
from stillup.messages.message import Message
from stillup.messages.reading import readable
from stillup.messages.social import LONGEST, weight

INTERNAL = "internal"
"""The folder of messages that are not for customers."""

_SUFFIX = {
    "email": ".eml",
    "webhook": ".json",
    "sms": ".sms.txt",
    "social": ".social.txt",
    "slack": ".slack.json",
    "teams": ".teams.json",
    "discord": ".discord.json",
}
_FORMS = {
    "email": "Mail",
    "webhook": "Webhook",
    "sms": "Text message",
    "social": "Post",
    "slack": "Slack",
    "teams": "Teams",
    "discord": "Discord",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One message as a page shows it that is looked at before anything leaves."""

    message: Message
    place: str
    text: str
    html: str
    """Empty where the channel has no HTML."""

    size: str = ""
    """How much of its channel's room it takes."""

    @property
    def form(self) -> str:
        """What the channel is called."""
        return _FORMS.get(self.message.channel, self.message.channel)

    @property
    def time(self) -> str:
        """When the update was published, in UTC."""
        return words("en").moment(self.message.at.astimezone(UTC))

    @property
    def heading(self) -> str:
        """The subject, the text itself where it is short, or what a machine reads it by."""
        if self.message.media_type == "text/plain":
            return " ".join(self.text.split())
        return self.message.subject or self.message.kind.replace("_", ".", 1)

    @property
    def is_read(self) -> bool:
        """Whether the text is what people read, and not what a machine receives."""
        return self.message.channel != "webhook"


def outbox(messages: tuple[Message, ...], *, internal: bool = False) -> tuple[Artifact, ...]:
    """Return the outbox: `<incident>/<update>/<audience>.eml`, `.txt`, `.json` and so on, and `index.html`.

    Paths are relative to the outbox itself. The page needs no other file, no script and no network.
    """
    sheets = [sheet_of(message) for message in messages]
    artifacts = [Artifact(path="index.html", body=_index(sheets, internal=internal).encode(), media_type="text/html")]
    for sheet in sheets:
        artifacts.append(Artifact(path=sheet.place, body=sheet.message.body, media_type=sheet.message.media_type))
        if sheet.message.channel == "email":
            text = sheet.place.removesuffix(".eml") + ".txt"
            artifacts.append(Artifact(path=text, body=sheet.text.encode(), media_type="text/plain"))
    return tuple(artifacts)


def sheet_of(message: Message) -> Sheet:
    """Return what people see of `message`."""
    update = message.key.rsplit("/", 2)[0]
    place = f"{update}/{message.audience}{_SUFFIX.get(message.channel, f'.{message.channel}')}"
    if message.media_type == "message/rfc822":
        mail = message_from_bytes(message.body, policy=default)
        return Sheet(message=message, place=place, text=_content(mail, "plain"), html=_content(mail, "html"))
    text = message.body.decode()
    if message.media_type == "text/plain":
        return Sheet(message=message, place=place, text=text, html="", size=_size(message.channel, text))
    document = loads(text)
    text = readable(message.channel, document) or dumps(document, ensure_ascii=False, indent=2)
    size = f"{len(message.body):,} bytes"
    return Sheet(message=message, place=place, text=text, html="", size=size)


def _size(channel: str, text: str) -> str:
    if channel == "sms":
        count = segments(text)
        return f"{len(text)} characters, {count} segment{'' if count == 1 else 's'}"
    return f"{weight(text)} of {LONGEST}"


def _content(mail: EmailMessage, form: str) -> str:
    part = mail.get_body((form,))
    return str(part.get_content()).replace("\r\n", "\n") if part else ""


def _index(sheets: list[Sheet], *, internal: bool) -> str:
    """Return the page: incidents by their newest message, newest first, and so the updates within each."""
    by_update: dict[str, list[Sheet]] = {}
    for sheet in sheets:
        by_update.setdefault(sheet.message.key.rsplit("/", 2)[0], []).append(sheet)
    updates = sorted(by_update.values(), key=lambda group: group[0].message.at, reverse=True)
    incidents: dict[str, list[list[Sheet]]] = {}
    for group in updates:
        incidents.setdefault(group[0].message.key.partition("/")[0], []).append(group)
    order = list(_FORMS.values())
    forms = sorted(
        (sheet.form for sheet in sheets), key=lambda form: order.index(form) if form in order else len(order)
    )
    counts = {form: len(list(group)) for form, group in groupby(forms)}
    return _template().render(incidents=incidents, counts=counts, total=len(sheets), internal=internal)


@lru_cache(maxsize=1)
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("stillup.messages", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("outbox.html.j2")
