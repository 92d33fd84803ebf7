"""What only we know, as far as lint needs it: names that no text may hold, and duties that are late."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from stillup.errors import Level, Problem, RecordError
from stillup.lint.case import Names
from stillup.records.incident import Incident
from stillup.records.inventory import Components
from stillup.records.private import store as private_store
from stillup.records.private.incident import PrivateIncident
from stillup.records.private.store import Private
from stillup.records.settings import Settings
from stillup.timeline.clock import board
from stillup.timeline.clock.clock import Clock
from stillup.vocabulary import ClockState

HOSTS = "hosts.txt"
"""A file of the private folder: a name of an internal machine in each line; `#` begins a comment."""


@dataclass(slots=True, kw_only=True)
class Known:
    """The private folder, or nothing where there is none."""

    private: Private | None = None
    names: Names = field(default_factory=Names)

    def of(self, id: str) -> PrivateIncident | None:
        """Return the private record beside the public one."""
        return self.private.incidents.get(id) if self.private is not None else None


def known(root: Path, settings: Settings, components: Components, ids: Iterable[str]) -> Known:
    """Return what stands below the private folder of the page at `root`, whose public records are `ids`.

    Raises:
        RecordError: something in it cannot be used: then it is not known what a text must not hold.
    """
    if not private_store.folder(root, settings).is_dir():
        return Known()
    private, problems = private_store.load(root, settings, set(ids), components)
    if any(problem.level is Level.ERROR for problem in problems):
        raise RecordError(problems)
    people = private.roster.contacts if private.roster else ()
    hosts = private_store.folder(root, settings) / HOSTS
    lines = hosts.read_text(encoding="utf-8").splitlines() if hosts.is_file() else []
    return Known(
        private=private,
        names=Names(
            staff=frozenset(word for each in people for word in (each.name, each.chat.lstrip("@"), each.email) if word),
            customers=frozenset(customer.name for customer in private.customers.values()),
            hosts=frozenset(host for line in lines if (host := line.partition("#")[0].strip())),
        ),
    )


def duties(
    found: Known, records: Sequence[Incident], settings: Settings, components: Components, at: datetime
) -> Iterator[Problem]:
    """Yield what is late behind the scenes: postmortems and actions (C38), authorities (C40), money (C42)."""
    if found.private is None:
        return
    money = {name for name, trigger in settings.plan.triggers.items() if trigger.amount is not None}
    for clock in board.clocks(records, components, found.private, settings, at):
        rule, level = _rule(clock, money)
        if not rule:
            continue
        due = f"was due on {clock.due:%Y-%m-%d at %H:%M} UTC" if clock.due else "is to be done at once"
        yield Problem(
            file=f"{settings.private.rstrip('/')}/incidents/{clock.incident}.yml",
            code=rule,
            level=level,
            message=f"{clock.clock} for {clock.audience} {due}: {clock.rule}.",
            fix="Do it, and write down when and with what evidence.",
        )


def _rule(clock: Clock, money: set[str]) -> tuple[str, Level]:
    head, _, rest = clock.clock.partition("/")
    late = clock.state is ClockState.OVERDUE
    if head == "postmortem" or (head == "action" and late):
        return ("C38", Level.WARNING) if late else ("", Level.NOTE)
    if head in ("regime", "breach") and (late or clock.state is ClockState.AT_RISK):
        return "C40", Level.ERROR
    if head == "trigger" and late and rest.partition("/")[0] in money:
        return "C42", Level.ERROR
    return "", Level.NOTE
