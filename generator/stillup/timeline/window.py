"""One window of a maintenance on its way through clock and updates."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from stillup.records.incident import Update
from stillup.timeline.claim import Claim
from stillup.vocabulary import ComponentStatus, UpdateStatus

LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class Run:
    """A span in which the work really went on."""

    start: datetime
    end: datetime | None = None


@dataclass(slots=True)
class Window:
    """A window while the updates are read, oldest first. With `auto` the clock begins and ends it."""

    planned: datetime
    """The start it was first announced with."""

    start: datetime
    end: datetime
    auto: bool
    status: UpdateStatus = UpdateStatus.SCHEDULED
    runs: list[Run] = field(default_factory=list)
    finished: datetime | None = None
    """When it was completed or cancelled."""

    waiting: datetime = LONG_AGO
    """When it was last announced or put back; the clock does not begin it earlier."""

    told: list[str] = field(default_factory=list)
    """Of a series: the ids of the updates that speak of this window alone, oldest first."""

    states: list[tuple[datetime, dict[str, ComponentStatus]]] = field(default_factory=list)
    """What updates say of components while it runs."""

    @property
    def running(self) -> bool:
        """Whether the work goes on."""
        return self.status in (UpdateStatus.IN_PROGRESS, UpdateStatus.VERIFYING)

    def tick(self, now: datetime) -> None:
        """Let the clock do what it does up to and at `now`. Half-open: at `end` it is completed."""
        if not self.auto:
            return
        if self.status is UpdateStatus.SCHEDULED and self.start <= now:
            begin = max(self.start, self.waiting)
            if begin < self.end:
                self._begin(begin)
            else:
                self._finish(begin, UpdateStatus.COMPLETED)
        if self.running and self.runs[-1].start < self.end <= now:
            self._finish(self.end, UpdateStatus.COMPLETED)

    def take(self, update: Update, now: datetime) -> None:
        """Do what `update`, which speaks of this window, says at `now`."""
        self.tick(now)
        if update.scheduled is not None:
            self.start, self.end = update.scheduled.start.astimezone(UTC), update.scheduled.end.astimezone(UTC)
        match update.status:
            case UpdateStatus.COMPLETED | UpdateStatus.CANCELLED:
                if self.finished is None:
                    self._finish(now, update.status)
            case UpdateStatus.SCHEDULED:
                self._put_back(now, moved=update.scheduled is not None)
            case status:
                if not self.running:
                    self._begin(now)
                self.status = status
        self.tick(now)

    def _put_back(self, now: datetime, *, moved: bool) -> None:
        """Wait for the start again, unless the window says that the work goes on, or that its time is over."""
        if self.auto and self.end <= now:
            return
        if self.running and self.start <= now and (self.auto or moved):
            return
        if self.running:
            self.runs[-1].end = now
        self.status, self.finished, self.waiting = UpdateStatus.SCHEDULED, None, now

    def _begin(self, moment: datetime) -> None:
        self.runs.append(Run(moment))
        self.status, self.finished = UpdateStatus.IN_PROGRESS, None

    def _finish(self, moment: datetime, status: UpdateStatus) -> None:
        if self.running:
            self.runs[-1].end = moment
        self.status, self.finished = status, moment

    def claims(self) -> list[Claim]:
        """Return what it held while it ran."""
        return [claim for run in self.runs for claim in self._claims(run)]

    def _claims(self, run: Run) -> list[Claim]:
        held: dict[str, tuple[datetime, ComponentStatus]] = {}
        claims = []
        for moment, states in self.states:
            if run.end is not None and moment >= run.end:
                break
            since = max(moment, run.start)
            for component, status in states.items():
                if component in held:
                    start, was = held[component]
                    claims.append(Claim(component=component, start=start, end=since, status=was))
                held[component] = (since, status)
        claims += [Claim(component=name, start=start, end=run.end, status=was) for name, (start, was) in held.items()]
        return claims
