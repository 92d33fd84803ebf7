"""Alerts in: kept for good, then worked out anew from everything that was kept, and written where rules allow.

Nothing is carried from run to run but the inbox and the records themselves, so a run that was lost, came late or ran
twice leaves what one run would have left.
"""

import fcntl
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from stillup import catalogue
from stillup.errors import Level, Problem, RecordError, StillupError
from stillup.intake.alert import inbox, pull
from stillup.intake.alert.alert import Alert
from stillup.intake.alert.episode import Episode, Span, episodes, outside, spans
from stillup.intake.alert.proposal import ALERTS, PREFIX, Proposal, Word, identity, proposals, remark, states
from stillup.pipeline.change import internal
from stillup.pipeline.change.entry import reference
from stillup.pipeline.change.handover import write
from stillup.pipeline.change.report import attributed
from stillup.pipeline.change.sheet import Change, Sheets
from stillup.records import configuration, store
from stillup.records.alert_rule import Publish
from stillup.records.folder import RecordFile, contents, record_file, record_files
from stillup.records.incident import Incident
from stillup.records.inventory import Components
from stillup.records.moment import instant, stamp, utc
from stillup.records.reading import read
from stillup.records.settings import Settings
from stillup.records.writing import spelling
from stillup.timeline.course import Course, course
from stillup.timeline.publication import AHEAD
from stillup.vocabulary import ComponentStatus, Kind, Severity, UpdateStatus

INBOX = "inbox"
SUBJECT = "Take in alerts"
KEPT = timedelta(days=7)
"""Episodes that were over this long ago are settled and not looked at again."""

_HEAD = "# yaml-language-server: $schema={up}schema/incident.schema.json\n"


@dataclass(slots=True, kw_only=True)
class Received:
    """What came of a run."""

    new: int = 0
    """Alerts that were not known before."""

    written: list[str] = field(default_factory=list)
    """Public files that were written, from the root."""

    attached: list[str] = field(default_factory=list)
    """Components about which people already wrote; nothing was opened."""

    unknown: list[str] = field(default_factory=list)
    """What alerts are called that fire and that no rule knows, for people to look at."""

    due: datetime | None = None
    """When another run may find more, though nothing else is said until then."""

    commit: str = ""
    """The commit that holds what was written; empty where nothing was committed."""

    problems: list[Problem] = field(default_factory=list)


