"""Any history of updates, people, faults, crashes and clocks: nobody twice, nobody skipped, no stranger told.

The judge is what the provider took. Here a crash ends a run in the middle of a call; test_kill.py kills for real.
"""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from stillup.delivery.audit import faults
from stillup.delivery.entry import Standing
from stillup.delivery.ledger.memory import MemoryLedger
from stillup.delivery.owner import owner
from stillup.delivery.pace import Effort
from stillup.delivery.receipt import Outcome, Policy, Receipt
from stillup.messages.event import Event
from stillup.messages.message import Message
from tests.delivery.world import AT, KEYRING, NEVER, REPEAT, SAFE, Hands, List, Words, begun, dispatch, event

HOST = owner().partition(":")[0]
MODES = ("taken", "later", "lost", "cut", "refused", "crash before", "crash after")
QUICK = Effort(attempts=2, base=timedelta(milliseconds=1), cap=timedelta(milliseconds=1), trip=1000)


class Crash(BaseException):
    """The process is gone."""


@dataclass
class Provider:
    """Takes messages, or not, as the coming modes say; then it works."""

    policy: Policy
    name: str = "webhook"
    modes: list[str] = field(default_factory=list)
    took: list[tuple[str, str, bytes]] = field(default_factory=list)
    """Key, address and body of everything it took; of a key that it knows again only the first."""

    shaky: set[str] = field(default_factory=set)
    """Keys of calls that broke after they were made."""

    def send(self, message: Message, *, key: str, at: datetime) -> Receipt:
        mode = self.modes.pop(0) if self.modes else "taken"
        if mode == "crash before":
            self.shaky.add(key)
            raise Crash
        if mode in ("taken", "lost", "crash after"):
            known = {each[0]: each[2] for each in self.took}
            if self.policy.deduplicates is None or key not in known:
                self.took.append((key, message.to, message.body))
            else:
                assert known[key] == message.body, "a key came again with other bytes"
        if mode in ("lost", "cut", "crash after"):
            self.shaky.add(key)
        if mode == "crash after":
            raise Crash
        outcome = {"later": Outcome.LATER, "lost": Outcome.UNKNOWN, "cut": Outcome.UNKNOWN, "refused": Outcome.REFUSED}
        return Receipt(outcome=outcome.get(mode, Outcome.ACCEPTED), reason=mode)

    def close(self) -> None:
        pass


class Words2(Words):
    """Words whose events are those of the history."""

    def __init__(self, events: list[Event]) -> None:
        super().__init__()
        self._events = events

    def event(self, commit: str, key: str) -> Event:
        return next(each for each in self._events if each.key == key)


