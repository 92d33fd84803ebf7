"""The days of every component, kept between runs: only days that a change or the clock touched are counted again."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import groupby

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
        today, first = self._edition.today, self._first
        kept = self._kept(component)
        wanted = {today}
        day = first
        while day < today:
            if day not in kept:
                wanted.add(day)
            day += timedelta(days=1)
        for start, end in self._spans.get(component.id, ()):
            day = max(start, first)
            while day <= min(end, today):
                wanted.add(day)
                day += timedelta(days=1)
        for begin, end in _runs(sorted(wanted)):
            counted = days(
                component, self._between(component.id, begin, end), self._edition.zone, begin, end, self._edition.at
            )
            kept.update((day.date, day) for day in counted)
        found = tuple(kept[first + timedelta(days=n)] for n in range((today - first).days + 1))
        self._keep(component, found)
        return found

    def _between(self, component: str, first: date, last: date) -> Iterable[Course]:
        """Return the courses that touch a day from `first` to `last` and hold `component`."""
        if (first, last) not in self._courses:
            zone = self._edition.zone
            start, end = int(bounds(first, zone)[0].timestamp()), int(bounds(last, zone)[1].timestamp())
            stories = self._index.touching(start, end)
            self._courses[first, last] = by_component(keeping.from_text(story.course) for story in stories)
        return self._courses[first, last].get(component, ())

    def _kept(self, component: Component) -> dict[date, Day]:
        """Return the days that are kept and may still be used: whole ones, of this component as it is described now."""
        text = self._index.note(f"days/{component.id}")
        if not text:
            return {}
        basis, first, told = json.loads(text)
        if (
            basis != self._basis(component)
            or date.fromisoformat(first) + timedelta(days=len(told)) > self._edition.today
        ):
            return {}
        start = date.fromisoformat(first)
        return {start + timedelta(days=n): _day(start + timedelta(days=n), each) for n, each in enumerate(told)}

    def _keep(self, component: Component, found: tuple[Day, ...]) -> None:
        whole = found[:-1]
        if whole:
            told = [_told(day) for day in whole]
            text = json.dumps([self._basis(component), whole[0].date.isoformat(), told], separators=(",", ":"))
            if text != self._index.note(f"days/{component.id}"):
                self._index.keep(f"days/{component.id}", text)

    def _basis(self, component: Component) -> str:
        return f"{component.since} {component.until} {component.states!r}"


def _told(day: Day) -> object:
    """A calm whole day is its length; a day without data is null."""
    if not day.known:
        return None
    if not day.causes and not any(day.seconds[1:]):
        return day.seconds[0]
    return [day.seconds, day.causes]


def _day(when: date, told: object) -> Day:
    if told is None or isinstance(told, int):
        return _calm(when, told)
    assert isinstance(told, list)
    operational, maintenance, degraded, partial, major = told[0]
    return Day(date=when, seconds=(operational, maintenance, degraded, partial, major), causes=tuple(told[1]))


@lru_cache(maxsize=2048)
def _calm(when: date, length: int | None) -> Day:
    """Return a day on which nothing happened, or of which nothing is known: the same for every component."""
    return Day(date=when, known=False) if length is None else Day(date=when, seconds=(length, 0, 0, 0, 0))


def _runs(ordered: list[date]) -> Iterable[tuple[date, date]]:
    """Return the first and last of each run of consecutive days."""
    for _, run in groupby(enumerate(ordered), key=lambda each: each[1].toordinal() - each[0]):
        members = [day for _, day in run]
        yield members[0], members[-1]
