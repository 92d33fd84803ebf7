"""One thing that happened on the page and is told: an update, a correction, or what the clock brings."""

from datetime import datetime

from stillup.frozen import dataclass
from stillup.vocabulary import Impact, Kind, Severity

BREACH = "breach_notice"
"""The kind of the notice to people whose data were breached."""

KINDS = (
    "incident_opened",
    "incident_updated",
    "incident_resolved",
    "incident_reopened",
    "incident_corrected",
    "incident_withdrawn",
    "incident_extended",
    "postmortem_published",
    "breach_notice",
    "maintenance_scheduled",
    "maintenance_moved",
    "maintenance_reminder",
    "maintenance_started",
    "maintenance_updated",
    "maintenance_completed",
    "maintenance_cancelled",
    "maintenance_corrected",
    "maintenance_withdrawn",
    "digest",
)
"""Every kind of message."""

AUDIENCES = (
    "customers",
    "enterprise",
    "support",
    "responders",
    "executives",
    "board",
    "investors",
    "partners",
    "media",
)
"""Everybody who is told; of these, responders, executives and board see internal facts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What decides who is told, without a word of what is said."""

    key: str
    """`<incident>/<update>`, `<incident>/<update>/correction-N` or `<id>/<occurrence start>/reminder-24h`.

    The same for every run, build and machine: ledgers, Message-IDs and webhook ids are made of it.
    """

    kind: str
    """One of `KINDS`."""

    incident: str
    """The record's id."""

    record: Kind
    title: str

    at: datetime
    """When it was published, or is due by the clock."""

    components: tuple[str, ...] = ()
    """Ids of every component that the incident touched up to this event."""

    groups: tuple[str, ...] = ()
    """Ids of the groups of those components."""

    impact: Impact = Impact.NONE
    severity: Severity | None = None

    opening: bool = False
    """Whether it begins the story: the first update, a reopening, the first announcement."""

    closing: bool = False
    """Whether nothing more is expected after it."""

    silent: str = ""
    """Why nobody is told: `notify`, `backfilled`, `severity`, `withdrawn` or `redacted`; empty where people are told.

    A silent event is still an event, so that the plan can say who was not told, and why.
    """

    audiences: tuple[str, ...] = ()
    """Which audiences it is for; empty: for every one."""

    concerns: str = ""
    """Of a correction or a withdrawal: the key of what it corrects or takes back.

    Only who was told that needs to hear this; everybody else reads the corrected text, or nothing, at once.
    """

    sequence: int = 0
    """Its place among everything told about the story, from 1; a receiver can put repeats and overtakers in order."""

    @property
    def grave(self) -> bool:
        """Whether it is a P0 or P1; where no severity is written, whether the impact is major or critical."""
        if self.severity is None:
            return self.impact.rank >= Impact.MAJOR.rank
        return self.severity in (Severity.P0, Severity.P1)
