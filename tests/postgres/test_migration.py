"""Tables by version: made once, brought forward, and refused where they are not this version's."""

import threading

import pytest

from stillup.delivery.ledger import LedgerError
from stillup.delivery.ledger.place import open_ledger
from stillup.errors import StillupError
from stillup.postgres.address import address
from stillup.postgres.migration import migrate, steps
from stillup.subscribers.opening import open_store

PARTS = ("ledger", "people")


@pytest.mark.parametrize("part", PARTS)
def test_tables_are_made_once(part, database):
    now = len(steps(part))

    assert migrate(address(database), part, dry_run=True) == (0, now)
    assert migrate(address(database), part) == (0, now)
    assert migrate(address(database), part) == (now, now)


def test_of_two_that_make_tables_at_once_one_does(database):
    found = []
    both = [threading.Thread(target=lambda: found.append(migrate(address(database), "ledger"))) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()

    now = len(steps("ledger"))
    assert sorted(found) == [(0, now), (now, now)]


def test_without_tables_it_says_what_makes_them(database, tmp_path):
    with pytest.raises(LedgerError, match="has no tables of Stillup yet. Run stillup database init"):
        open_ledger(database, tmp_path)
    with pytest.raises(StillupError, match="has no tables of Stillup yet. Run stillup database init"):
        open_store(tmp_path, database, bytes(16))


@pytest.mark.parametrize("part", PARTS)
def test_tables_of_another_version_are_left_alone(part, cluster, database, tmp_path):
    place = address(database)
    migrate(place, part)
    opening = (lambda: open_ledger(database, tmp_path)) if part == "ledger" else (
        lambda: open_store(tmp_path, database, bytes(16))
    )  # fmt: skip

    cluster.sql(f"INSERT INTO {place.schema}.migration VALUES ('{part}', 99)")
    with pytest.raises(StillupError, match="of version 99, and this Stillup knows .*Use a later one"):
        opening()
    with pytest.raises(StillupError, match="of version 99"):
        migrate(place, part)


def test_a_step_that_fails_leaves_nothing(cluster, database, monkeypatch):
    place = address(database)
    made = steps("ledger")
    monkeypatch.setattr(
        "stillup.postgres.migration.steps", lambda part: (*made, "CREATE TABLE more (a int); SELECT no")
    )

    with pytest.raises(StillupError, match="cannot be set up: column"):
        migrate(place, "ledger")

    assert cluster.sql(f"SELECT to_regnamespace('{place.schema}')") == [(None,)]
    monkeypatch.undo()
    assert migrate(place, "ledger") == (0, len(made))
