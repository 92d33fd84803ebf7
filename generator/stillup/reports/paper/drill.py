"""The assessment of an exercise: the plan's template, filled from its record."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from stillup.records.private.drill import Drill
from stillup.records.settings import Settings
from stillup.reports.paper.case import span
from stillup.reports.paper.paper import Paper, plain
from stillup.reports.paper.pen import Pen
from stillup.vocabulary import ActionState, DrillType

TYPES = {
    DrillType.TABLETOP: "Tabletop",
    DrillType.CHAOS: "Chaos",
    DrillType.GAME_DAY: "Game Day",
    DrillType.COORDINATION: "Coordination",
}
"""The plan's words for each sort of exercise."""

_MEASURED = ("detection", "response", "resolution")


def assessment(drill: Drill, settings: Settings, at: datetime, commit: str) -> Paper:
    """Return the assessment."""
    pen = Pen()
    pen.head("Scenario Summary")
    pen.fact("Type", TYPES[drill.type])
    pen.fact("Duration", span(drill.duration) if drill.duration else "", "duration", "how long it took")
    pen.fact("Participants", ", ".join(map(plain, drill.participants)), "participants", "who took part, as roles")
    pen.fact("Systems involved", ", ".join(map(plain, drill.systems)), "systems", "which systems were involved")
    pen.fact("Scenario", " ".join(drill.scenario.split()))
    held = drill.held_at.astimezone(ZoneInfo(settings.timezone)) if drill.held_at else None
    pen.fact("Held", f"{held:%Y-%m-%d %H:%M} {settings.timezone} ({plain(drill.evidence)})" if held else "not yet")
    pen.head("Performance Against Targets")
    for name in (*_MEASURED, *(each for each in drill.targets if each not in _MEASURED)):
        timing = drill.targets.get(name)
        label = f"{plain(name.replace('-', ' ').capitalize())}{' time' if name in _MEASURED else ''}"
        if timing is None:
            pen.fact(label, "", f"targets.{name}", f"target and actual time of {name}")
        elif timing.actual is None:
            missing = pen.blank(f"targets.{name}.actual", f"how long {name} took")
            pen.fact(label, f"{missing} vs {span(timing.target)}")
        else:
            how = "met" if timing.actual <= timing.target else f"**{span(timing.actual - timing.target)} too long**"
            pen.fact(label, f"{span(timing.actual)} vs {span(timing.target)}: {how}")
    pen.fact("Communication quality", plain(drill.communication), "communication", "a score or a word")
    pen.head("What Went Well")
    pen.items((" ".join(each.split()) for each in drill.went_well), "went_well", "what went well")
    pen.head("Areas for Improvement")
    pen.items((" ".join(each.split()) for each in drill.improvements), "improvements", "what did not go well")
    pen.head("Action Items")
    pen.items(_actions(drill), "action_items", "what is done, by whom, by when")
    pen.head("Process Updates Required")
    pen.items(
        (" ".join(each.split()) for each in drill.process_updates),
        "process_updates",
        "what changes in procedures, training and tools",
    )
    numbers = {
        "type": drill.type.value,
        "held": drill.held_at is not None,
        "targets": {
            name: {
                "target_seconds": int(each.target.total_seconds()),
                "actual_seconds": int(each.actual.total_seconds()) if each.actual is not None else None,
                "met": each.actual <= each.target if each.actual is not None else None,
            }
            for name, each in drill.targets.items()
        },
        "communication": drill.communication,
    }
    foot = (
        f"As of {at:%Y-%m-%d %H:%M} UTC, from the records of commit {commit or '(none)'}. An exercise: it counts "
        "in no figure of incidents."
    )
    return Paper(
        kind="drill",
        subject=drill.id,
        title=f"Drill Assessment: {plain(drill.title)} - {drill.date}",
        text=pen.text,
        foot=foot,
        numbers=numbers,
        gaps=tuple(pen.gaps),
    )


def _actions(drill: Drill) -> Iterator[str]:
    for each in drill.action_items:
        done = "x" if each.state is not ActionState.OPEN else " "
        yield f"[{done}] {plain(each.title)} - {plain(each.owner)} - {each.due}"
