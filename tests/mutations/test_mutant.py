"""The tests of records and timeline notice when a rule is broken."""

import pytest

from tests.mutations.mutant import MUTANTS, Mutant, OutOfDate, survivors


def test_every_broken_rule_is_noticed():
    assert survivors() == []


def test_what_no_test_notices_is_told():
    blank = Mutant("a docstring is no rule", "timeline/claim.py", '"""A claim:', '"""One claim:', MUTANTS[0].tests)

    assert survivors([blank]) == ["a docstring is no rule (timeline/claim.py)"]


def test_a_line_that_is_not_there_is_told():
    gone = Mutant("an old rule", "timeline/claim.py", "no such line", "", MUTANTS[0].tests)

    with pytest.raises(OutOfDate, match=r"an old rule: 'no such line' stands in timeline/claim.py 0 times"):
        survivors([gone])


def test_a_mutant_that_cannot_even_be_imported_proves_nothing():
    broken = Mutant("a slip", "timeline/claim.py", "def joined(", "def joined((", "tests/timeline/test_claim.py")

    with pytest.raises(OutOfDate, match="could not run"):
        survivors([broken])
