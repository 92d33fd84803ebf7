"""A maintenance of one night and one of three, and how far the work has come."""

from stillup.timeline.course import course
from tests.timeline.records import (
    FINE,
    clock,
    on,
    told,
)

ANNOUNCED = told(on(10), "scheduled", components={"db": FINE})
NIGHT = {"start": clock("02:00"), "end": clock("04:00")}
WEEKLY = {**NIGHT, "recurrence": "FREQ=WEEKLY;COUNT=3"}


def state(record, at) -> str:
    return course(record, at).status.value


def statuses(record, at) -> list[str]:
    return [occurrence.status.value for occurrence in course(record, at).occurrences]
