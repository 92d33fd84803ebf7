"""A long history is told by several processes side by side, and nobody can see from the page that it was."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from stillup.pipeline.building.run import Run
from stillup.pipeline.reading.cores import Crew, cores
from stillup.pipeline.reading.teller import ENTRIES
from tests.end_to_end.page import AT, RECORDS, Site, tree

pytestmark = pytest.mark.needs("mkdocs", "git")

MANY = 1_600
TOLD = """\
title: Mail {number} was late
started_at: {day}T08:00:00Z
updates:
  - at: {day}T08:10:00Z
    status: investigating
    components: {{{component}: major_outage}}
    body: Letter {number} is late. [All of it](/history/) and [the one before](/incidents/2025-{before:05}/).
  - at: {day}T09:10:00Z
    status: resolved
    body: Letter {number} is there.
"""
OPEN = TOLD.partition("  - at: {day}T09")[0]
OVER = "  - {at: 2026-11-20T10:44:00Z, status: resolved, body: Letter 700 is there.}\n"
AHEAD = OPEN.replace("started_at: {day}T08:00:00Z\n", "").replace("{day}", "2026-12-24")
WRONG = TOLD.replace("major_outage", "majr_outage")


def record(number: int) -> str:
    """Return one record: most are over, a few are open, or told later, or lead nowhere."""
    form = {700: OPEN, 701: AHEAD}.get(number, TOLD)
    return form.format(
        number=number,
        before=number - 1 if number not in (1, 702) else 700,  # 701 is not told yet
        component=("api", "web", "mail")[number % 3],
        day=f"2025-{1 + number * 12 // (MANY + 1):02}-{1 + number % 28:02}",
    )


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Site:
    site = Site.make(tmp_path_factory.mktemp("abreast") / "page")
    for number in range(1, MANY + 1):
        site.write(f"incidents/2025/2025-{number:05}.yml", record(number))
    return site


@pytest.fixture(autouse=True)
def _two_cores() -> None:
    if len(os.sched_getaffinity(0)) < 2:
        pytest.skip("needs two cores")


def started(
    site: Site, folder: Path, *, alone: bool = False, words: Sequence[str] = ("-m", "stillup")
) -> subprocess.Popen[str]:
    """Start a cold build of the page into `folder`, on one core where it is to be `alone`."""
    if not folder.exists():
        shutil.copytree(site.root, folder)
    command = [sys.executable, *words, "build", "--root", str(folder), "--at", "2026-11-20T10:45:00Z"]
    core = {min(os.sched_getaffinity(0))}
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=(lambda: os.sched_setaffinity(0, core)) if alone else None,
    )


def hands(build: subprocess.Popen[str]) -> list[int]:
    """Return the processes at work for `build`, once they are: copies of itself."""
    while build.poll() is None:
        found = list(_copies(build.pid))
        if len(found) == min(4, len(os.sched_getaffinity(0))):
            return found
        time.sleep(0.002)
    return []


def _copies(process: int) -> Iterator[int]:
    with suppress(FileNotFoundError, ProcessLookupError):
        own = Path(f"/proc/{process}/cmdline").read_bytes()
        for child in Path(f"/proc/{process}/task/{process}/children").read_text().split():
            if Path(f"/proc/{child}/cmdline").read_bytes() == own:
                yield int(child)


def ended(build: subprocess.Popen[str]) -> tuple[str, str, int]:
    out, err = build.communicate(timeout=120)
    return re.sub(r"\S+/site:", "site:", out), err, build.returncode


@pytest.fixture(scope="module")
def told_alone(page: Site, tmp_path_factory: pytest.TempPathFactory) -> tuple[tuple[str, str, int], dict[str, bytes]]:
    """What one process says and makes of the page."""
    folder = tmp_path_factory.mktemp("alone") / "page"
    build = started(page, folder, alone=True)
    assert hands(build) == []
    return ended(build), tree(folder / "site")


def test_several_make_the_page_that_one_makes(page: Site, told_alone, tmp_path: Path):
    build = started(page, tmp_path / "page")

    assert len(hands(build)) > 1
    assert (ended(build), tree(tmp_path / "page" / "site")) == told_alone
    assert told_alone[0][1:] == ("", 0)


def test_what_they_kept_is_what_one_keeps(page: Site, told_alone, tmp_path: Path):
    """The build after it tells one record."""
    first = started(page, tmp_path / "page")
    ended(first)
    site = Site(tmp_path / "page")
    site.write("incidents/2025/2025-00700.yml", record(700) + OVER)
    built = site.build()
    warm = site.tree()

    assert built.anew == ""
    assert built.written < 100
    assert warm == site.cold(tmp_path / "cold")


def test_every_problem_is_told_in_place(page: Site, tmp_path: Path):
    """Whether a process of several finds it or one alone."""
    said = []
    for alone in (True, False):
        folder = tmp_path / str(alone)
        shutil.copytree(page.root, folder)
        for number in (3, 800, MANY):
            broken = WRONG.format(number=number, before=1, component="api", day="2025-06-01")
            (folder / f"incidents/2025/2025-{number:05}.yml").write_text(broken)
        lost = record(900).replace("/history/", "/nowhere/")
        (folder / "incidents/2025/2025-00900.yml").write_text(lost)
        build = started(Site(folder), folder, alone=alone)
        said.append(ended(build))

    assert said[0] == said[1]
    out, err, status = said[0]
    assert status == 1
    assert [line.partition(": ")[0] for line in (out + err).splitlines() if "majr" in line] == [
        "incidents/2025/2025-00003.yml:6:23",
        "incidents/2025/2025-00800.yml:6:23",
        f"incidents/2025/2025-{MANY:05}.yml:6:23",
    ]
    assert "incidents/2025/2025-00900.yml:7:" in out + err


def test_one_that_dies_is_replaced(page: Site, told_alone, tmp_path: Path):
    build = started(page, tmp_path / "page")
    os.kill(hands(build)[0], signal.SIGKILL)

    assert (ended(build), tree(tmp_path / "page" / "site")) == told_alone


def test_they_end_with_the_build_that_started_them(page: Site, told_alone, tmp_path: Path):
    build = started(page, tmp_path / "page")
    found = hands(build)
    build.kill()
    build.communicate()
    until = time.monotonic() + 30
    while any(Path(f"/proc/{process}").exists() for process in found) and time.monotonic() < until:
        time.sleep(0.01)

    assert [process for process in found if Path(f"/proc/{process}").exists()] == []
    assert ended(started(Site(tmp_path / "page"), tmp_path / "page"))[1:] == ("", 0)
    assert tree(tmp_path / "page" / "site") == told_alone[1]


def test_where_no_process_may_be_started_one_does_it_all(page: Site, told_alone, tmp_path: Path):
    refusing = (
        "import sys\n"
        "def refuse(event, _):\n"
        "    if event == 'os.fork': raise BlockingIOError(11, 'Resource temporarily unavailable')\n"
        "sys.addaudithook(refuse)\n"
        "from stillup.cli.main import main\n"
        "main()\n"
    )
    build = started(page, tmp_path / "page", words=["-c", refusing])

    assert (ended(build), tree(tmp_path / "page" / "site")) == told_alone


def test_small_pages_are_told_by_one(tmp_path: Path):
    site = Site.make(tmp_path / "few", RECORDS)

    build = started(site, tmp_path / "page")

    assert hands(build) == []
    assert ended(build)[1:] == ("", 0)


def test_no_record_is_told_twice_for_the_feeds_of_its_component(page: Site, tmp_path: Path):
    """What feeds will ask for is kept where a record is told first."""
    shutil.copytree(page.root, tmp_path / "page")
    with Run(tmp_path / "page", at=AT, site_dir=tmp_path / "site", work=tmp_path / "work") as run:
        run.read()
        kept = {story.id for story in run.index.some(run.index.public()) if run.index.made(story, ENTRIES)}

    newest_of_those_that_are_not_held = {f"2025-{number:05}" for number in range(MANY - 400, MANY - 300)}
    assert newest_of_those_that_are_not_held <= kept
    assert len(kept) < MANY * 2 / 3


def test_a_crew_keeps_the_order(tmp_path: Path):
    with (tmp_path / "one").open("w+b") as one, (tmp_path / "two").open("w+b") as two:

        def work(number: int, file) -> tuple[int, str]:
            file.write(b"-%d-" % number)
            return number, f"said {number}"

        with Crew(work, 5, [one, two]) as crew:
            found = [done for done in crew if done is not None]

        assert [said for said, _ in found] == [(number, f"said {number}") for number in range(5)]
        assert [os.pread(file.fileno(), end - start, start) for _, (file, start, end) in found] == [
            b"-%d-" % number for number in range(5)
        ]


def test_what_a_process_could_not_do_is_known_and_said(tmp_path: Path, capfd):
    with (tmp_path / "one").open("w+b") as one:

        def work(number: int, file) -> int:
            return 12 // (number - 2)

        with Crew(work, 4, [one]) as crew:
            found = [done and done[0] for done in crew]

    assert found == [-6, -12, None, None]
    assert capfd.readouterr().err.endswith("ZeroDivisionError: integer division or modulo by zero\n")


def test_a_process_with_threads_is_not_copied():
    import threading

    over = threading.Event()
    other = threading.Thread(target=over.wait)
    other.start()
    try:
        assert cores() == 1
    finally:
        over.set()
        other.join()
