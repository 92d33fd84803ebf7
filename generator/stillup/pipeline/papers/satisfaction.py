"""`csat.csv` in the private folder: how satisfied customers were, a day a line. Without it nobody speaks of that."""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from zoneinfo import ZoneInfo

from stillup.errors import Problem, RecordError
from stillup.records.moment import day
from stillup.records.refusal import Unusable
from stillup.records.settings import Settings
from stillup.reports.survey import Score

NAME = "csat.csv"
_HEADS = ("date", "score", "responses")
_MOST = 1_048_576


def scores(folder: Path, settings: Settings, at: datetime) -> tuple[Score, ...] | None:
    """Return the lines of days up to that of `at`, oldest first; None where there is no such file.

    Raises:
        RecordError: with every problem of the file.
    """
    path = folder / NAME
    if not path.is_file():
        return None
    named = f"{settings.private.rstrip('/')}/{NAME}"
    if path.stat().st_size > _MOST:
        raise RecordError(
            [Problem(file=named, message="The file is larger than a megabyte.", fix="Write a line a day.")]
        )
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RecordError([Problem(file=named, message="This is not UTF-8.", fix="Save it as UTF-8.")]) from None
    found, problems = _read(text, named)
    if problems:
        raise RecordError(problems)
    today = at.astimezone(ZoneInfo(settings.timezone)).date()
    return tuple(sorted((each for each in found if each.day <= today), key=lambda each: each.day))


def _read(text: str, named: str) -> tuple[list[Score], list[Problem]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    found: list[Score] = []
    problems: list[Problem] = []
    seen: set[date] = set()
    try:
        for row in reader:
            if reader.line_num == 1 and tuple(cell.strip() for cell in row) != _HEADS:
                fix = f"Write {','.join(_HEADS)} into the first line."
                return [], [Problem(file=named, message="The heads of the columns are others.", fix=fix)]
            if reader.line_num == 1 or not any(cell.strip() for cell in row):
                continue
            wrong = list(_faults(row, reader.line_num, named))
            problems += wrong
            if not wrong:
                score = Score(day=day(row[0].strip()), score=Decimal(row[1].strip()), responses=int(row[2]))
                if score.day in seen:
                    message, fix = "This day stands here twice.", "Join both into one line."
                    problems.append(Problem(file=named, line=reader.line_num, field="date", message=message, fix=fix))
                seen.add(score.day)
                found.append(score)
    except csv.Error as error:
        message = f"This is not CSV: {error}."
        problems.append(Problem(file=named, line=reader.line_num, message=message, fix="Close the quotes."))
    if not text.strip():
        problems.append(Problem(file=named, message="The file is empty.", fix=f"Write {','.join(_HEADS)} first."))
    return found, problems


def _faults(row: list[str], line: int, named: str) -> Iterator[Problem]:
    cells = [cell.strip() for cell in row]
    if len(cells) != len(_HEADS):
        message = f"There are {len(cells)} cells instead of {len(_HEADS)}."
        yield Problem(file=named, line=line, message=message, fix="Write a day, a score and a number of responses.")
        return
    columns = [1, 1 + len(row[0]) + 1, 1 + len(row[0]) + 1 + len(row[1]) + 1]
    try:
        day(cells[0])
    except Unusable as error:
        yield Problem(file=named, line=line, column=columns[0], field="date", message=str(error), fix=error.fix)
    if not _is_score(cells[1]):
        message, fix = "This is not a score.", "Write a number from 0 to 100, as in 4.2."
        yield Problem(file=named, line=line, column=columns[1], field="score", message=message, fix=fix)
    if not (cells[2].isascii() and cells[2].isdigit() and len(cells[2]) < 12 and int(cells[2]) > 0):
        message, fix = "This is not how many people answered.", "Write a whole number above zero."
        yield Problem(file=named, line=line, column=columns[2], field="responses", message=message, fix=fix)


def _is_score(written: str) -> bool:
    try:
        value = Decimal(written)
    except InvalidOperation:
        return False
    return value.is_finite() and 0 <= value <= 100
