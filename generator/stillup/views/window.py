"""The windows of a maintenance in words."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from markupsafe import Markup, escape

from stillup.records.incident import Incident, Update
from stillup.timeline.course import Course, Occurrence
from stillup.views.edition import Edition
from stillup.views.incident import Window
from stillup.vocabulary import UpdateStatus

NONE = Markup("")
_LISTED = 12
"""How many past windows of a series are told one by one."""


def windows(edition: Edition, incident: Incident, course: Course) -> tuple[Window, ...]:
    """Return every window of `course`."""
    told = {(update.at.astimezone(UTC), update.status) for update in incident.updates if update.withdrawn is None}
    return tuple(
        [
            Window(
                key=f"{each.planned_start.astimezone(UTC):%Y%m%dt%H%M%Sz}",
                start=each.start,
                end=each.end,
                status=each.status,
                text=span(edition, each.start, each.end),
                began=each.began,
                ended=each.ended,
                auto=incident.scheduled is not None and incident.scheduled.auto,
                by_clock=_by_clock(each, told),
                told=each.told,
            )
            for each in course.occurrences
        ]
    )


def span(edition: Edition, start: datetime, end: datetime, form: str = "weekday_year") -> str:
    """Return `Sun 22 Nov 2026, 02:00 to 03:30 UTC`; the second date too where it is another day."""
    words, first, last = edition.words, edition.local(start), edition.local(end)
    if first.date() == last.date() and first.tzname() == last.tzname():
        times = words.span(words.hour(first), words.clock(last))
        return words.say("moment", date=words.date(first, form), time=times)
    return words.span(words.moment(first, form), words.moment(last, form))


def told(edition: Edition, window: Window, update: Update) -> Markup:
    """Return the one window of a series that `update` speaks of, in words that later updates leave as they are."""
    move = update.scheduled
    start, end = (move.start.astimezone(UTC), move.end.astimezone(UTC)) if move else (window.start, window.end)
    said = replace(window, start=start, end=end, status=update.status, began=None, ended=None)
    return _line(edition, said, span(edition, start, end))


def lines(edition: Edition, shown: Window, more: Sequence[Window], endless: bool) -> tuple[str, ...]:
    """Return a window for the margin of a list: date, hours, and how many more there are."""
    words, first, last = edition.words, edition.local(shown.start), edition.local(shown.end)
    form = "weekday" if first.year == edition.today.year else "weekday_year"
    if first.date() == last.date() and first.tzname() == last.tzname():
        found = [words.date(first, form), words.span(words.hour(first), words.clock(last))]
    else:
        found = [words.span(words.moment(first, form), ""), words.moment(last, form)]
        found[0] = found[0].strip()
    if more:
        found.append(_more(edition, shown, more, endless))
    return tuple(found)


def line(edition: Edition, shown: Window, more: Sequence[Window], endless: bool) -> str:
    """Return the same in one line."""
    year = "weekday" if edition.local(shown.start).year == edition.today.year else "weekday_year"
    when = span(edition, shown.start, shown.end, year)
    return edition.words.listed([when, _more(edition, shown, more, endless)]) if more else when


def is_endless(incident: Incident) -> bool:
    """Return whether the series has no end of its own."""
    rule = incident.scheduled.recurrence.upper() if incident.scheduled else ""
    return bool(rule) and "COUNT=" not in rule and "UNTIL=" not in rule


def html(edition: Edition, all_windows: Sequence[Window], incident: Incident) -> Markup:
    """Return in words, one a line, what runs or comes next, how many more and what falls out; else all that is past."""
    if len(all_windows) == 1:
        return _line(edition, all_windows[0], all_windows[0].text)
    ahead = [window for window in all_windows if window.status in AHEAD]
    if not ahead:
        gone = [window for window in all_windows if window.status == UpdateStatus.CANCELLED and not window.told]
        past = [window for window in all_windows if window not in gone]
        lines = [*_older(edition, past), *_lines(edition, past[-_LISTED:])]
        if gone:  # with the series: no window of them was ever told of by itself
            lines.append(_line(edition, gone[0], _first(edition, gone, incident, gone[0].text)))
        return _BREAK.join(lines)
    text = _first(edition, ahead, incident, _remarked(edition, ahead[0], ahead[0].text))
    off = [window for window in all_windows if window.status not in AHEAD and window.start > ahead[0].start]
    return _BREAK.join([escape(text), *_lines(edition, off)])


def _first(edition: Edition, windows: Sequence[Window], incident: Incident, text: str) -> str:
    """Return the first of `windows` as `text` says it, and how many more there are."""
    if not windows[1:]:
        return text
    return edition.words.say(
        "window.and", first=text, more=_more(edition, windows[0], windows[1:], is_endless(incident))
    )


def earlier(edition: Edition, all_windows: Sequence[Window]) -> Markup:
    """Return the windows before the one that runs or comes next, the newest first, to be opened; empty without one."""
    start = next((window.start for window in all_windows if window.status in AHEAD), None)
    past = [window for window in all_windows if start and window.status not in AHEAD and window.start <= start]
    if not past:
        return NONE
    listed = _BREAK.join([*reversed(_lines(edition, past[-_LISTED:])), *_older(edition, past)])
    count = edition.words.count("window.past", len(past))
    return Markup('<details class="edit"><summary>{}</summary><p>{}</p></details>').format(count, listed)


_BREAK = Markup("<br>\n")


def _lines(edition: Edition, shown: Sequence[Window]) -> list[Markup]:
    return [_line(edition, window, window.text) for window in shown]


def _older(edition: Edition, past: Sequence[Window]) -> list[Markup]:
    """Return how many windows there are before those that are told one by one."""
    more = len(past) - _LISTED
    return [escape(edition.words.count("window.past", more))] if more > 0 else []


AHEAD = (UpdateStatus.SCHEDULED, UpdateStatus.IN_PROGRESS, UpdateStatus.VERIFYING)


def _line(edition: Edition, window: Window, text: str) -> Markup:
    return escape(_remarked(edition, window, text))


def _remarked(edition: Edition, window: Window, text: str) -> str:
    """Return a window with what differs from the plan."""
    words = edition.words
    remarks = []
    if window.planned != window.start:
        remarks.append(words.say("window.moved", when=words.moment(edition.local(window.planned))))
    if window.status == UpdateStatus.CANCELLED:
        remarks.append(words.say("window.cancelled"))
    elif window.began and window.ended and (window.began, window.ended) != (window.start, window.end):
        remarks.append(words.say("window.actual", when=span(edition, window.began, window.ended, "day")))
    elif window.began and not window.ended and window.began != window.start:
        known = edition.local(window.start).date()
        remarks.append(words.say("window.began", when=edition.clock(window.began, known).text))
    return words.say("window.remarks", when=text, remarks=words.listed(remarks)) if remarks else text


def _more(edition: Edition, shown: Window, more: Sequence[Window], endless: bool) -> str:
    words = edition.words
    days = [edition.local(window.start) for window in more]
    weekly = all(day.weekday() == edition.local(shown.start).weekday() for day in days)
    if endless:
        if weekly:
            return words.say("window.endless_weekly", weekdays=words.weekdays(days[0]))
        return words.say("window.endless", when=words.date(days[0], "weekday"))
    if weekly and len(more) > 1:
        return words.count("window.weekly", len(more), weekdays=words.weekdays(days[0]))
    return words.count("window.more", len(more), when=words.date(days[0], "weekday"))


def _by_clock(window: Occurrence, told: set[tuple[datetime, UpdateStatus]]) -> tuple[str, ...]:
    """Return what the clock alone did to a window: it begins or ends exactly as planned, and no update says so."""
    found = []
    running = (UpdateStatus.IN_PROGRESS, UpdateStatus.VERIFYING)
    if window.began == window.start and not any((window.start, status) in told for status in running):
        found.append(UpdateStatus.IN_PROGRESS.value)
    done = window.status is UpdateStatus.COMPLETED and window.ended == window.end
    if done and window.began is not None and (window.end, UpdateStatus.COMPLETED) not in told:
        found.append(UpdateStatus.COMPLETED.value)
    return tuple(found)


def edges(all_windows: Sequence[Window], at: datetime) -> tuple[datetime, ...]:
    """Return when the clock alone will change what is said of the window that runs or comes next."""
    for window in all_windows:
        if window.status in AHEAD:
            begins = window.auto and window.status == UpdateStatus.SCHEDULED
            ends = window.auto or window.status != UpdateStatus.SCHEDULED
            found = [*([window.start] if begins else []), *([window.end] if ends else [])]
            return tuple(edge for edge in found if edge > at)
    return ()


def is_overrun(edition: Edition, all_windows: Sequence[Window]) -> bool:
    """Return whether a window still runs at the edition's instant although its time is over."""
    return any(window.status in AHEAD[1:] and window.end <= edition.at for window in all_windows)
