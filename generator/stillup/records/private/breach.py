"""What a security incident asks for: actions, personal data, authorities and who agreed to what is said."""

from collections.abc import Mapping
from dataclasses import field

from stillup.frozen import dataclass
from stillup.records.field import Flag, Id, Line, Moment, Text
from stillup.records.mark import Strict
from stillup.records.private.kind import Count
from stillup.records.private.proof import Proof
from stillup.vocabulary import Decision, SecurityAction


@dataclass(frozen=True, slots=True, kw_only=True)
class Security(Strict):
    """What a security incident asks for."""

    actions: Mapping[SecurityAction, Proof] = field(default_factory=dict)
    """The plan's nine actions, each with who, when and evidence."""

    active_attack: Flag = False
    """Whether the attack goes on."""

    note: Text = ""
    """What else the security team must know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData(Strict):
    """Personal data that were exposed, lost or changed."""

    confirmed_at: Moment | None = None
    """When the breach was confirmed: the 72 hours of the plan's notice to users begin here."""

    categories: tuple[Line, ...] = ()
    """Which kinds of data."""

    people: Line = ""
    """Which kinds of people."""

    customers: tuple[Id, ...] = ()
    """Whose data they are, by ids in `customers.yml`: only they get the notice; empty: every subscriber."""

    subjects: Count | None = None
    """How many people."""

    records: Count | None = None
    """How many records."""

    high_risk: Flag = False
    """Whether the people themselves run a high risk."""

    consequences: Text = ""
    """What may follow for them."""

    measures: Text = ""
    """What was done or is proposed."""

    encrypted: Flag = False
    """Whether nobody can read the data."""

    notified: Proof | None = None
    """That the users concerned were told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing(Strict):
    """A notice that was handed in."""

    at: Moment
    """When."""

    reference: Line
    """What the recipient calls it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Regulatory(Strict):
    """What is known and decided of one regime."""

    aware_at: Moment
    """When we knew with reasonable certainty, or discovered it."""

    decision: Decision | None = None
    """Whether it must be told; None while that is open, and the clocks run on."""

    reason: Text = ""
    """Why so."""

    classified_at: Moment | None = None
    """When it was classified as major."""

    recovered_at: Moment | None = None
    """When normal service was back, where the regime asks for a notice then."""

    residents: Count | None = None
    """How many residents are concerned, where the regime counts them."""

    notified_at: Moment | None = None
    """When the notification itself was handed in."""

    reference: Line = ""
    """What the authority calls it."""

    filed: Mapping[Id, Filing] = field(default_factory=dict)
    """The other notices of the regime, by the name of its step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval(Strict):
    """That the legal team agreed."""

    at: Moment
    """When."""

    by: Line
    """Who, as a role."""

    note: Line = ""
    """To what."""
