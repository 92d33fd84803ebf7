"""A letter as electronic mail: text and HTML in one message, the same bytes each time.

Headers and their reasons: RFC 5322, RFC 8058 (one-click unsubscribe), RFC 2919 (List-Id), RFC 3834 (no answers from
machines). The thread of an incident is a Message-ID that no mail has, so that nobody needs the first one to see it.
"""

from datetime import UTC
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
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

_UNBROKEN = frozenset({"list-unsubscribe", "message-id", "references", "in-reply-to"})


class _Headers(EmailPolicy):
    """The SMTP policy, except that addresses of things are never folded.

    Folding at 78 columns turns a long List-Unsubscribe into encoded words, which are no URI any more; a line of 998 for
    all headers would let encoded words grow past the 75 characters RFC 2047 allows. So each gets its own.
    """

    def fold_binary(self, name: str, value: str) -> bytes:
        """Return the header as it is written."""
        return (_LONG if name.lower() in _UNBROKEN else _SHORT).fold_binary(name, value)


_SHORT = SMTP
_LONG = SMTP.clone(max_line_length=998)
_POLICY = _Headers(linesep="\r\n")


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
    masthead = letter.masthead
    incident, _, update = letter.update.key.partition("/")
    thread = f"<{incident}@{sender.domain}>"
    own = ".".join(part for part in (update.replace("/", "."), incident, recipient.audience, recipient.id) if part)
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = Address(one_line(sender.name), addr_spec=sender.address)
    mail["To"] = recipient.address
    if masthead.support_email:
        mail["Reply-To"] = masthead.support_email
    mail["Subject"] = subject
    mail["Date"] = format_datetime(letter.update.at.astimezone(UTC))
    mail["Message-ID"] = f"<{own}@{sender.domain}>"
    mail["In-Reply-To"] = thread
    mail["References"] = thread
    mail["List-Id"] = str(Address(one_line(sender.name), addr_spec="x@x")).replace(
        "<x@x>", f"<{recipient.audience}.{sender.domain}>"
    )
    ways = [_ascii(recipient.unsubscribe)] if recipient.unsubscribe else []
    ways += [f"mailto:{masthead.support_email}?subject=unsubscribe"] if masthead.support_email else []
    if ways:
        mail["List-Unsubscribe"] = ", ".join(f"<{way}>" for way in ways)
    if recipient.unsubscribe:
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(text, cte="quoted-printable")
    mail.add_alternative(page, subtype="html", cte="quoted-printable")
    mail.set_boundary(f"=_{sha256(key.encode()).hexdigest()[:24]}")
    for part in mail.iter_parts():
        del part["MIME-Version"]
    return mail.as_bytes()


def _ascii(url: str) -> str:
    """Return `url` as a header can carry it: the host in its ASCII form, the rest escaped."""
    if url.isascii():
        return url
    parts = urlsplit(url)
    host = parts.netloc.encode("idna").decode("ascii")
    return parts._replace(netloc=host, path=quote(parts.path), query=quote(parts.query, safe="=&")).geturl()


def _inlined(page: str) -> str:
    """Return `page` with its styles at their elements, as mail programs need them; what must stay a sheet stays."""
    return _inliner().inline(page).replace(' data-css-inline="keep"', "")


@lru_cache(maxsize=1)
def _inliner() -> "CSSInliner":
    from css_inline import CSSInliner

    return CSSInliner(load_remote_stylesheets=False, keep_style_tags=False, remove_inlined_selectors=True)
