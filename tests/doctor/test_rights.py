"""Rights: ledgers and git remotes as they are, asked whether they would take something, and left as they were."""

import sqlite3
import subprocess
from datetime import timedelta

import pytest

from stillup.delivery.entry import Beginning, Resend, Settled
from stillup.delivery.keyring import Keyring
from stillup.delivery.ledger.place import open_ledger
from stillup.pipeline.building.build import build
from stillup.pipeline.doctor import ledger, neighbour, rights
from tests.doctor.code_host import hosting, may_push
from tests.doctor.conftest import AT, told
from tests.hands.conftest import git

KEY = {"STILLUP_LEDGER_KEY": "k" * 32}
PLACE = "sqlite:.stillup/ledger.sqlite"


def begun(page, place=PLACE, key=KEY):
    opened = open_ledger(place, page.root)
    opened.begin(Beginning(at=AT, key=Keyring.of(key).fingerprint, send=(), known=()))
    lines = len(list(opened.lines()))
    opened.close()
    return lines


def looked(page, environment=KEY, **named):
    return page.look(ledger.look, page.root, page.settings, environment, AT, offline=named.get("offline", False))


def test_a_ledger_that_can_be_written_is_left_as_it_is(page):
    page.set(ledger=PLACE, channels={"slack": {}})
    begun(page)
    file = page.root / ".stillup" / "ledger.sqlite"

    examined = looked(page)

    assert examined.findings == ()
    assert examined.well == (f"The ledger {PLACE} can be written (begun 2026-11-20; 0 batches under way).",)
    with sqlite3.connect(file) as base:
        assert base.execute("select count(*) from entry").fetchone() == (1,)


def test_what_came_too_late_is_named_for_a_week_unless_it_is_sent_again(page):
    page.set(ledger=PLACE)
    begun(page)
    opened = open_ledger(PLACE, page.root)
    ends = {"slow/a": AT - timedelta(days=6), "slow/b": AT - timedelta(days=6), "slow/c": AT - timedelta(days=8)}
    opened.record([Settled(event=key, channel="email", at=at, counts={"late": 3}) for key, at in ends.items()])
    opened.record([Settled(event="slow/d", channel="email", at=AT, counts={"sent": 3})])
    opened.record([Resend(event="slow/b", channel="email", at=AT, everybody=True)])
    opened.close()

    (said,) = told(looked(page), "late")

    assert said.startswith("warning: slow/a came too late")
    assert "resend --everybody for slow/a/email." in said


def test_a_ledger_whose_remote_is_gone_is_told_in_whole_sentences(page, tmp_path):
    page.set(ledger="git:origin#refs/stillup/ledger", channels={"slack": {}})
    git(page.root, "init", "-q")
    git(page.root, "remote", "add", "origin", str(tmp_path / "gone.git"))

    (said,) = told(looked(page), "ledger")

    assert ". See that the remote answers, and that whoever publishes may push" in said


def test_a_ledger_that_is_missing_is_not_made(page):
    page.set(ledger=PLACE)

    (said,) = told(looked(page), "ledger")

    assert "There is no ledger at .stillup/ledger.sqlite." in said
    assert "Run stillup ledger init" in said
    assert not (page.root / ".stillup").exists()


def test_channels_without_a_ledger_send_nothing(page):
    page.set(channels={"slack": {}})

    assert "error: Channels are set and no ledger is" in told(looked(page), "ledger")[0]


def test_a_ledger_that_has_not_begun_or_has_another_key_is_told(page):
    page.set(ledger=PLACE)
    open_ledger(PLACE, page.root).close()
    assert "has not begun" in told(looked(page), "ledger")[0]

    begun(page)
    (said,) = told(looked(page, {"STILLUP_LEDGER_KEY": "other" * 8}), "ledger")
    assert "was begun with another key" in said
    assert "other" not in said.replace("another", "")


