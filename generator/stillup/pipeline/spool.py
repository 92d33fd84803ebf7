"""Finished page bodies on disk until everything is known to be sound: memory stays flat whatever the history."""

import tempfile
from collections.abc import Iterator
from typing import IO


class Spool:
    """Tuples of bytes, written once and read once in the same order."""

    def __init__(self) -> None:
        """Begin with an empty spool in the system's temporary folder."""
        self._file: IO[bytes] = tempfile.TemporaryFile(prefix="stillup-")  # noqa: SIM115  `close` ends it
        self._count = 0

    def put(self, *parts: bytes) -> None:
        """Append one entry. No part holds NUL: records refuse it."""
        entry = b"\0".join(parts)
        self._file.write(b"%d\n%b" % (len(entry), entry))
        self._count += 1

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[list[bytes]]:
        """Return every entry in the order in which they were put."""
        self._file.seek(0)
        while length := self._file.readline():
            yield self._file.read(int(length)).split(b"\0")

    def close(self) -> None:
        """Give the disk back."""
        self._file.close()
