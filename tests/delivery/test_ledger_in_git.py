"""A ledger in git asks git for no more than it must, and keeps in the clone what was last seen."""

from hashlib import sha256

import pytest

from stillup.delivery.entry import Answer, Unreadable, written
from stillup.delivery.ledger import LedgerError, command
from stillup.delivery.ledger.command import Git, mirror_of
from tests.delivery import world
from tests.delivery.conftest import REF, git
from tests.delivery.test_ledger import LATER, A, intent

MIRROR = mirror_of("origin", REF)


@pytest.fixture
def asked(monkeypatch):
    """What git is asked from now on."""
    words, run = [], Git.run

    def note(self, *said, **more):
        words.append(said[0])
        return run(self, *said, **more)

    monkeypatch.setattr(Git, "run", note)
    return words


def ends(repository):
    """Where the clone and the remote say that the ledger ends."""
    return git("rev-parse", MIRROR, cwd=repository), git("ls-remote", "origin", REF, cwd=repository).split()[0]


def test_what_was_seen_already_is_not_fetched_again(opened, asked):
    world.begun(opened("git"))
    asked.clear()

    again = opened("git")

    assert again.beginning() == world.BEGINNING
    assert asked == ["ls-remote", "rev-parse", "cat-file", "rev-list", "cat-file"]


def test_a_write_is_remembered_at_one_go(opened, asked, repository):
    ledger = world.begun(opened("git"))
    asked.clear()

    ledger.claim([intent(A)])

    assert asked == ["hash-object", "mktree", "commit-tree", "push", "update-ref"]
    assert len(set(ends(repository))) == 1


def test_a_write_puts_back_what_somebody_took_from_the_clone(opened, repository):
    ledger = world.begun(opened("git"))
    git("update-ref", "-d", MIRROR, cwd=repository)

    ledger.claim([intent(A)])

    assert len(set(ends(repository))) == 1


def test_two_of_one_clone_remember_the_newest(opened, repository):
    one, other = world.begun(opened("git")), opened("git")

    one.claim([intent(A)])
    other.claim([intent(A, event="cards/two", at=LATER)])
    one.refresh()

    assert len(one.open_intents()) == 2
    assert len(set(ends(repository))) == 1


def test_a_remote_that_never_answers_is_given_up_and_what_was_pushed_is_known_later(opened, repository, monkeypatch):
    ledger = world.begun(opened("git"))
    url = git("remote", "get-url", "origin", cwd=repository)
    monkeypatch.setattr(command, "ANSWER", 0.3)
    git("config", "core.sshCommand", "sleep 600 #", cwd=repository)
    git("remote", "set-url", "origin", "ssh://git.example.com/ledger", cwd=repository)

    with pytest.raises(LedgerError, match=r"git ls-remote failed. Git says: fatal: no answer in 0 seconds"):
        ledger.claim([intent(A)])
    monkeypatch.undo()
    git("remote", "set-url", "origin", url, cwd=repository)

    assert len(ledger.claim([intent(A)])) == 1


@pytest.mark.parametrize(
    "text",
    [
        '{"kind":"nonsense"}',
        "\udcff",
        written(Answer(intent=intent(A).id, at=world.AT, standings="aa")),
        written(intent(A)).replace('"owner"', '"owned"'),
    ],
)
def test_a_line_that_somebody_else_pushed_is_told_in_words(text, opened, repository):
    ledger = world.begun(opened("git"))
    ledger.claim([intent(A)])
    *_, last = ledger.lines()
    said = text.encode(errors="surrogateescape")
    line = sha256(last.hash.encode() + b"\n" + said).hexdigest().encode() + b" " + said + b"\n"
    blob = git("hash-object", "-w", "--stdin", cwd=repository, given=line)
    tree = git("mktree", cwd=repository, given=f"100644 blob {blob}\tentries.jsonl\n".encode())
    commit = git("commit-tree", tree, "-p", ends(repository)[1], "-m", "Lines", cwd=repository)
    git("push", "-q", "origin", f"{commit}:{REF}", cwd=repository)

    with pytest.raises((LedgerError, Unreadable)):
        opened("git")
    with pytest.raises((LedgerError, Unreadable)):
        ledger.claim([intent(A, event="cards/two")])
