"""Several publishers at once on one ledger. The judge is the receiver's own log."""

import pytest

from stillup.delivery.audit import faults
from stillup.delivery.entry import Intent, read
from tests.delivery import world
from tests.delivery.beside import start
from tests.delivery.child import open_ledger
from tests.delivery.conftest import git
from tests.tools import wait

PUBLISHERS, PEOPLE = 8, 40


@pytest.mark.parametrize("kind", ["sqlite", "git", "postgres"])
def test_eight_publishers_at_once_tell_everybody_once(kind, tmp_path, provider, request):
    if kind == "git":
        first = request.getfixturevalue("repository")
        places = [first, *(tmp_path / f"page{number}" for number in range(1, PUBLISHERS))]
        for place in places[1:]:
            git("clone", "--quiet", tmp_path / "origin.git", place)
    elif kind == "postgres":
        places = [request.getfixturevalue("tables")] * PUBLISHERS
    else:
        places = [tmp_path / "ledger.sqlite"] * PUBLISHERS
    ledger = world.begun(open_ledger(kind, places[0]))
    gate = tmp_path / "gate"

    names = [tmp_path / f"said-{number}" for number in range(PUBLISHERS)]
    running = [
        start("tests.delivery.publisher", kind, place, provider.url, str(PEOPLE), gate, said=said)
        for place, said in zip(places, names, strict=True)
    ]
    for each, said in zip(running, names, strict=True):
        wait(lambda each=each, said=said: each.poll() is not None or said.read_text(), "a publisher was never ready")
    gate.touch()
    ended = [(each.wait(timeout=600), said.read_text()) for each, said in zip(running, names, strict=True)]

    assert [status for status, _ in ended] == [0] * PUBLISHERS, [said for status, said in ended if status][:1]
    assert provider.told() == dict.fromkeys((f"person{number}@example.com" for number in range(PEOPLE)), 3)
    assert len({each.key for each in provider.requests}) == 3 * PEOPLE
    ledger.refresh()
    assert list(faults(ledger)) == []
    claims = [read(line.text) for line in ledger.lines() if '"kind":"intent"' in line.text]
    assert sum(len(each.recipients) for each in claims if isinstance(each, Intent)) == 3 * PEOPLE
    ledger.close()


def test_a_push_that_is_refused_for_good_says_so_and_sends_nothing(repository, tmp_path, provider):
    ledger = world.begun(open_ledger("git", repository))
    hook = tmp_path / "origin.git" / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho 'this branch is closed' >&2\nexit 1\n")
    hook.chmod(0o755)
    run = world.dispatch(ledger, world.Post(provider.url, world.REPEAT), world.List(range(3)))

    with pytest.raises(Exception, match="takes no push"):
        run.run([world.event("cards/one")])

    assert provider.requests == []


def test_a_remote_that_is_gone_says_so_and_sends_nothing(repository, tmp_path, provider):
    ledger = world.begun(open_ledger("git", repository))
    (tmp_path / "origin.git").rename(tmp_path / "elsewhere.git")
    run = world.dispatch(ledger, world.Post(provider.url, world.REPEAT), world.List(range(3)))

    with pytest.raises(Exception, match="cannot be used"):
        run.run([world.event("cards/one")])

    assert provider.requests == []
