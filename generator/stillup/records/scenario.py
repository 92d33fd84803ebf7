"""A drill's script: what is assumed to happen, what is told when, and what goes wrong with those who are told.

Times are counted from the moment at which customers begin to notice, so that a script can be played at any instant.
"""

from collections.abc import Mapping
from dataclasses import field
from itertools import pairwise
from typing import Annotated

from stillup.errors import Level, Problem, RecordError
from stillup.frozen import dataclass
from stillup.records.document import Document
from stillup.records.field import Duration, Filled, Flag, Id, Line, Text
from stillup.records.finding import Findings, repeated
from stillup.records.mark import Bounded, Strict
from stillup.records.reading import read
from stillup.records.refusal import nearest
from stillup.records.shape import shaped
from stillup.records.subscriber import Channel
from stillup.records.texts import Texts
from stillup.vocabulary import ComponentStatus, DrillType, Failure, Severity, UpdateStatus

Times = Annotated[int, Bounded({"strict": True, "ge": 1, "le": 100})]
Wait = Annotated[int, Bounded({"strict": True, "ge": 1, "le": 3600})]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault(Strict):
    """What goes wrong with one channel's receiver."""

    channel: Channel
    """Whose receiver it is."""

    failure: Failure
    """What it does."""

    times: Times = 1
    """With how many messages in a row, from the first of the update on."""

    wait: Wait | None = None
    """Of `busy`: for how many seconds it asks to be let alone, where its protocol can say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedUpdate(Texts):
    """One update of the incident that is played; its texts have the names that they have in records."""

    after: Duration
    """When it is published, from the beginning on."""

    status: UpdateStatus
    """How far the work has come."""

    body: Text
    """Markdown for customers. That it is a drill is put before it."""

    components: Mapping[Id, ComponentStatus] = field(default_factory=dict)
    """What changes; the rest carries on."""

    next_update_in: Duration | None = None
    """The promise."""

    cause_confirmed: Flag = False
    """True: the cause is known."""

    faults: tuple[Fault, ...] = ()
    """What goes wrong with receivers while this is sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario(Strict):
    """A script that `stillup drill run` plays."""

    title: Line
    """What is practised: the title of the drill."""

    type: DrillType = DrillType.COORDINATION
    """What sort of exercise it is."""

    scenario: Text
    """What is assumed to happen."""

    symptom: Line
    """The incident's title, in the customer's words."""

    severity: Severity
    """Its class."""

    disaster: Flag = False
    """True: the cadence and the words for disasters."""

    systems: Mapping[Id, Line]
    """What is involved: ids of components with their names. One that the page lacks is there for the drill alone."""

    detected: Duration
    """When it is noticed, from the beginning on."""

    acknowledged: Duration
    """When somebody takes it on, from the beginning on."""

    mitigated: Duration | None = None
    """When customers are helped, from the beginning on."""

    targets: Mapping[Id, Duration] = field(default_factory=dict)
    """How long things may take, where the plan does not say it: `detection`, `resolution`."""

    questions: tuple[Line, ...] = ()
    """What those who take part talk about."""

    updates: Annotated[tuple[ScriptedUpdate, ...], Filled]
    """What is told, in order; the last one resolves."""


def taken(data: bytes, name: str) -> Scenario:
    """Return the script that stands in `data`, a file that problems call `name`.

    Raises:
        RecordError: with every problem of it.
    """
    document, problems = read(data, name)
    found: list[Problem] = list(problems)
    if document is not None:
        made = shaped(document, Scenario, document.value)
        findings = Findings([*found, *made.problems])
        findings.lose(document, made.lost)
        if made.value is not None:
            _contradictions(made.value, document, findings)
        found = findings.problems
        if made.value is not None and not any(each.level is Level.ERROR for each in found):
            return made.value
    raise RecordError(sorted(found))


def _contradictions(script: Scenario, document: Document, findings: Findings) -> None:
    """Find what cannot be played."""
    for number, (before, step) in enumerate(pairwise(script.updates), 1):
        if step.after <= before.after:
            findings.say(document, ("updates", number, "after"), "This is told before what stands above it.",
                         "Write updates in the order of time.")  # fmt: skip
        if before.status.closes:
            findings.say(document, ("updates", number - 1, "status"), "It is over here, and it goes on below.",
                         "Let the last update resolve it, and no other.")  # fmt: skip
    last = len(script.updates) - 1
    if not script.updates[last].status.closes:
        findings.say(document, ("updates", last, "status"), "The drill comes to no end.",
                     "Write resolved as the status of the last update.")  # fmt: skip
    if script.updates[0].after < script.detected:
        findings.say(document, ("detected",), "It is told of before it was noticed.", "Correct one of the two.")
    if script.severity is Severity.P3:
        findings.say(document, ("severity",), "Of a P3 nobody is told, so there is nothing to play.",
                     "Write P0, P1 or P2.")  # fmt: skip
    if script.acknowledged < script.detected:
        findings.say(document, ("acknowledged",), "It was taken on before it was noticed.", "Correct one of the two.")
    if script.mitigated is not None and script.mitigated < script.acknowledged:
        findings.say(document, ("mitigated",), "It was mended before anybody took it on.", "Correct one of the two.")
    for number, step in enumerate(script.updates):
        _of_update(script, number, step, document, findings)


def _of_update(script: Scenario, number: int, step: ScriptedUpdate, document: Document, findings: Findings) -> None:
    place = ("updates", number)
    if step.status not in (*_OPEN, UpdateStatus.RESOLVED):
        findings.say(document, (*place, "status"), "This is a status of a maintenance, and a drill plays an incident.",
                     "Use investigating, identified, monitoring or resolved.")  # fmt: skip
    if step.status.closes and step.next_update_in is not None:
        findings.say(document, (*place, "next_update_in"), "It is over, so nothing is promised.",
                     "Leave the line out.", at_key=True)  # fmt: skip
    for name in step.components:
        if name not in script.systems:
            near = nearest(name, script.systems)
            findings.say(document, (*place, "components", name), "systems: does not name this component.",
                         f"Did you mean {near}?" if near else f"Write {name}: and its name below systems:.",
                         code="reference", at_key=True)  # fmt: skip
    for index in repeated(each.channel for each in step.faults):
        findings.say(document, (*place, "faults", index, "channel"), "This channel has a fault in this update already.",
                     "Write one for each channel.")  # fmt: skip
    for index, fault in enumerate(step.faults):
        if fault.wait is not None and fault.failure is not Failure.BUSY:
            findings.say(document, (*place, "faults", index, "wait"), "Only a busy receiver asks to wait.",
                         "Leave the line out, or write failure: busy.", at_key=True)  # fmt: skip


_OPEN = (UpdateStatus.INVESTIGATING, UpdateStatus.IDENTIFIED, UpdateStatus.MONITORING)
