"""Components and groups as rows of the home page."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from stillup.records.component import Component, Group
from stillup.timeline.day import Day
from stillup.timeline.uptime import group_uptime, uptime
from stillup.views.alt import alt, group_alt
from stillup.views.bar import bar, bars, holes, lines, short
from stillup.views.board import Board, has_figure, has_row
from stillup.views.edition import KEYS, Edition
from stillup.views.listing import Headline
from stillup.views.outlook import Outlook, turns
from stillup.views.page import Bar, GroupRow, Row
from stillup.views.shape import State
from stillup.views.supplier import remark
from stillup.views.trouble import is_bad, numbers, worst
from stillup.vocabulary import ComponentStatus

_NAMED = 2
_CAUSES = 3
"""How many incidents of one day a row names: the page stays small however much happens. Its own page names all."""


def rows(
    edition: Edition, board: Board, headlines: Mapping[str, Headline], coming: Sequence[Outlook] = ()
) -> tuple[GroupRow, ...]:
    """Return what stands on the home page, in page order; a group with a single row is that row."""
    shown = [each for each in edition.components.components if has_row(each, board, edition.today)]
    groups = {group.id: group for group in edition.components.groups}
    found: list[GroupRow] = []
    for slug, members in groupby(shown, key=lambda each: each.group):
        components = list(members)
        group = groups.get(slug) if slug else None
        drawn = [row(edition, board, each, headlines, coming) for each in components]
        if group is None or len(components) == 1:
            found += [_single(each) for each in drawn]
        else:
            found.append(_group(edition, board, group, components, drawn, coming))
    return tuple(found)


def row(
    edition: Edition,
    board: Board,
    component: Component,
    headlines: Mapping[str, Headline],
    coming: Sequence[Outlook] = (),
) -> Row:
    """Return one component's row."""
    now = board.now[component.id]
    days = board.last(component.id, edition.settings.history_days)
    shown = has_figure(component)
    return Row(
        id=component.id,
        place=f"components/{component.id}/",
        name=edition.name(component.id),
        state=edition.states[now.status],
        uptime=figure(edition, component, days) if shown else "",
        alt=alt(edition, days) if shown else "",
        over=_over(edition, [component], [days]) if shown else "",
        bars=bars(edition, days, now) if shown else (),
        days=lines(edition, days, now, headlines, most=_CAUSES) if shown else (),
        shown=shown,
        turns=turns(
            edition.states[now.status], ((each, edition.states[each.board.now[component.id].status]) for each in coming)
        ),
        supplier=remark(edition, component),
    )


def figure(edition: Edition, component: Component, days: Sequence[Day]) -> str:
    """Return `99.96 %`, or `no figure yet` in a component's first day."""
    share = uptime(days, edition.settings.uptime)
    if share is None or _is_new(edition, [component]):
        return edition.words.say("home.no_figure")
    return edition.words.percent(share)


def group_figure(edition: Edition, components: Sequence[Component], children: Sequence[Sequence[Day]]) -> str:
    """Return the figure of a group of components with public uptime, and of their days; empty where there is none.

    As long as none of them has a figure, the group has none either.
    """
    if not children:
        return ""
    share = group_uptime(children, edition.settings.uptime)
    if share is None or _is_new(edition, components):
        return edition.words.say("home.no_figure")
    return edition.words.percent(share)


def known_days(children: Sequence[Sequence[Day]]) -> int:
    """Return of how many days a figure tells: those of which something is known of any of `children`."""
    return sum(1 for days in zip(*children, strict=True) if _known(days))


def _is_new(edition: Edition, components: Sequence[Component]) -> bool:
    return all(each.since == edition.today for each in components)


def _over(edition: Edition, components: Sequence[Component], children: Sequence[Sequence[Day]]) -> str:
    """Return what a figure is; of something younger than the bars it tells of fewer days than they have."""
    known = known_days(children)
    return edition.words.say("site.uptime_over", days=known) if known and not _is_new(edition, components) else ""


def _single(drawn: Row) -> GroupRow:
    return GroupRow(
        id=drawn.id,
        name="",
        description="",
        note="",
        state=drawn.state,
        uptime=drawn.uptime,
        alt=drawn.alt,
        over=drawn.over,
        bars=drawn.bars,
        open=False,
        rows=(drawn,),
        turns=drawn.turns,
    )


def _group(
    edition: Edition,
    board: Board,
    group: Group,
    components: Sequence[Component],
    drawn: Sequence[Row],
    coming: Sequence[Outlook],
) -> GroupRow:
    words, count = edition.words, edition.settings.history_days
    affected = sum(board.now[each.id].status.rank > 0 for each in components)
    if affected:
        note = words.count("home.affected", affected, all=len(components))
    else:
        note = words.count("home.components", len(components))
    counted = [each for each in components if has_figure(each)]
    children = {each.id: board.last(each.id, count) for each in counted}
    strokes, bad = _bars(edition, children) if children else ((), 0)
    state = _worst(edition, board, components)
    return GroupRow(
        id=group.id,
        name=edition.text(group, "name", group.name),
        description=edition.text(group, "description", group.description),
        note=note,
        state=state,
        uptime=group_figure(edition, counted, list(children.values())),
        alt=group_alt(edition, known_days(list(children.values())), bad),
        over=_over(edition, counted, list(children.values())),
        bars=strokes,
        open=(affected > 0 or any(each.supplier for each in drawn)) and not group.collapsed,
        rows=tuple(drawn),
        turns=turns(state, ((each, _worst(edition, each.board, components)) for each in coming)),
    )


def _worst(edition: Edition, board: Board, components: Sequence[Component]) -> State:
    return edition.states[max((board.now[each.id].status for each in components), key=lambda status: status.rank)]


def _known(days: Sequence[Day]) -> bool:
    return any(day.known for day in days)


def _bars(edition: Edition, children: Mapping[str, Sequence[Day]]) -> tuple[tuple[Bar, ...], int]:
    """Return the worst of each day over a group, and how many bad days there are."""
    columns = list(zip(*children.values(), strict=True))
    found = []
    for number in sorted({number for days in children.values() for number in numbers(days)}):
        days = columns[number]
        states = {id: worst(day) for id, day in zip(children, days, strict=True) if is_bad(day)}
        state = max(states.values(), key=lambda status: status.rank)
        names = [edition.name(id) for id, each in states.items() if each is state]
        found.append(bar(number, KEYS[state], _title(edition, days[0], state, names)))
    unknown = holes(edition, [_known(days) for days in columns], [days[0].date for days in columns])
    return tuple(sorted([*unknown, *found], key=lambda each: each.x)), len(found)


def _title(edition: Edition, day: Day, state: ComponentStatus, names: Sequence[str]) -> str:
    words, key = edition.words, KEYS[state]
    fields = {"day": short(edition, day.date), "state": words.say(f"said.{key}")}
    if len(names) > _NAMED:
        return words.say("bars.day_plain", **fields)
    return words.say("bars.day_of" if key == "maint" else "bars.day_in", names=words.join(names), **fields)
