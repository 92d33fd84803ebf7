"""A component's own page: its state, its figures, a year of its days, and what happened to it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from stillup.records.component import Component
from stillup.timeline.course import Claim, Course
from stillup.timeline.day import Day
from stillup.timeline.uptime import weighted
from stillup.views.alt import alt, year_alt
from stillup.views.bar import bars, lines, short
from stillup.views.board import YEAR, Board, has_figure, months, of_month
from stillup.views.days import busy, event
from stillup.views.edition import KEYS, Edition
from stillup.views.listing import Headline
from stillup.views.margin import axis, history
from stillup.views.outlook import Outlook, turns
from stillup.views.page import STILL, ComponentPage, Event, Figure, Held
from stillup.views.row import figure, known_days
from stillup.views.rule import rule
from stillup.views.shape import Link
from stillup.views.supplier import remark
from stillup.views.year import calm, cells, labels
from stillup.vocabulary import Kind

_NOTABLE = 1000
"""Millionths of a month, 43 minutes: a worst month that lost less does not stand up in full."""


def component_page(
    edition: Edition,
    board: Board,
    component: Component,
    headlines: Mapping[str, Headline],
    coming: Sequence[Outlook] = (),
) -> ComponentPage:
    """Return a component's page; `headlines`, by id, are those of everything that held it in the last 365 days.

    `coming` is what the clock will change.
    """
    now = board.now[component.id]
    shown = has_figure(component)
    year, near = board.last(component.id, YEAR), board.last(component.id, edition.settings.history_days)
    name = edition.name(component.id)
    about = edition.text(component, "description", component.description)
    group = next((each for each in edition.components.groups if each.id == component.group), None)
    held = _held(edition, board, component, headlines)
    bad = cells(edition, year, now) if shown else ()
    courses = board.courses.get(component.id, ())
    return ComponentPage(
        id=component.id,
        place=f"components/{component.id}/",
        name=name,
        group=edition.text(group, "name", group.name) if group else "",
        lede=edition.body(about, language=edition.foreign(component, "description"), top=2) if about else None,
        title=name,
        description=_description(edition, board, component, near),
        state=held.state,
        since=held.since,
        because=held.because,
        figures=tuple(_figures(edition, component, board)) if shown else (),
        rule=rule(edition) if shown else "",
        axis=axis(edition),
        alt=alt(edition, near) if shown else "",
        bars=bars(edition, near, now) if shown else (),
        days=lines(edition, near, now, headlines, "weekday") if shown else (),
        year_alt=year_alt(edition, year) if shown else "",
        year_months=labels(edition, year) if shown else (),
        year_calm=calm(year) if shown else ("", ""),
        year=bad,
        year_days=tuple([cell.title for cell in reversed(bad)]),
        months=tuple(_months(edition, component, board)) if shown else (),
        events=busy(edition, _events(edition, courses, component.id, headlines, year[0].date)),
        history=history(edition),
        turns=turns(held, ((each, _held(each.edition, each.board, component, headlines)) for each in coming)),
        supplier=remark(edition, component),
        supplier_page=component.vendor.get("statuspage", ""),
    )


def _held(edition: Edition, board: Board, component: Component, headlines: Mapping[str, Headline]) -> Held:
    now = board.now[component.id]
    cause = headlines.get(now.cause) if now.cause else None
    return Held(
        state=edition.states[now.status],
        since=edition.clock(now.since, edition.today, "weekday_year") if now.since else None,
        because=Link(place=cause.place, text=cause.title, language=cause.language) if cause else None,
    )


def spans(edition: Edition) -> tuple[int, ...]:
    """Return the spans of days over which uptime is told."""
    return tuple(sorted({30, edition.settings.history_days, YEAR}))


def _description(edition: Edition, board: Board, component: Component, near: Sequence[Day]) -> str:
    words, now = edition.words, board.now[component.id]
    name, state = edition.name(component.id), words.say(f"said.{KEYS[now.status]}")
    if now.since is not None:
        time = words.moment(edition.local(now.since), "long_year")
        said = words.say("component.state_since", name=name, state=state, time=time)
    else:
        said = words.say("component.state", name=name, state=state)
    known = known_days([near])
    if not has_figure(component) or not known or component.since == edition.today:
        return said
    share = figure(edition, component, near)
    return words.sentences(said, words.say("component.uptime", uptime=share, days=known))


def _figures(edition: Edition, component: Component, board: Board) -> Iterator[Figure]:
    """Return the uptime over each span, with the first day that it counts."""
    words = edition.words
    for count in spans(edition):
        days = board.last(component.id, count)
        known = [day.date for day in days if day.known]
        yield Figure(
            label=words.count("component.days", count),
            value=figure(edition, component, days),
            remark=words.say("component.from", day=short(edition, known[0])) if known else "",
        )


def _months(edition: Edition, component: Component, board: Board) -> Iterator[Figure]:
    """Return the uptime of each of the last twelve months of which there is data, oldest first."""
    spans = [(month, days) for month, days in by_month(edition, board, component) if any(day.known for day in days)]
    lost = [_lost(edition, days) for _, days in spans]
    worst = max([*lost, _NOTABLE])
    for number, ((month, days), cost) in enumerate(zip(spans, lost, strict=True)):
        value = figure(edition, component, days)
        top = STILL - max(STILL * cost // worst, 2 if cost else 0)
        yield Figure(label=month_label(edition, month, not number), value=value, top=top)


def _lost(edition: Edition, days: Sequence[Day]) -> int:
    """Return which part of the known `days` outages cost, in millionths, rounded up."""
    known = [day for day in days if day.known]
    return -(-sum([weighted(day, edition.settings.uptime) for day in known]) * 1000 // (len(known) * 86_400))


def by_month(edition: Edition, board: Board, component: Component) -> Iterator[tuple[date, Sequence[Day]]]:
    """Return the days of each of the last twelve months."""
    for month in months(edition.today):
        yield month, of_month(board.days[component.id], month)


def month_label(edition: Edition, month: date, first: bool) -> str:
    """Return `Dec 2025`, `Jan`, `Nov so far`: a year only where it is not this one."""
    words = edition.words
    if (month.year, month.month) == (edition.today.year, edition.today.month):
        return words.say("component.so_far", month=words.short_month(month.month))
    if month.year != edition.today.year and (first or month.month == 1):
        return words.date(month, "short_month")
    return words.short_month(month.month)


def _events(
    edition: Edition, courses: Sequence[Course], component: str, headlines: Mapping[str, Headline], first: date
) -> Iterator[tuple[date, Event]]:
    for course in sorted(courses, key=lambda each: (each.started, each.id), reverse=True):
        headline = headlines.get(course.id)
        claims = [claim for claim in course.claims if claim.component == component]
        if headline is None or not claims:
            continue
        for day, held in _by_window(edition, course, claims):
            if day >= first:
                note = _note(edition, course, held)
                yield day, replace(event(headline, day), note=note)


def _by_window(edition: Edition, course: Course, claims: Sequence[Claim]) -> Iterator[tuple[date, Sequence[Claim]]]:
    """Return an incident once, under its first day; of a maintenance each window under its own."""
    if course.kind is Kind.INCIDENT:
        yield edition.local(course.started).date(), claims
        return
    found: dict[date, list[Claim]] = {}
    for claim in claims:
        found.setdefault(edition.local(claim.start).date(), []).append(claim)
    yield from found.items()


def _note(edition: Edition, course: Course, claims: Sequence[Claim]) -> str:
    """Return `since 10:05 UTC, here: partial outage`, or `here: partial outage for 1 h 15 min`."""
    words = edition.words
    held = [claim for claim in claims if claim.end is None]
    if held:
        state = words.say(f"said.{KEYS[held[-1].status]}")
        if course.kind is Kind.MAINTENANCE:
            return words.say("note.state_since", state=state, time=_clock(edition, held[-1].start))
        since = words.say("note.since", time=_clock(edition, course.started))
        return words.listed([since, words.say("note.here", states=state)])
    told = [
        words.say("note.for", state=words.say(f"said.{key}"), length=words.duration(seconds))
        for key, seconds in _lengths(claims).items()
    ]
    states = words.listed(told)
    return states if course.kind is Kind.MAINTENANCE else words.say("note.here", states=states)


def _clock(edition: Edition, at: datetime) -> str:
    return edition.clock(at, edition.today).text


def _lengths(claims: Sequence[Claim]) -> dict[str, int]:
    """Return how many seconds each state was held, the worst first."""
    found: dict[str, int] = {}
    for claim in sorted(claims, key=lambda each: each.status.rank, reverse=True):
        if claim.end is not None:
            key = KEYS[claim.status]
            found[key] = found.get(key, 0) + int((claim.end - claim.start).total_seconds())
    return found
