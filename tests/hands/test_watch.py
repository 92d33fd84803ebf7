"""`stillup watch`: real files, the real clock, a real process."""

import itertools
import json
import os
import select
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from stillup.pipeline.building.watch import Watcher
from tests.delivery.page import Page
from tests.hands.calls import ID, opened
from tests.hands.conftest import git
from tests.tools import PATIENCE, program


class Watch:
    """A watch that prints a JSON object a build."""

    def __init__(self, page, *words, **environment):
        command = program("stillup")
        assert command
        clean = {name: value for name, value in os.environ.items() if not name.startswith("STILLUP_")}
        self.process = subprocess.Popen(
            [command, "watch", "--root", str(page), "--json", *words],
            env=clean | {"PYTHONUNBUFFERED": "1"} | environment,
            stdout=subprocess.PIPE,
        )

    def next(self):
        """Return what the next build came to."""
        assert self.process.stdout
        assert select.select([self.process.stdout], [], [], PATIENCE)[0], "nothing was built"
        return json.loads(self.process.stdout.readline())

    def until(self, wanted):
        """Return what the build came to that is as `wanted`: one may fall between two writes of a change."""
        while not wanted(said := self.next()):
            pass
        return said

    def is_quiet(self, seconds):
        assert self.process.stdout
        return not select.select([self.process.stdout], [], [], seconds)[0]

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        status = self.process.wait(PATIENCE)
        assert self.process.stdout
        self.process.stdout.close()
        return status


@pytest.fixture
def watching(page):
    """Begin to watch the page; whatever still runs in the end is stopped."""
    begun = []

    def begin(*words, root=page, **environment):
        begun.append(Watch(root, *words, **environment))
        return begun[-1]

    yield begin
    for watch in begun:
        if watch.process.poll() is None:
            watch.process.kill()
            watch.process.wait()
        if watch.process.stdout:
            watch.process.stdout.close()


def home(page):
    return (page / "site" / "index.html").read_text()


def put(record, text):
    """Write as editors do that write in one go: nobody reads half of it."""
    fresh = record.parents[1] / "fresh"
    fresh.write_text(text)
    fresh.replace(record)


def spelled(at):
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def now():
    return datetime.now(UTC).replace(microsecond=0)


def test_a_change_is_built_an_unsound_one_is_told_and_the_page_stays(page, watching):
    watch = watching()
    assert watch.next()["why"] == "start"
    record = page / "incidents" / "x.yml"
    record.parent.mkdir()  # a folder that was not there at the start
    sound = (
        f"title: Card payments failing\nupdates:\n  - at: {spelled(now())}\n    status: investigating\n"
        "    components: {payments: partial_outage}\n    body: Words.\n"
    )
    record.write_text(sound)
    assert watch.until(lambda said: said.get("records") == 1)["why"] == "change"
    assert "Card payments failing" in home(page)

    put(record, sound.replace("investigating", "wip"))
    unsound = watch.next()
    assert "wip" in unsound["error"]
    assert "Card payments failing" in home(page)

    put(record, sound.replace("Card payments", "All payments"))
    assert watch.next()["records"] == 1
    assert "All payments failing" in home(page)
    assert watch.stop() == 0


def test_the_clock_begins_and_ends_a_window_to_the_second(page, watching):
    (page / "incidents").mkdir()
    watch = watching()
    assert watch.next()["why"] == "start"
    for ahead in (2, 4, 8, 16, 32):  # a machine that is too busy to see so near a window ahead is given one further on
        start = now() + timedelta(seconds=ahead)
        end = start + timedelta(seconds=ahead)
        text = (
            f"title: Webhooks move\nkind: maintenance\nscheduled: {{start: {spelled(start)}, end: {spelled(end)}}}\n"
            f"updates:\n  - at: {spelled(now() - timedelta(hours=1))}\n    status: scheduled\n"
            "    components: {payments: under_maintenance}\n    body: Work.\n"
        )
        put(page / "incidents" / "work.yml", text)
        seen = watch.until(lambda said: said["why"] == "change")
        if seen["next_due"] != spelled(start):
            continue
        began = watch.next()
        if began["next_due"] != spelled(end):
            continue
        ended = watch.next()
        break

    assert (seen["next_due"], began["why"], began["next_due"]) == (spelled(start), "due", spelled(end))
    assert ended["why"] == "due"
    assert datetime.fromisoformat(began["at"]) >= start
    assert datetime.fromisoformat(ended["at"]) >= end
    assert json.loads((page / "site" / "heartbeat.json").read_text())["at"] == ended["at"]
    assert watch.stop() == 0


