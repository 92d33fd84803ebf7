"""What a source sends, read: Alertmanager, Grafana, PagerDuty, and a plain form of our own.

A notification that is not understood is refused whole, with the place; nothing of it is taken for calm.
Shapes: Alertmanager webhook version 4 and API v2, Grafana unified alerting, PagerDuty V3 webhooks and Events API v2.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from stillup.errors import Problem, RecordError
from stillup.intake.alert.alert import Alert, tidy
from stillup.intake.speech import understood
from stillup.records.moment import YEARS

_NEVER = "0001-01-01T00:00:00Z"
LARGEST = 4 * 1024 * 1024
"""Bytes of one notification that are read."""


class _Refused(ValueError):
    """What is wrong with a notification: the place and the sentence."""

    def __init__(self, place: str, message: str, fix: str = "") -> None:
        super().__init__(message)
        self.place, self.message, self.fix = place, message, fix


def alerts(source: str, body: bytes, *, at: datetime | None = None, name: str = "-") -> tuple[Alert, ...]:
    """Return what the notification `body` of `source` says, in its order; `name` is that of its file, for errors.

    `at` is when it was received: that is the time of one that tells none; without it, such a one is refused.

    Raises:
        RecordError: it is no notification of that source.
    """
    try:
        if len(body) > LARGEST:
            raise _Refused("", f"It has more than {LARGEST // 1024 // 1024} MB.")
        document = _document(body)
        return tuple(_READERS[source](document, at))
    except _Refused as refused:
        problem = Problem(file=name, field=refused.place, code="alert", message=refused.message, fix=refused.fix)
        raise RecordError([problem]) from None


def _document(body: bytes) -> Any:
    try:
        return understood(body)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise _Refused("", f"This is not JSON: {str(error)[:120]}.", "Send the notification as it is.") from None


def _alertmanager(document: Any, _: datetime | None) -> list[Alert]:
    """Read a webhook of version 4, or the answer of `GET /api/v2/alerts`."""
    if isinstance(document, list):
        found = []
        for number, each in enumerate(document):
            one = _mapping(each, f"[{number}]")
            state = _mapping(one.get("status"), f"[{number}].status").get("state")
            if state not in ("active", "suppressed", "unprocessed"):
                raise _Refused(f"[{number}].status.state", f"{state!r} is not a state of an alert.")
            found.append(_prometheus("alertmanager", one, f"[{number}]", firing=True))
        return found
    whole = _mapping(document, "")
    if str(whole.get("version")) != "4":
        raise _Refused("version", f"Version {whole.get('version')!r} is not known.", "Webhooks of version 4 are read.")
    return [_told("alertmanager", each, number) for number, each in enumerate(_list(whole, "alerts"))]


def _grafana(document: Any, _: datetime | None) -> list[Alert]:
    whole = _mapping(document, "")
    return [_told("grafana", each, number) for number, each in enumerate(_list(whole, "alerts"))]


def _told(source: str, each: Any, number: int) -> Alert:
    place = f"alerts[{number}]"
    one = _mapping(each, place)
    status = one.get("status")
    if status not in ("firing", "resolved"):
        raise _Refused(f"{place}.status", f"{status!r} is neither firing nor resolved.")
    return _prometheus(source, one, place, firing=status == "firing")


def _prometheus(source: str, one: Mapping[str, Any], place: str, *, firing: bool) -> Alert:
    labels = tidy(one.get("labels"))
    if not labels:
        raise _Refused(f"{place}.labels", "An alert has labels.")
    identity = one.get("fingerprint")
    if not isinstance(identity, str) or not identity:
        identity = sha256(json.dumps(sorted(labels.items())).encode()).hexdigest()[:16]
    return Alert(
        source=source,
        identity=identity[:200],
        firing=firing,
        started=_instant(one, "startsAt", place),
        ended=None if firing else _ended(one, place),
        labels=labels,
    )


def _ended(one: Mapping[str, Any], place: str) -> datetime:
    """Return when it stopped: an end that nobody names would be a guess."""
    if one.get("endsAt") in (None, "", _NEVER):
        raise _Refused(_join(place, "endsAt"), "A resolved alert says when it ended.", "Send endsAt.")
    return _instant(one, "endsAt", place)


_PAGERDUTY = {
    "incident.triggered": True,
    "incident.acknowledged": True,
    "incident.unacknowledged": True,
    "incident.escalated": True,
    "incident.delegated": True,
    "incident.reassigned": True,
    "incident.reopened": True,
    "incident.priority_updated": True,
    "incident.resolved": False,
}
"""By event, whether the incident goes on; other events say nothing about its state."""


def _pagerduty(document: Any, at: datetime | None) -> list[Alert]:
    """Read a V3 webhook, or an event of the Events API v2, which many tools send."""
    whole = _mapping(document, "")
    if "event_action" in whole:
        return _event(whole, at)
    event = _mapping(whole.get("event"), "event")
    kind = event.get("event_type")
    if not isinstance(kind, str):
        raise _Refused("event.event_type", "An event has a type.")
    if kind not in _PAGERDUTY:
        return []
    data = _mapping(event.get("data"), "event.data")
    id = data.get("id")
    if not isinstance(id, str) or not id:
        raise _Refused("event.data.id", "An incident has an id.")
    service = data.get("service") if isinstance(data.get("service"), dict) else {}
    priority = data.get("priority") if isinstance(data.get("priority"), dict) else {}
    assert isinstance(service, dict) and isinstance(priority, dict)
    labels = tidy(
        {
            "alertname": service.get("summary") or data.get("title"),
            "service": service.get("summary"),
            "service_id": service.get("id"),
            "urgency": data.get("urgency"),
            "priority": priority.get("summary"),
            "severity": priority.get("summary") or data.get("urgency"),
        }
    )
    at = _instant(event, "occurred_at", "event")
    firing, again = _PAGERDUTY[kind], kind == "incident.reopened"
    return [
        Alert(
            source="pagerduty",
            identity=id[:200],
            firing=firing,
            started=at if again or not data.get("created_at") else _instant(data, "created_at", "event.data"),
            ended=None if firing else at,
            labels=labels,
            acknowledged=at if kind == "incident.acknowledged" else None,
        )
    ]


def _event(whole: Mapping[str, Any], at: datetime | None) -> list[Alert]:
    """Read an event: few senders tell its time, and one that ends something mostly has no payload at all."""
    action, key = whole.get("event_action"), whole.get("dedup_key")
    if action not in ("trigger", "acknowledge", "resolve"):
        raise _Refused("event_action", f"{action!r} is none of trigger, acknowledge and resolve.")
    if not isinstance(key, str) or not key:
        raise _Refused("dedup_key", "Without dedup_key nobody knows what is resolved later.", "Send a dedup_key.")
    if action == "acknowledge":  # it goes on as it did
        return []
    payload = whole.get("payload") if isinstance(whole.get("payload"), dict) else {}
    assert isinstance(payload, dict)
    if at is None or payload.get("timestamp") is not None:
        at = _instant(payload, "timestamp", "payload")
    named = ("source", "severity", "component", "group", "class")
    labels = tidy(payload.get("custom_details")) | tidy({name: payload.get(name) for name in named})
    return [
        Alert(
            source="pagerduty",
            identity=key[:200],
            firing=action == "trigger",
            started=at.replace(microsecond=0),
            ended=at.replace(microsecond=0) if action == "resolve" else None,
            labels=labels or {"alertname": key[:200]},
        )
    ]


_WORDS = {
    True: "firing alert alarm problem down triggered re-triggered warn re-warn no_data re-no_data renotify",
    False: "resolved recovered ok up",
    None: "insufficient_data",
}
"""By what it means, how monitors spell a state: ours, and those of CloudWatch, Datadog, Gatus, Nagios and Zabbix.

