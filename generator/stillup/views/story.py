"""One record as the public sees it: its page, its line in lists, and its entries in feeds.

Nothing of a settled record depends on the edition's instant: its page is the same for ever.
"""

from collections.abc import Sequence
from dataclasses import replace

from stillup.records.incident import Incident
from stillup.timeline.course import Course
from stillup.timeline.course import course as run
from stillup.timeline.length import length
from stillup.timeline.promise import Promise as Due
from stillup.views import code, window
from stillup.views.edition import IMPACT_KEYS, Edition, iso
from stillup.views.entry import entries
from stillup.views.facts import Known, facts
from stillup.views.group import affected, in_order
from stillup.views.headline import headline, note
from stillup.views.incident import IncidentView, PostmortemView, UpdateView, Window, newest_of
from stillup.views.lane import lanes
from stillup.views.shape import Affected, Promise, State
from stillup.views.update import redacted, updates
from stillup.vocabulary import ComponentStatus, Kind, UpdateStatus

__all__ = ["entries", "headline", "incident"]

_SEARCHED = 400


def incident(edition: Edition, incident: Incident, course: Course, promise: Due | None = None) -> IncidentView:
    """Return the view of an incident or a maintenance: `incident` without drafts, its `course` and `promise`."""
    words = edition.words
    place = f"incidents/{incident.id}/"
    year = edition.local(course.started).year
    all_windows = window.windows(edition, incident, course) if course.occurrences else ()
    told = updates(edition, incident, year, all_windows)
    held = _held(edition, course, told)
    parts = sum(update.opening for update in told)
    seconds = length(course, parts)
    due = _promise(edition, incident, promise)
    title = edition.text(incident, "title", incident.title)
    html_windows = window.html(edition, all_windows, incident) if all_windows else window.NONE
    ids = in_order(edition, _ids(incident, course))
    drawn, ticks = lanes(edition, course) if _is_drawn(course) else ((), ())
    known = Known(
        course=course,
        updates=told,
        affected=held,
        length=words.duration(seconds) if seconds else "",
        windows=html_windows,
        earlier=window.earlier(edition, all_windows),
        parts=parts,
    )
    newest = newest_of(told, next((each.key for each in all_windows if each.status in window.AHEAD), ""))
    return IncidentView(
        id=incident.id,
        place=place,
        kind=incident.kind,
        title=title,
        language=edition.foreign(incident, "title"),
        reference=incident.reference,
        description=_description(edition, course, known, newest),
        status=course.status,
        impact=course.impact,
        open=course.open,
        state=state(edition, course),
        kick=_kick(edition, course, all_windows),
        severity=incident.severity or "" if edition.settings.show_severity else "",
        started=course.started,
        ended=course.ended,
        closed=course.closed,
        duration=known.length,
        facts=facts(edition, known),
        affected=held,
        component_ids=tuple(ids),
        promise=due,
        lanes=drawn,
        ticks=ticks,
        updates=told,
        postmortem=_postmortem(edition, incident, year),
        note=note(edition, course, told, held, all_windows, seconds),
        html_windows=html_windows,
        windows=all_windows,
        turns=_turns(edition, incident, all_windows),
        endless=window.is_endless(incident),
        retitled=incident.redacted.at if incident.redacted else None,
        origin=incident.formerly[0] if incident.formerly else "",
        search=" · ".join(filter(None, [", ".join(map(edition.name, ids)), newest.body.line]))[:_SEARCHED],
    )


def state(edition: Edition, course: Course) -> State:
    """Return an incident's or a maintenance's own state."""
    if course.kind is Kind.MAINTENANCE:
        key = "none" if course.status is UpdateStatus.CANCELLED else "maint"
        return State(key=key, word=edition.words.say(f"own.{course.status}"))
    if course.open:
        return State(key=IMPACT_KEYS[course.impact], word=edition.words.say("own.open"))
    return State(key="ok", word=edition.words.say("own.resolved"))


def _kick(edition: Edition, course: Course, all_windows: Sequence[Window]) -> str:
    if course.open and window.is_overrun(edition, all_windows):
        return edition.words.say("kick.overrun")
    status = course.status if course.open or course.kind is Kind.MAINTENANCE else UpdateStatus.RESOLVED
    return edition.words.say(f"kick.{status}")


