"""Statuspage's objects, key by key in the real order; null is written, never left out.

Clients fail on a missing key and some on an unknown one, so nothing of our own stands here.
"""

from typing import Annotated, TypedDict

from stillup.api.mark import Mark
from stillup.vocabulary import ComponentStatus, Impact, Indicator

Code = Annotated[str, Mark(pattern="^[0-9bcdfghjklmnpqrstvwxyz]{12}$")]
Timestamp = Annotated[
    str, Mark(format="date-time", pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)$")
]
Day = Annotated[str, Mark(format="date")]
State = Annotated[str, Mark(enum=[status.value for status in ComponentStatus])]
IncidentState = Annotated[str, Mark(enum=["investigating", "identified", "monitoring", "resolved", "postmortem"])]
MaintenanceState = Annotated[str, Mark(enum=["scheduled", "in_progress", "verifying", "completed"])]
AnyState = Annotated[
    str,
    Mark(
        enum=[
            *("investigating", "identified", "monitoring", "resolved", "postmortem"),
            *("scheduled", "in_progress", "verifying", "completed"),
        ]
    ),
]
IncidentImpact = Annotated[str, Mark(enum=[impact.value for impact in Impact])]
AnyImpact = Annotated[str, Mark(enum=[*(impact.value for impact in Impact), "maintenance"])]


class Page(TypedDict):
    """The status page."""

    id: Code
    name: str
    url: str
    time_zone: str
    updated_at: Timestamp


class Status(TypedDict):
    """The roll-up."""

    indicator: Annotated[str, Mark(enum=[indicator.value for indicator in Indicator])]
    description: str


class Component(TypedDict):
    """One component."""

    id: Code
    name: str
    status: State
    created_at: Timestamp
    updated_at: Timestamp
    position: Annotated[int, Mark(minimum=1)]
    description: str | None
    showcase: bool
    start_date: Day | None
    group_id: Code | None
    page_id: Code
    group: bool
    only_show_if_degraded: bool


class Group(Component):
    """A group: a component with `group: true` and the ids of its components."""

    components: list[Code]


class Affected(TypedDict):
    """What an update said of one component."""

    code: Code
    name: str
    old_status: State
    new_status: State


class Update(TypedDict):
    """One update of an incident or a maintenance."""

    id: Code
    status: AnyState
    body: str
    incident_id: Code
    created_at: Timestamp
    updated_at: Timestamp
    display_at: Timestamp
    affected_components: list[Affected] | None
    deliver_notifications: bool
    custom_tweet: str | None
    tweet_id: str | None


class Incident(TypedDict):
    """One incident, its updates newest first."""

    id: Code
    name: str
    status: IncidentState
    created_at: Timestamp
    updated_at: Timestamp
    monitoring_at: Timestamp | None
    resolved_at: Timestamp | None
    impact: IncidentImpact
    shortlink: str
    started_at: Timestamp
    page_id: Code
    incident_updates: list[Update]
    components: list[Component]
    reminder_intervals: str | None


class Maintenance(TypedDict):
    """One maintenance; a series is one, told by the window that runs or comes next."""

    id: Code
    name: str
    status: MaintenanceState
    created_at: Timestamp
    updated_at: Timestamp
    monitoring_at: Timestamp | None
    resolved_at: Timestamp | None
    impact: AnyImpact
    shortlink: str
    started_at: Timestamp
    page_id: Code
    incident_updates: list[Update]
    components: list[Component]
    scheduled_for: Timestamp
    scheduled_until: Timestamp


class Postmortem(TypedDict):
    """What `incidents/<id>.json` has beside the incident; all null where nothing was published."""

    postmortem_body: str | None
    postmortem_body_last_updated_at: Timestamp | None
    postmortem_published_at: Timestamp | None


class Past(TypedDict):
    """An incident or maintenance in `history.json`."""

    code: Code
    name: str
    message: str
    impact: AnyImpact
    timestamp: str


class StatusDocument(TypedDict):
    """`api/v2/status.json`."""

    page: Page
    status: Status


class SummaryDocument(TypedDict):
    """`api/v2/summary.json`."""

    page: Page
    components: list[Component | Group]
    incidents: list[Incident]
    scheduled_maintenances: list[Maintenance]
    status: Status


class ComponentsDocument(TypedDict):
    """`api/v2/components.json`."""

    page: Page
    components: list[Component | Group]


class IncidentsDocument(TypedDict):
    """`api/v2/incidents.json` and `api/v2/incidents/unresolved.json`."""

    page: Page
    incidents: list[Incident]


class MaintenancesDocument(TypedDict):
    """`api/v2/scheduled-maintenances.json`, `.../upcoming.json` and `.../active.json`."""

    page: Page
    scheduled_maintenances: list[Maintenance]
