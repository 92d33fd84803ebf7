"""Times, days and durations: what is taken, and that nothing is guessed."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stillup.records import moment
from stillup.records.refusal import Unusable

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-20T12:00:00Z",
        "2026-11-20t12:00:00z",
        "2026-11-20 12:00:00Z",
        "2026-11-20T12:00Z",
        "2026-11-20 12:00:00+00:00",
        "2026-11-20T13:00:00+01:00",
        "2026-11-20T06:30:00-05:30",
        "2026-11-20 12:00 UTC",
        "2026-11-20 13:00 Europe/Berlin",
        "2026-11-20 13:00:00 Europe/Berlin",
        "2026-11-20T21:00 Asia/Tokyo",
    ],
)
def test_one_instant_in_many_spellings(written):
    assert moment.instant(written) == NOON
    assert moment.instant(written).tzinfo is UTC


@pytest.mark.parametrize(
    ("written", "message", "fix"),
    [
        ("2026-11-20T24:00:00Z", "24:00:00 is not a time of day.", "Hours go to 23, minutes and seconds to 59."),
        ("2026-12-31T23:59:60Z", "23:59:60 is not a time of day.", "Hours go to 23, minutes and seconds to 59."),
        ("2026-13-01T00:00:00Z", "2026-13-01 is not a day: there is no month 13.",
         "Write year, month and day, as in 2026-11-20."),
        ("20-11-2026 10:00", '"20-11-2026 10:00" is not a time.', "Write it as 2026-11-20T10:12:00Z."),
        ("0206-11-20T10:00:00Z", "The year 206 cannot be right.", "Write a year from 1970 to 2199."),
        ("2026-11-20T12:00:00+0100", '"+0100" is not a zone.', "Write 2026-11-20T12:00:00+01:00."),
        ("2026-11-20T12:00:00+01", '"+01" is not a zone.', "Write 2026-11-20T12:00:00+01:00."),
        ("2026-11-20 12:00 CEST", '"CEST" is not a time zone.', "Did you mean EST?"),
        ("2026-11-20T12:00:00.123 Europe/Berlin", '"2026-11-20T12:00:00.123 Europe/Berlin" has a fraction of a second.',
         "Write 2026-11-20T12:00:00 Europe/Berlin."),
        ("", '"" is not a time.', "Write it as 2026-11-20T10:12:00Z."),
        (20261120, "20261120 is not a time.", "Write it as 2026-11-20T10:12:00Z."),
        (True, "true is not a time.", "Write it as 2026-11-20T10:12:00Z."),
        ("２０２６-11-20T12:00:00Z", '"２０２６-11-20T12:00:00Z" is not a time.', "Write it as 2026-11-20T10:12:00Z."),
    ],
)  # fmt: skip
def test_an_instant_that_is_none_says_what_to_write(written, message, fix):
    with pytest.raises(Unusable) as refusal:
        moment.instant(written)

    assert (refusal.value.message, refusal.value.fix) == (message, fix)


@given(
    st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2198, 12, 30)),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns"]),
)
def test_a_local_time_is_one_instant_or_an_error(local, zone):
    local = local.replace(microsecond=0, second=0)
    try:
        found = moment.instant(f"{local:%Y-%m-%d %H:%M} {zone}")
    except Unusable:
        there = local.replace(tzinfo=ZoneInfo(zone))
        assert there.utcoffset() != there.replace(fold=1).utcoffset()
    else:
        assert found.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local


@given(st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2198, 12, 30), timezones=st.timezones()))
def test_what_we_write_is_read_as_the_same_instant(at):
    at = at.replace(microsecond=0).astimezone(UTC)

    assert moment.instant(moment.utc(at)) == at
    assert moment.stamp(at) == moment.utc(at).replace("-", "").replace(":", "").lower()


@given(st.one_of(st.text(max_size=40), st.from_regex(r"\d{1,5}-\d{1,3}-\d{1,3}[T ]\d{1,3}:\d\d(:\d\d)?.{0,10}")))
def test_any_text_is_an_instant_or_an_error_with_a_fix(written):
    for reader in (moment.instant, moment.day, moment.duration):
        try:
            reader(written)
        except Unusable as refusal:
            assert refusal.message
            assert refusal.fix


@pytest.mark.parametrize(
    ("written", "expected"),
    [("30m", timedelta(minutes=30)), ("4h", timedelta(hours=4)), ("2d", timedelta(days=2)), ("1w", timedelta(weeks=1)),
     ("1h30m", timedelta(minutes=90)), ("1d12h", timedelta(hours=36))],
)  # fmt: skip
def test_durations(written, expected):
    assert moment.duration(written) == expected


@pytest.mark.parametrize(
    "written", ["", "m", "30", "30s", "30 m", "-30m", "1.5h", "30m1h", "0h", "½h", 30, None, ["30m"]]
)
def test_what_is_no_duration(written):
    with pytest.raises(Unusable):
        moment.duration(written)


def test_a_day_is_a_day():
    assert moment.day("2028-02-29") == date(2028, 2, 29)
    with pytest.raises(Unusable, match="not a day of the calendar"):
        moment.day("2026-02-29")


@pytest.mark.parametrize(
    "name", ["Mars/Base", "", "../../etc/passwd", "/etc/localtime", "Europe", "europe", "Europe/Berlin\0"]
)
def test_what_is_no_zone(name):
    with pytest.raises(Unusable):
        moment.zone(name)
