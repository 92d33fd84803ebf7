"""Real input loads as it is: four years of a public page, and our own example."""

import pytest

from stillup.records import store
from stillup.vocabulary import Kind
from tests.tools import ROOT

CORPUS = ROOT.parent / "shared/corpus/github-history"


@pytest.mark.skipif(not CORPUS.is_dir(), reason="needs the corpus of real pages")
def test_four_years_of_a_real_page_load_without_a_word():
    records = store.load(CORPUS)

    assert len(records.incidents) == 819
    assert sum(len(record.updates) for record in records.incidents) == 4570
    assert sum(record.kind is Kind.MAINTENANCE for record in records.incidents) == 18
    assert [warning.file for warning in records.warnings] == ["mkdocs.yml"]
    for record in records.incidents:
        assert len({update.id for update in record.updates}) == len(record.updates)


def test_the_example_loads_without_a_word():
    records = store.load(ROOT)

    assert records.warnings == ()
    assert len(records.components.components) == 15
    assert len(records.incidents) >= 12
