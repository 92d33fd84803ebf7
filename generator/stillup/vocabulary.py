"""The field's words, each spelled once. What a reader sees of them stands in the catalogue."""

from enum import StrEnum


class ComponentStatus(StrEnum):
    """What a component's users notice."""

    OPERATIONAL = "operational"
    UNDER_MAINTENANCE = "under_maintenance"
    DEGRADED_PERFORMANCE = "degraded_performance"
    PARTIAL_OUTAGE = "partial_outage"
    MAJOR_OUTAGE = "major_outage"

    @property
    def rank(self) -> int:
        """0 for operational to 4 for a major outage; of two states the higher rank is worse."""
        return _STATUS_RANK[self]


_STATUS_RANK = {status: rank for rank, status in enumerate(ComponentStatus)}


class Kind(StrEnum):
    """What sort of record it is."""

    INCIDENT = "incident"
    MAINTENANCE = "maintenance"


class UpdateStatus(StrEnum):
    """How far the work on an incident or a maintenance has come."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    VERIFYING = "verifying"
    COMPLETED = "completed"
    CANCELLED = "cancelled"

    @property
    def closes(self) -> bool:
        """Whether nothing more is expected after it."""
        return self in _CLOSING


# A tuple: to hash one of these words takes longer than to look through three.
_CLOSING = (UpdateStatus.RESOLVED, UpdateStatus.COMPLETED, UpdateStatus.CANCELLED)

STATUSES_OF: dict[Kind, tuple[UpdateStatus, ...]] = {
    Kind.INCIDENT: tuple(UpdateStatus)[:4],
    Kind.MAINTENANCE: tuple(UpdateStatus)[4:],
}
"""The states an update of each kind of record may have."""


class Impact(StrEnum):
    """How bad an incident is for the public."""

    NONE = "none"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for none to 3 for critical."""
        return _IMPACT_RANK[self]


_IMPACT_RANK = {impact: rank for rank, impact in enumerate(Impact)}

IMPACT_OF: dict[ComponentStatus, Impact] = {
    ComponentStatus.OPERATIONAL: Impact.NONE,
    ComponentStatus.UNDER_MAINTENANCE: Impact.NONE,
    ComponentStatus.DEGRADED_PERFORMANCE: Impact.MINOR,
    ComponentStatus.PARTIAL_OUTAGE: Impact.MAJOR,
    ComponentStatus.MAJOR_OUTAGE: Impact.CRITICAL,
}
"""An incident's impact where the record does not state one: that of its worst component."""


class Severity(StrEnum):
    """The plan's internal classes; P0 is the worst."""

    P0 = "P0"
    P1 = "P1"
    P2 = "P2"
    P3 = "P3"


SEVERITY_OF = {
    Impact.CRITICAL: Severity.P0,
    Impact.MAJOR: Severity.P1,
    Impact.MINOR: Severity.P2,
    Impact.NONE: Severity.P3,
}
"""Which class holds where none is stated: that of the impact."""


class Show(StrEnum):
    """When a component has a row on the home page."""

    ALWAYS = "always"
    WHEN_AFFECTED = "when_affected"
    NEVER = "never"


class UptimeShown(StrEnum):
    """Whether a component's bars and figure are public."""

    SHOWN = "shown"
    HIDDEN = "hidden"


class Indicator(StrEnum):
    """Statuspage's word for the state of the whole page."""

    NONE = "none"
    MAINTENANCE = "maintenance"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


TEXTS = (
    "impact_text",
    "progress",
    "next_steps",
    "eta",
    "summary",
    "resolution",
    "prevention",
    "monitoring",
    "scope",
    "workaround",
    "data_loss",
)
"""The optional texts of an update, in reading order."""


FIXED = {("workaround", "none_known"): "fact.none_known", ("data_loss", "none"): "fact.no_loss"}
"""Texts that are words of the format, by field and text: what the catalogue calls the words that are said for them."""


