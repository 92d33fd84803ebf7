"""A ledger whose line is cut, whose server restarts, and whose disk may refuse: nothing is lost or written twice."""

import threading
import time

import pytest

from stillup.delivery.audit import contents, faults
from stillup.delivery.entry import Resend, Settled, Standing
from stillup.delivery.ledger import LedgerError
from stillup.delivery.ledger.place import open_ledger
from stillup.delivery.ledger.postgres import PostgresLedger
from stillup.postgres.address import address
from stillup.postgres.migration import migrate
from tests.cluster import Cluster
from tests.delivery import world
from tests.delivery.test_ledger import A, B, answer, intent
from tests.postgres.proxy import proxy
from tests.tools import need

AGAIN = Resend(event="cards/one", channel="email", at=world.AT)


@pytest.fixture
def tables(database):
    migrate(address(database), "ledger")
    return database


@pytest.fixture
def cut(cluster, tables):
    """A ledger behind a line that can be cut, and the line."""
    with proxy(cluster.port) as line:
        ledger = world.begun(open_ledger(tables.replace(f":{cluster.port}/", f":{line.port}/"), None))
        yield ledger, line
        ledger.close()


@pytest.mark.parametrize("answered", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("word", [b"BEGIN", b"FOR UPDATE", b"UPDATE chain", b"COMMIT", b"pg_logical_emit"])
def test_a_write_that_is_cut_is_made_once(word, answered, cut):
    ledger, line = cut
    batch = intent(A, B)

    line.cut(word, answered=answered)
    assert ledger.claim([batch]) == (batch,)
    line.cut(word, answered=answered)
    ledger.record([answer(batch, "a-")])
    line.cut(word, answered=answered)
    ledger.record([Settled(event="cards/one", channel="email", at=world.AT, counts={}), AGAIN])

    assert line.cuts == 3
    assert [line.number for line in ledger.lines()] == [1, 2, 3, 4, 5]
    assert ledger.generation("cards/one", "email") == 1
    assert ledger.standings("cards/one", "email", [A, B]) == {A: Standing.ACCEPTED, B: Standing.CLAIMED}
    assert list(faults(ledger)) == []


def test_a_question_that_is_cut_is_asked_again(cut):
    ledger, line = cut
    line.cut(b"SELECT generation", answered=True)

    assert ledger.generation("cards/one", "email") == 0
    assert line.cuts == 1


def test_a_database_that_stays_away_is_given_up_and_says_where(cluster, tables):
    with proxy(cluster.port) as line:
        place = tables.replace(f":{cluster.port}/", f":{line.port}/")
        ledger = PostgresLedger(address(place), patience=0.3)
        line.refusing = True
        line.drop()

        with pytest.raises(LedgerError, match=f"The ledger postgresql://owner@127.0.0.1:{line.port}/.* cannot be"):
            ledger.record([AGAIN])
        ledger.close()
    ledger = open_ledger(tables, None)
    assert list(ledger.lines()) == []
    ledger.close()


def test_a_write_that_fails_for_good_leaves_nothing_and_quotes_no_row(cluster, tables):
    ledger = world.begun(open_ledger(tables, None))
    schema = address(tables).schema
    cluster.sql(f"ALTER TABLE {schema}.intent ADD CONSTRAINT no CHECK (name = '')")

    with pytest.raises(LedgerError) as refused:
        ledger.claim([intent(A)])

    assert "violates check constraint" in str(refused.value)
    assert "Failing row" not in str(refused.value)
    assert len(list(ledger.lines())) == 1
    assert ledger.standings("cards/one", "email", [A]) == {}
    ledger.close()


def test_a_line_cannot_be_changed_by_those_who_own_it(cluster, tables):
    world.begun(open_ledger(tables, None)).close()
    schema = address(tables).schema

    for change in ("UPDATE {}.entry SET text = 'x'", "DELETE FROM {}.entry", "TRUNCATE {}.entry"):
        with pytest.raises(Exception, match="a line of the ledger never changes"):
            cluster.sql(change.format(schema))


def test_an_end_that_was_taken_off_is_noticed(cluster, tables):
    ledger = world.begun(open_ledger(tables, None))
    ledger.record([AGAIN])
    schema = address(tables).schema
    cluster.sql(f"SET session_replication_role = replica; DELETE FROM {schema}.entry WHERE number = 2")

    assert any("lines were taken off" in fault for fault in faults(ledger))
    ledger.close()


@pytest.fixture(scope="module")
def own():
    """A server that may be ended: its disk is waited for, as in earnest."""
    need("postgres")
    made = Cluster(fsync=True)
    yield made
    made.close()


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_a_server_that_ends_in_the_middle_of_a_run_costs_nothing(own, end, provider):
    """`kill` is a power cut of the server. The judge is the provider's own account."""
    place = own.place()
    migrate(address(place), "ledger")
    ledger = world.begun(open_ledger(place, None))
    people = 40
    restarted = threading.Event()

    def restart():
        while len(provider.requests) < people // 4:
            time.sleep(0.001)
        getattr(own, end)()
        own.start()
        restarted.set()

    other = threading.Thread(target=restart)
    other.start()
    run = world.dispatch(ledger, world.Post(provider.url, world.REPEAT), world.List(range(people)))
    run.run([world.event("cards/one", opening=True)])
    other.join()

    assert restarted.is_set()
    assert provider.told() == dict.fromkeys((f"person{number}@example.com" for number in range(people)), 1)
    assert (run.tally.planned, run.tally.accepted, run.tally.missing) == (people, people, 0)
    assert list(faults(ledger)) == []
    assert contents(ledger).accounts[0].counts["accepted"] == people
    ledger.close()
