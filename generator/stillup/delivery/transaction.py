"""One transaction of an SQLite file, whole or not at all."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from stillup.delivery.ledger import LedgerError


@contextmanager
def writing(base: sqlite3.Connection, what: str) -> Iterator[None]:
    """Let nobody else write until the block is done; then all of it is on the disk, or nothing.

    `base` is in autocommit: every transaction on it is one of ours.

    Raises:
        LedgerError: `what`, as the message calls it, cannot be written.
    """
    try:
        base.execute("BEGIN IMMEDIATE")
        try:
            yield
            base.execute("COMMIT")
        except BaseException:
            if base.in_transaction:
                base.execute("ROLLBACK")
            raise
    except sqlite3.Error as error:
        raise LedgerError(f"{what} cannot be written: {error}.") from None
