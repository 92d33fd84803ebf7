"""`events/<seq>.json`: one entry of the public event log, with all that is needed to prove it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from stillup.api.artifact import artifact
from stillup.artifact import Artifact

if TYPE_CHECKING:
    from stillup.api.own import Event, EventEntry, EventRedaction

FOLDER = "api/stillup/v1/events"


def event(
    entry: "EventEntry",
    *,
    previous: str,
    hash: str,
    salt: str | None,
    data: Mapping[str, Any] | None,
    redacted: "EventRedaction | None",
) -> Artifact:
    """Return the document of one entry; `entry` is what its hash is made of, with `previous`.

    `salt` and `data` are None where the entry was `redacted`.
    """
    document: Event = {
        "seq": entry["seq"],
        "type": entry["kind"].replace("_", ".", 1),
        "timestamp": entry["at"],
        "data": dict(data) if data is not None else None,
        "redacted": redacted,
        "entry": entry,
        "salt": salt,
        "previous": previous,
        "hash": hash,
    }
    return artifact(f"{FOLDER}/{entry['seq']}.json", document)
