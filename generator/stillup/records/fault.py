"""What pydantic finds in a written value, in our words: what is wrong, and what to write."""

import re
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, get_args, get_type_hints

from pydantic_core import ErrorDetails

from stillup.errors import Problem
from stillup.fix import Fix, write
from stillup.records.document import Document, Loc
from stillup.records.mark import key
from stillup.records.refusal import Unusable, choice, listed, nearest, shown
from stillup.vocabulary import (
    STATUSES_OF,
    ActionState,
    ComponentStatus,
    CostKind,
    Decision,
    DrillType,
    Every,
    Follow,
    Impact,
    Kind,
    MailWay,
    Measure,
    RecoveryStep,
    RegimeField,
    Security,
    SecurityAction,
    Severity,
    Show,
    TextWay,
    UpdateStatus,
    UptimeShown,
)

UNKNOWN = "unexpected_keyword_argument"
"""Pydantic's word for a key that a shape has not."""


@cache
def private_words() -> frozenset[str]:
    """Return the fields of private records: in a public one they are refused with the place to put them."""
    # Only a faulty record asks, and these shapes take a hundredth of a second to make.
    from stillup.records.incident import IncidentFacts, UpdateFacts
    from stillup.records.private.incident import PrivateIncidentFacts
    from stillup.records.private.lesson import RootCause

    own = {part.name for shape in (PrivateIncidentFacts, RootCause) for part in fields(shape)}
    public = {part.name for shape in (IncidentFacts, UpdateFacts) for part in fields(shape)}
    return frozenset({"internal", "private", *own} - public - {"resolved_at"})


_ENUMS: dict[str, tuple[str, type]] = {
    str([word.value for word in enum]): (what, enum)
    for enum, what in (
        (ComponentStatus, "a component status"),
        (UpdateStatus, "the status of an update"),
        (Impact, "an impact"),
        (Severity, "a severity"),
        (Kind, "a kind of record"),
        (Show, "a way to show a component"),
        (UptimeShown, "a way to show uptime"),
        (MailWay, "a way for mail"),
        (TextWay, "a way for text messages"),
        (Security, "a kind of protection"),
        (Follow, "a way to follow"),
        (CostKind, "a kind of cost"),
        (ActionState, "the state of an action item"),
        (SecurityAction, "one of the nine actions"),
        (RecoveryStep, "a point of recovery"),
        (Decision, "a decision"),
        (DrillType, "a type of drill"),
        (Measure, "something that triggers measure"),
        (Every, "a stretch of the calendar"),
        (RegimeField, "an instant of a regulatory record"),
    )
}


def unknown(document: Document, shape: type, loc: Loc, path: Loc) -> tuple[Problem, str]:
    """Return the problem of a key that `shape`, which stands at `loc`, has not, and the key it was meant to be."""
    place, word = loc + path, str(path[-1])
    if word in private_words() and document.file.startswith(("incidents/", "components/")):
        message, fix = (
            "This is an internal fact, and this file is public.",
            f"Move it to {_private_place(document.file)}.",
        )
        return document.problem(place, message, fix, code="private", at_key=True), ""
    if word == "id" and not document.file.endswith(("customers.yml", "contracts.yml", "roster.yml")):
        message, fix = "The name of the file is the id.", "Leave it out, or rename the file."
        return document.problem(place, message, fix, code="unknown-key", at_key=True), ""
    known = tuple(_keys(shape, path[:-1]))
    near = next((each for each in _ALSO.get(word.lower(), ()) if each in known), "") or nearest(word, known)
    fix = f"Did you mean {near}?" if near else choice(word, known) or "Leave it out."
    if elsewhere := _elsewhere(shape, path, word):
        near, fix = "", elsewhere
    message = f"{shown(word)} is not a key of {_name(shape, path[:-1])}."
    return document.problem(place, message, fix, code="unknown-key", at_key=True), near


def _elsewhere(shape: type, path: Loc, word: str) -> str:
    """Return where a key of an update that stands at the top of a record belongs, or the other way round."""
    from stillup.records.written import WrittenIncident, WrittenUpdate

    at_hand = _dataclass_at(shape, path[:-1])
    if at_hand is WrittenIncident and word in _keys(WrittenUpdate, ()):
        return "Write it into an update, below updates:."
    if at_hand is WrittenUpdate and word in _keys(WrittenIncident, ()):
        return "Write it at the top of the record, beside updates:."
    return ""


def told(document: Document, shape: type, place: Loc, path: Loc, found: ErrorDetails, kind: Kind) -> Problem:
    """Return a finding about the value at `place` of the document, `path` of the shape, as a problem.

    `kind` is that of the record around it.
    """
    given, context = found["input"], found.get("ctx", {})
    error = context.get("error")
    match found["type"]:
        case "missing":
            example = _EXAMPLES.get(str(path[-1]), "...")
            return document.problem(
                place, "This key is missing.", Fix(write(str(path[-1])), f" {example}."), code="missing"
            )
        case "value_error" if isinstance(error, Unusable):
            at_key = "[key]" in found["loc"]
            return document.problem(place, error.message, error.fix, code=error.code, at_key=at_key)
        case "enum":
            message, fix = _enum(given, context["expected"], kind)
            return document.problem(place, message, fix, code="word", at_key="[key]" in found["loc"])
        case _:
            message, fix = _typed(found["type"], given, context, is_required(shape, path))
            name = str(path[-1]) if path else ""
            if found["type"] in _MAPPINGS and name in _MAPPED:
                fix = f"Write keys and values, as in {name}: {_MAPPED[name]}."
            return document.problem(place, message, fix, code="type")


