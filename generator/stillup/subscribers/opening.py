"""Opens what subscribers are kept in."""

from collections.abc import Collection, Mapping
from pathlib import Path

from stillup.errors import StillupError
from stillup.records.settings import Settings
from stillup.subscribers.file_store import FileStore
from stillup.subscribers.people import People
from stillup.subscribers.place import place
from stillup.subscribers.sqlite_store import SqliteStore
from stillup.subscribers.store import Store
from stillup.subscribers.token import Keys, Links


def open_store(root: Path, place: str, salt: bytes, trusted: Collection[str] = ()) -> Store:
    """Open what is kept at `place`, an address as the settings write it; `salt`, 16 random bytes, serves for a new one.

    Raises:
        RecordError: with every problem of a file.
        StillupError: it cannot be opened.
    """
    if place.startswith("postgresql://"):
        return _in_postgres(place, salt)
    path = place.removeprefix("sqlite:")
    if place.startswith("sqlite:"):
        return SqliteStore(root / path, path, salt)
    return FileStore(root / path, path, salt, trusted)


def open_people(root: Path, settings: Settings, environment: Mapping[str, str], salt: bytes) -> People:
    """Open everybody who subscribed; their links work where `serve: {url: ...}` says that they are answered.

    Raises:
        RecordError: with every problem of a file.
        StillupError: it cannot be opened, or there is no key for links that messages must carry.
    """
    links = Links(base, Keys.of(environment)) if (base := settings.serve.base) else None
    return People(open_store(root, place(root, settings), salt, settings.intranet), links)


def _in_postgres(place: str, salt: bytes) -> Store:
    from stillup.postgres.address import Unfit, address

    try:
        found = address(place)
        from stillup.subscribers.postgres_store import PostgresStore
    except Unfit as error:
        raise StillupError(f"The list of subscribers cannot be opened: {error}") from None
    except ImportError:
        raise StillupError("Subscribers in PostgreSQL need more: pip install 'stillup[postgres]'.") from None
    return PostgresStore(found, salt)
