"""Which records the event log has not been asked about since they moved: a note in the index, safe to lose."""

import json
from datetime import datetime

from stillup.frozen import dataclass
from stillup.pipeline.reading.gathered import Gathered
from stillup.records.index import Index

_NOTE = "events/backlog"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What moved since the last append, by this run or by builds before it."""

    of: str
    """The hash of the first entry of the log that was appended to: another log must be told everything."""

    at: datetime
    """The instant of the last append."""

    ids: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    """Of records that were taken away, or that show nothing any more."""


def backlog(index: Index, gathered: Gathered) -> Backlog | None:
    """Return what moved up to now; None where that is not known, as with a new index."""
    written = index.note(_NOTE)
    if gathered.fresh or not written:
        return None
    known = json.loads(written)
    return Backlog(
        of=known["of"],
        at=datetime.fromisoformat(known["at"]),
        ids=frozenset(known["ids"]) | gathered.changed,
        gone=frozenset(known["gone"]) | gathered.removed,
    )


def settle(index: Index, gathered: Gathered, began: str, at: datetime) -> None:
    """Note what is left: nothing where this run appended to the log that `began` so, else what moved."""
    now = Backlog(of=began, at=at) if began else backlog(index, gathered)
    text = ""
    if now is not None:
        text = json.dumps({"of": now.of, "at": now.at.isoformat(), "ids": sorted(now.ids), "gone": sorted(now.gone)})
    index.keep(_NOTE, text)
