"""What an incident held through its phases: from its beginning or a reopening to its resolution."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from stillup.records.incident import Update
from stillup.records.phase import Phase
from stillup.timeline.claim import Claim
from stillup.vocabulary import ComponentStatus

Step = tuple[datetime, Update]
"""An update that counts, with the instant from which it does (UTC)."""


@dataclass(slots=True)
class Phases:
    """An incident while its updates are read, oldest first."""

    began: datetime
    """When customers began to notice."""

    claims: list[Claim] = field(default_factory=list)
    held: dict[str, tuple[datetime, ComponentStatus]] = field(default_factory=dict)
    worst: ComponentStatus = ComponentStatus.OPERATIONAL
    current: int = 0
    """Where in `claims` the newest phase begins."""

    newest: Phase = field(init=False)

    def __post_init__(self) -> None:
        """Begin with the first phase."""
        self.newest = Phase(self.began)

    @property
    def closed(self) -> datetime | None:
        """When the newest phase was told to be over."""
        return self.newest.closed

    def read(self, steps: Sequence[Step], ended_at: datetime | None, at: datetime) -> None:
        """Read every update; `ended_at` is when customers stopped noticing the newest phase."""
        for number, (moment, update) in enumerate(steps):
            if number == 0:
                self._change(update, self.began)
            changed = moment if update.changed_at is None else min(update.changed_at.astimezone(UTC), moment)
            if self.newest.follow(moment, changed, closes=update.status.closes):
                self._reopen(update, self.newest.began)
            if number and not update.status.closes:
                self._change(update, max(changed, self.newest.began))
        if self.closed is not None:
            self._end(ended_at or self.closed, at)
        else:
            self._end(None, at)

    def _change(self, update: Update, moment: datetime) -> None:
        """Take over the states that `update` names from `moment` on; the rest carries on."""
        for component, status in update.components.items():
            if component in self.held:
                start, was = self.held[component]
                if was is status and start <= moment:
                    continue
                self.claims.append(Claim(component=component, start=start, end=moment, status=was))
                del self.held[component]
            if update.changed_at is not None:
                self._take_back(component, moment)
            if status is not ComponentStatus.OPERATIONAL:
                self.held[component] = (moment, status)
                self.worst = max(self.worst, status, key=lambda state: state.rank)

    def _take_back(self, component: str, moment: datetime) -> None:
        """Forget what was said of `component` in this phase from `moment` on: who tells it later knows better."""
        self.claims[self.current :] = [
            Claim(component=component, start=each.start, end=moment, status=each.status)  # empty if it began later
            if each.component == component and each.end is not None and each.end > moment
            else each
            for each in self.claims[self.current :]
        ]

    def _reopen(self, update: Update, moment: datetime) -> None:
        """Begin a new phase. What was held before comes back unless `update` says what is affected now."""
        before = {component: (moment, status) for component, (_, status) in self.held.items()}
        self._end(self.newest.before, moment)
        self.current = len(self.claims)
        self.held = {} if update.components else before

    def _end(self, end: datetime | None, at: datetime) -> None:
        """End the newest phase at `end`; what began at or after it vanishes. An end after `at` is still to come."""
        held = [Claim(component=name, start=since, end=None, status=was) for name, (since, was) in self.held.items()]
        phase = [*self.claims[self.current :], *held]
        if end is not None:
            phase = [_until(claim, end, at) for claim in phase if claim.start < end]
        self.claims[self.current :] = phase
        self.held = {}


def _until(claim: Claim, end: datetime, at: datetime) -> Claim:
    if claim.end is not None and claim.end <= end:
        return claim
    still = None if end > at else end
    return Claim(component=claim.component, start=claim.start, end=still, status=claim.status)
