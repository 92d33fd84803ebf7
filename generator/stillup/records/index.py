"""What is already known of the records, kept between runs in one SQLite file: text only, safe to delete.

It saves work and decides nothing. A row is used only while the bytes of its files, the basis it was made on and its
own checksum all agree; anything else is made anew. A damaged file is thrown away whole.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path

_WHOLE = ("at", "settled", "last", "open", "first", "final", "due")
_TEXTS = ("digest", "path", "kind", "headline", "course", "entries", "warnings", "codes", "seal")
_COLUMNS = ("id", *_WHOLE, *_TEXTS)
_STORY = ", ".join(
    [
        "id text primary key",
        *(f"{name} integer not null" for name in _WHOLE),
        *(f"{name} text not null" for name in _TEXTS),
    ]
)
_SCHEMA = f"""
create table meta (key text primary key, value text not null) without rowid;
create table file (
  path text primary key, size integer not null, mtime integer not null, digest text not null) without rowid;
create table story ({_STORY}) without rowid;
create index story_final on story (final);
create index story_last on story (last);
create index story_first on story (first);
create index story_path on story (path);
create table listed (day text not null, id text not null, primary key (day, id)) without rowid;
create index listed_id on listed (id);
create table held (
  component text not null, first integer not null, id text not null, primary key (component, first, id)) without rowid;
create index held_id on held (id);
create table page (path text primary key, digest text not null) without rowid;
"""
_FORM = "5"
FOREVER = 1 << 40
"""Stands for `not over yet` in `Story.final`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A file as it was when it was last read."""

    size: int
    mtime: int
    """Nanoseconds."""

    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What one record amounts to. Instants are seconds since 1970."""

    id: str
    digest: str
    """Of the bytes of its files."""

    at: int
    """The instant it was worked out for."""

    settled: bool
    """No later instant changes it."""

    last: int
    """Its newest event; it holds for any instant from here on when settled."""

    open: bool
    first: int
    final: int
    """It touches no day outside `first`..`final`."""

    due: int
    """When the clock alone changes it next, after `at`; 0 where it never does."""

    path: str
    """Of its main file, below the root."""

    kind: str
    """incident or maintenance."""

    headline: str
    """Empty where nothing of it is public yet."""

    course: str
    entries: str = ""
    """Its feed entries as text; empty until somebody asked."""

    warnings: str = "[]"
    """Its problems of level warning, as JSON."""

    codes: str = "[]"
    """Kept codes and former ids: what must be unique over all records, as JSON."""

    days: tuple[str, ...] = ()
    """ISO dates under which lists show it; only on the way into the index."""

    components: tuple[str, ...] = ()
    """Ids of the components it ever held; only on the way into the index."""

    def seal(self, basis: str) -> str:
        """Return the checksum over everything that is kept."""
        text = json.dumps([basis, *(getattr(self, name) for name in _COLUMNS[:-1])])
        return blake2b(text.encode(), digest_size=12).hexdigest()

    def row(self, basis: str) -> tuple[object, ...]:
        """Return what the table `story` holds of it."""
        return (*(getattr(self, name) for name in _COLUMNS[:-1]), self.seal(basis))


class Damaged(Exception):
    """A row does not carry its own checksum."""