def _turns(edition: Edition, incident: Incident, all_windows: Sequence[Window]) -> tuple[tuple[str, State], ...]:
    """Return what the clock will make of a maintenance, for pages that are read in the present."""
    found = []
    for edge in window.edges(all_windows, edition.at) if edition.live else ():
        then, went = replace(edition, at=edge), run(incident, edge)
        kick = _kick(then, went, window.windows(then, incident, went))
        found.append((iso(edge), State(key=state(then, went).key, word=kick)))
    return tuple(found)


def _is_drawn(course: Course) -> bool:
    """Return whether lanes tell more than the facts do: of a maintenance as planned they do not."""
    return course.kind is Kind.INCIDENT or course.worst.rank > ComponentStatus.UNDER_MAINTENANCE.rank


def _held(edition: Edition, course: Course, told: Sequence[UpdateView]) -> tuple[Affected, ...]:
    """Return what is held now, or will be; of something closed every component in the worst state it had."""
    if course.open:
        counted = [update.affected for update in told if update.withdrawn is None]
        if course.kind is Kind.MAINTENANCE:
            return next((groups for groups in counted if groups), ())
        return counted[0] if counted else ()
    worst: dict[str, ComponentStatus] = {}
    for claim in course.claims:
        known = worst.get(claim.component)
        if known is None or claim.status.rank > known.rank:
            worst[claim.component] = claim.status
    return affected(edition, worst)


def _ids(incident: Incident, course: Course) -> list[str]:
    ids = dict.fromkeys(claim.component for claim in course.claims)
    for update in incident.updates:
        if update.components and update.withdrawn is None:
            ids.update(dict.fromkeys(update.components))
    return list(ids)


def _promise(edition: Edition, incident: Incident, due: Due | None) -> Promise | None:
    if due is None:
        return None
    made = next((update.at for update in incident.updates if update.id == due.update), due.due)
    return Promise(
        due=due.due,
        time=edition.clock(due.due, edition.local(made).date()),
        late=due.late,
        live=edition.live,
        every=edition.words.length(due.every) if due.every else "",
    )


def _postmortem(edition: Edition, incident: Incident, year: int) -> PostmortemView | None:
    written = incident.postmortem
    if written is None:
        return None
    text = edition.text(written, "body", written.body)
    return PostmortemView(
        key=f"{code.origin(incident)}/postmortem",
        at=written.at,
        time=edition.time(written.at, "weekday" if edition.local(written.at).year == year else "weekday_year"),
        body=edition.body(
            redacted(edition, text, written.redacted) if written.redacted else text,
            f"incidents/{incident.id}/",
            edition.foreign(written, "body"),
        ),
        redacted_at=written.redacted.at if written.redacted else None,
    )


def _description(edition: Edition, course: Course, known: Known, newest: UpdateView) -> str:
    """Return one sentence for search engines and previews."""
    words = edition.words
    what = known.said("impact_text") or known.said("summary") or _line(course, known, newest)
    if course.kind is Kind.MAINTENANCE:
        return words.say(f"incident.{course.status}", when=_when(edition, course), what=newest.body.line)
    started = edition.local(course.started)
    if course.open:
        return words.say("incident.open", time=words.moment(started, "long_year"), what=what)
    key = "incident.resolved" if known.length else "incident.resolved_at_once"
    return words.say(key, day=words.date(started, "long_year"), length=known.length, what=what)


def _line(course: Course, known: Known, newest: UpdateView) -> str:
    """Return the newest update in a line; of a closed incident the first where that says more than its end."""
    first = next((update for update in reversed(known.updates) if update.withdrawn is None), newest)
    if not course.open and len(first.body.text) > len(newest.body.text):
        return first.body.line
    return newest.body.line


def _when(edition: Edition, course: Course) -> str:
    """Return the day a description of a maintenance names: of what runs or comes next, else of its last window."""
    over = (UpdateStatus.COMPLETED, UpdateStatus.CANCELLED)
    ahead = [each.start for each in course.occurrences if each.status not in over]
    last = course.occurrences[-1].start if course.occurrences else course.started
    return edition.words.moment(edition.local(ahead[0] if ahead else last), "long_year")