class History(RuleBasedStateMachine):
    """One channel, two incidents, five people."""

    policy = REPEAT

    @initialize()
    def begin(self) -> None:
        self.ledger = begun(MemoryLedger())
        self.provider = Provider(self.policy)
        self.clock = Hands(AT)
        self.events: list[Event] = []
        self.words = Words2(self.events)
        self.joined: dict[int, datetime] = dict.fromkeys(range(3), AT - timedelta(days=9))
        self.left: set[int] = set()
        self.critical: set[int] = set()
        self.ever: set[int] = set(range(3))
        self.runs = 0

    @rule(incident=st.sampled_from(["cards", "rails"]), kind=st.sampled_from(["goes on", "grave", "closes"]))
    def publish(self, incident: str, kind: str) -> None:
        known = [each for each in self.events if each.incident == incident and not each.concerns]
        self.clock.sleep(60)
        self.events.append(
            event(
                f"{incident}/u{len(known)}",
                self.clock.now(),
                opening=not known or known[-1].closing,
                closing=kind == "closes" and bool(known),
                title=kind,
            )
        )

    @rule(choice=st.integers(0, 100))
    def correct(self, choice: int) -> None:
        known = [each for each in self.events if not each.concerns]
        if known:
            self.clock.sleep(60)
            about = known[choice % len(known)]
            number = sum(each.concerns == about.key for each in self.events)
            self.events.append(
                event(
                    f"{about.key}/correction-{number}", self.clock.now(), concerns=about.key, kind="incident_corrected"
                )
            )

    @rule(number=st.integers(0, 4), critical=st.booleans())
    def join(self, number: int, critical: bool) -> None:
        if number not in self.joined:
            self.joined[number] = self.clock.now()
            self.ever.add(number)
            (self.critical.add if critical else self.critical.discard)(number)

    @rule(number=st.integers(0, 4))
    def leave(self, number: int) -> None:
        if self.joined.pop(number, None):
            self.left.add(number)

    @rule(minutes=st.sampled_from([1, 30, 200, 400, 2000, -30]))
    def wait(self, minutes: int) -> None:
        self.clock.at += timedelta(minutes=minutes)

    @rule(modes=st.lists(st.sampled_from(MODES), max_size=8))
    def deliver(self, modes: list[str]) -> None:
        self.runs += 1
        self.provider.modes = list(modes)
        people = List(sorted(self.joined), unwanted=self._unwanted)
        run = dispatch(
            self.ledger,
            self.provider,  # type: ignore[arg-type]
            people,
            self.words,
            clock=self.clock,
            owner=f"{HOST}:9{self.runs:07}:1",
            effort=QUICK,
        )
        told = [each for each in self.events if each.at <= self.clock.now()]
        try:
            run.run(sorted(told, key=lambda each: (each.at, each.key)))
        except Crash:
            return
        finally:
            self.provider.modes = []
        assert run.tally.missing == 0, run.tally

    def _unwanted(self, number: int, event: Event) -> str:
        return "impact" if number in self.critical and event.title != "grave" else ""

    def _took(self) -> Counter[tuple[str, int]]:
        """How often each person took each event."""
        return Counter(
            (key.partition("/webhook/")[0], int(to.removeprefix("person").partition("@")[0]))
            for key, to, _ in self.provider.took
        )

    @invariant()
    def nobody_is_told_twice(self) -> None:
        counts = Counter(key for key, _, _ in self.provider.took)
        for key, count in counts.items():
            # Where a call broke, the policy that is declared decides: once more, and never where that is forbidden.
            broke = key in self.provider.shaky
            assert count == 1 or (broke and self.policy.repeat_unknown), (key, count)

    @invariant()
    def a_repeat_is_the_same_request(self) -> None:
        bodies = {(key, body) for key, _, body in self.provider.took}
        assert len(bodies) == len({key for key, _ in bodies})

    @invariant()
    def no_stranger_is_told(self) -> None:
        took = self._took()
        for about, number in took:
            assert number in self.ever
            told = next(each for each in self.events if each.key == about)
            heard = any((each.key, number) in took for each in self.events if each.incident == told.incident)
            if told.concerns:
                # Of whom it is unknown may have heard, and is told what was wrong about it.
                unsure = any(key.startswith(f"{told.concerns}/webhook/") for key in self.provider.shaky)
                assert took[told.concerns, number] or unsure, "a correction of what they never heard"
            elif number in self.critical and number not in self.left and told.title != "grave":
                assert told.closing and heard, "something they did not subscribe to"

    @invariant()
    def the_first_they_hear_is_an_opening(self) -> None:
        seen: dict[tuple[str, str], bool] = {}
        for key, to, body in self.provider.took:
            said = json.loads(body)
            incident = key.partition("/")[0]
            if (incident, to) not in seen and "correction" not in key and key not in self.provider.shaky:
                sure = not any(each.startswith(f"{incident}/") for each in self.provider.shaky)
                assert said["first"] or not sure, key
            seen[incident, to] = True

    @invariant()
    def the_ledger_is_whole(self) -> None:
        assert list(faults(self.ledger)) == []

    def teardown(self) -> None:
        """Everything works again: one more run, and everybody has what is not too late, or a reason why not."""
        if not hasattr(self, "ledger"):
            return
        self.deliver([])
        took = self._took()
        for told in self.events:
            if told.concerns or told.at > self.clock.now() or self.clock.now() - told.at > timedelta(hours=6):
                continue
            for number, since in self.joined.items():
                if since > told.at or number in self.left or self._unwanted(number, told):
                    continue
                name = KEYRING.recipient("webhook", f"person{number}@example.com")
                standing = self.ledger.standings(told.key, "webhook", [name]).get(name)
                assert standing is not None, f"{told.key}: {number} was skipped"
                assert not standing.open, (told.key, number, standing)
                if standing is Standing.ACCEPTED:
                    assert took[told.key, number], f"{told.key}: {number} never had it"
        calls = len(self.provider.took)
        self.deliver([])
        assert len(self.provider.took) == calls


@pytest.mark.parametrize("policy", [SAFE, REPEAT, NEVER], ids=["known-again", "repeats", "never-repeats"])
def test_every_history_ends_with_everybody_told_once(policy):
    machine = type("AnyHistory", (History,), {"policy": policy})

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=40,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
