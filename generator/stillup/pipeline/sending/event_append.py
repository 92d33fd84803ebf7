"""Appending to the public event log: before a page is deployed, so that it carries the head of what it shows.

Looked at is what moved since the last append: records that changed, and those in which the clock may have brought
something. An append is safe to repeat: every event has a fixed key, and the log takes each key once.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from stillup.delivery.event_log import EventLog, Reader
from stillup.delivery.event_log.entry import BEGAN, FIRST, Draft, Logged, Pen, digest, mark
from stillup.delivery.event_log.place import open_log
from stillup.errors import StillupError
from stillup.messages.webhook import SCHEMA
from stillup.pipeline.building.run import Run
from stillup.pipeline.event_log.backlog import backlog
from stillup.pipeline.event_log.draft import drafts, keys, redacted, removals
from stillup.pipeline.git.repository import Repository
from stillup.records.incident import Incident
from stillup.views.code import origin
from stillup.views.event_log import Head

_MARGIN = timedelta(days=2)
"""How much further back than the last append is looked for what the clock brought."""


def salts() -> str:
    """Return 64 other random hexadecimal digits each time."""
    return secrets.token_hex(32)


def append(run: Run, *, draw: Callable[[], str] = salts) -> tuple[Logged, ...]:
    """Append what the log does not know yet of what `run` has read, begin the log where there is none, and use it.

    Raises:
        LedgerError: the log cannot be written, or is not what it was.
    """
    log = open_log(run.edition.settings.ledger, run.root)
    try:
        log.refresh()
        pen = Pen(at=run.edition.at, commit=run.edition.commit, salts=draw)
        first = run.mended(lambda: _first(run)) if log.head() is None else None
        made = run.mended(lambda: log.append(pen, lambda known: _owed(run, known, first)))
    except BaseException:
        log.close()
        raise
    run.chain.use(log)
    return made


def erase(log: EventLog, record: Incident, *, at: datetime, commit: str, draw: Callable[[], str] = salts) -> int:
    """Append that texts of `record` were taken out, erase them in `log`, and return how many entries lost theirs.

    Nothing is appended to a log that has not begun; a redaction that it knows is not told again.

    Raises:
        LedgerError: the log cannot be written.
    """
    pen = Pen(at=at, commit=commit, salts=draw)
    made = log.append(pen, lambda known: [*redacted(record, known)] if known.head() else [])
    return sum(len(each.entry.erases) for each in made)


def _first(run: Run) -> Draft:
    """Return the first entry: it names the records' commit, and knows everything that was published before it."""
    edition, index = run.edition, run.index
    ids = index.public()
    opened = {story.id for story in index.opened()}
    marks = {mark(key) for id in ids if id not in opened for key in keys(edition, run.record(id))}
    known = tuple(sorted(marks))
    content = {
        "schema": SCHEMA,
        "page": {"name": edition.masthead.organisation, "url": edition.masthead.site_url or None},
        "records": len(ids),
        "known": len(known),
        "known_digest": digest(known),
    }
    return Draft(key=FIRST, kind=BEGAN, incident="", at=edition.at, content=content, known=known)


def _owed(run: Run, log: Reader, first: Draft | None) -> Sequence[Draft]:
    """Return what is to be appended to `log` as it stands."""
    head = log.head()
    if head is None:
        assert first is not None, "a log that has begun does not become empty"
        opened = [story.id for story in run.index.opened()]
        return [first, *_sorted(_drafted(run, opened, _Nothing(), compare=False))]
    newest = next(log.entries(head.seq))
    compare = _is_later(run, newest.entry.commit)
    ids, gone = _moved(run, log, newest)
    found = list(_drafted(run, ids, log, compare=compare))
    if compare and gone:
        told = {origin(run.record(id)) for id in ids}
        for id in sorted(gone - told):
            found += removals(id, log.of(id), (), run.edition.at)
    return _sorted(found)


class _Nothing:
    """A log without an entry: what is open is told to it from its beginning."""

    def head(self) -> Head | None:
        return None

    def find(self, key: str) -> Logged | None:
        return None

    def of(self, incident: str) -> tuple[Logged, ...]:
        return ()

    def entries(self, first: int = 1, last: int | None = None) -> Iterator[Logged]:
        return iter(())

    def is_known(self, key: str) -> bool:
        return False


def _drafted(run: Run, ids: Iterable[str], log: Reader, *, compare: bool) -> list[Draft]:
    return [draft for id in ids for draft in drafts(run.edition, run.record(id), log, compare=compare)]


def _sorted(found: list[Draft]) -> list[Draft]:
    return sorted(found, key=lambda draft: draft.at)


def _is_later(run: Run, commit: str) -> bool:
    """Whether these records are no older than those of the newest entry.

    A publisher that was overtaken holds earlier records: what it lacks was not removed.
    """
    if not commit or not run.edition.commit or commit == run.edition.commit:
        return True
    try:
        return Repository(run.root, "The event log").follows(commit)
    except StillupError:
        return False


def _moved(run: Run, log: Reader, newest: Logged) -> tuple[list[str], set[str]]:
    """Return the ids of records that may have something new, and of those that are gone."""
    known, gone, since = set(run.index.public()), set(run.gathered.removed), newest.entry.logged_at
    waiting = backlog(run.index, run.gathered)
    if waiting is not None and waiting.of == next(log.entries(1, 1)).hash:
        since, moved = min(since, waiting.at), set(waiting.ids)
        gone |= waiting.gone
    else:
        written = _written_since(run, newest.entry.commit)
        moved = known if written is None else written
        gone |= moved - known
    late = {story.id for story in run.index.lately(int((since - _MARGIN).timestamp()))}
    return sorted((moved | late) & known), gone - known


def _written_since(run: Run, commit: str) -> set[str] | None:
    """Return the ids of records whose files differ from those at `commit`; None where git cannot say."""
    try:
        repository = Repository(run.root, "The event log")
        if not commit or not repository.follows(commit):
            return None
        paths = [PurePosixPath(path) for path in repository.changed(commit, "incidents")]
    except StillupError:
        return None
    return {path.parent.parent.name if path.parent.name == "updates" else path.stem for path in paths}
