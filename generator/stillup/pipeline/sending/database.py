"""The databases of a page: which there are, their tables, and who may do what there."""

import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Tidied:
    """What was, or would be, taken away."""

    events: tuple[str, ...] = ()
    """By `<event>/<channel>`: where nobody stands any more."""

    lines: int = 0
    """Of the ledger: emptied."""

    rewritten: bool = False
    """Whether the tables of subscribers were written anew; in a dry run whether they would be. `texts` too."""

    texts: bool = False
    """Whether the table was written anew that has the texts of the event log."""


def tidy(root: Path, *, at: datetime, older: timedelta | None = None, dry_run: bool = False) -> Tidied:
    """Write tables anew, so that nothing is left of subscribers who were deleted, nor of texts that were redacted.

    With `older` everybody is also taken out of what the ledger was told so long ago.

    Raises:
        StillupError: a database refuses: it is for the owner of the tables.
    """
    wanted = {part.name: part for part in parts(root)}
    _need()
    events: list[str] = []
    lines = 0
    if older is not None and "ledger" in wanted:
        from stillup.delivery.ledger.erasure import erase, old
        from stillup.delivery.ledger.postgres import PostgresLedger

        ledger = PostgresLedger(wanted["ledger"].address)
        try:
            if dry_run:
                events = [f"{event}/{channel}" for _, event, channel in old(ledger, at - older)]
            else:
                for each in erase(ledger, at - older, at):
                    events.append(f"{each.event}/{each.channel}")
                    lines += each.lines
        finally:
            ledger.close()
    if "ledger" in wanted and not dry_run:
        _anew(wanted["ledger"], "public_text")
    if "people" in wanted and not dry_run:
        _anew(wanted["people"], "subscription, suppression")
    return Tidied(
        events=tuple(events),
        lines=lines,
        rewritten="people" in wanted,
        texts="ledger" in wanted,
    )


def _anew(part: Part, tables: str) -> None:
    """Write `tables` of `part` anew.

    Raises:
        StillupError: the database refuses, or its tables are not those of this version.
    """
    from stillup.postgres.migration import check
    from stillup.postgres.session import connect, plainly

    place = part.address
    with plainly(f"{place.shown} cannot be tidied", StillupError), connect(place) as connection:
        check(connection.cursor(), place, part.name, StillupError)
        connection.execute(f"VACUUM (FULL, ANALYZE) {tables}".encode())


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
