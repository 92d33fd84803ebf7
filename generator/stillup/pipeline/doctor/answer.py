"""One answer of a host that may be anybody's: not longer than a page can be, and whole within a minute."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from stillup.deadline import Deadline

if TYPE_CHECKING:
    import httpx

LONGEST = 64 << 20
"""Bytes of the largest file that a build makes, many times over."""

SLOWEST = 60.0
"""Seconds in which an answer must have come whole."""


class Answer(NamedTuple):
    """What a host said."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def ask(client: "httpx.Client", url: str, headers: Mapping[str, str] | None = None) -> Answer:
    """Return what is served at `url`.

    Raises:
        httpx.HTTPError: nothing is, or it does not end.
    """
    import httpx

    body, deadline = bytearray(), Deadline()
    try:
        with (
            deadline.within(SLOWEST),
            client.stream("GET", url, headers=headers, extensions=deadline.extensions) as reply,
        ):
            deadline.know(reply.extensions["network_stream"])
            for part in reply.iter_bytes():
                body += part
                if len(body) > LONGEST:
                    raise httpx.ReadError("The answer does not end.")
    except httpx.InvalidURL as error:
        raise httpx.UnsupportedProtocol(str(error)) from None
    if deadline.over:
        raise httpx.ReadTimeout("The answer does not end.")
    return Answer(reply.status_code, reply.headers, bytes(body))
