"""The monthly report has the plan's structure, and numbers that anybody can work out again from the records."""

import json
import re
from pathlib import Path

import pytest

from tests.reports.command import stillup
from tests.reports.example import lay_out

AT = "2026-12-01T09:00:00Z"


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    return lay_out(tmp_path_factory.mktemp("example"), "docs", "messages")


@pytest.fixture(scope="module")
def text(root) -> str:
    done = stillup("report", "monthly", "--root", root, "--at", AT, "--month", "2026-11", "--stdout")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_has_the_headings_of_the_plan_in_its_order(text):
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)

    assert headings[:6] == [
        "Monthly Incident Report - November 2026",
        "Executive Summary",
        "Incident Breakdown",
        "Top Incident Categories",
        "Key Improvements This Month",
        "Action Items for Next Month",
    ]
    points = re.findall(r"^- \*\*(.*?)\*\*: ", text.split("## Incident Breakdown")[0], re.MULTILINE)
    assert points == ["Total incidents", "Critical incidents", "Average MTTR", "Uptime achieved"]
    assert re.search(r"^\| Severity \| +Count \| +Avg Duration \| Primary Cause +\|$", text, re.MULTILINE)


def test_the_change_against_the_month_before_is_told(text):
    """Five incidents began in November, four in October."""
    assert "- **Total incidents**: 5 (↑ 25 % from last month)" in text
    assert "- **Critical incidents**: 1 P0, 2 P1" in text


def test_what_was_not_known_yet_is_not_in_it(root):
    """At 10:45 nobody knows when the incident of that day will be over."""
    words = ("report", "monthly", "--root", root, "--month", "2026-11", "--json")
    early, late = (stillup(*words, "--at", at).stdout for at in ("2026-11-20T10:45:00Z", AT))

    assert json.loads(early)["this"]["metrics"]["duration"]["P0"]["n"] == 0
    assert json.loads(early)["this"]["metrics"]["duration"]["P0"]["missing"] == 1
    assert json.loads(late)["at"] == AT


def test_without_a_month_it_is_the_newest_that_is_over(root):
    done = stillup("report", "monthly", "--root", root, "--at", "2026-11-20T10:45:00Z", "--stdout")

    assert done.stdout.startswith("# Monthly Incident Report - October 2026\n")


@pytest.mark.parametrize("month", ["2026-13", "2026", "november", "2027-01"])
def test_a_month_that_is_none_is_an_error_of_the_call(root, month):
    done = stillup("report", "monthly", "--root", root, "--at", AT, "--month", month)

    assert done.returncode == 2
    assert month in done.stderr
