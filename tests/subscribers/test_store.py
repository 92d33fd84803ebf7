"""What every store does, whichever it is: this suite runs on each unchanged."""

from dataclasses import replace
from multiprocessing import get_context

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stillup.subscribers.opening import open_store
from stillup.subscribers.people import People
from stillup.subscribers.store import Reason, Suppression
from tests.subscribers.conftest import PLACES, SALT
from tests.subscribers.sample import AT, event, somebody

EVERY_FIELD = somebody(
    "k3v9m2x7q4zd",
    "https://hooks.example.com/status?team=a,b",
    "webhook",
    audience="partners",
    reach={
        "components": "group:payments ledger",
        "impact": "major",
        "kinds": "incident maintenance",
        "follow": "open_close",
        "incident": "2026-11-20-payments",
    },
    language="es",
    timezone="Europe/Madrid",
    secret="whsec_" + "A" * 44,
    consent="es-0f3a9c12",
    origin="import people.csv",
)


def files_of(folder):
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_subscription_comes_back_as_it_was_saved(reopen):
    plain = somebody("plain", "ada.lovelace@example.com", confirmed=False)
    reopen().save([EVERY_FIELD, plain])

    store = reopen()

    assert store.get("k3v9m2x7q4zd") == EVERY_FIELD
    assert store.get("plain") == plain
    assert store.get("nobody") is None
    assert list(store.everybody()) == [plain, EVERY_FIELD]


def test_saving_under_the_same_id_replaces(reopen):
    store = reopen()
    store.save([somebody("a"), somebody("b", "bob@example.com")])
    store.save([replace(somebody("a"), language="es")])

    assert [(each.id, each.language) for each in reopen().everybody()] == [("a", "es"), ("b", "")]


def test_an_address_is_found_by_its_key_however_it_is_written(reopen):
    store = reopen()
    store.save([somebody("one", "Ada.B@Example.COM"), somebody("two", "ada.b@example.com")])

    assert [each.id for each in store.of("email", "ada.b@example.com")] == ["one", "two"]
    assert store.get("one").address == "Ada.B@example.com"
    assert store.of("sms", "ada.b@example.com") == ()


def test_rows_stream_in_the_order_of_their_keys(reopen):
    store = reopen()
    store.save([somebody(id, f"{name}@example.com") for id, name in (("z", "bob"), ("b", "ada"), ("a", "ada"))])
    store.save([somebody("hook", "https://hooks.example.com/", "webhook")])

    assert [(row.key, row.id) for row in store.rows("email")] == [
        ("ada@example.com", "a"),
        ("ada@example.com", "b"),
        ("bob@example.com", "z"),
    ]


def test_of_two_runs_that_write_at_once_neither_is_lost(reopen):
    first, second = reopen(), reopen()
    first.save([somebody("a")])
    second.save([somebody("b", "bob@example.com")])
    first.save([somebody("c", "cleo@example.com")])

    assert [each.id for each in reopen().everybody()] == ["a", "b", "c"]


def add_some(folder, place, name):
    store = open_store(folder, place, SALT)
    for number in range(5):
        store.save([somebody(f"{name}{number}", f"{name}{number}@example.com")])
    store.close()


def test_processes_that_add_at_the_same_time_lose_nobody(place, tmp_path):
    context = get_context("fork")
    runs = [context.Process(target=add_some, args=(tmp_path, place, name)) for name in "abcd"]
    for run in runs:
        run.start()
    for run in runs:
        run.join(60)

    assert [run.exitcode for run in runs] == [0] * 4
    store = open_store(tmp_path, place, SALT)
    assert len(list(store.everybody())) == 20
    store.close()


