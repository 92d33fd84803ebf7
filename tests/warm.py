"""Commands in processes of their own, without the wait for their modules: a process that has read them all forks.

What a command does is its own work, with its own files, signals and exit status; a third of a second of reading modules
is saved each time, and a whole one where MkDocs is run. What depends on how Python starts (`PYTHONHASHSEED`) is run
from the start instead, by whoever asks.

    done = Warm().run(["stillup", "check"], cwd=folder, environment={...}, timeout=300)

A module of the tests, named by its words, is run by its `main`.

`python` in a folder of its own is a program to run instead of Python: `-m mkdocs build` is forked as well, anything
else is handed to Python as it is.
"""

import atexit
import fcntl
import gc
import importlib
import json
import os
import pkgutil
import select
import signal
import socket
import subprocess
import sys
import tempfile
import termios
import threading
import time
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from tests.compiled import keep_compiled

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
"""Python itself, whatever stands in for it later."""

BIN = Path(PYTHON).parent

_OTHERS = (
    "material.plugins.search.plugin", "material.extensions.emoji", "mkdocs.commands.build", "mkdocs.theme",
    "multiprocessing.reduction", "pymdownx.superfences", "watchdog.observers",
)  # fmt: skip
_LENGTH = 8


class Warm:
    """Commands by fork, until `close` or the end of this process."""

    def __init__(self) -> None:
        """Start the process that forks."""
        self._folder = tempfile.TemporaryDirectory(prefix="stillup-warm-")
        self._path = f"{self._folder.name}/socket"
        self.python = f"{self._folder.name}/python"
        """The program to run instead of Python."""

        self.templates = Path(self._folder.name) / "templates"
        """Where what is run keeps templates that it has compiled."""

        self.templates.mkdir()
        for program in BIN.iterdir():  # whoever looks for a program beside Python finds it
            if not program.name.startswith("python"):
                (Path(self._folder.name) / program.name).symlink_to(program)
        script = Path(self.python)
        script.write_text(
            f"#!/bin/sh\nexec '{PYTHON}' -I -S '{ROOT}/tests/warm_client.py' '{PYTHON}' '{self._path}' \"$@\"\n"
        )
        script.chmod(0o755)
        ours, theirs = socket.socketpair()
        command = [PYTHON, "-m", "tests.warm", self._path, str(theirs.fileno()), self.python, str(self.templates)]
        clean = {name: value for name, value in os.environ.items() if not name.startswith("STILLUP_")}
        self._process = subprocess.Popen(
            command, cwd=ROOT, pass_fds=[theirs.fileno()], env=clean | {"NO_MKDOCS_2_WARNING": "1"}
        )
        theirs.close()
        self._life = ours
        self._ready = False
        self._waits = threading.Lock()
        """It says once that it is ready: of two threads that wait, one would wait for ever."""

    def wait(self) -> None:
        """Wait until it has read everything."""
        with self._waits:
            if not self._ready:
                assert self._life.recv(1) == b"!", "the process that forks did not start"
                self._ready = True

    def close(self) -> None:
        """End the process; commands that still run are left alone."""
        self._life.close()
        self._process.wait(10)
        self._folder.cleanup()

    def start(
        self,
        words: Sequence[str],
        *,
        cwd: Path | None,
        environment: Mapping[str, str],
        files: Sequence[int],
        terminal: bool = False,
    ) -> "Running":
        """Run `words` with exactly this environment; `files` are what it reads and writes: in, out, errors.

        `terminal`: they are one, and it is that of the process, whose Ctrl-C interrupts it.
        """
        self.wait()
        asked = {
            "words": list(words),
            "cwd": str(cwd or Path.cwd()),
            "environment": dict(environment),
            "terminal": terminal,
        }
        body = json.dumps(asked).encode()
        line = socket.socket(socket.AF_UNIX)
        line.connect(self._path)
        socket.send_fds(line, [len(body).to_bytes(_LENGTH)], list(files))
        line.sendall(body)
        return Running(line, int(_read(line, _LENGTH)))

    def run(
        self, words: Sequence[str], *, cwd: Path | None, environment: Mapping[str, str], timeout: float
    ) -> subprocess.CompletedProcess[str]:
        """Run `words` with exactly this environment, as `subprocess.run` does."""
        with open(os.devnull, "rb") as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            files = [given.fileno(), out.fileno(), err.fileno()]
            running = self.start(words, cwd=cwd, environment=environment, files=files)
            try:
                status = running.wait(timeout)
            except subprocess.TimeoutExpired:
                running.kill()
                raise
            said = []
            for file in (out, err):
                file.seek(0)
                said.append(file.read().decode())
        return subprocess.CompletedProcess(list(words), status, *said)


