"""What a message about one update says, computed once for every form of it.

Everything is as it was at the update, whatever happened later: a message that is rendered again is the same message.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from stillup.catalogue import Catalogue
from stillup.messages.events import kind_of
from stillup.views.incident import IncidentView, UpdateView
from stillup.views.masthead import Masthead
from stillup.views.shape import Affected, Fact, Promise, State
from stillup.vocabulary import Kind, UpdateStatus

NAMED = 2
"""How many services a subject or a first sentence names before it counts the rest."""

_BADNESS = ("major", "partial", "degraded", "maint", "none", "ok")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One update in words, without any recipient."""

    masthead: Masthead
    words: Catalogue
    incident: IncidentView
    update: UpdateView

    kind: str
    stage: str
    """The update's status, or what makes it another piece of news.

    `still_<status>` when that was said before, `reopened` after a resolution, `after` for more words on what is
    resolved; `rescheduled` for more words on a maintenance that is announced.
    """

    state: State
    """The band of the mail: the worst state at the update, in colour, shape and word."""

    services: str
    """`Authentication, Payments and 6 more services`; the organisation's name where no service is named."""

    affected: str
    """`Authentication, Payments (major outage); Stripe (partial outage)`, or empty."""

    time: str
    """When the update was published; like every time, with its date and zone."""

    started: str
    ended: datetime | None
    """Of a closing update: when the impact ended."""

    duration: str
    """Of a closing update: `1 h 35 min, from 14:20 to 15:55 UTC`; else empty."""

    promise: str
    """`We'll provide updates every 30 minutes. The next one comes by 10:27 UTC.`, or empty."""

    preheader: str
    """What a list of mails shows behind the subject."""

    page: str
    """Absolute address of the incident's page, or empty."""

    all_operational: bool
    """Whether nothing else was wrong on the page when this was said."""

    def fact(self, key: str) -> Fact | None:
        """Return the optional text the responder gave under the record's field name `key`."""
        return next((fact for fact in self.update.facts if fact.key == key), None)


def letter(
    masthead: Masthead,
    words: Catalogue,
    incident: IncidentView,
    update: UpdateView,
    *,
    all_operational: bool = False,
) -> Letter:
    """Return what is to be said about `update`, one of `incident.updates`."""
    told = _until(incident, update)
    zone = ZoneInfo(masthead.zone)
    ended = _ended(incident, update) if update.closing else None
    return Letter(
        masthead=masthead,
        words=words,
        incident=incident,
        update=update,
        kind=kind_of(incident, update),
        stage=_stage(incident, told),
        state=_band(words, incident, update),
        services=_services(words, update.affected or _held(told)) or masthead.organisation,
        affected=_affected(words, update.affected),
        time=words.moment(update.at.astimezone(zone)),
        started=words.moment(incident.started.astimezone(zone)),
        ended=ended,
        duration=_duration(words, incident.started.astimezone(zone), ended.astimezone(zone)) if ended else "",
        promise=_promise(words, update.promise),
        preheader=" ".join(part for part in (update.body.line, _next(words, update.promise)) if part),
        page=masthead.site_url + incident.place if masthead.site_url else "",
        all_operational=all_operational,
    )


def _until(incident: IncidentView, update: UpdateView) -> tuple[UpdateView, ...]:
    """Return `update` and what came before it, newest first."""
    keys = [each.key for each in incident.updates]
    return incident.updates[keys.index(update.key) :]


def _held(told: tuple[UpdateView, ...]) -> tuple[Affected, ...]:
    """Return every component affected so far, each in its worst state, worst first."""
    worst: dict[str, tuple[State, str]] = {}
    for update in reversed(told):
        for group in update.affected:
            for component, name in zip(group.ids, group.names, strict=True):
                known = worst.get(component)
                if known is None or _BADNESS.index(group.state.key) < _BADNESS.index(known[0].key):
                    worst[component] = (group.state, name)
    by_state: dict[State, dict[str, str]] = {}
    for component, (state, name) in worst.items():
        by_state.setdefault(state, {})[component] = name
    return tuple(
        Affected(state=state, names=tuple(by_state[state].values()), ids=tuple(by_state[state]))
        for state in sorted(by_state, key=lambda state: _BADNESS.index(state.key))
    )


def _stage(incident: IncidentView, told: tuple[UpdateView, ...]) -> str:
    update, earlier = told[0], told[1:]
    if incident.kind == Kind.MAINTENANCE:
        return "rescheduled" if update.status == UpdateStatus.SCHEDULED and not update.opening else update.status
    if update.status == UpdateStatus.RESOLVED and not update.closing:
        return "after"
    if update.opening and any(each.opening for each in earlier) and not update.closing:
        return "reopened"
    if update.closing or update.opening:
        return update.status
    since = next((number for number, each in enumerate(earlier, 1) if each.opening), len(earlier))
    said_before = update.status in {each.status for each in earlier[:since] if not each.withdrawn}
    return f"still_{update.status}" if said_before else update.status


def _band(words: Catalogue, incident: IncidentView, update: UpdateView) -> State:
    """Return the worst state; where none is left (or none began), the update's own word, quietly."""
    status = UpdateStatus(update.status)
    if status.closes:
        return State(key="none" if status is UpdateStatus.CANCELLED else "ok", word=update.word)
    if incident.kind == Kind.MAINTENANCE:
        planned = status is UpdateStatus.SCHEDULED
        return State(key="maint", word=words.say("kick.scheduled" if planned else "state.maint"))
    return update.affected[0].state if update.affected else State(key="none", word=update.word)


def _services(words: Catalogue, groups: tuple[Affected, ...]) -> str:
    names = [name for group in groups for name in group.names]
    if len(names) <= NAMED:
        return words.join(names)
    return words.count("mail.services", len(names) - NAMED, rest=", ".join(names[:NAMED]))


def _affected(words: Catalogue, groups: tuple[Affected, ...]) -> str:
    return "; ".join(
        words.say("mail.in_state", names=", ".join(group.names), state=words.say(f"said.{group.state.key}"))
        for group in groups
    )


def _promise(words: Catalogue, promise: Promise | None) -> str:
    if promise is None:
        return ""
    if not promise.every:
        return _next(words, promise)
    every = words.say("mail.promise.every", every=promise.every)
    return f"{every} {words.say('mail.promise.then', time=promise.time.text)}"


def _next(words: Catalogue, promise: Promise | None) -> str:
    return words.say("mail.promise.next", time=promise.time.text) if promise else ""


def _ended(incident: IncidentView, update: UpdateView) -> datetime:
    """Return when the impact ended: as recorded, where this is the update that closed it for good."""
    return incident.ended if incident.ended is not None and incident.closed == update.at else update.at


def _duration(words: Catalogue, start: datetime, end: datetime) -> str:
    """Return `1 h 35 min, from 14:20 to 15:55 UTC`, with dates where one is not enough."""
    same = start.date() == end.date() and start.utcoffset() == end.utcoffset()
    first, last = (words.hour(start), words.clock(end)) if same else (words.moment(start), words.moment(end))
    return words.say("mail.duration", duration=words.duration(end - start), first=first, last=last)
