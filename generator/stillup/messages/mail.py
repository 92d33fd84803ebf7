"""A letter as electronic mail: text and HTML in one message, the same bytes each time.

Headers and their reasons: RFC 5322, RFC 8058 (one-click unsubscribe), RFC 2919 (List-Id), RFC 3282 (which languages
it is in), RFC 3834 (no answers from machines). The thread of an incident is a Message-ID that no mail has, so that
nobody needs the first one to see it.
A mail is rendered once for everybody who gets the same words; what is personal is filled in as bytes.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC
from email.header import Header
from email.utils import format_datetime, formataddr
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from stillup.messages.letter import Letter
from stillup.messages.message import Message
from stillup.messages.recipient import Recipient, Sender, named
from stillup.messages.stencil import gap, part
from stillup.messages.wording import Wording, one_line, variables

if TYPE_CHECKING:
    from css_inline import CSSInliner

CHANNEL = "email"

_PUNCTUATION = re.compile(r"[^\w\s-]")
_LINE_BREAK = re.compile("[\r\n]")
_Pieces = list[bytes]
_Slot = tuple[int, str, Callable[[str], bytes]]


class Mail:
    """One mail, ready to be addressed to any number of people."""

    def __init__(
        self,
        letter: Letter,
        wording: Wording,
        sender: Sender,
        audience: str,
        more: Mapping[str, object],
    ) -> None:
        """Render nothing yet: what is rendered depends on whether people can leave the list by a link."""
        self._letter, self._wording, self._audience = letter, wording, audience
        self._sender = named(sender, letter.words, letter.masthead.organisation)
        self._more = more
        self._key = f"{letter.update.key}/{CHANNEL}/{audience}"
        self._about = one_line(letter.incident.title)
        self._sheets: dict[tuple[bool, bool], tuple[str, _Pieces, list[_Slot]]] = {}

    def to(self, recipient: Recipient) -> Message:
        """Return the mail for `recipient`.

        Raises:
            ValueError: an address that would begin another header.
        """
        kind = (recipient.unsubscribe != "", recipient.manage != "")
        sheet = self._sheets.get(kind)
        if sheet is None:
            sheet = self._sheets[kind] = self._sheet(*kind)
        subject, pieces, slots = sheet
        filled = pieces.copy()
        for place, name, write in slots:
            filled[place] = write(getattr(recipient, name))
        return Message(
            key=self._key,
            kind=self._letter.kind,
            channel=CHANNEL,
            audience=self._audience,
            to=recipient.address,
            subject=subject,
            body=b"".join(filled),
            media_type="message/rfc822",
            at=self._letter.update.at,
            about=self._about,
        )

    def _sheet(self, unsubscribe: bool, manage: bool) -> tuple[str, _Pieces, list[_Slot]]:
        links = {
            "unsubscribe": gap("unsubscribe") if unsubscribe else "",
            "manage": gap("manage") if manage else "",
        }
        letter, audience = self._letter, self._audience
        own = dict(self._more)
        seen = variables(letter, audience, html=False, **links) | own
        said = self._wording.text(letter.kind, audience, seen, disaster=letter.disaster)
        page = self._wording.html(
            said, variables(letter, audience, html=True, **links) | own | {"subject": said.subject}
        )
        boundary = f"=_{sha256(self._key.encode()).hexdigest()[:24]}"
        slotted: list[bytes | tuple[str, Callable[[str], bytes]]] = []
        for name, value in self._headers(said.subject, unsubscribe=unsubscribe):
            slotted.append(f"{name}: ".encode("ascii"))
            slotted += value if isinstance(value, list) else [value.encode("ascii")]
            slotted.append(b"\r\n")
        slotted.append(b"MIME-Version: 1.0\r\n")
        slotted.append(f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n'.encode())
        for subtype, text in (("plain", said.text), ("html", _inlined(page))):
            slotted.append(_PART.format(boundary=boundary, subtype=subtype).encode())
            slotted += part(text, html=subtype == "html")
        slotted.append(f"\r\n--{boundary}--\r\n".encode())
        return said.subject, *_joined(slotted)

    def _headers(
        self, subject: str, *, unsubscribe: bool
    ) -> Iterator[tuple[str, "str | list[bytes | tuple[str, Callable[[str], bytes]]]"]]:
        """Return the headers as they are written, with gaps where they are personal.

        By hand, because the standard library folds a long List-Unsubscribe into encoded words, which are no URI any
        more, and does so differently from version to version. Only what is text for people is folded here.
        """
        letter, sender, audience = self._letter, self._sender, self._audience
        support = letter.masthead.support_email
        incident, _, update = letter.update.key.partition("/")
        thread = f"<{incident}@{sender.domain}>"
        own = f"<{update.replace('/', '.')}.{incident}.{audience}"
        yield "From", _mailbox("From", one_line(sender.name), sender.address)
        yield "To", [("address", _address)]
        if support:
            yield "Reply-To", _plain(support)
        yield "Subject", _text("Subject", subject)
        yield "Content-Language", ", ".join(letter.languages)
        yield "Date", format_datetime(letter.update.at.astimezone(UTC))
        yield "Message-ID", [_plain(own).encode(), ("id", _dotted), f"@{_plain(sender.domain)}>".encode()]
        yield "In-Reply-To", _plain(thread)
        yield "References", _plain(thread)
        yield "List-Id", _mailbox("List-Id", _phrase(sender.name), f"{audience}.{sender.domain}")
        way = f"<mailto:{_plain(support)}?subject=unsubscribe>".encode() if support else b""
        if unsubscribe:
            yield "List-Unsubscribe", [b"<", ("unsubscribe", _link), b">", b", " + way if way else b""]
            yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"
        elif support:
            yield "List-Unsubscribe", way.decode()
        yield "Auto-Submitted", "auto-generated"
        yield "X-Auto-Response-Suppress", "All"


_PART = (
    '\r\n--{boundary}\r\nContent-Type: text/{subtype}; charset="utf-8"\r\n'
    "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
)
"""Quoted-printable, so that no hop on the way has a reason to change a byte."""


def _joined(slotted: list[bytes | tuple[str, Callable[[str], bytes]]]) -> tuple[_Pieces, list[_Slot]]:
    """Return the pieces with neighbours joined, and where among them what is personal stands."""
    pieces: _Pieces = []
    slots: list[_Slot] = []
    for each in slotted:
        if isinstance(each, tuple):
            slots.append((len(pieces), *each))
            pieces.append(b"")
        elif pieces and not (slots and slots[-1][0] == len(pieces) - 1):
            pieces[-1] += each
        else:
            pieces.append(each)
    return pieces, slots


def _address(value: str) -> bytes:
    return _plain(value).encode("ascii")


def _dotted(value: str) -> bytes:
    return f".{_plain(value)}".encode("ascii") if value else b""


def _link(value: str) -> bytes:
    return _plain(_ascii(value)).encode("ascii")


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
