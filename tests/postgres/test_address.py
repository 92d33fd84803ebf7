"""Addresses of databases: what libpq is told, and what never stands in a message."""

import psycopg
import pytest

from stillup.delivery.ledger import LedgerError
from stillup.delivery.ledger.place import open_ledger
from stillup.postgres.address import Unfit, address
from stillup.postgres.session import options
from stillup.subscribers.opening import open_store


def test_the_schema_is_ours_and_the_rest_is_for_the_database():
    found = address("postgresql://status@db.example.com:5433/page?schema=payments&sslmode=verify-full")

    assert found.schema == "payments"
    assert found.url == "postgresql://status@db.example.com:5433/page?sslmode=verify-full"
    assert address("postgresql:///page").schema == "stillup"


@pytest.mark.parametrize(
    ("written", "local"),
    [
        ("postgresql:///page", True),
        ("postgresql://localhost/page", True),
        ("postgresql://[::1]:5432/page", True),
        ("postgresql://%2Frun%2Fpostgresql/page", True),
        ("postgresql:///page?host=/run/postgresql", True),
        ("postgresql://db.example.com/page", False),
        ("postgresql://localhost,db.example.com/page", False),
        ("postgresql:///page?host=db.example.com", False),
    ],
)
def test_a_way_over_a_network_is_encrypted_unless_somebody_says_no(written, local, monkeypatch):
    monkeypatch.delenv("PGSSLMODE", raising=False)

    assert address(written).is_local == local
    assert options(address(written)).get("sslmode") == (None if local else "require")
    if not local:
        join = "&" if "?" in written else "?"
        assert options(address(f"{written}{join}sslmode=disable"))["sslmode"] == "disable"


def test_of_several_servers_the_one_that_may_be_written_to_is_taken():
    assert options(address("postgresql://a.example.com,b.example.com/page"))["target_session_attrs"] == "read-write"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("postgresql://status:hunter2@db.example.com/page", "There is a password"),
        ("postgresql://status@db.example.com/page?password=hunter2", "There is a password"),
        ("postgresql://db.example.com/page?hunter2=1", "is no option"),
        ("postgresql://db.example.com/page?options=-csearch_path%3Dhunter2", "is no option"),
        ("postgresql://db.example.com/page?schema=hunter2;drop", "The schema is no plain name"),
        ("postgresql://db.example.com/page?schema=pg_catalog", "The schema is no plain name"),
        ("postgresql://db.example.com/page?hunter2", "no address"),
        ("https://db.example.com/", "no address"),
    ],
)
def test_what_cannot_be_used_is_said(written, said):
    with pytest.raises(Unfit, match=said) as refused:
        address(written)

    assert "hunter2" not in str(refused.value) or "option" in str(refused.value)


@pytest.fixture
def login(cluster):
    """The address of a login that needs its password, hunter2."""
    cluster.sql("DROP ROLE IF EXISTS status; CREATE ROLE status LOGIN PASSWORD 'hunter2'")
    book = cluster.data / "pg_hba.conf"
    before = book.read_text()
    book.write_text(f"host all status all scram-sha-256\n{before}")
    cluster.sql("SELECT pg_reload_conf()")
    yield cluster.place("status")
    book.write_text(before)
    cluster.sql("SELECT pg_reload_conf()")


@pytest.mark.parametrize("given", ["", "hunter3"])
@pytest.mark.parametrize(
    "opening",
    [lambda place: open_ledger(place, None), lambda place: open_store(None, place, bytes(16))],
    ids=["ledger", "people"],
)
def test_a_password_that_is_wrong_or_missing_is_said_without_it(opening, given, login, monkeypatch):
    if given:
        monkeypatch.setenv("PGPASSWORD", given)

    with pytest.raises(Exception, match=r"cannot be opened: .*(password authentication failed|no password)") as refused:
        opening(login)

    assert not given or given not in str(refused.value)


@pytest.mark.parametrize("way", ["variable", "file"])
def test_a_password_comes_from_the_environment_or_its_file(way, login, cluster, monkeypatch, tmp_path):
    if way == "variable":
        monkeypatch.setenv("PGPASSWORD", "hunter2")
    else:
        book = tmp_path / "pgpass"
        book.write_text(f"127.0.0.1:{cluster.port}:*:status:hunter2\n")
        book.chmod(0o600)
        monkeypatch.setenv("PGPASSFILE", str(book))

    with pytest.raises(LedgerError, match="has no tables of Stillup yet. Run stillup database init"):
        open_ledger(login, tmp_path)


def test_a_network_without_encryption_is_not_used(cluster, monkeypatch):
    """The server speaks no TLS; a name that is not this machine's own is asked for some."""
    monkeypatch.delenv("PGSSLMODE", raising=False)
    far = address(f"postgresql://owner@db.example.com:{cluster.port}/postgres?hostaddr=127.0.0.1")

    with pytest.raises(psycopg.OperationalError, match="SSL"):
        psycopg.connect(**options(far))
