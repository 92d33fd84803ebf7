"""The event log in PostgreSQL: one chain whoever appends, a copy at hand, and nothing written twice."""

import os
import subprocess
import sys
import threading

import pytest
from click.testing import CliRunner

from stillup.cli import main
from stillup.delivery.event_log.audit import faults, proofs
from stillup.delivery.event_log.copied import copy_of
from stillup.delivery.event_log.place import open_log, seen_log
from stillup.delivery.ledger import LedgerError
from stillup.pipeline.event_log.reading import logged, verified
from stillup.pipeline.sending.database import tidy
from stillup.postgres.address import address
from stillup.postgres.migration import migrate, steps
from tests.delivery.log import AT, draft, keys, overtaken, pen, told
from tests.delivery.logged import SECRET, appended, minutes, stamp
from tests.delivery.logged import made as page_made
from tests.delivery.logged import opened as page_opened
from tests.delivery.page import git
from tests.postgres.proxy import proxy


@pytest.fixture
def tables(database):
    migrate(address(database), "ledger")
    return database


@pytest.fixture
def opened(tables, tmp_path):
    """Open the log as a machine of its own sees it: `opened("here")`."""
    made = []

    def opening(name, place=tables):
        made.append(open_log(place, tmp_path / name))
        return made[-1]

    yield opening
    for log in made:
        log.close()


def test_another_machine_sees_the_same_log(opened):
    here, there = opened("here"), opened("there")
    told(here, draft("slow/1"), draft("slow/2"))
    assert there.head() is None
    there.refresh()
    assert there.head() == here.head()

    told(there, draft("slow/3"))
    here.refresh()

    assert keys(here) == keys(there) == ["log", "slow/1", "slow/2", "slow/3"]
    assert [each.hash for each in here.entries()] == [each.hash for each in there.entries()]
    assert list(faults(here)) == list(faults(there)) == []


def test_who_was_overtaken_decides_again(opened):
    here, there = opened("here"), opened("there")
    overtaken(here, there)


def test_publishers_in_parallel_never_fork_the_chain(opened):
    logs = [opened(f"publisher-{number}") for number in range(3)]

    def publish(log, number):
        for shared in range(4):
            told(log, draft(f"slow/{shared}", f"told by {number}"))
        told(log, draft(f"own-{number}/1"))

    running = [threading.Thread(target=publish, args=(log, number)) for number, log in enumerate(logs)]
    for each in running:
        each.start()
    for each in running:
        each.join()

    log = opened("reader")
    log.refresh()
    wanted = ["log", *(f"slow/{n}" for n in range(4)), *(f"own-{p}/1" for p in range(3))]
    assert sorted(keys(log)) == sorted(wanted)
    assert list(faults(log)) == []


def test_a_redacted_text_leaves_the_tables_and_every_copy_when_it_is_refreshed(opened, cluster, tables, tmp_path):
    here, there = opened("here"), opened("there")
    told(here, draft("slow/1", "A customer's name."), draft("slow/2"))
    there.refresh()
    received = here.head().hash

    told(there, draft("slow/1/redacted-1", "why", erases=[2]))
    here.refresh()

    for log in (here, there, opened("later")):
        log.refresh()
        assert [each.telling is None for each in log.entries()] == [False, True, False, False]
        assert list(faults(log)) == []
    assert [proof.fault for proof in proofs(here, [received])] == [""]
    assert not any(b"A customer's name" in path.read_bytes() for path in tmp_path.glob("*/.stillup/*"))
    assert cluster.sql(f"SELECT count(*) FROM {address(tables).schema}.public_text WHERE seq = 2") == [(0,)]


def test_nothing_of_a_redacted_text_is_left_in_the_tables_when_they_are_tidied(opened, cluster, tables, tmp_path):
    log = opened("here")
    told(log, draft("slow/1", "Customer Alpha Beta."))
    told(log, draft("slow/1/redacted-1", "why", erases=[2]))
    assert _kept(cluster, b"Customer Alpha Beta")

    (tmp_path / "mkdocs.yml").write_text(f"site_name: S\nplugins:\n  - stillup:\n      ledger: {tables}\n")
    assert tidy(tmp_path, at=AT).texts

    assert not _kept(cluster, b"Customer Alpha Beta")
    assert list(faults(log)) == []


def _kept(cluster, word):
    cluster.sql("CHECKPOINT")
    files = [path for path in (cluster.data / "base").rglob("*") if path.is_file()]
    return any(word in path.read_bytes() for path in files)


def test_a_build_reads_what_was_seen_without_the_database_and_without_its_driver(opened, tables, tmp_path):
    assert seen_log(tables, tmp_path / "here") is None
    told(opened("here"), draft("slow/1"))
    elsewhere = tables.replace("owner@", "somebody@") + "&sslmode=disable"

    program = (
        "import sys; from pathlib import Path; sys.modules['psycopg'] = None\n"
        "from stillup.delivery.event_log.place import seen_log\n"
        "print(*(each.entry.key for each in seen_log(sys.argv[1], Path(sys.argv[2])).entries()))"
    )
    words = [sys.executable, "-c", program, elsewhere, str(tmp_path / "here")]
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=dict(os.environ))

    assert (done.stdout, done.stderr) == ("log slow/1\n", "")


def test_a_copy_at_hand_that_is_lost_is_made_again(opened, tables, tmp_path):
    log = opened("here")
    told(log, draft("slow/1"))
    log.close()
    copy_of(tmp_path / "here", address(tables)).unlink()

    again = opened("here")
    told(again, draft("slow/2"))
    assert keys(again) == ["log", "slow/1", "slow/2"]


