"""The subscriber's record: who wants which messages where, as `private/subscribers.yml` and `.csv` have it."""

import re
from typing import Annotated

from stillup.frozen import dataclass
from stillup.records.field import Filled, Id, Language, Line, Moment, Zone, one_of, reference_or_group
from stillup.records.mark import Parsed, Strict
from stillup.records.refusal import Unusable, shown
from stillup.vocabulary import Follow, Impact, Kind

CHANNELS = ("email", "sms", "webhook", "slack", "teams", "discord", "apprise")
"""What a message can go through."""

AUDIENCES = (
    "responders",
    "executives",
    "board",
    "support",
    "enterprise",
    "investors",
    "partners",
    "media",
    "customers",
)
"""Who is told, those who are told most first: somebody on two lists gets the message of the first."""

ALL = "all"
_SECRET = re.compile(r"whsec_[A-Za-z0-9+/]{32,88}={0,2}").fullmatch


def followed(written: object) -> tuple[str, ...]:
    """Return ids of components and `group:` with ids of groups, sorted; nothing stands for everything."""
    if written == ALL:
        return ()
    if isinstance(written, list) and written:
        return tuple(sorted({reference_or_group(entry) for entry in written}))
    raise Unusable(
        f"{shown(written)} names no components.", "Write all, or a list of ids and of group: with a group's id."
    )


def signing_secret(written: object) -> str:
    """Return what a webhook's signature is made with; while it changes two, the new one first."""
    if isinstance(written, str) and 1 <= len(parts := written.split()) <= 2 and all(map(_SECRET, parts)):
        return " ".join(parts)
    raise Unusable(
        "This is no secret of a webhook.", "Write whsec_ and 24 to 64 bytes in base64; leave it out to have one made."
    )


Channel = Annotated[str, one_of("a channel", *CHANNELS)]
Audience = Annotated[str, one_of("an audience", *AUDIENCES)]
Followed = Annotated[
    tuple[str, ...],
    Parsed(followed, {"anyOf": [{"const": ALL}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}),
]
Secret = Annotated[str, Parsed(signing_secret, {"type": "string", "pattern": "^whsec_"})]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriberFacts(Strict):
    """One subscription: one address on one channel, and what it wants to hear."""

    id: Id | None = None
    """A name that says nothing of the person; made from the address where it is left out."""

    channel: Channel
    """What the messages go through."""

    address: Line
    """A mail address, a telephone number with its country, or the address of a webhook."""

    audience: Audience = "customers"
    """Which wording they get; some of it is for inside the company only."""

    components: Followed = ()
    """`all`, or a list of ids of components and of `group:` with ids of groups."""

    impact: Impact | None = None
    """Incidents of at least this impact; default: all, of `sms` only critical ones and P0."""

    kinds: Annotated[tuple[Kind, ...], Filled] | None = None
    """Incidents, maintenance or both; default: both."""

    follow: Follow | None = None
    """Every message, the first and the last of each story, or a summary; default: all, of `sms` first and last."""

    incident: Id | None = None
    """Only this one incident or maintenance."""

    language: Language | None = None
    """The language of messages; default: the page's."""

    timezone: Zone | None = None
    """The zone in which times are told, beside UTC; default: the page's."""

    confirmed_at: Moment | None = None
    """When the person agreed; nobody is told anything before."""

    secret: Secret | None = None
    """Of a webhook: what its signature is made with."""

    consent: Line | None = None
    """Which text the person agreed to; of the form: its language and the first digits of its SHA-256."""

    origin: Line | None = None
    """How the subscription came here: `form`, `command`, or `import` and the name of a file."""
