"""The extracts of all records, beside their stories in the index."""

from collections.abc import Iterable, Iterator

from stillup.records.extract import FIELDS, Extract
from stillup.records.index import Index
from stillup.records.story import checksum
from stillup.records.vault import Damaged

_ALL = f"select {', '.join(FIELDS)}, seal from extract"
_HELD = 5_000
"""How many extracts are held once they are proved: a year's lists and its part of the manifest ask for the same."""

_PUT = f"insert or replace into extract values ({', '.join('?' for _ in (*FIELDS, 'seal'))})"


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
        self._index.write(_PUT, [each.row(self._index.basis) for each in extracts])

    def drop(self, ids: Iterable[str]) -> None:
        """Forget those of `ids`."""
        self._index.write("delete from extract where id = ?", [(id,) for id in ids])

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
        return self._found("where substr(line, 1, 7) >= ? and substr(line, 1, 1) <> char(10) order by id", (head,))

    def names(self) -> dict[str, tuple[str, ...]]:
        """Return by id what every record is called below `incidents/`."""
        rows = self._index.rows("select id, names from extract")
        return {id: (id, *names.split()) for id, names in rows}

    def years(self) -> set[int]:
        """Return every year in which a record began."""
        return {year for (year,) in self._index.rows("select distinct year from extract")}

    def _found(self, where: str, values: Iterable[object]) -> Iterator[Extract]:
        for row in self._index.rows(f"{_ALL} {where}", values):
            known = self._told.get(row[0])
            if known is not None and known[0] == row[-1]:
                yield known[1]
                continue
            if checksum((self._index.basis, *row[:-1])) != row[-1]:
                raise Damaged(row[0])
            extract = Extract(*row[:-1])
            if len(self._told) < _HELD:
                self._told[extract.id] = (row[-1], extract)
            yield extract


def _days(year: int) -> tuple[str, str]:
    return f"{year}-01-01", f"{year}-12-31"
