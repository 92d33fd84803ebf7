"""The uptime table: every component and group over 30, 90 and 365 days and by month."""

from collections.abc import Sequence
from itertools import groupby

from stillup.records.component import Component
from stillup.timeline.day import Day
from stillup.timeline.overall import is_counted
from stillup.views.board import Board, has_figure, months
from stillup.views.component import by_month, month_label, spans
from stillup.views.edition import Edition
from stillup.views.page import UptimePage, UptimeRow
from stillup.views.row import figure, group_figure, known_days
from stillup.views.rule import rule


def uptime_page(edition: Edition, board: Board) -> UptimePage:
    """Return the uptime table of all living components with public uptime."""
    words = edition.words
    columns = [words.count("component.days", count) for count in spans(edition)]
    columns += [month_label(edition, month, number == 0) for number, month in enumerate(months(edition.today))]
    return UptimePage(
        title=words.say("uptime.title"),
        description=words.say("uptime.description", organisation=edition.masthead.organisation),
        rule=rule(edition),
        columns=tuple(columns),
        rows=tuple(_rows(edition, board)),
    )


def _rows(edition: Edition, board: Board) -> list[UptimeRow]:
    groups = {group.id: group for group in edition.components.groups}
    shown = [each for each in edition.components.components if has_figure(each) and is_counted(each, edition.today)]
    found = []
    for slug, members in groupby(shown, key=lambda each: each.group):
        components = list(members)
        columns = {each.id: _columns(edition, board, each) for each in components}
        if slug in groups and len(components) > 1:
            group = groups[slug]
            values = [_group_value(edition, components, days) for days in zip(*columns.values(), strict=True)]
            name = edition.text(group, "name", group.name)
            found.append(UptimeRow(name=name, place="", group=True, values=tuple(values)))
        found += [_row(edition, each, columns[each.id]) for each in components]
    return found


def _row(edition: Edition, component: Component, columns: Sequence[Sequence[Day]]) -> UptimeRow:
    return UptimeRow(
        name=edition.name(component.id),
        place=f"components/{component.id}/",
        group=False,
        values=tuple([_value(edition, component, days) for days in columns]),
    )


def _columns(edition: Edition, board: Board, component: Component) -> list[Sequence[Day]]:
    found: list[Sequence[Day]] = [board.last(component.id, count) for count in spans(edition)]
    return found + [days for _, days in by_month(edition, board, component)]


def _group_value(edition: Edition, components: Sequence[Component], children: Sequence[Sequence[Day]]) -> str:
    known = known_days(children)
    return group_figure(edition, components, children) if known else edition.words.say("uptime.none")


def _value(edition: Edition, component: Component, days: Sequence[Day]) -> str:
    known = any(day.known for day in days)
    return figure(edition, component, days) if known else edition.words.say("uptime.none")