True: it is wrong; False: it is well again; None: the monitor itself does not know, and nothing changes.
"""

_MEANING = {word: meaning for meaning, words in _WORDS.items() for word in words.split()}


def _generic(document: Any, at: datetime | None) -> list[Alert]:
    """Read `{id, status, startsAt, endsAt, labels..., component, severity}`, or a list of them."""
    entries = document if isinstance(document, list) else [document]
    found = []
    for number, each in enumerate(entries):
        place = f"[{number}]" if isinstance(document, list) else ""
        one = _mapping(each, place)
        id, status = one.get("id"), one.get("status")
        if not isinstance(id, str) or not id:
            raise _Refused(_join(place, "id"), "An alert has an id.", 'Send "id", the same while it is the same.')
        word = status.strip().lower().replace(" ", "_") if isinstance(status, str) else ""
        if word not in _MEANING:
            raise _Refused(_join(place, "status"), f"{status!r} is neither firing nor resolved.")
        if (firing := _MEANING[word]) is None:
            continue
        ended = None if firing else _told_or(at, one, "endsAt", place)
        found.append(
            Alert(
                source="generic",
                identity=id[:200],
                firing=firing,
                started=_told_or(ended or at, one, "startsAt", place),
                ended=ended,
                labels=_named(one) or {"alertname": id[:200]},
            )
        )
    return found


def _named(one: Mapping[str, Any]) -> dict[str, str]:
    named = {name: one[name] for name in ("source", "component", "severity") if one.get(name)}
    return tidy(one.get("labels")) | tidy(named)


def _told_or(at: datetime | None, one: Mapping[str, Any], name: str, place: str) -> datetime:
    """Return the instant `name`; where it is not told, that at which the notification came."""
    if at is None or one.get(name) not in (None, "", _NEVER):
        return _ended(one, place) if name == "endsAt" else _instant(one, name, place)
    return at.replace(microsecond=0)


_READERS: dict[str, Callable[[Any, datetime | None], list[Alert]]] = {
    "alertmanager": _alertmanager,
    "grafana": _grafana,
    "pagerduty": _pagerduty,
    "generic": _generic,
}
SOURCES = tuple(_READERS)
"""What can be read, by the names of `stillup intake`."""


def _join(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _mapping(value: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _Refused(place, "An object was expected here.")
    return value


def _list(whole: Mapping[str, Any], name: str) -> list[Any]:
    value = whole.get(name)
    if not isinstance(value, list):
        raise _Refused(name, "A list was expected here.")
    return value


def _instant(one: Mapping[str, Any], name: str, place: str) -> datetime:
    """Return an RFC 3339 instant to the second, in UTC; monitors write fractions of any length."""
    written = one.get(name)
    if written is None:
        raise _Refused(_join(place, name), "It does not say when.", f"Send {name}, with its zone.")
    try:
        if not isinstance(written, str):
            raise ValueError
        head, dot, rest = written.partition(".")
        if dot:
            zone = rest.lstrip("0123456789")
            written = head + zone
        found = datetime.fromisoformat(written)
        found = found.astimezone(UTC).replace(microsecond=0) if found.tzinfo else found
        if found.tzinfo is None or found.year not in YEARS:
            raise ValueError
        return found
    except (ValueError, OverflowError):
        raise _Refused(_join(place, name), f"{str(written)[:60]!r} is not an instant with its zone.") from None
