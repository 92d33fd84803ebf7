"""Finished page bodies on disk until everything is known to be sound: memory stays flat whatever the history."""

import json
import tempfile
from collections.abc import Iterator
from typing import IO


class Spool:
    """Named tuples of text, written once and read once in the same order."""

    def __init__(self) -> None:
        """Begin with an empty spool in the system's temporary folder."""
        self._file: IO[bytes] = tempfile.TemporaryFile(prefix="stillup-")  # noqa: SIM115  `close` ends it
        self._count = 0

    def put(self, *texts: str) -> None:
        """Append one entry."""
        self._file.write(json.dumps(texts, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n")
        self._count += 1

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[list[str]]:
        """Return every entry in the order in which they were put."""
        self._file.seek(0)
        for line in self._file:
            yield json.loads(line)

    def close(self) -> None:
        """Give the disk back."""
        self._file.close()
