"""The numbers that one incident alone has: its reference and its chat channel.

Two people who open incidents at the same time in two clones give both the same number, and nothing in git objects when
their work comes together. A page with such a pair can be published all the same: customers wait for its words.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from stillup.errors import Problem
from stillup.frozen import dataclass
from stillup.records.folder import contents, record_files
from stillup.records.index import Index
from stillup.records.reading import read
from stillup.records.settings import Settings

NUMBER = re.compile(r"(INC-|#incident-)([0-9]{4}-[0-9]{2}-[0-9]{2})-([0-9]{3,9})")
"""The prefix, the day and the number of the day."""

NUMBERED = ("reference", "channel")
"""The fields that may have such a value; of a public record the first alone."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A record that has a number."""

    path: str
    """Of its file, as problems name it."""

    id: str
    field: str
    value: str

    at: Problem
    """A problem without words at the number's place."""


def repeated(root: Path, settings: Settings, index: Index) -> tuple[Problem, ...]:
    """Return a problem for each reference and each channel that two incidents have, at the later file of the two.

    Public records are known by `index`, private ones are read. The two sides of one incident have one number. A private
    value is not quoted; one incident gets one free number for both.
    """
    holders: dict[tuple[str, str], list[Holder]] = {}
    highest: dict[str, int] = {}
    public = [(value, path) for value, path in index.references() if NUMBER.fullmatch(value)]
    private = list(_private(root, settings))
    for value in (*(value for value, _ in public), *(each.value for each in private)):
        if number := NUMBER.fullmatch(value):
            highest[number[2]] = max(highest.get(number[2], 0), int(number[3]))
    twice = {value for (value, _), (after, _) in zip(public, public[1:], strict=False) if value == after}
    wanted = twice | {each.value for each in private if each.field == "reference"}
    found = (
        holder for value, path in public if value in wanted for holder in _holder(root, path, path, ("reference",))
    )
    for each in (*found, *private):
        holders.setdefault((each.field, each.value), []).append(each)
    given: dict[tuple[str, str], int] = {}
    problems = []
    for (field, value), all_of_it in sorted(holders.items()):
        first, *others = sorted(all_of_it, key=lambda each: each.path)
        for other in others:
            number = NUMBER.fullmatch(value)
            if other.id == first.id or number is None:
                continue
            day = number[2]
            if (other.id, day) not in given:
                given[other.id, day] = highest[day] = highest[day] + 1
            free = f"{number[1]}{day}-{given[other.id, day]:03}"
            place = f"{first.path}:{first.at.line}:{first.at.column}"
            problems.append(
                Problem(
                    file=other.path,
                    line=other.at.line,
                    column=other.at.column,
                    field=field,
                    code=f"duplicate-{field}",
                    message=f"Another incident has this {field} too, at {place}.",
                    fix=f'Write "{free}", which is free.' if field == "channel" else f"Write {free}, which is free.",
                )
            )
    return tuple(sorted(problems))


def _private(root: Path, settings: Settings) -> Iterator[Holder]:
    base, named = root / settings.private, settings.private.rstrip("/")
    if (base / "incidents").is_dir():
        for file in record_files(base, "incidents")[0]:
            yield from _holder(base, file.path, f"{named}/{file.path}", NUMBERED)


def _holder(base: Path, path: str, named: str, fields: tuple[str, ...]) -> Iterator[Holder]:
    """Yield the numbers in the file at `path`; one that cannot be read has none, which others say."""
    data, problem = contents(base, path)
    document = None if problem else read(data, named)[0]
    if document is None:
        return
    for field in fields:
        value = document.at((field,))
        if isinstance(value, str) and NUMBER.fullmatch(value):
            yield Holder(named, Path(path).stem, field, value, document.problem((field,), ""))
