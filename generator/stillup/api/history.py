"""The history: `history.json` in Statuspage's shape for the newest twelve months, and all of it by years of our own.

Both are put together from texts that are made once for each record and kept. A static host ignores `?page=2`, so a
crawler gets four quarters at once instead of the newest one for ever; older records stand in the documents by year.
Both are bounded: history has no more than the newest `MOST`, and a year with far more than `PART` has parts.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from stillup.api.artifact import JSON, filled, iso, text, timestamp
from stillup.artifact import Artifact
from stillup.frozen import dataclass
from stillup.portion import cut
from stillup.views.document import IncidentDocument, PageDocument
from stillup.vocabulary import Kind, UpdateStatus

if TYPE_CHECKING:
    from stillup.api import own, shape

MONTHS = 12
"""How many months `history.json` holds: four pages of the real service's, which a static host cannot tell apart."""

MOST = 1_000
"""How many records `history.json` holds at most."""

PART = 500
"""How many records a part of a year holds."""

HISTORY = "history.json"
_MONTHS = "January February March April May June July August September October November December".split()


@dataclass(frozen=True, slots=True)
class Line:
    """What of a record stands in documents that list everything, as finished JSON."""

    filed: str
    """The local instant under which history has it, `2026-11-20T11:40:00`; empty where history does not have it yet."""

    past: str
    """For `history.json`."""

    row: str
    """For the year's own document."""

    def to_text(self) -> str:
        """Return three lines of text; JSON holds no line break of its own."""
        return f"{self.filed}\n{self.past}\n{self.row}"

    @classmethod
    def of(cls, kept: str) -> "Line":
        """Return the line that `to_text` wrote.

        Raises:
            ValueError: the text is not one of ours.
        """
        filed, past, row = kept.split("\n")
        return cls(filed, past, row)


def line(document: IncidentDocument, page: PageDocument) -> Line:
    """Return what lists keep of a record."""
    zone = ZoneInfo(page.zone)
    span = _span(document)
    row = text(_row(document))
    if span is None:
        return Line("", "", row)
    start, end = span
    past: shape.Past = {
        "code": document.code,
        "name": document.title,
        "message": document.updates[0].html,
        "impact": document.impact,
        "timestamp": _timestamp(start.astimezone(zone), end.astimezone(zone) if end else None),
    }
    filed = (end or start).astimezone(zone)
    return Line(filed.isoformat()[:19], text(past), row)


def months(lines: Iterable[Line]) -> dict[str, str]:
    """Return what `history.json` holds under each month (`2026-11`) that has something, as finished JSON: the newest.

    What spans two months stands under the one it ended in, as clients expect, who find the year by that.
    """
    known = sorted([line for line in lines if line.filed], key=lambda each: (each.filed, each.past), reverse=True)
    return {
        month: filled(_month(month), [each.past for each in found])
        for month, found in groupby(known[:MOST], key=lambda each: each.filed[:7])
    }


def history(told: Mapping[str, str], page: PageDocument, today: date) -> Artifact:
    """Return `history.json` from its `months`: every month from this one down to the first with a record.

    The caller bounds it: `told` holds no more than the newest `MONTHS`.
    """
    newest = max([f"{today:%Y-%m}", *told])
    oldest = min([newest, *told])
    first = date.fromisoformat(f"{oldest}-01")
    quarter = datetime(first.year, (first.month - 1) // 3 * 3 + 1, 1, tzinfo=ZoneInfo(page.zone))
    head = text({"start_time": timestamp(quarter, ZoneInfo(page.zone)), "months": []})
    body = filled(head, [told.get(month) or _month(month) for month in _down(newest, oldest)])
    return Artifact(path=HISTORY, body=body.encode() + b"\n", media_type=JSON)


def year(number: int, lines: Iterable[Line], page: PageDocument) -> Iterator[Artifact]:
    """Yield `api/stillup/v1/incidents/<year>.json` from the lines of everything listed under a day of it.

    Before it come the full parts of a year that has too many for one document. What is not filed yet is the newest.
    """
    known = sorted(lines, key=lambda each: (not each.filed, each.filed, each.row))
    full, rest = cut(known, PART)
    parts = [year_path(number, part) for part in range(1, len(full) + 1)]
    about = {"year": number, "time_zone": page.zone}
    for path, held in zip(parts, full, strict=True):
        yield _listed(path, about, held)
    yield _listed(year_path(number), {**about, "parts": parts[::-1]} if parts else about, rest)


def _listed(path: str, about: Mapping[str, object], lines: Sequence[Line]) -> Artifact:
    known = sorted(lines, key=lambda each: (each.filed, each.row), reverse=True)
    body = filled(text({**about, "incidents": []}), [each.row for each in known])
    return Artifact(path=path, body=body.encode() + b"\n", media_type=JSON)


def year_path(number: int, part: int = 0) -> str:
    """Return where the document of a year, or a part of it, is."""
    return f"api/stillup/v1/incidents/{number}{f'-{part}' if part else ''}.json"


def _month(month: str) -> str:
    year, number = month.split("-")
    return text({"name": _MONTHS[int(number) - 1], "year": int(year), "incidents": []})


def _down(newest: str, oldest: str) -> Iterator[str]:
    month = newest
    while month >= oldest:
        yield month
        month = f"{date.fromisoformat(f'{month}-01') - timedelta(days=1):%Y-%m}"


def _span(document: IncidentDocument) -> tuple[datetime, datetime | None] | None:
    """Return from when to when history says it went; None while a maintenance has only been announced.

    One that was called off went from its announcement to that: no month to come stands in a history.
    """
    if document.kind == Kind.INCIDENT:
        return document.updates[-1].shown, document.resolved
    begun = [window for window in document.windows if window.began is not None]
    if begun:
        running = begun[-1].status in (UpdateStatus.IN_PROGRESS, UpdateStatus.VERIFYING)
        return begun[-1].start, None if running else max(begun[-1].start, begun[-1].end)
    return None if document.open else (document.updates[-1].shown, document.resolved)


def _timestamp(start: datetime, end: datetime | None) -> str:
    """Return `Sep <var data-var='date'>11</var>, <var ...>07:46</var> - <var ...>09:10</var> UTC`, without a year."""
    zone = (end or start).tzname()
    written = f"{_date(start)}, {_time(start)}"
    if end is not None:
        written += f" - {_time(end)}" if end.date() == start.date() else f" - {_date(end)}, {_time(end)}"
    return f"{written} {zone}"


def _date(at: datetime) -> str:
    return f"{_MONTHS[at.month - 1][:3]} <var data-var='date'>{at.day}</var>"


def _time(at: datetime) -> str:
    return f"<var data-var='time'>{at.hour:02}:{at.minute:02}</var>"


def _row(document: IncidentDocument) -> "own.Incident":
    return {
        "id": document.id,
        "code": document.code,
        "kind": document.kind,
        "title": document.title,
        "reference": document.reference or None,
        "status": document.status,
        "impact": document.impact,
        "started_at": iso(document.started),
        "ended_at": iso(document.ended) if document.ended else None,
        "resolved_at": iso(document.resolved) if document.resolved else None,
        "updated_at": iso(document.updated),
        "updates": len(document.updates),
        "text": document.line,
        "postmortem_at": iso(document.postmortem_at) if document.postmortem_at else None,
        "page": document.place,
        "document": f"incidents/{document.code}.json",
        "components": [
            {
                "id": span.component,
                "status": span.status,
                "start": iso(span.start),
                "end": iso(span.end) if span.end else None,
            }
            for span in document.spans
        ],
    }
