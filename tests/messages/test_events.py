"""What is told of a story, and under which keys."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stillup.messages.event import AUDIENCES, KINDS
from stillup.messages.events import digests
from stillup.messages.letter import letter
from stillup.messages.occasion import occasion
from stillup.messages.statuspage import statuspage
from stillup.messages.webhook import webhook
from stillup.pipeline.reading.story import tell
from stillup.pipeline.reading.telling import as_of, events_of
from stillup.records.incident import Move, Withdrawal
from stillup.views.entry import entries
from stillup.vocabulary import Impact, Severity
from tests.views.sample import CRASH, DECLINED, FINE, MAINTAINED, MAJOR, at, edition, outage, seen, told, work
from tests.views.test_any_record import records

SUNDAY = at("02:00", 22)


def when(record, now, **changes):
    return events_of(edition(now, **changes), record)


def update_key(record, update):
    return f"{record.id}/{update.id}"


def keys(record, now):
    return [each.key.partition("/")[2] for each in when(record, now)]


def moving(*more, start=SUNDAY, **changes):
    announced = told(at("09:00", 17), "scheduled", components={"auth": MAINTAINED})
    return work(announced, *more, start=start, end=start + timedelta(minutes=90), **changes)


def test_each_update_is_told_once_under_its_own_key():
    found = when(DECLINED, at("12:00", 10))

    assert [(each.key, each.kind) for each in found] == [
        ("card-payments-declined/20261109t144500z", "incident_opened"),
        ("card-payments-declined/20261109t151000z", "incident_updated"),
        ("card-payments-declined/20261109t153800z", "incident_updated"),
        ("card-payments-declined/20261109t155500z", "incident_resolved"),
    ]
    assert [each.sequence for each in found] == [1, 2, 3, 4]
    assert (found[0].opening, found[-1].closing) == (True, True)
    assert found[0].components == ("stripe", "payments")
    assert set(found[0].groups) == {"api", "processing"}
    assert found[0].impact is Impact.MAJOR


def test_what_was_told_before_a_component_was_named_does_not_concern_it():
    assert "sms" not in when(CRASH, at("10:45"))[0].components
    assert "sms" in when(CRASH, at("10:45"))[1].components


def test_a_later_look_tells_the_same_of_what_came_before():
    early, late = when(CRASH, at("10:20")), when(CRASH, at("10:45"))

    assert late[: len(early)] == early


@settings(max_examples=60, deadline=None)
@given(records(), st.integers(0, 60 * 24 * 60), st.integers(0, 60 * 24 * 60))
def test_nothing_that_was_owed_is_forgotten_later(record, first, more):
    now = record.updates[0].at + timedelta(minutes=first)
    early = {each.key: each.at for each in when(record, now)}
    late = {each.key: each.at for each in when(record, now + timedelta(minutes=more))}

    # What the clock does to a window can still be put off by a word from people, up to five minutes of clock skew.
    settled = {key: due for key, due in early.items() if due <= now - timedelta(minutes=10)}
    if any(update.scheduled is not None for update in record.updates):
        # Work that is said afterwards to have been at another time was not when the clock told of it.
        settled = {key: due for key, due in settled.items() if key in {update_key(record, u) for u in record.updates}}
    assert settled.items() <= late.items()
    assert all(each.kind in KINDS and set(each.audiences) <= set(AUDIENCES) for each in when(record, now))


def test_a_correction_is_told_under_a_key_of_its_own_and_a_second_one_again():
    first, *rest = DECLINED.updates
    once = replace(first, correction="It was 20 %.", edited_at=at("14:50", 9))
    twice = replace(first, correction="It was 30 %.", edited_at=at("15:00", 9))
    found = when(replace(DECLINED, updates=(once, *rest)), at("12:00", 10))[1]

    assert found.key == "card-payments-declined/20261109t144500z/correction-20261109t145000z"
    assert (found.kind, found.concerns) == ("incident_corrected", "card-payments-declined/20261109t144500z")
    assert found.key not in [each.key for each in when(replace(DECLINED, updates=(twice, *rest)), at("12:00", 10))]


def test_an_edit_alone_is_no_event():
    first, *rest = DECLINED.updates
    edited = replace(DECLINED, updates=(replace(first, body="Other.", edited_at=at("14:50", 9)), *rest))

    assert keys(edited, at("12:00", 10)) == keys(DECLINED, at("12:00", 10))


def test_a_withdrawal_is_told_and_what_it_takes_back_is_not():
    first, *rest = DECLINED.updates
    gone = Withdrawal(at=at("15:00", 9), reason="It was another page.")
    found = when(replace(DECLINED, updates=(replace(first, withdrawn=gone), *rest)), at("12:00", 10))

    assert (found[0].key, found[0].silent) == ("card-payments-declined/20261109t144500z", "withdrawn")
    assert (found[1].kind, found[1].concerns, found[1].silent) == ("incident_withdrawn", found[0].key, "")
    assert found[2].kind == "incident_opened"


def test_who_hears_nothing_first_hears_an_opening_first():
    quiet = outage(
        told(at("10:00"), "investigating", notify=False, components={"auth": MAJOR}), told(at("10:20"), "identified")
    )

    assert [(each.kind, each.silent) for each in when(quiet, at("10:45"))] == [
        ("incident_opened", "notify"),
        ("incident_opened", ""),
    ]


def test_silence_has_its_reason():
    assert {each.silent for each in when(replace(DECLINED, backfilled=True), at("12:00", 10))} == {"backfilled"}
    assert {each.silent for each in when(replace(DECLINED, severity=Severity.P3), at("12:00", 10))} == {"severity"}


def test_a_reopening_is_news_of_its_own():
    back = replace(DECLINED, updates=(*DECLINED.updates, told(at("16:30", 9), "investigating")))
    found = when(back, at("17:00", 9))[-1]

    assert (found.kind, found.opening, found.closing) == ("incident_reopened", True, False)


def test_the_clock_reminds_begins_and_ends():
    assert keys(moving(), at("12:00", 22)) == [
        "20261117t090000z",
        "20261122t020000z/reminder-24h",
        "20261122t020000z/reminder-1h",
        "20261122t020000z/in_progress",
        "20261122t020000z/completed",
    ]
    assert [each.kind for each in when(moving(), at("12:00", 22))][1:] == [
        "maintenance_reminder",
        "maintenance_reminder",
        "maintenance_started",
        "maintenance_completed",
    ]


def test_clock_made_keys_are_those_of_the_feeds():
    page = edition(at("12:00", 22))
    story = tell(page, moving())
    feed = {each.key for each in entries(page, story.view)}

    assert {each.key for each in events_of(page, moving()) if each.kind != "maintenance_reminder"} == feed


def test_a_reminder_that_the_announcement_comes_too_late_for_is_none():
    late = work(told(at("20:00", 21), "scheduled"), start=SUNDAY, end=SUNDAY + timedelta(hours=1))

    assert [key for key in keys(late, at("12:00", 22)) if "reminder" in key] == ["20261122t020000z/reminder-1h"]


@pytest.mark.parametrize("status", ["cancelled", "completed"])
def test_nobody_is_reminded_of_what_was_cancelled_or_done_before_its_time(status):
    over = moving(told(at("12:00", 20), status))

    assert keys(over, at("12:00", 22)) == ["20261117t090000z", "20261120t120000z"]


def test_a_move_is_told_and_its_new_time_reminded_of_again():
    to = Move(start=at("02:00", 24), end=at("03:00", 24))
    moved = moving(told(at("10:00", 21), "scheduled", scheduled=to))
    found = when(moved, at("12:00", 24))

    assert [(each.key.partition("/")[2], each.kind) for each in found] == [
        ("20261117t090000z", "maintenance_scheduled"),
        ("20261122t020000z/reminder-24h", "maintenance_reminder"),
        ("20261121t100000z", "maintenance_moved"),
        ("20261124t020000z/reminder-24h", "maintenance_reminder"),
        ("20261124t020000z/reminder-1h", "maintenance_reminder"),
        ("20261122t020000z/in_progress", "maintenance_started"),
        ("20261122t020000z/completed", "maintenance_completed"),
    ]


def test_each_window_of_a_series_is_reminded_of_and_only_the_last_ends_the_story():
    weekly = moving(recurrence="FREQ=WEEKLY;COUNT=2")
    found = when(weekly, at("12:00", 29))

    assert sum(each.kind == "maintenance_reminder" for each in found) == 4
    assert [each.closing for each in found if each.kind == "maintenance_completed"] == [False, True]


def test_work_that_runs_already_does_not_begin_again():
    longer = told(at("03:20", 22), "in_progress", scheduled=Move(start=SUNDAY, end=at("05:00", 22)))
    early = (
        told(at("01:50", 22), "in_progress"),
        told(at("02:30", 22), "in_progress"),
        told(at("02:40", 22), "verifying"),
    )
    page = edition(at("04:00", 22))
    view = seen(moving(longer), page)

    assert [each.kind for each in when(moving(longer), page.at)][-2:] == ["maintenance_started", "maintenance_updated"]
    assert [each.kind for each in when(moving(*early), at("03:00", 22))][-3:] == [
        "maintenance_started",
        "maintenance_updated",
        "maintenance_updated",
    ]
    assert letter(page.masthead, page.words, view, view.updates[0]).stage == "still_in_progress"


def test_what_is_told_of_one_window_of_a_series_names_that_one():
    off = told(at("10:00", 19), "cancelled", "Not this time.", occurrence=at("02:00", 29))
    weekly = moving(off, recurrence="FREQ=WEEKLY;COUNT=4")
    page = edition(at("12:00", 22))
    view = seen(weekly, page)
    said = letter(page.masthead, page.words, view, view.updates[0], zone="Europe/Berlin")
    reminder = next(each for each in when(weekly, page.at) if each.kind == "maintenance_reminder")

    assert said.windows == "Sun 29 Nov 2026, 03:00 to 04:30 CET (02:00 to 03:30 UTC)"
    assert statuspage(said)["incident"]["scheduled_for"] == "2026-11-29T02:00:00.000Z"
    assert webhook(said)[0]["data"]["window"] == {"start": "2026-11-29T02:00:00Z", "end": "2026-11-29T03:30:00Z"}
    assert occasion(page.words, view, reminder, "UTC").body.text != "Not this time."


@pytest.mark.parametrize("rule", ["", "FREQ=WEEKLY;COUNT=4"])
def test_a_move_says_from_when(rule):
    move = Move(start=at("02:00", 30), end=at("03:00", 30), occurrence=at("02:00", 29) if rule else None)
    later = told(at("10:00", 19), "scheduled", "A day later.", scheduled=move)
    record = moving(later, recurrence=rule, start=SUNDAY if rule else at("02:00", 29))
    page = edition(at("12:00", 19))
    view = seen(record, page)

    def windows(zone):
        return letter(page.masthead, page.words, view, view.updates[0], zone=zone).windows

    assert windows("Europe/Berlin") == (
        "Mon 30 Nov 2026, 03:00 to 04:00 CET (02:00 to 03:00 UTC), moved from Sun 29 Nov 2026, 03:00 CET (02:00 UTC)"
    )
    assert "moved from Sun 29 Nov 2026, 02:00 UTC" in windows("UTC")


def test_a_series_that_is_called_off_names_the_windows_that_fall_out():
    page = edition(at("12:00", 19))
    view = seen(moving(told(at("10:00", 19), "cancelled"), recurrence="FREQ=WEEKLY;COUNT=4"), page)
    said = letter(page.masthead, page.words, view, view.updates[0], zone="Europe/Berlin")

    assert said.windows == "Sun 22 Nov 2026, 03:00 to 04:30 CET (02:00 to 03:30 UTC), and 3 more times"


def test_after_four_hours_board_and_investors_hear_of_it():
    long = outage(
        told(at("06:00"), "investigating", components={"auth": MAJOR}),
        told(at("09:00"), "identified"),
        told(at("10:30"), "monitoring", components={"auth": FINE}),
    )
    found = {each.key.partition("/")[2]: each for each in when(long, at("10:45"))}

    assert found["extended"].at == at("10:00")
    assert found["extended"].audiences == ("executives", "board", "investors")
    assert "board" not in found["20261120t090000z"].audiences
    assert "board" in found["20261120t103000z"].audiences
    assert "extended" not in {each.key.partition("/")[2] for each in when(long, at("09:56"))}
    assert "media" in found["20261120t060000z"].audiences


def test_a_breach_is_told_when_the_legal_side_approved_and_not_before():
    page = edition(at("10:45"))
    kinds = [each.kind for each in events_of(page, CRASH, approved=at("10:40"))]

    assert "breach_notice" in kinds
    assert "breach_notice" not in [each.kind for each in events_of(page, CRASH, approved=at("11:40"))]
    assert "breach_notice" not in [each.kind for each in events_of(page, CRASH)]


def test_a_digest_sums_up_a_day_once_it_is_over():
    everything = [*when(DECLINED, at("12:00", 20)), *when(moving(), at("12:00", 20))]
    found = digests(everything, ZoneInfo("Europe/Berlin"), at("12:00", 20))

    assert [(whole.key, len(parts)) for whole, parts in found] == [("digest/2026-11-09", 4), ("digest/2026-11-17", 1)]
    assert found[0][0].at == at("23:00", 9)
    assert set(found[0][0].components) == {"stripe", "payments"}


def test_a_story_is_told_as_it_stood():
    page = edition(at("12:00", 10))
    opened, *_, resolved = events_of(page, DECLINED)

    assert as_of(page, DECLINED, opened).view.open
    assert len(as_of(page, DECLINED, opened).view.updates) == 1
    assert not as_of(page, DECLINED, resolved).view.open
