"""One alert as every source is brought to it."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime

from stillup.frozen import dataclass
from stillup.records.moment import stamp, utc

LONGEST = 1024
"""Characters of a label or its value that are kept; labels are written by strangers."""

MOST_LABELS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """What a monitor says of one thing it watches: that it is wrong since `started`, or was until `ended`.

    Labels are what rules match. Annotations are not kept: they hold host names and links, and nothing public is made
    of them.
    """

    source: str
    """alertmanager, grafana, pagerduty or generic."""

    identity: str
    """The source's own name for what is watched: the same alert later has the same one, with another `started`."""

    firing: bool
    started: datetime
    ended: datetime | None = None
    """When it stopped, of one that is resolved."""

    labels: Mapping[str, str]
    acknowledged: datetime | None = None
    """When somebody took it, where the source says so."""

    @property
    def key(self) -> str:
        """The same for one episode of one alert, whoever of a pair of senders tells it."""
        return f"{self.source}/{self.identity}/{utc(self.started)}"

    @property
    def name(self) -> str:
        """The file that keeps it: another one for each thing that is said of it, and the same for a repetition."""
        said = json.dumps(self.document(), sort_keys=True, ensure_ascii=False)
        digest = hashlib.sha256(said.encode()).hexdigest()[:16]
        return f"{stamp(self.started)}-{'firing' if self.firing else 'resolved'}-{digest}.json"

    def document(self) -> dict[str, object]:
        """Return it as the inbox keeps it."""
        return {
            "source": self.source,
            "identity": self.identity,
            "status": "firing" if self.firing else "resolved",
            "started_at": utc(self.started),
            "ended_at": utc(self.ended) if self.ended else None,
            "acknowledged_at": utc(self.acknowledged) if self.acknowledged else None,
            "labels": dict(sorted(self.labels.items())),
        }


def tidy(labels: object) -> dict[str, str]:
    """Return labels as texts of one line each, cut to what is kept; what has no such form is left out."""
    if not isinstance(labels, dict):
        return {}
    found = {}
    for name, value in list(labels.items())[:MOST_LABELS]:
        if isinstance(name, str) and isinstance(value, (str, int, float, bool)):
            text = "".join(letter if letter.isprintable() else " " for letter in str(value))
            found[name[:LONGEST]] = text[:LONGEST].strip()
    return found
