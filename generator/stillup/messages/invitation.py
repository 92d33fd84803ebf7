"""What somebody gets who wants to subscribe: a link to confirm with, or one to change what they have."""

import json
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from enum import StrEnum
from hashlib import sha256
from html import escape
from typing import Protocol

from stillup.messages.message import Message
from stillup.messages.recipient import Sender, Speaking, named

_JSON = "application/json"


class Invitation(StrEnum):
    """Why the message is sent."""

    CONFIRM = "confirm"
    KNOWN = "known"
    LINK = "link"
    TEST = "test"
    """To see whether a channel works: nothing has happened."""


class Words(Speaking, Protocol):
    """The fixed words of one language."""

    @property
    def language(self) -> str:
        """Its tag (BCP 47)."""

    @property
    def direction(self) -> str:
        """How it is written: `ltr` or `rtl`."""


def invitation(
    kind: Invitation,
    channel: str,
    to: str,
    link: str,
    *,
    words: Words,
    organisation: str,
    sender: Sender,
    at: datetime,
    code: str = "",
    secret: str = "",
) -> Message:
    """Return the message that brings `link` to an address; by SMS a `code` takes its place where there is one."""
    subject = words.say(f"signup.mail.{kind}", organisation=organisation)
    text = words.say(f"signup.mail.{kind}_text", organisation=organisation)
    ignore = words.say("signup.mail.ignore") if kind is Invitation.CONFIRM else ""
    if channel == "email":
        whom = named(sender, words, organisation)
        body, media_type = _mail(words, whom, to, subject, (text, link, ignore), at), "message/rfc822"
    elif channel == "sms":
        said = words.say("signup.mail.code", code=code, organisation=organisation) if code else f"{subject}: {link}"
        body, media_type = said.encode(), "text/plain"
    else:
        body, media_type = _dumped(_document(channel, kind, subject, text, link, ignore, at)), _JSON
    return Message(
        key=f"subscription/{kind}/{sha256(link.encode()).hexdigest()[:16]}",
        kind=f"subscription_{kind}",
        channel=channel,
        audience="customers",
        to=to,
        subject=subject,
        body=body,
        media_type=media_type,
        at=at,
        secret=secret,
    )


def _mail(words: Words, sender: Sender, to: str, subject: str, parts: tuple[str, str, str], at: datetime) -> bytes:
    text, link, ignore = parts
    mail = EmailMessage(policy=SMTP)
    mark = sha256(f"{to}\0{link}\0{at}".encode()).hexdigest()[:24]
    mail["From"] = formataddr((sender.name, sender.address))
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = format_datetime(at.astimezone(UTC))
    mail["Message-ID"] = f"<{mark}@{sender.domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    lines = "\n\n".join(part for part in parts if part)
    mail.set_content(lines + "\n", cte="quoted-printable")
    page = (
        f'<!doctype html><html lang="{words.language}" dir="{words.direction}"><title>{escape(subject)}</title>'
        '<meta name="color-scheme" content="light dark"><div style="font:16px/1.5 sans-serif;max-width:34em">'
        f'<p>{escape(text)}</p><p><a href="{escape(link)}">{escape(subject)}</a></p><p>{escape(ignore)}</p></div>'
    )
    mail.add_alternative(page, subtype="html", cte="quoted-printable")
    mail.set_boundary(f"=_{mark}")
    mail["Content-Language"] = words.language  # last, else it would be that of the first part
    return mail.as_bytes(policy=SMTP.clone(max_line_length=998))


def _document(channel: str, kind: Invitation, subject: str, text: str, link: str, ignore: str, at: datetime) -> object:
    lines = [part for part in (subject, f"{text} {link}", ignore) if part]
    if channel == "slack":
        return {"text": escape("\n".join(lines), quote=False)}
    if channel == "discord":
        return {"content": "\n".join(lines), "allowed_mentions": {"parse": []}}
    if channel == "teams":
        blocks = [{"type": "TextBlock", "text": line, "wrap": True} for line in (subject, text, ignore) if line]
        card = {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "type": "AdaptiveCard",
            "version": "1.4",
            "body": blocks,
            "actions": [{"type": "Action.OpenUrl", "title": subject, "url": link}],
        }
        kind_of_card = "application/vnd.microsoft.card.adaptive"
        return {"type": "message", "attachments": [{"contentType": kind_of_card, "content": card}]}
    time = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"type": f"subscription.{kind}", "timestamp": time, "data": {"url": link, "text": text}}


def _dumped(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()