class Index:
    """The open index. Use as a context manager; changes are kept by `save` only."""

    def __init__(self, path: Path | None, basis: str) -> None:
        """Open the index at `path` (None: in memory) for work on `basis`: all that every row depends on."""
        self._path = path
        self.basis = basis
        self._open()

    def _open(self) -> None:
        try:
            self._db = self._connect()
            kept = dict(self._db.execute("select key, value from meta"))
            if kept.get("form") != _FORM:
                self.forget()
            elif kept.get("basis") != self.basis:
                self._clear()
        except sqlite3.DatabaseError:
            self.forget()

    def _connect(self) -> sqlite3.Connection:
        if self._path is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(self._path or ":memory:", isolation_level=None)
        db.execute("pragma journal_mode=memory")
        db.execute("pragma synchronous=off")
        db.execute("begin immediate")
        if not db.execute("select 1 from sqlite_master where name = 'meta'").fetchone():
            for statement in _SCHEMA.split(";"):
                db.execute(statement)
            db.execute("insert into meta values ('form', ?), ('basis', ?)", (_FORM, self.basis))
        return db

    def _clear(self) -> None:
        """Start again on a new basis. Digests of published pages stay true whatever the basis."""
        for table in ("story", "listed", "held", "file", "meta"):
            self._db.execute(f"delete from {table}")
        self._db.execute("insert into meta values ('form', ?), ('basis', ?)", (_FORM, self.basis))

    def forget(self) -> None:
        """Throw everything away and begin with an empty index."""
        if hasattr(self, "_db"):
            self._db.close()
        if self._path is not None:
            self._path.unlink(missing_ok=True)
        self._db = self._connect()

    def save(self) -> None:
        """Keep all changes."""
        self._db.execute("commit")
        self._db.execute("begin immediate")

    def close(self) -> None:
        """Drop what was not saved."""
        self._db.close()

    def __enter__(self) -> "Index":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Notes: small texts by name.

    def note(self, key: str) -> str:
        """Return the text kept under `key`, or an empty one."""
        row = self._db.execute("select value from meta where key = ?", (key,)).fetchone()
        return row[0] if row else ""

    def keep(self, key: str, text: str) -> None:
        """Keep `text` under `key`."""
        self._db.execute("insert or replace into meta values (?, ?)", (key, text))

    # Files.

    def seen(self) -> dict[str, Seen]:
        """Return every record file by its path."""
        return {
            path: Seen(size=size, mtime=mtime, digest=digest)
            for path, size, mtime, digest in self._db.execute("select path, size, mtime, digest from file")
        }

    def see(self, files: Iterable[tuple[str, Seen]]) -> None:
        """Remember `files` as read."""
        self._db.executemany(
            "insert or replace into file values (?, ?, ?, ?)",
            [(path, seen.size, seen.mtime, seen.digest) for path, seen in files],
        )

    def unsee(self, paths: Iterable[str]) -> None:
        """Forget files that are gone."""
        self._db.executemany("delete from file where path = ?", [(path,) for path in paths])

    # Stories.

    def put(self, stories: Iterable[Story]) -> None:
        """Keep `stories` in place of what was known under their ids."""
        stories = tuple(stories)
        self._db.executemany("delete from listed where id = ?", [(story.id,) for story in stories])
        marks = ", ".join("?" for _ in _COLUMNS)
        self._db.executemany(f"insert or replace into story values ({marks})", [s.row(self.basis) for s in stories])
        self._db.executemany("insert into listed values (?, ?)", [(day, s.id) for s in stories for day in s.days])
        self._db.executemany("delete from held where id = ?", [(s.id,) for s in stories])
        self._db.executemany(
            "insert into held values (?, ?, ?)", [(c, s.first, s.id) for s in stories for c in s.components]
        )

    def drop(self, ids: Iterable[str]) -> None:
        """Forget the stories of records that are gone."""
        gone = [(id,) for id in ids]
        for table in ("story", "listed", "held"):
            self._db.executemany(f"delete from {table} where id = ?", gone)

    def digests(self) -> dict[str, str]:
        """Return the digest of every story's files, by id."""
        return dict(self._db.execute("select id, digest from story"))

    def public(self) -> list[str]:
        """Return the ids of all stories that have a page."""
        return [id for (id,) in self._db.execute("select id from story where headline <> ''")]

    def stale(self, at: int) -> set[str]:
        """Return the ids of stories that may read differently at `at` than when they were worked out."""
        rows = self._db.execute("select id from story where (settled = 0 and at <> ?) or last > ?", (at, at))
        return {id for (id,) in rows}

    def touching(self, first: int, final: int) -> Iterator[Story]:
        """Return the public stories that touch `first`..`final`."""
        return self._stories("final >= ? and first <= ? and headline <> '' order by id", (first, final))

    def opened(self) -> Iterator[Story]:
        """Return the public stories that are not over."""
        return self._stories("open = 1 and headline <> '' order by id", ())

    def newest(self, count: int) -> Iterator[Story]:
        """Return the public stories among which the `count` newest updates are: all unsettled ones, and the latest."""
        return self._stories(
            "headline <> '' and (settled = 0 or id in"
            " (select id from story where settled = 1 and headline <> '' order by last desc, id limit ?)) order by id",
            (count,),
        )

    def lately(self, since: int) -> Iterator[Story]:
        """Return the public stories that are open, or in which something happened from `since` on."""
        return self._stories("headline <> '' and (open = 1 or last >= ?) order by id", (since,))

    def due(self, at: int) -> int:
        """Return the first instant after `at` at which the clock alone changes a story; 0 where there is none."""
        return int(self._db.execute("select coalesce(min(due), 0) from story where due > ?", (at,)).fetchone()[0])

    def listed(self, first: str, final: str) -> Iterator[Story]:
        """Return the stories listed under a day from `first` to `final` (ISO dates), by id."""
        return self._stories("id in (select id from listed where day between ? and ?) order by id", (first, final))

    def days_of(self, ids: Iterable[str]) -> set[str]:
        """Return the days under which the stories of `ids` are listed."""
        found: set[str] = set()
        for id in ids:
            found.update(day for (day,) in self._db.execute("select day from listed where id = ?", (id,)))
        return found

    def first_day(self) -> str:
        """Return the earliest day under which something is listed; empty where nothing is."""
        return str(self._db.execute("select coalesce(min(day), '') from listed").fetchone()[0])

    def past(self, kind: str, count: int) -> Iterator[Story]:
        """Return the `count` newest public stories of one kind that are over, newest first."""
        return self._stories("kind = ? and open = 0 and headline <> '' order by first desc, id limit ?", (kind, count))

    def some(self, ids: Iterable[str]) -> Iterator[Story]:
        """Return the public stories of `ids`."""
        for id in ids:
            yield from self._stories("id = ? and headline <> ''", (id,))

    def holding(self, component: str, count: int) -> Iterator[Story]:
        """Return the `count` newest public stories that ever held `component`, newest first."""
        return self._stories(
            "headline <> '' and id in (select id from held where component = ? order by first desc, id limit ?)"
            " order by first desc, id",
            (component, count),
        )

    def places(self, first: str, final: str) -> list[tuple[str, int]]:
        """Return id and newest event of the public stories listed under a day from `first` to `final`, by id."""
        rows = self._db.execute(
            "select id, last from story where headline <> ''"
            " and id in (select id from listed where day between ? and ?) order by id",
            (first, final),
        )
        return list(rows)

    def begun(self, count: int) -> Iterator[Story]:
        """Return the `count` public stories that began last, newest first."""
        return self._stories("headline <> '' order by first desc, id limit ?", (count,))

    def at(self, path: str) -> str:
        """Return the id of the record whose main file is `path`; empty where there is none."""
        row = self._db.execute("select id from story where path = ?", (path,)).fetchone()
        return row[0] if row else ""

    def path(self, id: str) -> str:
        """Return the main file of the record `id`; empty where there is none."""
        row = self._db.execute("select path from story where id = ?", (id,)).fetchone()
        return row[0] if row else ""

    def count(self) -> int:
        """Return how many records are known."""
        return int(self._db.execute("select count(*) from story").fetchone()[0])

    def digest(self, id: str) -> str:
        """Return the digest of the files of `id`; empty where it is not known."""
        row = self._db.execute("select digest from story where id = ?", (id,)).fetchone()
        return row[0] if row else ""

    def one(self, id: str) -> Story | None:
        """Return the story of `id`."""
        return next(self._stories("id = ?", (id,)), None)

    def column(self, name: str) -> Iterator[tuple[str, str]]:
        """Return `name` (warnings or codes) of every story that has something there, with its id."""
        rows = self._db.execute(f"select id, {name} from story where {name} <> '[]' order by id")
        yield from rows

    def _stories(self, where: str, values: tuple[object, ...]) -> Iterator[Story]:
        for row in self._db.execute(f"select {', '.join(_COLUMNS)} from story where {where}", values):
            kept = dict(zip(_COLUMNS, row, strict=True))
            seal = kept.pop("seal")
            story = Story(**kept | {"settled": bool(kept["settled"]), "open": bool(kept["open"])})
            if story.seal(self.basis) != seal:
                raise Damaged(story.id)
            yield story

    def remember(self, id: str, entries: str) -> None:
        """Keep the feed entries of `id`."""
        story = self.one(id)
        if story is not None:
            seal = replace(story, entries=entries).seal(self.basis)
            self._db.execute("update story set entries = ?, seal = ? where id = ?", (entries, seal, id))

    # Published pages.

    def pages(self, below: str = "", *, apart: bool = False) -> set[str]:
        """Return the paths of all published files that begin with `below`; `apart`: of all others."""
        word = "<>" if apart else "="
        rows = self._db.execute(f"select path from page where substr(path, 1, ?) {word} ?", (len(below), below))
        return {path for (path,) in rows}

    def published(self, path: str) -> str:
        """Return the digest of the published file at `path`, or an empty text."""
        row = self._db.execute("select digest from page where path = ?", (path,)).fetchone()
        return row[0] if row else ""

    def publish(self, pages: Iterable[tuple[str, str]]) -> None:
        """Remember `pages` (path, digest) as written."""
        self._db.executemany("insert or replace into page values (?, ?)", pages)

    def unpublish(self, paths: Iterable[str]) -> None:
        """Forget files that were removed."""
        self._db.executemany("delete from page where path = ?", [(path,) for path in paths])
