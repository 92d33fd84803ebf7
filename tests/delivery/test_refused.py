"""What keeps a delivery from beginning: nothing leaves without commit, key and ledger, or from one that was changed."""

import pytest

from stillup.errors import StillupError
from tests.delivery.page import Page, git
from tests.delivery.story import OPENED, mails, minutes
from tests.tools import stillup


def test_nothing_is_sent_from_what_is_not_committed(page):
    page.write("incidents/slow.yml", "title: Not yet\n")

    with pytest.raises(StillupError, match="incidents/slow.yml is not committed"):
        page.deliver(minutes(2))


def test_nothing_is_sent_at_another_instant_than_now(page):
    page.incident(OPENED)

    with pytest.raises(StillupError, match="At another instant than now nothing is sent"):
        page.deliver(minutes(2), live=False)

    assert page.deliver(minutes(2), live=False, dry_run=True).rows
    assert mails(page) == []


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, "The environment has no STILLUP_LEDGER_KEY"),
        ({"STILLUP_LEDGER_KEY": "short"}, "is shorter than 16 characters"),
        ({"STILLUP_LEDGER_KEY": "another key, which is long enough"}, "was begun with another key"),
    ],
)
def test_nothing_is_sent_without_the_key_of_the_beginning(environment, said, page):
    page.incident(OPENED)
    page.environment = environment

    with pytest.raises(StillupError, match=said):
        page.deliver(minutes(2))

    assert mails(page) == []


def test_nothing_is_sent_without_a_ledger_that_has_begun(tmp_path):
    page = Page(tmp_path).make()
    with pytest.raises(StillupError, match="has not begun"):
        page.deliver()

    (tmp_path / "mkdocs.yml").write_text((tmp_path / "mkdocs.yml").read_text().replace("ledger:", "# ledger:"))
    page.commit()
    with pytest.raises(StillupError, match="no ledger is"):
        page.deliver()


@pytest.mark.parametrize("words", [("show",), ("verify",), ("resend", "x/email")])
def test_a_ledger_that_is_set_wrongly_is_not_said_to_be_none(words, tmp_path):
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: Status\nplugins:\n  - stillup: {ledger: 'mysql:x', timezone: Berlin}\n"
    )

    done = stillup("ledger", *words, "--root", tmp_path)

    assert done.returncode == 1
    (place, _) = done.stderr.split("\n", 1)
    assert place.startswith('mkdocs.yml:3:23: plugins[0].stillup.ledger: "mysql:x" is not a place for a ledger.')


def test_a_ledger_somebody_wrote_into_is_found_out(page):
    import sqlite3

    page.incident(OPENED)
    page.deliver(minutes(2))
    base = sqlite3.connect(page.root / ".stillup/ledger.sqlite")
    base.execute("DROP TRIGGER entry_stays")
    base.execute("UPDATE entry SET text = replace(text, 'slow', 'fast') WHERE number = 2")
    base.commit()
    base.close()

    done = stillup("ledger", "verify", "--root", page.root)

    assert done.returncode == 1
    assert "Line 2 does not follow from the one before" in done.stderr


def test_an_index_that_differs_from_its_lines_is_found_out(page):
    import sqlite3

    page.incident(OPENED)
    page.deliver(minutes(2))
    base = sqlite3.connect(page.root / ".stillup/ledger.sqlite")
    base.execute("DELETE FROM told")
    base.commit()
    base.close()

    assert stillup("ledger", "verify", "--root", page.root).returncode == 1


def test_a_git_remote_keeps_the_ledger_and_nothing_of_the_page(tmp_path):
    git(tmp_path, "init", "--quiet", "--bare", "remote.git")
    (tmp_path / "page").mkdir()
    page = Page(tmp_path / "page", ledger="git:origin#refs/stillup/ledger").make()
    git(page.root, "remote", "add", "origin", str(tmp_path / "remote.git"))
    page.begin()
    page.incident(OPENED)
    page.deliver(minutes(2))
    page.deliver(minutes(3))

    assert len(mails(page)) == 3
    refs = git(tmp_path / "remote.git", "for-each-ref", "--format=%(refname)").split()
    assert refs == [f"refs/stillup/ledger{part}" for part in ("", "-event-texts", "-events")]
    assert stillup("ledger", "verify", "--root", page.root).returncode == 0


def test_a_ledger_that_was_put_back_sends_nothing(tmp_path):
    git(tmp_path, "init", "--quiet", "--bare", "remote.git")
    (tmp_path / "page").mkdir()
    page = Page(tmp_path / "page", ledger="git:origin#refs/stillup/ledger").make()
    git(page.root, "remote", "add", "origin", str(tmp_path / "remote.git"))
    page.begin()
    first = git(tmp_path / "remote.git", "rev-parse", "refs/stillup/ledger")
    page.incident(OPENED)
    page.deliver(minutes(2))
    git(tmp_path / "remote.git", "update-ref", "refs/stillup/ledger", first)

    with pytest.raises(StillupError, match="does not continue what was seen of it before"):
        page.deliver(minutes(3))
    git(tmp_path / "remote.git", "update-ref", "-d", "refs/stillup/ledger")
    with pytest.raises(StillupError, match="is gone"):
        page.deliver(minutes(3))

    assert len(mails(page)) == 3


def test_a_remote_that_everybody_can_read_is_refused_unless_told(tmp_path, serve):
    git(tmp_path, "init", "--quiet", "--bare", "remote.git")
    git(tmp_path / "remote.git", "update-server-info")
    (tmp_path / "page").mkdir()
    page = Page(tmp_path / "page", ledger="git:origin").make()
    url = serve(tmp_path)
    git(page.root, "remote", "add", "origin", f"{url}remote.git")
    git(page.root, "remote", "set-url", "--push", "origin", str(tmp_path / "remote.git"))

    with pytest.raises(StillupError, match="Everybody can read origin"):
        page.begin()

    assert git(tmp_path / "remote.git", "for-each-ref") == ""
    git(page.root, "remote", "set-url", "origin", str(tmp_path / "remote.git"))
    page.begin(public=True)
