"""What every ledger does, whatever keeps its lines. A new kind joins by a name in KINDS."""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from stillup.delivery.audit import faults
from stillup.delivery.entry import (
    START,
    Answer,
    Beginning,
    Entry,
    Intent,
    Resend,
    Settled,
    Standing,
    Swept,
    Takeover,
    Unreadable,
    chained,
    read,
    written,
)
from stillup.delivery.ledger import Lease, LedgerError
from stillup.delivery.ledger.sqlite import SqliteLedger
from tests.delivery.conftest import KINDS
from tests.delivery.world import AT, BEGINNING

A, B, C, D = (bytes([number]) * 16 for number in range(1, 5))
LATER = AT + timedelta(minutes=15)


def intent(*recipients: bytes, event: str = "cards/one", **more: object) -> Intent:
    known = {
        "incident": event.split("/")[0], "event_at": AT, "channel": "email", "audience": "customers",
        "commit": "c" * 40, "at": AT, "owner": "host:1:1", "until": LATER,
    }  # fmt: skip
    return Intent(event=event, recipients=recipients, digests=tuple(r[::-1] for r in recipients), **{**known, **more})  # type: ignore[arg-type]


def answer(of: Intent, standings: str, **more: object) -> Answer:
    return Answer(intent=of.id, at=AT, standings=standings, **more)  # type: ignore[arg-type]


ENTRIES: Sequence[Entry] = (
    BEGINNING,
    Beginning(at=AT, key="k", send=("a/b",), known=("c/d", "e/f")),
    Beginning(at=AT, key="k", known=("c/d",), since=AT - timedelta(days=1)),
    intent(A, B, first=True, closing=True, generation=2),
    Takeover(intent="i", at=AT, owner="o", until=LATER),
    answer(intent(A, B), "a-", reasons={"1": "later: no"}, references={"0": "re_1"}),
    Settled(event="a/b", channel="sms", at=AT, counts={"accepted": 3}),
    Resend(event="a/b", channel="sms", at=AT, recipient=A.hex(), accepted=True),
    Swept(at=AT, before=AT - timedelta(days=1)),
)


FOREIGN = (
    "", "null", "[]", "[" * 100_000, '{"at":"2026-11-20T10:45:00Z"}', '{"kind":[]}', '{"kind":"later"}',
    '{"at":"2026-11-2-T10:45:00Z","before":"2026-11-20T10:45:00Z","kind":"swept"}',
    '{"at":"2026-11-20T10:45:00Z","before":7,"kind":"swept"}',
    '{"at":"2026-11-20T10:45:00Z","counts":[],"channel":"sms","event":"a/b","kind":"settled"}',
    '{"at":"2026-11-20T10:45:00Z","channel":"sms","event":"a/b","kind":"resend","recipient":"no"}',
    '{"at":"2026-11-20T10:45:00Z","intent":"i","kind":"answer","standings":"z"}',
    '{"at":"2026-11-20T10:45:00Z","intent":"i","kind":"answer","reasons":{"1":"no"},"standings":"a"}',
    '{"at":"2026-11-20T10:45:00Z","intent":"i","kind":"answer","reasons":{"0":[]},"standings":"a"}',
    written(intent(A, B)).replace('"owner"', '"owned"'),
    written(intent(A, B)).replace('"people":"', '"people":"AAAA'),
)  # fmt: skip


@pytest.mark.parametrize("line", FOREIGN)
def test_a_line_that_is_none_of_ours_is_told_in_words(line):
    with pytest.raises(Unreadable, match="it was damaged, or a later version of Stillup wrote it"):
        read(line)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.kind)
def test_a_line_says_what_was_meant(entry):
    assert read(written(entry)) == entry
    assert "\n" not in written(entry)


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


@pytest.fixture
def ledger(kind, opened):
    return opened(kind)


def test_a_ledger_begins_once(kind, ledger, opened):
    assert ledger.beginning() is None

    ledger.begin(BEGINNING)

    assert opened(kind).beginning() == BEGINNING
    with pytest.raises(LedgerError, match="has begun already"):
        opened(kind).begin(BEGINNING)
    assert len(list(ledger.lines())) == 1


def test_a_claim_is_seen_by_every_process(kind, ledger, opened):
    batch = intent(A, B)

    assert ledger.claim([batch]) == (batch,)

    other = opened(kind)
    assert other.standings("cards/one", "email", [A, B, C]) == {A: Standing.CLAIMED, B: Standing.CLAIMED}
    (found,) = other.open_intents("email")
    assert (found.intent, found.id, found.lease) == (batch, batch.id, Lease("host:1:1", LATER))
    assert other.open_intents("sms") == ()


