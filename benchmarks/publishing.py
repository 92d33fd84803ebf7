"""How long it takes from a commit to the served page, and to the first and last mail, on loopback.

    python -m benchmarks.publishing [SUBSCRIBERS] [ROUNDS]

A real git commit, `stillup publish` as a process, a folder that a web server serves, a mail server without TLS.
The first publication, which makes MkDocs' part of the page too, is not counted.
"""

import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

from tests.deploy import test_release as stage


class Watch(stage.Post):
    """Notes when mails come."""

    def __init__(self) -> None:
        super().__init__()
        self.at: list[float] = []

    async def handle_DATA(self, server, session, envelope):
        self.at.append(time.monotonic())
        return "250 OK"


def watch(served: Path, title: str, seen: list[float], ended: threading.Event) -> None:
    """Note when the page that is served tells of `title`."""
    while not seen and not ended.is_set():
        if served.is_file() and title in served.read_text():
            seen.append(time.monotonic())
        time.sleep(0.01)


def main(people: int = 1000, rounds: int = 5) -> None:
    """Print the medians."""
    stage.PEOPLE, stage.Post = people, Watch
    live, first, last = [], [], []
    with tempfile.TemporaryDirectory() as folder, stage.office(Path(folder)) as office:
        served = office.root.parent / "www/status/index.html"
        assert office.run("ledger", "init").returncode == 0
        for number in range(rounds + 1):
            office.post.at.clear()
            office.update(f"Incident {number}")
            committed = time.monotonic()
            seen, ended = [], threading.Event()
            watcher = threading.Thread(target=watch, args=(served, f"Incident {number}", seen, ended))
            watcher.start()
            done = office.run("publish")
            assert done.returncode == 0, done.stderr
            ended.set()
            watcher.join()
            if number:
                live.append(seen[0] - committed)
                first.append(office.post.at[0] - committed)
                last.append(office.post.at[-1] - committed)
            assert len(office.post.at) == people
    for name, seconds in (("the served page", live), ("first mail", first), (f"last of {people} mails", last)):
        print(f"commit to {name}: {statistics.median(seconds):.2f} s")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
