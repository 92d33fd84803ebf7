"""What suppliers' status pages say of the services that components stand on, and the settings of watching them.

`components/_vendors.yml` is written by `stillup intake vendors` and holds public facts alone.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from stillup.frozen import dataclass
from stillup.records.field import Duration, Id, Line, Moment
from stillup.records.mark import Strict
from stillup.vocabulary import ComponentStatus

VENDORS = "components/_vendors.yml"


class VendorPublish(StrEnum):
    """How far a supplier's word gets by itself."""

    NOTE = "note"
    COMPONENT = "component"
    DRAFT = "draft"


class Doubt(StrEnum):
    """Why nobody knows how a supplier's service is."""

    UNREACHABLE = "unreachable"
    MALFORMED = "malformed"
    STRANGE = "strange"
    MISSING = "missing"
    STALE = "stale"


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorRule(Strict):
    """What a supplier's word means for one component."""

    component: Id
    """The component whose supplier is meant."""

    publish: VendorPublish
    """How far it gets by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendors(Strict):
    """How suppliers' status pages are watched."""

    publish: VendorPublish = VendorPublish.NOTE
    """`note`: it stands beside the component. `component`: its state follows too. `draft`: an incident is proposed."""

    rules: tuple[VendorRule, ...] = ()
    """Components for which it is otherwise."""

    stale_after: Duration = timedelta(hours=24)
    """After how long without a look at the supplier's page its word counts for nothing."""

    def of(self, component: str) -> VendorPublish:
        """Return how far the word on the supplier of `component` gets."""
        return next((rule.publish for rule in self.rules if rule.component == component), self.publish)


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorState(Strict):
    """What was last heard of the supplier of one component."""

    component: Id
    """The component that stands on it."""

    vendor: Line
    """What the supplier is called."""

    status: ComponentStatus | None = None
    """The last state that is known; none where there never was one."""

    since: Moment | None = None
    """When it was first seen in this state."""

    began: Moment | None = None
    """When the trouble that it is in was first seen."""

    seen_at: Moment | None = None
    """When it was last looked at; an hour is written now and then only, so that the file stays as it is."""

    unknown_since: Moment | None = None
    """Since when nobody knows; none while it is known."""

    reason: Doubt | None = None
    """Why nobody knows."""

    def doubted(self, at: datetime, stale_after: timedelta) -> datetime | None:
        """Return since when nobody knows how it is at `at`; None where it is known."""
        if self.unknown_since is not None or self.seen_at is None:
            return self.unknown_since
        ends = self.seen_at + stale_after
        return ends if ends <= at else None
