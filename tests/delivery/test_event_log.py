"""The event log: each entry stands for everything before it, in every store, whoever writes at the same time."""

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stillup.delivery.entry import START
from stillup.delivery.event_log import EventLog
from stillup.delivery.event_log.audit import faults, proofs
from stillup.delivery.event_log.entry import canonical, commitment, read
from stillup.delivery.event_log.git import GitEventLog, copy_of
from stillup.delivery.event_log.place import open_log, seen_log
from stillup.delivery.event_log.sqlite import SqliteEventLog, has_begun
from stillup.delivery.ledger import LedgerError
from tests.delivery.beside import start
from tests.delivery.conftest import REF, git
from tests.delivery.log import draft, first, keys, overtaken, pen, told

texts = st.text(min_size=1, max_size=40)
stories = st.lists(st.tuples(st.sampled_from(["slow", "down"]), texts), max_size=8)


@pytest.fixture
def log(request, tmp_path):
    """An empty log of the kind that the test asks for."""
    kind = request.param
    if kind == "git":
        made: EventLog = GitEventLog(request.getfixturevalue("repository"), "origin", REF)
    elif kind == "postgres":
        made = open_log(request.getfixturevalue("tables"), tmp_path)
    else:
        made = SqliteEventLog(tmp_path / "log.sqlite" if kind == "sqlite" else None)
    yield made
    made.close()


every = pytest.mark.parametrize("log", ["memory", "sqlite", "git", "postgres"], indirect=True)


@every
def test_a_log_begins_empty_and_each_entry_hangs_from_the_one_before(log):
    assert log.head() is None
    assert list(log.entries()) == []

    told(log, draft("slow/1"), draft("slow/2", "It works again."))

    entries = list(log.entries())
    assert [each.seq for each in entries] == [1, 2, 3]
    assert [each.previous for each in entries] == [START, entries[0].hash, entries[1].hash]
    assert log.head().hash == entries[2].hash
    assert entries[2].telling.content["update"]["text"] == "It works again."
    assert list(faults(log)) == []


@every
def test_what_was_told_once_is_not_told_again(log):
    told(log, draft("slow/1"))
    head = log.head()

    assert told(log, draft("slow/1", "Another text.")) == ()
    assert log.head() == head
    assert log.find("slow/1").telling.content["update"]["text"] == "We look into it."
    assert log.find("slow/9") is None


@every
def test_what_was_public_before_the_log_is_known_without_an_entry(log):
    log.append(pen(), lambda _: [first("old/1", "old/2")])

    assert log.is_known("old/1") and log.is_known("old/2")
    assert not log.is_known("slow/1")
    assert len(log.marks()) == 2
    assert list(faults(log)) == []


@every
def test_a_redacted_text_goes_and_its_entry_stays(log):
    told(log, draft("slow/1", "A customer's name."), draft("slow/2"))
    before = log.find("slow/1")

    told(log, draft("slow/1/redacted-1", "It named a customer.", erases=[2]))

    after = log.find("slow/1")
    assert (after.entry, after.hash, after.telling) == (before.entry, before.hash, None)
    assert log.find("slow/2").telling is not None
    assert "A customer's name." not in "".join(map(str, log.raw()))
    assert list(faults(log)) == []