def test_a_commit_alone_makes_the_heartbeat_say_it(page, watching):
    opened(page)
    watch = watching()
    watch.next()

    git(page, "add", "-A")
    git(page, "commit", "-q", "-m", "As it stands")
    head = git(page, "rev-parse", "HEAD")
    watch.until(lambda _: head.startswith(json.loads((page / "site" / "heartbeat.json").read_text())["commit"] or "?"))


def test_where_the_system_tells_nothing_a_look_finds_it_and_nothing_new_builds_nothing(page, watching):
    watch = watching("--look", "0.5")
    watch.next()

    assert watch.is_quiet(2)
    opened(page, "--commit")
    watch.until(lambda said: said.get("records") == 1)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_when_it_is_told_to(page, watching, number):
    watch = watching("--look", "600")
    watch.next()

    assert watch.stop(number) == 0, "long before it would have looked again"


def test_whatever_line_a_signal_interrupts_it_ends(page):
    """The handler runs between any two lines of the main thread, those of the library that waits among them."""
    lines = itertools.count()
    while _ends_when_told_at(page, next(lines)):
        pass
    assert next(lines) > 5, "there were lines to interrupt"


def _ends_when_told_at(page, line):
    """Tell a watch to stop at that line after its first build; return whether there were so many lines.

    Once it waits no line follows, and the alarm tells it to stop; that must end it too.
    """
    watcher = Watcher(page, clock=lambda: datetime.now(UTC), look=600)
    left, rang = line, False

    def step(frame, happening, _):
        nonlocal left
        if happening == "line":
            left -= 1
            if left == -1:
                signal.raise_signal(signal.SIGUSR1)
        return step

    def enter(frame, happening, argument):
        waits = frame.f_code.co_filename.endswith(("pipeline/building/watch.py", "threading.py", "queue.py"))
        return step(frame, happening, argument) if waits else None

    def alarm(*_):
        nonlocal rang
        assert not rang, "told twice to stop, it goes on"
        rang = True
        signal.setitimer(signal.ITIMER_REAL, PATIENCE)
        watcher.stop()

    usual = {number: signal.getsignal(number) for number in (signal.SIGUSR1, signal.SIGALRM)}
    signal.signal(signal.SIGUSR1, lambda *_: watcher.stop())
    signal.signal(signal.SIGALRM, alarm)
    try:
        turns = watcher.turns()
        next(turns)
        signal.setitimer(signal.ITIMER_REAL, 3)
        sys.settrace(enter)
        list(turns)
    finally:
        sys.settrace(None)
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in usual.items():
            signal.signal(number, handler)
    return not rang


def test_a_page_that_is_unsound_from_the_start_is_built_when_it_is_mended(page, watching):
    opened(page)
    record = page / "incidents" / "2026" / f"{ID}.yml"
    sound = record.read_text()
    put(record, "title: x\n")
    watch = watching()

    assert "error" in watch.next()
    put(record, sound)
    assert watch.next()["records"] == 1


def sending(root):
    """Return a page with subscribers, a ledger and a frame to build in."""
    made = Page(root).make()
    text = (root / "mkdocs.yml").read_text().replace("plugins:", "theme: {name: material, font: false}\nplugins:")
    made.write("mkdocs.yml", text)
    made.write("docs/about.md", "# About\n")
    return made.commit()


def test_what_is_owed_goes_out_once_it_is_committed_and_only_once(tmp_path, watching):
    made = sending(tmp_path / "sends")
    made.begin(now() - timedelta(minutes=5))
    watch = watching("--deliver", root=made.root, **made.environment)
    assert watch.next()["why"] == "start"
    assert watch.next()["complete"] is True

    made.incident((now(), "investigating", "degraded_performance", "We look into it."))
    while (said := watch.next()).get("channels") is None or not said["channels"][0]["accepted"]:
        assert "error" not in said or "commit" in said["error"], said

    assert said["channels"][0]["accepted"] == 3
    assert len(made.outbox()) == 3
    assert watch.stop() == 0
