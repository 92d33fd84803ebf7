"""What an event log that is kept elsewhere has at hand: a file with everything that was seen of it.

Builds read that file alone, and need no network. What is new is taken into it only where it continues what it holds.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from stillup.delivery.entry import START
from stillup.delivery.event_log.entry import Logged, Telling, read
from stillup.delivery.event_log.sqlite import SqliteEventLog
from stillup.delivery.ledger import LedgerError
from stillup.postgres.address import Address
from stillup.views.event_log import Head

Texts = Callable[[list[int]], Mapping[int, tuple[str, str]]]
"""Returns salt and text, in canonical JSON, of those of some entries that have theirs."""


class Copied:
    """A log whose questions are answered from the copy at hand."""

    def __init__(self, place: str, path: Path) -> None:
        """Keep in the file at `path` what is seen of the log at `place`.

        Raises:
            LedgerError: the file cannot be opened, or is something else.
        """
        self.place = place
        self._copy = SqliteEventLog(path)

    def head(self) -> Head | None:
        """See `Reader`."""
        return self._copy.head()

    def find(self, key: str) -> Logged | None:
        """See `Reader`."""
        return self._copy.find(key)

    def of(self, incident: str) -> tuple[Logged, ...]:
        """See `Reader`."""
        return self._copy.of(incident)

    def entries(self, first: int = 1, last: int | None = None) -> Iterator[Logged]:
        """See `Reader`."""
        return self._copy.entries(first, last)

    def is_known(self, key: str) -> bool:
        """See `Reader`."""
        return self._copy.is_known(key)

    def close(self) -> None:
        """See `EventLog`."""
        self._copy.close()

    def _take_in(
        self, lines: Iterable[tuple[str, str]], texts: Texts, marks: Callable[[], tuple[bytes, ...]]
    ) -> tuple[Logged, ...]:
        """Put what is new in `lines`, hashes and entries, into the copy, and return it; within its `writing`.

        Raises:
            LedgerError: something in it does not follow from what was before, or a text is not the one that was told.
        """
        fresh = self._following(lines)
        found = texts([each.seq for each in fresh])
        told = tuple(self._told(each, found) for each in fresh)
        self._copy.take(told, marks() if fresh and fresh[0].seq == 1 else ())
        return told

    def _following(self, lines: Iterable[tuple[str, str]]) -> list[Logged]:
        """Return the entries of `lines` that the copy lacks, and see that they follow from what it has."""
        head = self._copy.head()
        seq, hash = (head.seq, head.hash) if head else (0, START)
        found: list[Logged] = []
        for said_hash, line in lines:
            try:
                entry = read(line)
            except ValueError as error:
                raise LedgerError(f"The event log {self.place} holds something that is no entry: {error}.") from None
            if head and entry.seq <= head.seq:
                continue
            made = Logged(entry=entry, previous=hash, telling=None)
            if entry.seq != seq + 1 or made.hash != said_hash:
                raise LedgerError(f"Entry {entry.seq} of {self.place} does not follow from the one before.")
            seq, hash = entry.seq, said_hash
            found.append(made)
        return found

    def _told(self, logged: Logged, texts: Mapping[int, tuple[str, str]]) -> Logged:
        if logged.seq not in texts:
            return logged
        salt, content = texts[logged.seq]
        try:
            telling = Telling(salt=salt, content=json.loads(content))
        except (RecursionError, ValueError):
            telling = None
        if telling is None or telling.commitment != logged.entry.commitment:
            raise LedgerError(f"The text of entry {logged.seq} of {self.place} is another than it was.")
        return replace(logged, telling=telling)


def copy_of(root: Path, address: Address) -> Path:
    """Return the file below `.stillup/` that holds what was last seen of a log in PostgreSQL."""
    name = sha256(address.database.encode()).hexdigest()[:16]
    return root / ".stillup" / f"events-{name}.sqlite"
