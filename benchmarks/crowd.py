"""A million subscribers in PostgreSQL, told by several workers through a provider that takes only so many a second.

`python -m benchmarks.crowd postgresql://owner@host/database --people 1000000 --workers 3 --rate 1500`

A list of people of whom one in a hundred wants a digest a day is told a P0 incident, and that digest. In the middle one
worker is killed with -9, and where `--restart COMMAND` is given the database is restarted by it. The judge is the
provider's own account beside ours.
"""

import argparse
import http.client
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from stillup.delivery.crew import Crew
from stillup.delivery.dispatch import Dispatch
from stillup.delivery.entry import Beginning
from stillup.delivery.keyring import Keyring
from stillup.delivery.ledger.postgres import PostgresLedger
from stillup.delivery.owner import owner
from stillup.delivery.pace import Effort
from stillup.delivery.plan import Candidate, Rules
from stillup.delivery.receipt import Outcome, Policy, Receipt
from stillup.delivery.share import Share, Shares, cut
from stillup.delivery.shared_pace import SharedPace
from stillup.messages.event import Event
from stillup.messages.message import Message
from stillup.messages.recipient import Recipient
from stillup.pipeline.sending.audience import Audience
from stillup.pipeline.sending.crew import account_of, priority
from stillup.postgres.address import address
from stillup.postgres.migration import migrate
from stillup.postgres.queue import Queue
from stillup.postgres.session import connect
from stillup.subscribers.people import People
from stillup.subscribers.postgres_store import PostgresStore, slice_of
from stillup.vocabulary import Impact, Kind, Severity

AT = datetime.fromtimestamp(int(os.environ.setdefault("CROWD_AT", str(int(time.time())))), UTC)
"""When it began: workers are told."""
KEYRING = Keyring(b"a key for benchmarks, long enough")
CHANNEL = "webhook"
EVERY = 100
"""One in so many follows by digests."""

DOWN = Event(
    key="cards/one", kind="incident_opened", incident="cards", record=Kind.INCIDENT, title="Cards", at=AT,
    opening=True, impact=Impact.CRITICAL, severity=Severity.P0,
)  # fmt: skip
DIGEST = Event(key="digest/20261119", kind="digest", incident="digest", record=Kind.INCIDENT, title="Digest", at=AT)
EVENTS = (DOWN, DIGEST)
BY_KEY = {event.key: event for event in EVENTS}


