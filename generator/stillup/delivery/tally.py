"""The closing account of a run: everything planned, and what became of it."""

from collections import Counter
from dataclasses import dataclass, field
from threading import Lock


@dataclass(slots=True, kw_only=True)
class Tally:
    """One channel's account. `planned` is counted when people are planned, the rest when they come to an end."""

    channel: str
    planned: int = 0
    accepted: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    """By reason. Refusals are final; the rest is tried again by the next run."""

    unknown: Counter[str] = field(default_factory=Counter)
    suppressed: Counter[str] = field(default_factory=Counter)
    earlier: Counter[str] = field(default_factory=Counter)
    """Not planned: an earlier run, or another one, gives account of them."""

    left: bool = False
    """Whether it was told to end before everybody was looked at: the next run plans the others."""

    _lock: Lock = field(default_factory=Lock, repr=False)

    def add(self, account: str, reason: str = "", count: int = 1) -> None:
        """Count `count` more: `planned`, `accepted`, `failed`, `unknown`, `suppressed` or `earlier`."""
        with self._lock:
            kept = getattr(self, account)
            if isinstance(kept, Counter):
                kept[reason] += count
            else:
                setattr(self, account, kept + count)

    @property
    def missing(self) -> int:
        """How many of the planned came to no end: 0, or the run has a fault or was interrupted."""
        ends = self.accepted + self.failed.total() + self.unknown.total() + self.suppressed.total()
        return self.planned - ends

    @property
    def is_complete(self) -> bool:
        """Whether everybody was looked at, and accepted it or was suppressed with a reason."""
        return not self.left and not self.missing and not self.failed and not self.unknown

    def numbers(self) -> dict[str, object]:
        """Return the account for scripts."""
        return {
            "channel": self.channel,
            "planned": self.planned,
            "accepted": self.accepted,
            "failed": dict(sorted(self.failed.items())),
            "unknown": dict(sorted(self.unknown.items())),
            "suppressed": dict(sorted(self.suppressed.items())),
            "earlier": dict(sorted(self.earlier.items())),
            "missing": self.missing,
        }
