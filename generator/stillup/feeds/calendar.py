"""Maintenance as iCalendar (RFC 5545, RFC 7986), written by icalendar.

The clock has no part in it: DTSTAMP is that of the last change, so a calendar that nothing happened to stays as it is.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from stillup.artifact import Artifact
from stillup.catalogue import Catalogue
from stillup.feeds.feed import WIDE, site_name
from stillup.feeds.text import printable
from stillup.feeds.zone import described
from stillup.views.calendar import Booking, Change
from stillup.views.group import in_short
from stillup.views.masthead import Masthead

if TYPE_CHECKING:
    from icalendar import Alarm, Calendar, Event, Timezone

ICALENDAR = "text/calendar"

REFRESH = timedelta(hours=1)
"""How often a calendar should ask again; Google does so once a day at the most, whatever is written here."""

_UTC = frozenset({"UTC", "Etc/UTC"})
_BREAKS = str.maketrans({"\r": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n", "\t": " ", "\x7f": None})


def calendar(masthead: Masthead, words: Catalogue, bookings: Iterable[Booking]) -> Artifact:
    """Return `maintenance.ics` with all of `bookings`."""
    name = words.say("calendar.name", site=site_name(masthead))
    return _artifact("maintenance.ics", "maintenance/", name, masthead, words, bookings)


def component_calendar(
    masthead: Masthead, words: Catalogue, id: str, name: str, bookings: Iterable[Booking]
) -> Artifact:
    """Return `components/<id>/maintenance.ics` with those of `bookings` that affect the component."""
    title = words.say("calendar.of", site=site_name(masthead), name=printable(name))
    found = [booking for booking in bookings if id in booking.component_ids]
    place = f"components/{id}/"
    return _artifact(f"{place}maintenance.ics", place, title, masthead, words, found, name)


def _artifact(
    path: str, place: str, name: str, masthead: Masthead, words: Catalogue, bookings: Iterable[Booking], of: str = ""
) -> Artifact:
    """Return a calendar, of the component that is called `of` or of all."""
    from icalendar import Calendar

    known = sorted(bookings, key=lambda each: (each.start, each.key))
    made = Calendar()
    made.add("prodid", "-//Stillup//Maintenance//EN")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    _head(made, path, place, _line(name), masthead, known)
    for zone in sorted({each.zone for each in known} - _UTC):
        made.add_component(_zone(zone, known))
    for booking in known:
        for event in _events(booking, masthead, words, of):
            made.add_component(event)
    return Artifact(path=path, body=made.to_ical(sorted=False), media_type=ICALENDAR)


def _head(made: "Calendar", path: str, place: str, name: str, masthead: Masthead, known: list[Booking]) -> None:
    made.add("name", name)
    made.add("x-wr-calname", name)
    made.add("x-wr-timezone", masthead.zone)
    made.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT1H")
    if masthead.site_url:
        made.add("url", f"{masthead.site_url}{place}")
        made.add("source", f"{masthead.site_url}{path}", parameters={"VALUE": "URI"})
    if known:
        made.add("last-modified", max(each.changed for each in known))


def _zone(name: str, known: list[Booking]) -> "Timezone":
    """Return what a calendar must know of a zone that its events name."""
    moments = [moment for each in known if each.zone == name for moment in (each.start, each.end, each.changed)]
    return described(name, min(moments).year - 1, max(moments).year)


def _events(booking: Booking, masthead: Masthead, words: Catalogue, of: str) -> "Iterator[Event]":
    """Yield the booking, and each window of a series that is not as the rule has it."""
    from icalendar import vRecur

    event = _event(booking, masthead, words, booking, of)
    if booking.rule:
        event.add("rrule", vRecur.from_ical(booking.rule))
    if booking.exceptions:
        event.add("exdate", [_local(each, booking) for each in booking.exceptions])
    yield event
    for change in booking.changes:
        yield _changed(booking, change, masthead, words, of)


def _changed(booking: Booking, change: Change, masthead: Masthead, words: Catalogue, of: str) -> "Event":
    event = _event(booking, masthead, words, change, of)
    event.add("recurrence-id", _local(change.planned, booking))
    return event


def _event(booking: Booking, masthead: Masthead, words: Catalogue, shown: Booking | Change, of: str) -> "Event":
    from icalendar import Event

    names = booking.names
    title = _line(booking.title) or booking.key
    if shown.cancelled:  # many calendars do not show the state itself
        title = words.say("update.title", status=words.say("status.cancelled"), title=title)
    address = f"{masthead.site_url}{booking.place}" if masthead.site_url else ""
    affects = words.say("calendar.affects", names=in_short(words, names) or words.join(names)) if names else ""
    event = Event()
    event.add("uid", _uid(masthead, booking.key))
    event.add("dtstamp", booking.changed)
    event.add("dtstart", _local(shown.start, booking))
    event.add("dtend", _local(shown.end, booking))
    event.add("summary", title)
    event.add("description", _text("\n\n".join([part for part in (shown.text, affects, address) if part])))
    if names:  # as in feeds, work on a thousand components has not a thousand categories in each of a thousand files
        event.add("categories", [_line(name) for name in ([of] if of and len(names) > WIDE else names)])
    if address:
        event.add("url", address)
    event.add("status", "CANCELLED" if shown.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    event.add("sequence", booking.sequence)
    event.add("created", booking.created)
    event.add("last-modified", booking.changed)
    for seconds in () if shown.cancelled else booking.reminders:
        event.add_component(_alarm(title, seconds))
    return event


def _alarm(title: str, seconds: int) -> "Alarm":
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", -timedelta(seconds=seconds))
    return alarm


def _uid(masthead: Masthead, key: str) -> str:
    """Return `<incident>/<occurrence>@<host>`; on a page that does not know its address a UUID made of the key."""
    host = urlsplit(masthead.site_url).hostname
    if not host:
        from uuid import NAMESPACE_URL, uuid5  # brings `platform` along

        return str(uuid5(NAMESPACE_URL, f"stillup:{key}"))
    return f"{quote(key, safe='/-._~')}@{host if host.isascii() else host.encode('idna').decode('ascii')}"


def _local(at: datetime, booking: Booking) -> datetime:
    """Return an instant in the booking's zone; in UTC where its local time comes twice and means the first."""
    local = at.astimezone(UTC if booking.zone in _UTC else ZoneInfo(booking.zone))
    return at.astimezone(UTC) if local.fold else local


def _text(text: str) -> str:
    """Return a text whose only line breaks are plain ones; some calendars break at others, and lose what follows."""
    return printable(text.replace("\r\n", "\n").translate(_BREAKS)).strip()


def _line(text: str) -> str:
    return " ".join(_text(text).split("\n"))
