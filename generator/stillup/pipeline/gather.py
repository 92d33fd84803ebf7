"""Bring the index up to date with the records: read what changed, work out what it amounts to, spool its page.

Nothing is published here. Every problem of every file comes out of one run; when one is an error, nothing is kept.
"""

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from hashlib import blake2b
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from stillup.errors import Level, Problem, RecordError, StillupError
from stillup.pipeline import target
from stillup.pipeline.almanac import touched
from stillup.pipeline.spool import Spool
from stillup.pipeline.story import Told, tell
from stillup.pipeline.survey import Survey, again, survey
from stillup.records import identity, store
from stillup.records.extract import Extract
from stillup.records.folder import contents, record_file
from stillup.records.identity import Identity
from stillup.records.incident import Incident
from stillup.records.index import Index
from stillup.records.reading import SIZE
from stillup.records.shelf import Shelf
from stillup.records.store import RecordFile
from stillup.records.story import Seen, Story
from stillup.timeline import keeping as courses
from stillup.timeline.course import Course
from stillup.views.edition import Edition

if TYPE_CHECKING:
    from stillup.pipeline.rescue import Rescue

_RACE = 2_000_000_000
"""A file touched this many nanoseconds before it was read may change again without a new time stamp."""
_BATCH = 500
_RECENT = 300


class Read(NamedTuple):
    """A record as it was read in this run, so that a page in another language need not read it again."""

    digest: str
    record: Incident


@dataclass(slots=True, kw_only=True)
class Gathered:
    """What one run found."""

    changed: set[str] = field(default_factory=set)
    """Ids whose page is in the spool."""

    removed: set[str] = field(default_factory=set)
    """Ids whose page must go: the record is gone, or nothing of it is public at this instant."""

    fresh: bool = False
    """Whether the index knew nothing: then everything is new, and what was touched is not noted."""

    days: set[str] = field(default_factory=set)
    """The days under which a changed or removed story was listed before, or is now."""

    spans: dict[str, set[tuple[date, date]]] = field(default_factory=dict)
    """By component: first and last days of the claims of changed or removed stories, before and now."""

    before: dict[str, Extract] = field(default_factory=dict)
    """What the index kept of changed and removed stories; nothing where it knew nothing."""

    recent: dict[str, Told] = field(default_factory=dict)
    """The stories that were told last: where files are named by day, those that lists and feeds ask for again."""

    told: dict[str, Told] = field(default_factory=dict)
    """The stories of this run that are still open, ready for the home page."""

    links: dict[str, list[str]] = field(default_factory=dict)
    """Of changed stories: what they link to on the site, for those that do."""

    anchors: dict[str, str] = field(default_factory=dict)
    """Of changed stories: the anchors of their pages, divided by spaces."""

    broken: set[str] = field(default_factory=set)
    """Ids of records that could not be used."""

    read: dict[str, Read] = field(default_factory=dict)
    """The records that were read last."""

    rescued: dict[str, Incident] = field(default_factory=dict)
    """Records whose files are broken, as they were when they were sound."""

    problems: list[Problem] = field(default_factory=list)

    @property
    def errors(self) -> list[Problem]:
        """The problems that stop the run."""
        return [problem for problem in self.problems if problem.level is Level.ERROR]


def gather(
    root: Path,
    edition: Edition,
    index: Index,
    spool: Spool,
    page: Callable[[Told], tuple[bytes, ...]],
    rescue: "Rescue | None" = None,
    known: Mapping[str, Read] = MappingProxyType({}),
) -> Gathered:
    """Read every record below `root` that changed since `index` was saved, or that the clock has moved.

    `page` makes what is spooled of one story. With `rescue` a broken record is
    taken as of an earlier commit, for this run alone. What is `known` is not read again.
    """
    at = int(edition.at.timestamp())
    stale = index.stale(at)
    seen_from = survey(root, index)
    result = Gathered(problems=list(seen_from.problems), fresh=index.count() == 0)
    looked: list[tuple[str, Seen]] = []
    batch: list[Story] = []
    kept: list[str] = []
    read: set[str] = set()
    for file in (*seen_from.files, *_files(root, index, stale, seen_from)):
        paths = (file.path, *file.updates)
        digest, files, bodies = _look(root, paths)
        looked.extend(files)
        if file.id not in stale and not result.fresh and index.digest(file.id) == digest:
            continue
        if file.id in read:
            continue  # two files of one id, which the survey has said
        read.add(file.id)
        record, problems = _read(root, edition, file, digest, bodies, known, result)
        if record is None and rescue is not None:
            record, problems = rescue.incident(file, problems, edition.components, edition.settings.timezone)
            if record is not None:
                result.rescued[file.id] = record
                kept.extend(paths)
                digest = ""  # the digest of no file: what is kept here must never be taken for what the files hold
        result.problems.extend(problems)
        if record is None:
            result.broken.add(file.id)
            continue
        batch.append(_story(edition, record, file.path, digest, problems, result, spool, page))
        if len(batch) == _BATCH:
            _put(index, batch, result, edition)
    _put(index, batch, result, edition)
    index.see(looked)
    if kept:
        again(index, kept)
    _touch(index, seen_from.gone, result, edition)
    index.drop(seen_from.gone)
    index.unsee(seen_from.unseen)
    result.removed |= seen_from.gone
    result.problems.extend(_warnings(index, read | result.removed))
    result.problems.extend(_clashes(root, edition, index))
    return result


