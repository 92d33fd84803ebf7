"""Histories without ids of their own as drafts: steps of an incident by time, and what it held from first to last."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from stillup.frozen import dataclass
from stillup.intake import name
from stillup.intake.draft import Facts, StoryDraft, UpdateDraft
from stillup.intake.original import whole
from stillup.records.moment import utc
from stillup.vocabulary import ComponentStatus, UpdateStatus

_FINE = ComponentStatus.OPERATIONAL.value
_CLOSING = frozenset(status.value for status in UpdateStatus if status.closes)
SAID = frozenset({"investigating", "identified", "monitoring", "resolved"})


@dataclass(frozen=True, slots=True)
class Step:
    """One update: when, how far, and the words in Markdown."""

    at: datetime
    status: str
    body: str


def incident(
    key: str,
    title: str,
    steps: Iterable[Step],
    held: Mapping[str, str],
    impact: str | None,
    where: str,
    began: datetime | None = None,
) -> StoryDraft:
    """Return the draft of an incident that held components, by code, from its first update, or before, to its last."""
    told = list(steps)
    early = {} if began is None or began >= min(step.at for step in told) else {"started_at": utc(whole(began))}
    return _draft(key, title, told, held, {"impact": impact, **early}, where)


def maintenance(
    key: str, title: str, steps: Iterable[Step], held: Iterable[str], start: datetime, end: datetime, where: str
) -> StoryDraft:
    """Return the draft of a maintenance of components, by code."""
    start = whole(start)
    window = {"start": utc(start), "end": utc(max(whole(end), start + timedelta(minutes=1)))}
    planned = dict.fromkeys(held, ComponentStatus.UNDER_MAINTENANCE.value)
    return _draft(key, title, steps, planned, {"kind": "maintenance", "scheduled": window}, where)


def _draft(
    key: str, title: str, steps: Iterable[Step], held: Mapping[str, str], facts: Facts, where: str
) -> StoryDraft:
    told = sorted(steps, key=lambda step: (step.at, step.status in _CLOSING))
    seen: dict[str, int] = {}
    updates = []
    for number, step in enumerate(told):
        stamp = utc(step.at)
        seen[stamp] = seen.get(stamp, 0) + 1
        closes = step.status in _CLOSING
        changed = dict(held) if number == 0 else dict.fromkeys(held, _FINE) if closes else {}
        updates.append(
            UpdateDraft(
                code=name.code("update", f"{key}/{stamp}/{seen[stamp]}"),
                at=whole(step.at),
                facts={"status": step.status, "body": step.body.strip() or f"{step.status.capitalize()}."},
                components={code: state for code, state in changed.items() if number or state != _FINE or not closes},
                where=where,
            )
        )
    closed = told[-1].status in _CLOSING
    alone = len(told) == 1 and closed and held and "kind" not in facts
    started = {"started_at": utc(told[0].at)} if alone else {}
    return StoryDraft(
        code=name.code("incident", key),
        title=title,
        facts={"title": title, **facts, **started},
        updates=tuple(updates),
        closed=closed,
        where=where,
    )
