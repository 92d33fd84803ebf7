"""The private part of an incident: `private/incidents/<id>.yml`, joined to the public record of the same stem.

Where there is no public record of that stem the whole incident is private, and moves nothing that the public sees.
No files, no clock here. Every time is in UTC. What was done says when, by whom, and where that can be looked up.
"""

from collections.abc import Mapping
from dataclasses import field

from stillup.frozen import dataclass
from stillup.records.field import Address, Id, Line, Moment, Percent, Text
from stillup.records.mark import Strict
from stillup.records.private.breach import Approval, PersonalData, Regulatory, Security
from stillup.records.private.kind import Amount, Channel, Count, Currency, Reference, Some
from stillup.records.private.lesson import ActionItem, Review, RootCause
from stillup.records.private.proof import Proof
from stillup.vocabulary import CostKind, RecoveryStep, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Strict):
    """One line of the internal timeline."""

    at: Moment
    """When it happened."""

    what: Text
    """What happened."""

    who: Line = ""
    """Who did or saw it, as a role."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AffectedUsers(Strict):
    """How many users noticed."""

    count: Count
    """How many people or accounts."""

    share: Percent | None = None
    """Of all users, in percent."""

    note: Line = ""
    """How that was counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reclassification(Strict):
    """A change of severity while the incident went on."""

    at: Moment
    """From when it holds."""

    was: Severity
    """The one before."""

    severity: Severity
    """The new one."""

    why: Line
    """What was learned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint(Strict):
    """Complaints of customers since the entry before."""

    at: Moment
    """When they were counted."""

    count: Some
    """How many came in since then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention(Strict):
    """One mention of the incident in the media."""

    at: Moment
    """When it appeared."""

    url: Address
    """Where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost(Strict):
    """One line of the financial sheet."""

    kind: CostKind
    """Which part of the sheet it belongs to."""

    category: Line
    """What it was spent on or lost by."""

    amount: Amount
    """How much, exact."""

    currency: Currency
    """In which currency."""

    at: Moment | None = None
    """When it was known; default: when the incident was detected."""

    note: Line = ""
    """How it was worked out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation(Strict):
    """That somebody further up was told."""

    to: Id
    """The role, as settings and roster name it."""

    at: Moment
    """When they were told."""

    by: Line
    """Who told them, as a role."""

    evidence: Line
    """Where that can be looked up."""

    about: tuple[Id, ...] = ()
    """The triggers of which they were told; empty: of the incident as it was at that time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateIncidentFacts(Strict):
    """What only we know of an incident."""

    title: Line = ""
    """Of an incident that has no public record: what it is about."""

    reference: Reference | None = None
    """Our own name for it, where no public record gives one."""

    severity: Severity | None = None
    """Of an incident that has no public record: its class."""

    started_at: Moment | None = None
    """Of an incident that has no public record: when it began."""

    resolved_at: Moment | None = None
    """Of an incident that has no public record: when it was over."""

    reclassified: tuple[Reclassification, ...] = ()
    """How the severity changed, oldest first; the newest is that of the record."""

    detected_at: Moment | None = None
    """When we noticed."""

    detected_by: Line = ""
    """What or who noticed: an alert, a customer, a colleague."""

    acknowledged_at: Moment | None = None
    """When somebody took it on."""

    responded_at: Moment | None = None
    """When the work began; default: the first public update."""

    mitigated_at: Moment | None = None
    """When customers stopped suffering."""

    commander: Line = ""
    """Who leads, as a role."""

    responders: tuple[Line, ...] = ()
    """Who works on it, as roles."""

    channel: Channel | None = None
    """Its chat channel."""

    timeline: tuple[Entry, ...] = ()
    """What happened, oldest first."""

    root_cause: RootCause | None = None
    """Why it happened."""

    cause_category: Id | None = None
    """The class of cause, one word for the same cause every time: repeats are counted by it."""

    affected_users: AffectedUsers | None = None
    """How many users noticed."""

    complaints: tuple[Complaint, ...] = ()
    """Complaints of customers, oldest first."""

    media: tuple[Mention, ...] = ()
    """Mentions in the media, oldest first."""

    costs: tuple[Cost, ...] = ()
    """What it cost."""

    escalated: tuple[Escalation, ...] = ()
    """Who further up was told, and when."""

    security: Security | None = None
    """What a security incident asks for."""

    personal_data: PersonalData | None = None
    """Personal data that were exposed, lost or changed."""

    regulatory: Mapping[Id, Regulatory] = field(default_factory=dict)
    """What is known and decided of authorities, by the regime's name in the settings."""

    legal_approved: Approval | None = None
    """That the legal team agreed to what is said."""

    watched: Proof | None = None
    """That it was watched closely for the time after its end."""

    recovered: Mapping[RecoveryStep, Proof] = field(default_factory=dict)
    """The plan's five points of recovery, each with who, when and evidence."""

    review: Review | None = None
    """The internal postmortem."""

    action_items: tuple[ActionItem, ...] = ()
    """What is to be done so that it does not happen again."""

    contacted: Mapping[Id, Proof] = field(default_factory=dict)
    """Which customers were spoken with in person, by their ids in `customers.yml`."""

    drill: Id | None = None
    """The drill in which it was played: then it is no real incident, and counts nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateIncident(PrivateIncidentFacts):
    """What only we know of the incident `id`."""

    id: str
    """The file's stem."""

    whole: bool
    """Whether there is no public record of that stem: then nothing of it is public."""
