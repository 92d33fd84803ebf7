"""A supplier's status page of Statuspage's kind (API v2), asked once and read with suspicion.

What is not understood is a doubt with its reason, never a state: nothing here turns silence into green.
"""

from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from stillup.deadline import Deadline
from stillup.frozen import dataclass
from stillup.intake.redirect import Elsewhere, inside
from stillup.intake.speech import understood
from stillup.internet import NotPublic, check
from stillup.records.vendor import Doubt
from stillup.vocabulary import ComponentStatus

LARGEST = 4 * 1024 * 1024
PATIENCE = 10.0
"""Seconds until an answer begins, and between its parts."""

LONGEST = 20.0
"""Seconds for a whole answer."""

OLD = timedelta(hours=1)
"""An answer that some cache made longer ago tells of the past."""

_AT_ONCE = 8
_REDIRECTS = 3
_WHOLE = {
    "none": ComponentStatus.OPERATIONAL,
    "minor": ComponentStatus.DEGRADED_PERFORMANCE,
    "major": ComponentStatus.PARTIAL_OUTAGE,
    "critical": ComponentStatus.MAJOR_OUTAGE,
    "maintenance": ComponentStatus.UNDER_MAINTENANCE,
}


class Doubtful(ValueError):
    """A page tells nothing: why, and in words for the operator."""

    def __init__(self, reason: Doubt, message: str) -> None:
        super().__init__(message)
        self.reason, self.message = reason, message


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplier:
    """What one page says."""

    name: str
    whole: str
    """The word for all of it: none, minor, major, critical, maintenance."""

    parts: tuple[tuple[str, str, str], ...]
    """Id, name and state of each component, in its words."""

    tag: str = ""
    """ETag, for the next time."""

    changed: str = ""
    """Last-Modified, for the next time."""

    def state(self, component: str) -> ComponentStatus:
        """Return the state of the component of this name or id; the worst of several, of the whole page without one.

        Raises:
            Doubtful: there is none, or its state is a word that nobody here knows.
        """
        if not component:
            if self.whole not in _WHOLE:
                raise Doubtful(Doubt.STRANGE, f"{self.whole[:40]!r} is no state of a page.")
            return _WHOLE[self.whole]
        wanted = component.strip().casefold()
        said = [state for id, name, state in self.parts if component == id or name.strip().casefold() == wanted]
        if not said:
            raise Doubtful(Doubt.MISSING, f"It has no component {component!r}.")
        strange = [state for state in said if state not in list(ComponentStatus)]
        if strange:
            raise Doubtful(Doubt.STRANGE, f"{strange[0][:40]!r} is no state of a component.")
        return max((ComponentStatus(state) for state in said), key=lambda state: state.rank)

    def document(self) -> dict[str, object]:
        """Return it as it is kept for the next time."""
        return {
            "name": self.name,
            "whole": self.whole,
            "parts": [list(part) for part in self.parts],
            "tag": self.tag,
            "changed": self.changed,
        }


def kept(document: Any) -> Supplier | None:
    """Return what `Supplier.document` made; None where it is something else."""
    try:
        parts = tuple((str(id), str(name), str(state)) for id, name, state in document["parts"])
        name, whole, tag, changed = (str(document[key]) for key in ("name", "whole", "tag", "changed"))
    except (KeyError, TypeError, ValueError):
        return None
    return Supplier(name=name, whole=whole, parts=parts, tag=tag, changed=changed)


def ask_all(
    pages: Iterable[str],
    known: Mapping[str, Supplier],
    at: datetime,
    trusted: Collection[str] = (),
    longest: float = LONGEST,
) -> dict[str, Supplier | Doubtful]:
    """Return what each of `pages` says around `at`, each asked once, several at a time.

    `known` is what they said before: an unchanged page answers without a body. Hosts in `trusted` may be anywhere.
    `longest` is the seconds that one answer may take.
    """
    addresses = sorted(set(pages))
    with (
        httpx.Client(timeout=PATIENCE, headers={"accept": "application/json"}) as client,
        ThreadPoolExecutor(_AT_ONCE) as pool,
    ):
        answers = pool.map(lambda page: _asked(client, page, known.get(page), at, trusted, longest), addresses)
        return dict(zip(addresses, answers, strict=True))


