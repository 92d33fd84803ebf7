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
from stillup.messages.message import Message

_SUFFIX = {"email": ".eml", "webhook": ".json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    """One message as the page shows it."""

    message: Message
    place: str
    text: str
    html: str
    """Empty where the channel has no HTML."""

    @property
    def time(self) -> str:
        """When the update was published, in UTC."""
        return words("en").moment(self.message.at.astimezone(UTC))

    @property
    def heading(self) -> str:
        """The subject, or what stands for it in a channel without subjects."""
        return self.message.subject or self.message.kind.replace("_", ".", 1)


def outbox(messages: tuple[Message, ...]) -> tuple[Artifact, ...]:
    """Return the outbox: `<incident>/<update>/<audience>.eml`, `.txt` and `.json`, and `index.html`.

    Paths are relative to the outbox itself. The page needs no other file, no script and no network.
    """
    sheets = [_sheet(message) for message in messages]
    artifacts = [Artifact(path="index.html", body=_index(sheets).encode(), media_type="text/html")]
    for sheet in sheets:
        artifacts.append(Artifact(path=sheet.place, body=sheet.message.body, media_type=sheet.message.media_type))
        if sheet.message.channel == "email":
            text = sheet.place.removesuffix(".eml") + ".txt"
            artifacts.append(Artifact(path=text, body=sheet.text.encode(), media_type="text/plain"))
    return tuple(artifacts)


def _sheet(message: Message) -> _Sheet:
    update = message.key.rsplit("/", 2)[0]
    place = f"{update}/{message.audience}{_SUFFIX.get(message.channel, f'.{message.channel}')}"
    if message.media_type == "message/rfc822":
        mail = message_from_bytes(message.body, policy=default)
        return _Sheet(message=message, place=place, text=_content(mail, "plain"), html=_content(mail, "html"))
    text_of = message.body.decode()
    if message.media_type == "application/json":
        text_of = dumps(loads(text_of), ensure_ascii=False, indent=2)
    return _Sheet(message=message, place=place, text=text_of, html="")


def _content(mail: EmailMessage, form: str) -> str:
    part = mail.get_body((form,))
    return str(part.get_content()).replace("\r\n", "\n") if part else ""


def _index(sheets: list[_Sheet]) -> str:
    """Return the page: incidents by their newest message, newest first, and so the updates within each."""
    by_update: dict[str, list[_Sheet]] = {}
    for sheet in sheets:
        by_update.setdefault(sheet.message.key.rsplit("/", 2)[0], []).append(sheet)
    updates = sorted(by_update.values(), key=lambda group: group[0].message.at, reverse=True)
    incidents: dict[str, list[list[_Sheet]]] = {}
    for group in updates:
        incidents.setdefault(group[0].message.key.partition("/")[0], []).append(group)
    counts = {
        channel: len(list(group)) for channel, group in groupby(sorted(sheet.message.channel for sheet in sheets))
    }
    return _template().render(incidents=incidents, counts=counts, total=len(sheets))


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