@pytest.mark.parametrize("answered", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("word", [b"FOR UPDATE", b"UPDATE public_chain", b"COMMIT", b"pg_logical_emit"])
def test_an_append_that_is_cut_is_made_once(word, answered, opened, cluster, tables):
    with proxy(cluster.port) as line:
        log = opened("here", tables.replace(f":{cluster.port}/", f":{line.port}/"))
        told(log, draft("slow/1"))

        def decide(_):
            line.cut(word, answered=answered)
            return [draft("slow/2"), draft("slow/3")]

        made = log.append(pen(), decide)

        assert line.cuts == 1
        assert [each.entry.key for each in made] == ["slow/2", "slow/3"]
        assert keys(log) == ["log", "slow/1", "slow/2", "slow/3"]
        assert list(faults(log)) == []
        log.refresh()


@pytest.mark.parametrize("table", ["public_entry", "public_known"])
def test_what_is_chained_cannot_be_changed_by_those_who_own_it(table, opened, cluster, tables):
    told(opened("here"), draft("slow/1"))
    schema = address(tables).schema
    cluster.sql(f"INSERT INTO {schema}.public_known VALUES ('x')")

    for change in (f"UPDATE {schema}.{table} SET {_CHANGE[table]}", f"DELETE FROM {schema}.{table}",
                   f"TRUNCATE {schema}.{table} CASCADE"):  # fmt: skip
        with pytest.raises(Exception, match="what is in the event log never changes"):
            cluster.sql(change)


_CHANGE = {"public_entry": "line = 'x'", "public_known": "mark = 'y'"}


def test_a_text_can_go_and_never_be_another(opened, cluster, tables):
    told(opened("here"), draft("slow/1"))
    schema = address(tables).schema

    with pytest.raises(Exception, match="what is in the event log never changes"):
        cluster.sql(f"UPDATE {schema}.public_text SET content = 'x'")
    cluster.sql(f"DELETE FROM {schema}.public_text WHERE seq = 2")
    assert "The text of entry 2 (slow/1) is gone, and no redaction says that it was removed." in list(
        faults(opened("there"))
    )


def test_a_log_that_was_put_back_is_refused_by_whoever_saw_more(opened, cluster, tables):
    here = opened("here")
    told(here, draft("slow/1"))
    before = here.head()
    told(here, draft("slow/2"))
    schema = address(tables).schema
    cluster.sql(
        f"SET session_replication_role = replica; DELETE FROM {schema}.public_entry WHERE seq = 3; "
        f"DELETE FROM {schema}.public_text WHERE seq = 3; "
        f"UPDATE {schema}.public_chain SET seq = 2, hash = '{before.hash}'"
    )

    with pytest.raises(LedgerError, match="does not continue what was seen of it before"):
        here.refresh()
    with pytest.raises(LedgerError, match="does not continue what was seen of it before"):
        told(here, draft("slow/4"))
    assert keys(here) == ["log", "slow/1", "slow/2"], "what was seen stays"
    other = opened("there")
    other.refresh()
    assert [bool(proof.fault) for proof in proofs(other, [here.head().hash])] == [True]


def test_entries_that_were_taken_off_or_made_anew_are_noticed_by_who_never_saw_them(opened, cluster, tables):
    told(opened("here"), draft("slow/1"), draft("slow/2"))
    schema = address(tables).schema
    cluster.sql(f"SET session_replication_role = replica; DELETE FROM {schema}.public_entry WHERE seq = 3")
    with pytest.raises(LedgerError, match="is noted at entry 3, and its entries end elsewhere"):
        opened("there").refresh()

    cluster.sql(f"SET session_replication_role = replica; UPDATE {schema}.public_entry SET hash = 'x' WHERE seq = 2")
    with pytest.raises(LedgerError, match="Entry 2 of .* does not follow from the one before"):
        opened("there").refresh()


def test_a_page_appends_and_redacts_and_another_clone_proves_it(tables, tmp_path):
    (tmp_path / "page").mkdir()
    page = page_made(tmp_path / "page", ledger=tables, channels="{}")
    page.begin()
    page_opened(page, (minutes(2), "identified", "partial_outage", f"It is the disk of {SECRET}."))
    assert appended(page, minutes(3)) == [f"slow/{stamp(1)}", f"slow/{stamp(2)}"]
    received = logged(page.root)[-1].hash
    words = ["incident", "redact", "slow", "--reason", "It named a customer.", "--root", str(page.root)]
    done = CliRunner().invoke(main, [*words, "--at", minutes(4).isoformat()], catch_exceptions=False)
    assert "Event log: the text of 1 entry erased." in done.output
    assert "stillup database tidy" in done.output
    page.commit()
    git(tmp_path, "clone", "--quiet", str(page.root), "clone")

    assert appended(page, minutes(5)) == []
    assert logged(tmp_path / "clone") == (), "nothing of it was seen there"
    found = verified(tmp_path / "clone", [received])

    assert found.is_sound and found.head.seq == 4
    assert [each.telling is None for each in logged(tmp_path / "clone")] == [False, False, True, False]
    assert verified(tmp_path / "clone", ["f" * 64]).proofs[0].fault


def test_tables_of_the_version_before_are_brought_forward_and_until_then_it_says_how(database, tmp_path, monkeypatch):
    made = steps("ledger")
    monkeypatch.setattr("stillup.postgres.migration.steps", lambda part: made[:2])
    migrate(address(database), "ledger")
    monkeypatch.undo()

    with pytest.raises(LedgerError, match="of version 2, and this Stillup needs 4. Run stillup database init"):
        open_log(database, tmp_path)
    assert migrate(address(database), "ledger") == (2, 4)
    log = open_log(database, tmp_path)
    told(log, draft("slow/1"))
    log.close()
