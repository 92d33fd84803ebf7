"""Mail through a mail server.

A mail counts as taken when the server has answered the end of its data. If the connection breaks between the last byte
and that answer nobody can know, and nothing is sent again from here: the ledger decides that.
"""

import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Mapping
from datetime import datetime

from stillup.delivery.receipt import Outcome, Policy, Receipt
from stillup.delivery.sender import sender_address
from stillup.delivery.wire import trust
from stillup.errors import StillupError
from stillup.messages.message import Message
from stillup.records.outlet import EmailOutlet
from stillup.records.settings import Settings
from stillup.vocabulary import Security

PASSWORD = "STILLUP_SMTP_PASSWORD"

_ADDRESS = re.compile(r"""[^\s@<>"(),:;\\]+@[^\s@<>"(),:;\\]+""").fullmatch
_STATUS = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b").search
_GONE = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
"""Refusals of RFC 3463 and 7505 that will stand: no such mailbox, no such domain, moved, takes no mail, disabled."""

_BROKEN = (smtplib.SMTPServerDisconnected, OSError)
"""What a connection does when it ends; time-outs and TLS errors are OSErrors."""


class _Rest(Exception):
    """The channel cannot work until somebody mends it, or for a while."""

    def __init__(self, receipt: Receipt) -> None:
        super().__init__(receipt.reason)
        self.receipt = receipt


