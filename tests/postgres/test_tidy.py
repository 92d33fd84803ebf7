"""Retention: nothing is left of people who were deleted, or were told long ago; the rest is proved as before."""

import json
import os
from datetime import timedelta

import pytest

from stillup.delivery.audit import contents, faults
from stillup.delivery.entry import Settled, Standing
from stillup.delivery.ledger import LedgerError
from stillup.delivery.ledger.erasure import erase, old
from stillup.delivery.ledger.place import open_ledger
from stillup.pipeline.sending.database import tidy
from stillup.postgres.address import address
from stillup.postgres.migration import migrate
from stillup.subscribers.opening import open_store
from stillup.subscribers.store import Reason, Suppression
from tests.delivery import world
from tests.delivery.test_ledger import A, B, answer, intent
from tests.reports.command import stillup
from tests.subscribers.sample import AT as THEN
from tests.subscribers.sample import somebody

LONG_AGO = world.AT - timedelta(days=500)
BEFORE = world.AT - timedelta(days=400)


@pytest.fixture
def ledger(database):
    """A ledger with an old story, one that goes on, and a new one."""
    migrate(address(database), "ledger")
    made = world.begun(open_ledger(database, None))
    for event, at in (("old/one", LONG_AGO), ("long/one", LONG_AGO), ("long/two", world.AT), ("new/one", world.AT)):
        batch = intent(A, B, event=event, event_at=at)
        made.claim([batch])
        made.record([answer(batch, "ar", reasons={"1": "550 no such mailbox"})])
        made.record([Settled(event=event, channel="email", at=at, counts={"sent": 2})])
    yield made
    made.close()


def text(ledger):
    return "\n".join(line.text for line in ledger.lines())


def test_who_was_told_long_ago_is_taken_out_and_the_rest_is_proved(ledger):
    before = [line.hash for line in ledger.lines()]
    accounts = [account.numbers() for account in contents(ledger).accounts]
    assert [key for _, key, _ in old(ledger, BEFORE)] == ["old/one"]

    (said,) = erase(ledger, BEFORE, world.AT)

    assert (said.event, said.lines, said.counts) == ("old/one", 2, {"accepted": 1, "refused": 1})
    assert '"event":"old/one","event_at"' not in text(ledger)
    assert [line.hash for line in ledger.lines()][:-1] == before
    assert list(faults(ledger)) == []
    after = {account.event: account.numbers() for account in contents(ledger).accounts}
    for account in accounts:
        known = after[str(account["event"])]
        assert (known["counts"], known["settled"]) == (account["counts"], True)
    assert ledger.standings("old/one", "email", [A, B]) == {}
    assert ledger.is_settled("old/one", "email")
    assert ledger.claim([intent(A, event="old/one", event_at=LONG_AGO)]) == ()
    assert ledger.standings("long/one", "email", [A]) == {A: Standing.ACCEPTED}
    assert ledger.heard("long", "email", [A]).keys() == {A}
    assert list(erase(ledger, BEFORE, world.AT)) == []


def test_an_auditor_is_told_what_was_taken_out(ledger, database, tmp_path):
    """A delivery of which only the sums are left stands where it was settled; one without any time, beside them."""
    late = intent(A, B, event="undated/one", event_at=LONG_AGO)
    ledger.claim([late])
    ledger.record([answer(late, "aa"), Settled(event="undated/one", channel="email", at=world.AT, counts={"sent": 2})])
    list(erase(ledger, BEFORE, world.AT))
    (tmp_path / "mkdocs.yml").write_text(f"site_name: S\nplugins:\n  - stillup:\n      ledger: {database}\n")
    (tmp_path / "components").mkdir()
    (tmp_path / "components" / "api.yml").write_text("name: API\nsince: 2024-01-01\n")
    month, then = f"{LONG_AGO:%Y-%m}", f"{world.AT - timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"
    words = ("report", "compliance", "--month", month, "--root", tmp_path, "--at", then)

    told = json.loads(stillup(*words, "--json").stdout)
    said = stillup(*words, "--stdout").stdout

    assert told["deliveries"] == {"listed": 1, "erased": 1, "erased_of_unknown_time": 1}
    (line,) = [each for each in told["checklist"] if each["criterion"] == "CC2.3"]
    assert line["evidence"].endswith("; 1 message accepted")
    assert "| erased | old/one | email | 1 | 1 refused |" in " ".join(said.split())
    assert "so that only sums are left: 1 delivery." in said
    assert "stand in no period: 1." in said


