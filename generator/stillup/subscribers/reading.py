"""From the bytes of a YAML or CSV file to subscriptions: every problem with its place, and without the address."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from pathlib import PurePath
from typing import Any

from pydantic_core import ValidationError

from stillup.errors import Level, Problem
from stillup.records import syntax
from stillup.records.document import Document, Loc, Mark
from stillup.records.reading import MANY, read
from stillup.records.refusal import Unusable, choice
from stillup.records.shape import shaped
from stillup.records.subscriber import ALL, SubscriberFacts
from stillup.records.validation import validator
from stillup.subscribers.address import normal
from stillup.subscribers.subscription import Subscription, of_facts
from stillup.subscribers.table import Broken, Line, Table

COLUMNS = tuple(part.name for part in fields(SubscriberFacts))
"""What a file may say of a subscription; the columns of a CSV, in this order where we write one."""

_LISTS = frozenset({"components", "kinds"})
_MOST = {".yml": 8 << 20, ".yaml": 8 << 20, ".csv": 256 << 20}
_TOLD = re.compile(r'"[^"]*(?:@|://|\+?\d{5})[^"]*"')


@dataclass(frozen=True, slots=True)
class Read:
    """What a file says."""

    subscriptions: tuple[Subscription, ...]
    """In the order of the file; with a problem in the file, those without one."""

    problems: tuple[Problem, ...] = ()
    starts: tuple[int, ...] = ()
    """Of YAML: the line, from 0, on which each entry begins."""

    @property
    def sound(self) -> bool:
        """Whether there are warnings at most."""
        return all(problem.level is Level.WARNING for problem in self.problems)


def subscriptions(data: bytes, file: str, trusted: Collection[str] = ()) -> Read:
    """Return what `data`, the bytes of `file`, says; the end of its name tells its form.

    `trusted` are hosts of our own network that webhooks may lead to.
    """
    suffix = PurePath(file).suffix.lower()
    most = _MOST[suffix]
    if len(data) > most:
        fix = "Keep so many subscribers in a database: sqlite: and its path."
        message = f"The file has more than {most >> 20} MB."
        return Read((), (Problem(file=file, code="size", message=message, fix=fix),))
    gathering = _Gathering(trusted)
    found = _of_csv(data, file, gathering) if suffix == ".csv" else _of_yaml(data, file, most, gathering)
    problems = tuple(sorted(replace(each, message=_TOLD.sub("This", each.message)) for each in found.problems))
    return replace(found, problems=problems)


def unknown(found: Collection[Subscription], components: Collection[str]) -> Iterator[tuple[Subscription, str]]:
    """Yield what subscriptions follow and the page does not have; `components` are its ids and `group:` ids."""
    for subscription in found:
        for name in subscription.reach.components.split():
            if name not in components:
                yield subscription, name


class _Gathering:
    """Collects subscriptions, and finds ids and whole subscriptions that stand there twice."""

    def __init__(self, trusted: Collection[str]) -> None:
        self._trusted = trusted
        self.found: list[Subscription] = []
        self.problems: list[Problem] = []
        self._ids: dict[str, int] = {}
        self._same: dict[tuple[str, ...], int] = {}
        self._of_address: Counter[tuple[str, str]] = Counter()

    def add(self, facts: SubscriberFacts, document: Document, loc: Loc, line: int) -> bool:
        """Take an entry, unless something is wrong with it as a whole; `line` is counted from 1."""
        try:
            address, key = normal(facts.channel, facts.address, self._trusted)
        except Unusable as error:
            self.problems.append(document.problem((*loc, "address"), error.message, error.fix, code="address"))
            return False
        if facts.secret and facts.channel != "webhook":
            message, fix = "Only a webhook is signed.", "Leave the secret out."
            self.problems.append(document.problem((*loc, "secret"), message, fix, code="contradiction", at_key=True))
            return False
        self._of_address[facts.channel, key] += 1
        taken = of_facts(facts, address, key, self._of_address[facts.channel, key])
        if taken.id in self._ids:
            message = f"This id stands on line {self._ids[taken.id]} as well."
            fix = "Give one of the two another, or leave it out to have one made."
            self.problems.append(document.problem((*loc, "id"), message, fix, code="duplicate-id"))
            return False
        if taken.same in self._same:
            message = f"The same subscription stands on line {self._same[taken.same]} already."
            self.problems.append(
                document.problem(loc, message, "Delete one of the two.", code="duplicate", level=Level.WARNING)
            )
        self._ids[taken.id] = line
        self._same.setdefault(taken.same, line)
        self.found.append(taken)
        return True


def _of_yaml(data: bytes, file: str, most: int, gathering: _Gathering) -> Read:
    if not data.strip():
        return Read(())
    document, problems = read(data, file, most)
    if document is None:
        return Read((), tuple(problem for problem in problems if problem.code != "empty"))
    if not isinstance(document.value, list):
        message, fix = "Subscribers are a list.", "Begin each of them with a dash, as in - {channel: email, ...}."
        return Read((), (*problems, document.problem((), message, fix, code="type")))
    gathering.problems += problems
    starts = []
    for number, entry in enumerate(document.value):
        if len(gathering.problems) >= MANY:
            break
        loc: Loc = (number,)
        taken = shaped(document, SubscriberFacts, entry, loc)
        gathering.problems += taken.problems
        line = document.values[loc].line
        if taken.value is not None and not taken.lost and gathering.add(taken.value, document, loc, line + 1):
            starts.append(line)
    return Read(tuple(gathering.found), tuple(gathering.problems), tuple(starts))


def _of_csv(data: bytes, file: str, gathering: _Gathering) -> Read:
    text, undecoded = syntax.decoded(data, file)
    if undecoded:
        return Read((), undecoded)
    table = Table(text, file)
    try:
        rows = table.rows()
        head = next(rows, None)
        if head is None:
            return Read(())
        gathering.problems += _head(table, head)
        if gathering.problems:
            return Read((), tuple(gathering.problems))
        check = validator(SubscriberFacts).validate_python
        for row in rows:
            if len(gathering.problems) >= MANY:
                break
            _row(table, head, row, gathering, check)
    except Broken as broken:
        gathering.problems.append(table.problem(broken.start, "", broken.message, broken.fix))
    return Read(tuple(gathering.found), tuple(gathering.problems))


def _head(table: Table, head: Line) -> Iterator[Problem]:
    if len(head.cells) == 1 and (";" in head.cells[0] or "\t" in head.cells[0]):
        fix = "Save it with commas between the columns."
        yield table.problem(head.starts[0], "", "The columns are not divided by commas.", fix)
        return
    seen: set[str] = set()
    for name, start in zip(head.cells, head.starts, strict=True):
        if name not in COLUMNS:
            yield table.problem(start, "", f'"{name[:60]}" is no column.', choice(name, COLUMNS) or _ALL_COLUMNS)
        elif name in seen:
            yield table.problem(start, name, "The column stands here a second time.", "Keep one of the two.")
        seen.add(name)
    for name in ("channel", "address"):
        if name not in seen:
            yield table.problem(head.starts[0], name, "There is no such column.", _ALL_COLUMNS)


_ALL_COLUMNS = f"The first row names the columns: {', '.join(COLUMNS)}."


def _row(table: Table, head: Line, row: Line, gathering: _Gathering, check: Callable[[object], Any]) -> None:
    if len(row.cells) != len(head.cells):
        message = f"This row has {len(row.cells)} cells, and the first row names {len(head.cells)} columns."
        gathering.problems.append(table.problem(row.starts[0], "", message, "Add or delete commas."))
        return
    entry = {name: _value(name, cell) for name, cell in zip(head.cells, row.cells, strict=True) if cell}
    document = Document(table.file, entry, _Marks(table, head, row))
    try:
        facts = check(entry)
    except ValidationError:
        gathering.problems += shaped(document, SubscriberFacts, entry).problems
        return
    gathering.add(facts, document, (), table.place(row.starts[0]).line + 1)


@lru_cache(maxsize=1024)
def _cut(cell: str) -> tuple[str, ...]:
    return tuple(cell.split())


def _value(name: str, cell: str) -> object:
    if name not in _LISTS or (name == "components" and cell == ALL):
        return cell
    return list(_cut(cell))


class _Marks(dict[Loc, Mark]):
    """Where the cells of a row begin: counted only when somebody asks."""

    def __init__(self, table: Table, head: Line, row: Line) -> None:
        super().__init__()
        self._table, self._head, self._row = table, head, row

    def get(self, loc: Loc, default: object = None) -> Mark | None:  # type: ignore[override]
        """Return the place of a cell, or of the row."""
        name = str(loc[0]) if loc else ""
        number = self._head.cells.index(name) if name in self._head.cells else 0
        return self._table.place(self._row.starts[number])
