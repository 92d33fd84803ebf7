"""What cannot be true together in private records, each with what to write instead.

No sentence here quotes a value: these problems may be read where the records themselves may not.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from stillup.records.document import Document, Loc
from stillup.records.finding import Findings, repeated
from stillup.records.incident import Incident
from stillup.records.moment import utc
from stillup.records.private.breach import Regulatory
from stillup.records.private.contract import Contract
from stillup.records.private.drill import DrillFacts
from stillup.records.private.incident import PrivateIncident, PrivateIncidentFacts
from stillup.records.private.lesson import ActionItem
from stillup.records.private.roster import Roster
from stillup.records.refusal import choice
from stillup.records.settings import Settings
from stillup.vocabulary import ActionState, Decision

_PUBLIC = ("title", "severity", "started_at", "resolved_at")
"""What the public record says of an incident that has one."""

_ORDER = ("detected_at", "acknowledged_at", "responded_at", "mitigated_at")


def of_incident(
    facts: PrivateIncidentFacts,
    document: Document,
    whole: bool,
    public: Incident | None,
    settings: Settings,
    findings: Findings,
) -> None:
    """Find what contradicts itself; `whole`: there is no public record of that stem. `public` is it, where known."""
    if whole:
        for name in ("title", "severity", "started_at"):
            if not getattr(facts, name):
                message = (
                    "There is no public record of this name, so the whole incident is private and this is missing."
                )
                fix = f"Write {name}:, or give the file the name of the public record."
                findings.say(document, (name,), message, fix, code="missing")
        if facts.started_at and facts.resolved_at and facts.resolved_at < facts.started_at:
            findings.say(document, ("resolved_at",), "It was over before it began.", "Correct one of the two.")
    else:
        for name in _PUBLIC:
            if getattr(facts, name):
                message, fix = "The public record of this name says this.", "Leave it out here."
                findings.say(document, (name,), message, fix, at_key=True)
    if not whole:
        _notice(facts, document, findings)
    if public is not None and facts.reference and public.reference and facts.reference != public.reference:
        message, fix = "The public record of this name has another reference.", "Leave it out here."
        findings.say(document, ("reference",), message, fix)
    for before, after in zip(_ORDER, _ORDER[1:], strict=False):
        _later(facts, document, before, after, findings)
    if facts.detected_at is None and any(getattr(facts, name) is not None for name in _ORDER):
        # In an outage the one is written before the other, and must not stop what is told to customers.
        message, fix = "It was worked on, so it was detected.", "Write detected_at: and when."
        findings.warn(document, ("detected_at",), message, fix, code="missing")
    for name in ("timeline", "complaints", "media", "reclassified"):
        _in_order(getattr(facts, name), document, name, findings)
    _severity(facts, document, public, findings)
    _regulatory(facts, document, settings, findings)
    _review(facts, document, findings)
    actions(facts.action_items, document, ("action_items",), findings)


def of_drill(facts: DrillFacts, document: Document, findings: Findings) -> None:
    """Find what contradicts itself in an exercise."""
    if facts.held_at is not None and not facts.evidence:
        _needs(document, ("evidence",), "held_at", findings)
    actions(facts.action_items, document, ("action_items",), findings)


def of_roster(roster: Roster, document: Document, settings: Settings, findings: Findings) -> None:
    """Find contacts that lead nowhere, shifts that overlap, and roles of the escalation that nobody fills."""
    ids = [contact.id for contact in roster.contacts]
    for index in repeated(ids):
        loc = ("contacts", index, "id")
        findings.say(document, loc, "This id stands here twice.", "Write another.", code="duplicate-id")
    for index, contact in enumerate(roster.contacts):
        if contact.deputy is not None and contact.deputy not in ids:
            message, fix = "There is no contact of that id.", "Write the id of one of this file."
            findings.say(document, ("contacts", index, "deputy"), message, fix, code="reference")
    for role, shifts in roster.on_call.items():
        for index, shift in enumerate(shifts):
            place: Loc = ("on_call", role, index)
            if shift.end <= shift.start:
                findings.say(document, (*place, "end"), "The shift ends before it begins.", "Correct one of the two.")
            if shift.contact not in ids:
                message, fix = "There is no contact of that id.", "Write the id of one of this file."
                findings.say(document, (*place, "contact"), message, fix, code="reference")
            if index and shift.start < shifts[index - 1].end:
                message = f"The shift begins before the one above it ends, at {utc(shifts[index - 1].end)}."
                findings.say(document, (*place, "start"), message, "Let one begin where the other ends.", code="order")
    for role in sorted(
        {*settings.plan.escalation.roles, *(to for each in settings.plan.triggers.values() for to in each.to)}
    ):
        if not roster.filling(role) and role not in roster.on_call:
            message = f"Nobody fills the role {role}, which the settings name."
            findings.warn(document, ("contacts",), message, f"Write a contact with roles: [{role}].", code="reference")


def of_contract(contract: Contract, index: int, document: Document, findings: Findings) -> None:
    """Find what contradicts itself in a contract."""
    if contract.end is not None and contract.end < contract.start:
        findings.say(document, (index, "end"), "The contract ends before it begins.", "Correct one of the two.")
    for place, service in enumerate(contract.services):
        for step, tier in enumerate(service.tiers):
            if tier.below > service.availability:
                below = (index, "services", place, "tiers", step, "below")
                message = "More than what was promised is credited here."
                findings.say(document, below, message, "Write at most the availability that is promised.")


def actions(items: Sequence[ActionItem], document: Document, loc: Loc, findings: Findings) -> None:
    """Find action items of one id, and those that are over without a proof."""
    for index in repeated([item.id for item in items]):
        place = (*loc, index, "id")
        findings.say(document, place, "This id stands here twice.", "Write another.", code="duplicate-id")
    for index, item in enumerate(items):
        if item.state is not ActionState.OPEN and not item.evidence:
            message = f"It is {item.state}, and nothing shows it."
            fix = "Write evidence: and where it can be seen, or state: open."
            findings.say(document, (*loc, index, "evidence"), message, fix, code="missing")


def known(record: PrivateIncident, at: datetime) -> PrivateIncident:
    """Return the record as far as it could be known at `at`: an instant that is still to come did not happen yet."""
    changed: dict[str, Any] = {
        name: None for name in (*_ORDER, "resolved_at") if (value := getattr(record, name)) is not None and value > at
    }
    # Changes of severity stay: those to come say what it was before.
    for name in ("timeline", "complaints", "media", "escalated"):
        changed[name] = tuple(entry for entry in getattr(record, name) if entry.at <= at)
    changed["contacted"] = {customer: proof for customer, proof in record.contacted.items() if proof.at <= at}
    changed["costs"] = tuple(cost for cost in record.costs if cost.at is None or cost.at <= at)
    return replace(record, **changed)


def _notice(facts: PrivateIncidentFacts, document: Document, findings: Findings) -> None:
    """Warn before a notice of a breach goes to people whom it does not concern."""
    data, decided = facts.personal_data, {each.decision for each in facts.regulatory.values()}
    if data is None or facts.legal_approved is None or decided == {Decision.NO_RISK}:
        return
    if not data.customers and data.notified is None:
        message = "With this the notice of a breach goes to every subscriber: nothing says whose data they are."
        fix = "Write customers: into personal_data, with the ids of those concerned."
        findings.warn(document, ("legal_approved",), message, fix, code="breach")


def _later(facts: PrivateIncidentFacts, document: Document, before: str, after: str, findings: Findings) -> None:
    first, second = getattr(facts, before), getattr(facts, after)
    if first is not None and second is not None and second < first:
        findings.say(document, (after,), f"This is before {before}, {utc(first)}.", "Correct one of the two.")


def _in_order(entries: Sequence[Any], document: Document, name: str, findings: Findings) -> None:
    for index, (before, entry) in enumerate(zip(entries, entries[1:], strict=False), 1):
        if entry.at < before.at:
            message, fix = "This stands below something that is later.", "Move it up: the oldest stands first."
            findings.say(document, (name, index, "at"), message, fix, code="order")


def _severity(facts: PrivateIncidentFacts, document: Document, public: Incident | None, findings: Findings) -> None:
    if not facts.reclassified:
        return
    newest, told = facts.reclassified[-1].severity, facts.severity or (public.severity if public else None)
    if told is not None and newest is not told:
        loc = ("reclassified", len(facts.reclassified) - 1, "severity")
        message = "The newest severity is not that of the record."
        findings.say(document, loc, message, "Write the same severity in both places.")


def _regulatory(facts: PrivateIncidentFacts, document: Document, settings: Settings, findings: Findings) -> None:
    for name, each in facts.regulatory.items():
        loc: Loc = ("regulatory", name)
        regime = settings.plan.regimes.get(name)
        if regime is None:
            message = "There is no regime of that name in the settings."
            findings.say(document, loc, message, choice(name, settings.plan.regimes), code="reference", at_key=True)
            continue
        _decided(each, document, loc, findings)
        if each.notified_at is not None and not each.reference:
            _needs(document, (*loc, "reference"), "notified_at", findings)
        for step in each.filed:
            if step not in regime.steps:
                place = (*loc, "filed", step)
                fix = choice(step, regime.steps)
                findings.say(document, place, "The regime has no such step.", fix, code="reference", at_key=True)


def _decided(each: Regulatory, document: Document, loc: Loc, findings: Findings) -> None:
    if each.decision is Decision.NO_RISK and not each.reason:
        message, fix = "Nobody is told, and no reason is written.", "Write reason:, which an authority may ask for."
        findings.say(document, (*loc, "reason"), message, fix, code="missing")
    if each.decision is Decision.NO_RISK and (each.notified_at is not None or each.filed):
        message = "Nobody was to be told, and somebody was."
        findings.say(document, (*loc, "decision"), message, "Write decision: notify.")
    for name in ("classified_at", "notified_at"):
        moment = getattr(each, name)
        if moment is not None and moment < each.aware_at:
            findings.say(document, (*loc, name), "This is before aware_at.", "Correct one of the two.")


def _review(facts: PrivateIncidentFacts, document: Document, findings: Findings) -> None:
    review = facts.review
    if review is None:
        return
    if review.held_at is not None and not review.minutes:
        _needs(document, ("review", "minutes"), "held_at", findings)
    if review.documented_at is not None and not review.document:
        _needs(document, ("review", "document"), "documented_at", findings)


def _needs(document: Document, loc: Loc, said: str, findings: Findings) -> None:
    fix = f"Write {loc[-1]}: and where that can be looked up, or leave {said} out."
    findings.say(document, loc, f"It was done ({said}), and nothing shows it.", fix, code="missing")
