"""What stands for an update where an event is none: a correction, a withdrawal, or what the clock brings."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from stillup.catalogue import Catalogue
from stillup.messages import clock
from stillup.messages.event import Event
from stillup.messages.letter import Letter, letter
from stillup.views.event_log import Head
from stillup.views.incident import IncidentView, UpdateView
from stillup.views.masthead import Masthead
from stillup.views.shape import Body, Time
from stillup.views.telling import Telling
from stillup.vocabulary import UpdateStatus

_UPDATES = frozenset(
    {
        "incident_opened",
        "incident_updated",
        "incident_resolved",
        "incident_reopened",
        "maintenance_scheduled",
        "maintenance_moved",
        "maintenance_updated",
        "maintenance_cancelled",
    }
)


def letter_of(
    masthead: Masthead,
    words: Catalogue,
    told: Telling,
    event: Event,
    *,
    zone: str = "",
    all_operational: bool = False,
    logged: Head | None = None,
) -> Letter:
    """Return what is to be said about `event`; `told` is the story as it stood then, in the language of `words`.

    Raises:
        LookupError: the story has no such event.
    """
    update = occasion(words, told.view, event, zone or masthead.zone)
    return letter(
        masthead,
        words,
        told.view,
        update,
        kind=event.kind,
        zone=zone,
        all_operational=all_operational,
        sequence=event.sequence,
        disaster=told.disaster,
        codes=told.codes,
        logged=logged,
    )


def occasion(words: Catalogue, view: IncidentView, event: Event, zone: str) -> UpdateView:
    """Return the update that `event` is, or one that says what it brings."""
    own = next((update for update in view.updates if update.key == event.key), None)
    if own is not None:
        return own
    if event.kind in _UPDATES:
        raise LookupError(f"{view.id} has no update {event.key}")
    if event.concerns:
        written = next((update for update in view.updates if update.key == event.concerns), None)
        if written is None:
            raise LookupError(f"{view.id} has no update {event.concerns}")
        return replace(written, **_news(event), affected=view.affected if view.open else (), closing=False)
    window = view.window(event.key.split("/")[1])
    newest = view.newest(window.key if window else "")
    changes: dict[str, Any] = {"place": view.place, "changed": ()}
    if event.kind == "postmortem_published" and view.postmortem is not None:
        changes |= {"body": view.postmortem.body, "facts": (), "affected": ()}
        changes |= {"place": f"{view.place}#postmortem", "word": words.say("status.postmortem")}
    elif event.kind in ("maintenance_started", "maintenance_completed"):
        changes |= _by_clock(words, view, event, zone)
    elif event.kind == "maintenance_reminder":
        planned = UpdateStatus.SCHEDULED
        changes |= {"status": planned, "word": words.say(f"status.{planned}"), "affected": view.affected}
    return replace(newest, **_news(event), closing=False, **changes)


def _news(event: Event) -> dict[str, Any]:
    """Return what makes an event of what was said before."""
    when = Time(iso=event.at.strftime("%Y-%m-%dT%H:%M:%SZ"), text="")
    return {"key": event.key, "at": event.at, "time": when, "promise": None, "opening": False, "notify": True}


def _by_clock(words: Catalogue, view: IncidentView, event: Event, zone: str) -> dict[str, Any]:
    key, status = event.key.split("/")[1:]
    window = next(each for each in view.windows if each.key == key)
    if status == UpdateStatus.IN_PROGRESS:
        text = words.say("update.starts", end=_moment(words, window.end, zone))
    else:
        text = words.say("update.ends")
    return {
        "status": status,
        "word": words.say(f"status.{status}"),
        "body": Body(html=Markup(f"<p>{escape(text)}</p>"), text=text, line=text),
        "facts": (),
        "affected": view.affected if status == UpdateStatus.IN_PROGRESS else (),
    }


def _moment(words: Catalogue, at: datetime, zone: str) -> str:
    return clock.moment(words, at, ZoneInfo(zone))
