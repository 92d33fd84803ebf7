"""One incident out of its file and its update files: ids, groups and promises worked out, contradictions found."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from stillup.errors import Level, Problem
from stillup.records import moment
from stillup.records.document import Document, Loc
from stillup.records.incident import Incident, IncidentFacts, Move, Schedule, ScheduleFacts, Update, UpdateFacts
from stillup.records.inventory import Components
from stillup.records.shape import shaped
from stillup.records.written import WrittenIncident, WrittenSchedule, WrittenUpdate
from stillup.vocabulary import ComponentStatus, Kind


def assembled(
    id: str, main: Document, others: Sequence[Document], components: Components, zone: str, problems: tuple[Problem, ...]
) -> tuple[Incident | None, tuple[Problem, ...]]:
    """Return the incident `id` of the documents, or None and its problems; `problems` are those of reading them."""
    kind = Kind.MAINTENANCE if isinstance(main.value, dict) and main.value.get("kind") == "maintenance" else Kind.INCIDENT
    taken = shaped(main, WrittenIncident, main.value, (), kind)
    faults = [*problems, *taken.problems]
    written = taken.value
    if written is None:
        return None, tuple(sorted(faults))
    told: list[WrittenUpdate] = list(written.updates)
    for document in others:
        more = shaped(document, WrittenUpdate, document.value, (), kind)
        faults += more.problems
        if more.value is not None:
            told.append(more.value)
    told.sort(key=lambda update: update.at)
    if any(problem.level is Level.ERROR for problem in faults):
        return None, tuple(sorted(faults))
    updates = []
    for update, name in zip(told, _ids(told), strict=True):
        updates.append(_update(update, name, components, zone))
    facts = {name: getattr(written, name) for name in IncidentFacts.__dataclass_fields__}
    record = Incident(id=id, updates=tuple(updates), scheduled=_schedule(written.scheduled, zone), **facts)
    return record, tuple(sorted(faults))


def _ids(told: Sequence[WrittenUpdate]) -> list[str]:
    seen: Counter[str] = Counter()
    result = []
    for update in told:
        if update.id is not None:
            result.append(update.id)
            continue
        stamp = moment.stamp(update.at)
        seen[stamp] += 1
        result.append(stamp if seen[stamp] == 1 else f"{stamp}-{seen[stamp]}")
    return result


def _update(written: WrittenUpdate, name: str, components: Components, zone: str) -> Update:
    facts = {key: getattr(written, key) for key in UpdateFacts.__dataclass_fields__}
    facts["components"] = expanded(written.components, written.at, components, zone)
    if written.next_update_in is not None:
        facts["next_update_at"] = written.at + written.next_update_in
    return Update(id=name, **facts)


def expanded(
    named: Mapping[str, ComponentStatus], at: datetime, components: Components, zone: str
) -> Mapping[str, ComponentStatus]:
    """Return `named` with groups replaced by their members at `at`; a component named itself keeps its own state."""
    if not any(name.startswith("group:") for name in named):
        return named
    result: dict[str, ComponentStatus] = {}
    for name, status in named.items():
        if name.startswith("group:"):
            for component in components.members(name.removeprefix("group:"), at, zone):
                result.setdefault(component.id, status)
        else:
            result[name] = status
    return {**result, **{name: status for name, status in named.items() if not name.startswith("group:")}}


def _schedule(written: WrittenSchedule | None, zone: str) -> Schedule | None:
    if written is None:
        return None
    facts = {name: getattr(written, name) for name in ScheduleFacts.__dataclass_fields__}
    return Schedule(timezone=written.timezone or zone, exceptions=written.exceptions, **facts)
