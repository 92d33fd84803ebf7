"""How long it takes to plan one update for a million people, and how much memory: `python -m benchmarks.recipients`.

Two plans: of an opening, of which nobody has heard, and of the closing, which asks the ledger about every one of them.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from stillup.delivery.entry import Answer, Intent, Standing
from stillup.delivery.keyring import Keyring
from stillup.delivery.ledger.sqlite import SqliteLedger
from stillup.delivery.plan import Candidate, Reason, Rules, silence, steps
from stillup.messages.event import Event
from stillup.messages.recipient import Recipient
from stillup.vocabulary import Kind

AT = datetime(2026, 11, 20, 10, 45, tzinfo=UTC)
KEYRING = Keyring(b"a key for benchmarks, long enough")
OPENING = Event(
    key="cards/one", kind="incident_opened", incident="cards", record=Kind.INCIDENT, title="Cards", at=AT, opening=True
)
CLOSING = Event(
    key="cards/two",
    kind="incident_resolved",
    incident="cards",
    record=Kind.INCIDENT,
    title="Cards",
    at=AT,
    closing=True,
)


def candidates(count: int) -> Iterator[Candidate]:
    """Return `count` people, made as they are asked for."""
    for number in range(count):
        yield Candidate(recipient=Recipient(channel="email", address=f"person{number}@example.com", id=str(number)))


def planned(ledger: SqliteLedger, event: Event, count: int) -> dict[Reason | None, int]:
    """Plan `event` for `count` people and return how many for each reason; None: it is sent."""
    found: dict[Reason | None, int] = {}
    reason = silence(event, Rules(at=AT, beginning=None), 0)
    for step in steps(event, "email", candidates(count), known=ledger, keyring=KEYRING, reason=reason):
        found[step.reason] = found.get(step.reason, 0) + len(step.people)
    return found


def tell(ledger: SqliteLedger, count: int) -> None:
    """Write down that everybody heard the opening."""
    some: list[bytes] = []
    for number, each in enumerate(candidates(count), 1):
        some.append(KEYRING.recipient("email", each.recipient.address))
        if len(some) == 1000 or number == count:
            intent = Intent(
                event="cards/one", incident="cards", event_at=AT, channel="email", audience="customers",
                commit="c" * 40, at=AT, owner="o:1:1", until=AT + timedelta(minutes=15),
                recipients=tuple(some), digests=tuple(some),
            )  # fmt: skip
            ledger.claim([intent])
            ledger.record([Answer(intent=intent.id, at=AT, standings=Standing.ACCEPTED.value * len(some))])
            some = []


def main(count: int) -> None:
    """Print seconds and memory of both plans."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = SqliteLedger(Path(folder) / "ledger.sqlite")
        for name, event, before in (("opening", OPENING, None), ("closing", CLOSING, tell)):
            if before is not None:
                began = time.perf_counter()
                before(ledger, count)
                print(f"receipts of {count:,} written in {time.perf_counter() - began:.1f} s")
            began = time.perf_counter()
            found = planned(ledger, event, count)
            assert found == {None: count}, found
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"{name} for {count:,} planned in {time.perf_counter() - began:.1f} s, {memory:.0f} MB in all")
        ledger.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
