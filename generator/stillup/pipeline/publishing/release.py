"""Publish: the site built, brought to where it is served, and the messages rendered for everybody to see."""

import os
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from stillup.count import counted
from stillup.delivery.deploy.live import PATIENCE, Live, wait
from stillup.delivery.event_log.place import is_logged
from stillup.delivery.ledger import LedgerError
from stillup.errors import StillupError
from stillup.pipeline.building.build import claimed, frontage
from stillup.pipeline.building.outcome import Built
from stillup.pipeline.building.pending import pending
from stillup.pipeline.building.run import Run
from stillup.pipeline.building.step import Silent, Steps
from stillup.pipeline.publishing.deploy import Deployed, place, refuse
from stillup.pipeline.publishing.newer import Page
from stillup.pipeline.sending.outbox import outbox as outbox_of
from stillup.pipeline.sending.writer import Insight
from stillup.pipeline.tree.ground import claim
from stillup.pipeline.tree.own_files import LIST, replace_all
from stillup.records.settings import Settings

if TYPE_CHECKING:
    from stillup.delivery.pace import Clock, Effort
    from stillup.pipeline.sending.deliver import Delivered

_SILENT = Silent()


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What became of a whole run; a part that was not asked for is None."""

    built: Built
    deployed: Deployed | None = None
    live: Live | None = None
    delivered: "Delivered | None" = None
    notes: tuple[str, ...] = ()
    """What a person should know, one sentence or two each."""

    @property
    def is_complete(self) -> bool:
        """Whether everything planned was accepted."""
        placed = self.deployed is None or self.deployed.whole
        return placed and (self.delivered is None or self.delivered.is_complete)


def publish(
    root: Path,
    *,
    at: datetime,
    site_dir: Path | None = None,
    outbox: Path | None = None,
    live: bool = False,
    keep_last_good: bool = False,
    clock: "Clock | None" = None,
    environment: Mapping[str, str] = os.environ,
    patience: float = PATIENCE,
    steps: Steps = _SILENT,
    effort: "Effort | None" = None,
    gently: "Callable[[], AbstractContextManager[None]]" = nullcontext,
) -> Published:
    """Check, build, deploy, wait until the page is served, deliver, as far as the settings have it.

    Without channels every message is rendered into `outbox` (`outbox/` below `root` by default).
    At another instant than now (`live` is false) nothing is deployed and nothing sent, and messages are rendered.
    `keep_last_good`: a broken record is taken as of the newest commit in which it was sound, with warnings.
    `patience`: for so many seconds the served page is waited for. `clock` is asked while messages are sent,
    with `effort` and `gently` as `deliver` takes them.

    Raises:
        RecordError: a record is unusable; site and outbox are as they were.
        StillupError: the folder of one of them holds something else, or something that sending needs is not there, and
            nothing was built; or no place took the page, and nothing was sent.
    """
    site, work = claimed(root, site_dir)
    target = outbox or root / "outbox"
    with Run(root, at=at, site_dir=site, work=work, live=live, keep_last_good=keep_last_good) as run:
        settings = run.edition.settings
        sending = live and clock is not None and bool(settings.channels.names())
        steps.begin("check")
        if not sending:
            claim(target, root, made=(target / LIST).is_file() or (target / "index.html").is_file())
        run.read()
        refuse(settings, root, site)
        if sending:
            _see_to_sending(root, settings, environment)
        steps.end("records and settings are sound")
        notes = [] if live else _left_out(settings)
        # Read in any case: what is wrong in private records stops a run before anything is out.
        insight = Insight(run)
        # What MkDocs cannot make stops the run too, before it is on record that anything was published.
        front = frontage(run)
        if live and is_logged(settings.ledger):
            notes += _appended(run, steps, needed=sending)
        steps.begin("build")
        composed, artifacts = (0, ()) if sending else outbox_of(run, insight)
        built = run.write(front)
        if not sending:
            replace_all(target, {artifact.path: artifact.body for artifact in artifacts})
            built = replace(built, outbox=target, messages=composed)
        built = replace(built, warnings=(*built.warnings, *insight.warnings, *(pending(run) if live else ())))
        steps.end(" ".join(built.lines()[: 1 + bool(built.anew)]).removesuffix("."))
    deployed = served = delivered = None
    if settings.deploy and live:
        try:
            deployed = _deployed(settings, root, site, work, at, environment, steps)
        except StillupError as error:
            # Mails would lead to a page that does not know of what they tell.
            left = "Nothing was sent. `stillup deliver` sends all the same." if sending else _made(built)
            raise StillupError(f"{error}\n{left}") from error
        if deployed.overtaken:
            # A run of an old commit, as of a job that is started again: its words may have been taken back since.
            sends = " It sends what is owed; nothing was sent by this run." if sending else ""
            notes.append(f"The page of a later commit, {deployed.overtaken[:10]}, is served already.{sends}")
            return Published(built=built, deployed=deployed, notes=tuple(notes))
        served, more = _served(settings, root, site, patience, steps)
        notes += more
    if sending:
        assert clock is not None
        delivered = _delivered(root, at, clock, keep_last_good, environment, steps, effort, gently)
    return Published(built=built, deployed=deployed, live=served, delivered=delivered, notes=tuple(notes))


def _appended(run: Run, steps: Steps, *, needed: bool) -> list[str]:
    """Append to the event log before anything is built; return what a person should know.

    Raises:
        LedgerError: it cannot be written, and what is sent would not say where in it it stands.
    """
    from stillup.pipeline.sending.event_append import append

    steps.begin("log")
    try:
        made = append(run)
    except LedgerError as error:
        if needed:
            raise
        # The page must get out when a host of code is down; what is new is appended by the next run.
        steps.end("the event log was not written")
        return [f"{error} The page shows the event log without what is new. The next publish appends it."]
    head = run.chain.head
    steps.end(f"{counted(len(made), 'event')} appended to the event log, head {head.hash if head else 'none'}")
    return []


def _see_to_sending(root: Path, settings: Settings, environment: Mapping[str, str]) -> None:
    """See that everything is there which sending needs: now, and not when the page is out already.

    Raises:
        StillupError: there is no ledger or no secret.
    """
    from stillup.delivery.outlet import open_channel
    from stillup.pipeline.sending.deliver import ready

    ready(root, settings, environment).ledger.close()
    for name in settings.channels.names():
        open_channel(name, settings, environment, root).close()


def _made(built: Built) -> str:
    """Return what there is to look at though no place took the page."""
    messages = f", and the messages in {built.outbox}" if built.outbox else ""
    return f"The page is made in {built.site}{messages}: `stillup deploy` brings it out once that is mended."


def _left_out(settings: Settings) -> list[str]:
    """Return the note of a run at another instant than now."""
    parts = [*(["deployed"] if settings.deploy else []), *(["sent"] if settings.channels.names() else [])]
    if not parts:
        return []
    words = " and nothing ".join(parts)
    return [f"This is another instant than now, so nothing was {words}. Leave out --at to publish."]


def _delivered(
    root: Path,
    at: datetime,
    clock: "Clock",
    keep_last_good: bool,
    environment: Mapping[str, str],
    steps: Steps,
    effort: "Effort | None",
    gently: "Callable[[], AbstractContextManager[None]]",
) -> "Delivered":
    from stillup.pipeline.sending.deliver import deliver

    steps.begin("deliver")
    counts: Counter[str] = Counter()
    lock = Lock()

    def told(channel: str, outcome: str, count: int) -> None:
        with lock:
            counts[f"{channel} {outcome}"] += count
            steps.say(", ".join(f"{number} {name}" for name, number in sorted(counts.items())))

    done = deliver(
        root,
        at=at,
        live=True,
        clock=clock,
        environment=environment,
        seed=str(os.getpid()),
        keep_last_good=keep_last_good,
        progress=told,
        effort=effort,
        gently=gently,
    )
    planned, accepted = (sum(getattr(each, name) for each in done.channels) for name in ("planned", "accepted"))
    steps.end(f"{accepted} of {planned} messages accepted")
    return done


def _deployed(
    settings: Settings,
    root: Path,
    site: Path,
    work: Path,
    at: datetime,
    environment: Mapping[str, str],
    steps: Steps,
) -> Deployed:
    steps.begin("deploy")
    deployed = place(settings, root, site, work, at=at, environment=environment, say=steps.say)
    for placed in deployed.places:
        steps.end(f"{placed.place}: {placed.said}" if placed.reached else placed.said)
    return deployed


def _served(settings: Settings, root: Path, site: Path, patience: float, steps: Steps) -> tuple[Live | None, list[str]]:
    """Wait until the page is served; return what became of that, and what a person should know."""
    if not settings.site_url:
        return None, ["site_url is not set, so nobody looked whether the page is served."]
    steps.begin("wait")
    steps.say(f"until {settings.site_url} serves this page")
    url, told = settings.site_url, count()

    def gone(seconds: float) -> None:
        so_far = f"until {url} serves this page, {seconds:.0f} s so far"
        if next(told):
            steps.say(so_far)
        else:
            steps.wait(f"{so_far}; after {patience:.0f} s it goes on")

    served = wait(
        url,
        site,
        patience=patience,
        told=gone,
        newer=Page(root, site).newer,
    )
    steps.end(f"served after {served.seconds:.1f} s" if served.seen else f"not seen in {served.seconds:.0f} s")
    return served, [] if served.seen else [served.note]
