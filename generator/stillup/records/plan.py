"""The incident plan as settings: severities, who is told when, authorities, exercises. All of it is data.

What the settings leave out is as in `standard`, key by key. Nothing here says what is so at an instant.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import timedelta

from stillup.frozen import dataclass
from stillup.records.field import Affected, Duration, Flag, Id, Line, Percent, Text
from stillup.records.mark import Strict
from stillup.records.period import Limit, Period
from stillup.records.private.kind import Amount, Currency, Some
from stillup.vocabulary import DrillType, Every, Impact, Measure, RegimeField, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Target(Strict):
    """What a severity means, and how soon what must be done."""

    name: Line = ""
    """The word for it."""

    criteria: tuple[Line, ...] = ()
    """When an incident has it."""

    examples: tuple[Line, ...] = ()
    """What that looks like here."""

    acknowledge: Duration | None = None
    """From detection until somebody takes it on."""

    respond: Duration | None = None
    """From detection until the work begins."""

    resolve: Duration | None = None
    """From detection until it is over; the trigger `duration` takes `respond` where this is not set."""

    watch: Limit | None = None
    """From its end: how long it is watched closely."""

    recover: Limit | None = None
    """From its end until the five points of recovery are done."""

    meeting: Limit | None = None
    """From its end until the postmortem meeting."""

    document: Limit | None = None
    """From the meeting until the postmortem is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityRule(Strict):
    """What suggests a severity; all that is written must hold, and of several rules the first that does counts."""

    severity: Severity
    """What is suggested."""

    impact: Impact | None = None
    """The public impact is at least this."""

    components: tuple[Affected, ...] = ()
    """One of these is affected: ids of components, or `group:` and a group's id."""

    users: Percent | None = None
    """At least this share of users is affected, in percent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung(Strict):
    """The next one up."""

    to: Id
    """The role that is told."""

    after: Mapping[Severity, Duration]
    """From detection, while the incident is open, by severity; a severity that is left out never comes so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain(Strict):
    """Who is told one after the other."""

    first: Id = "on-call-engineer"
    """The role that is called first."""

    chain: tuple[Rung, ...] = ()
    """Who comes next, lowest first."""

    @property
    def roles(self) -> tuple[str, ...]:
        """Return every role, lowest first."""
        return (self.first, *(rung.to for rung in self.chain))


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger(Strict):
    """What calls for somebody further up, whatever the hour."""

    measure: Measure | None = None
    """What is measured."""

    count: Some | None = None
    """For `systems`, `complaints` and `media`: at least so many."""

    amount: Amount | None = None
    """For `money`: at least so much."""

    currency: Currency = "USD"
    """Of `amount`; costs in another currency do not count."""

    after: Duration | None = None
    """For `outage`: as soon as it has lasted so long."""

    severities: tuple[Severity, ...] = ()
    """Only for these; empty: for all."""

    to: tuple[Id, ...] = ()
    """Who is told."""

    within: Duration | None = None
    """How soon from then on; none: at once."""

    active: Flag = True
    """False: it is not watched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Latest(Strict):
    """A second limit that also holds."""

    after: RegimeField = RegimeField.AWARE_AT
    """From when it runs."""

    within: Limit
    """How long it is. Where the first limit only begins to run later than this one ends, the first alone holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Strict):
    """One notice of a regime."""

    after: RegimeField = RegimeField.AWARE_AT
    """From which instant of the record the time runs."""

    step: Id | None = None
    """From the handing in of that step of the regime instead."""

    within: Limit | None = None
    """How long it is; none: without undue delay, and no clock calls it overdue."""

    latest: Latest | None = None
    """A second limit that also holds."""

    high_risk: Flag = False
    """Only where the people concerned run a high risk."""

    residents: Some | None = None
    """Only where at least so many residents are concerned."""

    to: Line = ""
    """Who gets it."""

    content: tuple[Line, ...] = ()
    """What it must say."""

    source: Line = ""
    """Which rule says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime(Strict):
    """A law that sets time limits for notices."""

    name: Line = ""
    """What it is called."""

    steps: Mapping[Id, Step] = field(default_factory=dict)
    """Its notices by name; `notification` is the one that `notified_at` of the record is about."""

    note: Text = ""
    """What must be known besides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillRule(Strict):
    """How often an exercise is due."""

    every: Every | None = None
    """Of which stretch of the calendar each needs one."""

    scenarios: tuple[Line, ...] = ()
    """What is practised in each quarter of the year, the first first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan(Strict):
    """All of the above."""

    severities: Mapping[Severity, Target] = field(default_factory=dict)
    """What each severity means, and how soon what must be done."""

    severity_rules: tuple[SeverityRule, ...] = ()
    """What suggests a severity."""

    escalation: Chain = field(default_factory=Chain)
    """Who is told one after the other while an incident goes on."""

    triggers: Mapping[Id, Trigger] = field(default_factory=dict)
    """What calls for somebody further up, by name."""

    regimes: Mapping[Id, Regime] = field(default_factory=dict)
    """Laws that set time limits for notices, by name."""

    drills: Mapping[DrillType, DrillRule] = field(default_factory=dict)
    """How often which exercise is due."""

    breach_notice: Limit = Period(elapsed=timedelta(hours=72))
    """From the confirmation of a breach until the users concerned are told."""
