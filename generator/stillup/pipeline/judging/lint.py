"""Lint: the wording of what is about to be published, judged by rule."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from stillup.errors import Level, Problem, RecordError, StillupError
from stillup.lint.book import RULES
from stillup.lint.case import Case, Neighbour, Page
from stillup.lint.judge import IGNORED, Judged, Source, judge
from stillup.pipeline.approval.second import Second
from stillup.pipeline.git.base import compared, fresh
from stillup.pipeline.judging.lint_private import Known, duties, known
from stillup.records import configuration, store
from stillup.records.assembly import taken
from stillup.records.document import Document
from stillup.records.folder import RecordFile, contents
from stillup.records.incident import Incident
from stillup.records.reading import read
from stillup.timeline.course import Course, course
from stillup.timeline.publication import AHEAD

RECENT = timedelta(days=7)
"""Updates of closed incidents this old or younger are judged where no base is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Linted:
    """What came of a run."""

    judged: Judged
    updates: int
    """How many were judged."""

    warnings: tuple[Problem, ...] = ()
    """What `check` says of the records."""

    def counts(self) -> str:
        """Return `2 errors, 1 warning, 0 notes`."""
        levels = Counter(finding.level for finding in self.judged.findings)
        return ", ".join(f"{levels[level]} {level}{'' if levels[level] == 1 else 's'}" for level in Level)

    @property
    def blocks(self) -> bool:
        """Whether anything is an error."""
        return any(finding.level is Level.ERROR for finding in self.judged.findings)


def lint(
    root: Path, *, at: datetime, base: str = "", everything: bool = False, only: frozenset[str] = frozenset()
) -> Linted:
    """Judge updates not yet published: those new or changed since the commit `base`.

    Without one, the updates of what is open, and young ones. `everything`: the whole history. `only`: the ids of
    records to judge; all where it is empty.

    Raises:
        RecordError: a record is unusable; wording is judged of sound records only.
        StillupError: there is no such commit.
    """
    settings, problems = configuration.settings(root)
    components, more = store.components(root)
    files, stray = store.files(root)
    found = [*problems, *more, *stray]
    records: list[tuple[RecordFile, Incident]] = []
    for file in files:
        record, faults = store.incident(root, file, components, settings.timezone)
        found += faults
        if record is not None:
            records.append((file, record))
    if any(problem.level is Level.ERROR for problem in found):
        raise RecordError(found)
    inside = known(root, settings, components, (record.id for _, record in records))
    told = fresh(root, base) if base else None
    public = {record.id: course(record, at) for _, record in records if record.updates[0].at <= at + AHEAD}
    running = [record for _, record in records if record.id in public and public[record.id].open]
    page = Page(
        settings=settings,
        components=components,
        at=at,
        names=inside.names,
        titles={record.id: record.title for record in running},
        neighbours=tuple(Neighbour(public[record.id], _touched(record)) for record in running),
    )
    cases: list[tuple[Case, Source]] = []
    second = Second(root, settings.approval)
    for file, record in records:
        if only and record.id not in only:
            continue
        open_ = record.id not in public or public[record.id].open
        wanted = [
            number
            for number, update in enumerate(record.updates)
            if update.withdrawn is None
            and (update.body or update.redacted is None)
            and ((record.id, update.id) in told if told is not None else everything or open_ or update.at > at - RECENT)
        ]
        if wanted:
            source = _source(root, file)
            went = course(record, max(at, record.updates[-1].at))
            made = [_case(page, record, number, went, inside) for number in wanted]
            cases += [(second.asked(case, file), source) for case in made]
    judged = judge(cases, settings.lint)
    if not only and not everything:
        late = duties(inside, [record for _, record in records], settings, components, at)
        judged.findings += [each for each in late if settings.lint.get(each.code) != IGNORED]
        judged.findings.sort()
    if base:
        judged.findings += _silent(root, base, at, settings.timezone)
        judged.findings.sort()
    return Linted(judged=judged, updates=len(cases), warnings=tuple(sorted(found)))


def listed(root: Path) -> Iterator[str]:
    """Yield a line a rule: its id, its level by the settings, and what it asks for."""
    levels = configuration.settings(root)[0].lint
    for rule in RULES:
        yield f"{rule.id}  {levels.get(rule.id, rule.level):8}{rule.says}"


def _case(page: Page, record: Incident, number: int, went: Course, inside: Known) -> Case:
    """Return the update with what was said before it; the newest one as things stand."""
    newest = number == len(record.updates) - 1
    until = record if newest else replace(record, updates=record.updates[: number + 1])
    beside = inside.of(record.id)
    if not newest and beside is not None:
        said = record.updates[number].at
        was = next((change.was for change in beside.reclassified if change.at > said), record.severity)
        until = replace(until, severity=was)  # it kept the pace of what was known by then
    return Case(
        page,
        until,
        number,
        went,
        newest=newest,
        followed=None if newest else record.updates[number + 1].at,
        detected=beside.detected_at if beside else None,
        drill=bool(beside and beside.drill),
        assessing=bool(beside and any(each.decision is None for each in beside.regulatory.values())),
    )


def _touched(record: Incident) -> frozenset[str]:
    return frozenset(id for update in record.updates for id in update.components)


def _source(root: Path, file: RecordFile) -> Source:
    """Return where the texts of `file` stand; it was sound a moment ago."""
    documents: list[Document] = []
    lines = {}
    for path in (file.path, *file.updates):
        data, problem = contents(root, path)
        document = None if problem else read(data, path)[0]
        if document is None:
            raise StillupError(f"{path} changed while it was read. Run the command again.")
        documents.append(document)
        lines[path] = data.decode("utf-8-sig").splitlines()
    _, told, _ = taken(documents[0], documents[1:])
    return Source(main=documents[0], updates=dict(told), lines=lines)


def _silent(root: Path, base: str, at: datetime, zone: str) -> list[Problem]:
    """Return edits without a word (C33) and rewritten history (C34) since `base`."""
    problems = compared(root, base, at, zone)
    return [replace(problem, code="C33" if problem.code == "edited" else "C34") for problem in problems]
