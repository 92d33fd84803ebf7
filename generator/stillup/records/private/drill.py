"""An exercise: `private/drills/<id>.yml`, planned or held, with its assessment."""

from collections.abc import Mapping
from dataclasses import field
from datetime import date

from stillup.frozen import dataclass
from stillup.records.field import Day, Duration, Id, Line, Moment, Text
from stillup.records.mark import Strict
from stillup.records.private.lesson import ActionItem
from stillup.vocabulary import DrillType


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing(Strict):
    """How long something took in an exercise, and how long it may take."""

    target: Duration
    """How long it may take."""

    actual: Duration | None = None
    """How long it took."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillFacts(Strict):
    """What a file says of an exercise."""

    type: DrillType
    """What sort of exercise it is."""

    title: Line
    """What is practised."""

    date: Day
    """The day on which it takes place, in the page's zone."""

    scenario: Text = ""
    """What is assumed to happen."""

    duration: Duration | None = None
    """How long it took."""

    participants: tuple[Line, ...] = ()
    """Who takes part, as roles."""

    systems: tuple[Line, ...] = ()
    """Which systems are involved."""

    held_at: Moment | None = None
    """When it was held; none: not yet."""

    evidence: Line = ""
    """Where that can be looked up: needed once `held_at` is written."""

    targets: Mapping[Id, Timing] = field(default_factory=dict)
    """Performance against targets, by what was measured: `detection`, `response`, `resolution`."""

    communication: Line = ""
    """How good the communication was: a score or a word."""

    went_well: tuple[Text, ...] = ()
    """What went well."""

    improvements: tuple[Text, ...] = ()
    """What did not."""

    process_updates: tuple[Text, ...] = ()
    """What changes in procedures, training and tools."""

    action_items: tuple[ActionItem, ...] = ()
    """What is to be done."""


def place_of(kind: DrillType, day: date) -> str:
    """Return the plan's name for the record of an exercise on `day`: `tabletop-2026-11`, `gameday-2026-q4`."""
    if kind in (DrillType.TABLETOP, DrillType.CHAOS):
        return f"{kind}-{day:%Y-%m}"
    word = "gameday" if kind is DrillType.GAME_DAY else str(kind)
    return f"{word}-{day.year}-q{(day.month - 1) // 3 + 1}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill(DrillFacts):
    """One exercise."""

    id: str
    """The file's stem."""
