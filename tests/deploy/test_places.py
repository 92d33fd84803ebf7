"""The page in a folder, on a branch and on another machine: whole at every moment, and told what to mend when not."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from stillup.delivery.deploy.branch import Branch
from stillup.delivery.deploy.folder import Folder
from stillup.delivery.deploy.live import wait
from stillup.delivery.deploy.place import Unreached
from stillup.delivery.deploy.rsync import Rsync, complaint
from stillup.pipeline.own_files import replace_all
from stillup.pipeline.stage import Stage
from stillup.pipeline.tree import Tree
from stillup.records.target import DeployTarget
from tests import loopback
from tests.tools import PATIENCE, free_port, need, program, serving

AT = datetime(2026, 11, 20, 10, 45, tzinfo=UTC)


def page(site: Path, number: int, files: int = 3) -> Path:
    """Make a page whose every file says its number; one file is the same on every page."""
    for name in ("index.html", "heartbeat.json", *(f"incidents/{n}/index.html" for n in range(files))):
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        said = {"built_at": f"2026-11-20T10:{number:02}:00Z", "commit": str(number)}
        (site / name).write_text(json.dumps(said) if name.endswith("json") else f"page {number}")
    if not (site / "old.html").exists():
        (site / "old.html").write_text("never changes")
    return site


def tree(folder: Path) -> dict[str, str]:
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_text() for name, path in found.items() if not name.startswith(".git/")}


# Folders


def test_a_folder_serves_each_page_whole_and_keeps_those_before(tmp_path):
    site, served = tmp_path / "site", tmp_path / "www" / "status"
    folder = Folder(served, keep=2)
    for number in range(5):
        page(site, number)
        said = folder.put(site, at=AT + timedelta(minutes=number), commit=f"c{number}")
        assert tree(served) == tree(site)

    pages = sorted(each.name for each in (served.parent / ".status.pages").iterdir() if each.is_dir())
    assert served.is_symlink()
    assert not os.path.isabs(os.readlink(served)), "the folder may be mounted elsewhere"
    assert pages == ["20261120T104700Z-c2", "20261120T104800Z-c3", "20261120T104900Z-c4"]
    assert said == "serves the page, 5 files copied and 1 shared with the one before"
    assert (served / "old.html").stat().st_ino == (
        served.parent / ".status.pages" / pages[0] / "old.html"
    ).stat().st_ino


def test_everybody_may_read_a_page_and_its_owner_alone_the_outbox_whatever_the_umask(tmp_path):
    before = os.umask(0o077)
    try:
        stage = Stage()
        tree = Tree(tmp_path / "site", stage)
        for name in ("index.html", "incidents/slow/index.html"):
            tree.put(name, b"page 1")
        stage.switch()
        Folder(tmp_path / "status").put(tmp_path / "site", at=AT, commit="c1")
        os.umask(0o022)
        replace_all(tmp_path / "outbox", {"internal/index.html": b"internal"})
    finally:
        os.umask(before)

    for top in (tmp_path / "site", (tmp_path / "status").resolve().parent):
        modes = {path.is_dir(): path.stat().st_mode & 0o777 for path in (top, *top.rglob("*")) if path.name != "lock"}
        assert modes == {True: 0o755, False: 0o644}
    assert (tmp_path / "outbox").stat().st_mode & 0o777 == 0o700


def test_a_folder_goes_back_to_the_page_before(tmp_path):
    site, folder = tmp_path / "site", Folder(tmp_path / "status")
    for number in range(3):
        folder.put(page(site, number), at=AT + timedelta(minutes=number), commit=f"c{number}")

    assert folder.back() == "20261120T104600Z-c1"
    assert (tmp_path / "status/index.html").read_text() == "page 1"
    assert folder.back() == "20261120T104500Z-c0"
    with pytest.raises(Unreached, match="no page before this one"):
        folder.back()
    folder.put(page(site, 9), at=AT + timedelta(minutes=9), commit="c9")
    assert (tmp_path / "status/index.html").read_text() == "page 9"


def _read(name: str, folder: int) -> bytes:
    handle = os.open(name, os.O_RDONLY, dir_fd=folder)
    try:
        return os.read(handle, 100)
    finally:
        os.close(handle)


def test_nobody_ever_sees_half_a_page(tmp_path):
    """A reader opens the folder as a web server does, and reads two of its files, while pages change."""
    site, served = tmp_path / "site", tmp_path / "status"
    folder, mixed, reads, ended = Folder(served, keep=50), [], 0, threading.Event()
    folder.put(page(site, 0), at=AT, commit="c")

    def read() -> None:
        nonlocal reads
        while not ended.is_set():
            handle = os.open(served, os.O_RDONLY)
            seen = {_read(name, handle) for name in ("index.html", "incidents/0/index.html", "incidents/2/index.html")}
            os.close(handle)
            reads += 1
            if len(seen) != 1:
                mixed.append(seen)

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(1, 30):
        folder.put(page(site, number), at=AT + timedelta(seconds=number), commit="c")
        loopback.wait(lambda number=number: reads > number or not reader.is_alive(), "nobody reads")
    ended.set()
    reader.join()

    assert (mixed, reads > 29) == ([], True)


def test_a_run_that_is_killed_leaves_the_page_and_the_next_one_is_whole(tmp_path):
    site, served = page(tmp_path / "site", 1, files=400), tmp_path / "status"
    Folder(served).put(site, at=AT, commit="c1")
    page(site, 2, files=400)
    script = (
        "import sys, datetime, pathlib\n"
        "from stillup.delivery.deploy.folder import Folder\n"
        "at = datetime.datetime(2026, 11, 20, 10, 50, tzinfo=datetime.UTC)\n"
        "print('go', flush=True)\n"
        "Folder(pathlib.Path(sys.argv[1])).put(pathlib.Path(sys.argv[2]), at=at, commit='c2')\n"
    )
    for pause in (0.0, 0.005, 0.02, 0.05):
        child = subprocess.Popen([sys.executable, "-c", script, str(served), str(site)], stdout=subprocess.PIPE)
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(pause)
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        seen = tree(served)
        assert len(seen) == 403
        assert {text for name, text in seen.items() if name.endswith("x.html")} in ({"page 1"}, {"page 2"})

    Folder(served).put(site, at=AT + timedelta(hours=1), commit="c2")
    assert tree(served) == tree(site)
    assert not (tmp_path / ".status.pages/making").exists()


def test_a_folder_forgets_pages_alone_and_what_others_put_beside_them_stays(tmp_path):
    site, folder = tmp_path / "site", Folder(tmp_path / "status", keep=1)
    (tmp_path / ".status.pages" / "2020-archive").mkdir(parents=True)
    (tmp_path / ".status.pages" / "2020-archive" / "page.html").write_text("mine")
    for number in range(4):
        folder.put(page(site, number), at=AT + timedelta(minutes=number), commit=f"c{number}")

    names = {path.name for path in (tmp_path / ".status.pages").iterdir() if path.is_dir()}
    assert names == {"2020-archive", "20261120T104700Z-c2", "20261120T104800Z-c3"}


def test_two_runs_at_once_come_one_after_the_other(tmp_path):
    sites = [page(tmp_path / f"site{number}", number, files=100) for number in range(4)]
    threads = [
        threading.Thread(target=Folder(tmp_path / "status", keep=9).put, args=(site,), kwargs={"at": AT, "commit": "c"})
        for site in sites
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert tree(tmp_path / "status") in [tree(site) for site in sites]
    assert len([each for each in (tmp_path / ".status.pages").iterdir() if each.is_dir()]) == 4


@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_what_is_not_ours_is_not_replaced(kind, tmp_path):
    served = tmp_path / "status"
    if kind == "folder":
        (served / "photos").mkdir(parents=True)
    elif kind == "file":
        served.write_text("x")
    else:
        (tmp_path / "elsewhere").mkdir()
        served.symlink_to("elsewhere")
    before = served.lstat()

    with pytest.raises(Unreached, match=r"status.*(Move it|Name a place|Remove it)"):
        Folder(served).put(page(tmp_path / "site", 1), at=AT, commit="c")

    assert served.lstat() == before
    assert not (tmp_path / ".status.pages").exists()


def test_an_empty_folder_makes_room(tmp_path):
    (tmp_path / "status").mkdir()

    Folder(tmp_path / "status").put(page(tmp_path / "site", 1), at=AT, commit="c")

    assert (tmp_path / "status/index.html").read_text() == "page 1"


def test_a_folder_that_cannot_be_written_says_what_to_mend(tmp_path):
    (tmp_path / "www").write_text("a file where a folder should be")

    with pytest.raises(Unreached, match=r"cannot be written: .*\. Mend that"):
        Folder(tmp_path / "www" / "status").put(page(tmp_path / "site", 1), at=AT, commit="c")


# Branches


def git(*words: str | Path, folder: Path | None = None) -> str:
    done = subprocess.run(["git", *map(str, words)], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def root(tmp_path) -> Path:
    """A repository of records with a remote on disk."""
    git("init", "-q", "--bare", "-b", "main", tmp_path / "origin.git")
    git("init", "-q", "-b", "main", tmp_path / "root")
    git("remote", "add", "origin", "../origin.git", folder=tmp_path / "root")
    return tmp_path / "root"


def branch(root: Path, git: str = "origin", name: str = "gh-pages", history: bool = True, work: str = "work") -> Branch:
    target = DeployTarget(git=git, branch=name, history=history)
    return Branch(target, root=root, work=root.parent / work, environment=os.environ)


def published(root: Path, name: str = "gh-pages") -> dict[str, str]:
    folder = root.parent / "seen"
    shutil.rmtree(folder, ignore_errors=True)
    git("clone", "-q", "-b", name, root.parent / "origin.git", folder)
    return tree(folder)


def test_a_branch_holds_each_page_and_grows_by_what_changed(root):
    site = page(root.parent / "site", 1)
    first = branch(root).put(site, at=AT, commit="c1")
    page(site, 2)
    (site / "incidents/0/index.html").unlink()
    second = branch(root).put(site, at=AT, commit="c2")
    again = branch(root).put(site, at=AT, commit="c2")

    assert published(root) == tree(site) | {".nojekyll": ""}
    assert first.startswith("holds the page as ")
    assert second.endswith("5 files changed")
    assert again == "holds this page already"
    log = git("log", "--format=%s|%an|%at", "gh-pages", folder=root.parent / "origin.git").splitlines()
    assert log == [f"Publish c{n}|Stillup|{int(AT.timestamp())}" for n in (2, 1)]
    assert git("for-each-ref", folder=root) == "", "the records' repository is left alone"
    assert git("status", "--porcelain", folder=root) == ""


def test_the_same_page_from_another_machine_is_the_same_commit(root):
    site = page(root.parent / "site", 1)
    branch(root).put(site, at=AT, commit="c1")
    made = git("rev-parse", "gh-pages", folder=root.parent / "origin.git")
    git("update-ref", "-d", "refs/heads/gh-pages", folder=root.parent / "origin.git")

    branch(root, work="other").put(site, at=AT, commit="c1")

    assert git("rev-parse", "gh-pages", folder=root.parent / "origin.git") == made


def test_a_fresh_runner_continues_the_history(root):
    site = page(root.parent / "site", 1)
    branch(root).put(site, at=AT, commit="c1")
    branch(root, work="runner").put(page(site, 2), at=AT, commit="c2")

    assert git("rev-list", "--count", "gh-pages", folder=root.parent / "origin.git") == "2"


def test_without_history_the_branch_is_one_commit_and_nobody_elses_is_overwritten(root):
    site = page(root.parent / "site", 1)
    for number in range(3):
        branch(root, history=False).put(page(site, number), at=AT, commit=f"c{number}")

    assert git("rev-list", "--count", "gh-pages", folder=root.parent / "origin.git") == "1"
    assert published(root)["index.html"] == "page 2"


def test_the_name_of_the_host_that_was_set_up_on_the_branch_stays(root):
    site = page(root.parent / "site", 1)
    branch(root).put(site, at=AT, commit="c1")
    seen = root.parent / "people"
    git("clone", "-q", "-b", "gh-pages", root.parent / "origin.git", seen)
    (seen / "CNAME").write_text("status.example.com\n")
    git("add", "CNAME", folder=seen)
    who = ["-c", "user.name=People", "-c", "user.email=people@example.com", "-c", "commit.gpgsign=false"]
    git(*who, "commit", "-qm", "Name the host", folder=seen)
    git("push", "-q", folder=seen)

    branch(root).put(page(site, 2), at=AT, commit="c2")

    assert published(root) == tree(site) | {".nojekyll": "", "CNAME": "status.example.com\n"}


def test_four_publishers_at_once_lose_no_page(root):
    sites = [page(root.parent / f"site{number}", number, files=20) for number in range(4)]
    said: list[str] = []
    threads = [
        threading.Thread(
            target=lambda n=n: said.append(branch(root, work=f"work{n}").put(sites[n], at=AT, commit=f"c{n}"))
        )
        for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(said) == 4
    assert git("rev-list", "--count", "gh-pages", folder=root.parent / "origin.git") == "4"


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("nowhere", "There is no remote called nowhere"),
        ("https://canary:x@127.0.0.1:1/x.git", "cannot be reached"),
        ("/nowhere/x.git", "cannot be reached"),
    ],
)
def test_a_remote_that_is_down_says_what_to_mend_and_no_login(where, words, root):
    with pytest.raises(Unreached) as told:
        branch(root, where).put(page(root.parent / "site", 1), at=AT, commit="c")

    assert words in str(told.value)
    assert str(told.value).endswith(".")
    assert "canary" not in str(told.value) + branch(root, where).name


@pytest.mark.parametrize("history", [True, False])
def test_a_branch_of_others_is_left_as_it_is(history, root):
    """Whoever names the branch of the records by mistake loses none of them."""
    (root / "incident.yml").write_text("title: Ours\n")
    git("add", ".", folder=root)
    git("-c", "user.name=nobody", "-c", "user.email=nobody@example.com", "commit", "-qm", "Records", folder=root)
    git("push", "-q", "origin", "main", folder=root)
    site = page(root.parent / "site", 1)

    for way in (lambda there: there.look(site), lambda there: there.put(site, at=AT, commit="c1")):
        with pytest.raises(Unreached, match=r"holds incident\.yml, which no page of ours has put there"):
            way(branch(root, name="main", history=history))

    assert git("ls-tree", "--name-only", "main", folder=root.parent / "origin.git") == "incident.yml"


def test_a_branch_that_may_not_be_pushed_says_so(root):
    hook = root.parent / "origin.git/hooks/pre-receive"
    hook.write_text("#!/bin/sh\necho protected branch >&2\nexit 1\n")
    hook.chmod(0o755)

    with pytest.raises(Unreached, match="may push to this branch"):
        branch(root).put(page(root.parent / "site", 1), at=AT, commit="c")


def test_looking_at_a_branch_changes_nothing(root):
    site = page(root.parent / "site", 1)

    assert branch(root).look(site) == "would get its first commit"
    assert git("for-each-ref", folder=root.parent / "origin.git") == ""
    branch(root).put(site, at=AT, commit="c")
    assert branch(root).look(page(site, 2)) == "would get a commit with 5 files changed"
    assert git("rev-list", "--count", "gh-pages", folder=root.parent / "origin.git") == "1"


# rsync


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def sshd(folder: Path):
    """Run a real sshd on loopback; yield its port and the environment in which ssh finds its keys."""
    need("rsync", "ssh", "sshd")
    daemon = program("sshd") or "/usr/sbin/sshd"
    folder.mkdir()
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    shutil.copy(folder / "user.pub", folder / "authorized")
    port = free_port()
    (folder / "known").write_text(f"[127.0.0.1]:{port} {(folder / 'host.pub').read_text()}")
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    (folder / "config").write_text(
        f"ListenAddress 127.0.0.1:{port}\nHostKey {folder / 'host'}\nAuthorizedKeysFile {folder / 'authorized'}\n"
        "StrictModes no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nUsePAM no\n"
        f"PermitRootLogin yes\nPidFile {folder / 'pid'}\n"
    )
    server = subprocess.Popen([daemon, "-D", "-e", "-f", str(folder / "config")], stderr=subprocess.PIPE)
    try:
        loopback.wait(partial(_listens, port), "sshd does not listen")
        options = f"-o UserKnownHostsFile={folder / 'known'} -o IdentitiesOnly=yes -o BatchMode=yes"
        yield port, {**os.environ, "RSYNC_RSH": f"ssh -F none -i {folder / 'user'} {options}"}
    finally:
        server.terminate()
        server.communicate()


def test_rsync_brings_the_page_through_ssh_and_removes_what_is_no_more(tmp_path):
    with sshd(tmp_path / "ssh") as (port, environment):
        target = DeployTarget(rsync=f"127.0.0.1:{tmp_path / 'far'}", port=port)
        there = Rsync(target, root=tmp_path, environment=environment)
        site = page(tmp_path / "site", 1)
        would = there.look(site)
        assert not (tmp_path / "far").exists()
        first = there.put(site, at=AT, commit="c1")
        page(site, 2)
        (site / "incidents/1/index.html").unlink()
        (site / "incidents/1").rmdir()
        second = there.put(site, at=AT, commit="c2")
        wrong = Rsync(
            DeployTarget(rsync=target.rsync, port=port), root=tmp_path,
            environment={**environment, "RSYNC_RSH": "ssh -F none -o BatchMode=yes -o StrictHostKeyChecking=yes "
                         "-o UserKnownHostsFile=/dev/null"},
        )  # fmt: skip
        with pytest.raises(Unreached, match="SSH did not get through"):
            wrong.put(site, at=AT, commit="c2")

    assert would == "would get 6 files"
    assert first == "holds the page, 6 files brought there"
    assert second == "holds the page, 4 files brought there"
    assert tree(tmp_path / "far") == tree(site)


@contextmanager
def far_side(folder: Path):
    """Yield the environment in which rsync's other side is a process here, and what kills that with -9."""
    script, number = folder / "shell", folder / "number"
    script.write_text(f'#!/bin/sh\nshift\necho $$ > {number}\nexec "$@"\n')
    script.chmod(0o755)

    def kill() -> None:
        with suppress(ProcessLookupError):
            os.killpg(int(number.read_text()), signal.SIGKILL)

    yield {**os.environ, "RSYNC_RSH": f"setsid {script}"}, kill


