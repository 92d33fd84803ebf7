"""What those who work on an incident, and those above them, are told beside what is public. Nobody else sees this.

Pages, feeds, the API and the messages for customers have no way to it: import contracts forbid it.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from decimal import Decimal

from stillup.frozen import dataclass
from stillup.vocabulary import Severity


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
    """What it cost so far, by currency."""

    security: bool = False
    personal_data: bool = False
    legal_approved: datetime | None = None
    """When the legal side agreed that the people concerned are told."""

    review_at: datetime | None = None
    """When the postmortem's meeting takes place."""
