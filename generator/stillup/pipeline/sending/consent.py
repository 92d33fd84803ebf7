"""Which of the events that are owed wait for a second person to agree, and what is said of it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from stillup.delivery.plan import Rules, is_before
from stillup.errors import Level, Problem
from stillup.messages.event import BREACH, Event
from stillup.pipeline.approval.approval import POSTMORTEM, RULE, Approvals
from stillup.pipeline.building.run import Run
from stillup.pipeline.sending.told import record_of
from stillup.records import store
from stillup.records.approval import SecondApproval
from stillup.records.folder import RecordFile
from stillup.vocabulary import SEVERITY_OF, Kind


def approved(
    run: Run,
    found: Sequence[Event],
    rules: Rules,
    digests: Mapping[str, Sequence[Event]],
    again: Collection[str],
) -> tuple[Rules, tuple[Problem, ...]]:
    """Return `rules` with the keys of events to which nobody has agreed who must, and a warning for each text.

    A digest waits as long as anything that it sums up. `again` are keys that are to be sent whatever their age.
    """
    settings = run.edition.settings.approval
    if not settings.severities:
        return rules, ()
    owed = [event for event in found if _is_owed(event, rules, again)]
    summed = {part.key: part for event in owed for part in digests.get(event.key, ())}
    parts = {event.key: event for event in (*owed, *summed.values()) if wants(event, settings)}
    if not parts:
        return rules, ()
    approvals, files = Approvals(run.root, settings), {file.id: file for file in store.files(run.root)[0]}
    waiting: set[str] = set()
    told: dict[tuple[str, str], Problem] = {}
    for key, event in parts.items():
        for problem in _said(run, approvals, files, event):
            told[event.incident, problem.field] = problem
            if problem.level is Level.ERROR:
                waiting.add(key)
    waiting |= {event.key for event in owed if any(part.key in waiting for part in digests.get(event.key, ()))}
    return replace(rules, unapproved=frozenset(waiting)), tuple(
        replace(problem, level=Level.WARNING) for problem in told.values()
    )


def wants(event: Event, settings: SecondApproval) -> bool:
    """Whether the text of `event` is one to which a second person must agree.

    Whoever takes words back need not wait, and what the clock says nobody has written.
    """
    if event.record is not Kind.INCIDENT or event.kind.endswith("_withdrawn") or event.kind == BREACH:
        return False
    return (event.severity or SEVERITY_OF[event.impact]) in settings.severities


def _is_owed(event: Event, rules: Rules, again: Collection[str]) -> bool:
    if event.silent:
        return False
    if event.key in again:
        return True
    before = rules.beginning is not None and is_before(event, rules.beginning)
    return not before and not rules.lateness.is_late(event.at, event.closing, rules.at)


def _said(run: Run, approvals: Approvals, files: Mapping[str, RecordFile], event: Event) -> Iterator[Problem]:
    """Yield what is missing, as an error, or that somebody went without, as a warning."""
    record = record_of(run, event.incident)
    part = event.key.split("/")[1]
    number = (
        next((number for number, update in enumerate(record.updates) if update.id == part), None) if record else None
    )
    if record is None or (number is None and part != POSTMORTEM):
        return
    file = files[record.id]
    reason = record.updates[number].lint.get(RULE, "") if number is not None else ""
    field = part if number is None else f"updates[{number}]"
    if reason:
        message = f"It is told without a second approval: {reason}"
        yield Problem(file=file.path, field=field, code=RULE, level=Level.WARNING, message=message)
        return
    why = approvals.missing(file, part)
    if why:
        fix = f"Let one of them run stillup incident approve {record.id}/{part}; until then nobody is told."
        yield Problem(file=file.path, field=field, code=RULE, message=why, fix=fix)
