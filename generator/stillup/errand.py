"""Programs that are sent across a network and ask nobody: none of them outlives us, or keeps us waiting for ever.

`git push` starts others, such as ssh. So each errand has a session of its own, and ends with everything it started.
"""

import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

PATIENCE = 600.0
"""Seconds that an errand may take."""

_GRACE = 2.0
"""Seconds in which a program may tidy up after SIGTERM."""

_lock = threading.Lock()
_under_way: "set[subprocess.Popen[bytes]]" = set()


def run(
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    folder: Path | None = None,
    given: bytes = b"",
    patience: float = PATIENCE,
) -> "subprocess.CompletedProcess[bytes]":
    """Run `command`, and return what came of it. It has no terminal, so that it cannot ask for a password either.

    Raises:
        FileNotFoundError: it is not installed.
        subprocess.TimeoutExpired: it was ended after `patience` seconds.
    """
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    with _lock:
        _under_way.add(process)
    try:
        out, err = process.communicate(given, timeout=patience)
    except BaseException:
        _end(process)
        raise
    finally:
        with _lock:
            _under_way.discard(process)
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def end_all() -> None:
    """End every errand that is under way in another thread; there it looks as if the program had failed."""
    with _lock:
        processes = list(_under_way)
    for process in processes:
        _signal(process, signal.SIGTERM)
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE)
        _signal(process, signal.SIGKILL)


def _end(process: "subprocess.Popen[bytes]") -> None:
    _signal(process, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.communicate(timeout=_GRACE)
    _signal(process, signal.SIGKILL)
    process.communicate()


def _signal(process: "subprocess.Popen[bytes]", number: int) -> None:
    """Signal the whole session: its number stays the program's own for as long as anybody in it lives."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
