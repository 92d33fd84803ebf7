"""Finished page bodies on disk until everything is known to be sound: memory stays flat whatever the history."""

import os
import tempfile
from collections.abc import Iterator
from typing import IO

from stillup.pipeline.reading.cores import Portion


class Spool:
    """Tuples of bytes, written once and read once: first what was put, then what others have written."""

    def __init__(self, file: IO[bytes] | None = None) -> None:
        """Begin with an empty spool: at the end of `file`, or in the system's temporary folder."""
        self._own: list[IO[bytes]] = []
        self._portions: list[Portion] = []
        self._file = file or self.beside()

    def beside(self) -> IO[bytes]:
        """Return an empty file for another process to write entries into; it is closed with this spool."""
        file = tempfile.TemporaryFile(prefix="stillup-")  # noqa: SIM115  `close` ends it
        self._own.append(file)
        return file

    def put(self, *parts: bytes) -> None:
        """Append one entry. No part holds NUL: records refuse it."""
        entry = b"\0".join(parts)
        self._file.write(b"%d\n%b" % (len(entry), entry))

    def take(self, portion: Portion) -> None:
        """Append the entries that stand in `portion`."""
        self._portions.append(portion)

    def __iter__(self) -> Iterator[list[bytes]]:
        """Return every entry."""
        for file, start, end in (Portion(self._file, 0, self._file.seek(0, os.SEEK_END)), *self._portions):
            file.seek(start)
            while file.tell() < end:
                length = file.readline()
                yield file.read(int(length)).split(b"\0")

    def close(self) -> None:
        """Give the disk back."""
        for file in self._own:
            file.close()
