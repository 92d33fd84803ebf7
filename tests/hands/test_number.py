"""A number is one incident's: two clones may give it twice, and `check` says so before anybody is confused."""

from datetime import UTC, datetime

import pytest

from stillup.errors import RecordError
from stillup.pipeline.building.build import check
from stillup.pipeline.change.entry import reference
from stillup.records.settings import Settings

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
PUBLIC = """\
title: Card payments failing
{reference}updates:
  - at: 2026-11-20T10:12:00Z
    status: investigating
    components: {{payments: partial_outage}}
    body: Some payments fail.
"""


def record(page, name: str, number: str = "") -> None:
    path = page / "incidents" / f"{name}.yml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(PUBLIC.format(reference=f"reference: {number}\n" if number else ""))


def private(page, name: str, text: str) -> None:
    path = page / "private" / "incidents" / f"{name}.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def said(page) -> list[str]:
    """Return what `check` refuses."""
    try:
        check(page, at=AT)
    except RecordError as error:
        return [str(problem) for problem in error.problems if problem.level == "error"]
    return []


def test_two_incidents_of_one_number_are_refused_with_the_next_that_is_free(page):
    record(page, "a", "INC-2026-11-20-001")
    record(page, "b", "INC-2026-11-20-001")
    record(page, "c", "INC-2026-11-20-007")
    record(page, "d", "INC-2026-11-20-001")

    place = "Another incident has this reference too, at incidents/a.yml:2:12."
    expected = [
        f"incidents/b.yml:2:12: reference: {place} Write INC-2026-11-20-008, which is free.",
        f"incidents/d.yml:2:12: reference: {place} Write INC-2026-11-20-009, which is free.",
    ]
    assert said(page) == expected
    assert said(page) == expected  # what an earlier run kept says the same


def test_private_records_have_numbers_and_channels_of_their_own(page):
    for name in ("a", "b"):
        record(page, name)
        private(page, name, 'reference: INC-2026-11-20-002\nchannel: "#incident-2026-11-20-002"\n')

    assert said(page) == [
        "private/incidents/b.yml:1:12: reference: Another incident has this reference too, at "
        "private/incidents/a.yml:1:12. Write INC-2026-11-20-003, which is free.",
        "private/incidents/b.yml:2:10: channel: Another incident has this channel too, at "
        'private/incidents/a.yml:2:10. Write "#incident-2026-11-20-003", which is free.',
    ]


def test_a_private_number_is_not_that_of_another_public_incident(page):
    record(page, "a", "INC-2026-11-20-001")
    record(page, "b")
    private(page, "b", "reference: INC-2026-11-20-001\n")

    assert said(page) == [
        "private/incidents/b.yml:1:12: reference: Another incident has this reference too, at incidents/a.yml:2:12. "
        "Write INC-2026-11-20-002, which is free."
    ]


def test_the_two_sides_of_one_incident_have_one_number(page):
    record(page, "a", "INC-2026-11-20-001")
    private(page, "a", 'reference: INC-2026-11-20-001\nchannel: "#incident-2026-11-20-001"\n')

    assert said(page) == []


def test_the_thousandth_of_a_day_has_its_number_in_private_too(page):
    record(page, "2026-11-20-a", "INC-2026-11-20-999")
    number = reference(page, AT, Settings())
    record(page, "b", number)
    private(page, "b", f'reference: {number}\nchannel: "#incident-2026-11-20-1000"\n')
    assert (number, said(page)) == ("INC-2026-11-20-1000", [])

    record(page, "c")
    private(page, "c", f"reference: {number}\n")
    assert said(page) == [
        "private/incidents/c.yml:1:12: reference: Another incident has this reference too, at incidents/b.yml:2:12. "
        "Write INC-2026-11-20-1001, which is free."
    ]


def test_a_number_of_another_kind_may_stand_in_several_records(page):
    record(page, "a", "TICKET-7")
    record(page, "b", "TICKET-7")

    assert said(page) == []


def test_other_faults_are_said_in_the_same_run(page):
    record(page, "a", "INC-2026-11-20-001")
    record(page, "b", "INC-2026-11-20-001")
    private(page, "a", "commander: 5\n")

    assert [line.partition(":")[0] for line in said(page)] == ["incidents/b.yml", "private/incidents/a.yml"]


@pytest.mark.parametrize("folder", ["incidents", "private/incidents"])
def test_the_number_of_a_draft_that_was_accepted_days_later_is_not_given_again(page, folder):
    path = page / folder / "2026-11-17-payments-2359.yml"
    path.parent.mkdir(parents=True)
    path.write_text("reference: INC-2026-11-20-004\n")

    assert reference(page, AT, Settings()) == "INC-2026-11-20-005"
