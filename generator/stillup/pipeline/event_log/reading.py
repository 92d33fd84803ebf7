"""The public event log as others read it: commands that prove it, and papers that quote it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from stillup.delivery.event_log import EventLog
from stillup.delivery.event_log.audit import Proof, faults, proofs
from stillup.delivery.event_log.entry import Logged
from stillup.delivery.event_log.place import is_logged, open_log, seen_log
from stillup.errors import StillupError
from stillup.frozen import dataclass
from stillup.records import configuration
from stillup.views.event_log import Head


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was found about a log."""

    place: str
    head: Head | None
    """None: it has not begun."""

    faults: tuple[str, ...] = ()
    """Where it is not whole."""

    proofs: tuple[Proof, ...] = ()
    """What heads and copies prove that somebody kept; nothing where the log itself is not whole."""

    @property
    def is_sound(self) -> bool:
        """Whether nothing was changed, as far as can be proved."""
        return not self.faults and not any(proof.fault for proof in self.proofs)


def logged(root: Path, *, incident: str = "") -> tuple[Logged, ...]:
    """Return the public event log of the page at `root`, oldest first: of one `incident`, or all of it.

    `incident` is the first id that its record had. What is known here is read, and no network is asked: after a
    publish that is everything. Empty where there is no log.

    Raises:
        LedgerError: it cannot be read.
    """
    settings, _ = configuration.settings(root)
    log = seen_log(settings.ledger, root) if settings.ledger else None
    if log is None:
        return ()
    try:
        return log.of(incident) if incident else tuple(log.entries())
    finally:
        log.close()


def standing(root: Path) -> Verified | None:
    """Return whether the event log of the page at `root` is whole, as far as it is known here; None without one.

    Unlike `verified` it asks no network.

    Raises:
        LedgerError: it cannot be read.
    """
    settings, _ = configuration.settings(root)
    log = seen_log(settings.ledger, root) if settings.ledger else None
    if log is None:
        return None
    try:
        return _verified(log, (), ())
    finally:
        log.close()


def verified(root: Path, heads: Sequence[str] = (), copies: Sequence[Path] = ()) -> Verified | None:
    """Return whether the event log of the page at `root` is whole, and continues what others kept of it.

    `copies` are files of entries, or folders of them. None where the page has no event log.

    Raises:
        StillupError: it cannot be read, or a copy is not there.
        LedgerError: it does not continue what this clone has seen of it.
    """
    settings, _ = configuration.settings(root)
    kept = [path for each in copies for path in _files(each)]
    if not is_logged(settings.ledger):
        if heads or kept:
            raise StillupError("This page has no event log: it is kept beside the ledger, and no ledger is set.")
        return None
    log = open_log(settings.ledger, root)
    try:
        log.refresh()
        return _verified(log, heads, kept)
    finally:
        log.close()


def fetch(root: Path, place: str) -> None:
    """Learn what others appended to the log beside the ledger at `place`: messages say where in it their events stand.

    Raises:
        LedgerError: it cannot be reached, or does not continue what was seen of it before.
    """
    log = open_log(place, root)
    try:
        log.refresh()
    finally:
        log.close()


def _verified(log: EventLog, heads: Sequence[str], kept: Sequence[Path]) -> Verified:
    wrong = tuple(faults(log))
    if wrong:
        return Verified(place=log.place, head=log.head(), faults=wrong)
    return Verified(place=log.place, head=log.head(), proofs=tuple(proofs(log, heads, kept)))


def _files(copy: Path) -> Iterator[Path]:
    """Yield the file, or the entries in a folder in their order.

    Raises:
        StillupError: there is none.
    """
    if not copy.is_dir():
        yield copy
        return
    found = [path for path in copy.glob("*.json") if path.stem.isdigit()]
    if not found:
        raise StillupError(f"{copy} holds no entry: those are called 1.json, 2.json and so on.")
    yield from sorted(found, key=lambda path: int(path.stem))
