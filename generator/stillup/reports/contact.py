"""The contact sheet: whom to call and in which order, on paper or where no network is."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from stillup.records.plan import Chain
from stillup.records.private.roster import Contact, Roster
from stillup.timeline.clock.clock import length


def contact_sheet(roster: Roster, chain: Chain, organisation: str, zone: str, at: datetime) -> str:
    """Return the sheet at `at` as plain text, times in `zone`: who is on call, who comes next, everybody else."""
    return "\n".join(_lines(roster, chain, organisation, zone, at)) + "\n"


def on_call(roster: Roster, role: str, at: datetime) -> Contact | None:
    """Return who fills `role` at `at` by the shifts; None where no shift says so."""
    by_id = {contact.id: contact for contact in roster.contacts}
    return next((by_id[shift.contact] for shift in roster.on_call.get(role, ()) if shift.start <= at < shift.end), None)


def called(roster: Roster | None, role: str) -> str:
    """Return what people call a role: as the one contact that fills it is called, else the role in words."""
    filling = roster.filling(role) if roster is not None else ()
    if len(filling) == 1:
        return filling[0].name
    words = role.replace("-", " ")
    return words[:1].upper() + words[1:]


def _lines(roster: Roster, chain: Chain, organisation: str, zone: str, at: datetime) -> Iterator[str]:
    yield f"{organisation}: whom to call. INTERNAL."
    yield f"As of {_time(at, zone)}. Print it: it is needed when nothing else can be reached."
    yield ""
    yield "ESCALATION"
    yield from _step(roster, chain.first, "first", zone, at)
    for rung in chain.chain:
        when = ", ".join(f"{severity} after {length(limit)}" for severity, limit in rung.after.items())
        yield from _step(roster, rung.to, when, zone, at)
    yield ""
    yield "EVERYBODY"
    for contact in roster.contacts:
        yield from _contact(roster, contact)
    shifts = [(role, shift) for role, listed in roster.on_call.items() for shift in listed if shift.end > at]
    if shifts:
        names = {contact.id: contact.name for contact in roster.contacts}
        yield ""
        yield "SHIFTS"
        for role, shift in shifts:
            yield f"  {role}: {names[shift.contact]}, {_time(shift.start, zone)} to {_time(shift.end, zone)}"


def _step(roster: Roster, role: str, when: str, zone: str, at: datetime) -> Iterator[str]:
    yield f"  {role} ({when})"
    duty = on_call(roster, role, at)
    filling = (duty,) if duty is not None else roster.filling(role)
    for contact in filling:
        yield f"    {_reach(contact)}{', on call now' if duty is not None else ''}"
    if not filling:
        yield "    NOBODY: write a contact for this role into the roster"


def _contact(roster: Roster, contact: Contact) -> Iterator[str]:
    yield f"  {_reach(contact)}"
    deputy = next((each.name for each in roster.contacts if each.id == contact.deputy), "")
    more = [
        f"roles: {', '.join(contact.roles)}" if contact.roles else "",
        f"zone: {contact.timezone}" if contact.timezone != "UTC" else "",
        f"deputy: {deputy}" if deputy else "",
        contact.note,
    ]
    if any(more):
        yield f"    {'; '.join(filter(None, more))}"


def _reach(contact: Contact) -> str:
    return ", ".join(filter(None, (contact.name, contact.phone or "", contact.email, contact.chat)))


def _time(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} {zone}"
