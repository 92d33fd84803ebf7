"""The course of an incident drawn: a line for each component, its states on it, and a scale below."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from stillup.timeline.course import Claim, Course
from stillup.views.edition import Edition
from stillup.views.group import in_order
from stillup.views.incident import Lane

_WIDTH = 1000
_LEAST = 4
_TICKS = 4
_STEPS = (
    *((1, 1), (2, 1), (5, 5), (10, 5), (15, 5), (20, 10), (30, 10), (60, 30), (90, 30), (120, 30), (180, 60)),
    *((240, 60), (360, 60), (480, 120), (720, 180), (1440, 1440)),
)
"""Minutes between two ticks, and to what the first one is rounded."""

_DAY = 86_400


def lanes(edition: Edition, course: Course) -> tuple[tuple[Lane, ...], tuple[str, ...]]:
    """Return a lane for each component in page order, and the words under them; nothing while it is open."""
    if course.ended is None or not course.claims:
        return (), ()
    start = min(course.started, course.claims[0].start)
    end = max([course.ended, *[claim.end for claim in course.claims if claim.end]])
    origin, step = _scale(edition, start, end)
    whole = (step * _TICKS).total_seconds()

    def place(at: datetime) -> int:
        return max(0, min(_WIDTH, round((at - origin).total_seconds() / whole * _WIDTH)))

    by_component: dict[str, list[Claim]] = {}
    for claim in course.claims:
        by_component.setdefault(claim.component, []).append(claim)
    several = edition.local(start).date() != edition.local(end).date()
    found = []
    for component in in_order(edition, list(by_component)):
        bits, said, last = [], [], None
        for claim in by_component[component]:
            until = claim.end or end
            left = min(place(claim.start), _WIDTH - _LEAST)
            state = edition.states[claim.status]
            dated = several and edition.local(claim.start).date() != edition.local(until).date()
            last_said = _instant(edition, until, dated)
            words = edition.words.span(_instant(edition, claim.start, several), last_said)
            bits.append((left, max(_LEAST, place(until) - left), state, edition.words.listed([state.word, words])))
            if last == claim.start:
                words = edition.words.say("lane.to", end=last_said)
            said.append(edition.words.say("lane.state", state=edition.words.say(f"said.{state.key}"), time=words))
            last = until
        name = edition.name(component)
        alt = edition.words.say("lane.alt", name=name, states=edition.words.listed(said))
        found.append(Lane(name=name, alt=alt, bits=tuple(bits)))
    return tuple(found), _ticks(edition, origin, step)


def _instant(edition: Edition, at: datetime, several: bool) -> str:
    local = edition.local(at)
    hour = edition.words.hour(local)
    return edition.words.say("moment", date=edition.words.date(local), time=hour) if several else hour


def _scale(edition: Edition, start: datetime, end: datetime) -> tuple[datetime, timedelta]:
    """Return where the drawing begins and how far two ticks are apart: round local times, and all of it inside."""
    offset = int((edition.local(start).utcoffset() or timedelta()).total_seconds())
    first, last = int(start.timestamp()) + offset, int(end.timestamp()) + offset
    for minutes, rounding in _STEPS:
        origin = (first - 1) // (rounding * 60) * rounding * 60
        step = minutes * 60
        if origin + step * _TICKS >= last:
            break
    else:
        step = -(-(last - origin) // (_TICKS * _DAY)) * _DAY
    return datetime.fromtimestamp(origin - offset, UTC), timedelta(seconds=step)


def _ticks(edition: Edition, origin: datetime, step: timedelta) -> tuple[str, ...]:
    local = [edition.local(origin + step * number) for number in range(_TICKS + 1)]
    if step >= timedelta(days=1):
        return tuple([edition.words.date(each) for each in local])
    if local[0].date() == local[-1].date():
        return tuple([_hour(edition, local, number) for number in range(len(local))])
    return tuple([_tick(edition, local, number) for number in range(len(local))])


def _hour(edition: Edition, local: Sequence[datetime], number: int) -> str:
    """Return the time of a tick, with its zone at the end, and where clocks change in between also before and after."""
    at, before = local[number], local[number - 1] if number else local[-1]
    last = number == len(local) - 1
    return edition.words.clock(at) if last or at.utcoffset() != before.utcoffset() else edition.words.hour(at)


def _tick(edition: Edition, local: Sequence[datetime], number: int) -> str:
    at = local[number]
    words = _hour(edition, local, number)
    new = at.date() != local[number - 1].date() if number else True
    return edition.words.say("moment", date=edition.words.date(at), time=words) if new else words
