"""What is already known of the records, kept between runs in one SQLite file: text only, safe to delete.

It saves work and decides nothing. What it says of a record is used only while the bytes of the record's files, the
basis it was made on and its seal all agree; anything else is made anew. A damaged file is thrown away whole.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from stillup.records import extract
from stillup.records.story import COLUMNS, LONG, Rows, Seen, Story, checksum, rows
from stillup.records.vault import Damaged, Vault
from stillup.vocabulary import Kind

_HELD = 3_000
"""How many stories are held once they are proved: a run asks for the newest again and again."""

_ASKED = 200
"""How many stories one question asks for."""

_TEXTS = f"select {', '.join(LONG)} from story_text where id = ?"
_PUT = f"insert or replace into story values ({', '.join('?' for _ in COLUMNS)})"
_PUT_MADE = "insert or replace into made values (?, ?, ?, ?)"
_PUT_TEXTS = f"insert or replace into story_text values ({', '.join('?' for _ in ('id', *LONG))})"


class Index(Vault):
    """The open index: files and stories."""

    def __init__(self, path: Path | None, basis: str, parts: Mapping[str, str] = MappingProxyType({})) -> None:
        """Open the index at `path` (None: in memory) for work on `basis`: see `Vault`."""
        self._told: dict[str, tuple[str, Story]] = {}
        super().__init__(path, basis, parts)

    def forget(self, why: str) -> None:
        """Throw everything away and begin with an empty index."""
        self._told.clear()
        super().forget(why)

    def __enter__(self) -> "Index":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Files.

    def seen(self) -> dict[str, Seen]:
        """Return every record file by its path."""
        rows = self._db.execute("select path, size, mtime, digest from file")
        return {path: Seen(size=size, mtime=mtime, digest=digest) for path, size, mtime, digest in rows}

    def see(self, files: Iterable[tuple[str, Seen]]) -> None:
        """Remember `files` as read."""
        rows = [(path, seen.size, seen.mtime, seen.digest) for path, seen in files]
        self._db.executemany("insert or replace into file values (?, ?, ?, ?)", rows)

    def unsee(self, paths: Iterable[str]) -> None:
        """Forget files that are gone."""
        self._db.executemany("delete from file where path = ?", [(path,) for path in paths])

    # Stories.

    def put(self, stories: Iterable[Story], made: Iterable[tuple[Story, str, str]] = ()) -> None:
        """Keep `stories` in place of what was known under their ids, and what was `made` of some: name and text."""
        self.put_rows(rows(stories, self.basis, made))

    def put_rows(self, rows: Rows) -> None:
        """Keep the stories that `rows` were made of, on this index's basis."""
        ids = [(row[0],) for row in rows.short]
        for table in ("made", "listed", "held"):
            self._db.executemany(f"delete from {table} where id = ?", ids)
        self._db.executemany(_PUT, rows.short)
        self._db.executemany(_PUT_TEXTS, rows.long)
        self._db.executemany("insert into listed values (?, ?)", rows.days)
        self._db.executemany("insert into held values (?, ?, ?)", rows.held)
        self._db.executemany(_PUT_MADE, rows.made)

    def drop(self, ids: Iterable[str]) -> None:
        """Forget the stories of records that are gone."""
        gone = [(id,) for id in ids]
        for table in ("story", "story_text", "made", "listed", "held", "extract", "extract_text"):
            self._db.executemany(f"delete from {table} where id = ?", gone)

    def ids(self) -> set[str]:
        """Return the ids of all stories."""
        return {id for (id,) in self._db.execute("select id from story")}

    def public(self) -> list[str]:
        """Return the ids of all stories that have a page."""
        return [id for (id,) in self._db.execute("select id from story where worst <> ''")]

    def stale(self, at: int) -> set[str]:
        """Return the ids of stories that may read differently at `at` than when they were worked out."""
        rows = self._db.execute(
            "select id from story where settled = 0 and at <> ? union select id from story where last > ?", (at, at)
        )
        return {id for (id,) in rows}

    def touching(self, first: int, final: int) -> Iterator[Story]:
        """Return the public stories that touch `first`..`final`."""
        # Left alone, SQLite reads every row, or every row that began before a day: nearly all of them.
        ended = "select id from story indexed by story_final where final >= ?"
        return self._stories(f"id in ({ended}) and first <= ? and worst <> '' order by id", (first, final))

    def opened(self) -> Iterator[Story]:
        """Return the public stories that are not over."""
        return self._stories("open = 1 and worst <> '' order by id", ())

    def newest(self, count: int, kind: str = "", component: str = "") -> Iterator[Story]:
        """Return the stories among which the `count` newest entries are, of one kind or that name one component."""
        where, values = extract.chosen(kind, component)
        return self._stories(
            f"id in (select id from extract where {where} order by news desc, id limit ?) order by id", (*values, count)
        )

    def lately(self, since: int) -> Iterator[Story]:
        """Return the public stories that are open, or in which something happened from `since` on."""
        return self._stories("worst <> '' and (open = 1 or last >= ?) order by id", (since,))

    def due(self, at: int) -> int:
        """Return the first instant after `at` at which the clock alone changes a story; 0 where there is none."""
        return int(
            self._db.execute("select coalesce(min(due), 0) from story where due > 0 and due > ?", (at,)).fetchone()[0]
        )

    def coming(self, at: int) -> Iterator[Story]:
        """Return the stories that the clock alone will change after `at`, public or not."""
        return self._stories("due > ? order by id", (at,))

    def listed(self, first: str, final: str) -> Iterator[Story]:
        """Return the stories listed under a day from `first` to `final` (ISO dates), by id."""
        return self._stories("id in (select id from listed where day between ? and ?) order by id", (first, final))

    def days_of(self, ids: Iterable[str]) -> set[str]:
        """Return the days under which the stories of `ids` are listed."""
        found: set[str] = set()
        for id in ids:
            found.update(day for (day,) in self._db.execute("select day from listed where id = ?", (id,)))
        return found

    def first_month(self) -> str:
        """Return the earliest month (`2026-07`) under which something is listed; empty where nothing is."""
        row = self._db.execute("select min(day) from listed").fetchone()
        return str(row[0] or "")[:7]

    def past(self, kind: str, count: int) -> Iterator[Story]:
        """Return the `count` newest public stories of one kind that are over, newest first."""
        # Read from its end: what is open is little. Left alone, SQLite sorts every row of the kind.
        ended = "select id from story indexed by story_first where kind = ? and open = 0 and worst <> ''"
        return self._stories(f"id in ({ended} order by first desc, id limit ?) order by first desc, id", (kind, count))

    def resolved(self, kind: str, count: int) -> Iterator[Story]:
        """Return the `count` public stories of one kind that were closed last, newest first."""
        return self._stories(
            "kind = ? and resolved > 0 and worst <> '' order by resolved desc, id limit ?", (kind, count)
        )

    def some(self, ids: Iterable[str]) -> Iterator[Story]:
        """Return the public stories of `ids`, by id."""
        wanted = sorted(ids)
        for start in range(0, len(wanted), _ASKED):
            asked = tuple(wanted[start : start + _ASKED])
            marks = ", ".join("?" for _ in asked)
            yield from self._stories(f"id in ({marks}) and worst <> '' order by id", asked)

    def holding(self, component: str, count: int) -> Iterator[Story]:
        """Return the `count` newest public stories that ever held `component`, newest first."""
        return self._stories(
            "worst <> '' and id in (select id from held where component = ? order by first desc, id limit ?)"
            " order by first desc, id",
            (component, count),
        )

    def places(self, first: str, final: str) -> list[tuple[str, int]]:
        """Return id and newest event of the public stories listed under a day from `first` to `final`, by id."""
        rows = self._db.execute(
            "select id, last from story indexed by story_public where worst <> ''"
            " and id in (select id from listed where day between ? and ?) order by id",
            (first, final),
        )
        return list(rows)

    def tallies(self, first: str, final: str, *, by_month: bool) -> Iterator[tuple[str, str, str, int]]:
        """Return month (or an empty text), kind, worst state and number of what is listed from `first` to `final`."""
        month = "substr(day, 1, 7)" if by_month else "''"
        yield from self._db.execute(
            f"select {month}, kind, worst, count(distinct id) from listed join story indexed by story_public using (id)"
            " where worst <> '' and day between ? and ? group by 1, 2, 3",
            (first, final),
        )

    def begun(self, count: int) -> Iterator[Story]:
        """Return the `count` public stories that began last, newest first."""
        one = "select id, first from story indexed by story_first where kind = ? order by first desc, id limit ?"
        each = " union all ".join(f"select * from ({one})" for _ in Kind)
        values = (value for kind in Kind for value in (kind, count))
        newest = f"select id from ({each}) order by first desc, id limit ?"  # what is hidden has 0
        return self._stories(f"worst <> '' and id in ({newest}) order by first desc, id", (*values, count))

    def at(self, path: str) -> str:
        """Return the id of the record whose main file is `path`; empty where there is none."""
        row = self._db.execute("select id from story where path = ?", (path,)).fetchone()
        return str(row[0]) if row else ""

    def path(self, id: str) -> str:
        """Return the main file of the record `id`; empty where there is none."""
        return self._of("path", id)

    def count(self) -> int:
        """Return how many records are known."""
        return int(self._db.execute("select count(*) from story").fetchone()[0])

    def digest(self, id: str) -> str:
        """Return the digest of the files of `id`; empty where it is not known."""
        return self._of("digest", id)

    def _of(self, column: str, id: str) -> str:
        row = self._db.execute(f"select {column} from story where id = ?", (id,)).fetchone()
        return str(row[0]) if row else ""

    def one(self, id: str) -> Story | None:
        """Return the story of `id`."""
        return next(self._stories("id = ?", (id,)), None)

    def having(self, name: str) -> Iterator[Story]:
        """Return every story that has something under `name` (warnings or codes), by id."""
        return self._stories(f"{name} <> '[]' order by id", ())

    def references(self) -> Iterator[tuple[str, str]]:
        """Return the reference of every story that has one, with its main file."""
        yield from self._db.execute("select reference, path from story where reference <> '' order by reference, path")

    def _stories(self, where: str, values: tuple[object, ...]) -> Iterator[Story]:
        for row in self._db.execute(f"select {', '.join(COLUMNS)} from story where {where}", values):
            *short, seal = row
            known = self._told.get(row[0])
            if known is not None and known[0] == seal:
                yield known[1]
                continue
            texts = self.text(_TEXTS, (row[0],))
            if not texts or checksum((self.basis, *short, *texts)) != seal:
                raise Damaged(row[0])
            id, at, settled, last, is_open, *rest = short
            story = Story(id, at, bool(settled), last, bool(is_open), *rest, *texts)
            if len(self._told) < _HELD:
                self._told[id] = (seal, story)
            yield story

    def made(self, story: Story, what: str) -> str:
        """Return the text `what` that was made of a record as it is now; empty where nobody asked for it yet."""
        asked = "select body, seal from made where id = ? and what = ?"
        row = self.text(asked, (story.id, what))
        if not row:
            return ""
        body, seal = row
        if seal != story.seal(self.basis, what, body):
            raise Damaged(f"{what} of {story.id}")
        return str(body)

    def remember(self, story: Story, what: str, body: str) -> None:
        """Keep the text `body` that was made of a record on demand, until the record is another."""
        self._db.execute(_PUT_MADE, (story.id, what, body, story.seal(self.basis, what, body)))