class MailWay(StrEnum):
    """Through what mail leaves: a mail server, Resend's API, or files in a folder."""

    SMTP = "smtp"
    RESEND = "resend"
    OUTBOX = "outbox"


class TextWay(StrEnum):
    """Through what text messages leave: Twilio's API, or files in a folder."""

    TWILIO = "twilio"
    OUTBOX = "outbox"


class Security(StrEnum):
    """How the way to a mail server is kept from others: after a greeting, from the first byte, or not at all."""

    STARTTLS = "starttls"
    SSL = "ssl"
    NONE = "none"


class Follow(StrEnum):
    """Which messages about one incident or maintenance a subscriber wants."""

    ALL = "all"
    OPEN_CLOSE = "open_close"
    DIGEST = "digest"


class CostKind(StrEnum):
    """Where a cost of an incident belongs in the sheet."""

    DIRECT = "direct"
    INDIRECT = "indirect"
    PREVENTION = "prevention"


class ActionState(StrEnum):
    """What became of an action item."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class SecurityAction(StrEnum):
    """The nine things that the plan does first in a security incident, in its order."""

    ISOLATE_SYSTEMS = "isolate_systems"
    REVOKE_CREDENTIALS = "revoke_credentials"
    CHANGE_PASSWORDS = "change_passwords"
    DOCUMENT_TIMELINE = "document_timeline"
    PRESERVE_EVIDENCE = "preserve_evidence"
    ROTATE_SECRETS = "rotate_secrets"
    UPDATE_API_KEYS = "update_api_keys"
    REFRESH_JWT = "refresh_jwt"
    VERIFY_RBAC = "verify_rbac"


class RecoveryStep(StrEnum):
    """The plan's five points of recovery, in its order."""

    VERIFIED = "verified"
    WORKAROUNDS_REMOVED = "workarounds_removed"
    ALERTS_UPDATED = "alerts_updated"
    POSTMORTEM_SCHEDULED = "postmortem_scheduled"
    DOCUMENTED = "documented"


class Decision(StrEnum):
    """What was decided of an authority."""

    NOTIFY = "notify"
    NO_RISK = "no_risk"


class DrillType(StrEnum):
    """What sort of exercise it is."""

    TABLETOP = "tabletop"
    CHAOS = "chaos"
    GAME_DAY = "game_day"
    COORDINATION = "coordination"


class Failure(StrEnum):
    """What a receiver does in a drill instead of taking a message."""

    BUSY = "busy"
    """It asks to come back later, in its protocol's own words."""

    REFUSED = "refused"
    """It says that the address is no more."""

    LOST = "lost"
    """It takes the message, and the connection breaks before it has answered."""

    DOWN = "down"
    """It ends the connection before anything is said."""

    KILL = "kill"
    """It takes the message, and whoever sends is killed with SIGKILL before the answer."""


class Measure(StrEnum):
    """What calls for somebody further up."""

    DURATION = "duration"
    SEVERITY = "severity"
    SYSTEMS = "systems"
    COMPLAINTS = "complaints"
    MEDIA = "media"
    MONEY = "money"
    OUTAGE = "outage"


class Every(StrEnum):
    """How often an exercise is due."""

    MONTH = "month"
    QUARTER = "quarter"


class RegimeField(StrEnum):
    """The instant of a regulatory record from which a time limit runs."""

    AWARE_AT = "aware_at"
    CLASSIFIED_AT = "classified_at"
    NOTIFIED_AT = "notified_at"
    RECOVERED_AT = "recovered_at"


class ClockState(StrEnum):
    """How a duty stands at an instant."""

    OK = "ok"
    """There is time."""

    AT_RISK = "at_risk"
    """Less than a quarter of the time is left."""

    OVERDUE = "overdue"
    """The time is past, and nothing shows that it was done."""

    MET = "met"
    """It was done in time."""

    LATE = "late"
    """It was done after its time."""

    MISSED = "missed"
    """It was not done in time, and it is too late to do it."""
