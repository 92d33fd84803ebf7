"""Deliver: whatever is owed of the records at HEAD goes to whom it is owed, once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from stillup.delivery import plan
from stillup.delivery.dispatch import Dispatch
from stillup.delivery.entry import Swept
from stillup.delivery.event_log.place import is_logged
from stillup.delivery.keyring import Keyring
from stillup.delivery.ledger import Ledger
from stillup.delivery.ledger.memory import MemoryLedger
from stillup.delivery.ledger.place import open_ledger
from stillup.delivery.outlet import open_channel
from stillup.delivery.owner import owner
from stillup.delivery.pace import Clock, Effort, Progress
from stillup.delivery.plan import Lateness, Rules
from stillup.delivery.tally import Tally
from stillup.errors import Problem, StillupError
from stillup.messages.event import Event
from stillup.pipeline.building.build import work_folder
from stillup.pipeline.building.run import Run
from stillup.pipeline.sending.audience import Audience
from stillup.pipeline.sending.consent import approved
from stillup.pipeline.sending.desk import Desk
from stillup.pipeline.sending.desk_port import ComposerAtDesk, PeopleAtDesk
from stillup.pipeline.sending.event_append import append
from stillup.pipeline.sending.late import overlooked, settled, too_late, warned
from stillup.pipeline.sending.told import Composer, committed, concerned, events, horizon, unlimited, withheld
from stillup.pipeline.sending.writer import Insight
from stillup.records.settings import Settings

_MARGIN = timedelta(days=1)
"""How much longer than the longest lateness events are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a plan: some recipients of one event on one channel, and what is to be done about them."""

    key: str
    kind: str
    audience: str
    channel: str
    recipients: int
    action: str
    """`send` or `skip`."""

    reason: str
    """Of a skip: why. Of a sending: `opening` where it is the first they hear of it, `again` after a failure."""

    def numbers(self) -> dict[str, object]:
        """Return the row for scripts."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What a run sent; or, of a dry run, would send."""

    at: datetime
    channels: tuple[Tally, ...] = ()
    rows: tuple[Row, ...] | None = None
    """The plan of a dry run."""

    warnings: tuple[Problem, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether everything planned was accepted or suppressed with a reason."""
        return all(tally.is_complete for tally in self.channels)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """Everything that sending needs, found to be there."""

    ledger: Ledger
    keyring: Keyring
    commit: str


def ready(root: Path, settings: Settings, environment: Mapping[str, str]) -> Ready:
    """Return what sending needs; whoever asks closes the ledger. Nothing is sent or built where this raises.

    Raises:
        StillupError: there is no ledger, it has not begun, its key is another, or the records are not committed.
    """
    if not settings.ledger:
        raise StillupError(
            "Channels are set and no ledger is: without one nobody would know who was told. "
            "Write ledger: sqlite:.stillup/ledger.sqlite into mkdocs.yml, and run stillup ledger init."
        )
    keyring = Keyring.of(environment)
    commit = committed(root)
    ledger = open_ledger(settings.ledger, root)
    beginning = ledger.beginning()
    if beginning is None:
        ledger.close()
        raise StillupError(
            f"The ledger {settings.ledger} has not begun. Run stillup ledger init, which says what will never be sent."
        )
    if beginning.key != keyring.fingerprint:
        ledger.close()
        raise StillupError(
            f"The ledger {settings.ledger} was begun with another key. With this one everybody would be a stranger, "
            "and be told again. Set STILLUP_LEDGER_KEY to the key of the beginning."
        )
    return Ready(ledger=ledger, keyring=keyring, commit=commit)


def deliver(
    root: Path,
    *,
    at: datetime,
    live: bool,
    clock: Clock,
    environment: Mapping[str, str],
    dry_run: bool = False,
    seed: str = "",
    keep_last_good: bool = False,
    effort: Effort | None = None,
    progress: Progress | None = None,
    workers: int = 0,
    gently: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> Delivered:
    """Send whatever is owed, or with `dry_run` say what would be sent at `at`.

    With `workers`, so many processes of this machine share the work. `gently` is entered while calls are made, which
    `effort.ends` can end; before that a signal may end the run by an exception.

    Raises:
        RecordError: a record is unusable; nothing was sent.
        StillupError: something that sending needs is not there, or `at` is another instant than now.
    """
    site, work = work_folder(root)
    with ExitStack() as stack:
        run = stack.enter_context(Run(root, at=at, site_dir=site, work=work, live=live, keep_last_good=keep_last_good))
        names = run.edition.settings.channels.names()
        if not names:
            return Delivered(at=at, rows=() if dry_run else None)
        if dry_run:
            return _planned(run, names, environment, stack)
        if not live:
            raise StillupError(
                "At another instant than now nothing is sent. Add --dry-run to see what would be, or leave out --at."
            )
        there = ready(root, run.edition.settings, environment)
        stack.callback(there.ledger.close)
        run.read()
        if is_logged(run.edition.settings.ledger):
            # A message says where in the log its event stands, and must say the same when it is made again.
            append(run)
        sending = Sending(run, there.ledger, there.keyring, there.commit, environment, stack)
        manner = Manner(clock, seed, effort or Effort(), progress, gently)
        return sending.shared(names, manner, workers) if workers else sending.alone(names, manner)


@dataclass(frozen=True, slots=True)
class Manner:
    """How a run sends."""

    clock: Clock
    seed: str
    effort: Effort
    progress: Progress | None
    gently: Callable[[], AbstractContextManager[None]]


class Sending:
    """What is owed to whom: the same for a run that sends by itself, for one with workers, and for a plan."""

    def __init__(
        self, run: Run, ledger: Ledger, keyring: Keyring, commit: str, environment: Mapping[str, str], stack: ExitStack
    ) -> None:
        """Find what is owed of the records of `run`; `stack` closes what is opened here."""
        settings = run.edition.settings
        self._run, self._ledger, self._keyring, self._commit = run, ledger, keyring, commit
        self._environment, self._stack = environment, stack
        self._audience = Audience.open(run.root, settings, environment, keyring)
        stack.callback(self._audience.close)
        self._insight = Insight(run)
        rules = rules_of(run, ledger)
        since, names = _since(ledger, rules), settings.channels.names()
        self._found = _events(run, self._insight, ledger, rules, self._audience, since)
        self._rules, told = approved(run, self._found, rules, self._audience.parts, ledger.reopened())
        late = tuple(too_late(self._found, rules, ledger, names)) if rules.beginning else ()
        self._overlooked = tuple(overlooked(run, self._insight, rules, ledger, names, since))
        self._told = (*told, *warned(run, (*self._overlooked, *late), rules))

    def planned(self, names: Sequence[str]) -> Delivered:
        """Return what would be sent through the channels `names`."""
        return replace(self._delivered(()), rows=tuple([row for name in names for row in self._rows(name)]))

    def alone(self, names: Sequence[str], manner: Manner) -> Delivered:
        """Send what is owed through the channels `names`, one thread for each."""
        run, rules = self._run, self._rules
        composer = Composer(run, self._insight, self._commit, rules.beginning)
        self._stack.callback(composer.close)
        desk = Desk()
        dispatches = []
        for name in names:
            channel = open_channel(name, run.edition.settings, self._environment, run.root)
            self._stack.callback(channel.close)
            dispatches.append(
                Dispatch(
                    channel=channel,
                    ledger=self._ledger,
                    keyring=self._keyring,
                    people=PeopleAtDesk(self._audience, desk),
                    composer=ComposerAtDesk(composer, desk),
                    rules=rules,
                    clock=manner.clock,
                    owner=owner(),
                    seed=manner.seed,
                    effort=manner.effort,
                    progress=manner.progress,
                    gone=lambda recipient: desk.ask(self._audience.gone, recipient, manner.clock.now()),
                )
            )
        with manner.gently():
            desk.attend([partial(each.run, self._found) for each in dispatches])
        self._end(names)
        return self._delivered(tuple(each.tally for each in dispatches))

    def shared(self, names: Sequence[str], manner: Manner, workers: int) -> Delivered:
        """Send what is owed through the channels `names` with so many workers.

        Raises:
            StillupError: ledger or subscribers are not where workers can share them.
        """
        run, ledger, settings = self._run, self._ledger, self._run.edition.settings
        if not (settings.ledger.startswith("postgresql://") and settings.subscribers.startswith("postgresql://")):
            raise StillupError(
                "Workers share a ledger and subscribers in PostgreSQL. Keep both there, or leave --workers out."
            )
        from stillup.delivery.ledger.postgres import PostgresLedger
        from stillup.pipeline.sending.crew import deliver_with
        from stillup.pipeline.sending.share import Teller

        assert isinstance(ledger, PostgresLedger)
        teller = Teller(
            *(run, ledger, self._keyring, self._audience, self._rules, self._commit),
            environment=self._environment,
            clock=manner.clock,
            seed=manner.seed,
            effort=manner.effort,
            stack=self._stack,
        )
        with manner.gently():
            accounts = deliver_with(
                *(workers, run, ledger, self._audience, teller, names, self._found, self._commit),
                clock=manner.clock,
                progress=manner.progress,
                ends=manner.effort.ends,
            )
        self._end(names)
        return self._delivered(accounts)

    def _delivered(self, channels: tuple[Tally, ...]) -> Delivered:
        wide = unlimited(self._run, self._found, self._audience.concerned)
        warnings = (*self._run.warnings, *self._insight.warnings, *self._told, *wide)
        return Delivered(at=self._run.edition.at, channels=channels, warnings=warnings)

    def _rows(self, channel: str) -> Iterable[Row]:
        found, ledger, people = self._found, self._ledger, self._audience
        counts: dict[tuple[str, str, str, str, str], int] = {}
        assumed: dict[str, dict[bytes, datetime]] = {}
        incidents = [event.incident for event in found]
        for event in found:
            if ledger.is_settled(event.key, channel):
                continue
            siblings = [each for each in found if each.incident == event.incident]
            reason = plan.silence(event, self._rules, ledger.generation(event.key, channel), siblings)
            hearing = assumed.setdefault(event.incident, {}) if incidents.count(event.incident) > 1 else None
            for step in plan.steps(
                event,
                channel,
                people.candidates(event, channel),
                known=ledger,
                keyring=self._keyring,
                reason=reason,
                assumed=hearing,
            ):
                action, why = "skip", str(step.reason or "")
                if step.reason is None:
                    action, why = "send", "opening" if step.first else ""
                elif step.reason is plan.Reason.PENDING:
                    action, why = ("skip", str(reason)) if event.silent else ("send", "again")
                elif step.detail:
                    why = f"{why}: {step.detail}"
                line = (event.key, event.kind, step.audience, action, why)
                counts[line] = counts.get(line, 0) + len(step.people)
            for why, count in people.silent(event, channel).items():
                counts[event.key, event.kind, "", "skip", why] = count
        for (key, kind, audience, action, why), count in counts.items():
            yield Row(
                key=key, kind=kind, audience=audience, channel=channel, recipients=count, action=action, reason=why
            )

    def _end(self, names: Sequence[str]) -> None:
        """Note of what no run looked at, and before which instant everything is settled: later runs read less.

        The latter once a day at most.
        """
        at, settings, ledger = self._run.edition.at, self._run.edition.settings, self._ledger
        ledger.record(settled(self._overlooked, at))
        before = at - max(settings.lateness.update, settings.lateness.resolution) - _MARGIN
        last = ledger.swept() or (ledger.beginning() or Swept(at=at, before=at)).at
        if before < last + _MARGIN:
            return
        if all(ledger.is_settled(event.key, name) for event in self._found if event.at <= before for name in names):
            ledger.record([Swept(at=at, before=before)])


def _planned(run: Run, names: Sequence[str], environment: Mapping[str, str], stack: ExitStack) -> Delivered:
    """Return the plan. A ledger that has not begun knows nobody; it is only read."""
    run.read()
    settings = run.edition.settings
    ledger: Ledger = MemoryLedger()
    keyring = Keyring(b"a plan without a ledger")
    if settings.ledger:
        opened = open_ledger(settings.ledger, run.root)
        stack.callback(opened.close)
        beginning = opened.beginning()
        if beginning is not None:
            ledger, keyring = opened, Keyring.of(environment)
    return Sending(run, ledger, keyring, "", environment, stack).planned(names)


def rules_of(run: Run, ledger: Ledger) -> Rules:
    """Return what the plans of a run go by."""
    written = run.edition.settings.lateness
    return Rules(
        at=run.edition.at,
        beginning=ledger.beginning(),
        lateness=Lateness(update=written.update, resolution=written.resolution),
    )


def _since(ledger: Ledger, rules: Rules) -> datetime:
    """Return from which instant on events are looked at."""
    longest = max(rules.lateness.update, rules.lateness.resolution) + _MARGIN
    beginning = rules.beginning
    return horizon(rules.at, ledger.swept(), beginning.reaches if beginning else None, longest).astimezone(UTC)


def _events(
    run: Run, insight: Insight, ledger: Ledger, rules: Rules, audience: Audience, since: datetime
) -> list[Event]:
    beginning = rules.beginning
    parts: dict[str, tuple[Event, ...]] = {}
    found = events(
        run,
        insight,
        since,
        (*ledger.reopened(), *(beginning.send if beginning else ())),
        beginning=beginning,
        digest=parts if audience.wants_digest else None,
    )
    audience.parts, audience.withheld = parts, withheld(run, insight)
    audience.concerned = concerned(run, insight, found)
    return found
