"""Asking Alertmanager what fires now: the way without a server of ours, and the one that finds what was lost."""

from typing import Any

from stillup.errors import StillupError
from stillup.intake.alert.alert import Alert
from stillup.intake.alert.notification import LARGEST, alerts

_PATIENCE = 10.0


def active(url: str, authorization: str = "") -> tuple[tuple[Alert, ...], tuple[Alert, ...]]:
    """Return the alerts that fire and those that are silenced or inhibited at the Alertmanager at `url`.

    Raises:
        StillupError: it does not answer, or not with alerts: nothing may be taken for calm then.
    """
    import httpx

    headers = {"authorization": authorization} if authorization else {}
    place = f"{url.rstrip('/')}/api/v2/alerts"
    try:
        with httpx.Client(timeout=_PATIENCE, follow_redirects=False, headers=headers) as client:
            answer = client.get(place)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise StillupError(f"{place}: {str(error) or type(error).__name__}. Nothing was changed.") from None
    if answer.status_code != 200:
        raise StillupError(f"{place}: HTTP {answer.status_code}. Nothing was changed.")
    if len(answer.content) > LARGEST:
        raise StillupError(f"{place}: The answer has more than {LARGEST // 1024 // 1024} MB. Nothing was changed.")
    found = alerts("alertmanager", answer.content, name=place)
    states = [_state(each) for each in answer.json()]
    quiet = tuple(alert for alert, state in zip(found, states, strict=True) if state == "suppressed")
    return tuple(alert for alert, state in zip(found, states, strict=True) if state != "suppressed"), quiet


def _state(each: Any) -> str:
    return str(each["status"]["state"])
