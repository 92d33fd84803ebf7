"""A letter as electronic mail: text and HTML in one message, the same bytes each time.

Headers and their reasons: RFC 5322, RFC 8058 (one-click unsubscribe), RFC 2919 (List-Id), RFC 3834 (no answers from
machines). The thread of an incident is a Message-ID that no mail has, so that nobody needs the first one to see it.
"""

import re
from binascii import b2a_qp
from collections.abc import Iterator
from datetime import UTC
from email.header import Header
from email.utils import format_datetime, formataddr
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from stillup.messages.letter import Letter
from stillup.messages.message import Message
from stillup.messages.recipient import Recipient, Sender
from stillup.messages.wording import Wording, one_line, variables

if TYPE_CHECKING:
    from css_inline import CSSInliner

CHANNEL = "email"

_PUNCTUATION = re.compile(r"[^\w\s-]")
_LINE_BREAK = re.compile("[\r\n]")


def mail(letter: Letter, wording: Wording, sender: Sender, recipient: Recipient) -> Message:
    """Return the mail that tells `recipient` of the letter."""
    key = f"{letter.update.key}/{CHANNEL}/{recipient.audience}"
    subject, text = wording.text(letter.kind, variables(letter, recipient, html=False))
    page = wording.html(letter.kind, variables(letter, recipient, html=True) | {"subject": subject})
    return Message(
        key=key,
        kind=letter.kind,
        channel=CHANNEL,
        audience=recipient.audience,
        to=recipient.address,
        subject=subject,
        body=_written(letter, sender, recipient, key, subject, text, _inlined(page)),
        media_type="message/rfc822",
        at=letter.update.at,
        about=one_line(letter.incident.title),
    )


def _written(
    letter: Letter, sender: Sender, recipient: Recipient, key: str, subject: str, text: str, page: str
) -> bytes:
    boundary = f"=_{sha256(key.encode()).hexdigest()[:24]}"
    head = [f"{name}: {value}\r\n" for name, value in _headers(letter, sender, recipient, subject)]
    head += ["MIME-Version: 1.0\r\n", f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n']
    parts = [_part(boundary, "plain", text), _part(boundary, "html", page)]
    return "".join(head).encode("ascii") + b"".join(parts) + f"\r\n--{boundary}--\r\n".encode()


def _headers(letter: Letter, sender: Sender, recipient: Recipient, subject: str) -> Iterator[tuple[str, str]]:
    """Return the headers as they are written.

    By hand, because the standard library folds a long List-Unsubscribe into encoded words, which are no URI any more,
    and does so differently from version to version. Only what is text for people is folded here.
    """
    support = letter.masthead.support_email
    incident, _, update = letter.update.key.partition("/")
    thread = f"<{incident}@{sender.domain}>"
    own = ".".join(part for part in (update.replace("/", "."), incident, recipient.audience, recipient.id) if part)
    yield "From", _mailbox("From", one_line(sender.name), sender.address)
    yield "To", _plain(recipient.address)
    if support:
        yield "Reply-To", _plain(support)
    yield "Subject", _text("Subject", subject)
    yield "Date", format_datetime(letter.update.at.astimezone(UTC))
    yield "Message-ID", _plain(f"<{own}@{sender.domain}>")
    yield "In-Reply-To", _plain(thread)
    yield "References", _plain(thread)
    yield "List-Id", _mailbox("List-Id", _phrase(sender.name), f"{recipient.audience}.{sender.domain}")
    ways = [_ascii(recipient.unsubscribe)] if recipient.unsubscribe else []
    ways += [f"mailto:{support}?subject=unsubscribe"] if support else []
    if ways:
        yield "List-Unsubscribe", _plain(", ".join(f"<{way}>" for way in ways))
    if recipient.unsubscribe:
        yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"
    yield "Auto-Submitted", "auto-generated"
    yield "X-Auto-Response-Suppress", "All"


def _plain(value: str) -> str:
    """Return `value`, which must be an address and not the beginning of another header."""
    if not value.isascii() or _LINE_BREAK.search(value):
        raise ValueError(f"{value!r} cannot stand in the header of a mail")
    return value


def _text(name: str, value: str) -> str:
    """Return words for people, as encoded words (RFC 2047) where ASCII does not do, folded at 76 columns."""
    charset = "us-ascii" if value.isascii() and "=?" not in value else "utf-8"
    return Header(value, charset, header_name=name, maxlinelen=76).encode(linesep="\r\n")


def _mailbox(name: str, phrase: str, address: str) -> str:
    """Return `phrase <address>`, the phrase quoted or encoded where it must be."""
    if phrase.isascii() and "=?" not in phrase:
        return formataddr((phrase, _plain(address)))
    written = _text(name, phrase)
    gap = " " if len(written.rpartition("\n")[2]) + len(name) + len(address) < 70 else "\r\n "
    return f"{written}{gap}<{_plain(address)}>"


def _part(boundary: str, subtype: str, text: str) -> bytes:
    """Return one part; quoted-printable, so that no hop on the way has a reason to change a byte."""
    head = f'\r\n--{boundary}\r\nContent-Type: text/{subtype}; charset="utf-8"\r\n'
    body = b2a_qp(text.encode("utf-8"), istext=True).replace(b"\n", b"\r\n")
    return head.encode() + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + body


def _phrase(name: str) -> str:
    """Return `name` without punctuation: then it needs no quotes, which an encoded word may not stand in."""
    return " ".join(_PUNCTUATION.sub(" ", name).split())


def _ascii(url: str) -> str:
    """Return `url` as a header can carry it: the host in its ASCII form, the rest escaped."""
    if url.isascii():
        return url
    parts = urlsplit(url)
    host = parts.netloc.encode("idna").decode("ascii")
    return parts._replace(netloc=host, path=quote(parts.path), query=quote(parts.query, safe="=&")).geturl()


def _inlined(page: str) -> str:
    """Return `page` with its styles at their elements, as mail programs need them; what must stay a sheet stays."""
    return _inliner().inline(page).replace(' data-css-inline="keep"', "").rstrip() + "\n"


@lru_cache(maxsize=1)
def _inliner() -> "CSSInliner":
    from css_inline import CSSInliner

    return CSSInliner(load_remote_stylesheets=False, keep_style_tags=False)