def test_nobody_is_claimed_twice(kind, ledger, opened):
    other = opened(kind)
    ledger.claim([intent(A, B)])

    assert other.claim([intent(B, C, owner="host:2:2"), intent(C, D, owner="host:2:2")]) == (
        intent(C, D, owner="host:2:2"),
    )


def test_two_batches_of_one_claim_do_not_share_a_recipient(ledger):
    assert ledger.claim([intent(A, B), intent(B, C), intent(C)]) == (intent(A, B), intent(C))


def test_another_event_or_channel_is_another_matter(ledger):
    ledger.claim([intent(A)])

    assert len(ledger.claim([intent(A, event="cards/two"), intent(A, channel="sms")])) == 2


def test_receipts_are_kept_by_recipient(kind, ledger, opened):
    batch = intent(A, B, C)
    ledger.claim([batch])

    ledger.record([answer(batch, "a-l", reasons={"2": "HTTP 503"})])

    other = opened(kind)
    assert other.standings("cards/one", "email", [A, B, C]) == {
        A: Standing.ACCEPTED, B: Standing.CLAIMED, C: Standing.LATER
    }  # fmt: skip
    assert other.open_intents()[0].standings == (Standing.ACCEPTED, Standing.CLAIMED, Standing.LATER)
    other.record([answer(batch, "-ua")])
    ledger.refresh()
    assert ledger.open_intents() == ()
    assert ledger.standings("cards/one", "email", [A, B, C]) == {
        A: Standing.ACCEPTED, B: Standing.UNKNOWN, C: Standing.ACCEPTED
    }  # fmt: skip


def test_what_was_accepted_stays_accepted(ledger):
    batch = intent(A, B)
    ledger.claim([batch])
    ledger.record([answer(batch, "a-"), answer(batch, "lu")])

    assert ledger.standings("cards/one", "email", [A, B]) == {A: Standing.ACCEPTED, B: Standing.UNKNOWN}


def test_who_heard_of_an_incident_is_known_with_its_newest_event(ledger):
    first, second = intent(A, B, C), intent(A, event="cards/two", event_at=AT + timedelta(hours=1))
    ledger.claim([first, second, intent(D, event="other/one"), intent(D, channel="sms")])
    ledger.record([answer(first, "aru"), answer(second, "a")])

    assert ledger.heard("cards", "email", [A, B, C, D]) == {A: AT + timedelta(hours=1), C: AT}


def test_of_two_that_take_over_an_intent_one_does(kind, ledger, opened):
    batch = intent(A)
    ledger.claim([batch])
    other = opened(kind)
    seen = other.open_intents()[0].lease
    takeovers = [Takeover(intent=batch.id, at=AT, owner=f"host:{n}:1", until=LATER) for n in (2, 3)]

    assert ledger.take_over(takeovers[0], seen)
    assert not other.take_over(takeovers[1], seen)

    assert other.open_intents()[0].lease.owner == "host:2:1"


def test_whoever_takes_over_claims_all_that_is_open(kind, ledger, opened):
    """It may call them at once: until it answers, nobody else may take them for untouched, or call them too."""
    batch = intent(A, B, C)
    ledger.claim([batch])
    ledger.record([answer(batch, "alm")])
    takeover = Takeover(intent=batch.id, at=AT, owner="host:2:1", until=LATER)

    assert ledger.take_over(takeover, ledger.open_intents()[0].lease)

    other = opened(kind)
    assert other.open_intents()[0].standings == (Standing.ACCEPTED, Standing.CLAIMED, Standing.CLAIMED)
    assert list(other.index_faults()) == []
    other.record([answer(batch, "-al")])
    assert other.open_intents()[0].standings == (Standing.ACCEPTED, Standing.ACCEPTED, Standing.LATER)


def test_an_event_that_is_settled_is_owed_to_nobody_new(ledger):
    ledger.record([Settled(event="cards/one", channel="email", at=AT, counts={})])

    assert ledger.is_settled("cards/one", "email")
    assert not ledger.is_settled("cards/one", "sms")
    assert ledger.claim([intent(A)]) == ()


