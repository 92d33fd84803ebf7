"""A ledger that ends with its process: for renderings, previews and tests."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from threading import RLock

from stillup.delivery.entry import Beginning, Entry, Intent, Standing, Takeover
from stillup.delivery.ledger import Lease, LedgerError, Line, Open, Statement
from stillup.delivery.ledger.state import State

Decide = Callable[[State], Sequence[Entry]]
"""What to write next on a state, which it leaves as it is."""


class StateLedger:
    """What ledgers have in common whose state fits in memory: they differ in how lines are kept."""

    place = ""
    is_cheap = True

    def __init__(self) -> None:
        """Begin with an empty state."""
        self._state = State()
        self._lock = RLock()

    def _append(self, decide: Decide) -> None:
        """Write what `decide` says, all of it or nothing; on another state it may be asked again."""
        raise NotImplementedError

    def beginning(self) -> Beginning | None:
        """See `Ledger`."""
        return self._state.beginning

    def begin(self, beginning: Beginning) -> None:
        """See `Ledger`."""

        def decide(state: State) -> Sequence[Entry]:
            if state.beginning is not None:
                raise LedgerError(f"The ledger {self.place} has begun already. `stillup ledger show` says when.")
            return [beginning]

        self._append(decide)

    def probe(self) -> None:
        """See `Ledger`."""

    def refresh(self) -> None:
        """See `Ledger`."""

    def standings(self, event: str, channel: str, recipients: Sequence[bytes]) -> dict[bytes, Standing]:
        """See `Ledger`."""
        with self._lock:
            told = self._state.told[event, channel]
            return {recipient: told[recipient][0] for recipient in recipients if recipient in told}

    def heard(self, incident: str, channel: str, recipients: Sequence[bytes]) -> dict[bytes, datetime]:
        """See `Ledger`."""
        with self._lock:
            return self._state.heard(incident, channel, recipients)

    def is_settled(self, event: str, channel: str) -> bool:
        """See `Ledger`."""
        return (event, channel) in self._state.settled

    def generation(self, event: str, channel: str) -> int:
        """See `Ledger`."""
        return self._state.generations.get((event, channel), 0)

    def is_for_everybody(self, event: str, channel: str) -> bool:
        """See `Ledger`."""
        return (event, channel) in self._state.everybody

    def reopened(self) -> tuple[str, ...]:
        """See `Ledger`."""
        found = {event for event, channel in self._state.generations if (event, channel) not in self._state.settled}
        return tuple(sorted(found))

    def swept(self) -> datetime | None:
        """See `Ledger`."""
        return self._state.swept

    def rests(self, channel: str) -> dict[str, datetime]:
        """See `Ledger`."""
        with self._lock:
            return dict(self._state.rests[channel])

    def open_intents(self, channel: str = "") -> tuple[Open, ...]:
        """See `Ledger`."""
        with self._lock:
            return self._state.open_intents(channel)

    def claim(self, intents: Sequence[Intent]) -> tuple[Intent, ...]:
        """See `Ledger`."""
        granted: list[Intent] = []

        def decide(state: State) -> Sequence[Entry]:
            granted[:] = state.claimable(intents)
            return granted

        self._append(decide)
        return tuple(granted)

    def take_over(self, takeover: Takeover, seen: Lease) -> bool:
        """See `Ledger`."""
        done = False

        def decide(state: State) -> Sequence[Entry]:
            nonlocal done
            done = state.lease(takeover.intent) == seen
            return [takeover] if done else []

        self._append(decide)
        return done

    def record(self, statements: Sequence[Statement]) -> None:
        """See `Ledger`."""
        if statements:
            self._append(lambda _: statements)

    def index_faults(self) -> Iterator[str]:
        """See `Ledger`."""
        return iter(())

    def close(self) -> None:
        """See `Ledger`."""


class MemoryLedger(StateLedger):
    """Lines in a list."""

    place = "memory"

    def __init__(self) -> None:
        """Begin with no line."""
        super().__init__()
        self._lines: list[Line] = []

    def _append(self, decide: Decide) -> None:
        with self._lock:
            entries = decide(self._state)
            lines = self._state.following(entries)
            self._state.accept(lines, entries)
            self._lines += lines

    def lines(self) -> Iterator[Line]:
        """See `Ledger`."""
        return iter(tuple(self._lines))