class Wall:
    """The clock on the wall."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class Post:
    """A channel whose provider knows keys again; one connection, kept open."""

    name = CHANNEL

    def __init__(self, port: int, rate: float) -> None:
        self.policy = Policy(repeat_unknown=False, deduplicates=timedelta(hours=24), rate=rate)
        self._port = port
        self._line: http.client.HTTPConnection | None = None

    def send(self, message: Message, *, key: str, at: datetime) -> Receipt:
        number = [event.key for event in EVENTS].index(message.key.rpartition(f"/{CHANNEL}/")[0])
        path = f"/{number}/{message.to.rpartition('/')[2]}"
        if self._line is None:
            self._line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            self._line.request("POST", path, message.body, {"key": key})
            answer = self._line.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._line.close()
            self._line = None
            return Receipt(outcome=Outcome.UNKNOWN, reason=type(error).__name__)
        if answer.status == 200:
            return Receipt(outcome=Outcome.ACCEPTED)
        wait = timedelta(seconds=float(answer.headers.get("retry-after", "1")))
        return Receipt(outcome=Outcome.LATER, reason=f"HTTP {answer.status}", retry_after=wait)

    def probe(self) -> Receipt:
        return Receipt(outcome=Outcome.ACCEPTED)

    def close(self) -> None:
        if self._line is not None:
            self._line.close()


class Words:
    """The same few words for everybody."""

    commit = "c" * 40

    def event(self, commit: str, event: str) -> Event:
        return BY_KEY[event]

    def compose(
        self, commit: str, event: str, channel: str, first: bool, recipients: Sequence[Recipient]
    ) -> list[Message]:
        body = json.dumps({"type": "incident.opened", "data": {"event": event, "text": "It is down."}}).encode()
        return [
            Message(
                key=f"{event}/{channel}/customers", kind="incident_opened", channel=channel, audience="customers",
                to=each.address, subject="", body=body, media_type="application/json", at=AT,
            )
            for each in recipients
        ]  # fmt: skip


class Part:
    """Some of the list."""

    def __init__(self, store: PostgresStore) -> None:
        self._store, self._now = store, Audience(People(store))

    def narrow(self, share: Share) -> None:
        self._now = Audience(People(self._store.within(share.first, share.past)))
        self._now.parts = {DIGEST.key: (DOWN,)}

    def candidates(self, event: Event, channel: str) -> Iterator[Candidate]:
        return self._now.candidates(event, channel)

    def silent(self, event: Event, channel: str) -> Mapping[str, int]:
        return self._now.silent(event, channel)


def work(place: str, port: int, rate: float) -> None:
    """Be a worker."""
    there, clock = address(place), Wall()
    ledger, store = PostgresLedger(there), PostgresStore(there, bytes(16))
    shares, part, channel = Shares(ledger.session), Part(store), Post(port, rate)
    dispatch = Dispatch(
        channel=channel, ledger=ledger, keyring=KEYRING, people=part, composer=Words(),
        rules=Rules(at=AT, beginning=ledger.beginning()), clock=clock, owner=owner(), seed=str(os.getpid()),
        effort=Effort(), pace=SharedPace(ledger.session, CHANNEL, rate, clock),
    )  # fmt: skip

    def do(number: int, job: int) -> None:
        share = shares.begin(number, owner(), job)
        if share is not None:
            part.narrow(share)
            shares.end(number, dispatch.tell(BY_KEY[share.event], None))

    def leave() -> None:
        channel.close()
        store.close()
        ledger.close()

    Queue(there).work(do, leave, parent=os.getppid())


_FILL = """
INSERT INTO subscription (id, channel, key, slice, address, audience, components, impact, kinds, follow, incident,
  language, timezone, secret, confirmed_at, suppressed)
SELECT 'n' || n, %s, url, (get_byte(hash, 0) * 256 + get_byte(hash, 1)) %% 1024, url, 'customers', '', '', '',
  CASE WHEN n %% %s = 0 THEN 'digest' ELSE '' END, '', '', '', '', now(), ''
FROM generate_series(0, %s - 1) n, LATERAL (SELECT 'https://hooks.example.com/' || n AS url) u,
  LATERAL (SELECT sha256(url::bytea) AS hash) h