@pytest.mark.needs("rsync", "setsid")
def test_an_rsync_that_is_killed_between_two_files_does_not_say_that_the_page_is_there(tmp_path):
    files, between = 2_000, 0
    site, far = page(tmp_path / "site", 1, files), tmp_path / "far"
    with far_side(tmp_path) as (environment, kill):
        there = Rsync(DeployTarget(rsync=f"far:{far}"), root=tmp_path, environment=environment)
        there.put(site, at=AT, commit="1")
        for number in range(2, 12):
            page(site, number, files)
            with ThreadPoolExecutor(1) as pool:
                putting = pool.submit(there.put, site, at=AT, commit=str(number))
                seen = far / ("index.html", "incidents/1000/index.html")[number % 2]
                while not putting.done() and seen.read_text() != f"page {number}":
                    pass
                kill()
                if isinstance(putting.exception(), Unreached):
                    found = {path.read_text() for path in far.glob("incidents/*/index.html")}
                    between += len(found) > 1
                    assert json.loads((far / "heartbeat.json").read_text())["commit"] != str(number)
            if between == 2:
                break
        left = list(far.rglob(".~tmp~"))
        for gone in range(0, files, 2):
            shutil.rmtree(site / f"incidents/{gone}")
        (site / "incidents/1/index.html").rename(site / "incidents/1/other.html")

        there.put(site, at=AT, commit="3")

    assert between, "it was killed between two files"
    assert left
    assert tree(far) == tree(site)
    assert list(far.rglob(".~tmp~")) == []


