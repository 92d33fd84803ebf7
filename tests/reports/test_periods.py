"""Quarter, year, money and credits: structure, and numbers that anybody can work out again by hand."""

import json
from functools import cache
from pathlib import Path

import pytest

from tests.reports.command import stillup
from tests.reports.example import lay_out

AT = "2026-11-20T10:45:00Z"


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    return lay_out(tmp_path_factory.mktemp("example"), "docs", "messages")


def afresh(root: Path, *words: str) -> str:
    done = stillup("report", *words, "--root", root, "--at", AT, "--stdout")
    assert done.returncode == 0, done.stderr
    return done.stdout


text = cache(afresh)
"""Tests that change nothing read one report."""


def row(told: str, first: str) -> list[str]:
    """Return the cells of the row that begins with `first`."""
    (line,) = [line for line in told.splitlines() if line.startswith(f"| {first}")]
    return [cell.strip() for cell in line.strip("| ").split("|")]


def test_a_credit_is_what_the_contract_says(root):
    """Cryptomus: 63 hours partly down at 0.3 and 2 hours down are 1,254 of the month's 44,640 minutes."""
    told = text(root, "sla", "--customer", "example-grocer", "--month", "2026-10").partition("service 2")[0]

    minutes = 63 * 60 * 0.3 + 2 * 60
    assert f"{100 * (1 - minutes / (31 * 24 * 60)):.6f} % exactly" in told
    assert row(told, "the contract")[1:] == ["1,254 min", "97.190 %", "25 %", "3,000.00 USD"]
    assert "**To be claimed by**: 2026-11-30" in told


def test_other_rules_stand_side_by_side(root):
    told = text(root, "sla", "--customer", "example-grocer", "--month", "2026-10").partition("service 2")[0]

    assert row(told, "partial outage 0.5, maintenance left out")[1] == f"{63 * 60 * 0.5 + 120:,.0f} min"
    assert row(told, "partial outage 1, maintenance left out")[1:] == [
        "3,900 min",
        "91.263 %",
        "100 %",
        "12,000.00 USD",
    ]


def test_a_customer_that_nobody_knows_is_said(root):
    done = stillup("report", "sla", "--customer", "example-grocr", "--month", "2026-10", "--root", root, "--at", AT)

    assert done.returncode == 1
    assert "example-grocr" in done.stderr


def test_costs_add_up_and_estimate_nothing(root):
    """November: 2,310 of lost revenue and 720 of time for one incident, 4,200 and 540 for the other; 1,500 prevent."""
    told = text(root, "financial", "--month", "2026-11")

    assert "7,770.00 USD" in told
    assert "1,500.00 USD" in told
    assert "0 costs are written." in text(root, "financial", "--month", "2026-10")


def test_the_three_components_that_cost_most_are_named(root):
    told = text(root, "quarterly", "--quarter", "2026-Q4").partition("## Where reliability work pays most")[2]

    assert [row(told, name)[1:4] for name in ("Cryptomus", "SMS", "Authentication")] == [
        ["2", "1,266 min", "2,532"], ["2", "83 min", "165"], ["3", "40 min", "120"],
    ]  # fmt: skip


def test_satisfaction_is_told_only_where_it_was_asked(root):
    heading = "## Customer satisfaction"
    assert heading not in text(root, "quarterly", "--quarter", "2026-Q4")

    asked = root / "private" / "csat.csv"
    asked.write_text("date,score,responses\n2026-11-02,4.5,10\n")
    try:
        assert heading in afresh(root, "quarterly", "--quarter", "2026-Q4")
    finally:
        asked.unlink()


@pytest.mark.parametrize(
    "words",
    [
        ("quarterly", "--quarter", "2026-Q4"), ("annual", "--year", "2026"), ("financial", "--year", "2026"),
        ("sla", "--customer", "example-grocer", "--month", "2026-10"), ("dashboard",),
    ],
)  # fmt: skip
def test_each_prints_its_definitions_its_instant_and_the_same_twice(words, root):
    told = text(root, *words)

    assert "## Definitions" in told and AT in told and "INTERNAL" in told
    assert told == afresh(root, *words)


def test_a_period_that_is_not_over_says_so_before_any_comparison(root):
    note = "**Q4 2026 is not over: counted up to"

    head, rest = text(root, "quarterly", "--quarter", "2026-Q4").split("## ", 1)
    assert note in head and note not in rest
    assert "is not over" not in text(root, "quarterly", "--quarter", "2026-Q3")


def test_money_is_explained_by_what_money_means(root):
    told = text(root, "financial", "--quarter", "2026-Q3").split("## Definitions")[1]

    assert "Incident cost: direct and indirect costs." in told
    assert "MTTD" not in told


def test_the_dashboard_tells_what_is_open_now(root):
    told = text(root, "dashboard")

    assert "2026-11-20-sign-in-and-payments-failing" in told or "Sign-in and payments" in told
    assert "P0" in told


def test_files_stand_below_the_private_folder_and_nowhere_else(root):
    before = {path for path in root.rglob("*") if path.is_file()}
    done = stillup("report", "quarterly", "--quarter", "2026-Q3", "--root", root, "--at", AT, "--json")
    assert done.returncode == 0 and json.loads(done.stdout)
    stillup("report", "annual", "--year", "2026", "--root", root, "--at", AT)

    new = {path for path in root.rglob("*") if path.is_file()} - before
    assert new and all(path.is_relative_to(root / "private" / "reports") for path in new)
