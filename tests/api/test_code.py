"""The public API's ids are the same for ever, on every machine, and nobody else's."""

from hypothesis import given
from hypothesis import strategies as st

from stillup.views.code import code
from tests.api.sample import at, edition, outage, told, work, world

ALPHABET = set("0123456789bcdfghjklmnpqrstvwxyz")
ids = st.from_regex(r"[a-z0-9][a-z0-9-]{0,99}", fullmatch=True)
kinds = st.sampled_from(["page", "component", "group", "incident", "update"])


@given(kinds, ids)
def test_a_code_has_twelve_letters_without_vowels(kind, id):
    letters = code(kind, id)

    assert len(letters) == 12
    assert set(letters) <= ALPHABET
    assert letters == code(kind, id)


@given(st.lists(st.tuples(kinds, ids), unique=True, max_size=200))
def test_no_two_things_share_a_code(things):
    assert len({code(*thing) for thing in things}) == len(things)


def test_codes_are_pinned():
    """Whoever changes how codes are made breaks every link that leads to one."""
    assert [code("incident", "card-payments"), code("update", "card-payments/20261120t101200z")] == [
        "49jylz4h6126",
        "tc7bswb6mrj5",
    ]


def test_a_kept_code_stands_in_place_of_a_made_one():
    record = outage(told(at("10:12"), "investigating", code="b" * 12), code="c" * 12)
    shown = world(record, page=edition(code="d" * 12)).json("api/v2/incidents.json")

    assert shown["page"]["id"] == "d" * 12
    assert shown["incidents"][0]["id"] == "c" * 12
    assert shown["incidents"][0]["page_id"] == "d" * 12
    assert shown["incidents"][0]["incident_updates"][0]["id"] == "b" * 12


def test_a_rename_keeps_the_codes_of_an_incident_and_its_updates():
    update = told(at("10:12"), "investigating")
    before = world(outage(update, id="old-name")).documents["old-name"]
    after = world(outage(update, id="new-name", formerly=("old-name", "middle-name"))).documents["new-name"]

    assert after.code == before.code
    assert [each.code for each in after.updates] == [each.code for each in before.updates]


def test_every_code_of_a_page_is_another(example_api):
    summary = example_api.json("api/v2/summary.json")
    found = [summary["page"]["id"], *(each["id"] for each in summary["components"])]
    for document in example_api.documents.values():
        found += [document.code, *(update.code for update in document.updates)]

    assert len(set(found)) == len(found)


def test_what_the_clock_did_has_the_same_code_in_every_build():
    record = work(told(at("09:00"), "scheduled"), start=at("10:00"), end=at("10:30"))
    first = world(record, page=edition(at("10:10"))).documents["new-disks"]
    later = world(record, page=edition(at("12:00"))).documents["new-disks"]

    assert [each.code for each in first.updates] == [each.code for each in later.updates][1:]
