"""The page and its components as the API lists them."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, time
from itertools import groupby

from stillup.records.component import Component, Group
from stillup.timeline.overall import is_counted
from stillup.views import code, source
from stillup.views.board import Board
from stillup.views.document import ComponentDocument, IncidentDocument, PageDocument, Roster
from stillup.views.edition import Edition
from stillup.views.served import served
from stillup.vocabulary import ComponentStatus, Indicator, Show, UptimeShown

_UNKNOWN = datetime.fromtimestamp(0, UTC)
"""Stands until something is known, or as long as nobody asks."""

_UTC = frozenset({"UTC", "Etc/UTC", "Etc/UCT", "UCT", "Zulu", "Etc/Zulu", "Universal", "Etc/Universal"})


def page(edition: Edition) -> PageDocument:
    """Return the page, without saying when it last changed."""
    masthead, zone = edition.masthead, edition.settings.timezone
    return PageDocument(
        code=code.of_page(edition.settings),
        name=masthead.organisation,
        url=masthead.site_url.rstrip("/"),
        zone="Etc/UTC" if zone in _UTC else zone,
        language=masthead.language,
        direction=masthead.direction,
        updated=_UNKNOWN,
    )


def roster(edition: Edition, board: Board | None = None, documents: Iterable[IncidentDocument] = ()) -> Roster:
    """Return the page and its components at the edition's instant.

    Without a `board` every component is operational and nothing ever changed: enough to draw a record that is over.
    `documents` are those that the API lists; with the components they say when the page last changed.
    """
    groups = {group.id: group for group in edition.components.groups}
    listed: list[ComponentDocument] = []
    by_id: dict[str, ComponentDocument] = {}
    top = 0
    for slug, members in groupby(edition.components.components, key=lambda each: each.group):
        group = groups.get(slug) if slug else None
        drawn = []
        for number, component in enumerate(members, 1):
            top += group is None
            place = top if group is None else number
            drawn.append(_component(edition, board, component, group, place))
            by_id[component.id] = drawn[-1]
        shown = [each for each in drawn if is_counted(edition.components.by_id[each.id], edition.today)]
        if group is not None:
            top += 1
            if shown:
                listed.append(_group(edition, group, shown, top))
        listed += shown
    # With no change known, clients would call the page half a century old: it is as of the day it is made for.
    known = {*(each.updated for each in listed), *(document.updated for document in documents)} - {_UNKNOWN}
    today = datetime.combine(edition.today, time(), edition.zone).astimezone(UTC)
    updated = max(known, default=today)
    # So they would a component of which nothing is known: it is there as long as anything that is listed.
    begun = {*(each.created for each in listed), *(document.created for document in documents)} - {_UNKNOWN}
    first = min(begun, default=today)
    listed = [_dated(each, first) for each in listed]
    by_id = {id: _dated(each, first) for id, each in by_id.items()}
    return Roster(
        page=replace(page(edition), updated=updated),
        indicator=board.overall.indicator if board else Indicator.NONE,
        label=board.overall.label if board else "",
        listed=tuple(listed),
        by_id=by_id,
    )


def _dated(component: ComponentDocument, first: datetime) -> ComponentDocument:
    """Return the component, there since `first` and unchanged where nothing else is known."""
    if component.is_dated:
        return component
    return replace(component, created=first, updated=max(first, component.updated))


def _component(
    edition: Edition, board: Board | None, component: Component, group: Group | None, place: int
) -> ComponentDocument:
    created = _created(edition, component)
    changes = [created, source.instant(component.source, "updated_at") or created]
    if board is not None:
        changes += [at for at in _changes(board, component) if at <= edition.at]
    about = edition.text(component, "description", component.description)
    return ComponentDocument(
        id=component.id,
        code=code.of_component(component),
        name=edition.name(component.id),
        status=board.now[component.id].status if board else ComponentStatus.OPERATIONAL,
        created=created,
        updated=max(changes),
        is_dated=created != _UNKNOWN,
        position=place,
        html=served(edition.body(about).html) if about else "",
        showcase=component.uptime is UptimeShown.SHOWN,
        start=component.since,
        group=code.of_group(group) if group else None,
        only_degraded=component.show is Show.WHEN_AFFECTED,
    )


def _group(edition: Edition, group: Group, shown: list[ComponentDocument], place: int) -> ComponentDocument:
    """Return a group in the worst state of its components."""
    about = edition.text(group, "description", group.description)
    created = source.instant(group.source, "created_at") or min(each.created for each in shown)
    return ComponentDocument(
        id=group.id,
        code=code.of_group(group),
        name=edition.text(group, "name", group.name),
        status=max((each.status for each in shown), key=lambda status: ComponentStatus(status).rank),
        created=created,
        updated=max(each.updated for each in shown),
        is_dated=created != _UNKNOWN,
        position=place,
        html=served(edition.body(about).html) if about else "",
        showcase=False,
        start=None,
        group=None,
        only_degraded=False,
        children=tuple([each.code for each in shown]),
    )


def _created(edition: Edition, component: Component) -> datetime:
    """Return since when it is there: as imported, else its first day, else its first known state."""
    kept = source.instant(component.source, "created_at")
    if kept is not None:
        return kept
    if component.since is not None:
        return datetime.combine(component.since, time(), edition.zone).astimezone(UTC)
    return component.states[0].at.astimezone(UTC) if component.states else _UNKNOWN


def _changes(board: Board, component: Component) -> Iterator[datetime]:
    yield from (change.at.astimezone(UTC) for change in component.states)
    for course in board.courses.get(component.id, ()):
        for claim in course.claims:
            if claim.component == component.id:
                yield claim.start.astimezone(UTC)
                if claim.end is not None:
                    yield claim.end.astimezone(UTC)