class Running:
    """A process that was forked, as `subprocess.Popen` has it; nobody outlives the tests."""

    def __init__(self, line: socket.socket, pid: int) -> None:
        self._line, self.pid = line, pid
        self.returncode: int | None = None

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit status, negative for a signal.

        Raises:
            subprocess.TimeoutExpired: it still runs after `timeout` seconds.
        """
        if self.returncode is None:
            if not select.select([self._line], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
            self.returncode = int(_read(self._line, _LENGTH))
            self._line.close()
        return self.returncode

    def poll(self) -> int | None:
        """Return the exit status; None while it runs."""
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


def _read(line: socket.socket, length: int) -> bytes:
    found = b""
    while len(found) < length:
        more = line.recv(length - len(found))
        assert more, "the process that forks is gone"
        found += more
    return found


def _read_modules() -> None:
    import stillup

    for found in pkgutil.walk_packages(stillup.__path__, "stillup."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)
    for name in _OTHERS:
        importlib.import_module(name)


def _serve(path: str, life: int) -> list[str]:
    """Fork for whoever asks, as long as anybody may; in the fork, return the words of its command."""
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(path)
    listening.listen(64)
    watched = socket.socket(fileno=life)
    watched.send(b"!")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        ready, _, _ = select.select([listening, watched], [], [])
        if watched in ready:
            os._exit(0)
        line, _ = listening.accept()
        if os.fork():
            line.close()
            continue
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        watched.close()
        listening.close()
        length, files, _, _ = socket.recv_fds(line, _LENGTH, 3)
        asked = json.loads(_read(line, int.from_bytes(length)))
        if pid := os.fork():
            _attend(line, pid, files)
        line.close()
        for number, file in enumerate(files):
            os.dup2(file, number)
            os.close(file)
        if asked["terminal"]:
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs the tests may ignore it
        os.chdir(asked["cwd"])
        os.environ.clear()
        os.environ.update(asked["environment"])
        time.tzset()
        return asked["words"]


def _attend(line: socket.socket, pid: int, files: list[int]) -> NoReturn:
    """Say on `line` which process runs, and how it ended; end it where nobody listens any more."""
    for file in files:
        os.close(file)
    line.sendall(b"%*d" % (_LENGTH, pid))

    def watch() -> None:
        if not line.recv(1):
            with suppress(ProcessLookupError):  # it has ended by itself
                os.kill(pid, signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    with suppress(OSError):  # nobody listens any more
        line.sendall(b"%*d" % (_LENGTH, status))
    os._exit(0)


def _run() -> int:
    """Run the command as the installed script does, and return its exit status."""
    sys.modules["__main__"].__package__ = None  # click names the program by it
    try:
        if sys.argv[0] == "mkdocs":
            from mkdocs.__main__ import cli

            cli(prog_name="python -m mkdocs")
        elif sys.argv[0].startswith("tests."):
            importlib.import_module(sys.argv[0]).main(*sys.argv[1:])
        else:
            from stillup.cli import main

            main()
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        print(end.code, file=sys.stderr)
        return 1
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def _end(status: int) -> NoReturn:
    """End as Python does, but leave the memory to the system: taking it apart takes longer than most commands."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status & 0xFF)


if __name__ == "__main__":
    _read_modules()
    gc.collect()
    gc.freeze()
    sys.executable = sys.argv[3]
    keep_compiled(Path(sys.argv[4]))
    sys.argv = _serve(sys.argv[1], int(sys.argv[2]))
    _end(_run())
