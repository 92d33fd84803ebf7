"""The extracts of all records, beside their stories in the index."""

from collections.abc import Iterable, Iterator

from stillup.records.extract import LONG, SHORT, Extract
from stillup.records.index import Index
from stillup.records.story import checksum
from stillup.records.vault import Damaged

_HELD = 5_000
"""How many extracts are held once they are proved: a year's lists and its part of the manifest ask for the same."""

_TEXTS = f"select {', '.join(LONG)} from extract_text where id = ?"
_PUT = f"insert or replace into extract values ({', '.join('?' for _ in (*SHORT, 'head', 'seal'))})"
_PUT_TEXTS = f"insert or replace into extract_text values ({', '.join('?' for _ in ('id', *LONG))})"


class Shelf:
    """Every method may raise `Damaged`: then nothing in the index can be trusted."""

    def __init__(self, index: Index) -> None:
        """Use what stands in `index`."""
        self._index = index
        self._told: dict[str, tuple[str, Extract]] = {}

    def one(self, id: str) -> Extract | None:
        """Return the extract of `id`."""
        return next(self._found("where id = ?", (id,)), None)

    def put(self, extracts: Iterable[Extract]) -> None:
        """Keep `extracts` in place of those of the same ids."""
        extracts = tuple(extracts)
        self._index.write(_PUT, [each.row(self._index.basis) for each in extracts])
        self._index.write(_PUT_TEXTS, [each.texts() for each in extracts])

    def drop(self, ids: Iterable[str]) -> None:
        """Forget those of `ids`."""
        gone = [(id,) for id in ids]
        for table in ("extract", "extract_text"):
            self._index.write(f"delete from {table} where id = ?", gone)

    def of_year(self, year: int) -> Iterator[Extract]:
        """Return those of records that began in `year`, by id."""
        return self._found("where year = ? order by id", (year,))

    def listed_in(self, year: int) -> Iterator[Extract]:
        """Return those of records that lists show under `year`, by id."""
        return self._found("where id in (select id from listed where day between ? and ?) order by id", _days(year))

    def spoken_in(self, month: str) -> Iterator[Extract]:
        """Return those of records with an entry in `month` (`2026-11`), by id."""
        # The inner question is answered by an index alone: rows are long, and there is one for each record.
        chosen = "where id in (select id from extract indexed by extract_counts where counts like ?) order by id"
        return self._found(chosen, (f"%{month}:%",))

    def lined_from(self, head: str) -> Iterator[Extract]:
        """Return those whose line begins with the seven letters `head` or with later ones, by id."""
        return self._found("where head >= ? and substr(head, 1, 1) <> char(10) order by id", (head,))

    def names(self) -> dict[str, tuple[str, ...]]:
        """Return by id what every record is called below `incidents/`."""
        rows = self._index.rows("select id, names from extract")
        return {id: (id, *names.split()) for id, names in rows}

    def years(self) -> set[int]:
        """Return every year in which a record began."""
        return {year for (year,) in self._index.rows("select distinct year from extract")}

    def _found(self, where: str, values: Iterable[object]) -> Iterator[Extract]:
        for *short, seal in self._index.rows(f"select {', '.join(SHORT)}, seal from extract {where}", values):
            known = self._told.get(short[0])
            if known is not None and known[0] == seal:
                yield known[1]
                continue
            texts = self._index.text(_TEXTS, (short[0],))
            if not texts or checksum((self._index.basis, *short, *texts)) != seal:
                raise Damaged(short[0])
            extract = Extract(**dict(zip((*SHORT, *LONG), (*short, *texts), strict=True)))
            if len(self._told) < _HELD:
                self._told[extract.id] = (seal, extract)
            yield extract


def _days(year: int) -> tuple[str, str]:
    return f"{year}-01-01", f"{year}-12-31"
