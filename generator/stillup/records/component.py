"""The component record: one part of the service, as `components/**/<id>.yml` describes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from stillup.vocabulary import ComponentStatus, Show, UptimeShown


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChange:
    """A change of state seen outside incidents, by a person or a monitor."""

    at: datetime
    status: ComponentStatus
    source: str = ""
    """Who saw it, e.g. `alertmanager`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One part of the service that can fail by itself."""

    id: str
    """The file's stem."""

    name: str
    group: str | None = None
    """The id of its group."""

    description: str = ""
    position: int = 0
    since: date | None = None
    """The first civil day with data; before it nothing is drawn or counted."""

    until: date | None = None
    """The first civil day after its life; its page and history stay."""

    show: Show = Show.ALWAYS
    uptime: UptimeShown = UptimeShown.SHOWN
    status: ComponentStatus | None = None
    """Its state now, since an unknown time: row and overall state, never uptime. None where none was written."""

    states: tuple[StateChange, ...] = ()
    """Oldest first."""

    sla: Decimal | None = None
    """The promised availability in percent."""

    vendor: Mapping[str, str] = field(default_factory=dict)
    code: str | None = None
    """The public API's id, 12 letters, where it is kept from elsewhere."""

    source: Mapping[str, object] = field(default_factory=dict)
    """What an importer keeps of the original; only the API reads it."""

    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By language, then by field: `{"es": {"name": ...}}`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Components that belong together, from `components/_groups.yml` or from the slug alone."""

    id: str
    name: str
    description: str = ""
    collapsed: bool = False
    code: str | None = None
    source: Mapping[str, object] = field(default_factory=dict)
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
