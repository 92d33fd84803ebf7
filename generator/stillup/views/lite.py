"""The text-only page: what matters in an outage, cut so that the whole page fits into the first bytes of an answer."""

from collections.abc import Iterator, Sequence

from stillup.frozen import dataclass
from stillup.views.board import Board, has_row
from stillup.views.edition import Edition
from stillup.views.group import affected
from stillup.views.incident import IncidentView, UpdateView
from stillup.views.page import Built, Event, Home
from stillup.views.shape import Affected, Link, Promise, Time


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How much may be told: `ROOMS` has the widest first, and a page takes the first that fits."""

    incidents: int
    text: int
    """Letters of the newest update."""

    fact: int
    """Letters of a fact."""

    names: int
    """Components in a list of names."""

    events: int


ROOMS = (
    Room(incidents=8, text=3000, fact=600, names=20, events=8),
    Room(incidents=5, text=900, fact=300, names=10, events=6),
    Room(incidents=4, text=500, fact=160, names=6, events=4),
    Room(incidents=3, text=250, fact=120, names=3, events=2),
    Room(incidents=1, text=120, fact=80, names=2, events=1),
)
"""From all that anybody wants to know in an outage to the least that helps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiteIncident:
    """An open incident in plain words."""

    place: str
    title: str
    kick: str
    facts: tuple[tuple[str, str], ...]
    """Label and text."""

    promise: Promise | None
    word: str
    """The newest update: its status, its time, its paragraphs."""

    time: Time
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lite:
    """The text-only page."""

    headline: str
    line: str
    promise: Promise | None
    open: tuple[LiteIncident, ...]
    more: str
    """How many open incidents are told on the full page only; empty where none."""

    running: tuple[Event, ...]
    planned: tuple[Event, ...]
    states: tuple[tuple[str, str], ...]
    """Word of a state and the components that are in it, worst first."""

    well: str
    """How many components work."""

    built: Built
    maintenance: Link


def lite(edition: Edition, board: Board, home: Home, room: Room) -> Lite:
    """Return the text-only page of what `home` tells, within `room`."""
    words = edition.words
    shown = [each.id for each in edition.components.components if has_row(each, board, edition.today)]
    held = affected(edition, {id: board.now[id].status for id in shown})
    left = len(home.open) - room.incidents
    troubled = sum(len(group.ids) for group in held)
    return Lite(
        headline=home.headline,
        line=cut(home.line, room.fact),
        promise=home.promise,
        open=tuple([_incident(edition, view, room) for view in home.open[: room.incidents]]),
        more=words.count("lite.more", left) if left > 0 else "",
        running=home.running[: room.events],
        planned=home.planned[: room.events],
        states=tuple([(group.state.word, _names(edition, group.names, room)) for group in held]),
        well=_well(edition, len(shown), troubled),
        built=home.built,
        maintenance=Link(place="maintenance/", text=words.say("site.all_maintenance")),
    )


def _incident(edition: Edition, view: IncidentView, room: Room) -> LiteIncident:
    told = _told(view.updates)
    return LiteIncident(
        place=view.place,
        title=edition.titled(cut(view.title, 200), view.language),
        kick=view.kick,
        facts=tuple(_facts(edition, view, room)),
        promise=view.promise,
        word=told.word,
        time=told.time,
        paragraphs=tuple(cut(told.body.text, room.text).split("\n\n")),
    )


def _told(updates: Sequence[UpdateView]) -> UpdateView:
    """Return the newest update that stands; where all were withdrawn, the newest."""
    return next((update for update in updates if update.withdrawn is None), updates[0])


def _facts(edition: Edition, view: IncidentView, room: Room) -> Iterator[tuple[str, str]]:
    for fact in view.facts:
        said = edition.titled(cut(fact.text, room.fact), fact.language)
        text = _affected(edition, view.affected, room) if fact.key == "affected" else said
        yield fact.label, text


def _affected(edition: Edition, held: Sequence[Affected], room: Room) -> str:
    words = edition.words
    return words.ranked([words.labelled(group.state.word, _names(edition, group.names, room)) for group in held])


def _names(edition: Edition, names: Sequence[str], room: Room) -> str:
    return edition.words.joined([cut(name, 60) for name in names], room.names)


def _well(edition: Edition, count: int, troubled: int) -> str:
    words = edition.words
    if not count or troubled == count:
        return ""
    if not troubled:
        return words.count("lite.all_well", count)
    return words.count("lite.others_well", count - troubled)


def cut(text: str, most: int) -> str:
    """Return `text`, or its beginning of at most `most` letters, cut at a word."""
    if len(text) <= most:
        return text
    space = text.rfind(" ", most // 2, most)
    return text[: space if space > 0 else most - 1].rstrip(" ,;:-(\n") + "…"
