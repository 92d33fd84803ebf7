"""The public event log as a run sees it: where each event stands in it, and its head when the run began to look."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from stillup.views.event_log import Head

if TYPE_CHECKING:
    from stillup.delivery.event_log import EventLog, Reader


class Chain:
    """A log to read, or none: a page needs none, and one that has not begun is as good as none."""

    def __init__(self, place: str, root: Path) -> None:
        """Read the log beside the ledger at `place` once somebody asks; an empty `place`: there is none."""
        self._place, self._root = place, root
        self._borrowed = False
        self.appended = ""
        """The hash of the first entry of the log that this run appended to; empty: it did not."""

    @cached_property
    def log(self) -> "Reader | None":
        """The log as far as it is known here: nobody else is asked."""
        if not self._place:
            return None
        from stillup.delivery.event_log.place import seen_log

        return seen_log(self._place, self._root)

    @cached_property
    def head(self) -> Head | None:
        """The newest entry when this was asked first: what others append meanwhile is for the next run."""
        return self.log.head() if self.log is not None else None

    def find(self, key: str) -> Head | None:
        """Return where the event of a lasting key stands."""
        found = self.log.find(key) if self.log is not None else None
        return Head(seq=found.seq, hash=found.hash) if found else None

    def use(self, log: "EventLog") -> None:
        """Read `log`, which was just written, and close it in the end."""
        self.close()
        self.log = log
        self.appended = next(log.entries(1, 1)).hash
        self.__dict__.pop("head", None)

    @classmethod
    def of(cls, log: "Reader | None") -> "Chain":
        """Return one that reads `log`, or none, and leaves it to its owner to close it."""
        made = cls("", Path())
        made.log, made._borrowed = log, True
        return made

    def lent(self) -> "Chain":
        """Return the same for a run that must not close it."""
        return Chain.of(self.log)

    def close(self) -> None:
        """Give back files."""
        log = self.__dict__.pop("log", None)
        if log is not None and not self._borrowed:
            log.close()