"""


def fill(place: str, people: int) -> float:
    """Put so many on the list, and return the seconds it took."""
    began, there = time.perf_counter(), address(place)
    store = PostgresStore(there, bytes(16))
    with connect(there) as line:
        line.execute(_FILL, (CHANNEL, EVERY, people))
        line.execute("ANALYZE subscription")
    sample = store.get("n7")
    assert sample is not None
    assert next(iter(store.within(slice_of(sample.key), slice_of(sample.key) + 1).rows(CHANNEL)))
    store.close()
    return time.perf_counter() - began


def peak(pid: int) -> int:
    """Return the most memory that a process has had, in MB; 0 where it is gone."""
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) // 1024 for line in text.splitlines() if line.startswith("VmHWM")), 0)


def measured(place: str, people: int, workers: int, rate: float, kill: bool, restart: str) -> dict[str, object]:
    """Fill a list, tell it, and return what it took."""
    there = address(place)
    for part in ("ledger", "queue", "people"):
        migrate(there, part)
    filled = fill(place, people)
    ledger, store = PostgresLedger(there), PostgresStore(there, bytes(16))
    ledger.begin(Beginning(at=AT - timedelta(days=1), key=KEYRING.fingerprint))
    provider = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.provider", str(people), str(len(EVENTS)), str(rate * 1.1)],
        stdout=subprocess.PIPE,
    )
    assert provider.stdout is not None
    port = int(provider.stdout.readline())
    peaks: dict[int, int] = {}
    running: list[subprocess.Popen[bytes]] = []
    marks: list[tuple[str, float]] = []

    def start() -> "subprocess.Popen[bytes]":
        words = [sys.executable, "-m", "benchmarks.crowd", place, "--work", str(port), "--rate", str(rate)]
        running.append(subprocess.Popen(words, stdin=subprocess.DEVNULL))
        return running[-1]

    class Clock(Wall):
        """Looks, and breaks things, while the crew waits."""

        def sleep(self, seconds: float) -> None:
            time.sleep(seconds)
            for each in running:
                if each.poll() is None:
                    peaks[each.pid] = max(peaks.get(each.pid, 0), peak(each.pid))
            told = told_so_far()
            if kill and not marks and told > people * 0.3:
                os.kill(next(each.pid for each in running if each.poll() is None), signal.SIGKILL)
                marks.append(("worker killed", time.time()))
            elif restart and len(marks) == kill and told > people * 0.6:
                marks.append(("database restarted", time.time()))
                subprocess.run(restart, shell=True, check=True, capture_output=True)

    glance = [0.0, 0]

    def told_so_far() -> int:
        if time.monotonic() > glance[0] + 1:
            glance[:] = [time.monotonic(), int(asked(port)["requests"])]  # type: ignore[call-overload]
        return int(glance[1])

    clock = Clock()
    try:
        began = time.perf_counter()
        delivery, since = uuid4(), ledger.end()
        ranges = cut(store.sizes(CHANNEL), max(50, min(2000, int(rate * 5 / workers))))
        shares = [
            (
                Share(
                    delivery=delivery, event=event.key, channel=CHANNEL, first=first, past=past, size=size, at=AT,
                    commit=Words.commit, reason="",
                ),
                priority(event, [event]),
            )
            for event in EVENTS
            for first, past, size in ranges
        ]  # fmt: skip
        crew = Crew(ledger.session, Queue(there), start, workers, clock, ends=lambda: False)
        planned = time.perf_counter() - began
        crew.run(delivery, shares)
        seconds = time.perf_counter() - began
        spent = resource.getrusage(resource.RUSAGE_CHILDREN)
        kept = Shares(ledger.session)
        done = kept.counts(delivery)
        account = account_of(
            CHANNEL,
            sum((Counter(counts) for _, _, counts in done), Counter()),
            {},
            ledger.account(CHANNEL, [event.key for event in EVENTS]),
            ledger.reasons(CHANNEL, since),
        )
        said = asked(port)
    finally:
        provider.terminate()
        provider.wait()
    lines = ledger.end()
    ledger.close()
    store.close()
    return {
        "worker_cpu": spent.ru_utime + spent.ru_stime,
        "people": people, "workers": workers, "rate": rate, "filled": filled, "planned": planned, "seconds": seconds,
        "shares": len(shares), "undone": len(shares) - len(done), "lines": lines,
        "account": account.numbers(), "provider": said, "marks": marks, "started": len(running),
        "worker_mb": max(peaks.values(), default=0), "own_mb": peak(os.getpid()),
    }  # fmt: skip


def asked(port: int) -> dict[str, object]:
    """Return the provider's account."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    line.request("GET", "/account")
    found: dict[str, object] = json.loads(line.getresponse().read())
    line.close()
    return found


def main() -> None:
    """Measure, and print it as JSON; with `--work` be a worker."""
    words = argparse.ArgumentParser(prog="python -m benchmarks.crowd", description=__doc__)
    words.add_argument("place")
    words.add_argument("--people", type=int, default=1_000_000)
    words.add_argument("--workers", type=int, default=3)
    words.add_argument("--rate", type=float, default=1500)
    words.add_argument("--kill", action="store_true", help="kill a worker after 30 %% of the calls")
    words.add_argument("--restart", default="", help="a command that restarts the database, after 60 %%")
    words.add_argument("--work", type=int, default=0, metavar="PORT", help=argparse.SUPPRESS)
    given = words.parse_args()
    if given.work:
        work(given.place, given.work, given.rate)
        return
    print(json.dumps(measured(given.place, given.people, given.workers, given.rate, given.kill, given.restart)))


if __name__ == "__main__":
    main()
