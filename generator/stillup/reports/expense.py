"""What incidents cost and what was spent so that they do not come again, as tables of several reports."""

from collections.abc import Sequence
from decimal import Decimal

from stillup.amount import money
from stillup.reports.document import Facts, Sheet, Table
from stillup.reports.survey import Survey
from stillup.timeline.metric_cost import Booked, booked, currencies, sums, total
from stillup.timeline.metric_period import Period
from stillup.vocabulary import CostKind

KINDS = {CostKind.DIRECT: "Direct", CostKind.INDIRECT: "Indirect", CostKind.PREVENTION: "Prevention"}
_INCIDENT = (CostKind.DIRECT, CostKind.INDIRECT)
_APART = "of drills, maintenance, false alarms and duplicates"


def lines(survey: Survey, period: Period) -> tuple[Booked, ...]:
    """Return every cost of incidents that count, known in `period`."""
    return booked(survey.counted(), period)


def apart(survey: Survey, period: Period) -> tuple[Booked, ...]:
    """Return every cost, known in `period`, of what is no incident that counts: drills, maintenance and the like."""
    return booked((case for case in survey.cases if case.apart is not None), period)


def knows(survey: Survey, period: Period) -> bool:
    """Whether anything can be known of what was spent in `period`: a cost is dated in it, or other records tell of it.

    What an incident cost may be known earlier than the first record begins.
    """
    return survey.knows(period) or bool(lines(survey, period) or apart(survey, period))


def improvement_lines(survey: Survey, period: Period) -> tuple[str, ...]:
    """Return what was paid for prevention in `period`, a sentence each."""
    return tuple(
        f"{each.cost.category}{': ' + each.cost.note if each.cost.note else ''}, "
        f"{money(each.cost.amount, each.cost.currency)} ({each.incident})"
        for each in lines(survey, period)
        if each.cost.kind is CostKind.PREVENTION
    )


def category_table(found: Sequence[Booked]) -> Table:
    """Return the sums by kind and category."""
    rows = tuple(
        (
            KINDS[kind],
            category,
            money(amount, currency),
            str(
                sum(
                    (each.cost.kind, each.cost.category, each.cost.currency) == (kind, category, currency)
                    for each in found
                )
            ),
        )
        for (kind, category, currency), amount in sums(found).items()
    )
    heads = ("Kind", "Category", "Amount", "Entries")
    return Table(heads=heads, rows=rows, numbers=frozenset({2, 3}), otherwise="0 costs are written.")


def balance(found: Sequence[Booked], others: Sequence[Booked]) -> Facts:
    """Return incident cost against prevention, by currency; and what `others`, which do not count, come to."""
    facts: list[tuple[str, str]] = []
    for currency in currencies(found):
        cost = total(found, currency, *_INCIDENT)
        prevention = total(found, currency, CostKind.PREVENTION)
        ratio = f" ({prevention / cost:.2f} for each 1 that incidents cost)" if cost else ""
        facts += [
            (f"Incident cost, {currency}", f"{money(cost, currency)}: direct and indirect"),
            (f"Prevention, {currency}", money(prevention, currency) + ratio),
        ]
    facts = facts or [("Costs written", "0")]
    facts += [
        (f"Not counted, {currency}", f"{money(total(others, currency, *CostKind), currency)}: {_APART}")
        for currency in currencies(others)
    ]
    return Facts(facts=tuple(facts))


def apart_table(survey: Survey, others: Sequence[Booked]) -> Table:
    """Return every cost that does not count, and why."""
    cases = {case.id: case for case in survey.cases}
    rows = tuple(
        (
            f"{cases[each.incident].title} ({each.incident})",
            str(cases[each.incident].apart).replace("-", " "),
            KINDS[each.cost.kind],
            each.cost.category,
            money(each.cost.amount, each.cost.currency),
        )
        for each in others
    )
    heads = ("Record", "What it is", "Kind", "Category", "Amount")
    return Table(heads=heads, rows=rows, numbers=frozenset({4}), otherwise=f"0 costs are written {_APART}.")


def month_table(survey: Survey, period: Period) -> Table:
    """Return by month and currency what incidents cost and what prevention did."""
    rows = []
    for month in period.each_month:
        found = lines(survey, month)
        for currency in currencies(found):
            rows.append(
                (
                    month.title,
                    *(money(total(found, currency, kind), currency) for kind in CostKind),
                    money(total(found, currency, *_INCIDENT), currency),
                )
            )
    heads = ("Month", "Direct", "Indirect", "Prevention", "Incident cost")
    return Table(heads=heads, rows=tuple(rows), numbers=frozenset({1, 2, 3, 4}), otherwise="0 costs are written.")


def cost_sheet(found: Sequence[Booked], name: str = "costs") -> Sheet:
    """Return every entry."""
    rows = tuple(
        (
            each.at,
            each.incident,
            each.cost.kind,
            each.cost.category,
            each.cost.amount,
            each.cost.currency,
            each.cost.note,
        )
        for each in found
    )
    return Sheet(name=name, heads=("at", "incident", "kind", "category", "amount", "currency", "note"), rows=rows)


def numbers(found: Sequence[Booked]) -> list[dict[str, object]]:
    """Return the sums for machines."""
    return [
        {"kind": kind, "category": category, "currency": currency, "amount": amount}
        for (kind, category, currency), amount in sums(found).items()
    ]


def incident_cost(found: Sequence[Booked], currency: str) -> Decimal:
    """Return direct and indirect cost in `currency`."""
    return total(found, currency, *_INCIDENT)
