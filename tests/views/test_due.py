"""`next_due` is the first instant at which a page reads differently: until then nothing on it changes by the clock."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st

from stillup.timeline.course import course
from stillup.timeline.due import next_due, next_midnight
from stillup.timeline.publication import AHEAD, published
from stillup.views.component import component_page
from stillup.views.entry import entries
from stillup.views.plan import maintenance_page
from stillup.views.telling import telling
from tests.views.sample import COMPONENTS, MAINTAINED, at, board_of, edition, front, listed, seen, told, work
from tests.views.test_any_record import records

SECOND = timedelta(seconds=1)
shortly = st.integers(0, 200).map(lambda minutes: timedelta(minutes=minutes))


@st.composite
def instants(draw, record):
    """Shortly before or at an instant that the record speaks of: there the clock has something to do."""
    named = [update.at for update in record.updates]
    named += [update.next_update_at for update in record.updates if update.next_update_at]
    windows = [record.scheduled, *(update.scheduled for update in record.updates)]
    named += [edge for window in windows if window is not None for edge in (window.start, window.end)]
    return draw(st.sampled_from(named)) - draw(shortly)


def shown(record, page):
    """Everything that a reader can see of `record`, but for bars and figures: those run on while an outage does."""
    view, line, table = seen(record, page), listed(record, page), board_of(record, page=page)
    home = front(record, page=page)
    figures = {"uptime": "", "bars": (), "days": ()}
    groups = [
        replace(group, uptime="", alt="", bars=(), rows=tuple(replace(row, **figures, alt="") for row in group.rows))
        for group in home.groups
    ]
    parts = [
        replace(
            component_page(page, table, each, {record.id: line}),
            description="", figures=(), alt="", bars=(), year=(), year_alt="", year_days=(), months=(), days=(),
        )
        for each in COMPONENTS
    ]  # fmt: skip
    lists = maintenance_page(page, [view] if view.open else [], [line])
    own = (view, line, lists, parts, entries(page, view), telling(page, record, view))
    return (*own, replace(home, built=None, groups=tuple(groups)))


PLAIN = work(told(at("08:00", 15), "scheduled", components={"auth": MAINTAINED}), start=at("02:00"), end=at("04:00"))


DONE = work(
    told(at("08:00", 15), "scheduled"), told(at("00:00"), "completed"), start=at("02:00"), end=at("04:00"), auto=False
)


@settings(max_examples=150)
@example((DONE, at("00:00")))
@example((PLAIN, at("01:30")))
@example((PLAIN, at("03:00")))
@given(records().flatmap(lambda record: st.tuples(st.just(record), instants(record))))
def test_nothing_on_the_page_changes_before_the_instant_that_is_due(given_record):
    record, now = given_record
    early = [each for each in (record.started_at, *(u.withdrawn.at for u in record.updates if u.withdrawn)) if each]
    if any(each > now for each in early) or any(now < update.at <= now + AHEAD for update in record.updates):
        return  # it counts as now, whenever now is
    page = edition(now)
    public = published(record, now)
    went = [course(record, now)] if public is not None else []
    due = next_due([record], went, now, COMPONENTS)
    until = min(filter(None, (due, next_midnight(now, page.zone)))) - SECOND
    later = edition(max(until, now))

    if public is None:
        assert published(record, later.at) is None
        return
    assert shown(record, later) == shown(record, page)
