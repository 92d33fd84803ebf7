"""Run one command and write what it and all its children cost, as JSON, to the file named first.

A process of its own, and a small one: a child counts the peak memory of the process it was forked from as its own.
"""

import json
import os
import sys
import threading
import time

_EVERY = 0.02


def main() -> int:
    """Return the command's exit status."""
    report, command = sys.argv[1], sys.argv[2:]
    began = time.perf_counter()
    child = os.spawnvp(os.P_NOWAIT, command[0], command)
    tree = _Tree(child)
    tree.start()
    _, status, used = os.wait4(child, 0)
    wall = time.perf_counter() - began
    tree.done.set()
    tree.join()
    unit = 1 if sys.platform == "darwin" else 1024
    with open(report, "w") as file:
        json.dump(
            {
                "user": used.ru_utime,
                "system": used.ru_stime,
                "wall": wall,
                "largest": used.ru_maxrss * unit,
                "tree": max(tree.peak, used.ru_maxrss * unit),
            },
            file,
        )
    return os.waitstatus_to_exitcode(status)


class _Tree(threading.Thread):
    """Looks at the memory of a process and its descendants, again and again (Linux; elsewhere it sees none)."""

    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self.root = root
        self.peak = 0
        self.done = threading.Event()

    def run(self) -> None:
        while not self.done.wait(_EVERY):
            processes = _family(self.root)
            # One alone is exact without asking for the shares of its pages, which stops it for a moment.
            if len(processes) > 1:
                self.peak = max(self.peak, sum(map(_proportional, processes)))


def _family(process: int) -> list[int]:
    try:
        with open(f"/proc/{process}/task/{process}/children") as file:
            return [process, *(one for child in file.read().split() for one in _family(int(child)))]
    except OSError:
        return []


def _proportional(process: int) -> int:
    """Return the bytes of a process, each page that it shares divided by the number of those who share it."""
    try:
        with open(f"/proc/{process}/smaps_rollup") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith("Pss:"))
    except (OSError, StopIteration):
        return 0


if __name__ == "__main__":
    sys.exit(main())
