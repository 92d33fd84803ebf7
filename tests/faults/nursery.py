"""A process that runs `stillup` over and over, each time in a child of its own, and lets a step of it fail.

A step is whatever changes files below one folder, or starts a program: Python's audit events tell of it before it is
done. The child is killed there with -9, or the system refuses the step with an error, once or from then on.
`python -m tests.faults.nursery` reads one order a line and answers each with one line, both JSON.
"""

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from errno import errorcode
from pathlib import Path
from typing import Any

from tests.machine import ROOT

_CHANGES = frozenset({"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate"})
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_GIVES_ROOM = frozenset({"os.remove", "os.rmdir"})
_ERRNO = {name: number for number, name in errorcode.items()}


@dataclass(frozen=True, kw_only=True)
class Order:
    """One run of the command and what befalls it."""

    words: list[str]
    below: str
    """The folder whose changes count."""

    fault: str = ""
    """`kill`, or the name of the error that the system gives; nothing: all goes well."""

    step: int = 0
    """At which step, from 1; with an error of a whole disk: from which on."""

    lasting: bool = False
    """The error stays: each later step that needs the disk meets it too."""

    limit: int = -1
    """Bytes that a file may have at most, -1 without: what is longer is written in part."""

    environment: dict[str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class Fate:
    """What became of it."""

    status: int
    """The exit status; negative: the signal that ended it."""

    steps: list[str]
    """Every step that it came to."""

    out: str
    err: str


class Nursery:
    """The process, from outside. Use as a context manager."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> "Nursery":
        environment = {name: value for name, value in os.environ.items() if not name.startswith("STILLUP_")}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nursery", str(self._folder)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process is not None and self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()

    def run(self, *words: str | Path, below: Path, **fault: Any) -> Fate:
        assert self._process is not None and self._process.stdin is not None and self._process.stdout is not None
        order = Order(words=[str(word) for word in words], below=str(below), **fault)
        self._process.stdin.write(json.dumps(asdict(order)) + "\n")
        self._process.stdin.flush()
        return Fate(**json.loads(self._process.stdout.readline()))


class _Watch:
    """Counts steps, and makes one of them fail. An audit hook cannot be taken away, so it lives in a child only."""

    def __init__(self, order: Order, log: int) -> None:
        self._order, self._log, self._count = order, log, 0
        self._number = _ERRNO.get(order.fault, 0)

    def __call__(self, event: str, words: tuple[Any, ...]) -> None:
        if event == "open":
            if not isinstance(words[0], str | bytes) or not isinstance(words[2], int) or not words[2] & _WRITES:
                return
        elif event not in _CHANGES and event != "subprocess.Popen":
            return
        place = os.fsdecode(words[0]) if isinstance(words[0], str | bytes | os.PathLike) else ""
        if event == "subprocess.Popen":
            place = " ".join(os.fsdecode(word) for word in words[1])
        elif event == "os.mkdir" and os.path.lexists(place):
            return  # it only asks
        elif not os.path.abspath(place).startswith(self._order.below):
            return
        self._count += 1
        if self._order.limit < 0:
            os.write(self._log, json.dumps(f"{event} {place}").encode() + b"\n")
        if self._order.fault == "kill" and self._count == self._order.step:
            os.kill(os.getpid(), signal.SIGKILL)
        if self._number and self._met(event):
            raise OSError(self._number, os.strerror(self._number), place)

    def _met(self, event: str) -> bool:
        if event == "subprocess.Popen" or (event in _GIVES_ROOM and self._order.fault == "ENOSPC"):
            return False
        return self._count == self._order.step or (self._order.lasting and self._count > self._order.step > 0)


def _child(order: Order, folder: Path, out: int, err: int) -> None:
    log = os.open(folder / "log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(out, 1)
    os.dup2(err, 2)
    os.environ.update(order.environment or {}, TMPDIR=str(folder))
    tempfile.tempdir = None
    status = 70
    try:
        from stillup.cli import main

        if order.limit >= 0:
            resource.setrlimit(resource.RLIMIT_FSIZE, (order.limit, resource.RLIM_INFINITY))
        sys.addaudithook(_Watch(order, log))
        main(order.words)
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _obey(order: Order, folder: Path) -> Fate:
    ends = [os.pipe() for _ in range(2)]
    child = os.fork()
    if child == 0:
        _child(order, folder, ends[0][1], ends[1][1])
    said = []
    for ours, theirs in ends:
        os.close(theirs)
        with os.fdopen(ours, encoding="utf-8", errors="replace") as pipe:
            said.append(pipe.read())
    _, ended = os.waitpid(child, 0)
    log = (folder / "log").read_text(encoding="utf-8")
    return Fate(
        status=os.waitstatus_to_exitcode(ended),
        steps=[json.loads(line) for line in log.splitlines()],
        out=said[0],
        err=said[1],
    )


def chosen(steps: int, most: int, environment: Mapping[str, str] = os.environ) -> Iterable[int]:
    """Return which of `steps` are tried: `most` of them, spread evenly; all with STILLUP_ALL_FAULTS=1."""
    if environment.get("STILLUP_ALL_FAULTS") == "1" or steps <= most:
        return range(1, steps + 1)
    return sorted({1 + round(number * (steps - 1) / (most - 1)) for number in range(most)})


def main(folder: str) -> None:
    # What every run imports is imported once.
    import stillup.cli.building
    import stillup.cli.deploying
    import stillup.cli.importing
    import stillup.cli.incident
    import stillup.cli.intake
    import stillup.cli.publishing
    import stillup.pipeline.pages.assemble
    import stillup.pipeline.publishing.deploy
    import stillup.pipeline.publishing.release  # noqa: F401

    for line in sys.stdin:
        fate = _obey(Order(**json.loads(line)), Path(folder))
        print(json.dumps(asdict(fate)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
