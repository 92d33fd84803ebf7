"""The page in a folder: whole at every moment, and told what to mend when not."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta

import pytest

from stillup.delivery.deploy.folder import Folder
from stillup.delivery.deploy.place import Unreached
from stillup.pipeline.tree.own_files import replace_all
from stillup.pipeline.tree.stage import Stage
from stillup.pipeline.tree.tree import Tree
from tests import loopback
from tests.deploy.pages import AT, page, tree


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


def test_a_page_that_is_damaged_where_it_is_served_is_mended_by_deploying_it_again(tmp_path):
    """A bit that turned changes neither size nor time, and what looks unchanged is shared."""
    site, folder = tmp_path / "site", Folder(tmp_path / "status")
    folder.put(page(site, 1), at=AT, commit="c1")
    file = tmp_path / "status" / "old.html"
    times = file.stat()
    file.write_bytes(file.read_bytes()[:-1] + b"\0")
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert tree(tmp_path / "status") != tree(site)

    said = folder.put(site, at=AT + timedelta(minutes=1), commit="c1")

    assert tree(tmp_path / "status") == tree(site)
    assert "0 shared" in said
    assert "1 shared" in folder.put(page(site, 2), at=AT + timedelta(minutes=2), commit="c2")


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


def test_two_runs_at_once_may_both_be_the_first(tmp_path):
    site = page(tmp_path / "site", 1)
    told: list[str] = []
    for number in range(15):
        folder, start = Folder(tmp_path / f"{number}" / "status"), threading.Barrier(6)

        def put(folder=folder, start=start):
            start.wait()
            told.append(folder.put(site, at=AT, commit="c"))

        threads = [threading.Thread(target=put) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert len(told) == 90


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