class Smtp:
    """Sends mails, many through one connection."""

    name = "email"

    def __init__(
        self,
        outlet: EmailOutlet,
        *,
        sender: str,
        password: str = "",
        context: ssl.SSLContext | None = None,
        patience: float = 30.0,
    ) -> None:
        """Send from the address `sender`; `patience` is how many seconds we wait for an answer."""
        self._outlet, self._sender, self._password = outlet, sender, password
        self._context = context or ssl.create_default_context()
        self._patience = patience
        self._idle: list[smtplib.SMTP] = []
        self._lock = threading.Lock()
        self.policy = Policy(repeat_unknown=True, rate=outlet.rate, parallel=4)

    def send(self, message: Message, *, key: str, at: datetime) -> Receipt:
        """Hand over one mail; a second connection is tried only where the first one ended before the mail began."""
        if not _ADDRESS(message.to) or not message.to.isascii():
            return Receipt(outcome=Outcome.REFUSED, reason="The address cannot be used in mail.")
        try:
            connection = self._begun()
            receipt, usable = self._recipient(connection, message)
            if receipt is None:
                receipt, usable = self._data(connection, message)
        except _Rest as rest:
            return rest.receipt
        if usable:
            with self._lock:
                self._idle.append(connection)
        else:
            _end(connection)
        return receipt

    def probe(self) -> Receipt:
        """Connect, protect the way, log in, name the sender and take that back (RSET): no mail is begun."""
        try:
            connection = self._begun()
        except _Rest as rest:
            return rest.receipt
        try:
            code, said = connection.rset()
            layer = getattr(connection.sock, "version", lambda: None)()
            connection.quit()
        except (*_BROKEN, smtplib.SMTPException):
            return _later("The connection broke before the mail began.")
        finally:
            _end(connection)
        if code != 250:
            return _later(_said(code, said))
        seen = [
            str(layer) if layer else "without TLS",
            *([f"login as {self._outlet.user}"] if self._outlet.user else []),
        ]
        return Receipt(outcome=Outcome.ACCEPTED, reference=", ".join([*seen, f"sender {self._sender}"]))

    def close(self) -> None:
        """Take leave of the server."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            try:
                connection.quit()
            except (*_BROKEN, smtplib.SMTPException):
                _end(connection)

    def _begun(self) -> smtplib.SMTP:
        """Return a connection on which a mail has begun: one that is open, where it still is, else a new one."""
        while True:
            with self._lock:
                connection = self._idle.pop() if self._idle else None
            if connection is None:
                break
            try:
                code, _ = connection.mail(self._sender)
            except (*_BROKEN, smtplib.SMTPException):
                code = -1
            if code == 250:
                return connection
            _end(connection)  # it ran out while nobody used it; a new one says what is wrong, if anything is
        connection = self._connected()
        try:
            code, said = connection.mail(self._sender)
        except (*_BROKEN, smtplib.SMTPException):
            _end(connection)
            raise _Rest(_later("The connection broke before the mail began.")) from None
        if code != 250:
            _end(connection)
            raise _Rest(_later(f"The sender is not accepted: {_said(code, said)}", halt=code >= 500))
        return connection

    def _connected(self) -> smtplib.SMTP:
        """Return a new connection, protected and logged in as the settings want it."""
        outlet = self._outlet
        port = outlet.port or {Security.SSL: 465}.get(outlet.security, 587 if outlet.user else 25)
        domain = self._sender.rpartition("@")[2]  # nobody outside needs the name of this machine
        connection: smtplib.SMTP | None = None
        try:
            if outlet.security is Security.SSL:
                connection = smtplib.SMTP_SSL(outlet.host, port, domain, timeout=self._patience, context=self._context)
            else:
                connection = smtplib.SMTP(outlet.host, port, domain, timeout=self._patience)
            if outlet.security is Security.STARTTLS:
                connection.ehlo()
                if not connection.has_extn("starttls"):
                    fix = "Set security: ssl, or none where the server is this machine."
                    raise _Rest(_later(f"The server offers no STARTTLS. {fix}", halt=True))
                connection.starttls(context=self._context)
            connection.ehlo_or_helo_if_needed()
            if outlet.user:
                connection.login(outlet.user, self._password)
        except ssl.SSLCertVerificationError as error:
            _end(connection)
            raise _Rest(_later(f"The server's certificate is not valid: {error.verify_message}.", halt=True)) from None
        except smtplib.SMTPAuthenticationError as error:
            _end(connection)
            reason = f"The login is not accepted: {_said(error.smtp_code, error.smtp_error)} Look at {PASSWORD}."
            raise _Rest(_later(reason, halt=error.smtp_code >= 500)) from None
        except smtplib.SMTPNotSupportedError:
            _end(connection)
            raise _Rest(_later("The server takes no login in a way that we know. Leave out user.", halt=True)) from None
        except smtplib.SMTPResponseException as error:
            _end(connection)
            raise _Rest(_later(_said(error.smtp_code, error.smtp_error))) from None
        except (*_BROKEN, smtplib.SMTPException) as error:
            _end(connection)
            raise _Rest(_later(_unreached(error))) from None
        except _Rest:
            _end(connection)
            raise
        return connection

    def _recipient(self, connection: smtplib.SMTP, message: Message) -> tuple[Receipt | None, bool]:
        """Name the recipient; return a receipt where that was the end, and whether the connection is of use."""
        try:
            code, said = connection.rcpt(message.to)
            if 200 <= code < 300:  # 252 is "cannot be sure, and will try": the mail is still to be given
                return None, True
            receipt = _answer(code, said)
            return receipt, code != 421 and connection.rset()[0] == 250
        except (*_BROKEN, smtplib.SMTPException):
            return _later("The connection broke before the mail began."), False

    def _data(self, connection: smtplib.SMTP, message: Message) -> tuple[Receipt, bool]:
        """Send the mail itself, once."""
        try:
            code, said = connection.docmd("DATA")
        except (*_BROKEN, smtplib.SMTPException):
            return _later("The connection broke before the mail began."), False
        if 200 <= code < 300:  # it takes for done what has not begun
            return _later("The server's answer makes no sense."), False
        if code != 354:
            return _answer(code, said), False
        try:
            connection.send(_dotted(message.body))
            code, said = connection.getreply()
        except (*_BROKEN, smtplib.SMTPException):
            reason = "The connection broke while the server had the mail and had not answered."
            return Receipt(outcome=Outcome.UNKNOWN, reason=reason), False
        if code == -1:  # what came was no answer at all
            return Receipt(outcome=Outcome.UNKNOWN, reason="The server's answer makes no sense."), False
        return _answer(code, said), code not in {421, -1}


def _dotted(body: bytes) -> bytes:
    """Return the data as RFC 5321 wants it: dots at the beginning of lines doubled, one alone at the end."""
    lines = re.sub(rb"(?m)^\.", b"..", body)
    return (lines if lines.endswith(b"\r\n") else lines + b"\r\n") + b".\r\n"


def _answer(code: int, said: bytes) -> Receipt:
    if 200 <= code < 300:
        return Receipt(outcome=Outcome.ACCEPTED)
    if 500 <= code < 600:
        # Only where the server says so in its own status: a bare 550 may as well mean that we are not trusted today.
        return Receipt(outcome=Outcome.REFUSED, reason=_said(code, said), gone=_status(said) in _GONE)
    return _later(_said(code, said))


def _later(reason: str, *, halt: bool = False) -> Receipt:
    return Receipt(outcome=Outcome.LATER, reason=reason, halt=halt)


def _said(code: int, said: bytes | str) -> str:
    """Return the codes of an answer. Its words may repeat the address, or the mail, and stay out of every log."""
    status = _status(said)
    return f"SMTP {code} {status}." if status else f"SMTP {code}."


def _status(said: bytes | str) -> str:
    """Return the enhanced status code of an answer, or nothing."""
    words = said if isinstance(said, str) else said.decode("ascii", errors="replace")
    found = _STATUS(words[:200])
    return found[0] if found else ""


def _unreached(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return "The server and we found no TLS together. Look at port and security."
    if isinstance(error, socket.gaierror):
        return "The name of the mail server is not known."
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return "The mail server did not answer in time."
    if isinstance(error, ConnectionRefusedError):
        return "Nobody listens at the mail server's port."
    return "The mail server ended the connection."


def _end(connection: smtplib.SMTP | None) -> None:
    if connection is not None:
        connection.close()


def open_channel(settings: Settings, environment: Mapping[str, str]) -> Smtp:
    """Return the channel as the settings have it.

    Raises:
        StillupError: there is a user and no password.
    """
    outlet = settings.channels.email or EmailOutlet()
    password = environment.get(PASSWORD, "")
    if outlet.user and not password:
        raise StillupError(f"{PASSWORD} is not set, and channels: email: logs in. Set it, or leave out user.")
    return Smtp(outlet, sender=sender_address(settings), password=password, context=trust(environment))
