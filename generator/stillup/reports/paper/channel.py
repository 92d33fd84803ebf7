"""The kit of an incident's chat channel: what to make, what to pin, what to say first, who is called when."""

from collections.abc import Iterator

from stillup.reports.contact import called, on_call
from stillup.reports.paper.case import STATES, Case
from stillup.reports.paper.meeting import filling
from stillup.reports.paper.paper import Paper, plain
from stillup.reports.paper.pen import Pen


def channel(case: Case) -> Paper:
    """Return the kit."""
    pen = Pen()
    name = case.known.channel or proposed(case)
    pen.fact("Channel", f"`{name}`{'' if case.known.channel else ' (proposed; write `channel:` once it is made)'}")
    pen.fact("Topic", f"{case.severity or '?'} · {case.title} · {case.place or 'not public'}")
    pen.head("Pin this")
    alert = [
        "🚨 INCIDENT ALERT",
        f"Severity: {case.severity or '?'}",
        f"Systems Affected: {', '.join(case.systems) or '?'}",
        f"Impact: {case.noticed or '?'}",
        f"Incident Commander: {case.known.commander or '?'}",
        f"Status: {case.matter.status.capitalize() if case.matter.status else 'Investigating'}",
    ]
    eta = " ".join(case.newest("eta").split())
    pen.say("```text\n" + "\n".join([*alert, f"ETA: {eta}"] if eta else alert) + "\n```")
    pen.head("Bring in")
    pen.table(("Role", "Who", "How"), _people(case), "The roster is missing.")
    pen.head("Clocks")
    rows = (
        (case.rule(each), case.time(each.due) if each.due else "at once", STATES[each.state], case.who(each.audience))
        for each in case.clocks
        if each.pressing or not each.closed
    )
    pen.table(("What", "By", "State", "For"), rows, "Nothing is due.")
    pen.head("First hour")
    pen.items(
        f"[{'x' if done else ' '}] {what}"
        for what, done in (
            ("Acknowledge it in monitoring", case.known.acknowledged_at is not None),
            ("Make the channel, pin the alert", case.known.channel is not None),
            ("Name a commander", bool(case.known.commander)),
            (
                "Gather: affected systems and users, logs and metrics, changes of the last day",
                bool(case.known.timeline),
            ),
            ("Say it on the page: `stillup incident open`", bool(case.told)),
            ("State the severity", case.severity is not None and not case.matter.suggested),
        )
    )
    numbers = {"channel": name, "proposed": case.known.channel is None, "severity": str(case.severity or "")}
    return case.paper("channel", f"Incident channel: {case.title}", pen, numbers=numbers)


def proposed(case: Case) -> str:
    """Return the channel's name by the plan: `#incident-2026-11-20-001`."""
    reference = case.reference
    if reference.startswith("INC-"):
        return f"#incident-{reference.removeprefix('INC-')}"
    return f"#incident-{case.day(case.matter.began)}-001"


def _people(case: Case) -> Iterator[tuple[str, str, str]]:
    roster = case.private.roster
    if roster is None:
        return
    first = case.settings.plan.escalation.first
    duty = on_call(roster, first, case.at)
    listed = set()
    for role, found in (
        (called(roster, first), (duty,) if duty else roster.filling(first)),
        *((name, filling(roster, name)) for name in (case.known.commander, *case.known.responders) if name),
    ):
        for contact in found:
            ways = ", ".join(filter(None, (contact.phone, contact.email, contact.chat)))
            if contact.id not in listed:
                yield plain(role), plain(contact.name), plain(ways)
            listed.add(contact.id)
        if not found and role not in listed:
            yield plain(role), "*not in the roster*", ""
            listed.add(role)
