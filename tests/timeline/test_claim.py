"""Claims of one record settled among each other: what a component was in, once."""

from stillup.timeline.claim import Claim, joined
from tests.timeline.records import DEGRADED, FINE, MAJOR, PARTIAL, clock


def claim(start, end, status, component="stripe"):
    return Claim(component=component, start=clock(start), end=end and clock(end), status=status)


def test_of_overlapping_claims_the_worst_holds():
    told = [claim("10:00", "12:00", DEGRADED), claim("11:00", "13:00", MAJOR), claim("11:30", None, PARTIAL)]

    assert joined(told) == (
        claim("10:00", "11:00", DEGRADED),
        claim("11:00", "13:00", MAJOR),
        claim("13:00", None, PARTIAL),
    )


def test_equal_neighbours_are_one_and_empty_or_operational_ones_none():
    told = [
        claim("11:00", "12:00", PARTIAL),
        claim("10:00", "11:00", PARTIAL),
        claim("12:00", "12:00", MAJOR),
        claim("12:00", "13:00", FINE),
    ]

    assert joined(told) == (claim("10:00", "12:00", PARTIAL),)


def test_components_do_not_touch_each_other():
    told = [claim("10:00", "12:00", MAJOR), claim("10:00", "12:00", DEGRADED, "paypal")]

    assert joined(told) == (claim("10:00", "12:00", DEGRADED, "paypal"), claim("10:00", "12:00", MAJOR))
