"""That something was done: who did it, when, and where it can be seen."""

from stillup.frozen import dataclass
from stillup.records.field import Line, Moment
from stillup.records.mark import Strict


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof(Strict):
    """That something was done."""

    at: Moment
    """When it was done."""

    by: Line
    """Who did it, as a role."""

    evidence: Line
    """Where that can be looked up: a link, a ticket, a file."""
