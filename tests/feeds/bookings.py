"""Short ways from records to a calendar, and from a calendar to what a person would see in it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from dateutil.rrule import rrulestr
from icalendar import Calendar, Event

from stillup.feeds.calendar import calendar
from stillup.records.incident import Incident
from stillup.timeline.course import course
from stillup.timeline.promise import promise
from stillup.timeline.publication import published
from stillup.views import story
from stillup.views.calendar import Booking, booking
from stillup.views.edition import Edition
from tests.api.sample import edition

LONG = datetime(2028, 1, 1, tzinfo=UTC)


def booked(record: Incident, page: Edition | None = None) -> Booking | None:
    """The booking of a record at the page's instant."""
    page = page or edition()
    public = published(record, page.at)
    assert public is not None
    went = course(record, page.at)
    return booking(page, record, went, story.incident(page, public, went, promise(public, page.at)))


def written(*records: Incident, page: Edition | None = None) -> bytes:
    """The calendar of these records."""
    page = page or edition()
    found = [booked(record, page) for record in records]
    return calendar(page.masthead, page.words, [each for each in found if each]).body


def events(*records: Incident, page: Edition | None = None) -> list[Event]:
    """What icalendar's own parser reads of it."""
    return list(Calendar.from_ical(written(*records, page=page)).walk("VEVENT"))


class Seen(NamedTuple):
    """One window as a calendar shows it."""

    start: datetime
    end: datetime
    cancelled: bool


def seen(*records: Incident, page: Edition | None = None, until: datetime = LONG) -> list[Seen]:
    """Every window up to `until` as a calendar program works it out, in UTC."""
    return sorted(_seen(events(*records, page=page), until))


def _seen(known: list[Event], until: datetime) -> Iterator[Seen]:
    changed = {
        (str(each["uid"]), _utc(each.decoded("recurrence-id"))): each for each in known if "recurrence-id" in each
    }
    for event in known:
        if "recurrence-id" in event:
            continue
        start, length = event.decoded("dtstart"), _utc(event.decoded("dtend")) - _utc(event.decoded("dtstart"))
        for instant in _starts(event, start, until):
            other = changed.pop((str(event["uid"]), instant), None)
            if other is None:
                yield Seen(instant, instant + length, event["status"] == "CANCELLED")
            else:
                yield Seen(_utc(other.decoded("dtstart")), _utc(other.decoded("dtend")), other["status"] == "CANCELLED")
    assert all(instant > until for _, instant in changed), "each change belongs to a window of its series"


def _starts(event: Event, start: datetime, until: datetime) -> list[datetime]:
    if "rrule" not in event:
        return [_utc(start)]
    parts = dict(part.split("=") for part in event["rrule"].to_ical().decode().split(";"))
    if "UNTIL" in parts:
        last = datetime.strptime(parts["UNTIL"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        parts["UNTIL"] = f"{last.astimezone(start.tzinfo):%Y%m%dT%H%M%S}"
    rule = rrulestr(";".join(map("=".join, parts.items())), dtstart=start.replace(tzinfo=None))
    out = event.get("exdate")
    gone = {_utc(each.dt) for each in out.dts} if out else set()
    found = []
    for local in rule:
        instant = _utc(local.replace(tzinfo=start.tzinfo))
        if instant > until:
            break
        if instant not in gone:
            found.append(instant)
    return found


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)


HOUR = timedelta(hours=1)