def test_a_line_that_was_emptied_without_a_word_is_noticed(ledger, cluster, database):
    list(erase(ledger, BEFORE, world.AT))
    schema = address(database).schema
    cluster.sql(f"SET stillup.erasing = 'on'; UPDATE {schema}.entry SET text = '' WHERE number = 6")

    assert "3 lines are empty, and of 2 the ledger says that they were emptied." in list(faults(ledger))


def test_a_publisher_cannot_take_anybody_out(ledger, cluster, database):
    from stillup.postgres.role import roles

    schema = address(database).schema
    migrate(address(database), "queue")
    cluster.sql(roles(schema, ("ledger",)))
    cluster.sql(f"CREATE ROLE {schema}_login LOGIN; GRANT {schema}_publisher TO {schema}_login")
    other = open_ledger(cluster.place(f"{schema}_login", schema), None)

    with pytest.raises(LedgerError, match="permission denied"):
        list(erase(other, BEFORE, world.AT))
    other.close()
    assert '"event":"old/one","event_at"' in text(ledger)


def test_nothing_is_left_of_who_was_deleted(cluster, database, tmp_path):
    migrate(address(database), "people")
    store = open_store(tmp_path, database, bytes(16))
    store.save([somebody(f"n{number}", f"person-{number}@example.com") for number in range(300)])
    store.save([somebody("x1", "Grace.Hopper@example.com"), somebody("x2", "grace.hopper@example.com")])
    store.suppress("email", "grace.hopper@example.com", Suppression(Reason.BOUNCE, THEN))
    assert kept(cluster, b"race.hopper")

    # As the database does of itself, now and then: it keeps samples of what a table holds in a table of its own.
    cluster.sql(f"ANALYZE {address(database).schema}.subscription")
    assert store.remove(["x1", "x2"]) == 2
    (tmp_path / "mkdocs.yml").write_text(f"site_name: S\nplugins:\n  - stillup:\n      subscribers: {database}\n")
    assert tidy(tmp_path, at=THEN, dry_run=True).rewritten, "it would be"
    assert kept(cluster, b"race.hopper")
    assert tidy(tmp_path, at=THEN).rewritten

    assert kept(cluster, b"race.hopper") == []
    assert len(list(store.everybody())) == 300
    assert store.suppression("email", "grace.hopper@example.com") == Suppression(Reason.BOUNCE, THEN)
    store.close()


def kept(cluster, word):
    """Return the files of tables that hold `word`, once everything is written to them."""
    cluster.sql("CHECKPOINT")
    found = []
    for folder, _, names in os.walk(cluster.data / "base"):
        for name in names:
            with open(os.path.join(folder, name), "rb") as file:
                if word in file.read().lower():
                    found.append(name)
    return found


def test_the_catalogue_keeps_no_sample_of_what_can_be_taken_out(ledger, cluster, database):
    """Of the ledger as of subscribers: what names somebody, and what a redaction deletes."""
    migrate(address(database), "people")
    schema = address(database).schema
    cluster.sql(
        f"INSERT INTO {schema}.public_entry SELECT n, '', n, '', gen_random_uuid() FROM generate_series(1, 300) n; "
        f"INSERT INTO {schema}.public_text SELECT n, 'salt ' || n, 'text ' || n FROM generate_series(1, 300) n; "
        f"ANALYZE {schema}.public_text, {schema}.entry, {schema}.told, {schema}.subscription"
    )

    sampled = cluster.sql(f"SELECT tablename, attname FROM pg_stats WHERE schemaname = '{schema}'")

    assert ("entry", "kind") in sampled
    assert not {
        ("public_text", "content"), ("public_text", "salt"), ("entry", "text"), ("told", "recipient"),
        ("subscription", "address"), ("subscription", "key"), ("subscription", "secret"),
    } & set(sampled)  # fmt: skip
