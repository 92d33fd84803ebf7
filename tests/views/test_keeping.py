"""Headlines and entries survive the index."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stillup.records.incident import Postmortem
from stillup.views.keeping import entry_from, headline_from, to_text
from stillup.views.story import entries
from tests.views.sample import CRASH, DECLINED, MAINTAINED, at, edition, listed, outage, seen, told, work

SERIES = work(
    told(at("09:00", 1), "scheduled", components={"sms": MAINTAINED}),
    start=at("02:00", 8),
    end=at("03:00", 8),
    recurrence="FREQ=WEEKLY;COUNT=4",
)
RECORDS = [CRASH, DECLINED, SERIES, replace(DECLINED, postmortem=Postmortem(at=at("16:00", 13), body="Why."))]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.id)
def test_what_is_kept_comes_back_as_it_was(record):
    assert headline_from(to_text(listed(record))) == listed(record)
    for entry in entries(edition(), seen(record)):
        assert entry_from(to_text(entry)) == entry
        assert type(entry_from(to_text(entry)).html) is type(entry.html)


@given(st.text(), st.text(alphabet="abc <>&\n*_`'\"é漢\u2028"))
def test_any_words_come_back(title, body):
    record = outage(told(at("10:00"), "investigating", body), title=title)

    assert headline_from(to_text(listed(record))) == listed(record)
    (entry,) = entries(edition(), seen(record))
    assert entry_from(to_text(entry)) == entry
    assert "\n" not in to_text(entry)


@pytest.mark.parametrize("text", ["{}", "[]", "[1]", "null", "nonsense"])
def test_what_is_not_ours_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        headline_from(text)
    with pytest.raises(ValueError, match=r"."):
        entry_from(text)
