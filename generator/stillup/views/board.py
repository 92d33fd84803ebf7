"""The components at the edition's instant: their state and days, and the state of the whole page. Made once a build."""

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from stillup.frozen import dataclass
from stillup.records.component import Component
from stillup.timeline.course import Course
from stillup.timeline.day import Day, days
from stillup.timeline.overall import Overall, is_counted, overall
from stillup.timeline.state import Now, by_component, now
from stillup.views.edition import Edition
from stillup.vocabulary import Kind, Show, UptimeShown

YEAR = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """What home, component pages and the uptime table are drawn from."""

    now: Mapping[str, Now]
    days: Mapping[str, tuple[Day, ...]]
    """By component, oldest first, up to today: from `first_day`."""

    courses: Mapping[str, tuple[Course, ...]]
    """By component: those that hold it in these days."""

    overall: Overall

    def last(self, component: str, count: int) -> tuple[Day, ...]:
        """Return the newest `count` days of `component`."""
        return self.days[component][-count:]


def first_day(edition: Edition) -> date:
    """Return the first day a board looks at: a year back, and the last twelve months whole."""
    today = edition.today
    back = max(YEAR, edition.settings.history_days) - 1
    return min(today - timedelta(days=back), months(today)[0])


def of_month(days: Sequence[Day], month: date) -> Sequence[Day]:
    """Return those of the civil days of `month`, its first, that are among `days`, which follow each other."""
    if not days:
        return ()
    start = (month - days[0].date).days
    end = start + monthrange(month.year, month.month)[1]
    return days[max(0, start) : max(0, end)]


def board(edition: Edition, courses: Iterable[Course]) -> Board:
    """Return the board. `courses` are all that are open or touch a day from `first_day` on; others do no harm."""
    courses = tuple(courses)
    held = by_component(courses)
    first, today = first_day(edition), edition.today
    counted = {
        each.id: days(each, held.get(each.id, ()), edition.zone, first, today, edition.at)
        for each in edition.components.components
    }
    return with_days(edition, courses, counted)


def with_days(edition: Edition, courses: Iterable[Course], counted: Mapping[str, tuple[Day, ...]]) -> Board:
    """Return the board with days that were counted already.

    `courses` are at least all that are open or touched yesterday or today; `Board.courses` has no others.
    """
    courses = tuple(courses)
    held = by_component(courses)
    components = edition.components.components
    states = {each.id: now(each, held.get(each.id, ()), edition.at) for each in components}
    return Board(
        now=states,
        days=counted,
        courses={id: tuple(found) for id, found in held.items()},
        overall=overall(
            [states[each.id].status for each in components if is_counted(each, edition.today)],
            [course.impact for course in courses if course.open and course.kind is Kind.INCIDENT],
        ),
    )


def months(today: date) -> tuple[date, ...]:
    """Return the first days of the last twelve months, oldest first, the running one last."""
    number = today.year * 12 + today.month - 1
    return tuple([date(each // 12, each % 12 + 1, 1) for each in range(number - 11, number + 1)])


def has_row(component: Component, board: Board, today: date) -> bool:
    """Return whether `component` stands on the home page today."""
    if not is_counted(component, today):
        return False
    return component.show is Show.ALWAYS or board.now[component.id].status.rank > 0


def has_figure(component: Component) -> bool:
    """Return whether bars and figure are public."""
    return component.uptime is UptimeShown.SHOWN
