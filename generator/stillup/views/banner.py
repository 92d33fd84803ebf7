"""The first thing a reader sees: the state of the whole page as shape, word and one sentence."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from stillup.views.board import Board
from stillup.views.edition import KEYS, Edition
from stillup.views.incident import IncidentView
from stillup.views.listing import Headline
from stillup.views.plain import line
from stillup.views.shape import State
from stillup.vocabulary import ComponentStatus, Indicator, Kind, UpdateStatus

_NAMED = 4
_TITLE = 80
_KEYS = {
    Indicator.NONE: "ok",
    Indicator.MAINTENANCE: "maint",
    Indicator.MINOR: "degraded",
    Indicator.MAJOR: "partial",
    Indicator.CRITICAL: "major",
}
_LABELS = {
    "All Systems Operational": "overall.operational",
    "Partially Degraded Service": "overall.partly_degraded",
    "Degraded System Service": "overall.degraded",
    "Minor Service Outage": "overall.minor",
    "Partial System Outage": "overall.partial",
    "Major System Outage": "overall.major",
    "Service Under Maintenance": "overall.maintenance",
}


def overall_state(edition: Edition, board: Board) -> State:
    """Return the state of the page; its word is Statuspage's label."""
    return State(key=_KEYS[board.overall.indicator], word=edition.words.say(_LABELS[board.overall.label]))


def sentence(
    edition: Edition,
    board: Board,
    incidents: Sequence[IncidentView],
    maintenances: Sequence[IncidentView],
    headlines: Iterable[Headline],
) -> str:
    """Return what is wrong, in one sentence. `incidents` are the open ones, the worst first."""
    words = edition.words
    if len(incidents) > 1:
        return words.say(
            "home.worst_of", count=words.count("home.many", len(incidents)), line=_of_worst(edition, incidents)
        )
    if incidents:
        return _of_incident(edition, incidents[0])
    if board.overall.indicator not in (Indicator.NONE, Indicator.MAINTENANCE):
        return _of_components(edition, board)
    if maintenances:
        return _of_maintenance(edition, maintenances)
    if board.overall.indicator is Indicator.MAINTENANCE:
        return _of_components(edition, board)
    return _calm(edition, headlines)


def _of_worst(edition: Edition, incidents: Sequence[IncidentView]) -> str:
    """Return what the worst of several incidents does; of several that are as bad, every component they hold so."""
    key = incidents[0].affected[0].state.key if incidents[0].affected else ""
    alike = [view.affected[0] for view in incidents if view.affected and view.affected[0].state.key == key]
    names = tuple(dict.fromkeys(name for held in alike for name in held.names))
    if not alike or len(names) == len(alike[0].names):
        return _of_incident(edition, incidents[0])
    return _broken(edition, key, names)


def _of_incident(edition: Edition, view: IncidentView) -> str:
    """Return what the responder last said of the impact; else which components are down; else the title."""
    words = edition.words
    if not view.affected and view.component_ids:
        return words.say("home.watching", title=_title(edition, view))
    told = next((update for update in view.updates if update.withdrawn is None), None)
    for fact in told.facts if told else ():
        # One sentence, one language: without a translation our own words say which components are down.
        if fact.key == "impact_text" and not (fact.language and view.affected):
            return _first_sentence(fact.text)
    if view.affected:
        return _broken(edition, view.affected[0].state.key, view.affected[0].names)
    return words.say("home.plain", title=_title(edition, view))


def _title(edition: Edition, view: IncidentView) -> str:
    """Return the title, cut where it is so long that it would hide what is said of it; it stands whole further down."""
    return edition.titled(line(view.title, _TITLE), view.language)


def _first_sentence(text: str) -> str:
    whole = " ".join(text.split())
    for mark in (". ", "! ", "? "):
        head, found, _ = whole.partition(mark)
        if found and len(head) >= 20:
            whole = head + mark.strip()
    return line(whole)


def _of_components(edition: Edition, board: Board) -> str:
    worst = max((now.status for now in board.now.values()), key=lambda status: status.rank)
    names = [edition.name(each.id) for each in edition.components.components if board.now[each.id].status is worst]
    if worst is ComponentStatus.OPERATIONAL:
        return edition.words.say("home.quiet")
    return _broken(edition, KEYS[worst], names)


def _broken(edition: Edition, key: str, names: Sequence[str]) -> str:
    words = edition.words
    said = words.joined(names, _NAMED) if len(names) > _NAMED else words.join(names)
    return words.count(f"home.broken_{key}", len(names), names=said)


def _of_maintenance(edition: Edition, running: Sequence[IncidentView]) -> str:
    words = edition.words
    if len(running) > 1:
        return words.count("home.maintenances", len(running))
    view = running[0]
    ends = [each.end for each in view.windows if each.status in (UpdateStatus.IN_PROGRESS, UpdateStatus.VERIFYING)]
    if ends and ends[0] > edition.at:
        return words.say(
            "home.maintenance", title=_title(edition, view), end=edition.clock(ends[0], edition.today).text
        )
    return words.say("home.plain", title=_title(edition, view))


def _calm(edition: Edition, headlines: Iterable[Headline]) -> str:
    ended = [each.ended for each in headlines if each.kind == Kind.INCIDENT and each.ended and not each.open]
    if not ended:
        return edition.words.say("home.quiet")
    last = edition.local(max(ended)).date()
    if last >= edition.today:
        return edition.words.say("home.last_today")
    form = "long" if edition.today - last < timedelta(days=300) else "long_year"
    return edition.words.say("home.last", day=edition.words.date(last, form))
