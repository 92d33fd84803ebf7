"""Whether what is served is what was built: the page's heartbeat, asked for until it beats."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stillup.deadline import Deadline
from stillup.delivery.deploy.place import Newer, never
from stillup.delivery.wire import ANSWER, agent
from stillup.instant import is_later, read

PATIENCE = 300.0
"""Seconds until we go on without."""

_EVERY = 2.0

_ANSWER = 10.0
"""Seconds for one answer, however it drips in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """What became of waiting."""

    seen: bool
    """Whether the page is served."""

    seconds: float
    note: str = ""
    """Why it was not seen, as a whole sentence."""


def wait(
    site_url: str,
    site: Path,
    *,
    patience: float = PATIENCE,
    every: float = _EVERY,
    answer: float = _ANSWER,
    told: Callable[[float], None] = lambda seconds: None,
    newer: Newer = never,
) -> Live:
    """Ask for the heartbeat below `site_url` until it is that of the page in `site`, or of a later or `newer` one.

    One `answer` takes so many seconds at most. `told` hears of each time that it was not, with the seconds gone.
    """
    ours = json.loads((site / "heartbeat.json").read_bytes())

    def good(theirs: dict[str, Any]) -> bool:
        return _is_ours(theirs, ours) or bool(newer(json.dumps(theirs).encode()))

    return wait_until(site_url, good, patience=patience, every=every, answer=answer, told=told)


def wait_until(
    site_url: str,
    good: Callable[[dict[str, Any]], bool],
    *,
    patience: float = PATIENCE,
    every: float = _EVERY,
    answer: float = _ANSWER,
    told: Callable[[float], None] = lambda seconds: None,
) -> Live:
    """Ask for the heartbeat below `site_url` until it is `good`; `told` hears of each time that it was not."""
    import httpx

    began, last = time.monotonic(), ""
    with httpx.Client(follow_redirects=True, timeout=_ANSWER, headers={"user-agent": agent()}) as client:
        while True:
            theirs, last = _heartbeat(client, site_url, answer)
            gone = time.monotonic() - began
            if theirs is not None and good(theirs):
                return Live(seen=True, seconds=gone)
            if gone + every > patience:
                return Live(seen=False, seconds=gone, note=f"{site_url}heartbeat.json is not this page's: {last}")
            told(gone)
            time.sleep(every)


def _is_ours(theirs: dict[str, Any], ours: dict[str, Any]) -> bool:
    """Whether a heartbeat is of this page or of one that was built later."""
    return theirs == ours or is_later(theirs.get("built_at"), ours["built_at"])


def _heartbeat(client: Any, site_url: str, seconds: float) -> tuple[dict[str, Any] | None, str]:
    """Return the heartbeat that is served, and what it was instead; `seconds` is as long as an answer may take."""
    import httpx

    # Caches on the way keep what they have for the same address.
    url = f"{site_url}heartbeat.json?{time.time_ns()}"
    body, deadline = b"", Deadline()
    try:
        with (
            deadline.within(seconds),
            client.stream(
                "GET", url, headers={"cache-control": "no-cache", "connection": "close"}, extensions=deadline.extensions
            ) as reply,
        ):
            if reply.status_code != 200:
                return None, f"the server says HTTP {reply.status_code}."
            for part in reply.iter_bytes():
                body += part
                if len(body) > ANSWER:
                    return None, "it is far too long."
    except (httpx.HTTPError, httpx.InvalidURL):
        return None, "the answer does not end." if deadline.over else "no server answers."
    if deadline.over:
        return None, "the answer does not end."
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or read(found.get("built_at")) is None:
        return None, "it is no heartbeat."
    return found, f"it was built at {found.get('built_at')} from commit {found.get('commit')}."
