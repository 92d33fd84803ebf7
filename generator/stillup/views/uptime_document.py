"""Uptime and days as the API prints them: the numbers behind bars, rows and table."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby

from stillup.records.component import Component, Group
from stillup.timeline.day import Day
from stillup.timeline.overall import is_counted
from stillup.timeline.uptime import group_days, uptime
from stillup.views import code, trouble
from stillup.views.board import Board, has_figure, months, of_month
from stillup.views.component import spans
from stillup.views.document import (
    DayDocument,
    DaysDocument,
    MonthDocument,
    ShareDocument,
    UptimeBook,
    UptimeDocument,
    UptimeRule,
)
from stillup.views.edition import Edition
from stillup.views.roster import page
from stillup.views.rule import rule
from stillup.vocabulary import ComponentStatus


def uptime_book(edition: Edition, board: Board) -> UptimeBook:
    """Return the uptime of every component that publishes it, and of every group in the page's own table."""
    shown = [each for each in edition.components.components if has_days(edition, each)]
    weights = edition.settings.uptime
    return UptimeBook(
        page=page(edition),
        today=edition.today,
        rule=UptimeRule(text=rule(edition), partial=weights.partial_outage, major=weights.major_outage),
        components=tuple([_of_component(edition, board, each) for each in shown]),
        groups=tuple(_groups(edition, board, [each for each in shown if _is_current(edition, each)])),
    )


def has_days(edition: Edition, component: Component) -> bool:
    """Return whether the uptime of a component is published: not before there can be any."""
    return has_figure(component) and (component.since is None or component.since <= edition.today)


def _is_current(edition: Edition, component: Component) -> bool:
    return is_counted(component, edition.today)


def _of_component(edition: Edition, board: Board, component: Component) -> UptimeDocument:
    days = board.days[component.id]
    young = component.since == edition.today
    return UptimeDocument(
        id=component.id,
        code=code.of_component(component),
        name=edition.name(component.id),
        place=f"components/{component.id}/",
        group=component.group or "",
        start=component.since,
        current=_is_current(edition, component),
        shares=_shares(edition, days, young),
        months=_months(edition, days, young),
    )


def days_document(board: Board, of: UptimeDocument) -> DaysDocument:
    """Return the days of the component that `of` tells of."""
    days = board.days[of.id]
    return DaysDocument(
        of=of,
        first=_first_known(days),
        last=_first_known(reversed(days)),
        bad=tuple([_day(days[number]) for number in trouble.numbers(days)]),
    )


def _groups(edition: Edition, board: Board, shown: Sequence[Component]) -> Iterator[UptimeDocument]:
    groups = {group.id: group for group in edition.components.groups}
    for slug, members in groupby(shown, key=lambda each: each.group):
        components = list(members)
        if slug in groups and len(components) > 1:
            yield _of_group(edition, board, groups[slug], components)


def _of_group(edition: Edition, board: Board, group: Group, components: Sequence[Component]) -> UptimeDocument:
    days = _together([board.days[each.id] for each in components])
    young = all(each.since == edition.today for each in components)
    return UptimeDocument(
        id=group.id,
        code=code.of_group(group),
        name=edition.text(group, "name", group.name),
        place="",
        group="",
        start=None,
        current=True,
        shares=_shares(edition, days, young),
        months=_months(edition, days, young),
    )


def _together(children: Sequence[Sequence[Day]]) -> list[Day]:
    """Return a group's days. A day that was calm for all stands for itself: means are made of bad days only."""
    rows = list(zip(*children, strict=True))
    bad = sorted({number for days in children for number in trouble.numbers(days)})
    means = dict(zip(bad, group_days([[days[number] for number in bad] for days in children]), strict=True))
    return [means.get(number) or next((day for day in row if day.known), row[0]) for number, row in enumerate(rows)]


def _shares(edition: Edition, days: Sequence[Day], young: bool) -> tuple[ShareDocument, ...]:
    return tuple([_share(edition, days[-count:], young) for count in spans(edition)])


def _share(edition: Edition, days: Sequence[Day], young: bool) -> ShareDocument:
    return ShareDocument(
        days=len(days),
        first=_first_known(days),
        percent=_percent(edition, days, young),
    )


def _first_known(days: Iterable[Day]) -> date | None:
    return next((day.date for day in days if day.known), None)


def _months(edition: Edition, days: Sequence[Day], young: bool) -> tuple[MonthDocument, ...]:
    """Return those of the last twelve months of which there is data."""
    spans = [(month, of_month(days, month)) for month in months(edition.today)]
    return tuple(
        [MonthDocument(month=month, percent=_percent(edition, of, young)) for month, of in spans if _first_known(of)]
    )


def _percent(edition: Edition, days: Sequence[Day], young: bool) -> int | None:
    """Return the figure that the page prints; it prints none in the first day of a component, or of a whole group."""
    return None if young else uptime(days, edition.settings.uptime)


def _day(day: Day) -> DayDocument:
    return DayDocument(
        date=day.date,
        partial=day.partial,
        major=day.major,
        degraded=day.seconds[ComponentStatus.DEGRADED_PERFORMANCE.rank],
        maintenance=day.seconds[ComponentStatus.UNDER_MAINTENANCE.rank],
        causes=day.causes,
    )
