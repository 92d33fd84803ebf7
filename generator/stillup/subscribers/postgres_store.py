"""Subscribers in PostgreSQL: millions of them, for applications and publishers on as many machines as one likes.

Each address belongs to one of 1024 slices by its key, so that workers can share a list without a word of who is on it.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256

from stillup.errors import StillupError
from stillup.postgres import migration
from stillup.postgres.address import Address
from stillup.postgres.session import Cursor, Session
from stillup.subscribers.store import Reason, Suppression, fingerprint
from stillup.subscribers.subscription import Reach, Row, Subscription

SLICES = 1024
"""Into how many slices a list is cut; an address stays in its own."""

_PAGE = 5000
"""Rows that are read or written at a time: no transaction lasts while a list of any length streams past."""

_COLUMNS = (
    *("id", "channel", "key", "address", "audience", "components", "impact", "kinds", "follow", "incident"),
    *("language", "timezone", "secret", "consent", "origin", "confirmed_at"),
)
_NAMES = ", ".join(_COLUMNS)
_WRITTEN = ", ".join((*_COLUMNS, "slice", "suppressed"))
_SAVE = (
    f"INSERT INTO subscription ({_WRITTEN}) SELECT * FROM unnest({'%s::text[], ' * 15}%s::timestamptz[], "
    "%s::smallint[], %s::text[]) ON CONFLICT (id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in (*_COLUMNS[1:], "slice", "suppressed"))
)
_ROW = (
    "SELECT slice, key, id, address, audience, components, impact, kinds, follow, incident, language, timezone, secret,"
    " CASE WHEN suppressed <> '' THEN suppressed WHEN confirmed_at IS NULL THEN 'unconfirmed' ELSE '' END"
    " FROM subscription WHERE channel = %s AND "
)
_ALL = "(key, id) > (%s, %s) ORDER BY key, id LIMIT %s"
_SOME = "slice >= %s AND slice < %s AND (slice, key, id) > (%s, %s, %s) ORDER BY slice, key, id LIMIT %s"


class PostgresStore:
    """One list, or with `within` a part of it."""

    def __init__(self, address: Address, salt: bytes) -> None:
        """Open the list at `address`; `salt`, 16 random bytes, serves for a new one.

        Raises:
            StillupError: it cannot be opened, or its tables are not those of this version.
        """
        self._session = Session(address, f"The list of subscribers in {address.shown}", StillupError)
        self._slices: tuple[int, int] | None = None
        try:
            self._session.read(lambda cursor: migration.check(cursor, address, "people", StillupError))
            self._salt = self._session.read(_salt) or self._session.write(lambda cursor, _: _salted(cursor, salt))
        except StillupError:
            self.close()
            raise

    def within(self, first: int, end: int) -> "PostgresStore":
        """Return the list of those in the slices from `first` to before `end`, over the same connection."""
        part = object.__new__(PostgresStore)
        part._session, part._salt, part._slices = self._session, self._salt, (first, end)
        return part

    def sizes(self, channel: str) -> list[int]:
        """Return how many addresses of a channel are in each slice."""
        query = "SELECT slice, count(DISTINCT key) FROM subscription WHERE channel = %s GROUP BY slice"
        found = dict(self._all(query, channel))
        return [found.get(slice, 0) for slice in range(SLICES)]

    def rows(self, channel: str) -> Iterator[Row]:
        """Yield the rows of a channel, a page at a time: by (key, id), of a part by (slice, key, id)."""
        # A part is read from its own beginning: told a place before it, PostgreSQL walks through all that lies between.
        place: tuple[int, str, str] = (self._slices[0] if self._slices else 0, "", "")
        while True:
            if self._slices is None:
                page = self._all(_ROW + _ALL, channel, *place[1:], _PAGE)
            else:
                page = self._all(_ROW + _SOME, channel, *self._slices, *place, _PAGE)
            for row in page:
                yield Row._make(row[1:])
            if len(page) < _PAGE:
                return
            place = page[-1][:3]

    def everybody(self) -> Iterator[Subscription]:
        """Yield everything by (channel, key, id), a page at a time."""
        place: tuple[str, str, str] = ("", "", "")
        query = (
            f"SELECT {_NAMES} FROM subscription WHERE (channel, key, id) > (%s, %s, %s)"
            f" ORDER BY channel, key, id LIMIT {_PAGE}"
        )
        while page := self._all(query, *place):
            yield from map(_subscription, page)
            place = (page[-1][1], page[-1][2], page[-1][0])

    def anybody(self, follow: str) -> bool:
        """Whether somebody follows in that way."""
        return bool(self._all("SELECT 1 FROM subscription WHERE follow = %s LIMIT 1", follow))

    def get(self, id: str) -> Subscription | None:
        """Return a subscription by its id."""
        rows = self._all(f"SELECT {_NAMES} FROM subscription WHERE id = %s", id)
        return _subscription(rows[0]) if rows else None

    def of(self, channel: str, key: str) -> tuple[Subscription, ...]:
        """Return the subscriptions of an address."""
        query = f"SELECT {_NAMES} FROM subscription WHERE channel = %s AND key = %s ORDER BY id"
        return tuple(map(_subscription, self._all(query, channel, key)))

    def save(self, subscriptions: Iterable[Subscription]) -> None:
        """Add or replace subscriptions in one transaction; of several with one id the last counts."""
        wanted = list({each.id: each for each in subscriptions}.values())

        def work(cursor: Cursor, _: object) -> None:
            for start in range(0, len(wanted), _PAGE):
                some = wanted[start : start + _PAGE]
                marks = [self._mark(each.channel, each.key) for each in some]
                known = dict(cursor.execute("SELECT mark, reason FROM suppression WHERE mark = ANY(%s)", (marks,)))
                rows = [
                    (*_written(each), slice_of(each.key), known.get(mark, ""))
                    for each, mark in zip(some, marks, strict=True)
                ]
                cursor.execute(_SAVE.encode(), list(map(list, zip(*rows, strict=True))))

        self._session.write(work)

    def remove(self, ids: Iterable[str]) -> int:
        """Delete subscriptions. The bytes of what was deleted go when the table is written anew: see `rewrite`."""
        wanted = list(ids)

        def work(cursor: Cursor, _: object) -> int:
            return cursor.execute("DELETE FROM subscription WHERE id = ANY(%s)", (wanted,)).rowcount

        return self._session.write(work)

    def suppress(self, channel: str, key: str, suppression: Suppression) -> None:
        """Note the address's fingerprint and mark its rows."""

        def work(cursor: Cursor, _: object) -> None:
            cursor.execute(
                "INSERT INTO suppression AS s VALUES (%s, %s, %s) ON CONFLICT (mark) DO UPDATE"
                " SET reason = excluded.reason, at = excluded.at WHERE s.reason <> 'complaint'",
                (self._mark(channel, key), suppression.reason.value, suppression.at.replace(microsecond=0)),
            )
            cursor.execute(
                "UPDATE subscription SET suppressed = (SELECT reason FROM suppression WHERE mark = %s)"
                " WHERE channel = %s AND key = %s",
                (self._mark(channel, key), channel, key),
            )

        self._session.write(work)

    def suppression(self, channel: str, key: str) -> Suppression | None:
        """Return why an address is told nothing."""
        rows = self._all("SELECT reason, at FROM suppression WHERE mark = %s", self._mark(channel, key))
        return Suppression(Reason(rows[0][0]), rows[0][1].astimezone(UTC)) if rows else None

    def lift(self, channel: str, key: str) -> bool:
        """Take the address's fingerprint out."""

        def work(cursor: Cursor, _: object) -> bool:
            gone = cursor.execute("DELETE FROM suppression WHERE mark = %s", (self._mark(channel, key),)).rowcount
            query = "UPDATE subscription SET suppressed = '' WHERE channel = %s AND key = %s AND suppressed <> ''"
            cursor.execute(query, (channel, key))
            return gone > 0

        return self._session.write(work)

    def close(self) -> None:
        """Give back the connection."""
        self._session.close()

    def _mark(self, channel: str, key: str) -> str:
        return fingerprint(self._salt, channel, key)

    def _all(self, query: str, *values: object) -> list[tuple]:  # type: ignore[type-arg]
        return self._session.read(lambda cursor: cursor.execute(query.encode(), values).fetchall())


