"""What a channel carries: one finished message for one recipient."""

from dataclasses import field
from datetime import datetime

from stillup.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message, rendered to its last byte."""

    key: str
    """`<incident>/<update>/<channel>/<audience>`: the same for every retry, different for everything else."""

    kind: str
    """incident_opened, incident_updated, incident_resolved, maintenance_scheduled ..."""

    channel: str
    """email, webhook ..."""

    audience: str
    """customers, support ..."""

    to: str
    subject: str
    """For people who look at a list of messages; empty where the channel has none."""

    body: bytes
    media_type: str

    at: datetime
    """When the update it tells was published."""

    about: str = ""
    """The incident's title, for people who look at a list of messages."""

    secret: str = field(default="", repr=False)
    """Of a webhook: what its signature is made with; while it is being changed both, the new one first, divided by
    a space. It is no part of the body and stands in no log and no ledger."""
