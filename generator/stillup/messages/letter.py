"""What a message about one event says, computed once for every form of it.

Everything is as it was at the event, whatever happened later: a message that is rendered again is the same message.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from stillup.catalogue import Catalogue
from stillup.frozen import dataclass
from stillup.messages import clock
from stillup.messages.events import kind_of
from stillup.views.event_log import Head
from stillup.views.incident import IncidentView, UpdateView, Window
from stillup.views.masthead import Masthead
from stillup.views.shape import Affected, Body, Fact, Promise, State
from stillup.views.telling import Codes
from stillup.vocabulary import TEXTS, Kind, UpdateStatus

NAMED = 2
"""How many services a subject or a first sentence names before it counts the rest."""

_HOUR = timedelta(hours=1)
_BADNESS = ("major", "partial", "degraded", "maint", "none", "ok")
_OWN_STAGES = {
    "incident_corrected": "corrected",
    "maintenance_corrected": "corrected",
    "incident_withdrawn": "withdrawn",
    "maintenance_withdrawn": "withdrawn",
    "incident_extended": "extended",
    "postmortem_published": "postmortem",
    "breach_notice": "breach",
    "maintenance_moved": "moved",
    "maintenance_reminder": "reminder",
}
"""Kinds that have words of their own, whatever the update's status."""