@pytest.mark.needs("rsync")
def test_rsync_leaves_a_folder_of_others_as_it_is_and_ends_what_it_began(tmp_path):
    (tmp_path / "shell").write_text('#!/bin/sh\nshift\nexec "$@"\n')
    (tmp_path / "shell").chmod(0o755)
    far, site = tmp_path / "far", page(tmp_path / "site", 1)
    (site / "über").mkdir()
    (site / "über/index.html").write_text("page 1")
    there = Rsync(
        DeployTarget(rsync=f"far:{far}"),
        root=tmp_path,
        environment={**os.environ, "RSYNC_RSH": str(tmp_path / "shell")},
    )
    (far / "blog").mkdir(parents=True)
    (far / "blog/first post.html").write_text("mine")

    for way in (lambda: there.look(site), lambda: there.put(site, at=AT, commit="c1")):
        with pytest.raises(Unreached, match=r"holds blog/first post\.html, which no page of ours has put there"):
            way()
    assert tree(far) == {"blog/first post.html": "mine"}

    shutil.rmtree(far / "blog")
    # What a run leaves that was killed before the heartbeat was there.
    for path in ("index.html", "über/index.html", ".index.html.aB3dE6", ".~tmp~/incidents.html"):
        (far / path).parent.mkdir(exist_ok=True)
        (far / path).write_text("page 0")
    there.put(site, at=AT, commit="c1")
    assert tree(far) == tree(site)


