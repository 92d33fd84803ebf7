"""Planned work: announced in time, alone, told in the hours of its day, and never over in silence."""

import pytest

from tests.lint.told import codes, run


@pytest.mark.parametrize(("start", "found"), [("2026-11-03T09:00:00Z", False), ("2026-10-21T09:00:00Z", True)])
def test_planned_work_is_told_in_the_time_of_its_day(start, found, tmp_path):
    text = MAINTENANCE.format(
        start=start, end=start.replace("T09", "T11"), auto="true", at="2026-10-12T10:00:00Z", status="scheduled"
    )
    said = text.replace("Payments move to other machines.", "Payments move from 10:00 CET to 12:00 CET.")

    assert ("C25" in codes(run(tmp_path, said))) is found


MAINTENANCE = """
title: Payments move
kind: maintenance
scheduled: {{start: {start}, end: {end}, auto: {auto}}}
updates:
  - at: {at}
    status: {status}
    components: {{payments: under_maintenance}}
    body: Payments move to other machines.
"""


def test_maintenance_is_announced_a_day_before_and_meets_no_other(tmp_path):
    late = MAINTENANCE.format(
        start="2026-11-20T16:00:00Z",
        end="2026-11-20T17:00:00Z",
        auto="true",
        at="2026-11-20T10:00:00Z",
        status="scheduled",
    )
    other = MAINTENANCE.format(
        start="2026-11-20T16:30:00Z",
        end="2026-11-20T18:00:00Z",
        auto="true",
        at="2026-11-18T10:00:00Z",
        status="scheduled",
    )
    found = [f for f in run(tmp_path, late, other).judged.findings if f.code == "C31"]

    assert sorted((f.file, "6 h" in f.message, "second" in f.message) for f in found) == [
        ("incidents/first.yml", False, True),
        ("incidents/first.yml", True, False),
        ("incidents/second.yml", False, False),
    ]


def test_maintenance_that_overruns_in_silence_is_found(tmp_path):
    text = MAINTENANCE.format(
        start="2026-11-20T09:00:00Z",
        end="2026-11-20T10:00:00Z",
        auto="false",
        at="2026-11-20T09:00:00Z",
        status="in_progress",
    )
    assert "C32" in codes(run(tmp_path, text))