def slice_of(key: str) -> int:
    """Return the slice of an address by its key: the same on every machine and in every version."""
    return int.from_bytes(sha256(key.encode()).digest()[:2], "big") % SLICES


def _salt(cursor: Cursor) -> bytes | None:
    row = cursor.execute("SELECT salt FROM people").fetchone()
    return bytes(row[0]) if row else None


def _salted(cursor: Cursor, salt: bytes) -> bytes:
    cursor.execute("INSERT INTO people (salt) VALUES (%s) ON CONFLICT DO NOTHING", (salt,))
    found = _salt(cursor)
    assert found is not None, "it was just written"
    return found


def _written(each: Subscription) -> Sequence[object]:
    at = each.confirmed_at.replace(microsecond=0) if each.confirmed_at else None
    return (
        *(each.id, each.channel, each.key, each.address, each.audience, *each.reach),
        *(each.language, each.timezone, each.secret, each.consent, each.origin, at),
    )


def _subscription(row: Sequence[object]) -> Subscription:
    words = [str(each) for each in row[:15]]
    return Subscription(
        id=words[0],
        channel=words[1],
        key=words[2],
        address=words[3],
        audience=words[4],
        reach=Reach(*words[5:10]),
        language=words[10],
        timezone=words[11],
        secret=words[12],
        consent=words[13],
        origin=words[14],
        confirmed_at=row[15].astimezone(UTC) if isinstance(row[15], datetime) else None,
    )
