"""The executive summary: one page for somebody with one minute, in the terms of the business."""

from collections.abc import Iterator

from stillup.amount import money
from stillup.reports.paper.case import STATES, Case, amounts, span
from stillup.reports.paper.paper import Paper, plain
from stillup.reports.paper.pen import Pen
from stillup.reports.paper.postmortem import users
from stillup.vocabulary import CostKind, UpdateStatus

CONFIDENCE = {
    UpdateStatus.INVESTIGATING: "low: the cause is not known yet",
    UpdateStatus.IDENTIFIED: "medium: the cause is known, and the fix is under way",
    UpdateStatus.MONITORING: "high: the fix is in place and is watched",
    UpdateStatus.RESOLVED: "it is over",
}
"""How sure recovery is: as sure as the state of the work allows."""


def executive(case: Case) -> Paper:
    """Return the summary: where it stands, who is hit, what it costs, what is asked of the reader."""
    pen = Pen()
    known, matter = case.known, case.matter
    since = matter.recovered or matter.closed or case.at
    state = "Over" if matter.closed else f"Open: {matter.status}" if matter.status else "Open"
    pen.say(
        f"**{state}.** {case.severity or 'No severity'}, {span(case.lasted)} so far."
        if not matter.closed
        else f"**{state}.** {case.severity or 'No severity'}, lasted {span(case.lasted)}."
    )
    pen.head("Situation")
    pen.say(_newest(case) or case.title)
    pen.fact("Began", case.time(matter.began))
    pen.fact("Services", ", ".join(case.systems))
    pen.head("Customers")
    pen.fact("Affected", users(case), "affected_users", "how many users noticed")
    pen.fact("What they cannot do", " ".join(case.newest("impact_text").split()) if not matter.closed else "")
    pen.fact(
        "Data",
        " ".join(case.newest("data_loss").split()) or "",
        "data_loss" if case.public else "",
        "whether data are lost",
    )
    complaints = sum(each.count for each in known.complaints)
    pen.fact("Complaints", f"{complaints}" if complaints else "none recorded")
    pen.head("Money")
    so_far = amounts(case.costs(CostKind.DIRECT, CostKind.INDIRECT))
    pen.fact("Cost" if matter.closed else "Cost so far", so_far or "being assessed; no amount is recorded")
    pen.fact("Spent on prevention", amounts(case.costs(CostKind.PREVENTION)))
    pen.fact("Thresholds crossed", ", ".join(_thresholds(case)) or "none")
    pen.fact("Compared with no threshold", amounts(case.without_threshold()))
    pen.head("Public attention")
    pen.items(f"<{each.url}>, {case.time(each.at)}" for each in known.media)
    if not known.media:
        pen.say("No mention in the media is recorded.")
    pen.head("Recovery")
    if matter.closed:
        pen.fact("Recovered", case.time(since))
        pen.fact("What was done", " ".join(case.newest("resolution").split()))
        pen.fact("What changes", " ".join(case.newest("prevention").split()))
    else:
        pen.fact("Expected", " ".join(case.newest("eta").split()) or "no time is promised")
        pen.fact("Confidence", CONFIDENCE.get(matter.status, "") if matter.status else "")
        pen.fact("Next", " ".join(case.newest("next_steps").split()))
        pen.fact("Next public update", case.promise)
    pen.fact("Led by", plain(known.commander), "commander", "who leads")
    pen.head("To be told, and by when")
    pen.table(("Who", "By", "State", "Why"), owed(case), "Nobody further up is still to be told.")
    numbers = {
        "state": state.lower(),
        "severity": str(case.severity or ""),
        "affected_users": known.affected_users.count if known.affected_users else None,
        "complaints": complaints,
        "costs": {currency: str(amount) for currency, amount in case.costs(CostKind.DIRECT, CostKind.INDIRECT).items()},
    }
    definitions = (
        "Cost: what is recorded as direct and indirect, nothing estimated here. Thresholds count prevention too, and "
        "only costs of their own currency."
    )
    return case.paper("executive", f"Executive summary: {case.title}", pen, definitions, numbers=numbers)


def owed(case: Case) -> Iterator[tuple[str, str, str, str]]:
    """Yield who is still to be told, by role, each with the time and the reason."""
    for clock in case.clocks:
        if clock.pressing and clock.clock.startswith(("escalation/", "trigger/", "regime/", "breach/")):
            due = case.time(clock.due) if clock.due else "without undue delay"
            yield case.who(clock.audience), due, STATES[clock.state], case.rule(clock)


def _newest(case: Case) -> str:
    told = case.told
    return " ".join(told[-1].body.split("\n\n")[0].split()) if told else ""


def _thresholds(case: Case) -> Iterator[str]:
    """Yield each threshold of money that was crossed, smallest first."""
    sums = case.costs()
    for trigger in case.settings.plan.triggers.values():
        if trigger.active and trigger.amount is not None and sums.get(trigger.currency, 0) >= trigger.amount:
            yield money(trigger.amount, trigger.currency)
