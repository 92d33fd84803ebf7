"""The tables, by version: forward only, each step whole or not at all, and looked at whenever something is opened.

A part (`ledger`, `people`; `queue` for workers) has its steps in `sql/<part>-<number>.sql`. The database keeps which
were done.
"""

from functools import cache
from importlib.resources import files

from psycopg import sql

from stillup.errors import StillupError
from stillup.postgres.address import Address
from stillup.postgres.session import LASTING, Cursor, connect, plainly

_COMMAND = "stillup database init"
_MADE = """
CREATE TABLE IF NOT EXISTS migration (
  part text NOT NULL, number integer NOT NULL, at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (part, number))
"""


@cache
def steps(part: str) -> tuple[str, ...]:
    """Return the SQL of every step of `part`, first to last.

    The tables of the queue are procrastinate's own: its version is pinned to that whose tables they are.
    """
    if part == "queue":
        from stillup.postgres.queue import tables

        return (tables(),)
    folder = files("stillup.postgres") / "sql"
    found: list[str] = []
    while (step := folder / f"{part}-{len(found) + 1}.sql").is_file():
        found.append(step.read_text(encoding="utf-8"))
    return tuple(found)


def migrate(address: Address, part: str, *, dry_run: bool = False) -> tuple[int, int]:
    """Bring the tables of `part` to this version; return the version before, 0 for none, and now.

    Raises:
        StillupError: the database refuses, or its tables are of a later version.
    """
    wanted = len(steps(part))
    with (
        plainly(f"{address.shown} cannot be set up", StillupError),
        connect(address) as connection,
        connection.cursor() as cursor,
    ):
        with connection.transaction():
            before = _migrated(cursor, address, part, dry_run)
        cursor.execute(LASTING)
    return before, wanted


def _migrated(cursor: Cursor, address: Address, part: str, dry_run: bool) -> int:
    """Bring the tables of `part` to this version, and return the one before."""
    wanted = len(steps(part))
    # Two that set up at once are put in an order; the second finds everything done.
    cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('stillup migration ' || %s, 0))", (part,))
    before = version(cursor, address.schema, part)
    _refuse_later(address, before, wanted)
    if dry_run or before == wanted:
        return before
    if cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (address.schema,)).fetchone() is None:
        cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(address.schema)))
        cursor.execute(sql.SQL("REVOKE ALL ON SCHEMA {} FROM PUBLIC").format(sql.Identifier(address.schema)))
    cursor.execute(_MADE)
    for number, step in enumerate(steps(part)[before:], before + 1):
        cursor.execute(step.encode())
        cursor.execute("INSERT INTO migration (part, number) VALUES (%s, %s)", (part, number))
    return before


def version(cursor: Cursor, schema: str, part: str) -> int:
    """Return the version of the tables of `part`; 0 where there are none."""
    there = cursor.execute("SELECT to_regclass(%s)", (f"{schema}.migration",)).fetchone()
    if there is None or there[0] is None:
        return 0
    found = cursor.execute("SELECT coalesce(max(number), 0) FROM migration WHERE part = %s", (part,)).fetchone()
    return int(found[0]) if found else 0


def check(cursor: Cursor, address: Address, part: str, failure: type[StillupError]) -> None:
    """See that the tables of `part` are those that this version works with.

    Raises:
        StillupError: of the kind `failure`: they are not there, older or later.
    """
    there, wanted = version(cursor, address.schema, part), len(steps(part))
    if not there:
        raise failure(f"{address.shown} has no tables of Stillup yet. Run {_COMMAND}, as the owner of the database.")
    if there < wanted:
        raise failure(
            f"The tables in {address.shown} are of version {there}, and this Stillup needs {wanted}. "
            f"Run {_COMMAND}, as the owner of the database."
        )
    _refuse_later(address, there, wanted, failure)


def _refuse_later(address: Address, there: int, wanted: int, failure: type[StillupError] = StillupError) -> None:
    if there > wanted:
        raise failure(
            f"The tables in {address.shown} are of version {there}, and this Stillup knows {wanted}. Use a later one."
        )
