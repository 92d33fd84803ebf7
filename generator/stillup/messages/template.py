"""What templates are called, and which names each of them may use."""

from stillup.messages.event import AUDIENCES, KINDS
from stillup.vocabulary import TEXTS

VARIABLES = frozenset(
    {
        *TEXTS,
        *("say", "kind", "stage", "audience", "state", "shape", "band", "status", "subject", "preheader", "follow"),
        *("organisation", "team", "support_url", "support_email", "zone", "language", "direction"),
        *("title", "reference", "services", "affected", "started", "back", "time", "duration", "windows", "body"),
        *("also",),
        *(
            "news",
            "before",
            "promise",
            "page",
            "manage",
            "unsubscribe",
            "all_operational",
            "correction",
            "written",
            "line",
        ),
        *("event_seq", "event_head"),
    }
)
"""Every name a template may use."""

INTERNAL = frozenset(
    {
        *("severity", "commander", "channel", "responders", "detected", "root_cause", "affected_users", "complaints"),
        *("media_coverage", "financial", "recovery", "confidence", "postmortem"),
    }
)
"""What templates for those who see internal facts may use besides."""

INSIDE = ("responders", "executives", "board", "investors")
"""The audiences of these."""

FORMS = ("email.txt", "email.html", "chat.txt", "slack.txt", "teams.txt", "discord.txt", "sms.txt", "social.txt")

_FAMILY = {
    "incident_opened": ("incident",),
    "incident_updated": ("incident",),
    "incident_resolved": ("incident",),
    "incident_reopened": ("incident_opened", "incident"),
    "incident_extended": ("incident_updated", "incident"),
    "incident_corrected": ("corrected",),
    "incident_withdrawn": ("withdrawn",),
    "maintenance_corrected": ("corrected",),
    "maintenance_withdrawn": ("withdrawn",),
    "maintenance_moved": ("maintenance",),
    "maintenance_reminder": ("maintenance",),
}
"""Where words for a kind are looked for when it has no template of its own."""

_DISASTERS = {
    "incident_opened": "disaster_opened",
    "incident_reopened": "disaster_opened",
    "incident_updated": "disaster_updated",
    "incident_resolved": "disaster_resolved",
}
_SHARED = ("layout", "foot", "end", "briefing", "message", "incident", "maintenance", "corrected", "withdrawn")

_WRITTEN = frozenset(KINDS) | {*_DISASTERS.values(), *_SHARED}


def stems(kind: str, audience: str, *, disaster: bool = False) -> list[str]:
    """Return what a template for `kind` may be called, without its form, the most particular name first."""
    chain = [kind, *_FAMILY.get(kind, ())]
    if disaster and kind in _DISASTERS:
        chain.insert(0, _DISASTERS[kind])
    return [f"{stem}.{audience}" for stem in chain] + chain


def known_to(name: str) -> frozenset[str]:
    """Return the names that the template called `name` may use."""
    parts = name.split(".")
    inside = parts[0] == "briefing" or (len(parts) > 1 and parts[1] in INSIDE)
    return VARIABLES | INTERNAL if inside else VARIABLES


def is_asked_for(name: str) -> bool:
    """Return whether a message may ask for a template of this name."""
    stem, _, form = name.removesuffix(".j2").partition(".")
    audience, _, rest = form.partition(".")
    if audience in AUDIENCES:
        form = rest
    return stem in _WRITTEN and form in FORMS
