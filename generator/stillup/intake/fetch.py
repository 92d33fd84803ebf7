"""Documents of another host, asked for politely: paced, with patience for a busy host, and only from that host."""

import time
from collections.abc import Callable

import httpx

from stillup.deadline import Deadline
from stillup.errors import StillupError
from stillup.intake.redirect import Elsewhere, inside
from stillup.internet import parts_of

_MOST = 64 * 1024 * 1024
_TRIES = 6
_LONGEST = 120.0
"""Seconds, whatever a host asks to wait."""

_WHOLE = 300.0
"""Seconds for one answer, however it drips in: 64 MB at 2 Mbit/s."""
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})


class Fetcher:
    """Asks one host."""

    def __init__(
        self,
        client: httpx.Client,
        *,
        pause: float = 0.5,
        say: Callable[[str], None] = lambda _: None,
        sleep: Callable[[float], None] = time.sleep,
        whole: float = _WHOLE,
    ) -> None:
        """Use `client`, which owns timeouts; wait `pause` seconds between requests; `say` is told of waiting.

        One answer takes at most `whole` seconds.
        """
        self._client, self._pause, self._say, self._sleep = client, pause, say, sleep
        self._asked, self._whole = False, whole

    def get(self, url: str) -> bytes | None:
        """Return what is at `url`; None where nothing is.

        Raises:
            StillupError: the address may not be asked, leads to another host, or does not answer after several tries.
        """
        checked(url)
        for number in range(_TRIES):
            if self._asked:
                self._sleep(self._pause)
            self._asked = True
            said, wait = self._once(url)
            if wait is None:
                return said
            if number < _TRIES - 1:
                wait = min(wait or 2.0**number * max(self._pause, 0.01), _LONGEST)
                self._say(f"{url}: busy, waiting {wait:.0f} s")
                self._sleep(wait)
        raise StillupError(f"{url} does not answer after {_TRIES} tries. Run the same command again later: it goes on.")

    def _once(self, url: str) -> tuple[bytes | None, float | None]:
        """Return the answer, and how long to wait before asking again: 0 for as long as usual, None for not at all."""
        address, deadline = url, Deadline()
        # A connection of its own for each, so that it can be cut.
        headers, more = {"connection": "close"}, deadline.extensions
        for _ in range(5):
            try:
                with (
                    deadline.within(self._whole),
                    self._client.stream(
                        "GET", address, follow_redirects=False, headers=headers, extensions=more
                    ) as reply,
                ):
                    if reply.is_redirect:
                        address = inside(url, address, reply.headers.get("location", ""))
                        continue
                    if reply.status_code in _BUSY:
                        return None, _patience(reply.headers.get("retry-after", ""))
                    if reply.status_code in (404, 410):
                        return None, None
                    if not reply.is_success:
                        raise StillupError(f"{url} answers {reply.status_code}.")
                    body = _whole(url, reply)
                    if not deadline.over:
                        return body, None
                self._say(f"{url}: the answer does not end")
                return None, 0.0
            except Elsewhere as error:
                raise StillupError(f"{url} {error}") from None
            except httpx.InvalidURL:
                raise StillupError(f"{url} leads to what is no address.") from None
            except (httpx.TransportError, httpx.DecodingError) as error:
                self._say(f"{url}: {'the answer does not end' if deadline.over else type(error).__name__}")
                return None, 0.0
        raise StillupError(f"{url} redirects again and again.")


def checked(url: str) -> None:
    """Refuse an address that is not https, unless it is on this machine.

    Raises:
        StillupError: the address may not be asked.
    """
    parts = parts_of(url)
    if parts is None:
        raise StillupError(f"{url} is no web address. Write https:// and the host of the status page.")
    if parts.username or parts.password:
        raise StillupError(f"{parts.hostname}: Leave name and password out of the address.")
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme == "http" and parts.hostname in _LOOPBACK:
        return
    raise StillupError(f"{url} is not an https address. Write https:// and the host of the status page.")


def _patience(written: str) -> float:
    return float(written[:12]) if written.isascii() and written.isdigit() else 0.0


def _whole(url: str, reply: httpx.Response) -> bytes:
    parts, size = [], 0
    for part in reply.iter_bytes():
        size += len(part)
        if size > _MOST:
            raise StillupError(f"{url} has more than {_MOST // 1024 // 1024} MB.")
        parts.append(part)
    return b"".join(parts)