@pytest.mark.needs("rsync")
def test_where_a_login_leads_is_not_the_root_of_its_machine(tmp_path):
    (tmp_path / "shell").write_text(f'#!/bin/sh\nshift\ncd {tmp_path}/home && exec "$@"\n')
    (tmp_path / "shell").chmod(0o755)
    (tmp_path / "home").mkdir()
    environment = {**os.environ, "RSYNC_RSH": str(tmp_path / "shell")}

    there = Rsync(DeployTarget(rsync="far:"), root=tmp_path, environment=environment)
    there.put(page(tmp_path / "site", 1), at=AT, commit="1")
    said = there.put(page(tmp_path / "site", 2), at=AT, commit="2", newer=lambda beat: f"keeps {beat.decode()}")

    assert tree(tmp_path / "home") == tree(page(tmp_path / "site", 1))
    assert json.loads(said.removeprefix("keeps "))["commit"] == "1"


def test_a_full_disk_of_the_other_side_is_named_whichever_side_of_rsync_tells_first():
    full = b'rsync: [receiver] write failed on "/srv/status/index.html": No space left on device (28)'
    pipe = b"rsync: [sender] write error: Broken pipe (32)"
    ends = b"rsync error: error in socket IO (code 10) at io.c(849) [sender=3.5.0]"

    for lines, status in (((full, ends), 11), ((pipe, full, ends), 10), ((pipe, full, ends), 12)):
        told = complaint(subprocess.CompletedProcess(["rsync"], status, b"", b"\n".join(lines) + b"\n"))

        assert told == (
            'rsync: [receiver] write failed on "/srv/status/index.html": No space left on device (28). '
            "A file cannot be written there. See that the folder exists, is writable and has room."
        )
    alone = complaint(subprocess.CompletedProcess(["rsync"], 10, b"", pipe + b"\n"))
    assert alone.endswith("Nobody listens there. See that the machine is up and the port is right.")


