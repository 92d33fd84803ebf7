"""Who is told of what: everybody who wants it, nobody else, each once."""

import resource
import sqlite3
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stillup.messages.event import AUDIENCES as TOLD
from stillup.pipeline.sending.audience import Audience
from stillup.records.subscriber import AUDIENCES
from stillup.subscribers.address import key_of, normal
from stillup.subscribers.people import People
from stillup.subscribers.sqlite_store import SqliteStore
from stillup.subscribers.subscription import Reach, met
from stillup.subscribers.token import Keys, Links, Scope
from stillup.vocabulary import Impact, Kind, Severity
from tests.subscribers.conftest import SALT
from tests.subscribers.sample import AT, event, somebody

PAYMENTS = event()
SCHEDULED = event(kind="maintenance_scheduled", record=Kind.MAINTENANCE, impact=Impact.NONE)
UPDATED = event(kind="incident_updated", opening=False)
RESOLVED = event(kind="incident_resolved", opening=False, closing=True)
DIGEST = event(kind="digest", incident="digest", opening=False, impact=Impact.NONE)


@pytest.mark.parametrize(
    ("reach", "told", "not_told"),
    [
        ({}, [PAYMENTS, UPDATED, RESOLVED, SCHEDULED, event(components=(), groups=())], [DIGEST]),
        ({"components": "payments-stripe"}, [PAYMENTS], [event(components=("ledger",), groups=("core",))]),
        ({"components": "group:payments"}, [PAYMENTS, SCHEDULED], [event(components=("ledger",), groups=("core",))]),
        ({"components": "ledger"}, [event(components=(), groups=())], [PAYMENTS]),
        ({"impact": "major"}, [PAYMENTS, SCHEDULED], [event(impact=Impact.MINOR)]),
        ({"impact": "critical"}, [event(impact=Impact.CRITICAL)], [PAYMENTS]),
        ({"kinds": "incident"}, [PAYMENTS], [SCHEDULED]),
        ({"kinds": "maintenance"}, [SCHEDULED], [PAYMENTS]),
        ({"kinds": "incident maintenance"}, [SCHEDULED, PAYMENTS], []),
        ({"incident": "2026-11-20-payments"}, [PAYMENTS, RESOLVED], [event(incident="2026-11-21-other")]),
        ({"follow": "open_close"}, [PAYMENTS, RESOLVED, event(kind="maintenance_moved", opening=False)], [UPDATED]),
        ({"follow": "digest"}, [DIGEST], [PAYMENTS, RESOLVED]),
        ({"follow": "digest", "impact": "major"}, [DIGEST], [PAYMENTS]),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_people_are_told_what_they_want_and_nothing_else(reach, told, not_told):
    assert [each.kind for each in told if not met(each, "email", Reach(**reach))] == []
    assert [each.kind for each in not_told if met(each, "email", Reach(**reach))] == []


@pytest.mark.parametrize(
    ("reach", "happened", "is_told"),
    [
        ({}, event(impact=Impact.CRITICAL), True),
        ({}, event(severity=Severity.P0), True),
        ({}, PAYMENTS, False),
        ({}, event(impact=Impact.CRITICAL, kind="incident_updated", opening=False), False),
        ({}, event(impact=Impact.CRITICAL, kind="incident_resolved", opening=False, closing=True), True),
        ({}, SCHEDULED, False),
        ({"kinds": "maintenance"}, SCHEDULED, True),
        ({"impact": "major"}, PAYMENTS, True),
        ({"follow": "all", "impact": "none"}, UPDATED, True),
    ],
)
def test_a_telephone_rings_for_the_worst_only_unless_its_owner_says_otherwise(reach, happened, is_told):
    assert bool(met(happened, "sms", Reach(**reach))) is is_told


def test_one_person_on_many_paths_gets_one_message_with_every_reason(reopen):
    store = reopen()
    store.save(
        [
            somebody("direct", "Ada@example.com", reach={"components": "payments-stripe"}),
            somebody("group", "ada@EXAMPLE.com", reach={"components": "group:payments payments-bank"}),
            somebody("page", "ada@example.com", audience="executives", language="es"),
            somebody("elsewhere", "ada@example.com", reach={"components": "ledger"}),
        ]
    )
    (recipient,) = People(store).recipients(PAYMENTS, "email")

    assert recipient.audience == "executives"  # whose wording says most
    assert (recipient.id, recipient.language) == ("page", "es")
    assert sorted(recipient.reasons) == ["all", "group:payments", "payments-bank", "payments-stripe"]


def test_an_address_is_spelled_the_same_whichever_subscription_an_event_meets(reopen):
    store = reopen()
    store.save([somebody("a", "Ada@example.com", reach={"components": "ledger"}), somebody("b", "ADA@example.com")])
    people = People(store)

    for happened in (PAYMENTS, event(components=("ledger",))):
        assert [each.address for each in people.recipients(happened, "email")] == ["Ada@example.com"]


def test_who_has_not_agreed_is_never_told(reopen):
    store = reopen()
    store.save([somebody("a", confirmed=False), somebody("b", "bob@example.com")])
    people = People(store)

    assert [each.id for each in people.recipients(PAYMENTS, "email")] == ["b"]
    assert [each.id for each in people.recipients(PAYMENTS, "email", also=lambda address: True)] == ["b"]
    assert people.silent(PAYMENTS, "email") == {"unconfirmed": 1}


def test_an_event_for_some_audiences_reaches_those_only(reopen):
    store = reopen()
    store.save([somebody("a"), somebody("b", "bob@example.com", audience="board")])
    people = People(store)
    inside = event(audiences=("board", "executives"))

    assert [each.id for each in people.recipients(inside, "email")] == ["b"]
    assert [each.id for each in people.recipients(event(), "email")] == ["a", "b"]
    assert list(people.recipients(inside, "sms")) == []


def test_who_heard_the_beginning_can_be_told_the_end(reopen):
    store = reopen()
    store.save([somebody("a", reach={"impact": "critical"}), somebody("b", "bob@example.com")])
    heard = {"ada@example.com"}

    told = list(People(store).recipients(RESOLVED, "email", also=heard.__contains__))

    assert [(each.id, each.reasons) for each in told] == [("a", ("earlier",)), ("b", ("all",))]


def test_links_carry_no_address_and_are_the_same_in_every_run(reopen):
    store = reopen()
    store.save([somebody("k3v9")])
    keys = Keys(b"k" * 32)
    people = People(store, Links("https://subscribe.example.com/", keys))
    (first,), (again,) = people.recipients(PAYMENTS, "email"), people.recipients(PAYMENTS, "email")

    assert first == again
    assert first.unsubscribe.startswith("https://subscribe.example.com/u/")
    assert "ada" not in first.unsubscribe + first.manage
    assert keys.subject(first.unsubscribe.rpartition("/")[2], Scope.UNSUBSCRIBE, AT + timedelta(days=4000)) == "k3v9"
    token = first.manage.rpartition("/")[2]
    assert keys.subject(token, Scope.MANAGE, AT + timedelta(days=89)) == "k3v9"
    assert keys.subject(token, Scope.MANAGE, AT + timedelta(days=91)) is None
    (bare,) = people.recipients(PAYMENTS, "email", links=False)
    assert (bare.unsubscribe, bare.manage) == ("", "")


def test_the_secret_of_a_webhook_reaches_its_message_and_no_log(reopen):
    store = reopen()
    secret = "whsec_" + "A" * 44
    store.save([somebody("hook", "https://hooks.example.com/status", "webhook", secret=secret)])
    (recipient,) = People(store).recipients(PAYMENTS, "webhook")

    assert recipient.secret == secret
    assert secret not in repr(recipient) + repr(store.get("hook"))


def test_every_audience_has_its_rank():
    assert set(AUDIENCES) == set(TOLD)


reaches = st.builds(
    lambda components, impact, kinds, follow: Reach(" ".join(sorted(components)), impact, kinds, follow),
    st.sets(st.sampled_from(["payments-stripe", "ledger", "group:payments", "group:core"])),
    st.sampled_from(["", "none", "minor", "major", "critical"]),
    st.sampled_from(["", "incident", "maintenance"]),
    st.sampled_from(["", "all", "open_close", "digest"]),
)


@given(reaches, st.sampled_from([PAYMENTS, SCHEDULED, UPDATED, RESOLVED, DIGEST]))
def test_to_follow_more_is_never_to_hear_less(reach, happened):
    wider = replace_with(reach, components="", kinds="", impact="none")

    assert not met(happened, "email", reach) or met(happened, "email", wider)


def replace_with(reach, **more):
    return reach._replace(**more)


def test_two_hundred_thousand_people_stream_past_in_bounded_memory(tmp_path):
    path = tmp_path / "many.sqlite"
    SqliteStore(path, "many", SALT).close()
    with sqlite3.connect(path) as db:
        db.execute(
            "with recursive n(i) as (select 0 union all select i + 1 from n where i < 199999)"
            " insert into subscription select 's' || i, 'email', 'person' || i || '@example.com',"
            " 'person' || i || '@example.com', 'customers', case i % 2 when 0 then '' else 'ledger' end,"
            " '', '', '', '', '', '', '', '2026-11-20T10:12:00Z', '', '', '' from n"
        )
    db.close()
    store = SqliteStore(path, "many", SALT)
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()

    last, count = "", 0
    for recipient in People(store).recipients(PAYMENTS, "email", links=False):
        assert recipient.address > last
        last, count = recipient.address, count + 1

    assert count == 100_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 24 * 1024  # KB
    assert time.process_time() - began < 8
    store.close()


def test_a_list_that_changes_while_it_streams_tells_nobody_twice(tmp_path, monkeypatch):
    store = SqliteStore(tmp_path / "s.sqlite", "s", SALT)
    monkeypatch.setattr("stillup.subscribers.sqlite_store.PAGE", 3)
    store.save([somebody(f"n{number:02}", f"p{number:02}@example.com") for number in range(10)])
    told = []
    for recipient in People(store).recipients(PAYMENTS, "email"):
        told.append(recipient.id)
        if recipient.id == "n04":
            other = SqliteStore(tmp_path / "s.sqlite", "s", SALT)
            other.save([somebody("early", "a@example.com"), replace(somebody("late", "q@example.com"))])
            other.remove(["n08"])
            other.close()

    assert told == ["n00", "n01", "n02", "n03", "n04", "n05", "n06", "n07", "n09", "late"]
    store.close()


@pytest.mark.parametrize("stop", range(9))
@pytest.mark.parametrize("happened", [PAYMENTS, UPDATED], ids=["opening", "between"])
def test_who_leaves_while_the_list_streams_takes_nobody_along(stop, happened, tmp_path, monkeypatch):
    monkeypatch.setattr("stillup.subscribers.sqlite_store.PAGE", 3)
    store = SqliteStore(tmp_path / "s.sqlite", "s", SALT)
    store.save([somebody(f"n{number}", f"p{number}@example.com") for number in range(10)])
    seen = {}
    for candidate in Audience(People(store)).candidates(happened, "email"):
        seen[candidate.recipient.id] = (candidate.follow, candidate.unwanted)
        if candidate.recipient.id == f"n{stop}":
            other = SqliteStore(tmp_path / "s.sqlite", "s", SALT)
            other.remove([f"n{stop + 1}", f"n{min(stop + 2, 9)}"])
            other.close()
    store.close()

    assert set(seen.values()) == {("all", "")}
    assert len(seen) >= 8


@pytest.mark.parametrize(
    ("channel", "address"),
    [("email", "Ada.B@Example.com"), ("sms", "+15551234567"), ("webhook", "http://hooks.inside/Path")],
)
def test_the_key_of_what_is_kept_is_known_without_judging_it(channel, address):
    kept, key = normal(channel, address, ("hooks.inside",))

    assert key_of(channel, kept) == key
