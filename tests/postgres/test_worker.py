"""Several workers on one delivery, as people start them: the command, a real server of each kind, and `kill -9`."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler

import pytest

from stillup.delivery.audit import contents, faults
from stillup.delivery.ledger.place import open_ledger
from stillup.postgres.address import address
from stillup.subscribers.opening import open_store
from tests.delivery.page import KEY, UPDATE, Page, git
from tests.subscribers.sample import somebody
from tests.tools import PATIENCE, Server, stillup, tick, wait

SETTINGS = """\
site_name: Advancia Pay Ledger Status
site_url: https://status.example.com/
plugins:
  - search
  - stillup:
      organisation: Advancia Pay Ledger
      intranet: [127.0.0.1]
      channels: {{webhook: {{rate: {rate}}}}}
      ledger: {place}
      subscribers: {place}
"""
INCIDENT = "title: {title}\nseverity: {severity}\nupdates:\n"
PEOPLE, RATE = 200, 60


class Provider:
    """Takes so many requests a second and answers 429 to the others; keeps an account of its own."""

    def __init__(self, limit: float) -> None:
        self.taken: list[tuple[float, str, str, str]] = []
        """When, webhook-id, path, and the incident told."""
        self.entries: set[tuple[str, int | None]] = set()
        """The incidents told, and where in the event log a message says that it stands."""
        self.refused = 0
        self._limit, self._lock, self._recent = limit, threading.Lock(), []
        mine = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                status = mine.take(self.headers["webhook-id"], self.path, body)
                self.send_response(status)
                if status == 429:
                    self.send_header("retry-after", "1")
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def take(self, id: str, path: str, body: bytes) -> int:
        now = time.monotonic()
        with self._lock:
            self._recent = [each for each in self._recent if each > now - 1]
            if len(self._recent) >= self._limit:
                self.refused += 1
                return 429
            self._recent.append(now)
            data = json.loads(body)["data"]
            self.taken.append((now, id, path, data["incident"]["id"]))
            self.entries.add((data["incident"]["id"], data["event_seq"]))
            return 200

    def told(self) -> Counter[tuple[str, str]]:
        """How often each address took each incident."""
        return Counter((path, incident) for _, _, path, incident in self.taken)


@pytest.fixture
def provider():
    made = Provider(RATE * 2)  # what is late on a busy machine comes with what is on time; workers apart: thrice RATE
    yield made
    made.server.shutdown()


@pytest.fixture
def page(tmp_path, database, provider):
    """A page with PEOPLE webhooks, whose ledger has begun."""
    made = Page(tmp_path / "page", ledger=database)
    made.root.mkdir()
    made.write("mkdocs.yml", SETTINGS.format(place=database, rate=RATE))
    made.write("components/api.yml", "name: API\n")
    made.write(".gitignore", "/private/\n/.stillup/\n/outbox/\n/site/\n")
    git(made.root, "init", "--quiet", "--initial-branch=main")
    made.commit()
    for words in (("database", "init"), ("ledger", "init")):
        done = run(made, *words)
        assert done.returncode == 0, done.stderr
    store = open_store(made.root, database, bytes(16), ("127.0.0.1",))
    at = f"{provider.url}{{}}".format
    people = [somebody(f"n{number}", at(number), "webhook", trusted=("127.0.0.1",)) for number in range(PEOPLE)]
    store.save([*people, somebody("gone", at("gone"), "webhook", trusted=("127.0.0.1",), confirmed=False)])
    store.close()
    return made


def run(page, *words):
    return stillup(*words, "--root", page.root, STILLUP_LEDGER_KEY=KEY)


def tell(page, **incidents):
    """Publish an incident for each name, of the severity given."""
    at = tick()
    for name, severity in incidents.items():
        text = UPDATE.format(at=at, status="investigating", state="partial_outage", body="It is slow.")
        page.write(f"incidents/{name}.yml", INCIDENT.format(title=name, severity=severity) + text)
    page.commit()


def delivering(page, workers):
    return subprocess.Popen(
        [sys.executable, "-m", "stillup", "deliver", "--root", str(page.root), "--workers", str(workers), "--json"],
        env=os.environ | {"STILLUP_LEDGER_KEY": KEY},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def lending_a_hand(page, cluster):
    """Have a worker in a clone, as on another machine, that waits for work; yield the clone's folder."""
    there = page.root.parent / "clone"
    git(page.root.parent, "clone", "--quiet", str(page.root), str(there))
    worker = subprocess.Popen(
        [sys.executable, "-m", "stillup", "worker", "--root", str(there)], env=os.environ | {"STILLUP_LEDGER_KEY": KEY}
    )
    try:
        count = f"SELECT count(*) FROM {address(page.ledger).schema}.procrastinate_workers"
        wait(lambda: cluster.sql(count) != [(0,)] or worker.poll() is not None, "no worker waits for work")
        assert worker.poll() is None
        yield there
    finally:
        worker.terminate()
        assert worker.wait(timeout=PATIENCE) == 0


