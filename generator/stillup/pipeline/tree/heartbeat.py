"""What machines ask to see whether the page is current: built for which instant, from which commit, and until when."""

import json
from datetime import datetime

from stillup.artifact import Artifact
from stillup.records.index import Index
from stillup.timeline.due import next_midnight
from stillup.views.edition import Edition, iso
from stillup.views.event_log import Head
from stillup.views.supplier import due as stale


def heartbeat(edition: Edition, index: Index, head: Head | None) -> Artifact:
    """Return `heartbeat.json`; nothing on the page changes by the clock alone before its `next_due`.

    `head` is of the event log, where there is one.
    """
    due = index.due(int(edition.at.timestamp()))
    changes = [change.at for c in edition.components.components for change in c.states if change.at > edition.at]
    moments = [next_midnight(edition.at, edition.zone), *changes, *stale(edition)]
    moments += [datetime.fromtimestamp(due, edition.zone)] if due else []
    body = {
        "built_at": iso(edition.at),
        "at": iso(edition.at),
        "commit": edition.commit or None,
        "next_due": iso(min(moments)),
        "event_seq": head.seq if head else None,
        "event_head": head.hash if head else None,
        "live": edition.live,
    }
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Artifact(path="heartbeat.json", body=text.encode() + b"\n", media_type="application/json")