def _private_place(file: str) -> str:
    """Return where internal facts about the record in `file` belong."""
    parts = file.removesuffix(".yml").split("/")
    if parts[0] != "incidents":
        return "a file below private/"
    stem = parts[-3] if parts[-2] == "updates" else parts[-1]
    return f"private/incidents/{stem}.yml"


def _enum(given: object, expected: str, kind: Kind) -> tuple[str, str]:
    words = re.findall("'([^']*)'", expected)
    what, enum = _ENUMS.get(str(words), ("one of the words that can stand here", str))
    if enum is UpdateStatus:
        words = [status.value for status in STATUSES_OF[kind]]
        what = f"{'an' if kind is Kind.INCIDENT else 'a'} {kind} status"
    if not isinstance(given, str):
        return f"{shown(given)} is not {what}.", f"Use {listed(words)}."
    meant = next((each for each in _ALSO.get(given.lower(), ()) if each in words), "")
    fix = f"Did you mean {meant}? Use {listed(words)}." if meant else choice(given, words)
    return f"{shown(given)} is not {what}.", fix


def _typed(kind: str, given: object, context: dict[str, Any], needed: bool) -> tuple[str, str]:
    match kind:
        case "string_type" if not isinstance(given, (dict, list)):
            return f"{shown(given)} is not read as text.", f'Quote it: "{shown(given)}".'
        case "string_type":
            return f"{shown(given)} stands where a text belongs.", "Write a text."
        case "string_unicode":
            return f"{shown(given)} has bytes in it that are not UTF-8.", "Write it in UTF-8."
        case "string_too_short":
            return "The text is empty.", _EMPTY[needed]
        case "string_too_long":
            return f"The text has {len(str(given))} characters; {context['max_length']} are possible.", "Shorten it."
        case "string_pattern_mismatch" if context["pattern"].startswith("^") and "\n" in str(given).strip():
            return "The text has several lines.", "Write it on one line."
        case "string_pattern_mismatch":
            return "Nothing of the text can be seen.", _EMPTY[needed]
        case "bool_type":
            return f"{shown(given)} is neither true nor false.", "Write true or false."
        case "int_type" | "int_from_float":
            return f"{shown(given)} is not a whole number.", "Write a whole number."
        case "greater_than_equal":
            return f"{given} is too small.", f"Write at least {context['ge']}."
        case "less_than_equal":
            return f"{given} is too large.", f"Write at most {context['le']}."
        case "too_short":
            return "The list is empty.", "Write at least one entry."
        case "list_type" | "tuple_type":
            return f"{shown(given)} stands where a list belongs.", "Begin each entry with a dash, or write [one, two]."
        case _ if kind in _MAPPINGS:
            return f"{shown(given)} stands where keys and values belong.", "Write key: value."
    raise AssertionError(f"no words for pydantic's {kind}")


_ALSO = {
    **dict.fromkeys(("message", "text", "comment"), ("body",)),
    "description": ("body",),
    "name": ("title",),
    "title": ("name",),
    **dict.fromkeys(("time", "date", "when"), ("at",)),
    **dict.fromkeys(("ok", "up", "works"), ("operational",)),
    **dict.fromkeys(("down", "offline"), ("major_outage",)),
    **dict.fromkeys(("degraded", "slow"), ("degraded_performance",)),
    **dict.fromkeys(("fixed", "closed", "done", "solved", "finished"), ("resolved", "completed")),
    **dict.fromkeys(("open", "new"), ("investigating", "scheduled")),
    "planned": ("scheduled",),
    "started": ("started_at", "in_progress"),
    "canceled": ("cancelled",),
}
"""Words that people write for ours, and that are not spelled like them: the first of ours that can stand there."""

_MAPPINGS = ("mapping_type", "dict_type", "dataclass_type")
_MAPPED = {
    "components": "{payments: partial_outage}",
    "support": "{email: support@example.com}",
    "scheduled": "{start: 2026-11-22T02:00:00Z, end: 2026-11-22T03:30:00Z}",
    "postmortem": "{at: 2026-11-20T10:12:00Z, body: ...}",
    "withdrawn": "{at: 2026-11-20T10:12:00Z, reason: ...}",
    "redacted": "{at: 2026-11-20T10:12:00Z, reason: ...}",
    "translations": "{es: {body: ...}}",
}
"""How mappings look for which people write a text or a list."""

_EMPTY = ("Write the text, or leave the line out.", "Write the text.")
"""What to do about a text that says nothing: where none is needed, and where one is."""