@pytest.mark.parametrize(
    "said",
    [
        b"Host key verification failed.",
        b"ssh: Could not resolve hostname far.example.com: Name or service not known",
        b"deploy@far.example.com: Permission denied (publickey).",
        b"Connection closed by 192.0.2.1 port 22",
    ],
)
def test_ssh_that_did_not_get_through_is_named_whichever_end_rsync_reports(said):
    ends = b"rsync: connection unexpectedly closed (0 bytes received so far) [sender]"

    for status in (12, 255):
        for lines in ((said, ends), (ends, said)):
            told = complaint(subprocess.CompletedProcess(["rsync"], status, b"", b"\n".join(lines) + b"\n"))
            assert "SSH did not get through" in told
    refused = b'rsync: [receiver] mkdir "/srv/status" failed: Permission denied (13)'
    told = complaint(subprocess.CompletedProcess(["rsync"], 11, b"", refused + b"\n"))
    assert "A file cannot be written there" in told


@pytest.mark.needs("rsync", "ssh")
def test_a_machine_that_is_down_says_what_to_mend(tmp_path):
    with socket.socket() as held, pytest.raises(Unreached, match="See that the machine is up"):
        held.bind(("127.0.0.1", 0))  # and nobody listens
        target = DeployTarget(rsync="127.0.0.1:/far", port=held.getsockname()[1])
        there = Rsync(target, root=tmp_path, environment=os.environ)
        there.put(page(tmp_path / "site", 1), at=AT, commit="c")