def receive(
    root: Path,
    told: Iterable[Alert],
    *,
    at: datetime,
    dry: bool = False,
    before: Callable[[list[str]], None] = lambda paths: None,
) -> Received:
    """Keep `told`, and write what everything kept so far amounts to at `at`; `before` hears first which files.

    Runs of several programs wait for one another.

    Raises:
        RecordError: settings or components are unsound, or what would be written is; the alerts are kept nevertheless.
    """
    settings, problems = configuration.settings(root)
    if any(problem.level is Level.ERROR for problem in problems):
        raise RecordError(problems)
    folder = folder_of(root, settings)
    told = list(told)
    if dry:
        return _received(root, settings, told, at, None)
    new = inbox.keep(folder, told)
    with _alone(folder):
        received = _received(root, settings, (), at, before)
    received.new = new
    return received


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one program at a time work out what was kept."""
    with (folder / ".lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _received(
    root: Path, settings: Settings, told: Iterable[Alert], at: datetime, before: Callable[[list[str]], None] | None
) -> Received:
    """Work out what was kept and is `told`; write it, unless there is no `before` to hear of it."""
    components, problems = store.components(root)
    if any(problem.level is Level.ERROR for problem in problems):
        raise RecordError(problems)
    known, strange_files = inbox.load(folder_of(root, settings))
    received = Received(problems=strange_files)
    files = _reduce(root, settings, components, [*known, *told], at, received)
    if before is not None and files:
        before(received.written)
        write(root, Change(record="", subject=SUBJECT, files=files))
    return received


def pulled(root: Path, url: str, *, at: datetime, authorization: str = "") -> list[Alert]:
    """Ask the Alertmanager at `url` what fires, and return it with the ends that were lost on the way.

    What is silenced there opens nothing, and goes on where it was known.

    Raises:
        StillupError: it does not answer.
    """
    active, suppressed = pull.active(url, authorization)
    settings, _ = configuration.settings(root)
    known, _ = inbox.load(folder_of(root, settings))
    return [*active, *inbox.lost(known, [*active, *suppressed], at)]


def folder_of(root: Path, settings: Settings) -> Path:
    """Return the folder of the inbox: with the internal records, because labels are internal."""
    return root / settings.private / INBOX


def _reduce(
    root: Path,
    settings: Settings,
    components: Components,
    known: list[Alert],
    at: datetime,
    received: Received,
) -> Mapping[str, bytes | None]:
    """Return the files to write, and note in `received` what else is found."""
    names = {part.id: part.name for part in components.components}
    found, strange = spans(known, settings.intake.rules, frozenset(names))
    ended = {alert.key for alert in known if not alert.firing}
    received.unknown = sorted({_called(alert) for alert in strange if alert.key not in ended})
    records = records_of(root, settings, components) if found else {}
    words = catalogue.words(settings.languages[0])
    sheets = Sheets(root)
    moments = [moment for span in found for moment in _moments(span)]
    opened_now = False
    for component in sorted({span.component for span in found}):
        windows = _windows([record for _, record in records.values()], component, at)
        stated = _stated(root, component)
        moments += [end for _, end in windows]

        def told(first: Span, stated: Set[datetime] = stated) -> bool:
            return identity(first.component, first.start) in records or first.start + first.rule.open_after in stated

        opened = episodes(outside([span for span in found if span.component == component], windows), at, told)
        recent = [each for each in opened if each.over is None or each.over > at - KEPT]
        quiet = [each for each in recent if each.rule.publish is Publish.COMPONENT_ONLY]
        _states(sheets, root, component, quiet, at)
        for proposal in proposals([each for each in recent if each not in quiet], names, words, at):
            own = records.get(proposal.id)
            if own is not None:
                _continued(sheets, *own, proposal)
            elif spoken_of([record for _, record in records.values()], proposal, at):
                received.attached.append(component)
            elif proposal.publish is Publish.AUTO:
                path = f"incidents/{proposal.began:%Y}/{proposal.id}.yml"
                bodies = [body for body in sheets.files.values() if body is not None]
                number = reference(root, proposal.words[0].at, settings, bodies)
                facts = {"title": proposal.title, "reference": number, **proposal.facts()}
                sheets.new(path, facts, _HEAD.format(up="../../"))
                others = opened_now or any(_is_open(record, at) for _, record in records.values())
                opened_now = True
                _noted(sheets, settings, proposal, at, received, alone=not others)
            else:
                drafted(sheets, proposal)
    wrong = problems_of(root, settings, components, sheets)
    if wrong:
        raise RecordError(wrong)
    received.written = sorted(path for path in sheets.files if path.startswith(("incidents/", "components/")))
    received.due = min((moment for moment in moments if moment > at), default=None)
    return sheets.files


def _noted(
    sheets: Sheets, settings: Settings, proposal: Proposal, at: datetime, received: Received, *, alone: bool
) -> None:
    """Note when an incident that is opened now was noticed, and count what customers reported before as complaints.

    A private record that cannot be used keeps no incident from being told: it is said, and people count.
    """
    trial = Sheets(sheets.root, dict(sheets.files))
    try:
        internal.detected(trial, settings, proposal.id, proposal.began)
        attributed(trial, settings, proposal.id, {proposal.component}, proposal.began, at, lambda: alone)
    except StillupError as error:
        place = f"{settings.private.rstrip('/')}/incidents/{proposal.id}.yml"
        said = error.problems if isinstance(error, RecordError) else (Problem(file=place, message=str(error)),)
        received.problems += said
    else:
        sheets.files.update(trial.files)


def _is_open(record: Incident, at: datetime) -> bool:
    went = _course(record, at)
    return record.kind is Kind.INCIDENT and went is not None and went.open


def _moments(span: Span) -> Iterator[datetime]:
    """Yield when something may follow from a span, though nothing more is said."""
    yield span.start + span.rule.open_after
    if span.end is not None:
        yield span.end + span.rule.resolve_after
        yield span.end + 2 * span.rule.resolve_after


def _called(alert: Alert) -> str:
    return alert.labels.get("alertname") or alert.identity


def records_of(root: Path, settings: Settings, components: Components) -> dict[str, tuple[RecordFile, Incident]]:
    """Return every sound record by id; one that is broken must not stop an alert."""
    found = {}
    for file in store.files(root)[0]:
        record, _ = store.incident(root, file, components, settings.timezone)
        if record is not None:
            found[file.id] = (file, record)
    return found


def _course(record: Incident, at: datetime) -> Course | None:
    return course(record, at) if record.updates[0].at <= at + AHEAD else None


def _windows(records: Iterable[Incident], component: str, at: datetime) -> list[tuple[datetime, datetime]]:
    """Return when maintenance held `component`, and while it does."""
    far = at + timedelta(days=1)
    planned = [record for record in records if record.kind is Kind.MAINTENANCE]
    courses = [went for record in planned if (went := _course(record, at)) is not None]
    return sorted(
        (claim.start, claim.end or far) for went in courses for claim in went.claims if claim.component == component
    )


def spoken_of(records: Iterable[Incident], proposal: Proposal, at: datetime) -> bool:
    """Whether people already tell of the component's trouble, or did when it opened."""
    opened = proposal.words[0].at
    return any(
        claim.component == proposal.component and claim.start <= at and (claim.end is None or claim.end > opened)
        for record in records
        if record.kind is Kind.INCIDENT and record.id != proposal.id and (went := _course(record, at)) is not None
        for claim in went.claims
    )