@pytest.mark.parametrize(
    ("only", "accepted", "owed"),
    [("", False, {B, C}), ("", True, {A, B, C}), (C.hex(), False, {C}), (A.hex(), False, set())],
)  # fmt: skip
def test_people_can_have_it_sent_again(ledger, only, accepted, owed):
    batch = intent(A, B, C)
    ledger.claim([batch])
    ledger.record([answer(batch, "aru"), Settled(event="cards/one", channel="email", at=AT, counts={})])

    ledger.record([Resend(event="cards/one", channel="email", at=AT, recipient=only, accepted=accepted)])

    standings = ledger.standings("cards/one", "email", [A, B, C])
    assert {key for key, standing in standings.items() if standing is Standing.OWED} == owed
    assert ledger.generation("cards/one", "email") == 1
    assert not ledger.is_settled("cards/one", "email")
    assert len(ledger.claim([intent(each, generation=1) for each in (A, B, C)])) == len(owed)


def test_people_can_have_it_sent_to_those_it_was_never_sent_to(ledger):
    ledger.record([Settled(event="cards/one", channel="email", at=AT, counts={})])
    assert not ledger.is_for_everybody("cards/one", "email")

    ledger.record([Resend(event="cards/one", channel="email", at=AT, everybody=True)])

    assert ledger.is_for_everybody("cards/one", "email")
    assert not ledger.is_for_everybody("cards/one", "sms")
    assert len(ledger.claim([intent(A, generation=1)])) == 1
    ledger.record([Resend(event="cards/one", channel="email", at=AT)])
    assert not ledger.is_for_everybody("cards/one", "email")


def test_what_is_swept_only_moves_on(ledger):
    assert ledger.swept() is None
    ledger.record([Swept(at=AT, before=AT), Swept(at=AT, before=AT - timedelta(days=2))])

    assert ledger.swept() == AT


def test_each_line_seals_those_before_it(kind, ledger, opened):
    ledger.begin(BEGINNING)
    ledger.claim([intent(A), intent(B)])
    opened(kind).record([Swept(at=AT, before=AT)])
    ledger.refresh()

    lines = list(ledger.lines())

    assert [line.number for line in lines] == [1, 2, 3, 4]
    before = START
    for line in lines:
        assert line.hash == chained(before, line.text)
        before = line.hash


def test_a_ledger_names_nobody(ledger):
    ledger.begin(BEGINNING)
    ledger.claim([intent(A)])

    assert all("@" not in line.text for line in ledger.lines())


def test_a_claim_of_nothing_writes_nothing(ledger):
    ledger.claim([])
    ledger.record([])

    assert list(ledger.lines()) == []


def test_an_answer_to_nothing_known_changes_nothing(ledger):
    ledger.record([Answer(intent="0" * 16, at=AT, standings="a")])

    assert ledger.open_intents() == ()


@pytest.mark.parametrize(
    "damage",
    [
        lambda body: body.replace(b"CREATE TABLE intent", b"CREATE TABLE \xdbntent", 1),
        lambda body: body.replace(b'"owner":"host', b'"owned":"host'),
        lambda body: body[: len(body) // 2],
        lambda body: body[:4096] + bytes(4096) + body[8192:],
    ],
)
def test_a_damaged_file_is_told_in_words_and_nothing_is_decided_on_it(damage, tmp_path):
    path = tmp_path / "ledger.sqlite"
    ledger = SqliteLedger(path)
    ledger.begin(BEGINNING)
    ledger.claim([intent(A, B)])
    ledger.close()
    path.write_bytes(damage(path.read_bytes()))

    with pytest.raises((LedgerError, Unreadable)):
        SqliteLedger(path).open_intents()


def test_a_letter_that_says_nothing_is_a_fault_of_the_index(tmp_path):
    ledger = SqliteLedger(tmp_path / "ledger.sqlite")
    ledger.begin(BEGINNING)
    ledger.claim([intent(A, B)])
    with sqlite3.connect(tmp_path / "ledger.sqlite") as base:
        base.execute("UPDATE told SET standing = 'z'")

    assert list(faults(ledger)) == ["cards/one on email: the index counts 2 recipients, the lines 2 or others."]
    with pytest.raises(LedgerError, match="`stillup ledger verify` says where"):
        ledger.standings("cards/one", "email", [A, B])


def test_a_batch_that_differs_has_another_id():
    assert len({intent(A).id, intent(B).id, replace(intent(A), commit="d" * 40).id, intent(A, first=True).id}) == 4


def test_what_is_to_be_sent_again_is_known_until_it_is_settled(ledger):
    again = Resend(event="cards/one", channel="email", at=AT)
    ledger.record([again])

    assert ledger.reopened() == ("cards/one",)

    ledger.record([Settled(event="cards/one", channel="email", at=AT, counts={})])
    assert ledger.reopened() == ()
