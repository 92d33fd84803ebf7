"""What a person who subscribed to the calendar sees, and that it moves there when we move it."""

import json
import re
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from stillup.feeds.calendar import calendar, component_calendar
from stillup.records.incident import Move, Withdrawal
from stillup.timeline.course import course
from stillup.views.calendar import from_text, to_text
from stillup.vocabulary import UpdateStatus
from tests.api.sample import MAINTAINED, NOW, at, edition, outage, told, work
from tests.feeds.bookings import HOUR, Seen, booked, events, seen, written
from tests.machine import JUDGES, MODULES, need, program

ANNOUNCED = told(at("09:00", 10), "scheduled", "The disks move.", components={"payments": MAINTAINED})
NIGHT = {"start": at("02:00", 22), "end": at("03:30", 22)}
DISKS = work(ANNOUNCED, **NIGHT)
MOVED = work(
    ANNOUNCED,
    told(at("12:00", 15), "scheduled", "A day later.", scheduled=Move(start=at("02:00", 23), end=at("03:30", 23))),
    **NIGHT,
)
OFF = work(ANNOUNCED, told(at("12:00", 15), "cancelled", "It does not take place."), **NIGHT)


def new_york(day: int, hour: int = 4, month: int = 10) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=ZoneInfo("America/New_York")).astimezone(UTC)


WEEKLY = {
    "start": new_york(18),
    "end": new_york(18, 5),
    "timezone": "America/New_York",
    "recurrence": "FREQ=WEEKLY;BYDAY=SU;COUNT=8",
    "exceptions": (new_york(25),),
}
SERIES = work(told(at("09:00", 12, 10), "scheduled", components={"payments": MAINTAINED}), **WEEKLY)


def test_a_window_is_an_event_with_a_page_a_text_and_alarms():
    (event,) = events(DISKS)

    assert event["uid"] == "new-disks/20261122t020000z@status.example.com"
    assert event["summary"] == "New disks"
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (NIGHT["start"], NIGHT["end"])
    assert event["description"] == (
        "The disks move.\n\nAffects Payments.\n\nhttps://status.example.com/incidents/new-disks/"
    )
    assert event["url"] == "https://status.example.com/incidents/new-disks/"
    assert (event["status"], event["sequence"], event["transp"]) == ("CONFIRMED", 0, "TRANSPARENT")
    assert [alarm.decoded("trigger") for alarm in event.walk("VALARM")] == [-24 * HOUR, -HOUR]


def test_the_calendar_says_what_it_is_and_when_to_ask_again():
    text = written(DISKS).decode()

    assert "\r\nMETHOD:PUBLISH\r\n" in text
    assert "\r\nX-WR-CALNAME:Advancia Status: maintenance\r\n" in text
    assert "\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in text
    assert "\r\nX-PUBLISHED-TTL:PT1H\r\n" in text
    assert "\r\nSOURCE;VALUE=URI:https://status.example.com/maintenance.ics\r\n" in text


def test_a_moved_window_moves_and_stays_the_same_event():
    (before,), (after,) = events(DISKS), events(MOVED)

    assert before["uid"] == after["uid"]
    assert after["sequence"] == 1
    assert after.decoded("dtstart") == at("02:00", 23)
    assert after.decoded("last-modified") == after.decoded("dtstamp") == at("12:00", 15)
    assert after.decoded("created") == at("09:00", 10)


def test_a_cancelled_window_says_so_and_rings_no_bell():
    (event,) = events(OFF)

    assert (event["status"], event["sequence"]) == ("CANCELLED", 1)
    assert event["summary"] == "[Cancelled] New disks"
    assert not event.walk("VALARM")


def test_a_window_that_is_on_again_has_a_higher_sequence():
    (event,) = events(replace(OFF, updates=(*OFF.updates, told(at("12:00", 16), "scheduled", "On again."))))

    assert (event["status"], event["sequence"]) == ("CONFIRMED", 2)


def test_a_withdrawn_move_puts_the_time_back_with_a_higher_sequence():
    first, move = MOVED.updates
    withdrawn = replace(move, withdrawn=Withdrawal(at=at("13:00", 15), reason="A mistake."))
    (event,) = events(replace(MOVED, updates=(first, withdrawn)))

    assert event.decoded("dtstart") == NIGHT["start"]
    assert event["sequence"] == 2
    assert event.decoded("last-modified") == at("13:00", 15)


