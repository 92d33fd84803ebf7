"""The databases of a page: which there are, their tables, and who may do what there."""

import secrets
from collections.abc import Iterator
from pathlib import Path

from stillup.errors import StillupError
from stillup.frozen import dataclass
from stillup.postgres.address import Address, Unfit, address
from stillup.records import configuration


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What is kept in PostgreSQL."""

    name: str
    """`ledger` or `people`."""

    setting: str
    """What the settings call it."""

    address: Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Set:
    """A part whose tables were looked at."""

    part: Part
    before: int
    """Their version; 0: there were none."""

    now: int


def parts(root: Path) -> tuple[Part, ...]:
    """Return what the page at `root` keeps in PostgreSQL.

    Raises:
        StillupError: nothing, or the extra is not installed.
    """
    settings, _ = configuration.settings(root)
    found = []
    try:
        for name, setting, place in (
            ("ledger", "ledger", settings.ledger),
            ("people", "subscribers", settings.subscribers),
        ):
            if place.startswith("postgresql://"):
                found.append(Part(name=name, setting=setting, address=address(place)))
    except Unfit as error:
        raise StillupError(str(error)) from None
    if not found:
        raise StillupError(
            "Nothing is kept in PostgreSQL. "
            "Write ledger: or subscribers: postgresql://user@host/database into mkdocs.yml."
        )
    return tuple(found)


def prepare(root: Path, *, dry_run: bool = False) -> tuple[Set, ...]:
    """Make the tables of the page at `root`, or bring them to this version.

    Raises:
        StillupError: a database refuses, or its tables are of a later version.
    """
    wanted = parts(root)
    _need()
    from stillup.postgres.migration import migrate
    from stillup.subscribers.postgres_store import PostgresStore

    done = []
    for part in wanted:
        before, now = migrate(part.address, part.name, dry_run=dry_run)
        if part.name == "ledger":
            migrate(part.address, "queue", dry_run=dry_run)
        if part.name == "people" and not dry_run:
            PostgresStore(
                part.address, secrets.token_bytes(16)
            ).close()  # Who only reads them could not begin the list.
        done.append(Set(part=part, before=before, now=now))
    return tuple(done)


def statements(root: Path) -> Iterator[tuple[str, str]]:
    """Yield by database the SQL of its roles."""
    from stillup.postgres.role import roles

    by_place: dict[tuple[str, str], list[Part]] = {}
    for part in parts(root):
        by_place.setdefault((part.address.url, part.address.schema), []).append(part)
    for (url, schema), some in by_place.items():
        yield url, roles(schema, tuple(part.name for part in some))


def _need() -> None:
    try:
        import psycopg  # noqa: F401
    except ImportError:
        raise StillupError("PostgreSQL needs more: pip install 'stillup[postgres]'.") from None
