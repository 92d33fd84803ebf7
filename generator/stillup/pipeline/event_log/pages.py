"""The event log as it is published: a file for each entry, written when it is new and when it was redacted."""

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import TYPE_CHECKING, cast

from stillup.api.artifact import artifact
from stillup.api.event import FOLDER, event
from stillup.artifact import Artifact
from stillup.pipeline.event_log.chain import Chain
from stillup.records.index import Index

if TYPE_CHECKING:
    from stillup.api.own import EventEntry, EventRedaction
    from stillup.delivery.event_log import Reader
    from stillup.delivery.event_log.entry import Logged

_MADE = "events/made"
_PART = 200
"""Entries in one part of the manifest."""


class EventPages:
    """The files of a log up to the head that the run has seen."""

    def __init__(self, chain: Chain, index: Index) -> None:
        """Use notes of `index` about what stands already."""
        self._log, self._head, self._index = chain.log, chain.head, index
        self._redactions: dict[int, EventRedaction] | None = None

    @property
    def last(self) -> int:
        """The number of the newest entry; 0 where there is no log."""
        return self._head.seq if self._head else 0

    def standing(self) -> list[str]:
        """Return the path of every file that stands since an earlier run, if nobody took it away."""
        return [*_entries(self._made()), *_parts(self._made())]

    def paths(self) -> list[str]:
        """Return the path of every entry."""
        return _entries(self.last)

    def parts(self) -> list[str]:
        """Return the path of every part of the manifest that lists entries."""
        return _parts(self.last)

    def artifacts(self, *, whole: bool) -> Iterator[Artifact]:
        """Yield the files that are new or others, and the parts of the manifest that list them; all of a `whole`."""
        made = 0 if whole else self._made()
        if self._log is not None and self.last:
            fresh = list(self._log.entries(made + 1, self.last)) if made < self.last else []
            erased = {seq for each in fresh for seq in each.entry.erases if seq <= made}
            dirty = {_number(each.seq) for each in fresh} | {_number(seq) for seq in erased}
            for number in sorted(dirty):
                yield from self._of_part(number, {each.seq for each in fresh} | erased)
        self._index.keep(_MADE, json.dumps([self.last, self._head.hash if self._head else ""]))

    def _of_part(self, number: int, wanted: set[int]) -> Iterator[Artifact]:
        assert self._log is not None
        files = []
        last = min((number + 1) * _PART, self.last)
        for logged in self._log.entries(number * _PART + 1, last):
            made = self._document(self._log, logged)
            files.append({"path": made.path, "digest": sha256(made.body).hexdigest(), "size": len(made.body)})
            if logged.seq in wanted:
                yield made
        yield artifact(_part(number), {"files": files})

    def _document(self, log: "Reader", logged: "Logged") -> Artifact:
        telling = logged.telling
        return event(
            cast("EventEntry", logged.entry.document()),
            previous=logged.previous,
            hash=logged.hash,
            salt=telling.salt if telling else None,
            data=telling.content if telling else None,
            redacted=None if telling else self._redaction(log, logged),
        )

    def _redaction(self, log: "Reader", logged: "Logged") -> "EventRedaction | None":
        """Return which later entry took the text out, and what it says."""
        for each in log.of(logged.entry.incident):
            if logged.seq in each.entry.erases and each.seq <= self.last:
                said = each.telling.content["redacted"] if each.telling else {"at": "", "reason": ""}
                return {"seq": each.seq, "at": said["at"], "reason": said["reason"]}
        return None

    def _made(self) -> int:
        """Return how many entries of this very log stand, as far as is known."""
        note = self._index.note(_MADE)
        seq, hash = json.loads(note) if note else (0, "")
        if not seq or self._log is None or seq > self.last:
            return 0
        kept = next(self._log.entries(seq, seq), None)
        return seq if kept is not None and kept.hash == hash else 0


def _entries(last: int) -> list[str]:
    return [f"{FOLDER}/{seq}.json" for seq in range(1, last + 1)]


def _parts(last: int) -> list[str]:
    return [_part(number) for number in range(_number(last) + 1)] if last else []


def _number(seq: int) -> int:
    return (seq - 1) // _PART


def _part(number: int) -> str:
    return f"api/stillup/v1/manifest/events-{number}.json"
