"""From the setting `ledger:` to the ledger."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stillup.delivery.ledger import Ledger, LedgerError
from stillup.postgres.address import Unfit, address

_FORMS = "Write sqlite:.stillup/ledger.sqlite, git:origin#refs/stillup/ledger or postgresql://host/database."


def open_ledger(place: str, root: Path) -> Ledger:
    """Return the ledger at `place`; a path is counted from `root`.

    Raises:
        LedgerError: there is no such kind of ledger, or it cannot be opened.
    """
    kind, colon, rest = place.partition(":")
    if kind == "sqlite" and rest:
        from stillup.delivery.ledger.sqlite import SqliteLedger

        return SqliteLedger(root / rest)
    if kind == "git" and rest:
        from stillup.delivery.ledger.git import GitLedger

        remote, _, ref = rest.partition("#")
        return GitLedger(root, remote, ref or "refs/stillup/ledger")
    if kind == "postgresql":
        return _in_postgres(place)
    if place == "memory":
        raise LedgerError(f"A ledger in memory forgets everything with the run. {_FORMS}")
    raise LedgerError(f"{kind + colon if colon else place} is no ledger. {_FORMS}")


def _in_postgres(place: str) -> Ledger:
    with in_postgres("ledger"):
        from stillup.delivery.ledger.postgres import PostgresLedger

        return PostgresLedger(address(place))


@contextmanager
def in_postgres(what: str) -> Iterator[None]:
    """Say of an address that is not to be used, and of the extra that is missing, that `what` cannot be opened."""
    try:
        yield
    except Unfit as error:
        raise LedgerError(f"The {what} cannot be opened: {error}") from None
    except ImportError:
        raise LedgerError("A ledger in PostgreSQL needs more: pip install 'stillup[postgres]'.") from None
