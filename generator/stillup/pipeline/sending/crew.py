"""A delivery by several workers: cut into shares, looked after, and accounted for by the ledger alone."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from uuid import uuid4

from stillup.delivery import plan
from stillup.delivery.crew import Crew
from stillup.delivery.entry import Settled, Standing
from stillup.delivery.ledger.postgres import PostgresLedger
from stillup.delivery.pace import Clock, Progress
from stillup.delivery.plan import EARLIER, UNTIL_MENDED, Reason
from stillup.delivery.share import Share, Shares, cut
from stillup.delivery.tally import Tally
from stillup.errors import StillupError
from stillup.messages.event import Event
from stillup.messages.events import DIGEST
from stillup.pipeline.building.run import Run
from stillup.pipeline.sending.audience import Audience
from stillup.pipeline.sending.share import Teller
from stillup.postgres.address import address
from stillup.postgres.queue import Queue
from stillup.postgres.session import Cursor
from stillup.subscribers.postgres_store import PostgresStore
from stillup.vocabulary import Severity

_FEW, _MANY = 50, 2000
"""How many people a share has, at least and at most; it lasts about five seconds."""

_FIRST = {Severity.P0: 40, Severity.P1: 30, Severity.P2: 20}
"""The priority of an incident by its severity; everything else has 10, and a digest none."""

_DECIDED = {
    Standing.ACCEPTED: Reason.ACCEPTED,
    Standing.REFUSED: Reason.REFUSED,
    Standing.UNKNOWN: Reason.UNKNOWN,
    Standing.SUPPRESSED: Reason.DROPPED,
}
_PATIENCE = 600.0
"""Seconds that a delivery waits for another one with workers to end."""


def deliver_with(
    count: int,
    run: Run,
    there: PostgresLedger,
    audience: Audience,
    teller: Teller,
    names: Sequence[str],
    found: Sequence[Event],
    commit: str,
    clock: Clock,
    progress: Progress | None,
    ends: Callable[[], bool],
) -> tuple[Tally, ...]:
    """Have `count` workers on this machine, and those on others, send what is owed of `found`; return the accounts.

    Once it `ends`, what nobody has begun is left to the next run.

    Raises:
        StillupError: another delivery does not end, or the database does not answer any more.
    """
    store = audience.store
    assert isinstance(store, PostgresStore), "it was looked at"
    place = address(run.edition.settings.ledger)

    def start() -> "subprocess.Popen[bytes]":
        words = [sys.executable, "-m", "stillup", "worker", "--root", str(run.root), "--child", str(os.getpid())]
        # In a group of its own: Ctrl-C is for us, and we tell the workers.
        return subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, process_group=0)

    with _alone(there, clock, ends):
        crew, delivery, since = Crew(there.session, Queue(place), start, count, clock, ends), uuid4(), there.end()
        open_ = {name: [each for each in found if not there.is_settled(each.key, name)] for name in names}
        shares: list[tuple[Share, int]] = []
        before = {}
        for name, events in open_.items():
            dispatch = teller.dispatch(name)
            dispatch.finish_others({event.key for event in events})
            before[name] = there.account(name, [event.key for event in events])
            most = max(_FEW, min(_MANY, int(dispatch.channel.policy.rate * 5 / count)))
            ranges = cut(store.sizes(name), most) if events else []
            for event in events:
                siblings = [each for each in found if each.incident == event.incident]
                why = plan.silence(event, dispatch.rules, there.generation(event.key, name), siblings)
                for first, past, size in ranges:
                    share = Share(
                        delivery=delivery,
                        event=event.key,
                        channel=name,
                        first=first,
                        past=past,
                        size=size,
                        at=run.edition.at,
                        commit=commit,
                        reason=why.value if why else "",
                    )
                    shares.append((share, priority(event, siblings)))
        kept = Shares(there.session)
        left = crew.run(delivery, shares, (lambda n: progress("", "told", n)) if progress else lambda _: None)
        for share in kept.undone(delivery):
            if not ends():
                kept.end(share.id, teller.tell(share))  # No worker came to an end with it: it is done here.
            if ends():
                left.add((share.channel, share.event))
        done = kept.counts(delivery)
        # The lock goes with the connection: where it was lost, another delivery may have thrown our shares away.
        left |= missing((share for share, _ in shares), done)
        counts = _counted(done, open_)
        accounts = []
        for name, events in open_.items():
            dispatch = teller.dispatch(name)
            dispatch.await_others()
            at, keys = clock.now(), [event.key for event in events]
            there.record(
                [
                    Settled(event=key, channel=name, at=at, counts=dict(counts[name, key]))
                    for key in keys
                    if (name, key) not in left
                    and not there.is_open(key, name)
                    and not any(counts[name, key][each.value] for each in UNTIL_MENDED)
                    and not there.is_settled(key, name)
                ]
            )
            seen = sum((counts[name, key] for key in keys), Counter())
            tally = account_of(name, seen, before[name], there.account(name, keys), there.reasons(name, since))
            tally.left = any(channel == name for channel, _ in left)
            accounts.append(tally)
    return tuple(accounts)


def priority(event: Event, siblings: Sequence[Event]) -> int:
    """Return how soon `event` is told: the same for everything of one incident, so that nothing overtakes."""
    if event.kind == DIGEST:
        return 0
    return max(_FIRST.get(each.severity, 10) if each.severity else 10 for each in (event, *siblings))


def missing(wanted: Iterable[Share], done: Sequence[tuple[str, str, dict[str, int]]]) -> set[tuple[str, str]]:
    """Return channel and event of what not all shares give account of that were `wanted`."""
    told = Counter((channel, event) for event, channel, _ in done)
    return set(Counter((each.channel, each.event) for each in wanted) - told)


def _counted(
    done: Sequence[tuple[str, str, dict[str, int]]], open_: Mapping[str, Sequence[Event]]
) -> Mapping[tuple[str, str], Counter[str]]:
    """Return by channel and event how many were sent it, and why the others were not."""
    found: dict[tuple[str, str], Counter[str]] = {
        (name, event.key): Counter() for name, events in open_.items() for event in events
    }
    for event, channel, counts in done:
        found[channel, event].update(counts)
    return found


def account_of(
    channel: str,
    seen: Counter[str],
    before: Mapping[str, Mapping[Standing, int]],
    now: Mapping[str, Mapping[Standing, int]],
    reasons: Mapping[tuple[str, int], tuple[Standing, str]],
) -> Tally:
    """Return the account of a delivery: what became of whom the ledger says, whoever sent it, the plan says the rest.

    `seen` is everybody on the list, by what was done about them. `before` and `now` are how many stood how with each
    event when the delivery began, and stand now.
    """
    tally = Tally(channel=channel)
    told = sum((Counter(each) for each in now.values()), Counter())
    known = sum((Counter(each) for each in before.values()), Counter())
    whys: dict[Standing, Counter[str]] = {}
    for standing, why in reasons.values():
        whys.setdefault(standing, Counter())[why] += 1
    for standing, reason in _DECIDED.items():
        if known[standing]:
            tally.add("earlier", reason.value, known[standing])
    ends = {Standing.ACCEPTED: "accepted", Standing.UNKNOWN: "unknown", Standing.SUPPRESSED: "suppressed"}
    for standing in (*_DECIDED, Standing.LATER, Standing.MAYBE, Standing.CLAIMED):
        count = told[standing] - (known[standing] if standing in _DECIDED else 0)
        prefix = "" if standing in ends else "refused: " if standing is Standing.REFUSED else "later: "
        for why, some in whys.get(standing, Counter()).items() if standing is not Standing.ACCEPTED else ():
            part = min(some, count)
            if part > 0:
                tally.add(ends.get(standing, "failed"), f"{prefix}{why}", part)
                count -= part
        if count > 0:
            tally.add(ends.get(standing, "failed"), prefix.strip(), count)
    for word, count in seen.items():
        if word in UNTIL_MENDED:
            tally.add("failed", f"later: {word}", count)
        elif word != "sent" and word not in EARLIER:
            tally.add("suppressed", word, count)
    decided = sum(known[standing] for standing in _DECIDED)
    # Who left the list after they were told is in the ledger, and no more on the list.
    tally.add("planned", count=max(seen.total() - decided, -tally.missing))
    return tally


@contextmanager
def _alone(ledger: PostgresLedger, clock: Clock, ends: Callable[[], bool]) -> Iterator[None]:
    """Let nobody else hand out work meanwhile.

    Raises:
        StillupError: somebody does, and does not come to an end before this run is told to.
    """
    until = clock.now().timestamp() + _PATIENCE
    while not ledger.session.lightly(_take):
        if ends() or clock.now().timestamp() > until:
            raise StillupError("Another delivery with workers does not come to an end. Nothing was sent by this one.")
        clock.sleep(1)
    try:
        yield
    finally:
        ledger.session.lightly(_give)


def _take(cursor: Cursor) -> bool:
    row = cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(current_schema() || ' delivery', 0))").fetchone()
    return bool(row and row[0])


def _give(cursor: Cursor) -> None:
    cursor.execute("SELECT pg_advisory_unlock_all()")
