"""What those who work on an incident, and those above them, are told beside what is public. Nobody else sees this.

Pages, feeds, the API and the messages for customers have no way to it: import contracts forbid it.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from decimal import Decimal

from stillup.frozen import dataclass
from stillup.records.incident import Incident
from stillup.records.private.incident import PrivateIncident
from stillup.records.private.lesson import RootCause
from stillup.records.private.roster import Roster
from stillup.vocabulary import CostKind, Decision, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Briefing:
    """Internal facts of one incident at one instant, as far as they are known; what is not known is empty."""

    severity: Severity | None = None
    commander: str = ""
    """Who leads, as a role."""

    line: str = ""
    """The commander's number, which enterprise customers are given."""

    channel: str = ""
    responders: tuple[str, ...] = ()
    detected_at: datetime | None = None
    detected_by: str = ""
    root_cause: str = ""
    """In one paragraph."""

    affected_users: int | None = None
    affected_share: str = ""
    """Of all users, as people write it: `12.5 %`."""

    complaints: int = 0
    media: tuple[str, ...] = ()
    """Addresses of what was published, oldest first."""

    costs: Mapping[str, Decimal] = field(default_factory=dict)
    """What it cost so far, direct and indirect, by currency."""

    security: bool = False
    personal_data: bool = False
    legal_approved: datetime | None = None
    """When the legal side agreed that the people concerned are told."""

    review_at: datetime | None = None
    """When the postmortem's meeting takes place."""


def briefing(public: Incident, known: PrivateIncident | None, roster: Roster | None) -> Briefing:
    """Return what insiders are told of `public`: `known` is its private record as far as it was known then."""
    if known is None:
        return Briefing(severity=public.severity)
    severity = next((each.severity for each in reversed(known.reclassified)), public.severity)
    costs: dict[str, Decimal] = {}
    for cost in known.costs:
        if cost.kind is CostKind.PREVENTION:
            continue  # it is no damage that the incident did
        costs[cost.currency] = costs.get(cost.currency, Decimal(0)) + cost.amount
    users = known.affected_users
    return Briefing(
        severity=severity,
        commander=known.commander,
        line=_line(known.commander, roster),
        channel=known.channel or "",
        responders=known.responders,
        detected_at=known.detected_at,
        detected_by=known.detected_by,
        root_cause=_cause(known.root_cause),
        affected_users=None if users is None else int(users.count),
        affected_share="" if users is None or users.share is None else f"{users.share:f} %",
        complaints=sum(int(each.count) for each in known.complaints),
        media=tuple(each.url for each in known.media),
        costs=costs,
        security=known.security is not None,
        personal_data=known.personal_data is not None,
        legal_approved=known.legal_approved.at if known.legal_approved else None,
        review_at=known.review.scheduled_for if known.review else None,
    )


def breach_approved(known: PrivateIncident | None) -> datetime | None:
    """Return when the people concerned may be told of a breach of their data; None: not before somebody approves.

    Where every regime was decided, and all of them that nobody is at risk, there is nothing to tell.
    """
    if known is None or known.personal_data is None or known.legal_approved is None:
        return None
    if {each.decision for each in known.regulatory.values()} == {Decision.NO_RISK}:
        return None
    return known.legal_approved.at


def _line(commander: str, roster: Roster | None) -> str:
    """Return the number of who leads, by the name or the role that the roster has."""
    if roster is None or not commander:
        return ""
    role = "-".join(commander.lower().split())
    named = [contact for contact in roster.contacts if contact.name.lower() == commander.lower()]
    return next((each.phone for each in (*named, *roster.filling(role)) if each.phone), "")


def _cause(cause: RootCause | None) -> str:
    if cause is None:
        return ""
    return " ".join(part for part in (cause.immediate, *cause.contributing, cause.root) if part)
