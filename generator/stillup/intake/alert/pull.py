"""Asking Alertmanager what fires now: the way without a server of ours, and the one that finds what was lost."""

from typing import Any

from stillup.deadline import Deadline
from stillup.errors import StillupError
from stillup.intake.alert.alert import Alert
from stillup.intake.alert.notification import LARGEST, alerts
from stillup.intake.speech import understood

_PATIENCE = 10.0
"""Seconds between two bytes."""

_WHOLE = 30.0
"""Seconds for an answer, however it drips in."""


def active(url: str, authorization: str = "", whole: float = _WHOLE) -> tuple[tuple[Alert, ...], tuple[Alert, ...]]:
    """Return the alerts that fire and those that are silenced or inhibited at the Alertmanager at `url`.

    It answers within `whole` seconds or not at all.

    Raises:
        StillupError: it does not answer, or not with alerts: nothing may be taken for calm then.
    """
    import httpx

    headers = {"authorization": authorization} if authorization else {}
    place = f"{url.rstrip('/')}/api/v2/alerts"
    body, deadline = bytearray(), Deadline()
    try:
        with (
            httpx.Client(timeout=_PATIENCE, follow_redirects=False, headers=headers) as client,
            deadline.within(whole),
            client.stream("GET", place, extensions=deadline.extensions) as answer,
        ):
            for part in answer.iter_bytes():
                body += part
                if len(body) > LARGEST:
                    break
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        if not deadline.over:
            said = str(error) or type(error).__name__
            raise StillupError(f"{place}: {said}. Nothing was changed.") from None
    if deadline.over:
        raise StillupError(f"{place}: The answer took more than {whole:.0f} seconds. Nothing was changed.")
    if answer.status_code != 200:
        raise StillupError(f"{place}: HTTP {answer.status_code}. Nothing was changed.")
    if len(body) > LARGEST:
        raise StillupError(f"{place}: The answer has more than {LARGEST // 1024 // 1024} MB. Nothing was changed.")
    found = alerts("alertmanager", bytes(body), name=place)
    states = [_state(each) for each in understood(bytes(body))]
    quiet = tuple(alert for alert, state in zip(found, states, strict=True) if state == "suppressed")
    return tuple(alert for alert, state in zip(found, states, strict=True) if state != "suppressed"), quiet


def _state(each: Any) -> str:
    return str(each["status"]["state"])
