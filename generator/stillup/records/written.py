"""What files spell otherwise than records: ids that may be left out, names that Python keeps for itself."""

from typing import Annotated

from stillup.frozen import dataclass
from stillup.records.component import Group
from stillup.records.field import Filled, Id, Line, Moment, Zone
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

    exceptions: tuple[Moment, ...] = ()
    """Starts of occurrences that do not take place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenIncident(IncidentFacts):
    """An incident or maintenance as a file has it."""

    scheduled: WrittenSchedule | None = None
    """The window of a maintenance."""

    updates: Annotated[tuple[WrittenUpdate, ...], Filled]
    """What was said, oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenGroup(Group):
    """A group as `components/_groups.yml` has it."""

    name: Line = ""
    """What customers call it; default: the id in words."""
