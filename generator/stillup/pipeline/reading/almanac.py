"""The days of every component, kept between runs: only days that a change or the clock touched are counted again."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property
from itertools import groupby, pairwise

from stillup.records.component import Component
from stillup.records.index import Index
from stillup.timeline import keeping
from stillup.timeline.course import Course
from stillup.timeline.day import Day, bounds, days
from stillup.timeline.state import by_component
from stillup.views.board import first_day
from stillup.views.edition import Edition


def touched(edition: Edition, courses: Iterable[Course]) -> dict[str, set[tuple[date, date]]]:
    """Return by component the first and last civil day of each claim, today's for one that still holds."""
    found: dict[str, set[tuple[date, date]]] = {}
    for course in courses:
        for claim in course.claims:
            end = edition.local(claim.end).date() if claim.end else edition.today
            found.setdefault(claim.component, set()).add((edition.local(claim.start).date(), end))
    return found


class Almanac:
    """Every component's days from the first that pages look at, up to today."""

    def __init__(self, edition: Edition, index: Index, spans: Mapping[str, Iterable[tuple[date, date]]]) -> None:
        """Count days of `edition`; `spans` are the days touched by what changed since the index was saved."""
        self._edition, self._index, self._spans = edition, index, spans
        self._first = first_day(edition)
        self._courses: dict[tuple[date, date], Mapping[str, Sequence[Course]]] = {}

    def days(self, component: Component) -> tuple[Day, ...]:
        """Return the days of `component`, oldest first."""
        found, counted = self._kept(component)
        last = len(found) - 1
        wanted = {last, *(number for number in range(last) if found[number] is None)}
        for start, end in self._spans.get(component.id, ()):
            wanted.update(range(max(0, (start - self._first).days), min(last, (end - self._first).days) + 1))
        for low, high in _runs(sorted(wanted)):
            begin, end = self._date(low), self._date(high)
            courses = self._between(component.id, begin, end)
            found[low : high + 1] = days(component, courses, self._edition.zone, begin, end, self._edition.at)
        whole = tuple([day for day in found if day is not None])
        assert len(whole) == len(found), "every day that was not kept is counted"
        if counted != last or len(wanted) > 1:
            self._keep(component, whole[:-1])
        return whole

    def _date(self, number: int) -> date:
        return self._first + timedelta(days=number)

    @cached_property
    def _calm(self) -> list[Day]:
        """Every day as one on which nothing happens: the same for all components, as most days are."""
        zone, count = self._edition.zone, (self._edition.today - self._first).days + 1
        ends = [bounds(self._date(number), zone)[0] for number in range(count + 1)]
        lengths = [int((end - start).total_seconds()) for start, end in pairwise(ends)]
        return [Day(date=self._date(number), seconds=(length, 0, 0, 0, 0)) for number, length in enumerate(lengths)]

    def _between(self, component: str, first: date, last: date) -> Iterable[Course]:
        """Return the courses that touch a day from `first` to `last` and hold `component`."""
        if (first, last) not in self._courses:
            zone = self._edition.zone
            start, end = int(bounds(first, zone)[0].timestamp()), int(bounds(last, zone)[1].timestamp())
            stories = self._index.touching(start, end)
            self._courses[first, last] = by_component(keeping.from_text(story.course) for story in stories)
        return self._courses[first, last].get(component, ())

    def _kept(self, component: Component) -> tuple[list[Day | None], int]:
        """Return a day or none for each date up to today, and how many that are kept are just those up to yesterday.

        Kept are whole days of this component as it is described now.
        """
        calm = self._calm
        found: list[Day | None] = [None] * len(calm)
        text = self._index.note(f"days/{component.id}")
        if not text:
            return found, -1
        basis, begin, count, other = json.loads(text)
        offset = (date.fromisoformat(begin) - self._first).days
        if basis != self._basis(component) or offset + count >= len(calm):
            return found, -1
        start, end = max(0, offset), offset + count
        if end <= 0:
            return found, -1
        found[start:end] = calm[start:end]
        for number, told in other:
            if offset + number >= 0:
                found[offset + number] = _day(self._date(offset + number), told)
        return found, count if not offset else -1

    def _keep(self, component: Component, whole: tuple[Day, ...]) -> None:
        """Keep whole days: which they are, and what was other than a calm day."""
        if whole:
            other = [(number, _told(day)) for number, day in enumerate(whole) if day != self._calm[number]]
            told = [self._basis(component), whole[0].date.isoformat(), len(whole), other]
            text = json.dumps(told, separators=(",", ":"))
            if text != self._index.note(f"days/{component.id}"):
                self._index.keep(f"days/{component.id}", text)

    def _basis(self, component: Component) -> str:
        return f"{component.since} {component.until} {component.states!r}"


def _told(day: Day) -> object:
    """A day without data is null."""
    return [day.seconds, day.causes] if day.known else None


def _day(when: date, told: object) -> Day:
    if told is None:
        return Day(date=when, known=False)
    assert isinstance(told, list)
    operational, maintenance, degraded, partial, major = told[0]
    return Day(date=when, seconds=(operational, maintenance, degraded, partial, major), causes=tuple(told[1]))


def _runs(ordered: list[int]) -> Iterable[tuple[int, int]]:
    """Return the first and last of each run of numbers without a gap."""
    for _, run in groupby(enumerate(ordered), key=lambda each: each[1] - each[0]):
        members = [number for _, number in run]
        yield members[0], members[-1]
