"""What files spell otherwise than records: ids that may be left out, names that Python keeps for itself."""

from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from stillup.records.component import ComponentFacts, Group
from stillup.records.field import Id, Line, Moment, Zone
from stillup.records.incident import IncidentFacts, ScheduleFacts, UpdateFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenUpdate(UpdateFacts):
    """An update as a file has it."""

    id: Id | None = None
    """Only where an earlier id must be kept, or another update has the same instant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenSchedule(ScheduleFacts):
    """A window or series as a file has it."""

    timezone: Zone | None = None
    """The zone in which a recurrence keeps its local time; default: the page's."""

    exceptions: Annotated[tuple[Moment, ...], Field(alias="except")] = ()
    """Starts of occurrences that do not take place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenIncident(IncidentFacts):
    """An incident or maintenance as a file has it."""

    scheduled: WrittenSchedule | None = None
    """The window of a maintenance."""

    updates: Annotated[tuple[WrittenUpdate, ...], Field(min_length=1)]
    """Oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenComponent(ComponentFacts):
    """A component as a file has it: its id is the file's stem."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenGroup(Group):
    """A group as `components/_groups.yml` has it."""

    name: Line = ""
    """Default: the id in words."""


@cache
def adapter(shape: Any) -> TypeAdapter[Any]:
    """Return pydantic's validator of `shape`, built once."""
    return TypeAdapter(shape)
