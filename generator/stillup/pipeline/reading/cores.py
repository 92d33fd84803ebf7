"""Work cut into portions that processes do side by side, one process for each core; what comes back keeps its order.

The processes are copies of this one, so they know all that it knows and nothing needs to be sent to them. A process
that dies is no matter: whoever asked does its portions.
"""

import marshal
import os
import signal
import struct
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import IO, Any, NamedTuple

_MOST = 4
"""More processes than this save little, and each takes some 40 MB."""

_NOTE = struct.Struct("<3Q")
"""Where a portion begins in the file of its process, where what is said of it begins, and where both end."""


class Portion(NamedTuple):
    """A part of a file that another process wrote."""

    file: IO[bytes]
    start: int
    end: int


Work = Callable[[int, IO[bytes]], Any]
"""Does the portion of a number: appends to the file what is long; returns what is said of it, of `marshal`'s types."""


def cores() -> int:
    """Return how many processes may work side by side: one where this one cannot be copied safely."""
    alone = threading.active_count() == 1  # a copy has one thread, and locks that others held stay locked in it
    return min(_MOST, len(os.sched_getaffinity(0))) if sys.platform == "linux" and alone else 1


class Crew:
    """Processes at work. Use as a context manager: none of them outlives it."""

    def __init__(self, work: Work, portions: int, files: Sequence[IO[bytes]]) -> None:
        """Start a process for each of `files`; together they do `work` for the numbers below `portions`.

        The files are empty, and stay open.
        """
        self._portions = portions
        self._hands: list[tuple[int, int, IO[bytes]]] = []
        """Of each process: its id, where it says what it has done, and the file that it writes."""

        try:
            for first, file in enumerate(files):
                self._hands.append((*_started(work, range(first, portions, len(files)), file), file))
        except BaseException:
            self._end()
            raise

    def __enter__(self) -> "Crew":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def __iter__(self) -> Iterator[tuple[Any, Portion] | None]:
        """Yield for each number what was said of its portion, and where it stands; None where its process died."""
        for number in range(self._portions):
            _, pipe, file = self._hands[number % len(self._hands)]
            note = os.read(pipe, _NOTE.size)
            if len(note) < _NOTE.size:
                yield None
                continue
            start, said, end = _NOTE.unpack(note)
            yield marshal.loads(os.pread(file.fileno(), end - said, said)), Portion(file, start, said)

    def _end(self) -> None:
        for process, pipe, _ in self._hands:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
            os.close(pipe)
        self._hands.clear()


def _started(work: Work, numbers: range, file: IO[bytes]) -> tuple[int, int]:
    ours, theirs = os.pipe()
    parent = os.getpid()
    process = os.fork()
    if process:
        os.close(theirs)
        return process, ours
    try:
        for number in numbers:
            start = file.tell()
            said = work(number, file)
            middle = file.tell()
            file.write(marshal.dumps(said))
            file.flush()
            if os.getppid() != parent:
                break
            os.write(theirs, _NOTE.pack(start, middle, file.tell()))
    except (OSError, MemoryError, KeyboardInterrupt):
        pass  # whoever asked does it again, and is told then by a process that can say it
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(0)
