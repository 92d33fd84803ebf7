"""Uptime and days as the API prints them: the numbers behind bars, rows and table."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

from stillup.records.component import Component, Group
from stillup.timeline.day import Day
from stillup.timeline.uptime import group_days, uptime
from stillup.views import code
from stillup.views.board import Board, has_figure, is_alive, months
from stillup.views.component import by_month, spans
from stillup.views.document import DayDocument, MonthDocument, ShareDocument, UptimeBook, UptimeDocument, UptimeRule
from stillup.views.edition import Edition
from stillup.views.roster import page
from stillup.views.rule import rule
from stillup.vocabulary import ComponentStatus, Show


def uptime_book(edition: Edition, board: Board) -> UptimeBook:
    """Return the uptime of every component that publishes it, and of every group in the page's own table."""
    shown = [each for each in edition.components.components if has_figure(each) and _is_born(edition, each)]
    weights = edition.settings.uptime
    return UptimeBook(
        page=page(edition),
        today=edition.today,
        rule=UptimeRule(text=rule(edition), partial=weights.partial_outage, major=weights.major_outage),
        components=tuple([_of_component(edition, board, each) for each in shown]),
        groups=tuple(_groups(edition, board, [each for each in shown if _is_current(edition, each)])),
    )


def _is_born(edition: Edition, component: Component) -> bool:
    return component.since is None or component.since <= edition.today


def _is_current(edition: Edition, component: Component) -> bool:
    return is_alive(component, edition.today) and component.show is not Show.NEVER


def _of_component(edition: Edition, board: Board, component: Component) -> UptimeDocument:
    young = component.since == edition.today
    return UptimeDocument(
        id=component.id,
        code=code.of_component(component),
        name=edition.name(component.id),
        place=f"components/{component.id}/",
        group=component.group or "",
        start=component.since,
        current=_is_current(edition, component),
        shares=tuple([_share(edition, board.last(component.id, count), young) for count in spans(edition)]),
        months=tuple(
            [
                MonthDocument(month=month, percent=_percent(edition, days, young))
                for month, days in by_month(edition, board, component)
                if any(day.known for day in days)
            ]
        ),
        days=tuple([_day(day) for day in board.days[component.id] if day.known]),
    )


def _groups(edition: Edition, board: Board, shown: Sequence[Component]) -> Iterator[UptimeDocument]:
    groups = {group.id: group for group in edition.components.groups}
    for slug, members in groupby(shown, key=lambda each: each.group):
        components = list(members)
        if slug in groups and len(components) > 1:
            yield _of_group(edition, board, groups[slug], components)


def _of_group(edition: Edition, board: Board, group: Group, components: Sequence[Component]) -> UptimeDocument:
    days = group_days([board.days[each.id] for each in components])
    by_first: dict[date, list[Day]] = {month: [] for month in months(edition.today)}
    for day in days:
        if day.known and (month := day.date.replace(day=1)) in by_first:
            by_first[month].append(day)
    return UptimeDocument(
        id=group.id,
        code=code.of_group(group),
        name=edition.text(group, "name", group.name),
        place="",
        group="",
        start=None,
        current=True,
        shares=tuple([_share(edition, days[-count:]) for count in spans(edition)]),
        months=tuple(
            [MonthDocument(month=month, percent=_percent(edition, found)) for month, found in by_first.items() if found]
        ),
    )


def _share(edition: Edition, days: Sequence[Day], young: bool = False) -> ShareDocument:
    return ShareDocument(
        days=len(days),
        first=next((day.date for day in days if day.known), None),
        percent=_percent(edition, days, young),
    )


def _percent(edition: Edition, days: Sequence[Day], young: bool = False) -> int | None:
    """Return the figure that the page prints; it prints none in a component's first day."""
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
