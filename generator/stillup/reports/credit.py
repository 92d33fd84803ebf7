"""What a customer gets back for a month: a sheet to decide by, never a promise."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from stillup.amount import money
from stillup.errors import StillupError
from stillup.records.private.customer import Customer
from stillup.reports import wording
from stillup.reports.definition import unknown
from stillup.reports.document import Document, Facts, Part, Section, Sheet, Table, Text
from stillup.reports.survey import Survey
from stillup.timeline.metric_case import Apart, Case
from stillup.timeline.metric_credit import Credit, Outcome, ServiceCredit, credit
from stillup.timeline.metric_period import Period

_DEFINITIONS = (
    "Availability: 100 (1 - weighted outage / time) %, in elapsed seconds of the contract's month, half-open; a day on "
    "which clocks change has 23 or 25 hours. Floored to 3 decimals before it meets a tier.",
    "A service of several components: at each instant the component that weighs most counts, once.",
    "Tiers do not add up: of those whose limit the availability is below, the highest credit holds; then the cap.",
    "Amounts: the monthly fee times the credit, rounded to hundredths, half up. Fees are not divided by days.",
    "An incident's minutes: what it weighs where it decides; of several at one instant the worst decides. Of one that "
    "is left out: what it weighs alone.",
    "Left out: what the contract leaves out, and drills, false alarms and duplicates, which were no incidents. The "
    "page shows them all, and its uptime counts them.",
    "Other rules: the same outages with other weights. Degraded performance weighs nothing there.",
)

_WHY = {Apart.DRILL: "a drill", Apart.FALSE_ALARM: "a false alarm", Apart.DUPLICATE: "a duplicate"}
"""What was no incident, and so costs nobody anything."""


def credits(survey: Survey, period: Period, customer: str) -> Document:
    """Return the sheet of `customer` for the months of its contracts that begin in `period`, one month.

    Raises:
        StillupError: there is no such customer, or it has no contract.
    """
    known = survey.private.customers.get(customer)
    if known is None:
        names = ", ".join(survey.private.customers) or "none are written"
        raise StillupError(f"There is no customer {customer} in {survey.settings.private}/customers.yml: {names}.")
    contracts = [each for each in survey.private.contracts.values() if each.customer == customer]
    if not contracts:
        raise StillupError(f"{customer} has no contract in {survey.settings.private}/contracts.yml.")
    found = credits_of(survey, period, customer)
    cases = {case.id: case for case in survey.cases}
    sections = [Section(title="Summary", parts=(_summary(known, period, found),))]
    for each in found:
        sections += _contract(survey, each, cases)
    return Document(
        path=f"sla/{customer}-{period.name}",
        title=f"Service credits - {known.name} - {period.title}",
        origin=survey.origin,
        sections=tuple(sections),
        note=" ".join(
            filter(None, (*(_running(survey, each) for each in found if not each.over), unknown(survey, period)))
        ),
        definitions=_DEFINITIONS,
        numbers={"customer": customer, "month": period.name, "contracts": [_numbers(each) for each in found]},
        sheets=(_sheet(found),),
    )


def credits_of(survey: Survey, period: Period, customer: str = "") -> tuple[Credit, ...]:
    """Return what every contract, or those of `customer`, gives back for its month that begins in `period`."""
    courses = [case.course for case in survey.cases if case.course is not None]
    apart = frozenset(case.id for case in survey.cases if case.apart in _WHY)
    named = (period.first.year, period.first.month)
    found = (
        credit(each, survey.components, courses, named, survey.settings.timezone, survey.at, apart)
        for each in survey.private.contracts.values()
        if customer in ("", each.customer)
    )
    return tuple(each for each in found if each is not None)


def _summary(customer: Customer, period: Period, found: Sequence[Credit]) -> Facts:
    facts: list[tuple[str, str]] = [("Customer", f"{customer.name}{', ' + customer.tier if customer.tier else ''}")]
    if not found:
        facts.append(("Contracts", f"0 cover a month that begins in {period.title} and has begun"))
    for each in found:
        facts.append((f"Credit, {each.contract.id}", money(each.amount, each.contract.currency)))
    facts.append(("State", "a calculation for those who decide, not a promise to the customer"))
    return Facts(facts=tuple(facts))


def _contract(survey: Survey, found: Credit, cases: dict[str, Case]) -> list[Section]:
    contract = found.contract
    last = found.beyond - timedelta(days=1)
    month = f"{found.first} to {last}, days of {found.zone}"
    if not found.whole:
        month += "; the contract covers only these days of the month, the fee is taken whole"
    if not found.over:
        month += f"; not over, counted up to {survey.at:%Y-%m-%dT%H:%MZ}"
    until = f"{found.claim_until}, {contract.claim_days} days after the month"
    excluded = "; ".join(f"{name} ({why})" for name, why in _left_out(found, cases).items())
    facts = Facts(
        facts=(
            ("Month", month),
            ("To be claimed by", until + (". That day is past" if found.lapsed else "")),
            ("Maintenance", "counts" if contract.maintenance_counts else "does not count"),
            ("Left out", excluded or "0 incidents"),
            *((("Also agreed", contract.note),) if contract.note else ()),
            ("Credit", money(found.amount, contract.currency)),
        )
    )
    sections = [Section(title=f"Contract {contract.id}", parts=(facts,))]
    for number, service in enumerate(found.services, 1):
        title = f"{contract.id}, service {number}: {wording.listed([survey.name(name) for name in service.components])}"
        sections.append(Section(title=title, parts=_service(contract.currency, service, cases)))
    return sections


def _running(survey: Survey, found: Credit) -> str:
    """Return that a contract's month is not over."""
    last = found.beyond - timedelta(days=1)
    return (
        f"The month of {found.contract.id}, {found.first} to {last}, is not over: counted up to "
        f"{survey.at:%Y-%m-%d %H:%M} UTC."
    )


