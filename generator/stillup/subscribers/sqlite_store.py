"""Subscribers in SQLite: millions of them, read while others write. What is deleted is overwritten."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from stillup.errors import StillupError
from stillup.records.moment import utc
from stillup.subscribers.store import Reason, Suppression, fingerprint
from stillup.subscribers.subscription import Reach, Row, Subscription

PAGE = 5000
"""Rows that are read at a time: a list of any length streams past, and no writer waits for its end."""

PATIENCE = 10.0
"""Seconds that one process waits for another."""

_FORM = 2
_SCHEMA = """
create table meta (key text primary key, value blob not null) without rowid;
create table subscription (
  id text primary key, channel text not null, key text not null, address text not null, audience text not null,
  components text not null, impact text not null, kinds text not null, follow text not null, incident text not null,
  language text not null, timezone text not null, secret text not null, confirmed_at text not null,
  suppressed text not null, consent text not null default '', origin text not null default '') without rowid;
create index subscription_key on subscription (channel, key, id);
create table suppression (mark text primary key, reason text not null, at text not null) without rowid;
"""
_LATER = {
    1: (
        "alter table subscription add column consent text not null default ''",
        "alter table subscription add column origin text not null default ''",
    )
}
"""By the form of a database: what makes the next one of it."""

_COLUMNS = (
    "id, channel, key, address, audience, components, impact, kinds, follow, incident, language, timezone, secret,"
    " confirmed_at, consent, origin"
)
_ROW = (
    "select key, id, address, audience, components, impact, kinds, follow, incident, language, timezone, secret,"
    " case when suppressed <> '' then suppressed when confirmed_at = '' then 'unconfirmed' else '' end"
    " from subscription where channel = ? and (key, id) > (?, ?) order by key, id limit ?"
)


class SqliteStore:
    """One database file. Each thread opens its own."""

    def __init__(self, path: Path, name: str, salt: bytes) -> None:
        """Open or make the database at `path`, which errors call `name`; `salt`, 16 random bytes, serves for a new one.

        Raises:
            StillupError: it is no database of ours, or of a later version.
        """
        self._name = name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
        self._db = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
        try:
            self._db.execute("pragma journal_mode = wal")
            self._db.execute("pragma synchronous = full")
            self._db.execute("pragma secure_delete = on")
            self._make(salt)
            (self._salt,) = self._db.execute("select value from meta where key = 'salt'").fetchone()
        except sqlite3.DatabaseError as error:
            self._db.close()
            raise StillupError(f"{name} is no list of subscribers: {error}.") from None

    def rows(self, channel: str) -> Iterator[Row]:
        """Yield the rows of a channel by (key, id), a page at a time."""
        key = id = ""
        while page := self._db.execute(_ROW, (channel, key, id, PAGE)).fetchall():
            yield from map(Row._make, page)
            key, id = page[-1][:2]

    def everybody(self) -> Iterator[Subscription]:
        """Yield everything by (channel, key, id), a page at a time."""
        place = ("", "", "")
        query = (
            f"select {_COLUMNS} from subscription where (channel, key, id) > (?, ?, ?)"
            f" order by channel, key, id limit {PAGE}"
        )
        while page := self._db.execute(query, place).fetchall():
            yield from map(_subscription, page)
            place = (page[-1][1], page[-1][2], page[-1][0])

    def anybody(self, follow: str) -> bool:
        """Whether somebody follows in that way."""
        return self._db.execute("select 1 from subscription where follow = ? limit 1", (follow,)).fetchone() is not None

    def get(self, id: str) -> Subscription | None:
        """Return a subscription by its id."""
        row = self._db.execute(f"select {_COLUMNS} from subscription where id = ?", (id,)).fetchone()
        return _subscription(row) if row else None

    def of(self, channel: str, key: str) -> tuple[Subscription, ...]:
        """Return the subscriptions of an address."""
        query = f"select {_COLUMNS} from subscription where channel = ? and key = ? order by id"
        return tuple(map(_subscription, self._db.execute(query, (channel, key))))

    def save(self, subscriptions: Iterable[Subscription]) -> None:
        """Add or replace subscriptions in one transaction."""
        names = "?, " * 16
        with self._writing():
            suppressed = dict(self._db.execute("select mark, reason from suppression"))
            self._db.executemany(
                f"insert or replace into subscription ({_COLUMNS}, suppressed) values ({names}?)",
                (
                    (*_written(each), suppressed.get(self._mark(each.channel, each.key), "") if suppressed else "")
                    for each in subscriptions
                ),
            )

    def remove(self, ids: Iterable[str]) -> int:
        """Delete subscriptions, then write the whole file anew, so that nothing is left between its rows."""
        with self._writing():
            count = 0
            for id in ids:
                count += self._db.execute("delete from subscription where id = ?", (id,)).rowcount
        if count:
            self._tidy()
        return count

    def suppress(self, channel: str, key: str, suppression: Suppression) -> None:
        """Note the address's fingerprint and mark its rows."""
        with self._writing():
            self._db.execute(
                "insert into suppression values (?, ?, ?) on conflict (mark) do update"
                " set reason = excluded.reason, at = excluded.at where reason <> 'complaint'",
                (self._mark(channel, key), suppression.reason, utc(suppression.at)),
            )
            found = self.suppression(channel, key)
            assert found is not None, "it was just written"
            self._mark_rows(channel, key, found.reason)

    def suppression(self, channel: str, key: str) -> Suppression | None:
        """Return why an address is told nothing."""
        query = "select reason, at from suppression where mark = ?"
        row = self._db.execute(query, (self._mark(channel, key),)).fetchone()
        return Suppression(Reason(row[0]), _time(row[1])) if row else None

    def lift(self, channel: str, key: str) -> bool:
        """Take the address's fingerprint out."""
        with self._writing():
            done = self._db.execute("delete from suppression where mark = ?", (self._mark(channel, key),))
            self._mark_rows(channel, key, "")
        return done.rowcount > 0

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    def _make(self, salt: bytes) -> None:
        (form,) = self._db.execute("pragma user_version").fetchone()
        if form == 0:
            with self._writing():
                if self._db.execute("pragma user_version").fetchone() == (0,):  # nobody was faster
                    for statement in filter(str.strip, _SCHEMA.split(";")):
                        self._db.execute(statement)
                    self._db.execute("insert into meta values ('salt', ?)", (salt,))
                    self._db.execute(f"pragma user_version = {_FORM}")
        elif form < _FORM:
            with self._writing():
                (form,) = self._db.execute("pragma user_version").fetchone()
                for step in range(form, _FORM):
                    for statement in _LATER[step]:
                        self._db.execute(statement)
                self._db.execute(f"pragma user_version = {_FORM}")
        elif form > _FORM:
            raise StillupError(f"{self._name} is of a later version of Stillup. Use that one.")

    def _mark(self, channel: str, key: str) -> str:
        return fingerprint(self._salt, channel, key)

    def _mark_rows(self, channel: str, key: str, reason: str) -> None:
        self._db.execute("update subscription set suppressed = ? where channel = ? and key = ?", (reason, channel, key))

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._db.execute("begin immediate")
        try:
            yield
        except BaseException:
            self._db.execute("rollback")
            raise
        self._db.execute("commit")

    def _tidy(self) -> None:
        """Leave nothing of what was deleted, neither in free space nor in the log of changes."""
        self._db.execute("vacuum")
        (busy, _, _) = self._db.execute("pragma wal_checkpoint(truncate)").fetchone()
        if busy:
            raise StillupError(
                f"It is deleted, but another process still reads an older state of {self._name}. Run this again later."
            )


def _written(each: Subscription) -> Sequence[str]:
    time = utc(each.confirmed_at) if each.confirmed_at else ""
    return (
        *(each.id, each.channel, each.key, each.address, each.audience, *each.reach),
        *(each.language, each.timezone, each.secret, time, each.consent, each.origin),
    )


def _subscription(row: Sequence[str]) -> Subscription:
    return Subscription(
        id=row[0],
        channel=row[1],
        key=row[2],
        address=row[3],
        audience=row[4],
        reach=Reach(*row[5:10]),
        language=row[10],
        timezone=row[11],
        secret=row[12],
        confirmed_at=_time(row[13]) if row[13] else None,
        consent=row[14],
        origin=row[15],
    )


def _time(written: str) -> datetime:
    return datetime.strptime(written, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
