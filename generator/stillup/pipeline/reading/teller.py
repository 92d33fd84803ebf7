"""One record after the other: its files read, what it amounts to worked out, its page put into the spool."""

import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from hashlib import blake2b
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from stillup.errors import Problem
from stillup.feeds.feed import LIMIT
from stillup.pipeline.reading import target
from stillup.pipeline.reading.gathered import Gathered, Read
from stillup.pipeline.reading.spool import Spool
from stillup.pipeline.reading.story import Told, tell
from stillup.records import identity, store
from stillup.records.folder import contents
from stillup.records.incident import Incident
from stillup.records.reading import SIZE
from stillup.records.store import RecordFile
from stillup.records.story import Seen, Story
from stillup.views.edition import Edition
from stillup.views.keeping import keep_entries

ENTRIES = "entries"
"""The name under which the index keeps the feed entries of a record."""

_RACE = 2_000_000_000
"""A file touched this many nanoseconds before it was read may change again without a new time stamp."""


class Looked(NamedTuple):
    """The files of a record as they were found."""

    digest: str
    """Over all of them."""

    files: list[tuple[str, Seen]]
    bodies: dict[str, bytes]


class Teller:
    """Reads records and tells them; what it found out stands in `result`."""

    def __init__(
        self,
        root: Path,
        edition: Edition,
        page: Callable[[Told], tuple[bytes, ...]],
        known: Mapping[str, Read] = MappingProxyType({}),
    ) -> None:
        """Tell records below `root` for `edition`; `page` makes what is spooled of one; what is `known` is not read."""
        self._root, self._edition, self._page, self._known = root, edition, page, known
        self._asked: Counter[str] = Counter()
        """Of how many records the entries were asked for, by kind and by component."""

    def look(self, file: RecordFile) -> Looked:
        """Return how the files of a record are found.

        A file that cannot be read is left out: whoever reads records says so.
        """
        whole = blake2b(digest_size=16)
        files = []
        bodies = {}
        for path in (file.path, *file.updates):
            try:
                descriptor = os.open(f"{self._root}/{path}", os.O_RDONLY)
            except OSError:
                continue
            with open(descriptor, "rb", buffering=0) as opened:
                status = os.fstat(descriptor)
                # Of what is too large to be a record, no more than shows that.
                body = bodies[path] = opened.readall() if status.st_size <= SIZE else contents(self._root, path)[0]
            own = blake2b(body, digest_size=16).hexdigest()
            whole.update(f"{path}\n{own}\n".encode())
            young = time.time_ns() - status.st_mtime_ns < _RACE
            files.append((path, Seen(size=len(body), mtime=0 if young else status.st_mtime_ns, digest=own)))
        return Looked(whole.hexdigest(), files, bodies)

    def read(self, file: RecordFile, looked: Looked, result: Gathered) -> tuple[Incident | None, tuple[Problem, ...]]:
        """Return a record and what is wrong with it, which is said once: by whoever reads it first."""
        found = self._known.get(file.id)
        if found is not None and found.digest == looked.digest:
            return found.record, ()
        edition = self._edition
        record, problems = store.incident(
            self._root, file, edition.components, edition.settings.timezone, looked.bodies
        )
        if record is not None:
            result.remember_read(file.id, Read(looked.digest, record))
        return record, tuple(problems)

    def told(self, record: Incident) -> Told:
        """Return all that is told of `record`."""
        return tell(self._edition, record)

    def keep(
        self, told: Told, path: str, digest: str, problems: Iterable[Problem], result: Gathered, spool: Spool
    ) -> Story:
        """Spool the page of a story; return what the index keeps of it, with the `problems` of its files."""
        record = told.record
        if told.view is None:
            result.removed.add(record.id)
        else:
            spool.put(*self._page(told))
            result.changed.add(record.id)
            result.anchors[record.id] = target.anchors(told.view)
            if links := target.of_incident(told.view, self._edition.settings.site_url):
                result.links[record.id] = links
        warnings = json.dumps([asdict(p) for p in problems]) if problems else "[]"
        return told.story(path, digest, warnings, _names(record))

    def entries(self, told: Told) -> str:
        """Return the feed entries of a story, where those told before it leave room for them in a feed; else nothing.

        Told again for the feeds of its components, each record would cost twice. So the newest come first here.
        """
        if told.view is None:
            return ""
        asked = [name for name in (told.record.kind, *told.view.component_ids) if self._asked[name] < LIMIT]
        self._asked.update(asked)
        return keep_entries(told.entries()) if asked else ""


def _names(record: Incident) -> str:
    """Return former ids and kept codes: what must be unique over all records, beside the id itself."""
    named = identity.of_incident(record, "")
    return json.dumps([named.formerly, named.codes]) if named.formerly or named.codes else "[]"
