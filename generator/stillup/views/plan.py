"""Maintenances in lists: running, coming and past."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from stillup.views import window
from stillup.views.edition import Edition, iso
from stillup.views.incident import IncidentView, UpdateView, Window
from stillup.views.listing import Headline
from stillup.views.page import Event, MaintenancePage
from stillup.views.shape import State
from stillup.vocabulary import UpdateStatus

_RUNNING = (UpdateStatus.IN_PROGRESS, UpdateStatus.VERIFYING)


def running(edition: Edition, views: Iterable[IncidentView]) -> tuple[tuple[IncidentView, Event], ...]:
    """Return the maintenances that are being worked on, with their lines."""
    found = []
    for view in views:
        if view.status in _RUNNING:
            now = next((each for each in view.windows if each.status in _RUNNING), None)
            found.append((view, _event(edition, view, now, (), whole=True)))
    return tuple(found)


def coming(
    edition: Edition, views: Iterable[IncidentView], most: int | None = None, *, whole: bool = False
) -> tuple[Event, ...]:
    """Return the maintenances that come next, soonest first; on a series' line its further windows are counted.

    `whole`: with the text of the newest update that speaks of the window, as the maintenance page shows it.
    """
    found = []
    for view in views:
        ahead = [each for each in view.windows if each.status == UpdateStatus.SCHEDULED]
        if ahead:
            found.append(
                (ahead[0].start, view.id, _event(edition, view, ahead[0], ahead[1:], whole=whole, planned=True))
            )
    return tuple([event for _, _, event in sorted(found, key=lambda each: each[:2])][:most])


def maintenance_page(edition: Edition, open_views: Iterable[IncidentView], past: Iterable[Headline]) -> MaintenancePage:
    """Return the maintenance page: `open_views` that are not over, and headlines of `past` ones."""
    words, masthead = edition.words, edition.masthead
    views = [view for view in open_views if view.windows or view.status in _RUNNING]
    over = [(each.started, each.id, _past(edition, each)) for each in past if not each.open]
    over += [each for view in views if (each := _so_far(edition, view)) is not None]
    return MaintenancePage(
        title=words.say("maintenance.title"),
        description=words.say(
            "maintenance.description", organisation=masthead.organisation, zone=edition.settings.timezone
        ),
        lede=words.say("maintenance.lede", zone=edition.settings.timezone),
        running=tuple([event for _, event in running(edition, views)]),
        coming=coming(edition, views, whole=True),
        past=tuple([event for _, _, event in sorted(over, key=lambda each: each[:2], reverse=True)]),
    )


def _event(
    edition: Edition,
    view: IncidentView,
    shown: Window | None,
    more: Sequence[Window],
    *,
    whole: bool,
    planned: bool = False,
) -> Event:
    newest = view.newest(shown.key if shown else "")
    note, foreign = (_affects(edition, view), "") if whole else _short(newest)
    state = view.state
    if planned and view.status in _RUNNING:
        state = State(key="maint", word=edition.words.say("own.scheduled"))
    return Event(
        place=view.place,
        title=view.title,
        language=view.language,
        state=state,
        note=note,
        note_language=foreign,
        body=newest.body if whole else None,
        windows=window.lines(edition, shown, more, view.endless) if shown else (),
        window=window.line(edition, shown, more, view.endless) if shown else "",
        when=None if shown else edition.time(view.started, "weekday"),
        turns=_turns(edition, shown) if shown else (),
    )


def _turns(edition: Edition, shown: Window) -> tuple[tuple[str, State], ...]:
    """Return what the clock will make of the window that is shown; nothing where words alone begin and end it."""
    if not (edition.live and shown.auto):
        return ()
    edges = ((shown.start, "maint", UpdateStatus.IN_PROGRESS), (shown.end, "ok", UpdateStatus.COMPLETED))
    return tuple(
        (iso(edge), State(key=key, word=edition.words.say(f"status.{status}")))
        for edge, key, status in edges
        if edge > edition.at
    )


def _short(newest: UpdateView) -> tuple[str, str]:
    """Return what the work means for customers, in a line, and its language where it is not the reader's."""
    for fact in newest.facts:
        if fact.key == "impact_text" and fact.text.strip():
            return " ".join(fact.text.split()), fact.language
    return newest.body.line, newest.body.language


def _affects(edition: Edition, view: IncidentView) -> str:
    """Return what it affects and when it was announced."""
    words, told = edition.words, []
    if view.component_ids:
        told.append(words.say("maintenance.affects", names=words.join([edition.name(id) for id in view.component_ids])))
    announced = edition.local(view.updates[-1].at).date()
    form = "day" if announced.year == edition.today.year else "day_year"
    told.append(words.say("maintenance.announced", day=words.date(announced, form)))
    return words.sentences(*told)


def _so_far(edition: Edition, view: IncidentView) -> tuple[datetime, str, Event] | None:
    """Return when the newest window of a series that goes on was over, and its line, with how many came before it."""
    past = [
        replace(each, start=each.began, end=each.ended)
        for each in view.windows
        if each.status == UpdateStatus.COMPLETED and each.began is not None and each.ended is not None
    ]
    if not past:
        return None
    newest, words = past[-1], edition.words
    event = Event(
        place=view.place,
        title=view.title,
        language=view.language,
        state=State(key="maint", word=words.say("own.completed")),
        note=words.count("window.past", len(past) - 1) if past[1:] else "",
        windows=window.lines(edition, newest, (), view.endless),
    )
    return newest.start, view.id, event


def _past(edition: Edition, headline: Headline) -> Event:
    words, start = edition.words, edition.local(headline.started)
    end = edition.local(headline.ended) if headline.ended else start
    form = "weekday" if start.year == edition.today.year else "weekday_year"
    if start.date() == end.date():
        lines: tuple[str, ...] = (words.date(start, form), words.span(words.hour(start), words.clock(end)))
    else:
        lines = (words.span(words.date(start, form), words.date(end, form)),)
    return Event(
        place=headline.place,
        title=headline.title,
        language=headline.language,
        state=headline.state,
        note=headline.note,
        windows=lines,
    )
