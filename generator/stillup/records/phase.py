"""Where the phases of an incident begin: the first with it, each other with a reopening after its resolution."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True)
class Phase:
    """The newest phase of an incident while its updates are followed, oldest first."""

    began: datetime
    """When it begins: nothing that is told in it was so before."""

    closed: datetime | None = None
    """When it was first told to be over."""

    before: datetime | None = None
    """When the phase before it was told to be over; None in the first."""

    told: datetime | None = None
    """When the update was told that opened the incident again; None in the first."""

    def follow(self, at: datetime, changed: datetime, *, closes: bool) -> bool:
        """Go on to an update of `at`, of which the components changed at `changed`; return whether a phase begins.

        It begins with that change, and neither before the resolution that it comes after nor before the phase before.
        """
        if closes:
            self.closed = at if self.closed is None else self.closed
            return False
        if self.closed is None:
            return False
        self.began = max(changed, self.began, self.closed)
        self.before, self.told, self.closed = self.closed, at, None
        return True
