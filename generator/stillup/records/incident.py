"""The incident record: what a responder wrote in `incidents/**/<id>.yml`, and nothing else.

A maintenance is the same record with `kind: maintenance` and a `scheduled` window.
No files, no clock, no HTML here. Every time is timezone-aware and in UTC.

`...Facts` are the fields that stand in the file as they do in the record; what a file spells otherwise is in `written`.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, timedelta
from typing import Annotated

from stillup.frozen import dataclass
from stillup.records.field import (
    Affected,
    Code,
    Duration,
    Flag,
    Id,
    Language,
    Line,
    Moment,
    Opaque,
    Rule,
    Text,
    one_of,
)
from stillup.records.mark import Strict
from stillup.records.texts import Texts
from stillup.vocabulary import TEXTS, ComponentStatus, Impact, Kind, Severity, UpdateStatus

Reasons = Mapping[Language, Mapping[Annotated[str, one_of("a text of a mark", "reason")], Text]]
"""Why a text is gone, by language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move(Strict):
    """A new window told by an update: of the whole maintenance, or of one occurrence of a series."""

    start: Moment
    """When it begins now."""

    end: Moment
    """When it ends now; at this instant it is over."""

    occurrence: Moment | None = None
    """The old start of the occurrence that moves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal(Strict):
    """Why an update no longer counts; its place and id stay."""

    at: Moment
    """When it was withdrawn."""

    reason: Text
    """Why, in the words that stand in its place."""

    translations: Reasons = field(default_factory=dict)
    """By language, then by field: `{"es": {"reason": ...}}`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction(Strict):
    """That a text was taken out, since it should never have been public; what it belonged to stays."""

    at: Moment
    """When it was taken out."""

    reason: Text
    """Why, in the words that stand in its place."""

    translations: Reasons = field(default_factory=dict)
    """By language, then by field: `{"es": {"reason": ...}}`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier(Texts):
    """The texts of an update that was edited, as they were first published; only those that are others now."""

    body: Text = ""
    """The Markdown text."""

    translations: Mapping[Language, Mapping[Annotated[str, one_of("an earlier text", "body", *TEXTS)], Text]] = field(
        default_factory=dict
    )
    """By language, then by field: `{"es": {"body": ...}}`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateFacts(Texts):
    """What one entry in an incident's public timeline says."""

    at: Moment
    """When it was published."""

    status: UpdateStatus
    """How far the work has come."""

    body: Text = ""
    """Markdown, shown to everyone. Required, unless `redacted` says where it went."""

    components: Mapping[Affected, ComponentStatus] = field(default_factory=dict)
    """What changed, by component id; in a file `group:<id>` stands for its members at `at`. The rest carries on."""

    changed_at: Moment | None = None
    """When its components changed, where that was before it was published: what a monitor saw and told later."""

    next_update_at: Moment | None = None
    """The promise: when the next update comes at the latest."""

    next_update_in: Duration | None = None
    """The promise where it is written as a duration from `at`: `every 30 minutes` comes from it."""

    cause_confirmed: Flag = False
    """True: the cause is known, not supposed."""

    notify: Flag | None = None
    """False: the page changes, nobody is told. Where it is left out, only backfilled and P3 incidents tell nobody."""

    edited_at: Moment | None = None
    """When its published text was last changed."""

    was: Earlier | None = None
    """What its texts said before they were edited: the page shows what was changed."""

    correction: Text = ""
    """What an edit put right, where it must reach everyone again."""

    withdrawn: Withdrawal | None = None
    """That it no longer counts, and why."""

    redacted: Redaction | None = None
    """That a text of it was taken out, and why; it still counts."""

    scheduled: Move | None = None
    """The window to which a maintenance moves."""

    occurrence: Moment | None = None
    """In a series: the start of the occurrence that this update speaks of."""

    lint: Mapping[Rule, Text] = field(default_factory=dict)
    """Reasons to overrule a lint rule, by the rule's id."""

    code: Code | None = None
    """The public API's id, 12 letters, where it is kept from elsewhere."""

    source: Opaque = field(default_factory=dict)
    """What an importer keeps of the original; only the API reads it."""

    translations: Mapping[
        Language, Mapping[Annotated[str, one_of("a text of an update", "body", "correction", *TEXTS)], Text]
    ] = field(default_factory=dict)
    """By language, then by field: `{"es": {"body": ...}}`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Update(UpdateFacts):
    """One entry in an incident's public timeline."""

    id: str
    """The written `id:`, else the instant as `20261120t101200z`, else that with `-2`, `-3` ... in file order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleFacts(Strict):
    """When a maintenance takes place; half-open, at `end` it is over."""

    start: Moment
    """When the work begins; of a series, its first time."""

    end: Moment
    """When the work ends; at this instant it is over."""

    recurrence: Line = ""
    """An RFC 5545 rule, e.g. `FREQ=WEEKLY;BYDAY=SU;COUNT=8`; empty for a single window."""

    reminders: tuple[Duration, ...] = (timedelta(hours=24), timedelta(hours=1))
    """How long before the start subscribers are reminded, longest first."""

    auto: Flag = True
    """True: it begins and ends by the clock. False: only updates begin and end it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule(ScheduleFacts):
    """When a maintenance takes place; half-open, at `end` it is over."""

    timezone: str = "UTC"
    """The zone in which a recurrence keeps its local time; the page's zone where none is written."""

    exceptions: tuple[datetime, ...] = ()
    """Starts of occurrences that do not take place (`except` in YAML)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Postmortem(Strict):
    """The public part of what was learned."""

    at: Moment
    """When it was published."""

    body: Text = ""
    """Markdown. Required, unless `redacted` says where it went."""

    redacted: Redaction | None = None
    """That its text was taken out, and why."""

    translations: Mapping[Language, Mapping[Annotated[str, one_of("a text of a postmortem", "body")], Text]] = field(
        default_factory=dict
    )
    """By language, then by field: `{"es": {"body": ...}}`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentFacts(Strict):
    """What is said of an incident or maintenance as a whole."""

    title: Line
    """The symptom, in the customer's words."""

    kind: Kind = Kind.INCIDENT
    """What sort of record it is."""

    reference: Line = ""
    """Our own name for it, e.g. `INC-2026-11-20-001`."""

    severity: Severity | None = None
    """The plan's class; not printed publicly unless the settings say so."""

    impact: Impact | None = None
    """How bad it is for the public; the worst component decides where it is left out."""

    disaster: Flag = False
    """True: the 15-minute cadence and the wording for disasters."""

    started_at: Moment | None = None
    """When customers began to notice, where it differs from the first update."""

    ended_at: Moment | None = None
    """When customers stopped noticing, where it differs from the resolving update."""

    backfilled: Flag = False
    """True: told afterwards; in history and uptime, never notified."""

    postmortem: Postmortem | None = None
    """The public part of what was learned."""

    redacted: Redaction | None = None
    """That its title was replaced by another, and why."""

    formerly: tuple[Id, ...] = ()
    """Ids it had before a rename."""

    code: Code | None = None
    """The public API's id, 12 letters, where it is kept from elsewhere."""

    source: Opaque = field(default_factory=dict)
    """What an importer keeps of the original; only the API reads it."""

    translations: Mapping[Language, Mapping[Annotated[str, one_of("a text of an incident", "title")], Text]] = field(
        default_factory=dict
    )
    """By language, then by field: `{"es": {"title": ...}}`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident(IncidentFacts):
    """One incident or maintenance, with its updates oldest first."""

    id: str
    """The file's stem."""

    scheduled: Schedule | None = None
    """The window of a maintenance; None for an incident."""

    updates: tuple[Update, ...]
    """At least one, by `at`; at one instant in file order, files of `X/updates/` last, by name."""
