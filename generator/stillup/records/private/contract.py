"""What was promised to customers: an entry of `private/contracts.yml`."""

from dataclasses import field
from typing import Annotated

from stillup.frozen import dataclass
from stillup.records.field import Affected, Day, Filled, Flag, Id, Line, Percent, Thousandths, Zone
from stillup.records.mark import Bounded, Strict
from stillup.records.private.kind import Amount, Currency, Some


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier(Strict):
    """What is credited for a month below a figure."""

    below: Percent
    """Of availability, in percent."""

    credit: Percent
    """Of the monthly fee of the service concerned, in percent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractWeights(Strict):
    """How much of its time a state costs by the contract, in thousandths; written as a share, `0.5`."""

    degraded_performance: Thousandths = 0
    """Of degraded performance."""

    partial_outage: Thousandths = 300
    """Of a partial outage."""

    major_outage: Thousandths = 1000
    """Of a major outage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion(Strict):
    """An incident that does not count against the promise."""

    incident: Id
    """Which."""

    reason: Line
    """Why, as the contract has it: force majeure, a fault of the customer's own ..."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service(Strict):
    """One promise of a contract."""

    components: Annotated[tuple[Affected, ...], Filled]
    """Which components it is about: ids, or `group:` and a group's id."""

    availability: Percent
    """What is promised for a calendar month, in percent."""

    monthly_fee: Amount
    """What the service costs a month."""

    tiers: tuple[Tier, ...] = ()
    """What is credited; of those that apply, the highest holds."""

    cap: Percent | None = None
    """The most that is credited, in percent of the fee."""

    weights: ContractWeights = field(default_factory=ContractWeights)
    """How much of its time a state costs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract(Strict):
    """One contract."""

    id: Id
    """Its short name, unique in the file."""

    customer: Id
    """Whose it is, as `customers.yml` names them."""

    currency: Currency
    """Of its fees."""

    start: Day
    """Its first day."""

    end: Day | None = None
    """Its last day; none: it goes on."""

    services: Annotated[tuple[Service, ...], Filled]
    """What it promises."""

    claim_days: Some = 30
    """Within how many days after a month a credit is to be claimed."""

    maintenance_counts: Flag = False
    """Whether announced maintenance counts against the promise."""

    excluded: tuple[Exclusion, ...] = ()
    """Incidents that do not count against it."""

    timezone: Zone | None = None
    """The zone of its days and months; default: the page's."""

    month_starts: Annotated[int, Bounded({"strict": True, "ge": 1, "le": 28})] = 1
    """The day on which its month begins."""

    note: Line = ""
    """What else was agreed."""
