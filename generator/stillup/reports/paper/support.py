"""The support kit of one incident: one page for somebody with a customer on the line."""

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

from stillup.records.private.contract import Contract, Service
from stillup.reports.paper.case import Case, span
from stillup.reports.paper.meeting import filling
from stillup.reports.paper.outreach import affected, used
from stillup.reports.paper.paper import Paper, plain
from stillup.reports.paper.pen import Pen
from stillup.reports.wording import counted
from stillup.timeline.claim import Claim
from stillup.vocabulary import UpdateStatus

STATES = {
    UpdateStatus.INVESTIGATING: "open: we look for the cause",
    UpdateStatus.IDENTIFIED: "open: the cause is known, and the fix is under way",
    UpdateStatus.MONITORING: "open: the fix is in place, and we watch it",
    UpdateStatus.RESOLVED: "over",
}
"""How far it is, in words for somebody outside."""


def support(case: Case) -> Paper:
    """Return the kit. What may be told to customers is public already; the rest is for the reader alone."""
    pen = Pen()
    newest = case.told[-1] if case.told else None
    over = case.matter.closed is not None
    if newest is None:
        pen.say("**Nothing of this incident is public. Tell customers nothing of it; pass them on to the commander.**")
    else:
        state = f"over since {case.time(case.matter.recovered or newest.at)}" if over else STATES[newest.status]
        more = f" Next public update {case.promise}." if case.promise else ""
        pen.say(f"**It is {state}.**{more} Page: <{case.place}>" if case.place else f"**It is {state}.**{more}")
        _telling(pen, case)
    _not_promising(pen, case, over)
    pen.head("Pass on")
    pen.items(_passing(case))
    _credit(pen, case)
    if newest is not None:
        pen.head("Ready to send")
        for name, text in templates(case):
            pen.head(name, 3)
            pen.quote(text)
    numbers = {
        "open": not over,
        "public": newest is not None,
        "customers": [each.id for each in affected(case)],
        "ticket": case.severity in {"P0", "P1"},
    }
    return case.paper("support", f"Support kit: {case.title}", pen, numbers=numbers)


def templates(case: Case) -> Iterator[tuple[str, str]]:
    """Yield the plan's four answers, filled with what is public; each with its name."""
    services = f"“{case.title}”"
    page = f"You can follow it at {case.place}." if case.place else ""
    greeting, close = "Hello,", f"The {case.organisation} Team"
    workaround = _workaround(case)
    promised = case.told[-1].next_update_at
    later = f"We write again {case.promise}." if promised and case.is_ahead(promised) and case.promise else ""
    newest = " ".join(case.told[-1].body.split())
    yield (
        "Acknowledgement",
        _letter(
            greeting,
            _said(
                "thank you for telling us.",
                f"We know of this problem: {services}, {_when(case)}.",
                case.noticed,
                later,
                page,
            ),
            workaround,
            close,
        ),
    )
    if case.matter.closed is None:
        steps = _said(_line(case, "progress"), _line(case, "next_steps")) or newest
        yield (
            "Progress",
            _letter(greeting, _said(f"we are still working on {services}.", steps, later, page), close),
        )
    else:
        ended = case.matter.recovered or case.matter.closed
        rest = _said(_line(case, "summary"), _line(case, "resolution"), _line(case, "prevention")) or newest
        yield (
            "Afterwards",
            _letter(
                greeting,
                _said(
                    f"{services} has been over since {case.time(ended)}; it lasted {span(case.lasted)}.",
                    rest,
                    "If anything still fails for you, please write to us.",
                    page,
                ),
                close,
            ),
        )
    yield (
        "Credit",
        f"{greeting}\n\nwhether this incident earns you a credit follows from your contract. We have passed your "
        "question to "
        f"whoever looks after your account, who will answer it once the month is counted.\n\n{close}",
    )


def _telling(pen: Pen, case: Case) -> None:
    pen.head("Tell customers")
    pen.fact(
        "What they notice",
        case.noticed,
        "impact_text",
        "what customers notice, in the public record",
        "public",
    )
    pen.fact("Who is affected", _line(case, "scope") or ", ".join(case.systems))
    pen.fact("What they can do", _workaround(case) or "nothing is known that helps")
    pen.fact("Their data", _line(case, "data_loss"))
    if case.matter.closed is None:
        pen.fact("When it works again", _line(case, "eta") or "say that no time is known; give none of your own")
    else:
        pen.fact("What was done", _line(case, "resolution"))
        pen.fact("What we change", _line(case, "prevention"))


