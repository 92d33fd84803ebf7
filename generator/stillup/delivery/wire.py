"""One HTTP request and what came of it, however slow, long or broken the other side is.

Nothing here raises for what a network may do, and no word of it holds an address: those of webhooks are secrets.
"""

import logging
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

import stillup
from stillup.deadline import Deadline
from stillup.delivery.receipt import Outcome, Receipt

# Both write whole URLs and headers into the log, and webhooks keep their secret in the URL.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)

ANSWER = 65_536
"""So many bytes of an answer are read."""

_OTHER_NAME = 62
"""OpenSSL's X509_V_ERR_HOSTNAME_MISMATCH."""

LONGEST = timedelta(days=1)
"""A wish to wait longer than this is cut: nothing that is told of an outage is worth more."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long we wait, in seconds."""

    connect: float = 10.0
    silence: float = 15.0
    """Between two bytes."""

    whole: float = 30.0
    """For everything after the connection stands, whatever drips in."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; `body` holds at most `ANSWER` bytes of it."""

    status: int
    headers: httpx.Headers
    body: bytes = field(repr=False)

    @property
    def text(self) -> str:
        """The body as text, whatever it is."""
        return self.body.decode("utf-8", errors="replace")

    def json(self) -> Any:
        """Return the body's document; None where it is none."""
        import json

        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


def trust(environment: Mapping[str, str]) -> ssl.SSLContext:
    """Return what certificates are believed: the system's, and `SSL_CERT_FILE` alone where it is set."""
    own = environment.get("SSL_CERT_FILE")
    context = ssl.create_default_context(cafile=own or None)
    if not own:
        import certifi

        context.load_verify_locations(certifi.where())  # a bare container has none of its own
    return context


def agent() -> str:
    """Return what we call ourselves."""
    return f"Stillup/{stillup.__version__}"


def post(
    client: httpx.Client,
    url: httpx.URL | str,
    *,
    content: bytes,
    headers: Mapping[str, str],
    patience: Patience,
    extensions: Mapping[str, object] | None = None,
    method: str = "POST",
) -> Reply | Receipt:
    """Return the answer to one request, or the receipt of there being none.

    What broke before a connection stood can be tried again; what broke later may have been taken.
    """
    timeout = httpx.Timeout(patience.silence, connect=patience.connect, pool=patience.connect)
    deadline = Deadline()
    # What is read is the beginning of the answer as it stands on the wire: packed, no word of it would be understood.
    headers = {"accept-encoding": "identity", **headers}
    more: dict[str, Any] = {**(extensions or {}), **deadline.extensions}
    try:
        with (
            deadline.within(patience.whole),
            client.stream(method, url, content=content, headers=headers, timeout=timeout, extensions=more) as reply,
        ):
            deadline.know(reply.extensions["network_stream"])
            return Reply(reply.status_code, reply.headers, _bounded(reply))
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as error:
        return Receipt(outcome=Outcome.LATER, reason=_unconnected(error))
    except (httpx.TimeoutException, httpx.TransportError, httpx.DecodingError):
        return Receipt(outcome=Outcome.UNKNOWN, reason="The connection broke before an answer came.")


def get(client: httpx.Client, url: str, *, headers: Mapping[str, str], patience: Patience) -> Reply | Receipt:
    """Return the answer to a question that changes nothing, or the receipt of there being none."""
    return post(client, url, content=b"", headers=headers, patience=patience, method="GET")


def _bounded(reply: httpx.Response) -> bytes:
    """Return the beginning of the body; a body that breaks off says no less than its status did."""
    body = b""
    try:
        for part in reply.iter_raw(8192):
            body += part
            if len(body) >= ANSWER:
                break
    except httpx.TransportError:
        pass  # the status has come, and it is the answer
    return body[:ANSWER]


def _unconnected(error: httpx.TransportError) -> str:
    if isinstance(error, httpx.ConnectTimeout):
        return "No connection came about in time."
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = cause.__cause__ or cause.__context__
    if isinstance(cause, ssl.SSLCertVerificationError):
        # Its own words name the host there, which is part of a secret.
        other = cause.verify_code == _OTHER_NAME
        return f"The certificate is not valid: {'it is for another name' if other else cause.verify_message}."
    return "No connection came about." if cause is None else "No connection came about: TLS failed."


def pause(written: str | None, at: datetime) -> timedelta | None:
    """Return how long a `Retry-After` asks to wait, counted from `at`; None where it says nothing of use."""
    text = (written or "").strip()
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            until = parsedate_to_datetime(text)
        except (ValueError, OverflowError):
            return None
        if until.tzinfo is None:
            return None
        return min(max(until - at, timedelta(0)), LONGEST)
    if not 0 <= seconds < float("inf"):
        return None
    return min(timedelta(seconds=min(seconds, LONGEST.total_seconds())), LONGEST)


def judged(reply: Reply, at: datetime) -> Receipt:
    """Return what a status means where the other side has no words of its own."""
    status, wait = reply.status, pause(reply.headers.get("retry-after"), at)
    said = f"HTTP {status}"
    if 200 <= status < 300:
        return Receipt(outcome=Outcome.ACCEPTED)
    if status >= 500 or status in {408, 425, 429}:
        return Receipt(outcome=Outcome.LATER, reason=said, retry_after=wait)
    if 300 <= status < 400:
        return Receipt(outcome=Outcome.REFUSED, reason=f"{said}: redirects are not followed.")
    return Receipt(outcome=Outcome.REFUSED, reason=said, gone=status == 410)


def is_astray(reply: Reply) -> bool:
    """Whether an answer is not of the API that was asked, but of whoever stands at its address or before it.

    It says nothing of the recipient: everybody would be refused the same, and for good.
    """
    return 300 <= reply.status < 400 or reply.status in {404, 405, 407, 410}
