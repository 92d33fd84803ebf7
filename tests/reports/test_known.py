"""What no record can tell: a time before the records begin is not known, and no zero stands for it."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stillup.records.component import Component
from stillup.timeline.metric_known import known_from
from tests.reports.command import stillup

AT = "2026-11-30T23:30:00Z"
SINCE = "2026-06-15"
FAILS = """\
title: {title}
{severity}updates:
  - {{at: {day}T08:00:00Z, status: investigating, components: {{pay: degraded_performance}}, body: It is slow.}}
  - {{at: {day}T09:00:00Z, status: resolved, components: {{pay: operational}}, body: It works.}}
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    """A page since June that tells of one incident with a severity and of one without."""
    folder = tmp_path_factory.mktemp("page")
    plugin = "stillup: {organisation: Example, severity_rules: []}"
    written(folder, "mkdocs.yml", f"site_name: Example status\nplugins: [{{{plugin}}}]\n")
    written(folder, "components/pay.yml", f"name: Payments\nsince: {SINCE}\n")
    written(folder, "incidents/one.yml", FAILS.format(title="One", severity="severity: P2\n", day="2026-08-10"))
    written(folder, "incidents/two.yml", FAILS.format(title="Two", severity="", day="2026-08-12"))
    return folder


def written(folder: Path, name: str, text: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(text)


def text(root: Path, *words: str) -> str:
    done = stillup("report", *words, "--root", root, "--at", AT, "--stdout")
    assert done.returncode == 0, done.stderr
    return done.stdout


def rows(said: str, first: str) -> list[list[str]]:
    """Return the cells of the rows of the table that begins with the head `first`."""
    lines = said.partition(f"\n| {first}")[2].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("| ").split("|")] for line in lines]


def heads(said: str, first: str) -> list[str]:
    line = f"{first}{said.partition(f'| {first}')[2].partition(chr(10))[0]}"
    return [cell.strip() for cell in line.strip("| ").split("|")]


@pytest.mark.parametrize(
    "words",
    [
        ("metrics", "--month", "2026-05"), ("monthly", "--month", "2026-05"), ("quarterly", "--quarter", "2026-Q1"),
        ("annual", "--year", "2025"), ("financial", "--year", "2025"), ("compliance", "--quarter", "2026-Q1"),
    ],
)  # fmt: skip
def test_of_a_time_before_the_records_begin_there_is_no_report(words, root):
    done = stillup("report", *words, "--root", root, "--at", AT, "--stdout")

    assert (done.returncode, done.stdout) == (1, "")
    assert "nothing is known: the records begin at 2026-06-15 00:00 UTC." in done.stderr
    assert "write since:" in done.stderr


def test_months_before_the_records_begin_are_not_known_and_the_first_says_from_which_day(root):
    said = text(root, "annual", "--year", "2026")
    told = {row[0]: row[1:] for row in rows(said, "Month")}

    assert all(told[f"{name} 2026"][0] == "not known" for name in ("January", "May"))
    assert set(told["May 2026"][1:]) == {"–"}
    assert told["June 2026, from 2026-06-15"][0] == told["July 2026"][0] == "0"
    numbers = json.loads(
        stillup("report", "annual", "--year", "2026", "--root", root, "--at", AT, "--json").stdout,
    )
    assert (numbers["months"]["2026-05"], numbers["months"]["2026-06"]) == (None, 0)


def test_a_mean_of_months_counts_those_that_are_known(root):
    """Two incidents in the six months from June to November, and in three of a quarter."""
    assert "- **A month**: 0.3 (of 6 that are known)" in text(root, "metrics", "--year", "2026")
    assert "- **A month**: 0.7\n" in text(root, "metrics", "--quarter", "2026-Q3"), "all of it is known"


def test_months_that_have_not_begun_have_no_row_and_no_number(root):
    early = ("quarterly", "--quarter", "2026-Q3", "--root", root, "--at", "2026-09-01T00:00:00Z")

    said = stillup("report", *early, "--stdout").stdout
    numbers = json.loads(stillup("report", *early, "--json").stdout)

    assert [row[0] for row in rows(said, "Month")][-2:] == ["July 2026", "August 2026"], "September begins just now"
    assert [*numbers["months"]][-1] == "2026-08"