def _not_promising(pen: Pen, case: Case, over: bool) -> None:
    pen.head("Do not promise")
    confirmed = any(each.cause_confirmed for each in case.told)
    pen.items(
        filter(
            None,
            (
                "" if over else "A time other than the one on the page.",
                "" if confirmed else "A cause: none is confirmed. Do not guess, and do not name a supplier.",
                "Anything about data beyond the words above."
                if case.newest("data_loss")
                else "Anything about data: nothing is public about it yet.",
                "A credit or an amount: see below.",
                "That it will not happen again.",
            ),
        )
    )


def _credit(pen: Pen, case: Case) -> None:
    pen.head("Credits")
    customers = {each.id for each in affected(case)}
    rows = [
        (
            plain(case.private.customers[contract.customer].name),
            _left_out(case, contract) or _rule(case, service),
            f"{counted(contract.claim_days, 'day')} after the month",
        )
        for contract in case.private.contracts.values()
        if contract.customer in customers
        for service in contract.services
        if any(_covers(case, contract, each) for each in case.claims(used(case, service.components)))
    ]
    pen.say(
        "A credit follows from the contract and the whole month, not from this incident alone. Never name an amount."
    )
    pen.table(("Customer", "Rule", "To be claimed within"), rows, "No contract that we have on file is concerned.")


def _covers(case: Case, contract: Contract, claim: Claim) -> bool:
    """Whether a contract was in force at some time of what was held, by days of its own zone."""
    zone = ZoneInfo(contract.timezone or case.settings.timezone)
    first = claim.start.astimezone(zone).date()
    last = ((claim.end or case.at) - timedelta(seconds=1)).astimezone(zone).date()  # at its end it is over
    return contract.start <= last and (contract.end is None or first <= contract.end)


def _left_out(case: Case, contract: Contract) -> str:
    """Return that a contract does not count this incident, and why; else nothing."""
    reasons = [each.reason for each in contract.excluded if each.incident == case.id]
    return f"none: it does not count ({plain(reasons[0])})" if reasons else ""


def _rule(case: Case, service: Service) -> str:
    ids = used(case, service.components)
    names = ", ".join(plain(each.name) for each in case.components.components if each.id in ids)
    tiers = "; ".join(f"below {each.below:f} %: {each.credit:f} %" for each in service.tiers)
    cap = f", at most {service.cap:f} %" if service.cap is not None else ""
    return f"{service.availability:f} % a month for {names}. {tiers}{cap} of the fee"


def _passing(case: Case) -> Iterator[str]:
    roster = case.private.roster
    leads = filling(roster, case.known.commander) if roster is not None else ()
    reach = "; ".join(", ".join(filter(None, (each.phone, each.email, each.chat))) for each in leads)
    commander = plain(case.known.commander) or "whoever leads"
    channel = f"`{case.known.channel}`" if case.known.channel else "the incident channel"
    yield f"Enterprise customers: to {commander}{f' ({plain(reach)})' if reach else ''}, in {channel}."
    yield "Somebody who speaks of lost money, lost data or the press: to the commander, at once."
    for each in affected(case):
        if each.account_manager:
            yield f"{plain(each.name)}: {plain(each.account_manager)}."


def _when(case: Case) -> str:
    ended = case.matter.recovered or case.matter.closed
    if case.matter.closed is None or ended is None:
        return f"since {case.time(case.matter.began)}"
    return f"from {case.time(case.matter.began)} to {case.time(ended)}. It is over"


def _letter(*paragraphs: str) -> str:
    return "\n\n".join(filter(None, paragraphs))


def _said(*sentences: str) -> str:
    return " ".join(filter(None, sentences))


def _line(case: Case, field: str) -> str:
    return " ".join(case.newest(field).split())


def _workaround(case: Case) -> str:
    said = _line(case, "workaround")
    return "" if said == "none_known" else said
