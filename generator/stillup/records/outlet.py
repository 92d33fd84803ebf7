"""The settings of channels: through what each kind of message leaves. No secret has a field here.

Passwords and keys come from fixed environment variables, which `stillup.delivery.outlet` names.
"""

from datetime import timedelta
from typing import Annotated

from stillup.frozen import dataclass
from stillup.records import moment
from stillup.records.field import Address, Flag, Line
from stillup.records.mark import Bounded, Parsed, Strict
from stillup.records.refusal import Unusable, shown
from stillup.vocabulary import MailWay, Security, TextWay


def mailbox(written: object) -> str:
    """Return an address, or a name and an address in angle brackets."""
    from email.utils import parseaddr

    if isinstance(written, str) and "\n" not in written:
        _, address = parseaddr(written)
        local, _, domain = address.rpartition("@")
        if local and "." in domain and address.isascii() and not set(address) & set(" <>,;:\"'()"):
            return written.strip()
    raise Unusable(f"{shown(written)} is not a sender.", 'Write it as "Advancia status <status@example.com>".')


def telephone(written: object) -> str:
    """Return a number in E.164, or the letters and digits of a sender's name."""
    if isinstance(written, int):
        raise Unusable(f"{written} is read as a number.", f'Quote it: "+{written}".')
    if isinstance(written, str):
        digits = written[1:]
        if written.startswith("+") and digits.isdigit() and digits.isascii() and 7 <= len(digits) <= 15:
            return written
        if 1 <= len(written) <= 11 and written.isascii() and written.replace(" ", "").isalnum():
            return written
    raise Unusable(f"{shown(written)} is not a telephone number.", 'Write it as "+15551234567".')


def account(written: object) -> str:
    """Return the id of an account at Twilio."""
    if isinstance(written, str) and len(written) == 34 and written[:2] == "AC" and written.isalnum():
        return written
    raise Unusable(f"{shown(written)} is not an account of Twilio.", "Write its SID: AC and 32 letters and digits.")


def service(written: object) -> str:
    """Return the id of a messaging service at Twilio."""
    if isinstance(written, str) and len(written) == 34 and written[:2] == "MG" and written.isalnum():
        return written
    raise Unusable(f"{shown(written)} is not a messaging service.", "Write its SID: MG and 32 letters and digits.")


def host_name(written: object) -> str:
    """Return the name or address of a host, without scheme and port."""
    if isinstance(written, str) and written.strip() and not set(written) & set("/@ \t\n?#"):
        return written.strip().rstrip(".").lower()
    raise Unusable(f"{shown(written)} is not the name of a host.", "Write it as mail.example.com, without a scheme.")


Host = Annotated[str, Parsed(host_name, {"type": "string", "pattern": r"^[^/@\s?#]+$"})]
Mailbox = Annotated[str, Parsed(mailbox, {"type": "string"})]
Telephone = Annotated[str, Parsed(telephone, {"type": "string"})]
Account = Annotated[str, Parsed(account, {"type": "string", "pattern": "^AC[0-9A-Za-z]{32}$"})]
Service = Annotated[str, Parsed(service, {"type": "string", "pattern": "^MG[0-9A-Za-z]{32}$"})]
Port = Annotated[int, Bounded({"strict": True, "ge": 1, "le": 65535})]
Rate = Annotated[int, Bounded({"strict": True, "ge": 1, "le": 10_000})]
Short = Annotated[timedelta, Parsed(moment.duration, {"type": "string", "examples": ["30m", "1h"]})]


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailOutlet(Strict):
    """How mail leaves."""

    via: MailWay = MailWay.SMTP
    """Through a mail server, through Resend, or into a folder."""

    host: Host = "localhost"
    """The mail server."""

    port: Port | None = None
    """Its port; 25, 587 with a user, 465 with `security: ssl`."""

    security: Security = Security.STARTTLS
    """How the way to it is kept from others."""

    unprotected: Flag = False
    """Allows `security: none` to a host that is not this machine: everybody on the way can read and change mails."""

    user: Line = ""
    """Who logs in; the password is `STILLUP_SMTP_PASSWORD`."""

    sender: Mailbox = ""
    """Whom mails come from; `status@` and the page's host where empty."""

    api: Address = "https://api.resend.com"
    """Where Resend's API is; the key is `STILLUP_RESEND_KEY`."""

    folder: Line = "outbox/sent"
    """The folder of `via: outbox`, from the root."""

    rate: Rate = 10
    """How many a second at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsOutlet(Strict):
    """How text messages leave."""

    via: TextWay = TextWay.TWILIO
    """Through Twilio, or into a folder."""

    account: Account | None = None
    """The account at Twilio; its token is `STILLUP_TWILIO_TOKEN`."""

    sender: Telephone | None = None
    """The number that messages come from."""

    service: Service | None = None
    """A messaging service that chooses the number, in place of `from`."""

    valid_for: Short | None = None
    """How long a carrier may hold a message back before it is of no use, at most 10 hours."""

    api: Address = "https://api.twilio.com"
    """Where Twilio's API is."""

    folder: Line = "outbox/sent"
    """The folder of `via: outbox`, from the root."""

    rate: Rate = 1
    """How many a second at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebOutlet(Strict):
    """How signed requests to the addresses of subscribers leave."""

    rate: Rate = 10
    """How many a second at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatOutlet(Strict):
    """How messages to rooms leave; the addresses of rooms are those of subscribers."""

    rate: Rate = 1
    """How many a second at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSettings(Strict):
    """The channels that messages leave through; one that is not here sends nothing."""

    email: EmailOutlet | None = None
    """Mail."""

    sms: SmsOutlet | None = None
    """Text messages."""

    webhook: WebOutlet | None = None
    """Requests that are signed after Standard Webhooks."""

    slack: ChatOutlet | None = None
    """Incoming webhooks of Slack, and of what takes the same."""

    teams: ChatOutlet | None = None
    """Workflows of Microsoft Teams."""

    discord: ChatOutlet | None = None
    """Webhooks of Discord."""

    apprise: ChatOutlet | None = None
    """Everything that Apprise can reach; it is installed by `pip install stillup[apprise]`."""

    def names(self) -> tuple[str, ...]:
        """Return the names of the channels that are set."""
        return tuple(name for name in self.__dataclass_fields__ if getattr(self, name) is not None)
