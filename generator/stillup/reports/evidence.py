"""What git, the ledger and the event log can prove: facts for an auditor, before anybody judges them."""

from collections.abc import Mapping
from datetime import datetime

from stillup.frozen import dataclass
from stillup.timeline.clock.clock import Clock

GOOD = ("good signature", "good signature, key not trusted")
"""What git says of a signature that holds."""

LOST = ("refused", "unknown", "later", "claimed", "late")
"""What became of a message that did not arrive as it should have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """One change of what is published."""

    id: str
    at: datetime
    author: str
    committer: str
    signature: str
    """What git says of it, in words."""

    approved: tuple[str, ...]
    """Names of its `Approved-by` and `Reviewed-by` lines, and of later commits that approve all its texts."""

    subject: str
    paths: tuple[str, ...]

    @property
    def signed(self) -> bool:
        """Whether its signature holds."""
        return self.signature in GOOD

    @property
    def second(self) -> bool:
        """Whether somebody else than its author stands for it."""
        return any(_person(each) not in (_person(self.author), "") for each in self.approved)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One event on one channel, as the ledger has it."""

    event: str
    channel: str
    told_at: datetime | None
    """When the newest receipt came; None where none did."""

    counts: Mapping[str, int]
    reasons: Mapping[str, int]
    erased: bool = False
    """Whether the ledger's lines of it lost their texts since: then no receipt has a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chained:
    """A file of which no line can be changed unnoticed: the ledger, or the public event log."""

    place: str
    lines: int
    head: str
    """The hash of its newest line."""

    faults: tuple[str, ...]
    """Where it is not whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All of it, of one period."""

    commits: tuple[Commit, ...] | None
    """Oldest first; None where there is no git."""

    deliveries: tuple[Delivery, ...]
    undated: int
    """How many more events the ledger has emptied, of which nothing says any more whether they are of the period."""

    ledger: Chained | None
    """None where there is none."""

    log: Chained | None
    """The public event log; None where there is none."""

    clocks: tuple[Clock, ...]
    """The duties of the incidents that began in the period, and of its exercises."""

    drills: tuple[Clock, ...]
    """For each exercise that the plan asks for in the period, how it stands."""


def _person(written: str) -> str:
    """Return a name without its address, as names are compared."""
    return " ".join(written.partition("<")[0].split()).casefold()