# Waiting


def test_the_page_is_live_once_its_own_heartbeat_is_served(tmp_path):
    site, served = page(tmp_path / "site", 2), page(tmp_path / "served", 1)
    waits: list[float] = []

    def told(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 2:
            page(served, 2)

    with serving(served) as url:
        live = wait(url, site, patience=PATIENCE, every=0.05, told=told)

    assert (live.seen, len(waits), live.note) == (True, 2, "")


def test_a_later_page_is_live_too(tmp_path):
    with serving(page(tmp_path / "served", 3)) as url:
        assert wait(url, page(tmp_path / "site", 2), patience=PATIENCE, every=0.05).seen


@pytest.mark.parametrize(
    ("served", "note"),
    [
        ('{"built_at": "2026-11-20T10:01:00Z", "commit": "1"}', "it was built at 2026-11-20T10:01:00Z from commit 1."),
        ("<html>", "it is no heartbeat."),
        ("[]", "it is no heartbeat."),
        ('{"built_at": "soon", "commit": "9"}', "it is no heartbeat."),
        ('{"built_at": "2026-12-20T10:01:00"}', "it is no heartbeat."),
        ("[" * 50_000, "it is no heartbeat."),
        ("x" * 100_000, "it is far too long."),
        (None, "the server says HTTP 404."),
    ],
)
def test_what_is_served_instead_is_told_when_patience_ends(served, note, tmp_path):
    (tmp_path / "served").mkdir()
    if served is not None:
        (tmp_path / "served/heartbeat.json").write_text(served)
    with serving(tmp_path / "served") as url:
        live = wait(url, page(tmp_path / "site", 2), patience=0.2, every=0.05)

    assert (live.seen, live.note) == (False, f"{url}heartbeat.json is not this page's: {note}")


def test_a_server_that_is_down_is_waited_for_no_longer_than_that(tmp_path):
    live = wait("http://127.0.0.1:1/", page(tmp_path / "site", 2), patience=0.2, every=0.05)

    assert not live.seen
    assert live.note.endswith("no server answers.")
