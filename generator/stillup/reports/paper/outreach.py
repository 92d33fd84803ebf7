"""Outreach: which customers were hit, who of us speaks with them, and who already did."""

from datetime import timedelta

from stillup.records.private.customer import Customer
from stillup.reports.paper.case import Case, span
from stillup.reports.paper.paper import Paper, plain
from stillup.reports.paper.pen import Pen
from stillup.timeline.claim import Claim


def outreach(case: Case) -> Paper:
    """Return the list: everybody hit, who was not spoken with yet first."""
    pen = Pen()
    found = affected(case)
    contacted = case.known.contacted
    waiting = [each for each in found if each.id not in contacted]
    if found:
        are = "1 customer is" if len(found) == 1 else f"{len(found)} customers are"
        pen.say(f"**{are} affected, {len(waiting) or 'none'} of them not contacted yet.**")
    pen.table(
        ("Customer", "Tier", "Ours", "What was hit", "Reach", "Contacted"),
        (_row(case, each) for each in sorted(found, key=lambda each: each.id in contacted)),
        "No customer on file uses what was affected.",
    )
    if waiting:
        pen.say(
            "Write down who was spoken with: `contacted: {<customer>: {at: ..., by: ..., evidence: ...}}` in the "
            "private record."
        )
    pen.head("To say in person")
    pen.items(
        filter(
            None,
            (
                f"What happened: {_line(case, 'summary') or case.title}",
                f"What they noticed: {case.noticed}" if case.noticed else "",
                f"What was done: {_line(case, 'resolution')}" if case.newest("resolution") else "",
                f"What changes: {_line(case, 'prevention')}" if case.newest("prevention") else "",
                "Offer: a review of how they use the service, and what would have spared them this.",
            ),
        )
    )
    numbers = {
        "customers": [
            {
                "id": each.id,
                "tier": each.tier,
                "owner": each.account_manager,
                "components": sorted({claim.component for claim in hits(case, each)}),
                "seconds": _seconds(case, hits(case, each)),
                "contacted_at": f"{contacted[each.id].at:%Y-%m-%dT%H:%M:%SZ}" if each.id in contacted else None,
            }
            for each in found
        ],
        "waiting": len(waiting),
    }
    definitions = (
        "Affected: uses a component that was not operational. Times: with any of them so, overlaps counted once."
    )
    return case.paper("outreach", f"Customer outreach: {case.title}", pen, definitions, numbers=numbers)


def affected(case: Case) -> tuple[Customer, ...]:
    """Return the customers who use something that was hit, in the order of their file."""
    return tuple(each for each in case.private.customers.values() if hits(case, each))


def used(case: Case, names: tuple[str, ...]) -> frozenset[str]:
    """Return the ids of components that `names` stand for, groups opened; none stand for all."""
    if not names:
        return frozenset(each.id for each in case.components.components)
    groups = {name.removeprefix("group:") for name in names if name.startswith("group:")}
    return frozenset(each.id for each in case.components.components if each.id in names or each.group in groups)


def hits(case: Case, customer: Customer) -> tuple[Claim, ...]:
    """Return what hit `customer`, and when."""
    return case.claims(used(case, customer.components))


def _row(case: Case, customer: Customer) -> tuple[str, ...]:
    names = list(dict.fromkeys(case.name(claim.component) for claim in hits(case, customer)))
    lasted = span(timedelta(seconds=_seconds(case, hits(case, customer))))
    reach = "; ".join(
        f"{plain(each.role)}: {plain(', '.join(filter(None, (each.email, each.phone or ''))))}"
        for each in customer.contacts
    )
    proof = case.known.contacted.get(customer.id)
    said = f"{case.time(proof.at)}, {plain(proof.by)} ({plain(proof.evidence)})" if proof else "**not yet**"
    owner = plain(customer.account_manager) or "*nobody*"
    return plain(customer.name), plain(customer.tier), owner, f"{', '.join(names)}: {lasted}", reach, said


def _seconds(case: Case, claims: tuple[Claim, ...]) -> int:
    """Return for how long any of `claims` held; they come by start."""
    total, reached = 0, None
    for claim in claims:
        end = min(claim.end or case.at, case.at)
        start = claim.start if reached is None else max(claim.start, reached)
        if end > start:
            total, reached = total + int((end - start).total_seconds()), end
    return total


def _line(case: Case, field: str) -> str:
    return " ".join(case.newest(field).split())