def workers_of(process):
    """Return the processes that `process` started."""
    return [int(pid) for pid in open(f"/proc/{process.pid}/task/{process.pid}/children").read().split()]


def ended(process, status=0):
    out, err = process.communicate(timeout=300)
    assert process.returncode == status, (out, err)
    (account,) = json.loads(out)["channels"]
    ends = sum(sum(account[name].values()) for name in ("failed", "unknown", "suppressed")) + account["accepted"]
    assert account["planned"] == ends
    assert account["missing"] == 0
    return account


def test_workers_tell_everybody_once_the_worst_first_and_at_one_pace(page, provider, cluster):
    tell(page, slow="P2", down="P0")

    with lending_a_hand(page, cluster) as there:
        account = ended(delivering(page, 2))

    assert account["accepted"] == 2 * PEOPLE
    assert account["suppressed"] == {"unconfirmed": 2}
    assert provider.told() == {(f"/{n}", name): 1 for n in range(PEOPLE) for name in ("slow", "down")}
    assert list(there.glob(".stillup/site/worker-1")), "the one on another machine did some of it"
    # Where a message says that it stands is the same from every machine.
    assert sorted(provider.entries, key=lambda each: each[1]) in (
        [("down", 2), ("slow", 3)],
        [("slow", 2), ("down", 3)],
    )
    order = [incident for _, _, _, incident in provider.taken]
    # Nobody hears of the smaller trouble before a whole share, of some fifty people, has heard of the worse one.
    assert set(order[: PEOPLE // 8]) == {"down"}
    when = {(path, incident): number for number, (_, _, path, incident) in enumerate(provider.taken)}
    assert all(when[f"/{number}", "down"] < when[f"/{number}", "slow"] for number in range(PEOPLE))
    assert provider.refused == 0
    first, last = provider.taken[0][0], provider.taken[-1][0]
    assert (len(order) - RATE / 2) / (last - first) <= RATE * 1.1
    again = ended(delivering(page, 2))
    assert (again["planned"], len(provider.taken)) == (0, 2 * PEOPLE)


def test_a_worker_that_is_killed_is_replaced_and_nobody_is_lost(page, provider):
    tell(page, down="P0")
    process = delivering(page, 3)
    killed = 0
    while process.poll() is None and not killed:
        if len(provider.taken) > PEOPLE // 4:
            os.kill(workers_of(process)[0], signal.SIGKILL)
            killed += 1
        time.sleep(0.01)

    account = ended(process)

    assert killed == 1
    assert account["accepted"] == PEOPLE
    assert provider.told().keys() == {(f"/{n}", "down") for n in range(PEOPLE)}
    # A webhook may be repeated, once and under its id: of each worker that died what it had under way.
    assert len(provider.taken) - PEOPLE <= killed * 8
    assert len({id for _, id, _, _ in provider.taken}) == PEOPLE
    ledger = open_ledger(page.ledger, page.root)
    assert list(faults(ledger)) == []
    ledger.close()


def test_a_delivery_that_is_told_to_end_gives_account_and_the_next_one_does_the_rest(page, provider):
    tell(page, slow="P2", down="P0")
    process = delivering(page, 2)
    wait(lambda: len(provider.taken) >= PEOPLE // 4 or process.poll() is not None, "nobody is told")
    process.terminate()

    out, err = process.communicate(timeout=300)
    took = len(provider.taken)

    assert process.returncode == 3, err
    assert err.endswith("Stopped before everybody was told. The next run sends the rest.\n")
    (account,) = json.loads(out)["channels"]
    assert (account["accepted"], account["missing"]) == (took, 0)
    assert PEOPLE // 4 <= took < 2 * PEOPLE
    ended(delivering(page, 2))
    assert provider.told() == {(f"/{n}", name): 1 for n in range(PEOPLE) for name in ("slow", "down")}


def test_a_database_that_restarts_and_a_delivery_that_is_killed_cost_nothing(page, provider, cluster):
    tell(page, down="P0")
    process = delivering(page, 2)
    wait(lambda: len(provider.taken) >= PEOPLE // 4 or process.poll() is not None, "nobody is told")
    cluster.stop()
    seen = len(provider.taken)
    cluster.start()
    wait(lambda: len(provider.taken) >= seen + 20 or process.poll() is not None, "nobody is told any more")
    assert process.poll() is None
    children = workers_of(process)
    process.kill()
    process.communicate()
    for pid in children:
        wait(lambda pid=pid: not os.path.exists(f"/proc/{pid}"), "a worker did not end with who started it")

    ended(delivering(page, 2))

    assert provider.told().keys() == {(f"/{n}", "down") for n in range(PEOPLE)}
    assert len({id for _, id, _, _ in provider.taken}) == PEOPLE
    ledger = open_ledger(page.ledger, page.root)
    assert [account.settled for account in contents(ledger).accounts] == [True]
    ledger.close()


def test_what_another_delivery_takes_away_is_not_settled_before_it_is_told(page, provider, cluster):
    """A database that goes away takes the lock along for which deliveries wait: the next one forgets older shares."""
    tell(page, slow="P2", down="P0")
    process = delivering(page, 2)
    wait(lambda: len(provider.taken) > 10 or process.poll() is not None, "nobody is told")
    cluster.sql(f"WITH gone AS (DELETE FROM {address(page.ledger).schema}.share RETURNING 1) SELECT count(*) FROM gone")

    ended(process, 3)
    ended(delivering(page, 2))

    assert provider.told() == {(f"/{n}", name): 1 for n in range(PEOPLE) for name in ("slow", "down")}


def test_a_worker_whose_starter_is_gone_before_it_looks_ends_too(page):
    """Who was started last, a moment before the delivery was killed, waits for work that nobody hands out."""
    words = f"{sys.executable} -m stillup worker --root '{page.root}' --child $$ > /dev/null 2>&1 & echo $!"
    environment = os.environ | {"STILLUP_LEDGER_KEY": KEY}
    number = int(subprocess.run(["sh", "-c", words], env=environment, capture_output=True, check=True).stdout)
    try:
        wait(lambda: not os.path.exists(f"/proc/{number}"), "a worker did not end with who started it")
    finally:
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)


def test_workers_hold_back_what_nobody_approved_and_tell_the_rest(page, provider):
    settings = (page.root / "mkdocs.yml").read_text()
    page.write("mkdocs.yml", settings + "      approval: {severities: [P0]}\n")
    page.write(".github/CODEOWNERS", "/incidents/ lead@example.com oncall@example.com\n")
    page.commit()
    tell(page, slow="P2", down="P0")

    account = ended(delivering(page, 2), status=3)

    assert account["accepted"] == PEOPLE
    assert account["failed"] == {"later: not approved": PEOPLE}
    assert {incident for _, incident in provider.told()} == {"slow"}

    approval = ("incident", "approve", "down", "--root", page.root)
    who = {f"GIT_{role}_EMAIL": "lead@example.com" for role in ("AUTHOR", "COMMITTER")}
    names = {f"GIT_{role}_NAME": "the lead" for role in ("AUTHOR", "COMMITTER")}
    done = stillup(*approval, **who, **names)
    assert done.returncode == 0, done.stderr
    assert ended(delivering(page, 2))["accepted"] == PEOPLE
    assert provider.told() == {(f"/{n}", name): 1 for n in range(PEOPLE) for name in ("slow", "down")}


def test_workers_without_a_database_are_refused(tmp_path):
    page = Page(tmp_path)
    page.make()
    page.begin(datetime.now(UTC))

    done = run(page, "deliver", "--workers", "2")

    assert (done.returncode, done.stdout) == (1, "")
    assert "Workers share a ledger and subscribers in PostgreSQL" in done.stderr