def test_only_time_and_state_move_the_sequence():
    chatty = (
        *DISKS.updates,
        told(at("09:00", 11), "scheduled", "More about it."),
        told(at("02:00", 22), "in_progress", "Begun."),
        told(at("03:00", 22), "verifying", "Nearly done."),
        told(at("03:20", 22), "completed", "Done."),
    )
    (event,) = events(replace(DISKS, updates=chatty, title="Other words"), page=edition(at("12:00", 22)))

    assert (event["sequence"], event["status"]) == (0, "CONFIRMED")
    assert event.decoded("last-modified") == at("03:20", 22)


def test_an_edit_of_the_text_moves_last_modified_alone():
    (event,) = events(replace(DISKS, updates=(replace(ANNOUNCED, edited_at=at("10:00", 10)),)))

    assert event["sequence"] == 0
    assert event.decoded("last-modified") == at("10:00", 10)


def test_an_update_that_is_not_public_yet_moves_nothing():
    assert written(MOVED, page=edition(at("11:00", 15))) == written(DISKS)


def test_a_renamed_record_stays_the_same_event():
    (event,) = events(replace(DISKS, id="ledger-moves", formerly=("new-disks",)))

    assert event["uid"] == "new-disks/20261122t020000z@status.example.com"
    assert event["url"] == "https://status.example.com/incidents/ledger-moves/"


def test_a_series_keeps_its_local_time_when_clocks_change():
    (event,) = events(SERIES)

    assert event["dtstart"].params["TZID"] == "America/New_York"
    assert event["rrule"].to_ical() == b"FREQ=WEEKLY;COUNT=8;BYDAY=SU"
    assert [each.start for each in seen(SERIES)] == [
        new_york(18),
        *(new_york(1 + 7 * n, month=11) for n in range(5)),
        new_york(6, month=12),
    ]


def test_a_zone_is_explained_once_and_utc_never():
    zones = Calendar.from_ical(written(SERIES, replace(SERIES, id="other"), DISKS)).walk("VTIMEZONE")

    assert [zone["tzid"] for zone in zones] == ["America/New_York"]


def test_a_moved_and_a_cancelled_window_of_a_series_are_changes_of_it():
    nov_1, nov_8 = new_york(1, month=11), new_york(8, month=11)
    series = replace(
        SERIES,
        updates=(
            *SERIES.updates,
            told(
                at("09:00", 28, 10),
                "scheduled",
                scheduled=Move(start=nov_1 + 24 * HOUR, end=nov_1 + 26 * HOUR, occurrence=nov_1),
            ),
            told(at("10:00", 28, 10), "cancelled", "Not this time.", occurrence=nov_8),
        ),
    )
    master, moved, off = events(series)

    assert master["uid"] == moved["uid"] == off["uid"]
    assert moved["recurrence-id"].params["TZID"] == "America/New_York"
    assert [each.decoded("recurrence-id").astimezone(UTC) for each in (moved, off)] == [nov_1, nov_8]
    assert moved.decoded("dtend") - moved.decoded("dtstart") == 2 * HOUR
    assert [master["status"], moved["status"], off["status"]] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert ["Not this time." in each["description"] for each in (master, moved, off)] == [False, False, True]
    assert seen(series)[1:3] == [
        Seen(nov_1 + 24 * HOUR, nov_1 + 26 * HOUR, False),
        Seen(nov_8, nov_8 + HOUR, True),
    ]


def test_a_series_that_was_called_off_ends_with_what_took_place():
    series = replace(SERIES, updates=(*SERIES.updates, told(at("10:00", 10), "cancelled", "No more of it.")))

    assert [each.start for each in seen(series)] == [new_york(18), new_york(1, month=11), new_york(8, month=11)]
    assert events(series)[0]["sequence"] == 1


def test_a_series_that_never_began_is_cancelled_whole():
    series = replace(SERIES, updates=(*SERIES.updates, told(at("10:00", 13, 10), "cancelled", "Not at all.")))

    assert [event["status"] for event in events(series)] == ["CANCELLED"]


@pytest.mark.parametrize(
    ("rule", "until"),
    [
        ("FREQ=WEEKLY;BYDAY=SU;UNTIL=20261115", "20261116T045959Z"),
        ("FREQ=WEEKLY;BYDAY=SU;UNTIL=20261115T040000", "20261115T090000Z"),
        ("freq=weekly;byday=su;until=20261115T090000Z", "20261115T090000Z"),
    ],
)
def test_a_rule_ends_in_utc_as_the_format_asks(rule, until):
    series = work(*SERIES.updates, **{**WEEKLY, "recurrence": rule})

    assert f"UNTIL={until}".encode() in events(series)[0]["rrule"].to_ical()
    assert seen(series)[-1].start == new_york(15, month=11)