def _stated(root: Path, component: str) -> frozenset[datetime]:
    """Return the instants of the states that alerts gave the component."""
    return frozenset(instant(each["at"]) for each in standing_of(root, component)[1] if each.get("source") == "alerts")


def standing_of(root: Path, component: str) -> tuple[str, list[dict[str, object]]]:
    """Return the file of a component and the states in it."""
    file = next(file for file in record_files(root, "components")[0] if file.id == component)
    data, problem = contents(root, file.path)
    document = None if problem else read(data, file.path)[0]
    standing = document.at(("states",)) if document is not None else None
    return file.path, [each for each in standing if isinstance(each, dict)] if isinstance(standing, list) else []


def _states(sheets: Sheets, root: Path, component: str, quiet: list[Episode], at: datetime) -> None:
    """Let the states of a component follow, after what stands there already.

    Where it was called operational before all was heard, what goes on holds from the instant of the run.
    """
    if not quiet:
        return
    path, standing = standing_of(root, component)
    last = max((instant(each["at"]) for each in standing), default=None)
    due = [state for state in states(quiet, "alerts") if last is None or instant(state["at"]) > last]
    early = (
        bool(standing)
        and standing[-1].get("source") == "alerts"
        and standing[-1]["status"] == ComponentStatus.OPERATIONAL
    )
    if early and not due and quiet[-1].quiet is None and last is not None and at > last:
        due = [{"at": utc(at), "status": quiet[-1].states[-1][1].value, "source": "alerts"}]
    for state in due:
        sheets.append(path, ("states",), state)


def drafted(sheets: Sheets, proposal: Proposal) -> None:
    """Propose an incident; a draft that somebody has touched is theirs."""
    path = f"incidents/_drafts/{proposal.id}.yml"
    head = _HEAD.format(up="../../") + remark(proposal.id, proposal.made_by)
    wanted = f"{head}{spelling.write(proposal.facts())}".encode()
    if sheets.has(path):
        standing = sheets.text(path)
        ours = (
            replace(proposal, words=proposal.words[:count], severity=severity)
            for count in range(1, len(proposal.words) + 1)
            for severity in (None, *Severity)
        )
        untouched = any(standing == f"{head}{spelling.write(each.facts())}".encode() for each in ours)
        if standing == wanted or not untouched:
            return
    sheets.new(path, proposal.facts(), head)


def _continued(sheets: Sheets, file: RecordFile, record: Incident, proposal: Proposal) -> None:
    """Tell how an incident goes on that alerts opened; where people decide, they go on too."""
    if proposal.publish is not Publish.AUTO or record.source.get("made_by") != ALERTS:
        return
    known = {update.id for update in record.updates}
    people = any(not update.id.startswith(PREFIX) for update in record.updates)
    last = record.updates[-1]
    due = [word for word in proposal.words if word.id not in known and word.at > last.at]
    early = last.id.startswith((f"{PREFIX}monitoring", f"{PREFIX}resolved"))
    if early and not due and proposal.still is not None and proposal.still.at > last.at:
        due = [proposal.still]
    newest: Word | None = None
    for word in due:
        if last.status.closes and not word.id.startswith(f"{PREFIX}again"):
            continue
        if people and word.status is not UpdateStatus.MONITORING:
            continue
        if word.status is UpdateStatus.MONITORING and last.status is UpdateStatus.MONITORING:
            continue
        mark = sha256(word.id.encode()).hexdigest()[:4]
        path = f"{file.path.removesuffix('.yml')}/updates/{stamp(word.at)}-{mark}.yml"
        depth = "../" * path.count("/")
        head = f"# yaml-language-server: $schema={depth}schema/update.schema.json\n"
        sheets.new(path, word.facts(proposal.component), head)
        newest = word
    if newest is not None and newest.ended is not None:
        sheets.put(file.path, ("ended_at",), utc(newest.ended), before="source")
    elif newest is not None and record.ended_at is not None:
        sheets.remove(file.path, ("ended_at",))


def problems_of(root: Path, settings: Settings, components: Components, sheets: Sheets) -> list[Problem]:
    """Return why what is about to be written could not be read afterwards."""
    bodies = {path: body for path, body in sheets.files.items() if body is not None}
    problems: list[Problem] = []
    if any(path.startswith("components/") for path in bodies):
        problems += store.components(root, bodies)[1]
    mains = {
        path.partition("/updates/")[0].removesuffix(".yml") + ".yml" for path in bodies if path.startswith("incidents/")
    }
    for path in sorted(mains):
        standing = record_file(root, path)
        updates = {each for each in bodies if each.startswith(f"{path.removesuffix('.yml')}/updates/")}
        file = RecordFile(Path(path).stem, path, tuple(sorted({*(standing.updates if standing else ()), *updates})))
        problems += store.incident(root, file, components, settings.timezone, bodies)[1]
    return problems if any(problem.level is Level.ERROR for problem in problems) else []