def _asked(
    client: httpx.Client,
    page: str,
    known: Supplier | None,
    at: datetime,
    trusted: Collection[str],
    longest: float,
) -> Supplier | Doubtful:
    try:
        return _ask(client, f"{page.rstrip('/')}/api/v2/summary.json", known, at, trusted, longest)
    except Doubtful as doubt:
        return doubt


def _ask(
    client: httpx.Client, url: str, known: Supplier | None, at: datetime, trusted: Collection[str], longest: float
) -> Supplier:
    headers = {"connection": "close"}  # one of its own, so that it can be cut
    if known and known.tag:
        headers["if-none-match"] = known.tag
    if known and known.changed:
        headers["if-modified-since"] = known.changed
    address, deadline = url, Deadline()
    for _ in range(_REDIRECTS + 1):
        try:
            check(address, trusted)
            with (
                deadline.within(longest),
                client.stream(
                    "GET", address, headers=headers, follow_redirects=False, extensions=deadline.extensions
                ) as reply,
            ):
                if reply.is_redirect and "location" in reply.headers:
                    address = inside(url, address, reply.headers["location"])
                    continue
                _fresh(reply, at)
                if reply.status_code == 304 and known is not None:
                    return known
                if reply.status_code != 200:
                    raise Doubtful(Doubt.UNREACHABLE, f"HTTP {reply.status_code}.")
                body = _whole_of(reply)
                if deadline.over:  # and what has come may look like all of it
                    raise Doubtful(Doubt.UNREACHABLE, _late(longest))
                return _read(body, reply.headers.get("etag", ""), reply.headers.get("last-modified", ""))
        except Elsewhere as error:
            raise Doubtful(Doubt.UNREACHABLE, f"It {error}") from None
        except NotPublic as error:
            raise Doubtful(Doubt.UNREACHABLE, f"{error}") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            said = _late(longest) if deadline.over else f"{str(error) or type(error).__name__}."
            raise Doubtful(Doubt.UNREACHABLE, said) from None
    raise Doubtful(Doubt.UNREACHABLE, "It redirects again and again.")


def _late(seconds: float) -> str:
    return f"The answer took more than {seconds:.0f} seconds."


def _fresh(reply: httpx.Response, at: datetime) -> None:
    """Refuse an answer that lay in some cache for long."""
    age = reply.headers.get("age", "")
    if age.isascii() and age.isdigit() and int(age[:12]) > OLD.total_seconds():
        raise Doubtful(Doubt.STALE, f"The answer is {int(age[:12]) // 60} minutes old.")
    try:
        made = parsedate_to_datetime(reply.headers.get("date", ""))
    except (ValueError, TypeError, OverflowError):
        return
    if made.tzinfo is not None and at - made > OLD:
        raise Doubtful(Doubt.STALE, f"The answer was made at {made:%Y-%m-%d %H:%M} UTC.")


def _whole_of(reply: httpx.Response) -> bytes:
    body = bytearray()
    for part in reply.iter_bytes():
        body += part
        if len(body) > LARGEST:
            raise Doubtful(Doubt.MALFORMED, f"The answer has more than {LARGEST // 1024 // 1024} MB.")
    return bytes(body)


def _read(body: bytes, tag: str, changed: str) -> Supplier:
    try:
        document = understood(body)
        parts = tuple(
            (_text(part["id"]), _text(part["name"]), _text(part["status"])) for part in document["components"]
        )
        return Supplier(
            name=_line(_text(document["page"]["name"])),
            whole=_text(document["status"]["indicator"]),
            parts=parts,
            tag=tag,
            changed=changed,
        )
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise Doubtful(Doubt.MALFORMED, "The answer is not JSON.") from None
    except (KeyError, TypeError) as error:
        raise Doubtful(Doubt.MALFORMED, f"The answer is no summary of a status page ({error}).") from None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{str(value)[:40]!r} is no text")
    return value


def _line(name: str) -> str:
    """Return the name of a page on one line; it is a stranger's text."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in name).split())[:80]
