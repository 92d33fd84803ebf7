"""What incidents cost in a period, by the plan's sheet; what prevention cost beside it; what contracts give back."""

from collections.abc import Sequence
from decimal import Decimal

from stillup.amount import money
from stillup.reports import expense, wording
from stillup.reports.credit import credits_of
from stillup.reports.definition import costs, running
from stillup.reports.document import Document, Facts, Section, Sheet, Table, Text
from stillup.reports.survey import Survey
from stillup.timeline.metric_cost import Booked, currencies
from stillup.timeline.metric_credit import Credit
from stillup.timeline.metric_period import Period

_RETENTION = "customer retention"
_PENALTIES = "sla penalties"
_CREDIT = ("month", "customer", "contract", "amount", "currency", "over", "claim_until")


def financial(survey: Survey, period: Period) -> Document:
    """Return the report of a month, a quarter or a year."""
    found, before = expense.lines(survey, period), expense.lines(survey, period.before)
    others = expense.apart(survey, period)
    credited = _credited(survey, period)
    return Document(
        path=f"financial/{period.name}",
        title=f"Financial Impact Report - {period.title}",
        origin=survey.origin,
        sections=(
            Section(title="Summary", parts=(_summary(survey, found, before, period),)),
            Section(title="Cost by category", parts=(expense.category_table(found),)),
            Section(title="Cost by incident", parts=(_by_incident(survey, found),)),
            Section(title="Cost by month", parts=(expense.month_table(survey, period),)),
            Section(title="Costs that do not count", parts=(expense.apart_table(survey, others),)),
            Section(
                title="Reliability investment against incident cost",
                parts=(
                    expense.balance(found, others),
                    Text(
                        text="Revenue that prevention protected is written nowhere, so no return on it is calculated.",
                        quiet=True,
                    ),
                ),
            ),
            Section(title="Customer retention impact", parts=(_category(found, _RETENTION, "Customer retention"),)),
            Section(
                title="Service credits",
                parts=(
                    _category(found, _PENALTIES, "SLA penalties"),
                    Table(
                        caption="What contracts come to, calculated, whether claimed or not",
                        heads=("Month", "Customer", "Contract", "Credit", "To be claimed by"),
                        rows=tuple(_row(survey, month, each) for month, each in credited),
                        numbers=frozenset({3}),
                        otherwise="0 contracts give something back.",
                    ),
                ),
            ),
        ),
        note=running(survey, period, [each for each in (period.before, period) if expense.knows(survey, each)]),
        definitions=costs(survey, period, period.before),
        numbers={
            "period": {"name": period.name, "start": period.start, "end": period.end},
            "costs": expense.numbers(found),
            "before": expense.numbers(before),
            "apart": expense.numbers(others),
            "credits": [dict(zip(_CREDIT, _exact(month, each), strict=True)) for month, each in credited],
        },
        sheets=(
            expense.cost_sheet(found),
            expense.cost_sheet(others, "apart"),
            Sheet(name="credits", heads=_CREDIT, rows=tuple(_exact(month, each) for month, each in credited)),
        ),
    )


def _summary(survey: Survey, found: Sequence[Booked], before: Sequence[Booked], period: Period) -> Facts:
    facts: list[tuple[str, str]] = []
    for currency in currencies((*found, *before)):
        now, then = expense.incident_cost(found, currency), expense.incident_cost(before, currency)
        change = f"nothing is known of {period.before.title}"
        if expense.knows(survey, period.before):
            change = wording.change(now, then, period.before.title)
        facts.append((f"Incident cost, {currency}", f"{money(now, currency)} ({change})"))
    count = len({each.incident for each in found})
    facts.append(("Entries", f"{len(found)}, from {wording.counted(count, 'incident')}"))
    return Facts(facts=tuple(facts))


def _by_incident(survey: Survey, found: Sequence[Booked]) -> Table:
    titles = {case.id: case.title for case in survey.cases}
    rows: list[tuple[str, ...]] = []
    for id in dict.fromkeys(each.incident for each in found):
        own = [each for each in found if each.incident == id]
        for currency in currencies(own):
            prevention = sum(
                (each.cost.amount for each in own if each.cost.kind == "prevention" and each.cost.currency == currency),
                Decimal(0),
            )
            cost = money(expense.incident_cost(own, currency), currency)
            rows.append((f"{titles[id]} ({id})", cost, money(prevention, currency)))
    heads = ("Incident", "Incident cost", "Prevention")
    return Table(heads=heads, rows=tuple(rows), numbers=frozenset({1, 2}), otherwise="0 costs are written.")


def _category(found: Sequence[Booked], category: str, named: str) -> Facts:
    own = [each for each in found if each.cost.category.casefold() == category]
    facts = tuple(
        (f"{named}, {currency}", f"{money(_sum(own, currency), currency)} written") for currency in currencies(own)
    )
    return Facts(facts=facts or ((named, "0 entries are written"),))


def _sum(found: Sequence[Booked], currency: str) -> Decimal:
    return sum((each.cost.amount for each in found if each.cost.currency == currency), Decimal(0))


def _credited(survey: Survey, period: Period) -> tuple[tuple[Period, Credit], ...]:
    """Return every contract that gives something back, with the month in which its own begins."""
    return tuple((month, each) for month in period.each_month for each in credits_of(survey, month) if each.amount)


def _row(survey: Survey, month: Period, credit: Credit) -> tuple[str, ...]:
    customer = survey.private.customers.get(credit.contract.customer)
    amount = money(credit.amount, credit.contract.currency) + ("" if credit.over else " so far")
    name = customer.name if customer is not None else credit.contract.customer
    return month.title, name, credit.contract.id, amount, str(credit.claim_until)


def _exact(month: Period, credit: Credit) -> tuple[object, ...]:
    """Return the same for machines, in the order of `_CREDIT`."""
    contract = credit.contract
    return (
        *(month.name, contract.customer, contract.id, credit.amount, contract.currency),
        *(credit.over, credit.claim_until),
    )