@every
def test_an_append_that_fails_leaves_nothing(log):
    told(log, draft("slow/1"))
    head = log.head()

    with pytest.raises(ZeroDivisionError):
        log.append(pen(), lambda _: [draft("slow/2")] * (1 // 0))

    assert log.head() == head
    told(log, draft("slow/3"))
    assert keys(log) == ["log", "slow/1", "slow/3"]


@given(stories)
def test_any_two_histories_of_the_same_entries_have_the_same_head_only_if_they_are_the_same(told_of):
    log = SqliteEventLog(None)
    for number, (incident, text) in enumerate(told_of):
        told(log, draft(f"{incident}/{number}", text))
    raws = list(log.raw())

    assert list(faults(log)) == []
    assert len({raw.hash for raw in raws}) == len(raws)
    for raw in raws:
        assert commitment(raw.salt, raw.content) == read(raw.line).commitment
        assert canonical(json.loads(raw.content)) == raw.content
    log.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(stories.filter(len), st.data())
def test_whatever_is_redacted_every_head_that_was_received_still_proves(told_of, data):
    log, heads = SqliteEventLog(None), []
    for number, (incident, text) in enumerate(told_of):
        told(log, draft(f"{incident}/{number}", text))
        heads.append(log.head().hash)
    gone = data.draw(st.lists(st.integers(2, log.head().seq), unique=True))
    for seq in gone:
        told(log, draft(f"slow/{seq}/redacted", "why", erases=[seq]))

    assert list(faults(log)) == []
    assert [proof.fault for proof in proofs(log, heads)] == ["" for _ in heads]
    assert [each.seq for each in log.entries() if each.telling is None] == sorted(gone)
    log.close()


def test_no_byte_of_a_redacted_text_stays_in_the_file_or_beside_it(tmp_path):
    log = SqliteEventLog(tmp_path / "log.sqlite")
    secret = "a customer's name " * 500  # longer than a page of the file
    told(log, draft("slow/1", secret))
    assert any(b"a customer's name" in path.read_bytes() for path in tmp_path.iterdir())

    told(log, draft("slow/1/redacted-1", "why", erases=[2]))

    assert not any(b"a customer's name" in path.read_bytes() for path in tmp_path.iterdir())
    log.close()


def test_a_log_in_the_ledgers_file_leaves_the_ledger_alone(tmp_path):
    from stillup.delivery.ledger.place import open_ledger

    place = "sqlite:ledger.sqlite"
    ledger = open_ledger(place, tmp_path)
    assert seen_log(place, tmp_path) is None
    assert not has_begun(tmp_path / "ledger.sqlite")
    log = open_log(place, tmp_path)
    told(log, draft("slow/1"))
    seen = seen_log(place, tmp_path)

    assert keys(seen) == ["log", "slow/1"]
    assert list(ledger.lines()) == [] and list(ledger.index_faults()) == []
    for each in (ledger, log, seen):
        each.close()


def test_looking_for_a_log_makes_nothing(tmp_path, repository):
    assert seen_log("sqlite:not/there.sqlite", tmp_path) is None
    assert seen_log("postgresql://host/base", tmp_path) is None
    assert seen_log(f"git:origin#{REF}", repository) is None
    assert seen_log(f"git:origin#{REF}", tmp_path) is None, "no repository"
    assert not (tmp_path / "not").exists()
    assert not (tmp_path / ".stillup").exists()
    assert not copy_of(repository, "origin", REF).exists()


def test_a_file_that_is_something_else_is_said(tmp_path):
    (tmp_path / "log.sqlite").write_text("no database" * 100)

    with pytest.raises(LedgerError, match="cannot be read"):
        seen_log("sqlite:log.sqlite", tmp_path)
    with pytest.raises(LedgerError, match="cannot be opened"):
        open_log("sqlite:log.sqlite", tmp_path)


# In git.


def clone(repository: Path, name: str) -> Path:
    """Return another clone of the same remote."""
    there = repository.parent / name
    git("init", "--quiet", "--initial-branch=main", there)
    git("remote", "add", "origin", repository.parent / "origin.git", cwd=there)
    return there


def push(repository: Path, ref: str, name: str, body: bytes) -> None:
    """Put a commit with the file `name` alone on top of `ref` of the remote."""
    made, kind = git("hash-object", "-w", "--stdin", cwd=repository, given=body), "100644 blob"
    for part in reversed(name.split("/")):
        made, kind = git("mktree", cwd=repository, given=f"{kind} {made}\t{part}\n".encode()), "040000 tree"
    tip = git("ls-remote", "origin", ref, cwd=repository).split()[0]
    commit = git("commit-tree", made, "-p", tip, "-m", "Another", cwd=repository)
    git("push", "--quiet", "origin", f"{commit}:{ref}", cwd=repository)


@pytest.mark.parametrize("line", ["nonsense", "[" * 50_000, "[]", '{"seq":"2"}', "\udcff"])
def test_an_entry_that_somebody_else_pushed_is_told_in_words(line, repository):
    here = GitEventLog(repository, "origin", REF)
    told(here, draft("slow/1"))
    push(repository, f"{REF}-events", "entries.jsonl", b"0" * 64 + b" " + line.encode(errors="surrogateescape") + b"\n")

    for where in (repository, clone(repository, "other")):
        with pytest.raises(LedgerError, match="no entry"):
            GitEventLog(where, "origin", REF).refresh()


@pytest.mark.parametrize("text", [b"nonsense", b"[" * 50_000, b"{}", b'{"salt":[],"content":7}', b"\xff"])
def test_a_text_that_somebody_else_pushed_is_told_in_words(text, repository):
    here = GitEventLog(repository, "origin", REF)
    told(here, draft("slow/1"))
    push(repository, f"{REF}-event-texts", "000000/2.json", text)

    with pytest.raises(LedgerError, match=r"The text of entry 2 .* is another than it was\."):
        GitEventLog(clone(repository, "other"), "origin", REF).refresh()


def test_another_clone_sees_the_same_log_and_reads_only_what_is_new(repository):
    here, there = GitEventLog(repository, "origin", REF), GitEventLog(clone(repository, "other"), "origin", REF)
    told(here, draft("slow/1"), draft("slow/2"))
    assert there.head() is None
    there.refresh()
    assert there.head() == here.head()

    told(there, draft("slow/3"))
    here.refresh()

    assert keys(here) == keys(there) == ["log", "slow/1", "slow/2", "slow/3"]
    assert [each.hash for each in here.entries()] == [each.hash for each in there.entries()]
    assert list(faults(here)) == list(faults(there)) == []
    here.close()
    there.close()


def test_two_that_append_at_once_make_one_chain(repository):
    here, there = GitEventLog(repository, "origin", REF), GitEventLog(clone(repository, "other"), "origin", REF)
    overtaken(here, there)
    here.close()
    there.close()


def test_publishers_in_parallel_on_a_bare_remote_never_fork_the_chain(repository, tmp_path):
    others = [clone(repository, f"publisher-{number}") for number in range(3)]
    said = [tmp_path / f"said-{number}" for number in range(3)]
    running = [
        start("tests.delivery.appender", each, REF, str(number), said=said[number])
        for number, each in enumerate(others)
    ]
    assert [each.wait(timeout=600) for each in running] == [0, 0, 0], [file.read_text() for file in said]

    log = GitEventLog(repository, "origin", REF)
    log.refresh()
    found = keys(log)
    assert sorted(found) == sorted(["log", *(f"slow/{n}" for n in range(4)), *(f"own-{p}/1" for p in range(3))])
    assert list(faults(log)) == []
    log.close()


def test_a_log_in_git_that_was_rewritten_is_refused_by_whoever_saw_it(repository):
    log = GitEventLog(repository, "origin", REF)
    told(log, draft("slow/1"))
    chain = f"{REF}-events"
    before = git("rev-parse", chain, cwd=repository.parent / "origin.git")
    told(log, draft("slow/2"))
    git("update-ref", chain, before, cwd=repository.parent / "origin.git")

    with pytest.raises(LedgerError, match="does not continue what was seen"):
        log.refresh()
    git("update-ref", "-d", chain, cwd=repository.parent / "origin.git")
    with pytest.raises(LedgerError, match=r"is gone\. Put back what was last seen of it: git push origin"):
        log.refresh()
    log.close()


def test_a_redacted_text_is_reached_by_no_ref_of_the_remote(repository):
    log = GitEventLog(repository, "origin", REF)
    told(log, draft("slow/1", "A customer's name."), draft("slow/2"))
    told(log, draft("slow/1/redacted-1", "why", erases=[2]))
    other = GitEventLog(clone(repository, "other"), "origin", REF)
    other.refresh()

    reached = git("rev-list", "--objects", "--all", cwd=repository.parent / "origin.git").split()
    bodies = [git("cat-file", "-p", id, cwd=repository.parent / "origin.git") for id in reached if len(id) == 40]
    assert not any("A customer's name." in body for body in bodies)
    assert [each.telling is None for each in other.entries()] == [False, True, False, False]
    assert list(faults(other)) == []
    log.close()
    other.close()


def test_a_copy_at_hand_that_is_lost_is_made_again(repository):
    log = GitEventLog(repository, "origin", REF)
    told(log, draft("slow/1"))
    log.close()
    shutil.rmtree(copy_of(repository, "origin", REF).parent)

    again = GitEventLog(repository, "origin", REF)
    told(again, draft("slow/2"))
    assert keys(again) == ["log", "slow/1", "slow/2"]
    again.close()


def test_a_push_that_arrived_without_an_answer_is_not_repeated(repository, tmp_path, monkeypatch):
    """The first push after a file says so is taken by the remote, and git dies before it can say that."""
    wrapper, armed = tmp_path / "bin" / "git", tmp_path / "armed"
    wrapper.parent.mkdir()
    wrapper.write_text(
        f'#!/bin/sh\n{shutil.which("git")} "$@"; status=$?\n'
        f'for word; do [ "$word" = push ] && [ -e {armed} ] && rm {armed} && exit 128; done\nexit $status\n'
    )
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", str(wrapper.parent), prepend=":")
    log = GitEventLog(repository, "origin", REF)
    told(log, draft("slow/1"))
    armed.touch()

    made = told(log, draft("slow/2"))

    assert not armed.exists()
    assert [each.entry.key for each in made] == ["slow/2"]
    assert keys(log) == ["log", "slow/1", "slow/2"]
    assert list(faults(log)) == []
    log.close()


def test_a_remote_that_takes_no_push_is_said(repository):
    log = GitEventLog(repository, "origin", REF)
    hook = repository.parent / "origin.git" / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho 'protected' >&2\nexit 1\n")
    hook.chmod(0o755)

    with pytest.raises(LedgerError, match="takes no push"):
        told(log, draft("slow/1"))
    assert log.head() is None
    log.close()
