"""The financial impact of one incident: the plan's sheet, the thresholds that were crossed, and who must be told."""

from collections.abc import Iterator

from stillup.amount import money
from stillup.records.private.incident import Cost
from stillup.reports.paper.case import STATES, Case, amounts
from stillup.reports.paper.paper import Paper, plain
from stillup.reports.paper.pen import Pen
from stillup.vocabulary import CostKind

PARTS = (
    (
        CostKind.DIRECT,
        "Direct Costs",
        ("Engineering time", "Vendor support fees", "Infrastructure costs", "Third-party services"),
    ),
    (CostKind.INDIRECT, "Indirect Costs", ("Lost revenue", "SLA penalties", "Customer retention", "Reputation impact")),
    (
        CostKind.PREVENTION,
        "Recovery Investment",
        ("Prevention measures", "Monitoring improvements", "Process updates", "Training costs"),
    ),
)
"""The sheet's parts, each with its lines."""


def financial(case: Case) -> Paper:
    """Return the sheet. Every amount is one that somebody recorded; a line without one says so."""
    pen = Pen()
    loss = case.costs(CostKind.DIRECT, CostKind.INDIRECT)
    pen.fact("Incident ID", plain(case.reference))
    pen.fact("Total Financial Impact", amounts(loss), "costs", "what it cost, direct and indirect")
    pen.fact("Recovery Investment", amounts(case.costs(CostKind.PREVENTION)) or "none recorded")
    pen.fact(
        "State", "the incident is over" if case.matter.closed else "the incident goes on: this is what is known so far"
    )
    for kind, title, lines in PARTS:
        pen.head(title)
        pen.items(_lines(case, kind, lines))
        pen.fact("Sum", amounts(case.costs(kind)) or "nothing")
    pen.head("Thresholds")
    pen.table(("Threshold", "Crossed", "Who must be told", "By", "State"), _thresholds(case), "The plan sets none.")
    if apart := case.without_threshold():
        pen.say(f"\nNo threshold is in the currency of {amounts(apart)}: that counts towards none.")
    numbers = {
        "costs": {
            kind.value: {currency: str(amount) for currency, amount in case.costs(kind).items()} for kind in CostKind
        },
        "lines": [
            {
                "kind": each.kind.value,
                "category": each.category,
                "amount": str(each.amount),
                "currency": each.currency,
                "note": each.note,
            }
            for each in case.known.costs
        ],
        "told": [
            {"clock": each.clock, "who": each.audience, "state": each.state.value}
            for each in case.clocks
            if each.clock.startswith("trigger/money")
        ],
    }
    definitions = (
        "Amounts are those of the record, each with the note of how it was worked out; nothing is estimated here, and "
        "currencies are not converted. Total: direct and indirect. Thresholds count all recorded costs of their "
        "currency, prevention among them."
    )
    return case.paper("financial", f"Financial Impact Assessment: {case.title}", pen, definitions, numbers=numbers)


def _lines(case: Case, kind: CostKind, lines: tuple[str, ...]) -> Iterator[str]:
    costs = [each for each in case.known.costs if each.kind is kind]
    for line in lines:
        own = [each for each in costs if _is(each, line)]
        costs = [each for each in costs if each not in own]
        yield f"{line}: {'; '.join(map(_amount, own)) or 'none recorded'}"
    for each in costs:
        yield f"{plain(each.category)}: {_amount(each)}"


def _is(cost: Cost, line: str) -> bool:
    """Whether a recorded category is a line of the sheet: `Infrastructure` is `Infrastructure costs`."""
    said, wanted = cost.category.casefold(), line.casefold()
    return said in {wanted, wanted.removesuffix(" costs")}


def _amount(cost: Cost) -> str:
    return money(cost.amount, cost.currency) + (f" ({plain(cost.note)})" if cost.note else "")


def _thresholds(case: Case) -> Iterator[tuple[str, str, str, str, str]]:
    for name, trigger in case.settings.plan.triggers.items():
        if trigger.amount is None or not trigger.active:
            continue
        limit = money(trigger.amount, trigger.currency)
        due = [each for each in case.clocks if each.clock.startswith(f"trigger/{name}/")]
        for each in due:
            told = min(
                (said.at for said in case.known.escalated if said.to == each.audience and name in said.about),
                default=None,
            )
            state = STATES[each.state] + (f", told {case.time(told)}" if told else "")
            yield limit, "**yes**", case.who(each.audience), case.time(each.due) if each.due else "at once", state
        if not due:
            yield limit, "no", ", ".join(dict.fromkeys(map(case.who, trigger.to))), "", ""
