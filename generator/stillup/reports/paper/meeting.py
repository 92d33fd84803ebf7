"""The invitation to the postmortem meeting, as calendars read it."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from icalendar import Calendar, Event, vCalAddress

from stillup.records.private.roster import Contact, Roster
from stillup.reports.paper.case import Case


def invitation(case: Case, start: datetime, length: timedelta) -> bytes:
    """Return an invitation for everybody who worked on it and has a mailbox in the roster.

    Its UID stays, so that a later one moves the meeting instead of making a second.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Stillup//Postmortem//EN")
    calendar.add("version", "2.0")
    named = people(case)
    calendar.add("method", "REQUEST" if named else "PUBLISH")  # a request needs somebody who asks (RFC 5546, 3.2.2)
    event = Event()
    host = urlsplit(case.settings.site_url).hostname or "localhost"
    event.add("uid", f"{case.id}/postmortem@{host}")
    event.add("dtstamp", case.at)
    # Later ones replace earlier ones: minutes since the end grow, and stay small.
    closed = case.matter.closed or start
    event.add("sequence", max(0, int((case.at - closed).total_seconds()) // 60))
    event.add("dtstart", start)
    event.add("dtend", start + length)
    event.add("summary", f"Postmortem {case.reference}")
    event.add(
        "description", f"At most {int(length.total_seconds()) // 60} minutes. Bring what you saw and when; no blame."
    )
    event.add("class", "PRIVATE")
    event.add("status", "CONFIRMED")
    for place, contact in enumerate(named):
        address = vCalAddress(f"mailto:{contact.email}")
        address.params["CN"] = contact.name
        if place == 0:
            event.add("organizer", address)
        guest = vCalAddress(f"mailto:{contact.email}")
        guest.params["CN"] = contact.name
        guest.params["ROLE"] = "REQ-PARTICIPANT"
        guest.params["RSVP"] = "TRUE"
        event.add("attendee", guest)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def people(case: Case) -> tuple[Contact, ...]:
    """Return who led and worked on it, as far as the roster has a mailbox for them; the one who led first."""
    roster = case.private.roster
    if roster is None:
        return ()
    found: list[Contact] = []
    for name in (case.known.commander, *case.known.responders):
        found += [each for each in filling(roster, name) if each.email and each not in found]
    return tuple(found)


def filling(roster: Roster, name: str) -> tuple[Contact, ...]:
    """Return who is meant by `name`: a contact called so, or those who fill the role."""
    if not name:
        return ()
    called = tuple(each for each in roster.contacts if each.name.lower() == name.lower())
    return called or roster.filling("-".join(name.lower().split()))
