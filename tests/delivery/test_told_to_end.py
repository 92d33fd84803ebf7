"""A delivery that is told to end: what is under way is written down, the next run does the rest."""

import os
import signal
import subprocess
import threading
from datetime import UTC, datetime, timedelta

import pytest

from stillup.delivery.attempt import ENDED
from stillup.delivery.entry import Standing
from stillup.delivery.ledger.sqlite import SqliteLedger
from stillup.delivery.pace import Effort
from tests.delivery import world
from tests.delivery.page import KEY, Page
from tests.mail_server import MailServer
from tests.tools import PATIENCE, program

OPENING = world.event("cards/one", opening=True)
LATER = world.event("rails/one", opening=True)


@pytest.fixture
def ledger(tmp_path):
    with_ledger = world.begun(SqliteLedger(tmp_path / "ledger.sqlite"))
    yield with_ledger
    with_ledger.close()


@pytest.fixture
def provider():
    with world.receiver() as made:
        yield made


@pytest.mark.parametrize("policy", [world.SAFE, world.REPEAT, world.NEVER], ids=["safe", "repeat", "never"])
@pytest.mark.parametrize("calls", [0, 1, 13])
def test_the_next_run_sends_what_this_one_left(ledger, provider, policy, calls):
    people, post = world.List(range(30)), world.Post(provider.url, policy)
    effort = Effort(ends=lambda: len(provider.requests) >= calls)

    first = world.dispatch(ledger, post, people, effort=effort)
    first.run([OPENING, LATER])
    took = len(provider.requests)
    second = world.dispatch(ledger, post, people)
    second.run([OPENING, LATER])

    assert took == first.tally.accepted == calls
    assert first.tally.missing == 0
    assert set(first.tally.failed) <= {f"later: {ENDED}"}
    assert second.tally.is_complete
    assert len(provider.requests) == 60
    assert set(provider.told().values()) == {2}, "each of the two updates, once"


def test_a_run_that_is_told_to_end_when_nothing_is_left_is_complete(ledger, provider):
    effort = Effort(ends=lambda: len(provider.requests) >= 60)

    run = world.dispatch(ledger, world.Post(provider.url, world.REPEAT), world.List(range(30)), effort=effort)
    run.run([OPENING, LATER])

    assert (run.tally.accepted, run.tally.is_complete) == (60, True)


def test_a_run_that_is_told_to_end_between_two_updates_is_not_complete(ledger, provider):
    effort = Effort(ends=lambda: len(provider.requests) >= 30)

    run = world.dispatch(ledger, world.Post(provider.url, world.REPEAT), world.List(range(30)), effort=effort)
    run.run([OPENING, LATER])

    assert (run.tally.accepted, run.tally.failed, run.tally.is_complete) == (30, {}, False)


def test_a_provider_that_asked_for_a_rest_is_not_waited_for(ledger, provider):
    provider.answer = lambda request, number: (503, {"retry-after": "2"})
    clock = world.Hands()
    made = world.dispatch(
        *(ledger, world.Post(provider.url, world.REPEAT), world.List([0])),
        clock=clock,
        effort=Effort(ends=lambda: bool(clock.slept)),
    )

    made.run([OPENING])

    assert len(provider.requests) == 1
    name = world.KEYRING.recipient("webhook", "person0@example.com")
    assert ledger.standings("cards/one", "webhook", [name]) == {name: Standing.LATER}


class Slow:
    """Takes mail, and says so when it is let."""

    def __init__(self) -> None:
        self.came, self.may = threading.Event(), threading.Event()
        self.took: list[str] = []

    async def handle_DATA(self, server, session, envelope):
        self.came.set()
        await server.loop.run_in_executor(None, self.may.wait, PATIENCE)
        self.took += envelope.rcpt_tos
        return "250 taken"


REST = "Stopped before everybody was told. The next run sends the rest.\n"
NOTHING = "Told to stop, and nothing was left to send.\n"


WAITS = "it is waited for"


@pytest.mark.parametrize(
    ("number", "people", "status", "end"),
    [
        (signal.SIGTERM, "abcdefghijkl", 3, REST),
        (signal.SIGINT, "abcdefghijkl", 3, REST),
        (signal.SIGTERM, "a", 0, NOTHING),
    ],
)
def test_a_signal_lets_what_is_on_its_way_arrive(tmp_path, number, people, status, end):
    slow = Slow()
    server = MailServer(slow)
    server.start()
    try:
        page = Page(
            tmp_path, channels=f"{{email: {{via: smtp, host: 127.0.0.1, port: {server.port}, security: none}}}}"
        )
        page.make()
        page.people(*people)
        now = datetime.now(UTC).replace(microsecond=0)
        page.begin(now - timedelta(hours=1))
        page.incident((now - timedelta(minutes=1), "investigating", "degraded_performance", "We look into it."))
        with subprocess.Popen(
            [str(program("stillup")), "deliver", "--root", str(tmp_path)],
            env=os.environ | {"STILLUP_LEDGER_KEY": KEY},
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # whoever runs the tests may ignore it
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as run:
            assert slow.came.wait(PATIENCE)
            run.send_signal(number)
            assert run.stderr
            # A machine that stands still for ten seconds has the run say who keeps it waiting.
            told = next(line for line in run.stderr if WAITS not in line)
            slow.may.set()
            out, said = run.communicate(timeout=PATIENCE)
        assert told.startswith("Stopping: ")
        rest = [line for line in said.splitlines(keepends=True) if WAITS not in line]
        assert (run.returncode, "".join(rest)) == (status, end)
        assert (f"failed: later: {ENDED}" in out) == (status == 3)
        assert (len(slow.took) < len(people)) == (status == 3)
        assert slow.took

        assert page.deliver(now).is_complete
        assert sorted(slow.took) == [f"{name}@example.com" for name in people]
    finally:
        slow.may.set()
        server.stop()