def test_an_incident_or_work_that_was_never_scheduled_is_no_booking():
    assert booked(outage(told(at("10:00"), "investigating"))) is None
    assert booked(replace(DISKS, scheduled=None)) is None


def test_a_component_has_the_bookings_that_affect_it():
    page, other = edition(), replace(DISKS, id="other", updates=(replace(ANNOUNCED, components={"sms": MAINTAINED}),))
    both = [booked(DISKS), booked(other)]

    made = component_calendar(page.masthead, page.words, "sms", "SMS", both)

    assert made.path == "components/sms/maintenance.ics"
    assert [str(e["uid"]).split("/")[0] for e in Calendar.from_ical(made.body).walk("VEVENT")] == ["other"]
    assert "X-WR-CALNAME:Advancia Status: maintenance of SMS" in made.body.decode()


def test_work_on_very_many_components_does_not_name_all_of_them_in_the_calendar_of_each():
    page, names = edition(), tuple(f"Part {number:03}" for number in range(200))
    wide = replace(booked(DISKS), names=names, component_ids=tuple(f"part-{number:03}" for number in range(200)))

    made = component_calendar(page.masthead, page.words, "part-007", names[7], [wide])

    (event,) = Calendar.from_ical(made.body).walk("VEVENT")
    assert event["categories"].cats == [names[7]]
    assert f"Affects {', '.join(names[:7])} and 193 more." in event["description"]
    (event,) = Calendar.from_ical(calendar(page.masthead, page.words, [wide]).body).walk("VEVENT")
    assert len(event["categories"].cats) == 200


def test_the_order_in_which_bookings_are_given_does_not_matter():
    assert written(DISKS, SERIES) == written(SERIES, DISKS)


def test_without_an_address_an_event_has_a_uuid_and_no_link():
    (event,) = events(DISKS, page=edition(site_url=""))

    assert re.fullmatch(r"[0-9a-f-]{36}", event["uid"])
    assert "url" not in event


def test_a_page_without_maintenance_has_an_empty_calendar():
    assert events() == []


def test_it_is_written_as_the_format_asks():
    body = written(DISKS, MOVED, SERIES, replace(OFF, title="Größere Änderung " * 20))

    lines = body.split(b"\r\n")
    assert b"\n" not in b"".join(lines)
    assert max(map(len, lines)) <= 75
    assert lines[-1] == b""
    for line in lines:
        line.decode()


@pytest.mark.parametrize("record", [DISKS, MOVED, OFF, SERIES], ids=["disks", "moved", "off", "series"])
def test_a_booking_kept_as_text_is_the_same(record):
    kept = booked(record)

    assert from_text(to_text(kept)) == kept
    assert to_text(from_text(to_text(kept))) == to_text(kept)
    assert "\n" not in to_text(kept)


@pytest.mark.parametrize("text", ["[]", "{}", "[1]", "", "null"])
def test_a_text_that_is_not_ours_is_refused(text):
    with pytest.raises(ValueError):
        from_text(text)


hostile = st.text(st.characters(), max_size=60) | st.sampled_from(
    [
        "BEGIN:VEVENT\r\nSUMMARY:x",
        "a\x85END:VCALENDAR",
        "x;y,z\\n\\",
        'TZID="x":',
        "a\u2028b",
        "\ud800",
        "\x00",
        "\n",
        "",
    ]
)


@settings(deadline=None)
@given(title=hostile, text=hostile, name=hostile, site=hostile)
def test_no_text_breaks_a_calendar(title, text, name, site):
    page = edition()
    kept = replace(booked(DISKS), title=title, text=text, names=(name, name))

    body = calendar(replace(page.masthead, site_name=site), page.words, [kept, booked(SERIES)]).body

    read = Calendar.from_ical(body)
    assert [len(read.walk(name)) for name in ("VCALENDAR", "VEVENT", "VTIMEZONE", "VALARM")] == [1, 2, 1, 4]
    assert not [error for component in read.walk() for error in component.errors]
    assert max(map(len, body.split(b"\r\n"))) <= 75
    assert read.to_ical(sorted=False) == body, "what is read is what was written"


