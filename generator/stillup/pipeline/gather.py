"""Bring the index up to date with the records: read what changed, work out what it amounts to, spool its page.

Nothing is published here. Every problem of every file comes out of one run, and none of it is kept when one is an error.
"""

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from hashlib import blake2b
from pathlib import Path

from stillup.errors import Level, Problem
from stillup.pipeline.almanac import touched
from stillup.pipeline.spool import Spool
from stillup.pipeline.story import Told, tell
from stillup.records import store
from stillup.records.incident import Incident
from stillup.records.index import Index, Seen, Story
from stillup.records.store import RecordFile
from stillup.timeline import keeping as courses
from stillup.timeline.course import Course
from stillup.views.edition import Edition

_RACE = 2_000_000_000
"""A file touched this many nanoseconds before it was read may change again without a new time stamp."""
_BATCH = 500


@dataclass(slots=True, kw_only=True)
class Gathered:
    """What one run found."""

    files: dict[str, RecordFile] = field(default_factory=dict)
    """Every record's files, by id."""

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

    told: dict[str, Told] = field(default_factory=dict)
    """The stories of this run that are still open, ready for the home page."""

    problems: list[Problem] = field(default_factory=list)

    @property
    def errors(self) -> list[Problem]:
        """The problems that stop the run."""
        return [problem for problem in self.problems if problem.level is Level.ERROR]


def gather(
    root: Path, edition: Edition, index: Index, spool: Spool, page: Callable[[Told], tuple[str, ...]]
) -> Gathered:
    """Read every record below `root` that changed since `index` was saved, or that the clock has moved.

    `page` makes the spooled texts of one story; its first must be the story's id.
    """
    found, problems = store.files(root)
    result = Gathered(files={file.id: file for file in found}, problems=list(problems))
    at = int(edition.at.timestamp())
    known, digests = index.seen(), index.digests()
    stale = index.stale(at)
    result.fresh = not digests
    seen: list[tuple[str, Seen]] = []
    batch: list[Story] = []
    for file in found:
        paths = (file.path, *file.updates)
        if file.id not in stale and file.id in digests and _untouched(root, paths, known):
            continue
        digest, looked = _look(root, paths)
        seen.extend(looked)
        if digests.get(file.id) == digest and file.id not in stale:
            continue
        record, found_problems = store.incident(root, file, edition.components, edition.settings.timezone)
        result.problems.extend(found_problems)
        if record is None:
            continue
        batch.append(_story(edition, record, digest, found_problems, result, spool, page))
        if len(batch) == _BATCH:
            _put(index, batch, result, edition)
    _put(index, batch, result, edition)
    index.see(seen)
    gone = digests.keys() - result.files.keys()
    _touch(index, gone, result, edition)
    index.drop(gone)
    index.unsee(known.keys() - {path for file in found for path in (file.path, *file.updates)})
    result.removed |= gone
    result.problems.extend(_warnings(index, result))
    return result


def _story(
    edition: Edition,
    record: Incident,
    digest: str,
    problems: Iterable[Problem],
    result: Gathered,
    spool: Spool,
    page: Callable[[Told], tuple[str, ...]],
) -> Story:
    told = tell(edition, record)
    result.problems.extend(told.problems)
    if told.view is None:
        result.removed.add(record.id)
    else:
        spool.put(*page(told))
        result.changed.add(record.id)
        if told.view.open:
            result.told[record.id] = told
    warnings = json.dumps([asdict(p) for p in problems]) if problems else "[]"
    return told.story(digest, warnings, "[]")


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
    for id in ids:
        known = index.one(id)
        if known is not None and known.course:
            result.days |= index.days_of([id])
            _span(edition, courses.from_text(known.course), result)


def _span(edition: Edition, course: Course, result: Gathered) -> None:
    for component, spans in touched(edition, [course]).items():
        result.spans.setdefault(component, set()).update(spans)


def _untouched(root: Path, paths: tuple[str, ...], known: dict[str, Seen]) -> bool:
    for path in paths:
        seen = known.get(path)
        if seen is None:
            return False
        status = os.stat(f"{root}/{path}")
        if status.st_size != seen.size or status.st_mtime_ns != seen.mtime:
            return False
    return True


def _look(root: Path, paths: tuple[str, ...]) -> tuple[str, list[tuple[str, Seen]]]:
    whole = blake2b(digest_size=16)
    looked = []
    for path in paths:
        status = os.stat(f"{root}/{path}")
        with open(f"{root}/{path}", "rb") as file:
            body = file.read()
        own = blake2b(body, digest_size=16).hexdigest()
        whole.update(f"{path}\n{own}\n".encode())
        young = time.time_ns() - status.st_mtime_ns < _RACE
        looked.append((path, Seen(size=len(body), mtime=0 if young else status.st_mtime_ns, digest=own)))
    return whole.hexdigest(), looked


def _warnings(index: Index, result: Gathered) -> Iterator[Problem]:
    """Return the warnings of records that were not read again."""
    for id, text in index.column("warnings"):
        if id not in result.changed and id not in result.removed:
            for fields in json.loads(text):
                yield Problem(**fields | {"level": Level(fields["level"])})