def test_a_file_that_somebody_holds_or_that_is_no_ledger_is_told(page):
    page.set(ledger=PLACE)
    begun(page)
    file = page.root / ".stillup" / "ledger.sqlite"
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("begin immediate")
    try:
        assert "takes no line: database is locked." in told(looked(page), "ledger")[0]
    finally:
        holder.close()

    file.write_bytes(b"not a database at all, but long enough to be looked at " * 50)
    for suffix in ("-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)
    assert "cannot be opened" in told(looked(page), "ledger")[0]


@pytest.fixture
def cloned(page, tmp_path):
    """The page in a repository, and a bare one beside it that a code host serves."""
    page.set()
    git(page.root, "init", "-q", "-b", "main")
    (page.root / ".gitignore").write_text("/site/\n/.stillup/\n")
    git(page.root, "add", "-A")
    git(page.root, "commit", "-q", "-m", "A page")
    git(page.root, "clone", "-q", "--bare", str(page.root), str(tmp_path / "host" / "page.git"))
    with hosting(tmp_path / "host") as url:
        git(page.root, "remote", "add", "origin", f"{url}/page.git")
        may_push(tmp_path / "host" / "page.git", True)
        git(page.root, "push", "-q", "-u", "origin", "main")
        yield tmp_path / "host" / "page.git"


def test_a_ledger_in_git_is_asked_whether_it_would_take_a_push(page, cloned):
    place = "git:origin#refs/stillup/ledger"
    page.set(ledger=place)
    begun(page, place)
    before = git(cloned, "rev-parse", "refs/stillup/ledger")

    good = looked(page)
    may_push(cloned, False)
    refused = looked(page)

    assert any("can be written" in said for said in good.well)
    assert "Everybody can read origin" in told(good, "ledger")[0], "the host hands it out without a login"
    (said,) = told(refused, "ledger")
    assert said.startswith("error: The ledger git:origin#refs/stillup/ledger takes no push. Git says:")
    assert "contents: write" in said
    assert git(cloned, "rev-parse", "refs/stillup/ledger") == before
    assert "not looked at" in told(looked(page, offline=True), "offline")[0]


def placed(page, offline=False):
    site = page.root / "site"
    work = page.root / ".stillup" / "site"
    return page.look(rights.look, page.root, page.settings, site, work, {}, offline=offline)


def test_the_right_to_push_pages_and_records_is_tried_and_nothing_is_pushed(page, cloned):
    page.set(deploy=[{"git": "origin", "branch": "gh-pages"}, {"folder": "../served"}])
    assert "Run stillup build first." in told(placed(page), "deploy")[0]
    build(page.root, at=AT)

    good = placed(page)
    may_push(cloned, False)
    refused = placed(page)

    assert [said for said in good.well if "gh-pages" in said] == [
        "branch gh-pages of origin would get its first commit."
    ]
    assert "Branch main of origin would take commits from here." in good.well
    assert good.findings == ()
    assert "it takes no push" in told(refused, "deploy")[0]
    assert told(refused, "push")[0].startswith("warning: Commits would not be taken by branch main of origin:")
    assert git(cloned, "for-each-ref", "--format=%(refname)") == "refs/heads/main\n"
    assert not (page.root.parent / "served").exists()
    offline = placed(page, offline=True)
    assert [said.partition(" was")[0] for said in told(offline, "offline")] == ["note: branch gh-pages of origin"]


def test_a_checkout_that_keeps_no_commit_is_told(page, cloned):
    git(page.root, "checkout", "-q", "--detach")

    (said,) = told(placed(page), "checkout")

    assert said == (
        "warning: Commands with --commit write nothing: no branch is checked out, and no branch would keep the commit. "
        "Run git switch and a name first."
    )


def test_somebody_else_s_newer_commit_is_no_missing_right(page, cloned, tmp_path):
    git(tmp_path, "clone", "-q", str(cloned), "other")
    git(tmp_path / "other", "commit", "-q", "--allow-empty", "-m", "Newer")
    subprocess.run(["git", "-C", str(tmp_path / "other"), "push", "-q", "origin", "main"], check=True)

    assert told(placed(page), "push") == []


def test_records_beside_the_product_s_code_are_warned_of(page, cloned):
    remote = git(page.root, "remote", "get-url", "origin").strip()
    page.set(product={"repository": remote.replace("page.git", "product.git")})
    (page.root / ".github" / "workflows").mkdir(parents=True)
    (page.root / ".github" / "workflows" / "publish.yml").write_text("jobs:\n  a:\n    runs-on: [self-hosted]\n")

    same = told(page.look(neighbour.look, page.root, page.settings, (), None), "shared")
    page.set(product={"repository": "git@code.example.com:advancia/product.git"})
    other = page.look(neighbour.look, page.root, page.settings, (), None)

    assert any("are both at 127.0.0.1, and so is their CI." in said for said in same)
    assert any("publish.yml runs on machines of yours" in said for said in same)
    assert "the product's code at code.example.com." in other.well[0]
