"""The component record: one part of the service, as `components/**/<id>.yml` describes it."""

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from typing import Annotated

from stillup.frozen import dataclass
from stillup.records.field import (
    Code,
    Day,
    Flag,
    Id,
    Language,
    Line,
    Moment,
    Opaque,
    Percent,
    Position,
    Text,
    one_of,
)
from stillup.records.mark import Strict
from stillup.records.vendor import VendorState
from stillup.vocabulary import ComponentStatus, Show, UptimeShown

Translations = Mapping[Language, Mapping[Annotated[str, one_of("a text of a component", "name", "description")], Text]]


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChange(Strict):
    """A change of state seen outside incidents, by a person or a monitor."""

    at: Moment
    """When it was seen."""

    status: ComponentStatus
    """What its users notice from then on."""

    source: Line = ""
    """Who saw it, e.g. `alertmanager`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentFacts(Strict):
    """What is said of one part of the service."""

    name: Line
    """What customers call it."""

    group: Id | None = None
    """The id of its group."""

    description: Text = ""
    """What customers do with it."""

    position: Position = 0
    """Its place among its neighbours, smallest first."""

    since: Day | None = None
    """The first civil day with data; before it nothing is drawn or counted."""

    until: Day | None = None
    """The first civil day after its life; its page and history stay."""

    show: Show = Show.ALWAYS
    """When it has a row on the home page."""

    uptime: UptimeShown = UptimeShown.SHOWN
    """Whether its bars and figure are public."""

    status: ComponentStatus | None = None
    """Its state now, since an unknown time: it moves its row and the overall state, never its uptime."""

    states: tuple[StateChange, ...] = ()
    """Changes seen outside incidents, oldest first."""

    sla: Percent | None = None
    """The promised availability in percent."""

    vendor: Mapping[Annotated[str, one_of("a word about a vendor", "statuspage", "component", "name")], Line] = field(
        default_factory=dict
    )
    """Whose service it is: the address of its status page, and its name there."""

    code: Code | None = None
    """The public API's id, 12 letters, where it is kept from elsewhere."""

    source: Opaque = field(default_factory=dict)
    """What an importer keeps of the original; only the API reads it."""

    translations: Translations = field(default_factory=dict)
    """By language, then by field: `{"es": {"name": ...}}`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Component(ComponentFacts):
    """One part of the service that can fail by itself."""

    id: str
    """The file's stem."""

    affected: VendorState | None = None
    """What was last heard of its supplier, from `components/_vendors.yml`."""

    def lives_on(self, day: date) -> bool:
        """Return whether the civil day lies in its life: from `since` on, before `until`."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group(Strict):
    """Components that belong together, from `components/_groups.yml` or from the slug alone."""

    id: Id
    """The word by which components name it."""

    name: Line
    """What customers call it."""

    description: Text = ""
    """What its components have in common."""

    collapsed: Flag = False
    """True: its rows are folded away until somebody opens them."""

    code: Code | None = None
    """The public API's id, 12 letters, where it is kept from elsewhere."""

    source: Opaque = field(default_factory=dict)
    """What an importer keeps of the original; only the API reads it."""

    translations: Translations = field(default_factory=dict)
    """By language, then by field: `{"es": {"name": ...}}`."""
