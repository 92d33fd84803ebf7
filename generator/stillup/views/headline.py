"""The line that lists show of an incident or a maintenance."""

from collections.abc import Iterator, Sequence
from datetime import date

from stillup.timeline.course import Course, Occurrence
from stillup.timeline.length import at_worst
from stillup.views.edition import KEYS, Edition
from stillup.views.incident import IncidentView, UpdateView, Window
from stillup.views.listing import Headline
from stillup.views.shape import Affected, State
from stillup.vocabulary import Kind, UpdateStatus

_NAMED = 4
"""How many components a line names before it counts the rest."""

_MOST = 0.75
"""What share of the time counts as all of it."""


def headline(edition: Edition, view: IncidentView, course: Course) -> Headline:
    """Return what lists keep of `view`."""
    days = dict(_days(edition, course))
    several = course.kind is Kind.MAINTENANCE and (course.open or len(days) > 1)
    names = _names(edition, view.affected)
    return Headline(
        id=view.id,
        place=view.place,
        title=view.title,
        language=view.language,
        kind=view.kind,
        state=view.state,
        worst=KEYS[course.worst],
        note=view.note,
        open=view.open,
        started=view.started,
        ended=view.ended,
        days=tuple(days),
        component_ids=view.component_ids,
        search=view.search,
        lines=tuple([_line(edition, window, names) for window in days.values() if window]) if several else (),
    )


def note(
    edition: Edition,
    course: Course,
    told: Sequence[UpdateView],
    held: Sequence[Affected],
    windows: Sequence[Window],
    seconds: int,
) -> str:
    """Return `partial outage for 1 h 35 min, Stripe, Payments`."""
    words = edition.words
    names = _names(edition, held)
    if course.kind is Kind.MAINTENANCE:
        said = _of_maintenance(edition, course, windows, words.duration(seconds) if seconds else "")
    elif course.open:
        said = _since(edition, told, held, words.clock(edition.local(course.started)))
    elif seconds:
        said = _closed(edition, course, held, seconds)
    else:
        said = words.say(f"said.{KEYS[course.worst]}") if course.worst.rank else ""
    return words.listed([part for part in (said, names) if part])


def dated(edition: Edition, view: IncidentView) -> str:
    """Return the note of an open incident where no date stands beside it: `partial outage since 20 Nov, 10:12 UTC`."""
    local = edition.local(view.started)
    if not view.open or view.kind == Kind.MAINTENANCE or local.date() == edition.today:
        return view.note
    time = edition.words.moment(local, "day" if local.year == edition.today.year else "day_year")
    names = _names(edition, view.affected)
    return edition.words.listed([part for part in (_since(edition, view.updates, view.affected, time), names) if part])


def _since(edition: Edition, told: Sequence[UpdateView], held: Sequence[Affected], time: str) -> str:
    """Return since when it goes on, with the worst state in it where a component is affected.

    What got worse, better, or began again was not in that state all the time, so its state stands apart.
    """
    words = edition.words
    since = words.say("note.since", time=time)
    if not held or held[0].state.key == "ok":
        return since
    key = held[0].state.key
    state = words.say(f"said.{key}")
    worst = {update.affected[0].state.key if update.affected else "" for update in told if update.withdrawn is None}
    return words.say("note.state_since", state=state, time=time) if worst == {key} else words.listed([since, state])


def _said(edition: Edition, key: str, bare: str, course: Course, held: Sequence[Affected], **fields: str) -> str:
    """Return a phrase about what is over, with the worst state in it; without one where no component was affected."""
    state = KEYS[course.worst]
    if state == "ok":
        return edition.words.say(bare, **fields)
    return edition.words.say(key, state=edition.words.say(f"said.{state}"), **fields)


def _closed(edition: Edition, course: Course, held: Sequence[Affected], seconds: int) -> str:
    """Return how long it took; where its worst state held much less long, how long of that."""
    whole, worst = edition.words.duration(seconds), at_worst(course)
    if worst and worst < seconds * _MOST:
        state = edition.words.say(f"said.{KEYS[course.worst]}")
        return edition.words.say("note.part", state=state, length=edition.words.duration(worst), whole=whole)
    return _said(edition, "note.for", "note.length", course, held, length=whole)


def _of_maintenance(edition: Edition, course: Course, windows: Sequence[Window], length: str) -> str:
    if not course.open:
        return length
    running = [window for window in windows if window.status in (UpdateStatus.IN_PROGRESS, UpdateStatus.VERIFYING)]
    if running:
        return _goes_on(edition, running[0])
    coming = [window for window in windows if window.status == UpdateStatus.SCHEDULED]
    return coming[0].text if coming and course.open else ""


def _days(edition: Edition, course: Course) -> Iterator[tuple[date, Occurrence | None]]:
    """Return the days it is listed under: of a called-off series only the first day that fell out."""
    if course.kind is Kind.INCIDENT or not course.occurrences:
        yield edition.local(course.started).date(), None
        return
    off = False
    for window in course.occurrences:
        if window.began is not None:
            yield edition.local(window.began).date(), window
        elif window.status is UpdateStatus.CANCELLED and not off:
            off = course.status is UpdateStatus.CANCELLED
            yield edition.local(window.start).date(), window


def _line(edition: Edition, window: Occurrence, names: str) -> tuple[State, str]:
    """Return what a list says of one window on its day."""
    words = edition.words
    cancelled = window.status is UpdateStatus.CANCELLED
    state = State(key="none" if cancelled else "maint", word=words.say(f"own.{window.status}"))
    if cancelled or window.began is None:
        told = ""
    elif window.ended is None:
        told = _goes_on(edition, window)
    else:
        told = words.duration(window.ended - window.began)
    return state, words.listed([part for part in (told, names) if part])


def _goes_on(edition: Edition, window: Window | Occurrence) -> str:
    """Return until when work goes on as planned; where that is past, since when it does."""
    if window.began is not None and window.end <= edition.at:
        return edition.words.say("note.since", time=edition.words.clock(edition.local(window.began)))
    return edition.words.say("note.until", time=edition.words.clock(edition.local(window.end)))


def _names(edition: Edition, held: Sequence[Affected]) -> str:
    return edition.words.joined([name for group in held for name in group.names], _NAMED)
