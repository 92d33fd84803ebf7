"""What was promised to customers: an entry of `private/contracts.yml`."""

from typing import Annotated

from stillup.frozen import dataclass
from stillup.records.field import Affected, Day, Filled, Flag, Id, Line, Percent
from stillup.records.mark import Strict
from stillup.records.private.kind import Amount, Currency, Some


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier(Strict):
    """What is credited for a month below a figure."""

    below: Percent
    """Of availability, in percent."""

    credit: Percent
    """Of the monthly fee of the service concerned, in percent."""


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

    note: Line = ""
    """What else was agreed."""
