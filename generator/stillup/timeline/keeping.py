"""A course as one short line of text and back, for an index that holds ten thousand of them."""

import json
from datetime import UTC, datetime

from stillup.compact import compact
from stillup.timeline.course import Claim, Course, Occurrence
from stillup.vocabulary import ComponentStatus, Impact, Kind, UpdateStatus


def to_text(course: Course) -> str:
    """Return `course` as JSON; instants are seconds since 1970, so fractions of a second do not survive."""
    return compact(
        [
            course.id,
            course.kind,
            course.status,
            course.impact,
            _seconds(course.started),
            _seconds(course.ended),
            _seconds(course.closed),
            course.worst,
            [[c.component, _seconds(c.start), _seconds(c.end), c.status] for c in course.claims],
            [
                [*(_seconds(t) for t in (o.start, o.end, o.planned_start, o.began, o.ended)), o.status, *o.told]
                for o in course.occurrences
            ],
            course.settled,
        ]
    )


def from_text(text: str) -> Course:
    """Return the course that `to_text` wrote.

    Raises:
        ValueError: the text is not one of ours.
    """
    try:
        id, kind, status, impact, started, ended, closed, worst, claims, occurrences, settled = json.loads(text)
        return Course(
            id=id,
            kind=Kind(kind),
            status=UpdateStatus(status),
            impact=Impact(impact),
            started=_known(started),
            ended=_instant(ended),
            closed=_instant(closed),
            worst=ComponentStatus(worst),
            claims=tuple(
                Claim(component=c, start=_known(start), end=_instant(end), status=ComponentStatus(s))
                for c, start, end, s in claims
            ),
            occurrences=tuple(
                Occurrence(
                    start=_known(start),
                    end=_known(end),
                    planned_start=_known(planned),
                    began=_instant(began),
                    ended=_instant(over),
                    status=UpdateStatus(s),
                    told=tuple(told),
                )
                for start, end, planned, began, over, s, *told in occurrences
            ),
            settled=bool(settled),
        )
    except (TypeError, KeyError) as error:
        raise ValueError(f"not a course: {text[:80]!r}") from error


def _seconds(instant: datetime | None) -> int | None:
    return None if instant is None else int(instant.timestamp())


def _instant(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _known(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
