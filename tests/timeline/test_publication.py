"""What is public at an instant."""

from stillup.records.incident import Postmortem
from stillup.timeline.publication import drafts, published
from tests.timeline.records import MINUTE, clock, incident, told, withdrawn


def test_a_later_update_is_a_draft_until_five_minutes_before_its_time():
    first, second = told(clock("10:00"), "investigating"), told(clock("10:30"), "identified")
    record = incident(first, second)

    assert published(record, clock("10:24")).updates == (first,)
    assert drafts(record, clock("10:24")) == (second,)
    assert published(record, clock("10:25")) == record
    assert drafts(record, clock("10:25")) == ()


def test_an_update_slightly_ahead_keeps_the_time_it_was_written_with():
    ahead = told(clock("10:04"), "investigating")

    assert published(incident(ahead), clock("10:00")).updates[0].at == clock("10:04")


def test_a_record_of_drafts_alone_is_not_public():
    record = incident(told(clock("10:30"), "investigating"))

    assert published(record, clock("10:00")) is None
    assert drafts(record, clock("10:00")) == record.updates


def test_a_withdrawn_update_keeps_its_place():
    record = incident(told(clock("10:00"), "investigating", withdrawn=withdrawn(clock("10:10"))))

    assert published(record, clock("11:00")) == record


def test_a_postmortem_waits_for_its_time():
    late = Postmortem(at=clock("15:00"), body="What we learned.")
    record = incident(told(clock("10:00"), "resolved"), postmortem=late)

    assert published(record, clock("14:54")).postmortem is None
    assert published(record, clock("14:55")).postmortem == late
    assert published(record, clock("15:00") + MINUTE).postmortem == late
