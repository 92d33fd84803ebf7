"""One connection that comes back: whatever cuts it, a question is asked again, and a write happens once.

A cut in the middle of a commit leaves open whether it was done. So each write puts a token of its own into the database
with what it writes; after a cut the database is asked for the token, and only where it is not there is the write made
again. That holds after a restart, and after a failover to a standby that had not heard of the write.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from threading import RLock
from typing import TypeVar
from uuid import UUID, uuid4

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from stillup.errors import StillupError
from stillup.postgres.address import Address

_Found = TypeVar("_Found")

Cursor = psycopg.Cursor[tuple]  # type: ignore[type-arg]
"""What questions are asked through."""

PATIENCE = 60.0
"""Seconds for which a database that went away is waited for: a restart or a failover takes less."""

_SESSION = """
SET synchronous_commit = off;
SET lock_timeout = '30s';
SET idle_in_transaction_session_timeout = '20s';
SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3
"""
"""Who is cut off holds up nobody for long: locks of a client that is gone are given back."""

LASTING = "SELECT set_config('synchronous_commit', 'on', true), pg_logical_emit_message(true, 'stillup', '')"
"""Returns when everything that this connection has done would survive a power cut."""

_DEFAULTS = {
    "application_name": "stillup",
    "connect_timeout": "10",
    # A host that is cut off says nothing: then the connection is given up after these.
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
}
_AGAIN = ("40001", "40P01", "55P03", "25006", "57P01", "57P02", "57P03", "57P05", "25P03")
"""Of an answer: others were in the way, or this server ends or may not write. Anything else is ours to mend."""

_FOR_GOOD = ("28", "3D", "42501")
"""Beginnings of what no waiting mends: a login, a database or a right that is missing."""


class Session:
    """One database for one thing. Methods may be called by several threads; one after the other is served."""

    def __init__(self, address: Address, what: str, failure: type[StillupError], patience: float = PATIENCE) -> None:
        """Connect to `address`; errors of the kind `failure` call it `what`.

        Raises:
            StillupError: there is no such database, or it does not let us in.
        """
        self.schema = address.schema
        self._address, self._what, self._failure, self._patience = address, what, failure, patience
        self._lock = RLock()
        self._open: psycopg.Connection[tuple] | None = None  # type: ignore[type-arg]
        try:
            self._connected()
        except psycopg.Error as error:
            raise failure(f"{what} cannot be opened: {said(error)}") from None

    def read(self, work: Callable[[Cursor], _Found], verb: str = "read", *, lasting: bool = False) -> _Found:
        """Return what `work` finds in one state of the database; it may be called again. Errors say `verb`.

        `lasting`: return it when it would survive a power cut. What another has just written can be seen before.
        """

        def once(_: bool) -> _Found:
            connection = self._connected()
            with connection.cursor() as cursor:
                with connection.transaction():
                    found = work(cursor)
                # A standby knows nothing but what the disk of its primary has, and takes no word of ours.
                if lasting and cursor.execute("SELECT pg_is_in_recovery()").fetchone() == (False,):
                    cursor.execute(LASTING)
                return found

        return self._patiently(once, verb)

    def write(
        self,
        work: Callable[[Cursor, UUID], _Found],
        done: Callable[[Cursor, UUID], _Found | None] = lambda _, __: None,
        *,
        ahead: bool = False,
    ) -> _Found:
        """Do `work` in one transaction, once, and return what it found, when it would survive a power cut.

        `work` writes the token it is given. `done` looks for a token, and returns what the work found where it is
        there, else None; a work that comes to the same when it is done twice needs neither.

        Locks are held while nothing waits for the disk: the transaction ends before its log is there, and a second one
        of nothing brings that about. `ahead`: statements are sent before those before them are answered, so that a lock
        is held for as few ways there and back as there are answers that `work` looks at; it may not look at `rowcount`.
        """
        token = uuid4()

        def once(again: bool) -> _Found:
            connection = self._connected()
            with _Ahead(connection) if ahead else connection.cursor() as cursor:
                found = None
                if again:
                    with connection.transaction():
                        found = done(cursor, token)
                with connection.pipeline() if ahead else nullcontext():
                    if found is None:
                        with connection.transaction():
                            found = work(cursor, token)
                    cursor.execute(LASTING)
                return found

        return self._patiently(once, "written")

    def lightly(self, work: Callable[[Cursor], _Found]) -> _Found:
        """Do `work` in one transaction that may be lost, or done twice, without harm to anybody."""

        def once(_: bool) -> _Found:
            connection = self._connected()
            with connection.transaction(), connection.cursor() as cursor:
                return work(cursor)

        return self._patiently(once, "written")

    def close(self) -> None:
        """Give back the connection."""
        with self._lock:
            if self._open is not None:
                self._open.close()
            self._open = None

    def _patiently(self, once: Callable[[bool], _Found], verb: str) -> _Found:
        """Return what `once` does, again and again while that can help; it is told whether it was tried before."""
        with self._lock:
            until, again, wait = time.monotonic() + self._patience, False, 0.05
            while True:
                try:
                    return once(again)
                except psycopg.Error as error:
                    if not _is_passing(error) or time.monotonic() > until:
                        raise self._failure(f"{self._what} cannot be {verb}: {said(error)}") from None
                    again = True
                    if self._open is not None and (self._open.broken or error.sqlstate in _AGAIN[3:]):
                        self.close()
                time.sleep(wait)
                wait = min(wait * 1.6, 2.0)

    def _connected(self) -> "psycopg.Connection[tuple]":  # type: ignore[type-arg]
        """Return the connection, made now where there is none."""
        if self._open is None or self._open.closed:
            self._open = connect(self._address)
        return self._open


class _Ahead(psycopg.Cursor[tuple]):  # type: ignore[type-arg]
    """Sends statements ahead, and waits where an answer is looked at.

    What was sent is closed off there each time (a sync): so a server that waits for us in the middle of a transaction
    knows that it does, and gives it up after `idle_in_transaction_session_timeout` whatever became of us.
    """

    def fetchone(self) -> "tuple | None":  # type: ignore[type-arg]
        """Return the next row, when everything before it is answered."""
        with self.connection.pipeline():
            pass
        return super().fetchone()

    def fetchall(self) -> "list[tuple]":  # type: ignore[type-arg]
        """Return every row, when everything before them is answered."""
        with self.connection.pipeline():
            pass
        return super().fetchall()


def connect(address: Address) -> "psycopg.Connection[tuple]":  # type: ignore[type-arg]
    """Return a new connection whose every transaction ends when its block does, and lasts after `LASTING`.

    Raises:
        psycopg.Error: there is none to be had.
    """
    # A commit does not wait for the disk here; `LASTING` does, for all before it.
    connection = psycopg.connect(make_conninfo(**options(address)), autocommit=True)
    try:
        connection.execute("SELECT set_config('search_path', %s, false)", (address.schema,))
        connection.execute(_SESSION)
    except BaseException:
        connection.close()
        raise
    return connection


def options(address: Address) -> dict[str, str]:
    """Return what libpq is told of `address`: where a network lies between, it is encrypted unless somebody says no."""
    given = {name: str(value) for name, value in conninfo_to_dict(address.url).items() if value is not None}
    if not address.is_local and "sslmode" not in given and "PGSSLMODE" not in os.environ:
        given["sslmode"] = "require"
    if len(address.hosts) > 1:
        given.setdefault("target_session_attrs", "read-write")
    return _DEFAULTS | given


def said(error: psycopg.Error) -> str:
    """Return what the database says, in a line: neither the details, where rows may be quoted, nor a password."""
    text = error.diag.message_primary or next(iter(str(error).strip().splitlines()), "") or type(error).__name__
    secret = os.environ.get("PGPASSWORD")
    text = text.replace(secret, "***") if secret else text
    return f"{text.strip().rstrip('.')}."


def _is_passing(error: psycopg.Error) -> bool:
    """Whether the same may go well in a moment."""
    if error.sqlstate is not None:
        return error.sqlstate in _AGAIN or error.sqlstate.startswith("08")
    if isinstance(error, psycopg.InterfaceError):
        return True  # The connection was closed under us.
    # Without a state: it is the connection itself that was lost, or did not come about.
    return isinstance(error, psycopg.OperationalError) and not _is_refused(error)


_MAY_NOT = "42501"
"""PostgreSQL's own word for a role that may not, insufficient_privilege."""

_ROLE = " Do it as a role that may: PGUSER names one, where the address names no user."


def _is_refused(error: psycopg.Error) -> bool:
    text = str(error)
    return any(word in text for word in ("authentication failed", "does not exist", "permission denied", "pg_hba.conf"))


@contextmanager
def plainly(what: str, failure: type[StillupError]) -> Iterator[None]:
    """Turn whatever a database says in this block into an error of the kind `failure`."""
    try:
        yield
    except psycopg.Error as error:
        raise failure(f"{what}: {said(error)}{_ROLE if error.sqlstate == _MAY_NOT else ''}") from None
