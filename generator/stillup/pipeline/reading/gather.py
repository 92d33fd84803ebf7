"""Bring the index up to date with the records: read what changed, work out what it amounts to, spool its page.

Nothing is published here. Every problem of every file comes out of one run; when one is an error, nothing is kept.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from stillup.errors import Level, Problem, RecordError, StillupError
from stillup.pipeline.reading.abreast import share_out
from stillup.pipeline.reading.almanac import touched
from stillup.pipeline.reading.gathered import RECENT, Gathered, Read
from stillup.pipeline.reading.spool import Spool
from stillup.pipeline.reading.story import Told
from stillup.pipeline.reading.survey import Survey, again, survey
from stillup.pipeline.reading.teller import ENTRIES, Teller
from stillup.records import store
from stillup.records.folder import record_file
from stillup.records.identity import Identity
from stillup.records.incident import Incident
from stillup.records.index import Index
from stillup.records.shelf import Shelf
from stillup.records.store import RecordFile
from stillup.records.story import Seen, Story
from stillup.timeline import keeping as courses
from stillup.timeline.course import Course
from stillup.views.edition import Edition

if TYPE_CHECKING:
    from stillup.pipeline.reading.rescue import Rescue

_BATCH = 500


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
    teller = Teller(root, edition, page, known)
    files: Sequence[RecordFile] = [*seen_from.files, *_files(root, index, stale, seen_from)]
    held: frozenset[str] = frozenset()
    if result.fresh:  # the newest come last, to be held; of all others the newest come first
        held = frozenset(file.id for file in files[-RECENT:])
        files = share_out([*reversed(files[:-RECENT]), *files[-RECENT:]], teller, index, result, spool)
    looked: list[tuple[str, Seen]] = []
    batch: list[Story] = []
    made: list[tuple[Story, str, str]] = []
    kept: list[str] = []
    read: set[str] = set()
    for file in files:
        found = teller.look(file)
        looked.extend(found.files)
        if file.id not in stale and not result.fresh and index.digest(file.id) == found.digest:
            continue
        if file.id in read:
            continue  # two files of one id, which the survey has said
        read.add(file.id)
        record, problems = teller.read(file, found, result)
        digest = found.digest
        if record is None and rescue is not None:
            record, problems = rescue.incident(file, problems, edition.components, edition.settings.timezone)
            if record is not None:
                result.rescued[file.id] = record
                kept.extend((file.path, *file.updates))
                digest = ""  # the digest of no file: what is kept here must never be taken for what the files hold
        result.problems.extend(problems)
        if record is None:
            result.broken.add(file.id)
            continue
        told = teller.told(record)
        story = teller.keep(told, file.path, digest, problems, result, spool)
        batch.append(story)
        if file.id not in held and (entries := teller.entries(told)):
            made.append((story, ENTRIES, entries))
        result.remember_told(told)
        if len(batch) == _BATCH:
            _put(index, batch, made, result, edition)
    _put(index, batch, made, result, edition)
    index.see(looked)
    if kept:
        again(index, kept)
    _touch(index, seen_from.gone, result, edition)
    index.drop(seen_from.gone)
    index.unsee(seen_from.unseen)
    result.removed |= seen_from.gone
    result.problems.extend(_warnings(index, read))
    result.problems.extend(_clashes(root, edition, index))
    return result


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


def _put(
    index: Index, batch: list[Story], made: list[tuple[Story, str, str]], result: Gathered, edition: Edition
) -> None:
    if not result.fresh:
        _touch(index, [story.id for story in batch], result, edition)
        for story in batch:
            result.days.update(story.days)
            if story.course:
                _span(edition, courses.from_text(story.course), result)
    index.put(batch, made)
    batch.clear()
    made.clear()


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
