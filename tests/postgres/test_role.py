"""Least privilege: each role does its own work against a real server, and is refused everything else."""

from dataclasses import replace

import psycopg
import pytest

from stillup.delivery.audit import contents, faults
from stillup.delivery.event_log.audit import faults as log_faults
from stillup.delivery.event_log.place import open_log
from stillup.delivery.ledger import LedgerError
from stillup.delivery.ledger.place import open_ledger
from stillup.errors import StillupError
from stillup.postgres.address import address
from stillup.postgres.migration import migrate
from stillup.postgres.role import roles
from stillup.subscribers.opening import open_store
from stillup.subscribers.store import Reason, Suppression
from tests.delivery import world
from tests.delivery.log import draft, keys, told
from tests.delivery.test_ledger import A, answer, intent
from tests.subscribers.sample import AT, somebody

LEDGER = (
    *("chain", "entry", "event", "intent", "told"),
    *("public_chain", "public_entry", "public_text", "public_known"),
)
PEOPLE = ("subscription", "suppression", "people")


@pytest.fixture
def page(cluster, database):
    """A schema with a ledger and people, and a login for each role: `page(role)` is its address."""
    place = address(database)
    for part in ("ledger", "queue", "people"):
        migrate(place, part)
    made = roles(place.schema, ("ledger", "people"))
    cluster.sql(made)
    cluster.sql(made)  # after an upgrade it is run again
    for role in ("publisher", "serve", "reader"):
        login = f"{place.schema}_{role}_login"
        cluster.sql(f"CREATE ROLE {login} LOGIN; GRANT {place.schema}_{role} TO {login}")
    world.begun(open_ledger(database, None)).close()
    store = open_store(None, database, bytes(16))
    store.save([somebody("a")])
    store.close()
    return lambda role: cluster.place(f"{place.schema}_{role}_login", place.schema)


def refused(place, statement):
    found = address(place)
    with psycopg.connect(found.url, autocommit=True) as connection:
        connection.execute(f"SET search_path = {found.schema}")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)


def test_who_may_not_make_tables_is_told_how_to_be_somebody_who_may(page):
    there = address(page("publisher"))

    with pytest.raises(StillupError, match=r"permission denied.*\. Do it as a role that may: PGUSER names one, where"):
        migrate(replace(there, schema="another"), "ledger")


def test_a_publisher_reads_people_and_writes_the_ledger(page):
    ledger, store = open_ledger(page("publisher"), None), open_store(None, page("publisher"), bytes(16))
    batch = intent(A)
    ledger.claim([batch])
    ledger.record([answer(batch, "a")])
    store.suppress("email", "ada@example.com", Suppression(Reason.BOUNCE, AT))

    assert [row.silent for row in store.rows("email")] == ["bounce"]
    ledger.probe()
    assert list(faults(ledger)) == []
    for statement in (
        "UPDATE entry SET text = 'x'",
        "DELETE FROM entry",
        "DELETE FROM told",
        "DELETE FROM public_entry",
        "UPDATE public_entry SET line = 'x'",
        "UPDATE public_text SET content = 'x'",
        "DELETE FROM public_known",
        "UPDATE subscription SET address = 'x'",
        "DELETE FROM subscription",
        "INSERT INTO people VALUES (true, '')",
        "CREATE TABLE own (a int)",
    ):
        refused(page("publisher"), statement)
    ledger.close()
    store.close()


def test_the_application_works_on_people_and_sees_nothing_of_the_ledger(page):
    store = open_store(None, page("serve"), bytes(16))
    store.save([somebody("b", "bob@example.com")])
    store.suppress("email", "bob@example.com", Suppression(Reason.COMPLAINT, AT))
    assert store.lift("email", "bob@example.com")
    assert store.remove(["a", "b"]) == 2
    store.close()

    for table in LEDGER:
        for statement in (f"SELECT * FROM {table}", f"INSERT INTO {table} DEFAULT VALUES", f"DELETE FROM {table}"):
            refused(page("serve"), statement)


def test_a_reader_proves_the_ledger_and_sees_nobody(page):
    ledger = open_ledger(page("reader"), None)
    assert list(faults(ledger)) == []
    assert contents(ledger).lines == 1
    with pytest.raises(LedgerError, match="cannot be written: permission denied"):
        ledger.probe()
    ledger.close()

    for table in PEOPLE:
        refused(page("reader"), f"SELECT * FROM {table}")
    for table in LEDGER:
        for statement in (f"INSERT INTO {table} DEFAULT VALUES", f"DELETE FROM {table}"):
            refused(page("reader"), statement)


def test_a_publisher_tells_and_redacts_and_a_reader_proves_the_event_log(page, tmp_path):
    log = open_log(page("publisher"), tmp_path / "publisher")
    told(log, draft("slow/1", "A customer's name."))
    told(log, draft("slow/1/redacted-1", "why", erases=[2]))
    log.close()

    seen = open_log(page("reader"), tmp_path / "reader")
    seen.refresh()
    assert list(log_faults(seen)) == []
    assert keys(seen) == ["log", "slow/1", "slow/1/redacted-1"]
    with pytest.raises(LedgerError, match="cannot be written: permission denied"):
        told(seen, draft("slow/2"))
    seen.close()


def test_who_has_no_role_sees_nothing(page, cluster):
    cluster.sql("DROP ROLE IF EXISTS stranger; CREATE ROLE stranger LOGIN")
    schema = address(page("reader")).schema

    for table in (*LEDGER, *PEOPLE, "migration"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            cluster.sql(f"SELECT * FROM {schema}.{table}", "stranger")
