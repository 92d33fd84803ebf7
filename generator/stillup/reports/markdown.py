"""A document as Markdown, which also reads well as plain text."""

import re
from collections.abc import Iterator

from stillup.reports.document import Chart, Document, Facts, Part, Points, Table, Tasks, Text

_SPECIAL = re.compile(r"([\\`*_\[\]<>|])")


def markdown(document: Document) -> str:
    """Return the whole document."""
    return "\n".join(_lines(document)) + "\n"


def escaped(text: str) -> str:
    """Return `text` so that nothing in it is markup, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _lines(document: Document) -> Iterator[str]:
    yield f"# {escaped(document.title)}"
    yield ""
    yield f"{escaped(document.marking)}. {escaped(document.origin.organisation)}. {escaped(document.origin.line())}"
    if document.note:
        yield ""
        yield f"**{escaped(document.note)}**"
    for section in document.sections:
        yield ""
        yield f"## {escaped(section.title)}"
        for part in section.parts:
            yield ""
            yield from _part(part)
    if document.definitions:
        yield ""
        yield "## Definitions"
        yield ""
        yield from (f"- {escaped(line)}" for line in document.definitions)


def _part(part: Part) -> Iterator[str]:
    match part:
        case Text():
            yield escaped(part.text)
        case Facts():
            yield from (f"- **{escaped(name)}**: {escaped(value)}" for name, value in part.facts)
        case Points():
            marks = (f"{number}." if part.numbered else "-" for number in range(1, len(part.points) + 1))
            yield from (f"{mark} {escaped(point)}" for mark, point in zip(marks, part.points, strict=True))
            if not part.points:
                yield escaped(part.otherwise)
        case Tasks():
            yield from (f"- [{'x' if task.done else ' '}] {escaped(task.text)}" for task in part.tasks)
            if not part.tasks:
                yield escaped(part.otherwise)
        case Table():
            yield from _table(part)
        case Chart():
            yield f"{escaped(part.text)} The drawing stands in the HTML document."


def _table(table: Table) -> Iterator[str]:
    if table.caption:
        yield escaped(table.caption)
        yield ""
    if not table.rows:
        yield escaped(table.otherwise)
        return
    cells = [[escaped(cell) for cell in row] for row in (table.heads, *table.rows)]
    wide = [max(3, *(len(row[column]) for row in cells)) for column in range(len(table.heads))]
    for number, row in enumerate(cells):
        padded = [
            cell.rjust(wide[column]) if column in table.numbers else cell.ljust(wide[column])
            for column, cell in enumerate(row)
        ]
        yield f"| {' | '.join(padded)} |"
        if number == 0:
            rules = ["-" * (wide[c] - 1) + (":" if c in table.numbers else "-") for c in range(len(wide))]
            yield f"| {' | '.join(rules)} |"
