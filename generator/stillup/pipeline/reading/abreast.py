"""A whole history told by several processes side by side: each reads files of its own, and what it says is joined here.

What is not that simple is left to the process that asked: records that are broken, those that are still open, since the
home page tells them again, and the newest, which lists and feeds ask for.
"""

from collections.abc import Sequence
from typing import IO, NamedTuple

from stillup.pipeline.reading.cores import Crew, cores
from stillup.pipeline.reading.gathered import RECENT, Gathered
from stillup.pipeline.reading.spool import Spool
from stillup.pipeline.reading.teller import ENTRIES, Teller
from stillup.records.index import Index
from stillup.records.store import RecordFile
from stillup.records.story import Rows, Seen, Story, rows

_LEAST = 1_000
"""Fewer records are told sooner than processes are started."""

_PORTION = 250


class Said(NamedTuple):
    """What a process says of its portion, in the types that `marshal` knows."""

    left: list[int]
    """Which of its files are left to whoever asked."""

    files: list[tuple[str, int, int, str]]
    """Path, size, time stamp and digest."""

    short: list[tuple[object, ...]]
    long: list[tuple[str, ...]]
    days: list[tuple[str, str]]
    held: list[tuple[str, int, str]]
    made: list[tuple[str, str, str, str]]
    changed: set[str]
    removed: set[str]
    anchors: dict[str, str]
    links: dict[str, list[str]]


def share_out(
    files: Sequence[RecordFile], teller: Teller, index: Index, result: Gathered, spool: Spool
) -> Sequence[RecordFile]:
    """Let several processes tell the records in `files` where that is worth it; return those that are left to do.

    The index knows nothing yet.
    """
    count = cores()
    if len(files) < _LEAST or count == 1 or len({file.id for file in files}) < len(files):
        return files
    shared, left = files[: len(files) - RECENT], list(files[-RECENT:])
    portions = [shared[start : start + _PORTION] for start in range(0, len(shared), _PORTION)]

    def work(number: int, file: IO[bytes]) -> tuple[object, ...]:
        return _told(portions[number], teller, index.basis, Spool(file))

    _told(shared[:1], teller, index.basis, Spool(spool.beside()))  # what that loads, the processes have from the start
    try:
        started = Crew(work, len(portions), [spool.beside() for _ in range(count)])
    except OSError:  # the system lets nobody start another process
        return files
    with started as crew:
        for portion, done in zip(portions, crew, strict=True):
            if done is None:
                left.extend(portion)
                continue
            said, pages = Said(*done[0]), done[1]
            spool.take(pages)
            index.put_rows(Rows(said.short, said.long, said.days, said.held, said.made))
            index.see((path, Seen(size=size, mtime=time, digest=digest)) for path, size, time, digest in said.files)
            result.changed |= said.changed
            result.removed |= said.removed
            result.anchors |= said.anchors
            result.links |= said.links
            left.extend(portion[place] for place in said.left)
    return left


def _told(files: Sequence[RecordFile], teller: Teller, basis: str, spool: Spool) -> tuple[object, ...]:
    """Tell the records in `files`; return what `Said` names."""
    result = Gathered()
    stories: list[Story] = []
    seen: list[tuple[str, int, int, str]] = []
    made: list[tuple[Story, str, str]] = []
    left: list[int] = []
    for place, file in enumerate(files):
        looked = teller.look(file)
        record, problems = teller.read(file, looked, result)
        told = teller.told(record) if record is not None else None
        if told is None or (told.view is not None and told.view.open):
            left.append(place)
            continue
        story = teller.keep(told, file.path, looked.digest, problems, result, spool)
        stories.append(story)
        if entries := teller.entries(told):
            made.append((story, ENTRIES, entries))
        seen.extend((path, each.size, each.mtime, each.digest) for path, each in looked.files)
    kept = rows(stories, basis, made)
    return tuple(Said(left, seen, *kept, result.changed, result.removed, result.anchors, result.links))