_EXAMPLES = {
    "title": "and what customers notice",
    "updates": "and at least one update below it",
    "at": "2026-11-20T10:12:00Z",
    "start": "2026-11-20T10:12:00Z",
    "end": "2026-11-20T11:12:00Z",
    "status": "and a status",
    "body": "and the text for customers",
    "reason": "and why",
    "name": "and the name customers know",
    "id": "and its id",
    "channel": "email",
    "address": "and where messages go",
    "by": "and who, as a role",
    "evidence": "and where it can be looked up",
    "aware_at": "2026-11-20T10:12:00Z",
    "due": "2026-12-04",
    "date": "2026-11-18",
    "currency": "USD",
    "amount": "1250.00",
}
_NAMES = {
    "WrittenIncident": "an incident",
    "WrittenUpdate": "an update",
    "WrittenSchedule": "a schedule",
    "Move": "a move",
    "Withdrawal": "a withdrawal",
    "Postmortem": "a postmortem",
    "ComponentFacts": "a component",
    "Product": "the product",
    "Earlier": "the earlier texts of an update",
    "StateChange": "a state",
    "WrittenGroup": "a group",
    "WrittenSettings": "the settings",
    "ChannelSettings": "the settings of channels",
    "EmailOutlet": "the settings of mail",
    "SmsOutlet": "the settings of text messages",
    "WebOutlet": "the settings of webhooks",
    "ChatOutlet": "the settings of this channel",
    "DeployTarget": "a place to deploy to",
    "Lateness": "the settings of lateness",
    "SecondApproval": "the settings of approval",
    "Support": "the settings of support",
    "Weights": "the settings of uptime",
    "Serve": "the settings of serve",
    "Intake": "the settings of intake",
    "AlertRule": "a rule for alerts",
    "Vendors": "the settings of vendors",
    "VendorRule": "a rule for suppliers",
    "VendorState": "a word on a supplier",
    "ContractWeights": "the weights of a service",
    "Exclusion": "an exclusion",
    "Redaction": "a redaction",
    "SubscriberFacts": "a subscription",
    "Plan": "the settings",
    "Target": "a severity",
    "SeverityRule": "a rule for severities",
    "Chain": "the escalation",
    "Rung": "a step of the escalation",
    "Trigger": "a trigger",
    "Regime": "a regime",
    "Step": "a step of a regime",
    "Latest": "a second limit",
    "DrillRule": "the rule of a drill",
    "PrivateIncidentFacts": "a private incident",
    "Proof": "a proof",
    "Entry": "an entry of the timeline",
    "RootCause": "a root cause",
    "AffectedUsers": "the affected users",
    "Reclassification": "a change of severity",
    "Complaint": "an entry of complaints",
    "Mention": "a mention in the media",
    "Cost": "a cost",
    "Escalation": "an escalation",
    "Security": "the security part",
    "PersonalData": "the personal data",
    "Filing": "a notice",
    "Regulatory": "a regulatory record",
    "Approval": "an approval",
    "Review": "the review",
    "ActionItem": "an action item",
    "Roster": "a roster",
    "Contact": "a contact",
    "Shift": "a shift",
    "Customer": "a customer",
    "Person": "a person",
    "Contract": "a contract",
    "Service": "a service",
    "Tier": "a tier",
    "DrillFacts": "a drill",
    "Timing": "a measured time",
    "Scenario": "a scenario",
    "ScriptedUpdate": "an update of a scenario",
    "Fault": "a fault",
}


def _dataclass_at(shape: type, path: Loc) -> type:
    """Return the dataclass that `path` leads to from `shape`."""
    for part in path:
        if isinstance(part, int):
            continue
        names = dict(_hints(shape))
        inner = [kind for kind in _leaves(names.get(part)) if is_dataclass(kind)]
        if not inner:
            return shape
        shape = inner[0]
    return shape


def _leaves(hint: Any) -> Iterator[type]:
    yield from (leaf for argument in get_args(hint) for leaf in _leaves(argument))
    if isinstance(hint, type):
        yield hint


def _hints(shape: type) -> Iterator[tuple[str, Any]]:
    """Yield each key of `shape` as it is written, with its type."""
    hints = get_type_hints(shape, include_extras=True)
    yield from ((key(part.name), hints[part.name]) for part in fields(shape))


def _keys(shape: type, path: Loc) -> Iterator[str]:
    yield from (key for key, _ in _hints(_dataclass_at(shape, path)))


def _name(shape: type, path: Loc) -> str:
    return _NAMES[_dataclass_at(shape, path).__name__]


def is_required(shape: type, path: Loc) -> bool:
    """Whether the key at the end of `path` must be written."""
    parts = {key(part.name): part for part in fields(_dataclass_at(shape, path[:-1]))} if path else {}
    part = parts.get(str(path[-1])) if path else None
    if part is None:
        return False
    # Without its body an update says why: whoever writes an empty one has not thought of that.
    return part.name == "body" or (part.default is MISSING and part.default_factory is MISSING)