def _read(
    root: Path,
    edition: Edition,
    file: RecordFile,
    digest: str,
    bodies: dict[str, bytes],
    known: Mapping[str, Read],
    result: Gathered,
) -> tuple[Incident | None, tuple[Problem, ...]]:
    """Return a record and what is wrong with it, which is said once: by whoever reads it first."""
    found = known.get(file.id)
    if found is not None and found.digest == digest:
        return found.record, ()
    record, problems = store.incident(root, file, edition.components, edition.settings.timezone, bodies)
    if record is not None:
        result.read[file.id] = Read(digest, record)
        if len(result.read) > _RECENT:
            del result.read[next(iter(result.read))]
    return record, tuple(problems)


def known_record(root: Path, edition: Edition, index: Index, id: str) -> Incident:
    """Return the record of `id`, which this run or an earlier one found sound.

    Raises:
        RecordError: it was changed meanwhile and is not sound any more.
        StillupError: it was taken away meanwhile.
    """
    file = record_file(root, index.path(id))
    if file is None:
        raise StillupError(f"{index.path(id) or id} was changed while it was read. Run the command again.")
    record, problems = store.incident(root, file, edition.components, edition.settings.timezone)
    if record is None:
        raise RecordError(problems)
    return record


def _files(root: Path, index: Index, stale: set[str], seen_from: Survey) -> Iterator[RecordFile]:
    """Return the files of stories that the clock has moved while nobody wrote."""
    for id in sorted(stale - {file.id for file in seen_from.files} - seen_from.gone):
        file = record_file(root, index.path(id))
        if file is None:
            raise StillupError(f"{index.path(id)} changed while it was read. Run the command again.")
        yield file


def _story(
    edition: Edition,
    record: Incident,
    path: str,
    digest: str,
    problems: Iterable[Problem],
    result: Gathered,
    spool: Spool,
    page: Callable[[Told], tuple[bytes, ...]],
) -> Story:
    told = tell(edition, record)
    result.problems.extend(told.problems)
    if told.view is None:
        result.removed.add(record.id)
    else:
        spool.put(*page(told))
        result.changed.add(record.id)
        result.anchors[record.id] = target.anchors(told.view)
        if links := target.of_incident(told.view, edition.settings.site_url):
            result.links[record.id] = links
        if told.view.open:
            result.told[record.id] = told
        elif result.fresh:
            result.recent[record.id] = told
            if len(result.recent) > _RECENT:
                del result.recent[next(iter(result.recent))]
    warnings = json.dumps([asdict(p) for p in problems]) if problems else "[]"
    return told.story(path, digest, warnings, _names(record))


def _put(index: Index, batch: list[Story], result: Gathered, edition: Edition) -> None:
    if not result.fresh:
        _touch(index, [story.id for story in batch], result, edition)
        for story in batch:
            result.days.update(story.days)
            if story.course:
                _span(edition, courses.from_text(story.course), result)
    index.put(batch)
    batch.clear()


def _touch(index: Index, ids: Iterable[str], result: Gathered, edition: Edition) -> None:
    """Note the days that the stories of `ids` had to do with before this run."""
    shelf = Shelf(index)
    for id in ids:
        extract = shelf.one(id)
        if extract is not None:
            result.before[id] = extract
        known = index.one(id)
        if known is not None and known.course:
            result.days |= index.days_of([id])
            _span(edition, courses.from_text(known.course), result)


def _span(edition: Edition, course: Course, result: Gathered) -> None:
    for component, spans in touched(edition, [course]).items():
        result.spans.setdefault(component, set()).update(spans)


def _look(root: Path, paths: tuple[str, ...]) -> tuple[str, list[tuple[str, Seen]], dict[str, bytes]]:
    """Return one digest over the files at `paths`, how each was found, and their bytes.

    A file that cannot be read is left out: whoever reads records says so.
    """
    whole = blake2b(digest_size=16)
    looked = []
    bodies = {}
    for path in paths:
        try:
            descriptor = os.open(f"{root}/{path}", os.O_RDONLY)
        except OSError:
            continue
        with open(descriptor, "rb", buffering=0) as file:
            status = os.fstat(descriptor)
            # Of what is too large to be a record, no more than shows that.
            body = bodies[path] = file.readall() if status.st_size <= SIZE else contents(root, path)[0]
        own = blake2b(body, digest_size=16).hexdigest()
        whole.update(f"{path}\n{own}\n".encode())
        young = time.time_ns() - status.st_mtime_ns < _RACE
        looked.append((path, Seen(size=len(body), mtime=0 if young else status.st_mtime_ns, digest=own)))
    return whole.hexdigest(), looked, bodies


def _names(record: Incident) -> str:
    """Return former ids and kept codes: what must be unique over all records, beside the id itself."""
    named = identity.of_incident(record, "")
    return json.dumps([named.formerly, named.codes]) if named.formerly or named.codes else "[]"


def _clashes(root: Path, edition: Edition, index: Index) -> tuple[Problem, ...]:
    """Return a problem for each name that two records take, from the names alone."""
    named = {}
    for story in index.having("codes"):
        formerly, codes = json.loads(story.codes)
        named[story.id] = Identity(story.path, "incident", story.id, tuple(formerly), tuple(codes))
    for former in {old for each in named.values() for old in each.formerly}:
        if path := index.path(former):
            named.setdefault(former, Identity(path, "incident", former))
    return store.clashes(root, named.values(), edition.settings, edition.components)


def _warnings(index: Index, read: set[str]) -> Iterator[Problem]:
    """Return the warnings of records that were not read again."""
    for story in index.having("warnings"):
        if story.id not in read:
            for fields in json.loads(story.warnings):
                yield Problem(**fields | {"level": Level(fields["level"])})
