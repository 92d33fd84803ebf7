"""From the setting `ledger:` to the event log beside it."""

from pathlib import Path

from stillup.delivery.event_log import EventLog
from stillup.delivery.ledger import LedgerError
from stillup.delivery.ledger.place import in_postgres
from stillup.postgres.address import address

REF = "refs/stillup/ledger"
"""Where a ledger in git is kept that names no ref."""


def is_logged(place: str) -> bool:
    """Whether a ledger at `place` has an event log beside it."""
    return place.partition(":")[0] in ("sqlite", "git", "postgresql")


def open_log(place: str, root: Path) -> EventLog:
    """Return the log beside the ledger at `place`, to be written; a path is counted from `root`.

    Raises:
        LedgerError: there is no log in such a ledger, or it cannot be opened.
    """
    kind, _, rest = place.partition(":")
    if kind == "sqlite" and rest:
        from stillup.delivery.event_log.sqlite import SqliteEventLog

        return SqliteEventLog(root / rest)
    if kind == "git" and rest:
        from stillup.delivery.event_log.git import GitEventLog

        remote, _, ref = rest.partition("#")
        return GitEventLog(root, remote, ref or REF)
    if kind == "postgresql":
        with in_postgres("event log"):
            from stillup.delivery.event_log.postgres import PostgresEventLog

            return PostgresEventLog(address(place), root)
    raise LedgerError(
        f"There is no event log in {kind}. It is kept in sqlite:FILE, git:REMOTE#REF or postgresql://host/database."
    )


def seen_log(place: str, root: Path) -> EventLog | None:
    """Return what is known here of the log beside the ledger at `place`, without asking any network.

    None where it has not begun, as far as is known here; nothing is made by asking.

    Raises:
        LedgerError: it cannot be read.
    """
    kind, _, rest = place.partition(":")
    if not is_logged(place) or not rest:
        return None
    from stillup.delivery.event_log.sqlite import SqliteEventLog, has_begun

    path: Path | None = root / rest
    if kind == "git":
        from stillup.delivery.event_log.git import copy_of as copy_in_git

        remote, _, ref = rest.partition("#")
        path = copy_in_git(root, remote, ref or REF)
    elif kind == "postgresql":
        from stillup.delivery.event_log.copied import copy_of

        with in_postgres("event log"):
            path = copy_of(root, address(place))
    return SqliteEventLog(path) if path is not None and has_begun(path) else None
