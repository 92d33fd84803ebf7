"""CSV, strictly: cells with their places, and a writer whose files a spreadsheet opens without running them.

A cell that begins with = + - @ or an apostrophe is written with an apostrophe before it, which spreadsheets show as
text; reading takes that apostrophe away again.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from stillup.errors import Problem

_ACTIVE = ("=", "+", "-", "@", "'")
_QUOTED = re.compile(r'"((?:[^"]|"")*)"').match
_BARE = re.compile(r"[^,\r\n]*").match
_END = re.compile(r"\r\n|\r|\n|\Z").match
_NEEDS_QUOTES = re.compile(r'[",\r\n]').search


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the file, both counted from 0."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its cells, and where each begins."""

    cells: tuple[str, ...]
    starts: tuple[int, ...]


class Broken(ValueError):
    """A place at which the text is no CSV: nothing behind it can be trusted."""

    def __init__(self, start: int, message: str, fix: str) -> None:
        """Keep where it is, what is wrong and what to write."""
        super().__init__(message)
        self.start, self.message, self.fix = start, message, fix


class Table:
    """The text of a CSV file."""

    def __init__(self, text: str, file: str) -> None:
        """Prepare to read `text`, which problems call `file`."""
        self.text, self.file = text, file
        self._lines = [0, *(found.end() for found in re.finditer(r"\r\n|\r|\n", text))]

    def rows(self) -> Iterator[Line]:
        """Yield every row that is not empty, the one with the names of columns first.

        Raises:
            Broken: at the first place that is no CSV.
        """
        at, text = 0, self.text
        while at < len(text):
            cells: list[str] = []
            starts: list[int] = []
            while True:
                starts.append(at)
                cell, at = self._cell(at)
                cells.append(cell)
                if text[at : at + 1] != ",":
                    break
                at += 1
            end = _END(text, at)
            assert end is not None, "a cell ends at a comma or at the end of its line"
            at = end.end()
            if cells != [""]:
                yield Line(tuple(cells), tuple(starts))

    def place(self, start: int) -> Place:
        """Return line and column of the character `start`."""
        line = bisect_right(self._lines, start) - 1
        return Place(line, start - self._lines[line])

    def problem(self, start: int, field: str, message: str, fix: str, code: str = "csv") -> Problem:
        """Return a problem at the character `start`."""
        place = self.place(start)
        return Problem(
            file=self.file,
            line=place.line + 1,
            column=place.column + 1,
            field=field,
            code=code,
            message=message,
            fix=fix,
        )

    def _cell(self, at: int) -> tuple[str, int]:
        text = self.text
        if text[at : at + 1] == '"':
            quoted = _QUOTED(text, at)
            if quoted is None:
                raise Broken(at, "This quote is never closed.", 'Write " at the end of the cell.')
            end = quoted.end()
            if text[end : end + 1] not in {",", "\r", "\n", ""}:
                raise Broken(end, "The cell goes on after its closing quote.", 'Write a quote inside a cell twice: "".')
            value = quoted[1].replace('""', '"')
        else:
            bare = _BARE(text, at)
            assert bare is not None, "the expression takes an empty text as well"
            value, end = bare[0], bare.end()
            if '"' in value:
                start = at + value.index('"')
                raise Broken(start, "There is a quote inside a cell that has none around it.", "Quote the whole cell.")
        value = value.strip(" ")
        return value[1:] if value[:1] == "'" and value[1:2] in _ACTIVE else value, end


def text_of(names: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a CSV file, each with its line end (RFC 4180)."""
    yield ",".join(names) + "\r\n"
    for row in rows:
        yield ",".join(map(_written, row)) + "\r\n"


def _written(cell: str) -> str:
    cell = f"'{cell}" if cell.startswith(_ACTIVE) else cell
    return '"' + cell.replace('"', '""') + '"' if _NEEDS_QUOTES(cell) else cell
