"""Budgets are judged on the largest size, against Hugo in the same run."""

from benchmarks.budget import verdicts
from benchmarks.cost import Cost
from benchmarks.run import Case, Size

from benchmarks import run


def size(count: int, **cpu: float) -> Size:
    cases = {
        name.replace("_", "-"): Case(name, [Cost(cpu=seconds, system=0.1, wall=seconds, largest=10**8, tree=10**8)])
        for name, seconds in cpu.items()
    }
    return Size(count, cases)


FAST = {"cold": 0.5, "hugo": 0.2, "hugo_update": 0.2, "update": 0.2, "update_git": 0.2, "check": 0.2, "through": 0.4}


def test_a_build_within_every_budget_meets_all():
    large = size(10_000, **FAST | {"cold": 4.7, "hugo": 8.0, "hugo_update": 8.0})

    assert [verdict.what for verdict in verdicts([size(100, **FAST), large]) if not verdict.met] == []


def test_a_budget_that_is_missed_says_by_how_much():
    large = size(10_000, **FAST | {"cold": 9.0, "hugo": 8.0, "hugo_update": 8.0, "update": 0.4})

    missed = [(v.what, v.measured) for v in verdicts([size(100, **FAST), large]) if not v.met]

    assert ("cold build", "1.12 (9.00 s / 8.00 s)") in missed
    assert ("one new update", "0.40 s") in missed
    assert ("one new update, beside 100 incidents", "2 (0.40 s / 0.20 s)") in missed


def test_what_was_not_measured_is_not_judged():
    large = size(10_000, cold=1.0)
    said = {verdict.what: verdict.met for verdict in verdicts([large])}

    assert said["`check`, nothing changed"] is None
    assert run.THROUGH not in large.cases
