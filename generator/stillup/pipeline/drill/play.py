"""Plays a script from its beginning to its end: each update is written, committed, built, served and sent."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml

from stillup.catalogue import Catalogue
from stillup.delivery.entry import Answer, Intent, read
from stillup.delivery.ledger.place import open_ledger
from stillup.errors import Problem, StillupError
from stillup.frozen import dataclass
from stillup.pipeline.change.entry import spelled
from stillup.pipeline.drill import sandbox as ground
from stillup.pipeline.drill.guard import STOPPED
from stillup.pipeline.drill.lodging import lodging
from stillup.pipeline.drill.mailbox import mail
from stillup.pipeline.drill.receiver import Desk, Taken, page, web
from stillup.pipeline.drill.sandbox import Ports, Sandbox
from stillup.pipeline.judging.lint import lint
from stillup.records import moment, store
from stillup.records.inventory import Components
from stillup.records.private import store as private_store
from stillup.records.scenario import Scenario, ScriptedUpdate
from stillup.records.settings import Settings
from stillup.timeline.metric_case import Case, cases
from stillup.vocabulary import TEXTS

AGAIN = timedelta(minutes=5)
"""How long is waited before those are tried again whom a run did not reach."""

TRIES = 4
"""How often one update is published at most, the first time included."""

_WARM = ("stillup.pipeline.publishing.release", "stillup.pipeline.sending.deliver", "stillup.pipeline.change.finish",
         "stillup.pipeline.change.trial", "stillup.messages.internal", "stillup.mkdocs_plugin")  # fmt: skip

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One run of `publish`."""

    step: int
    at: datetime
    until: datetime | None
    """None where it was killed."""

    served: bool = False
    channels: tuple[Mapping[str, Any], ...] = ()
    """Its account, one mapping a channel, as `deliver --json` prints it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One receipt of the drill's ledger."""

    event: str
    channel: str
    at: datetime
    standing: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """What happened in a drill."""

    script: Scenario
    began: datetime
    """When customers began to notice, in the drill's own time."""

    told: tuple[datetime, ...]
    """When each update was published."""

    runs: tuple[Published, ...]
    taken: tuple[Taken, ...]
    """What receivers have, in the order in which it came."""

    people: Mapping[tuple[str, str], str]
    refused: frozenset[tuple[str, str]]
    """Who is no more, by channel and address, as the script has it."""

    sent: tuple[Sent, ...]
    case: Case
    """The incident as it is measured."""

    findings: tuple[Problem, ...]
    """What lint says of the texts."""

    killed: int
    calls: int

    @property
    def ended(self) -> datetime:
        """When the last run was over."""
        return max(each.until or each.at for each in self.runs)


def play(
    real: Path,
    settings: Settings,
    components: Components,
    script: Scenario,
    *,
    at: datetime,
    words: Catalogue,
    drill: str,
    environment: Mapping[str, str] = os.environ,
    say: Say = lambda text: None,
) -> Performance:
    """Return what comes of `script` where it begins at `at`, on a page made after the one at `real`.

    Of `environment` nothing is used but the path of programs. `words` are those of the page's language; `drill` is
    the name of its record.

    Raises:
        StillupError: git is missing, a process failed, or something would have left the sandbox.
    """
    for name in _WARM:
        import_module(name)  # so that Python keeps them compiled: behind the wall nothing is written beside them
    desk = Desk()
    with ExitStack() as stack:
        folder = stack.enter_context(lodging())
        ports = Ports(
            mail=stack.enter_context(mail(desk)),
            web=stack.enter_context(web(desk)),
            page=stack.enter_context(page(folder / "page" / ground.SERVED)),
        )
        place = ground.made(
            folder, real, settings, components, script, ports, words, environment.get("PATH", os.defpath)
        )
        record = place.root / "private" / "drills" / f"{drill}.yml"
        record.parent.mkdir(parents=True)
        record.write_text(f"type: {script.type}\ntitle: A drill\ndate: {at:%Y-%m-%d}\n", encoding="utf-8")
        _job(place, {"do": ["begin"], "at": at.isoformat()}, desk)
        told, runs = _played(place, script, at, drill, desk, say)
        end = max(each.until or each.at for each in runs)
        return Performance(
            script=script,
            began=at,
            told=tuple(told),
            runs=tuple(runs),
            taken=tuple(desk.taken),
            people=place.people,
            refused=frozenset(desk.refused),
            sent=tuple(_sent(place)),
            case=_case(place, end),
            findings=tuple(lint(place.root, at=end, everything=True).judged.findings),
            killed=desk.killed,
            calls=desk.calls,
        )


def _played(
    place: Sandbox, script: Scenario, at: datetime, drill: str, desk: Desk, say: Say
) -> tuple[list[datetime], list[Published]]:
    told: list[datetime] = []
    runs: list[Published] = []
    incident, now = "", at
    for number, update in enumerate(script.updates):
        now = max(now, at + update.after)
        following = script.updates[number + 1 : number + 2]
        until = at + following[0].after if following else now + AGAIN * TRIES
        say(f"{moment.utc(now)} {update.status}")
        told.append(now)
        job = {
            "do": ["tell", "publish"],
            "incident": incident,
            "update": _facts(update),
            "record": _record(script, at),
            "private": _private(script, at, now, drill),
        }
        desk.begin({each.channel: each for each in update.faults})
        for said, run in _published(place, number, now, until, job, desk, say):
            incident = incident or said["incident"]
            runs.append(run)
            now = run.until or now + AGAIN
    return told, runs