_MENDING = ("corrected", "withdrawn")
_AHEAD = (UpdateStatus.SCHEDULED, UpdateStatus.IN_PROGRESS, UpdateStatus.VERIFYING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One event in words, without any recipient."""

    masthead: Masthead
    words: Catalogue
    incident: IncidentView
    update: UpdateView

    kind: str
    stage: str
    """The update's status, or what makes it another piece of news (`corrected`, `reminder` ... by its kind).

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
    back: str
    """When the incident was reopened last; empty where it never was, and in what closes it."""

    opened: Body | None
    """What was said first, where somebody hears of the incident in the middle of it; else None."""

    ended: datetime | None
    """Of a closing update: when the impact ended."""

    duration: str
    """Of a closing update: `1 h 35 min, from 14:20 to 15:55 UTC`, of what came back ` (3 h in all)` too; else empty."""

    promise: str
    """`We'll provide updates every 30 minutes. The next one comes by 10:27 UTC.`, or empty."""

    preheader: str
    """What a list of mails shows behind the subject."""

    windows: str
    """Of a maintenance: when it takes place, or empty."""

    known: tuple[Fact, ...]
    """Of each optional text what was last said up to this event."""

    correction: str
    """What a correction puts right, or empty."""

    written: str
    """When the update was published that is corrected or withdrawn, or empty."""

    status: str
    """How far the work has come, in the reader's word: the update's, or what holds beside a mended one."""

    page: str
    """Absolute address of the incident's page, or empty."""

    all_operational: bool
    """Whether nothing else was wrong on the page when this was said."""

    languages: tuple[str, ...]
    """Those it is in: that of its fixed words first, then those of texts that nobody translated."""

    zone: str = "UTC"
    """IANA name of the zone in which times are told, beside UTC."""

    sequence: int = 0
    disaster: bool = False
    codes: Codes = Codes()
    logged: Head | None = None
    """The event's own entry in the event log, whatever came after it: the same for every retry. None without a log."""

    def fact(self, key: str) -> Fact | None:
        """Return the optional text the responder gave under the record's field name `key`."""
        return next((fact for fact in self.update.facts if fact.key == key), None)


def letter(
    masthead: Masthead,
    words: Catalogue,
    incident: IncidentView,
    update: UpdateView,
    *,
    kind: str = "",
    zone: str = "",
    all_operational: bool = False,
    sequence: int = 0,
    disaster: bool = False,
    codes: Codes | None = None,
    logged: Head | None = None,
) -> Letter:
    """Return what is to be said about `update`: one of `incident.updates`, or what stands for another event.

    `zone` is the readers' own, the page's where it is empty; the kind is the update's own where none is given.
    """
    told = _until(incident, update)
    kind = kind or kind_of(incident, update)
    local = ZoneInfo(zone or masthead.zone)
    ended = _ended(incident, update) if update.closing else None
    began = _began(incident, told)
    following = _next(words, update.promise, update.at, local)
    opened = _opened(told) if kind == "incident_opened" else None
    mended = _mended(incident, update) if _OWN_STAGES.get(kind) in _MENDING else None
    standing = incident.newest(mended.window) if mended else update
    return Letter(
        masthead=masthead,
        words=words,
        incident=incident,
        update=update,
        kind=kind,
        stage=_OWN_STAGES.get(kind) or _stage(incident, told, kind),
        state=_band(words, incident, replace(update, status=standing.status, word=standing.word), kind),
        services=_services(words, update.affected or _held(_episode(told)) or _held(told)) or masthead.organisation,
        affected=_affected(words, update.affected),
        time=clock.moment(words, update.at, local),
        started=clock.moment(words, incident.started, local),
        back=clock.moment(words, began, local) if began != incident.started and not ended else "",
        opened=opened,
        ended=ended,
        duration=_duration(words, incident, began, ended, local) if ended else "",
        promise=_promise(words, update.promise, update.at, local),
        preheader=" ".join(part for part in (update.body.line, following) if part),
        windows=_windows(words, incident, update, local),
        known=_known(told),
        correction=update.edited.note if update.edited and _OWN_STAGES.get(kind) == "corrected" else "",
        written=clock.moment(words, mended.at, local) if mended else "",
        status=standing.word,
        page=masthead.site_url + incident.place if masthead.site_url else "",
        all_operational=all_operational,
        languages=_languages(words, incident, update, opened),
        zone=local.key,
        sequence=sequence or len(told),
        disaster=disaster and incident.kind != Kind.MAINTENANCE,
        codes=codes or Codes(incident=incident.id),
        logged=logged,
    )


def _languages(
    words: Catalogue, incident: IncidentView, update: UpdateView, opened: Body | None = None
) -> tuple[str, ...]:
    first = opened.language if opened else ""
    texts = (incident.language, update.body.language, first, *(fact.language for fact in update.facts))
    return tuple(dict.fromkeys((words.language, *filter(None, texts))))


def _until(incident: IncidentView, update: UpdateView) -> tuple[UpdateView, ...]:
    """Return `update` and what came before it, newest first."""
    keys = [each.key for each in incident.updates]
    if update.key not in keys:
        return (update, *(each for each in incident.updates if each.at <= update.at))
    return incident.updates[keys.index(update.key) :]


def _known(told: Sequence[UpdateView]) -> tuple[Fact, ...]:
    found = {fact.key: fact for update in reversed(told) if not update.withdrawn for fact in update.facts}
    return tuple(found[key] for key in TEXTS if key in found)


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


def _episode(told: tuple[UpdateView, ...]) -> tuple[UpdateView, ...]:
    """Return what was told since the incident was opened or reopened last, newest first."""
    last = next((number for number, each in enumerate(told, 1) if each.opening), len(told))
    return told[:last]


def _mended(incident: IncidentView, update: UpdateView) -> UpdateView | None:
    """Return the update that a correction or a withdrawal is about: the beginning of its key."""
    return next((each for each in incident.updates if update.key.startswith(f"{each.key}/")), None)


def _opened(told: tuple[UpdateView, ...]) -> Body | None:
    """Return the first words that stand of what was told since the opening; None where the newest are the first."""
    earlier = _episode(told)[1:]
    return next((each.body for each in reversed(earlier) if not each.withdrawn and each.redacted_at is None), None)


def _began(incident: IncidentView, told: tuple[UpdateView, ...]) -> datetime:
    """Return when the impact began that `told` ends: as recorded, or with the update that reopened the incident."""
    episode = _episode(told)
    again = episode[-1].opening and any(each.opening and not each.withdrawn for each in told[len(episode) :])
    return episode[-1].at if again and incident.kind != Kind.MAINTENANCE else incident.started


def _stage(incident: IncidentView, told: tuple[UpdateView, ...], kind: str) -> str:
    update, earlier = told[0], told[1:]
    if kind == "maintenance_updated" and update.status == UpdateStatus.IN_PROGRESS:
        return f"still_{update.status}"
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


def _band(words: Catalogue, incident: IncidentView, update: UpdateView, kind: str) -> State:
    """Return the worst state; where none is left (or none began), the update's own word, quietly."""
    status = UpdateStatus(update.status)
    stage = _OWN_STAGES.get(kind)
    if stage in ("withdrawn", "postmortem", "breach"):
        return State(key="none", word=words.say(f"mail.band.{stage}"))
    if stage in ("moved", "reminder"):
        return State(key="maint", word=words.say(f"mail.band.{stage}"))
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
    return words.count("mail.services", len(names) - NAMED, rest=words.listed(names[:NAMED]))


def _affected(words: Catalogue, groups: tuple[Affected, ...]) -> str:
    return words.ranked(
        words.say(
            "mail.in_state",
            names=group.short or words.listed(group.names),
            state=words.say(f"said.{group.state.key}"),
        )
        for group in groups
    )


def _promise(words: Catalogue, promise: Promise | None, told: datetime, zone: ZoneInfo) -> str:
    if promise is None or not promise.every:
        return _next(words, promise, told, zone)
    then = words.say("mail.promise.then", time=clock.hour(words, promise.due, zone, told))
    hourly = promise.every == words.length(_HOUR)  # nobody says `every 1 hour`, and German needs another word for it
    often = words.say("mail.promise.hourly") if hourly else words.say("mail.promise.every", every=promise.every)
    return words.sentences(often, then)


def _next(words: Catalogue, promise: Promise | None, told: datetime, zone: ZoneInfo) -> str:
    if promise is None:
        return ""
    return words.say("mail.promise.next", time=clock.hour(words, promise.due, zone, told))


def _windows(words: Catalogue, incident: IncidentView, update: UpdateView, zone: ZoneInfo) -> str:
    """Return the windows as the page words them; in another zone the one that matters, and how many more there are.

    Of what is told of one window alone, that one.
    """
    own = own_window(incident, update)
    if own is None and (zone.key == "UTC" or not incident.windows):
        return " ".join(incident.html_windows.replace("<br>", words.ranked(["", ""])).unescape().split())
    ahead = _ahead(incident, update)
    shown = own or (ahead or incident.windows[-1:])[0]
    text = clock.span(words, shown.start, shown.end, zone)
    if shown.planned != shown.start:
        was = words.say("window.moved", when=clock.moment(words, shown.planned, zone))
        text = words.listed([text, was])
    more = len(ahead) - 1 if own is None else 0
    return words.count("mail.windows", more, first=text) if more > 0 else text


def own_window(incident: IncidentView, update: UpdateView) -> Window | None:
    """Return the window that an update of a series speaks of, or an event of the clock: its key names its start."""
    return incident.window(update.window or update.key.split("/")[1])


def window_at(incident: IncidentView, update: UpdateView) -> Window | None:
    """Return the window that programs are told with `update`: its own, else what runs or comes next, else the last."""
    return own_window(incident, update) or next(iter(_ahead(incident, update) or incident.windows[-1:]), None)


def _ahead(incident: IncidentView, update: UpdateView) -> Sequence[Window]:
    """Return the windows that run or come; of a series that is called off those that would have."""
    ahead = [each for each in incident.windows if each.status in _AHEAD]
    return ahead or [each for each in incident.windows if each.end > update.at]


def _ended(incident: IncidentView, update: UpdateView) -> datetime:
    """Return when the impact ended: as recorded, where this is the update that closed it for good."""
    return incident.ended if incident.ended is not None and incident.closed == update.at else update.at


def _duration(words: Catalogue, incident: IncidentView, start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """Return `1 h 35 min, from 14:20 to 15:55 UTC`, with dates where one is not enough.

    Of what came back, also how long it took in all: a credit goes by that.
    """
    spent = clock.span(words, start, end, zone, dated=False)
    told = words.say("mail.duration", duration=words.duration(end - start), span=spent)
    again = incident.kind != Kind.MAINTENANCE and start != incident.started and incident.duration
    return told + words.say("fact.length_in_all", length=incident.duration) if again else told
