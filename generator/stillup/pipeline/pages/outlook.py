"""The page as it will stand when the clock next opens or ends a window, from the records as they are written now."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from stillup.pipeline.reading.story import Told, tell
from stillup.timeline.course import Course
from stillup.timeline.day import Day
from stillup.timeline.publication import published
from stillup.views.board import with_days
from stillup.views.edition import Edition
from stillup.views.outlook import Outlook
from stillup.views.window import edges

EDGES = 12
"""How many openings and endings of windows a page foresees for its script."""


def outlooks(
    edition: Edition, opened: Sequence[Told], went: Mapping[str, Course], days: Mapping[str, tuple[Day, ...]]
) -> tuple[Outlook, ...]:
    """Return the page at the next edges of all open maintenances; nothing of a stated instant, which nobody lives in.

    `went` are the courses behind the page as it is, by id. What is written ahead of its time is a draft, and stays
    one: nothing is told before it is public.
    """
    if not edition.live:
        return ()
    moving = {told.record.id: told for told in opened if told.view and edges(told.view.windows, edition.at)}
    instants = {edge for told in moving.values() if told.view for edge in edges(told.view.windows, edition.at)}
    public = {id: published(told.record, edition.at) for id, told in moving.items()}
    found = []
    for edge in sorted(instants)[:EDGES]:
        then = replace(edition, at=edge)
        later = {id: tell(then, record) for id, record in public.items() if record is not None}
        courses = {**went, **{id: told.course for id, told in later.items() if told.course is not None}}
        views = [later.get(told.record.id, told).view for told in opened]
        found.append(
            Outlook(
                edition=then,
                board=with_days(then, [courses[id] for id in sorted(courses)], days),
                views=tuple([view for view in views if view is not None and view.open]),
            )
        )
    return tuple(found)
