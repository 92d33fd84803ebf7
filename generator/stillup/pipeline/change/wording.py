"""How the words of a change read: the rules of lint, asked before anything is written."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from stillup.errors import Level, Problem, RecordError, StillupError
from stillup.lint.case import Case, Names, Neighbour, Page
from stillup.lint.judge import Source, judge
from stillup.pipeline.approval.approval import Approvals
from stillup.pipeline.approval.second import uncommitted
from stillup.pipeline.change.desk import Desk
from stillup.pipeline.judging.lint_private import known
from stillup.records import store
from stillup.records.assembly import taken
from stillup.records.folder import RecordFile
from stillup.records.incident import Incident
from stillup.records.reading import read
from stillup.timeline.course import course


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One update that is about to be written, in its record as it will be."""

    desk: Desk
    file: RecordFile
    record: Incident
    update: str
    """Its id."""

    bodies: Mapping[str, bytes]
    """Files of the record that differ from what stands there."""


Judge = Callable[[Words], Iterable[Problem]]
"""Judges the words of one update. An error stops the command unless it is overruled with a reason."""


def lint(words: Words) -> list[Problem]:
    """Return what the rules of lint say of the update."""
    desk, record = words.desk, words.record
    number = next(number for number, update in enumerate(record.updates) if update.id == words.update)
    newest = number == len(record.updates) - 1
    others = _others(desk, record) if number == 0 else ()
    names, unread = _names(desk)
    page = Page(
        settings=desk.settings,
        components=desk.edition.components,
        at=desk.at,
        names=names,
        titles={other.id: other.title for other in others},
        neighbours=tuple(Neighbour(course(other, desk.at), _touched(other)) for other in others),
    )
    until = record if newest else replace(record, updates=record.updates[: number + 1])
    went = course(record, max(desk.at, record.updates[-1].at))
    case = Case(page, until, number, went, newest=newest)
    if case.is_incident and case.weight in desk.settings.approval.severities:
        case = uncommitted(case, _owners(words))
    found = judge([(case, _source(words))], desk.settings.lint).findings
    return [*unread, *found]


def _owners(words: Words) -> tuple[str, ...]:
    """Return who owns the record; nobody where git cannot say, for it may be set up later."""
    try:
        return Approvals(words.desk.root, words.desk.settings.approval).owners(words.file)
    except StillupError:
        return ()


def _names(desk: Desk) -> tuple[Names, list[Problem]]:
    """Return what must stand in no public text; a private folder that cannot be read stops nobody, and is said."""
    ids = [file.id for file in store.files(desk.root)[0]]
    try:
        return known(desk.root, desk.settings, desk.edition.components, ids).names, []
    except RecordError as error:
        return Names(), [
            Problem(
                file=error.problems[0].file,
                code="private",
                level=Level.WARNING,
                message="It cannot be used, so the text was not searched for names of people, customers and machines.",
                fix="Read it through once more before it is published, and run stillup check.",
            )
        ]


def _others(desk: Desk, record: Incident) -> tuple[Incident, ...]:
    """Return what else is open, for those rules that look beside the record; nothing where records are unsound."""
    try:
        return tuple(other for other in desk.open() if other.id != record.id)
    except RecordError:
        return ()


def _touched(record: Incident) -> frozenset[str]:
    return frozenset(id for update in record.updates for id in update.components)


def _source(words: Words) -> Source:
    documents, lines = [], {}
    for path in (words.file.path, *words.file.updates):
        data = words.bodies.get(path) or words.desk.text(path)
        document, problems = read(data, path)
        if document is None:
            raise RecordError(problems)
        documents.append(document)
        lines[path] = data.decode("utf-8-sig").splitlines()
    _, told, _ = taken(documents[0], documents[1:])
    return Source(main=documents[0], updates=dict(told), lines=lines)


JUDGES: tuple[Judge, ...] = (lint,)
"""Who judges words before they are written. Soundness is not theirs: that is never overruled."""