def test_nothing_is_compared_with_a_time_that_is_not_known(root):
    said = text(root, "annual", "--year", "2026")

    assert "**Total incidents**: 2 (nothing is known of 2025)" in said
    assert "Of 2025 nothing is known: the records begin at 2026-06-15 00:00 UTC." in said.partition("## ")[0]
    assert "2026 is known from 2026-06-15 00:00 UTC on: then the records begin." in said.partition("## ")[0]
    assert {row[-1] for row in rows(said, "                             |")} == {"not known"}
    numbers = json.loads(stillup("report", "annual", "--year", "2026", "--root", root, "--at", AT, "--json").stdout)
    assert numbers["before"]["incidents"] is None and numbers["before"]["period"]["known_from"] is None
    assert numbers["this"]["period"]["known_from"] == "2026-06-15T00:00:00Z"


def test_the_month_of_a_first_report_is_told_as_known(root):
    said = text(root, "monthly", "--month", "2026-07")

    assert "**Total incidents**: 0 (the same as last month)" in said
    assert said.count("is known from") == 1, "it is June that is not known whole"
    assert "June 2026 is known from 2026-06-15 00:00 UTC on" in said


@pytest.mark.parametrize("words", [("annual", "--year", "2026"), ("quarterly", "--quarter", "2026-Q3")])
def test_months_add_up_with_incidents_of_no_severity(words, root):
    said = text(root, *words)

    columns = heads(said, "Month")
    assert columns[:7] == ["Month", "Incidents", "P0", "P1", "P2", "P3", "none stated"]
    for row in rows(said, "Month"):
        if row[1] != "not known":
            assert int(row[1]) == sum(map(int, row[2:7])), row


def test_a_page_that_says_nothing_of_the_past_claims_nothing_of_it(tmp_path):
    """No `since`, no incident, no change of a state: nobody knows whether there was a calm or no page."""
    written(tmp_path, "mkdocs.yml", "site_name: S\nplugins: [stillup]\n")
    written(tmp_path, "components/pay.yml", "name: Payments\n")

    done = stillup("report", "monthly", "--root", tmp_path, "--at", AT, "--stdout")
    assert done.returncode == 1 and "the records begin at 2026-11-30 23:30 UTC" in done.stderr
    board = stillup("report", "dashboard", "--root", tmp_path, "--at", AT, "--stdout")
    assert board.returncode == 0 and "is known from 2026-11-30 23:30 UTC on" in board.stdout


days = st.dates(min_value=datetime(2020, 1, 1).date(), max_value=datetime(2026, 1, 1).date())


@given(st.lists(st.none() | days, min_size=1, max_size=5))
def test_records_begin_with_the_first_component_and_never_after_the_instant(since):
    at = datetime(2023, 1, 1, tzinfo=UTC)
    components = [Component(id=f"c{n}", name="C", since=day) for n, day in enumerate(since)]

    found = known_from(components, [], "UTC", at)

    known = [day for day in since if day is not None]
    wanted = min((datetime(day.year, day.month, day.day, tzinfo=UTC) for day in known), default=at)
    assert found == min(wanted, at) and found.utcoffset() == timedelta(0)


def test_of_costs_that_are_dated_before_the_records_begin_there_is_a_report(root, tmp_path):
    """What an incident cost may be known earlier than anything else: an alarm that was bought, and did not help."""
    page = shutil.copytree(root, tmp_path / "page")
    cost = "{kind: prevention, category: Alarm, amount: 900.00, currency: EUR, at: 2026-03-10T09:00:00Z}"
    written(page, "private/.gitkeep", "")
    written(page, "private/incidents/one.yml", f"costs:\n  - {cost}\n")
    there = ("--root", page, "--at", AT)

    said = stillup("report", "financial", "--month", "2026-03", *there, "--stdout").stdout
    later = stillup("report", "financial", "--month", "2026-04", *there, "--stdout")
    other = stillup("report", "monthly", "--month", "2026-03", *there, "--stdout")

    assert ["Prevention", "Alarm", "900.00 EUR", "1"] in rows(said, "Kind")
    assert "Of March 2026 costs alone are known: all other records begin at 2026-06-15 00:00 UTC." in said
    assert "Of February 2026 nothing is known" in said and "Of March 2026 nothing" not in said
    assert later.returncode == 1 and "Of April 2026 nothing is known" in later.stderr
    assert other.returncode == 1, "of incidents nothing is known"
    beside = stillup("report", "financial", "--quarter", "2026-Q2", *there, "--stdout").stdout
    assert "(nothing is known of 2026-Q1)" not in beside and "Of Q1 2026 costs alone are known" in beside
