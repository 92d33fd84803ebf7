"""What a run moves in the documents that tell of everything: only those are drawn again.

Every record is compared with what the index kept of it. The lists it stood in before count as much as those it stands
in now.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from stillup.api.history import Line
from stillup.pipeline.tree.splice import Splice
from stillup.records.extract import Extract
from stillup.records.index import Index
from stillup.records.shelf import Shelf

_BATCH = 500


class Movement:
    """Collects what moves while the run writes the files of single records."""

    def __init__(self, index: Index, before: Mapping[str, Extract], *, fresh: bool) -> None:
        """Compare with `before`; `fresh`: the index knew nothing, and everything is new."""
        self._index, self._before, self._fresh = index, before, fresh
        self.shelf = Shelf(index)
        self._batch: list[Extract] = []
        self.years: set[int] = set()
        """In whose list something changed."""

        self.months: set[str] = set()
        """In whose part of the history something changed."""

        self.feeds = False
        """Whether any entry is new, gone or another."""

        self.kinds: set[str] = set()
        self.components: set[str] = set()
        """With such an entry."""

        self.spoken: set[str] = set()
        """The months of such entries."""

        self.parts: set[int] = set()
        """The years of records with a file that is new, gone or another."""

        self.in_years: defaultdict[int, Splice] = defaultdict(Splice)
        self.in_history = Splice()
        self.in_parts: defaultdict[int, Splice] = defaultdict(Splice)
        """What changed in the list of each year, in the history, in the part of the manifest of each year."""

        self.names: set[str] = set()
        """What touched records were called below `incidents/`: whatever is there and was not written must go."""

        self.counts: dict[str, int] = {} if fresh else json.loads(index.note("entries") or "{}")
        """How many entries each month has."""

        for id, extract in before.items():
            self.names |= {id, *extract.names.split()}

    def turn(self, new: Extract) -> None:
        """Take a record as it is now."""
        old = self._before.get(new.id)
        if new != old:
            self._compare(old, new)
            self._batch.append(new)
            if len(self._batch) == _BATCH:
                self._flush()

    def refile(self, id: str, files: Mapping[str, str]) -> None:
        """Take other `files`, by path as they stand in the manifest, of a record that did not change itself."""
        old = self.shelf.one(id)
        if old is None:
            return
        known = {json.loads(each)["path"]: each for each in pieces(old.files)}
        now = ",".join({**known, **files}.values())
        if now != old.files:
            self.parts.add(old.year)
            self.in_parts[old.year].replace(old.files, now)
            self.shelf.put([replace(old, files=now)])

    def drop(self, ids: Iterable[str]) -> None:
        """Take records away."""
        gone = tuple(ids)
        for id in gone:
            if id in self._before:
                self._compare(self._before[id], None)
        self.shelf.drop(gone)

    def close(self) -> None:
        """Keep everything."""
        self._flush()
        self.counts = {month: count for month, count in sorted(self.counts.items()) if count}
        self._index.keep("entries", json.dumps(self.counts))

    def _flush(self) -> None:
        self.shelf.put(self._batch)
        self._batch.clear()

    def _compare(self, old: Extract | None, new: Extract | None) -> None:
        both = [each for each in (old, new) if each is not None]
        if old is None or new is None or old.files != new.files or old.year != new.year:
            self.parts.update(each.year for each in both)
            self._in_parts(old, new)
        if old is None or new is None or (old.line, old.years) != (new.line, new.years):
            self.years.update(int(year) for each in both for year in each.years.split())
            self.months.update(Line.of(each.line).filed[:7] for each in both)
            self._in_lists(old, new)
        if old is None or new is None or (old.feed, old.kind) != (new.feed, new.kind):
            self.feeds = True
            for each in both:
                self.kinds.add(each.kind)
                self.components.update(each.components.split())
                self.spoken.update(each.months())
            for extract, sign in ((old, -1), (new, 1)):
                for month, count in extract.months().items() if extract is not None else ():
                    self.counts[month] = self.counts.get(month, 0) + sign * count

    def _in_parts(self, old: Extract | None, new: Extract | None) -> None:
        if old is not None and new is not None and old.year == new.year:
            self.in_parts[old.year].replace(old.files, new.files)
        else:
            for each in filter(None, (old, new)):
                self.in_parts[each.year].move()

    def _in_lists(self, old: Extract | None, new: Extract | None) -> None:
        """Lists go by what a line is filed under, then by its code or id: where these stay, so does its place."""
        both = [each for each in (old, new) if each is not None]
        lines = [Line.of(each.line) for each in both]
        years = {int(year) for each in both for year in each.years.split()}
        places = {(each.years, each.names, line.filed) for each, line in zip(both, lines, strict=True)}
        if len(both) > 1 and len(places) == 1:
            before, after = lines
            for number in years:
                self.in_years[number].replace(before.row, after.row)
            if before.filed:
                self.in_history.replace(before.past, after.past)
        else:
            for number in years:
                self.in_years[number].move()
            self.in_history.move()


def pieces(files: str) -> list[str]:
    """Return the files of one record as they stand in its extract, each as JSON."""
    return [f"{each}}}" for each in files.removesuffix("}").split("},")] if files else []
