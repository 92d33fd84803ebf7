"""The state of the whole page."""

from datetime import date

import pytest

from stillup.timeline.overall import is_counted, overall
from stillup.vocabulary import Impact, Show
from tests.timeline.records import DEGRADED, FINE, MAINTAINED, MAJOR, PARTIAL, component


@pytest.mark.parametrize(
    ("statuses", "indicator", "label"),
    [
        ([], "none", "All Systems Operational"),
        ([FINE, FINE], "none", "All Systems Operational"),
        ([FINE, MAINTAINED], "maintenance", "Service Under Maintenance"),
        ([MAINTAINED, MAINTAINED], "maintenance", "Service Under Maintenance"),
        ([FINE, DEGRADED, MAINTAINED], "minor", "Partially Degraded Service"),
        ([DEGRADED, DEGRADED], "minor", "Degraded System Service"),
        ([DEGRADED, PARTIAL], "minor", "Minor Service Outage"),
        ([PARTIAL, PARTIAL], "major", "Partial System Outage"),
        ([FINE, MAJOR], "major", "Partial System Outage"),
        ([PARTIAL, MAJOR], "major", "Partial System Outage"),
        ([MAJOR, MAJOR], "critical", "Major System Outage"),
    ],
)
def test_the_components_roll_up_by_statuspages_table(statuses, indicator, label):
    found = overall(statuses, [])

    assert (found.indicator.value, found.label) == (indicator, label)


@pytest.mark.parametrize(
    ("impacts", "label"),
    [
        ([Impact.NONE], "All Systems Operational"),
        ([Impact.MINOR], "Minor Service Outage"),
        ([Impact.MINOR, Impact.MAJOR], "Partial System Outage"),
        ([Impact.CRITICAL], "Major System Outage"),
    ],
)
@pytest.mark.parametrize("statuses", [[], [FINE, FINE]])
def test_an_open_incident_counts_without_any_component(statuses, impacts, label):
    assert overall(statuses, impacts).label == label


def test_the_worse_of_both_holds_and_on_a_draw_the_components_have_the_word():
    assert overall([FINE, MAJOR], [Impact.MINOR]).label == "Partial System Outage"
    assert overall([FINE, PARTIAL], [Impact.MAJOR]).label == "Partial System Outage"
    assert overall([FINE, MAINTAINED], [Impact.MINOR]).label == "Minor Service Outage"
    assert overall([FINE, DEGRADED], [Impact.MINOR]).label == "Partially Degraded Service"
    assert overall([FINE, MAINTAINED], [Impact.NONE]).label == "Service Under Maintenance"


def test_which_components_count_for_the_page():
    today = date(2026, 11, 20)

    assert is_counted(component(), today)
    assert is_counted(component(show=Show.WHEN_AFFECTED), today)
    assert not is_counted(component(show=Show.NEVER), today)
    assert not is_counted(component(until=today), today)
    assert is_counted(component(until=date(2026, 11, 21)), today)
    assert is_counted(component(since=today), today)
    assert not is_counted(component(since=date(2026, 11, 21)), today)