@pytest.mark.parametrize("place", [kind for kind in PLACES.values() if kind])
def test_what_is_forgotten_is_in_no_byte_of_any_file(reopen, tmp_path):
    store = reopen()
    many = [somebody(f"n{number}", f"person-{number}@example.com") for number in range(300)]
    store.save(many)
    store.save([somebody("x1", "Grace.Hopper@example.com"), somebody("x2", "grace.hopper@example.com")])
    store.save([replace(each, language="es") for each in many[::2]])
    store.suppress("email", "grace.hopper@example.com", Suppression(Reason.BOUNCE, AT))
    assert any(b"race.hopper" in data.lower() for data in files_of(tmp_path).values())

    assert store.remove(["x1", "x2", "nobody"]) == 2

    assert {name for name, data in files_of(tmp_path).items() if b"race.hopper" in data.lower()} == set()
    assert len(list(reopen().everybody())) == 300
    assert store.suppression("email", "grace.hopper@example.com") == Suppression(Reason.BOUNCE, AT)


def test_what_is_forgotten_is_in_no_remark_behind_another_entry(tmp_path):
    file = tmp_path / "private" / "subscribers.yml"
    file.parent.mkdir()
    file.write_text(
        "- {id: a, channel: email, address: ada@example.com}  # came with the fair\n"
        "- {id: b, channel: email, address: bob@example.com}  # sits beside Ada@example.com\n"
        "- {id: c, channel: slack, address: 'https://hooks.example.com/x'}  # the room\n"
        "- {id: d, channel: email, address: dan@example.com}  # the boss\n"
    )
    store = open_store(tmp_path, PLACES["yaml"], SALT)

    store.remove(["a"])

    assert file.read_text() == (
        "- {id: b, channel: email, address: bob@example.com}\n"
        "- {id: c, channel: slack, address: 'https://hooks.example.com/x'}  # the room\n"
        "- {id: d, channel: email, address: dan@example.com}  # the boss\n"
    )
    store.close()


def test_a_suppressed_address_is_told_nothing_until_it_is_lifted(reopen):
    store = reopen()
    store.save([somebody("a"), somebody("b", "bob@example.com")])
    store.suppress("email", "ada@example.com", Suppression(Reason.BOUNCE, AT))
    store.save([somebody("c", "ADA@example.com")])  # subscribed once more

    people = People(reopen())
    assert [each.address for each in people.recipients(event(), "email")] == ["bob@example.com"]
    assert people.silent(event(), "email") == {"bounce": 1}

    assert store.lift("email", "ada@example.com")
    assert not store.lift("email", "ada@example.com")
    assert [each.id for each in People(reopen()).recipients(event(), "email")] == ["a", "b"]


def test_a_complaint_is_not_made_less_by_a_bounce(reopen):
    store = reopen()
    for reason in (Reason.BOUNCE, Reason.COMPLAINT, Reason.BOUNCE):
        store.suppress("email", "ada@example.com", Suppression(reason, AT))

    assert reopen().suppression("email", "ada@example.com").reason is Reason.COMPLAINT
    assert store.suppression("sms", "ada@example.com") is None


@pytest.mark.parametrize("place", [kind for kind in PLACES.values() if kind])
def test_only_the_owner_may_read_what_is_kept(reopen, tmp_path):
    reopen().save([somebody("a")])
    modes = {path.stat().st_mode & 0o077 for path in tmp_path.glob("private/subscribers.*")}

    assert modes == {0}


ids = st.text("abcdefgh", min_size=1, max_size=2)
names = st.sampled_from(["ada", "Ada", "bob", "=1+1", "+x", "o'neil", "'-q"])
actions = st.lists(st.tuples(st.sampled_from(["save", "remove"]), ids, names), max_size=12)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(actions=actions)
def test_all_stores_tell_the_same_story(actions, tmp_path_factory, places):
    folder = tmp_path_factory.mktemp("stores")
    told = []
    for place in map(places, PLACES):
        store = open_store(folder, place, SALT)
        expected = {}
        for verb, id, name in actions:
            if verb == "save":
                expected[id] = somebody(id, f"{name}@example.com")
                store.save([expected[id]])
            else:
                assert store.remove([id]) == (expected.pop(id, None) is not None)
        again = open_store(folder, place, SALT)
        told.append(list(again.everybody()))
        assert {each.id: each for each in told[-1]} == expected
        store.close()
        again.close()

    assert told == [told[0]] * len(PLACES)
