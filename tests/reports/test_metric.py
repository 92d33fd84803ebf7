"""What is measured, and what is left out of it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stillup.timeline.metric import figure
from stillup.timeline.metric_period import newest, period


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=40))
def test_at_least_nine_in_ten_do_not_exceed_p90_and_no_smaller_value_would_do(values):
    found = figure(timedelta(seconds=value) for value in values)

    assert found.p90 in values
    assert sum(value <= found.p90 for value in values) * 10 >= 9 * len(values)
    assert sum(value < found.p90 for value in values) * 10 < 9 * len(values)
    assert min(values) <= found.median <= max(values)
    assert min(values) <= found.mean <= max(values)


def test_what_is_not_known_is_left_out_and_counted():
    found = figure([timedelta(minutes=1), None, timedelta(minutes=2)])

    assert (found.n, found.missing, found.mean, found.median, found.p90) == (2, 1, 90, 90, 120)
    assert figure([None]).mean is None


@pytest.mark.parametrize(
    ("spelled", "title", "before", "hours"),
    [
        ("2026-10", "October 2026", "2026-09", 745),
        ("2026-Q1", "Q1 2026", "2025-Q4", 2159),
        ("2026", "2026", "2025", 8760),
    ],
)
def test_a_period_is_as_long_as_the_calendar_of_its_zone(spelled, title, before, hours):
    found = period(spelled, "Europe/Madrid")

    assert (found.name, found.title, found.before.name) == (spelled, title, before)
    assert found.end - found.start == timedelta(hours=hours)
    assert found.holds(found.start)
    assert not found.holds(found.end)


@pytest.mark.parametrize(("months", "name"), [(1, "2026-10"), (3, "2026-Q3"), (12, "2025")])
def test_the_newest_period_that_is_over(months, name):
    assert newest(months, datetime(2026, 11, 20, tzinfo=UTC), "UTC").name == name


@pytest.mark.parametrize("spelled", ["2026-00", "2026-13", "2026-Q5", "0000", "26", "2026-11-01", ""])
def test_what_is_no_period_is_refused(spelled):
    with pytest.raises(ValueError, match=f"^{spelled}$"):
        period(spelled, "UTC")