def _published(
    place: Sandbox, step: int, at: datetime, until: datetime, job: dict[str, Any], desk: Desk, say: Say
) -> Iterator[tuple[dict[str, Any], Published]]:
    """Publish, and again after a while where that left somebody out, as whoever is on call would.

    Yields what the first part of the job said, and the run.
    """
    said: dict[str, Any] = {}
    for attempt in range(TRIES):
        first, *rest = _job(place, {**job, "at": at.isoformat()}, desk)
        done, job = (rest or [None])[0] if attempt == 0 else first, {"do": ["publish"]}
        said = said or first or {}
        if done is None:
            say(f"  publish was killed in the middle; it is started again {spelled(AGAIN)} later")
            yield said, Published(step=step, at=at, until=None)
            at += AGAIN
            continue
        run = Published(
            step=step,
            at=at,
            until=datetime.fromisoformat(done["until"]),
            served=done["served"],
            channels=tuple(done["channels"]),
        )
        yield said, run
        later = [name for each in run.channels for name in each["failed"] if name.startswith("later")]
        if not later or attempt + 1 == TRIES:
            return
        at = (run.until or at) + AGAIN
        if at >= until:
            return
        say(f"  somebody was not reached; publish runs again at {moment.utc(at)}")


def _job(place: Sandbox, job: Mapping[str, Any], desk: Desk) -> list[dict[str, Any] | None]:
    """Do a job in a process of the sandbox; return what each part says, None for one that a receiver killed.

    Raises:
        StillupError: it failed, or came up against the wall.
    """
    ports = [place.ports.mail, place.ports.web, place.ports.page]
    said = json.dumps({**job, "root": str(place.root), "ports": ports})
    desk.run = datetime.fromisoformat(job["at"])
    command = [sys.executable, "-m", "stillup.pipeline.drill.stage"]
    killed = desk.killed
    with subprocess.Popen(
        command,
        cwd=place.root,
        env=dict(place.environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        desk.victim = child.pid
        try:
            out, err = child.communicate(said)
        finally:
            desk.victim = None
            child.kill()
    lines: list[dict[str, Any] | None] = [json.loads(line) for line in out.splitlines()]
    if desk.killed > killed:
        return [*lines, None]
    if child.returncode == STOPPED:
        raise StillupError(f"{err.strip().splitlines()[-1]} Nothing left the sandbox.")
    if child.returncode:
        raise StillupError(f"The drill's own process failed at {' and '.join(job['do'])}:\n{err.strip()}")
    return lines


def _facts(update: ScriptedUpdate) -> dict[str, Any]:
    """Return the update as records have it."""
    facts: dict[str, Any] = {"status": str(update.status), "body": update.body}
    facts |= {"components": {id: str(state) for id, state in update.components.items()}} if update.components else {}
    facts |= {name: getattr(update, name) for name in TEXTS if getattr(update, name)}
    facts |= {"cause_confirmed": True} if update.cause_confirmed else {}
    facts |= {"next_update_in": spelled(update.next_update_in)} if update.next_update_in else {}
    return facts


def _record(script: Scenario, at: datetime) -> dict[str, Any]:
    return {
        "title": script.symptom,
        "severity": str(script.severity),
        "disaster": script.disaster,
        "started_at": moment.utc(at),
    }


def _private(script: Scenario, at: datetime, now: datetime, drill: str) -> str:
    """Return what insiders know by `now`."""
    facts = {"drill": drill, "detected_at": moment.utc(at + script.detected), "detected_by": "the script of a drill"}
    for name, after in (("acknowledged_at", script.acknowledged), ("mitigated_at", script.mitigated)):
        if after is not None and at + after <= now:
            facts[name] = moment.utc(at + after)
    return yaml.safe_dump(facts, allow_unicode=True, sort_keys=False)


def _sent(place: Sandbox) -> Iterator[Sent]:
    """Return every receipt of the ledger, oldest first."""
    ledger = open_ledger(f"sqlite:{ground.LEDGER}", place.root)
    try:
        intents: dict[str, Intent] = {}
        for line in ledger.lines():
            entry = read(line.text)
            if isinstance(entry, Intent):
                intents[entry.id] = entry
            elif isinstance(entry, Answer):
                about = intents[entry.intent]
                for number, letter in enumerate(entry.standings):
                    if letter != "-":
                        reason = entry.reasons.get(str(number), "")
                        yield Sent(
                            event=about.event, channel=about.channel, at=entry.at, standing=letter, reason=reason
                        )
    finally:
        ledger.close()


def _case(place: Sandbox, at: datetime) -> Case:
    """Return the incident as it is measured."""
    from stillup.records import configuration

    settings, _ = configuration.settings(place.root, {})
    components, _ = store.components(place.root)
    found = [store.incident(place.root, file, components, settings.timezone)[0] for file in store.files(place.root)[0]]
    incidents = [each for each in found if each is not None]
    private, _ = private_store.load(place.root, settings, {each.id: each for each in incidents}, components)
    (case,) = cases(incidents, components, private, settings.plan, at)
    return case
