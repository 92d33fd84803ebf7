"""Careful reading of somebody else's JSON: what cannot be used is said, with a way out."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from stillup.errors import Problem
from stillup.intake.outcome import Report
from stillup.records.writing.spelling import visible

Object = Mapping[str, object]
LONGEST = 65_000
"""Letters of a text that a record certainly takes."""

_BREAK = re.compile(r"\s*\n\s*|\t")
_YEARS = range(1970, 2200)


class Reader:
    """Reads values of one source, and collects what is wrong with them."""

    def __init__(self, report: Report, words: Mapping[str, str], zone: ZoneInfo | None = None) -> None:
        """Use `words` for values that we do not know, and `zone` for times that name none."""
        self.report = report
        self._words = dict(words)
        self.zone = zone
        """That of the page."""

    def problem(self, file: str, field: str, message: str, fix: str = "", code: str = "import") -> None:
        """Note that the import cannot go on."""
        self.report.problems.append(Problem(file=file, field=field, message=message, fix=fix, code=code))

    def word(self, file: str, field: str, value: object, known: frozenset[str], what: str) -> str | None:
        """Return a word of ours; None, and a problem, where nobody said which one is meant."""
        said = value if isinstance(value, str) else str(value)
        mapped = self._words.get(f"{what}:{said}", self._words.get(said, said))
        if mapped in known:
            if mapped != said:
                self.report.change(field, said, f"It is {mapped}, as --map says.")
            return mapped
        words = sorted(known)
        self.problem(
            file,
            field,
            f'"{visible(said)[:60]}" is not {_article(what)} {what} that we know.',
            f"Add --map {visible(said)[:60] or what}={words[0]}, or another of {', '.join(words)}.",
            "word",
        )
        return None

    def instant(self, file: str, field: str, value: object) -> datetime | None:
        """Return an instant in UTC; None where there is none, with a problem where it cannot be read."""
        if value is None or value == "":
            return None
        try:
            at = datetime.fromisoformat(str(value).strip())
        except ValueError:
            self.problem(
                file, field, f'"{visible(str(value))[:60]}" is not a time.', "Correct it in the source.", "time"
            )
            return None
        if at.tzinfo is None:
            if self.zone is None:
                fix = "Say with --timezone where its clocks stand, e.g. --timezone Europe/Berlin."
                self.problem(file, field, f"{value} has no time zone.", fix, "time")
                return None
            at = at.replace(tzinfo=self.zone)
        if at.year not in _YEARS:
            self.problem(file, field, f"The year {at.year} cannot be right.", "Correct it in the source.", "time")
            return None
        return at.astimezone(UTC)


def _article(what: str) -> str:
    return "an" if what[:1] in "aeiou" else "a"


def text(value: Object, key: str) -> str:
    """Return a text or a number as text; empty where there is none."""
    found = value.get(key)
    return str(found) if isinstance(found, (str, int, float)) and not isinstance(found, bool) else ""


def line(value: Object, key: str, most: int = 255) -> str:
    """Return a text on one line, cut where it is longer than a record may have it."""
    found = _BREAK.sub(" ", visible(text(value, key)).strip())
    return found if len(found) <= most else f"{found[: most - 1]}…"


def objects(value: object) -> Iterator[Object]:
    """Yield the mappings of a list; whatever else stands there is passed over."""
    for each in value if isinstance(value, list) else ():
        if isinstance(each, dict):
            yield each


def whole(at: datetime) -> datetime:
    """Return the second in which `at` lies."""
    return at.replace(microsecond=0)


def same(one: datetime | None, other: datetime | None) -> bool:
    """Return whether two instants are alike to the millisecond."""
    if one is None or other is None:
        return one is other
    return abs((one - other).total_seconds()) < 0.001
