"""The calendars of maintenance: of the whole page, and of each component."""

from collections.abc import Callable, Iterator
from functools import partial

from stillup.artifact import Artifact
from stillup.pipeline.reading.story import Told
from stillup.pipeline.tree.standing import Standing
from stillup.pipeline.tree.tree import digest
from stillup.records.index import Index
from stillup.views.calendar import Booking, from_text, to_text
from stillup.views.edition import Edition
from stillup.vocabulary import Kind

PAST_MAINTENANCES = 50
_NO_BOOKING = "-"
"""Kept of a maintenance that the calendar does not show."""


def timetable(edition: Edition, index: Index, standing: Standing, tell: Callable[[str], Told]) -> Iterator[Artifact]:
    """Yield the calendars in which something is another than it was."""
    bookings = tuple(_bookings(index, tell))
    yield from standing.kept("calendar", [bookings], partial(_whole, edition, bookings))
    # What is worked on in a thousand components is read once, not once for each of them.
    drawn_from = {booking.key: digest(repr(booking).encode()) for booking in bookings}
    own: dict[str, list[Booking]] = {}
    for booking in bookings:
        for id in booking.component_ids:
            own.setdefault(id, []).append(booking)
    for id in edition.order:
        found = tuple(own.get(id, ()))
        marks: list[object] = [drawn_from[booking.key] for booking in found]
        yield from standing.kept(f"calendar/{id}", marks, partial(_of, edition, id, found))


def _whole(edition: Edition, bookings: tuple[Booking, ...]) -> Iterator[Artifact]:
    from stillup.feeds.calendar import calendar  # few runs change one

    yield calendar(edition.masthead, edition.words, bookings)


def _of(edition: Edition, id: str, bookings: tuple[Booking, ...]) -> Iterator[Artifact]:
    from stillup.feeds.calendar import component_calendar

    yield component_calendar(edition.masthead, edition.words, id, edition.name(id), bookings)


def _bookings(index: Index, tell: Callable[[str], Told]) -> Iterator[Booking]:
    """Every maintenance that the calendar shows: what is not over, and the newest of what is."""
    stories = {story.id: story for story in index.opened() if story.kind == Kind.MAINTENANCE}
    stories |= {story.id: story for story in index.past(Kind.MAINTENANCE, PAST_MAINTENANCES)}
    for story in stories.values():
        if known := index.made(story, "booking"):
            made = from_text(known) if known != _NO_BOOKING else None
        else:
            made = tell(story.id).booking()
            index.remember(story, "booking", to_text(made) if made else _NO_BOOKING)
        if made is not None:
            yield made
