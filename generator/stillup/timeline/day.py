"""One civil day of one component."""

from dataclasses import dataclass
from datetime import date

from stillup.vocabulary import ComponentStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What a component went through on one civil day of the page's zone, up to `at`."""

    date: date
    known: bool = True
    """False before the component's `since`, and from its `until` on."""

    seconds: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0)
    """Seconds spent in each state, in the order of `ComponentStatus`."""

    causes: tuple[str, ...] = ()
    """Ids of the incidents and maintenances behind it, in order of their first second that day."""

    ongoing: bool = False
    """Whether its worst state still holds at `at`."""

    @property
    def worst(self) -> ComponentStatus:
        """The worst state of the day; operational where it was never in another."""
        for status in reversed(ComponentStatus):
            if self.seconds[status.rank]:
                return status
        return ComponentStatus.OPERATIONAL

    @property
    def partial(self) -> int:
        """Seconds of partial outage."""
        return self.seconds[ComponentStatus.PARTIAL_OUTAGE.rank]

    @property
    def major(self) -> int:
        """Seconds of major outage."""
        return self.seconds[ComponentStatus.MAJOR_OUTAGE.rank]