def _left_out(found: Credit, cases: dict[str, Case]) -> dict[str, str]:
    """Return which incidents do not count, and why: those of the contract, then those that were none."""
    reasons = {each.incident: each.reason for each in found.contract.excluded}
    for name in sorted({name for service in found.services for name in service.excluded}):
        case = cases.get(name)
        if case is not None and case.apart in _WHY:
            reasons.setdefault(name, _WHY[case.apart])
    return reasons


def _service(currency: str, found: ServiceCredit, cases: dict[str, Case]) -> tuple[Part, ...]:
    service, agreed = found.service, found.agreed
    tiers = ", ".join(f"below {each.below} %: {each.credit} %" for each in service.tiers) or "none"
    cap = f", at most {service.cap} %" if service.cap is not None else ""
    reached = Decimal(agreed.measured.thousandths or 0) / 1000 >= service.availability
    facts = Facts(
        facts=(
            ("Availability", f"{_exact(agreed)} exactly, {wording.percent(agreed.measured.thousandths)} floored"),
            ("Promised", f"{service.availability} %: {'kept' if reached else 'not kept'}"),
            ("Tiers", tiers + cap),
            ("Monthly fee", money(service.monthly_fee, currency)),
            (
                "Credit",
                f"{money(agreed.amount, currency)}: {agreed.percent} % of the fee"
                + (", limited by the cap" if agreed.capped else ""),
            ),
        )
    )
    causes = Table(
        caption="Which incidents caused it",
        heads=("Incident", "Began (UTC)", "Weighted outage", "Counts"),
        rows=(
            *(_cause(cases, name, cost, "yes") for name, cost in _most(agreed.measured.causes)),
            *(_cause(cases, name, cost, "left out") for name, cost in _most(found.excluded)),
        ),
        numbers=frozenset({2}),
        otherwise="0 incidents cost time in this month.",
    )
    rules = Table(
        caption="By other rules, side by side",
        heads=("Rule", "Weighted outage", "Availability", "Credit", "Amount"),
        rows=tuple(
            (
                each.rule.name,
                wording.minutes(each.measured.cost // 1000),
                wording.percent(each.measured.thousandths),
                f"{each.percent} %",
                money(each.amount, currency),
            )
            for each in (agreed, *found.others)
        ),
        numbers=frozenset({1, 2, 3, 4}),
    )
    return facts, causes, rules, Text(text=f"Time: {agreed.measured.seconds:,} seconds.", quiet=True)


def _cause(cases: dict[str, Case], name: str, cost: int, counts: str) -> tuple[str, str, str, str]:
    case = cases.get(name)
    if case is None:
        return "seen by monitors, no incident", wording.NOTHING, wording.minutes(cost // 1000), counts
    return f"{case.title} ({name})", f"{case.began:%Y-%m-%d %H:%M}", wording.minutes(cost // 1000), counts


def _most(causes: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(causes.items(), key=lambda pair: (-pair[1], pair[0]))


def _exact(outcome: Outcome) -> str:
    whole = outcome.measured.seconds * 1000
    return f"{Decimal(100 * (whole - outcome.measured.cost)) / whole:.6f} %" if whole else wording.NOTHING


def _outcome(outcome: Outcome) -> dict[str, object]:
    return {
        "rule": outcome.rule.name,
        "weighted_seconds": Decimal(outcome.measured.cost) / 1000,
        "availability_percent": Decimal(outcome.measured.thousandths or 0).scaleb(-3),
        "credit_percent": outcome.percent,
        "amount": outcome.amount,
        "capped": outcome.capped,
    }


def _numbers(found: Credit) -> dict[str, object]:
    return {
        "contract": found.contract.id,
        "currency": found.contract.currency,
        "timezone": found.zone,
        "first": found.first,
        "beyond": found.beyond,
        "whole": found.whole,
        "over": found.over,
        "claim_until": found.claim_until,
        "lapsed": found.lapsed,
        "amount": found.amount,
        "services": [
            {
                "components": each.components,
                "seconds": each.agreed.measured.seconds,
                "agreed": _outcome(each.agreed),
                "others": [_outcome(other) for other in each.others],
                "causes": {name: Decimal(cost) / 1000 for name, cost in _most(each.agreed.measured.causes)},
                "left_out": {name: Decimal(cost) / 1000 for name, cost in _most(each.excluded)},
            }
            for each in found.services
        ],
    }


def _sheet(found: Sequence[Credit]) -> Sheet:
    rows = tuple(
        (
            *(each.contract.id, " ".join(service.components), each.first, each.beyond, outcome.rule.name),
            *(service.agreed.measured.seconds, Decimal(outcome.measured.cost) / 1000),
            *(Decimal(outcome.measured.thousandths or 0).scaleb(-3), service.service.availability, outcome.percent),
            *(outcome.amount, each.contract.currency, each.claim_until),
        )
        for each in found
        for service in each.services
        for outcome in (service.agreed, *service.others)
    )
    heads = (
        *("contract", "components", "first", "beyond", "rule", "seconds", "weighted_seconds", "availability_percent"),
        *("promised_percent", "credit_percent", "amount", "currency", "claim_until"),
    )
    return Sheet(name="credits", heads=heads, rows=rows)
