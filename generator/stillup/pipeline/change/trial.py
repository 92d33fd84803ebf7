"""A change tried before it is written: read by the reader that builds use, and told in the words people will get."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from stillup.errors import Level, Problem, RecordError
from stillup.messages.compose import messages
from stillup.messages.message import Message
from stillup.messages.wording import Wording
from stillup.pipeline.approval.approval import RULE
from stillup.pipeline.change import internal
from stillup.pipeline.change.desk import Desk, errors
from stillup.pipeline.change.earlier import put_before
from stillup.pipeline.change.sheet import Change
from stillup.pipeline.change.wording import JUDGES, Judge, Words
from stillup.pipeline.links.link import Link, dead
from stillup.pipeline.links.place import Places
from stillup.pipeline.reading.story import tell
from stillup.pipeline.reading.target import anchors, of_incident
from stillup.pipeline.sending.writer import Writer
from stillup.records import store
from stillup.records.folder import RecordFile, record_file
from stillup.records.incident import Incident
from stillup.views.incident import IncidentView, UpdateView


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A sound change, and what people will see of it."""

    change: Change
    record: Incident | None
    """As it will be; None where a file is no incident, or the record goes."""

    view: IncidentView | None = None
    update: UpdateView | None = None
    messages: tuple[Message, ...] = ()
    warnings: tuple[Problem, ...] = ()
    objections: tuple[Problem, ...] = ()
    """What judges of words say against it."""

    unread: str = ""
    """Why it is not known whether everything else works; then no message says so."""


def tried(desk: Desk, change: Change, judges: Sequence[Judge] = JUDGES) -> Trial:
    """Return what comes of `change`.

    Raises:
        RecordError: a file would be unsound. Nothing is written.
    """
    _private(desk, change, None)
    if any(path.startswith("components/") for path in change.files):
        return _component(desk, change)
    file = _file(desk, change) if change.files.keys() - change.internal else None
    if file is None:
        return Trial(change=change, record=None)
    bodies = {path: body for path, body in change.files.items() if body is not None}
    record, problems = store.incident(
        desk.root, file, desk.edition.components, desk.settings.timezone, {**_main(desk, file, bodies), **bodies}
    )
    if record is None or errors(problems):
        raise RecordError(problems)
    _private(desk, change, record)
    if change.at:
        path = next(path for path in change.files if "/updates/" in path)
        problems = (*problems, *put_before(record, change.update, path, desk.public_until))
    trial = Trial(change=change, record=record, warnings=(*problems, *change.notes))
    whole = tell(desk.edition, record)
    if whole.view is not None and (lost := _dead_links(desk, trial, whole.view)):
        raise RecordError(lost)
    if not change.update:
        return trial
    words = Words(desk=desk, file=file, record=record, update=change.update, bodies=bodies)
    return _told(desk, trial, record, [problem for judge in judges for problem in judge(words)])


def _told(desk: Desk, trial: Trial, record: Incident, found: Iterable[Problem]) -> Trial:
    """Return the trial with page and messages as of its update; judges `found` something to say of it."""
    name = trial.change.update
    number = next(number for number, update in enumerate(record.updates) if update.id == name)
    then = replace(desk.edition, at=record.updates[number].at)
    until = replace(record, updates=record.updates[: number + 1], postmortem=None)
    told = tell(then, until)
    assert told.view is not None
    said = next(view for view in told.view.updates if view.anchor == name)
    everything, unread = False, ""
    if said.closing and trial.change.news:
        try:
            desk.read()
            everything = Writer(desk.run).all_operational(record, record.updates[number].at)
        except RecordError:
            unread = "Other records are unsound: messages do not say whether everything else works."
    wording = Wording(desk.root / "messages")
    made: tuple[Message, ...] = ()
    if trial.change.news:
        made = messages(
            then.masthead,
            then.words,
            wording,
            told.view,
            said,
            all_operational=everything,
            application=desk.settings.sampled,
        )
    return replace(
        trial,
        view=told.view,
        update=said,
        messages=made,
        warnings=(*trial.warnings, *(each for each in found if each.level is not Level.ERROR)),
        objections=tuple(each for each in found if each.level is Level.ERROR),
        unread=unread,
    )


def _dead_links(desk: Desk, trial: Trial, view: IncidentView) -> list[Problem]:
    """Return a problem for each link of this record's texts to the page itself that leads nowhere."""
    wanted = of_incident(view, desk.settings.site_url)
    if not wanted:
        return []
    desk.read()
    places = Places(desk.root, desk.edition, desk.run.index, {trial.change.record: anchors(view)})
    gone = dead([Link("incident", trial.change.record, target) for target in wanted], places, frozenset())
    path = min(path for path, body in trial.change.files.items() if body is not None)
    return [
        Problem(
            file=path,
            code="dead-link",
            message=f"A link leads to {link.target}, and the site has no such place.",
            fix=f"Did you mean {near}?" if (near := places.near(link.target)) else "Leave the link out.",
        )
        for link in gone
    ]


def _private(desk: Desk, change: Change, record: Incident | None) -> None:
    """Read what becomes of private files, beside the public record where that is read already.

    Raises:
        RecordError: one would be unsound.
    """
    for path in sorted(path for path in change.internal if "/incidents/" in path and "/incidents/_" not in path):
        body = change.files[path]
        problems = () if body is None else internal.problems(path, body, desk.settings, record)
        if errors(problems):
            raise RecordError(problems)


def _component(desk: Desk, change: Change) -> Trial:
    bodies = {path: body for path, body in change.files.items() if body is not None}
    _, problems = store.components(desk.root, bodies)
    own = tuple(problem for problem in problems if problem.file in bodies)
    if errors(own):
        raise RecordError(own)
    return Trial(change=change, record=None, warnings=own)


def _file(desk: Desk, change: Change) -> RecordFile | None:
    """Return where the record will stand, with its update files; None where it goes."""
    own = {path: body for path, body in change.files.items() if path not in change.internal}
    updates = {path for path, body in own.items() if "/updates/" in path and body is not None}
    gone = {path for path, body in own.items() if body is None}
    mains = [path for path, body in own.items() if "/updates/" not in path and body is not None]
    if mains:
        there = record_file(desk.root, mains[0])
        kept = set(there.updates) if there is not None else set()
        return RecordFile(change.record, mains[0], tuple(sorted((kept | updates) - gone)))
    if any(path.endswith(f"/{change.record}.yml") for path in gone):
        return None
    file = desk.file(change.record)
    return RecordFile(file.id, file.path, tuple(sorted((set(file.updates) | updates) - gone)))


def _main(desk: Desk, file: RecordFile, bodies: dict[str, bytes]) -> dict[str, bytes]:
    return {} if file.path in bodies else {file.path: desk.text(file.path)}


def overruled(trial: Trial, reason: str) -> dict[str, str]:
    """Return what an update logs under `lint` where its objections are overruled for `reason`.

    That nobody has approved it yet is no objection to writing it, but is overruled with them.
    """
    waits = [problem for problem in trial.warnings if problem.code == RULE]
    return {problem.code: reason for problem in (*trial.objections, *waits)}