@settings(deadline=None, max_examples=60)
@given(
    zone=st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]),
    first=st.datetimes(datetime(2026, 1, 1), datetime(2026, 9, 1)),
    rule=st.sampled_from(
        [
            "FREQ=DAILY;COUNT=30",
            "FREQ=DAILY;INTERVAL=3",
            "FREQ=WEEKLY;BYDAY=MO,TH;COUNT=20",
            "FREQ=MONTHLY;BYDAY=-1SU",
            "FREQ=MONTHLY;BYMONTHDAY=31;COUNT=4",
            "FREQ=WEEKLY;UNTIL=20261001",
        ]
    ),
    out=st.sets(st.integers(0, 8), max_size=3),
    changes=st.lists(st.tuples(st.integers(0, 12), st.sampled_from(["move", "cancel"])), max_size=3),
)
def test_a_calendar_shows_the_windows_that_the_page_shows(zone, first, rule, out, changes):
    start = first.replace(second=0, microsecond=0, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    plain = work(
        told(start - 30 * 24 * HOUR, "scheduled"), start=start, end=start + HOUR, timezone=zone, recurrence=rule
    )
    planned = [each.planned_start for each in course(plain, NOW).occurrences]
    exceptions = tuple(planned[n] for n in sorted(out) if n < len(planned) - 1)
    left = [each for each in planned if each not in exceptions]
    updates = [*plain.updates]
    for number, (n, what) in enumerate(changes):
        when, window = start - 20 * 24 * HOUR + number * HOUR, left[n % len(left)]
        if what == "cancel":
            updates.append(told(when, "cancelled", occurrence=window))
        else:
            move = Move(start=window + 7 * HOUR, end=window + 9 * HOUR, occurrence=window)
            updates.append(told(when, "scheduled", scheduled=move))
    record = replace(plain, updates=tuple(updates), scheduled=replace(plain.scheduled, exceptions=exceptions))

    windows = course(record, NOW).occurrences
    until = max(each.planned_start for each in windows)
    assert seen(record, until=until) == sorted(
        Seen(each.start, each.end, each.status is UpdateStatus.CANCELLED) for each in windows
    )


_EXPAND = """
const ICAL = require("ical.js");
const root = new ICAL.Component(ICAL.parse(require("fs").readFileSync(0, "utf8")));
for (const zone of root.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(new ICAL.Timezone(zone));
const all = root.getAllSubcomponents("vevent").map((each) => new ICAL.Event(each));
const found = [];
const tell = (event, start, end) => found.push([
  start.toJSDate().toISOString(), end.toJSDate().toISOString(), event.component.getFirstPropertyValue("status"),
]);
for (const event of all.filter((each) => !each.isRecurrenceException())) {
  if (!event.isRecurring()) { tell(event, event.startDate, event.endDate); continue; }
  for (const other of all) if (other.isRecurrenceException() && other.uid === event.uid) event.relateException(other);
  const walk = event.iterator();
  for (let next = walk.next(), n = 0; next && n < 60; next = walk.next(), n++) {
    const at = event.getOccurrenceDetails(next);
    tell(at.item, at.startDate, at.endDate);
  }
}
console.log(JSON.stringify(found));
"""


def test_ical_js_sees_the_same_windows():
    """The library behind Thunderbird's calendar works out zones, rules and changes by itself."""
    need("node")
    if not (MODULES / "ical.js" / "package.json").is_file():
        pytest.skip("needs ical.js: npm ci --prefix tests/judges")
    nov_1 = new_york(1, month=11)
    moved = replace(
        SERIES,
        updates=(
            *SERIES.updates,
            told(
                at("09:00", 28, 10),
                "scheduled",
                scheduled=Move(start=nov_1 + 5 * HOUR, end=nov_1 + 7 * HOUR, occurrence=nov_1),
            ),
            told(at("10:00", 28, 10), "cancelled", occurrence=new_york(8, month=11)),
        ),
    )
    records = (moved, replace(DISKS, id="disks", title="ändern; 100 % \\ , \n sicher"), replace(OFF, id="off"))

    done = subprocess.run(
        [str(program("node")), "--eval", _EXPAND], cwd=JUDGES, input=written(*records), capture_output=True, check=False
    )

    assert done.returncode == 0, done.stderr.decode()
    read = sorted(
        Seen(datetime.fromisoformat(start), datetime.fromisoformat(end), status == "CANCELLED")
        for start, end, status in json.loads(done.stdout)
    )
    assert read == seen(*records)
    assert len(read) == 9


def test_nothing_of_a_calendar_is_of_the_clock():
    assert written(DISKS, SERIES, page=edition(NOW)) == written(DISKS, SERIES, page=edition(NOW + timedelta(minutes=7)))
