"""What holds of every history, whatever was written."""

import itertools
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from stillup.records.incident import Incident, Move, Schedule, Update
from stillup.timeline.claim import Claim, joined
from stillup.timeline.course import Course, course
from stillup.timeline.day import bounds, days
from stillup.timeline.due import next_due, next_midnight
from stillup.timeline.overall import overall
from stillup.timeline.promise import promise
from stillup.timeline.publication import drafts, published
from stillup.timeline.recurrence import starts
from stillup.timeline.state import now, segments
from stillup.timeline.uptime import colour, group_days, uptime
from stillup.vocabulary import STATUSES_OF, ComponentStatus, Impact, Indicator, Kind, UpdateStatus
from tests.timeline.records import component, withdrawn

START = datetime(2026, 10, 24, tzinfo=UTC)
STEP = timedelta(minutes=10)
LONG = 6 * 24 * 4
ZONES = [ZoneInfo(name) for name in ("UTC", "Europe/Berlin", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe")]

moments = st.integers(0, LONG).map(lambda steps: START + steps * STEP)
zones = st.sampled_from(ZONES)
states = st.sampled_from(ComponentStatus)
named = st.dictionaries(st.sampled_from(["stripe", "api"]), states, max_size=2)


@st.composite
def records(draw, kind=None, *, windows=None, corrected=True, id="payments"):
    """An incident or a maintenance with up to six updates, ten minutes or more apart or at one instant."""
    kind = kind or draw(st.sampled_from(Kind))
    times = sorted(draw(st.lists(moments, min_size=1, max_size=6)))
    updates = []
    for number, at in enumerate(times):
        move = draw(windows) if windows is not None and kind is Kind.MAINTENANCE else None
        updates.append(
            Update(
                id=str(number),
                at=at,
                status=draw(st.sampled_from(STATUSES_OF[kind])),
                body="",
                components=draw(named),
                next_update_in=draw(st.sampled_from([None, 3 * STEP])),
                scheduled=move,
            )
        )
    schedule = None
    if kind is Kind.MAINTENANCE:
        start, length = draw(moments), draw(st.integers(1, 100))
        rule = draw(st.sampled_from(["", "", "FREQ=DAILY;COUNT=3", "FREQ=HOURLY;INTERVAL=7;COUNT=4", "FREQ=DAILY"]))
        schedule = Schedule(start=start, end=start + length * STEP, recurrence=rule, auto=draw(st.booleans()))
    ends = st.one_of(st.none(), moments) if corrected else st.none()
    return Incident(
        id=id, title="", kind=kind, updates=tuple(updates), scheduled=schedule,
        started_at=draw(ends), ended_at=draw(ends),
    )  # fmt: skip


moves = st.one_of(
    st.none(),
    st.tuples(moments, st.integers(1, 60)).map(lambda told: Move(start=told[0], end=told[0] + told[1] * STEP)),
)
courses = st.lists(records(), max_size=6).map(
    lambda found: [course(replace(record, id=f"i{number}"), START + LONG * STEP) for number, record in enumerate(found)]
)
monitors = st.lists(st.tuples(moments, states), max_size=4).map(lambda seen: component("stripe", *sorted(seen)))


@given(records(windows=moves), moments)
def test_claims_are_in_order_and_never_overlap(record, at):
    if published(record, at) is None:
        return
    told = course(record, at)

    assert list(told.claims) == sorted(told.claims, key=lambda claim: (claim.start, claim.component))
    for name in ("stripe", "api"):
        own = [claim for claim in told.claims if claim.component == name]
        for claim, later in zip(own, own[1:], strict=False):
            assert claim.end is not None and claim.end <= later.start
            assert claim.end < later.start or claim.status is not later.status
    for claim in told.claims:
        assert claim.status is not ComponentStatus.OPERATIONAL
        assert claim.start <= at
        assert claim.end is None or claim.start < claim.end <= at


@st.composite
def retold(draw):
    """An open incident with up to six updates, each of which may tell what had changed a while before."""
    updates = [
        Update(
            id=str(number), at=at, status=UpdateStatus.INVESTIGATING, body="", components=(components := draw(named)),
            changed_at=draw(st.none() | moments.map(lambda moment, at=at: min(moment, at))) if number and components
            else None,
        )
        for number, at in enumerate(sorted(draw(st.lists(moments, min_size=1, max_size=6))))
    ]  # fmt: skip
    return Incident(id="payments", title="Payments", updates=tuple(updates))


@st.composite
def phased(draw):
    """An incident that is resolved and opened again, with changes that are told as of any time before."""
    times = sorted(draw(st.lists(moments, min_size=3, max_size=8, unique=True)))
    updates = []
    for number, at in enumerate(times):
        closes = bool(number) and draw(st.booleans())
        components = {} if closes else draw(named)
        early = draw(st.none() | moments.map(lambda moment, at=at: min(moment, at)))
        updates.append(
            Update(
                id=str(number),
                at=at,
                status=UpdateStatus.RESOLVED if closes else UpdateStatus.INVESTIGATING,
                body="",
                components=components,
                changed_at=early if number and components else None,
            )
        )
    return Incident(id="payments", title="Payments", updates=tuple(updates))


@given(retold())
def test_at_each_instant_holds_what_was_told_last_of_it(record):
    """The rule in one line: of all updates that speak of an instant, the one that was told last."""
    began, last = record.updates[0].at, record.updates[-1].at
    claims = course(record, last).claims

    instants = {began, last, *(each.changed_at or each.at for each in record.updates)}
    for at, part in itertools.product(sorted(instants), ("stripe", "api")):
        if at < began:
            continue
        told = [each for each in record.updates if part in each.components and (each.changed_at or each.at) <= at]
        wanted = told[-1].components[part] if told else ComponentStatus.OPERATIONAL
        held = [each for each in claims if each.component == part and each.start <= at]
        found = [each.status for each in held if each.end is None or each.end > at]
        assert found == ([wanted] if wanted.rank else []), (at, part)


@given(phased())
def test_what_a_phase_tells_leaves_the_time_before_it_alone(record):
    """Of the time before it was opened again, an incident says what it said when that was not written yet."""
    updates, last = record.updates, record.updates[-1].at
    told = course(record, last).claims
    closed = None
    for number, each in enumerate(updates):
        if each.status.closes:
            closed = closed or each.at
        elif closed is not None:
            opened = max(closed, each.changed_at or each.at)
            before = course(replace(record, updates=updates[:number]), last).claims
            assert cut(told, opened) == cut(before, closed)
            closed = None


def cut(claims: Iterable[Claim], end: datetime) -> list[Claim]:
    """Return the claims as far as they lie before `end`."""
    return [replace(each, end=min(each.end or end, end)) for each in claims if each.start < end]


@given(records(windows=moves), moments)
def test_a_closed_record_holds_nothing_and_an_open_one_has_no_end(record, at):
    if published(record, at) is None:
        return
    told = course(record, at)

    assert (told.closed is None) == told.open
    assert told.open or told.closed <= at
    if told.open:
        assert told.ended is None and not told.settled
    elif record.ended_at is None or record.ended_at <= at:
        assert all(claim.end is not None for claim in told.claims)


@given(records(corrected=False, windows=moves), moments, moments)
def test_the_past_stands_as_time_goes_on(record, one, other):
    early, late = sorted((one, other))
    if published(record, early) is None:
        return
    before, after = course(record, early), course(record, late)

    if record.kind is Kind.INCIDENT and not record.updates[0].status.closes:
        assert before.claims == until(after, early)
    if before.settled:
        assert after == before


@given(records(Kind.MAINTENANCE, corrected=False), moments, moments)
def test_the_past_of_a_maintenance_stands_as_time_goes_on(record, one, other):
    early, late = sorted((one, other))
    if published(record, early) is None or record.updates[0].status.closes:
        return

    assert course(record, early).claims == until(course(record, late), early)


def until(told: Course, at: datetime) -> tuple[Claim, ...]:
    """What of a course was known at an earlier instant."""
    cut = [replace(c, end=None if c.end is None or c.end > at else c.end) for c in told.claims if c.start <= at]
    return tuple(cut)


@given(records(windows=moves), st.sets(st.integers(0, 5)), moments)
def test_what_is_withdrawn_might_as_well_not_be_there(record, numbers, at):
    off = withdrawn(START)
    kept = tuple(update for number, update in enumerate(record.updates) if number not in numbers)
    struck = tuple(
        replace(update, withdrawn=off) if number in numbers else update for number, update in enumerate(record.updates)
    )
    if not kept or published(replace(record, updates=kept), at) is None:
        return

    assert course(replace(record, updates=struck), at) == course(replace(record, updates=kept), at)


@given(records(windows=moves), moments)
def test_drafts_change_nothing_but_whether_a_course_is_settled(record, at):
    public = published(record, at)
    if public is None:
        assert drafts(record, at) == record.updates
        return

    assert (*public.updates, *drafts(record, at)) == record.updates
    whole, told = course(record, at), course(public, at)
    assert replace(whole, settled=False) == replace(told, settled=False)
    assert told.settled or not whole.settled


@given(monitors, courses, moments, moments)
def test_segments_say_at_every_instant_what_the_claims_say(part, told, one, other):
    start, end = sorted((one, other))
    found = segments(part, told, start, end)

    for segment, later in zip(found, found[1:], strict=False):
        assert segment.end <= later.start
    steps = int((end - start) / STEP)
    for number in range(0, steps, max(1, steps // 40)):
        instant = start + number * STEP
        inside = [segment for segment in found if segment.start <= instant < segment.end]
        expected = at_one_instant(part, told, instant)
        assert (inside[0].status if inside else ComponentStatus.OPERATIONAL) is expected
        assert now(part, told, instant).status is expected
        since = now(part, told, instant).since
        assert since is None or at_one_instant(part, told, since) is expected


def at_one_instant(part, told, instant) -> ComponentStatus:
    """The rule of precedence, written out for one instant."""

    def worst(kind):
        held = [
            claim.status
            for record in told
            for claim in record.claims
            if record.kind is kind and claim.component == part.id
            if claim.start <= instant and (claim.end is None or instant < claim.end)
        ]
        return max(held, key=lambda status: status.rank, default=None)

    seen = [change.status for change in part.states if change.at <= instant]
    return worst(Kind.INCIDENT) or worst(Kind.MAINTENANCE) or (seen[-1] if seen else ComponentStatus.OPERATIONAL)


@given(monitors, courses, zones, moments, st.integers(1, 8))
def test_the_seconds_of_a_day_are_its_length_up_to_now(part, told, zone, at, count):
    first = START.date() - timedelta(days=1)

    found = days(part, told, zone, first, first + timedelta(days=count), at)

    for day in found:
        begin, end = bounds(day.date, zone)
        assert day.known == (begin <= at)
        assert sum(day.seconds) == max(0, (min(end, at) - begin).total_seconds())
        assert min(day.seconds) >= 0
        assert colour(day).startswith("#")
    assert uptime(found) is None or 0 <= uptime(found) <= 10000


@given(courses, zones, moments)
def test_what_is_told_twice_counts_once(told, zone, at):
    first = START.date()
    twice = [*told, *(replace(one, id=f"{one.id}-again") for one in told)]

    once = days(component(), told, zone, first, first + timedelta(days=4), at)
    both = days(component(), twice, zone, first, first + timedelta(days=4), at)

    assert [day.seconds for day in once] == [day.seconds for day in both]


@given(courses, courses, moments)
def test_resolving_one_incident_never_frees_what_another_holds(some, others, at):
    held = [one for one in others if one.kind is Kind.INCIDENT]

    alone = now(component(), held, at).status
    together = now(component(), [*some, *held], at).status

    assert together.rank >= alone.rank


@given(st.lists(courses, min_size=1, max_size=4), moments)
def test_a_groups_uptime_lies_between_its_best_and_its_worst_child(children, at):
    first = START.date()
    rows = [days(component(), told, ZONES[0], first, first + timedelta(days=4), at) for told in children]

    figures = [uptime(row) for row in rows]
    mean = uptime(group_days(rows))

    if mean is None:
        assert figures == [None] * len(figures)
    else:
        assert min(figures) <= mean <= 10000
        assert mean <= max(figures) + 1


@given(zones, st.dates(date(1990, 1, 1), date(2037, 12, 30)))
def test_civil_days_follow_each_other_without_gap(zone, day):
    begin, end = bounds(day, zone)

    assert end == bounds(day + timedelta(days=1), zone)[0]
    assert begin <= end <= begin + timedelta(hours=25)
    if begin < end:
        assert begin.astimezone(zone).date() == day
        assert (begin - timedelta(seconds=1)).astimezone(zone).date() < day
        assert next_midnight(begin, zone) == next_midnight(end - timedelta(seconds=1), zone) == end


@given(zones, st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)), st.integers(1, 5), st.integers(1, 60))
@settings(max_examples=50)
def test_a_series_keeps_its_local_time_or_moves_it_forward(zone, local, every, count):
    start = local.replace(second=0, microsecond=0, tzinfo=zone)
    start = start.astimezone(UTC)
    schedule = Schedule(
        start=start, end=start + STEP, timezone=zone.key, recurrence=f"FREQ=DAILY;INTERVAL={every};COUNT={count}"
    )

    found = starts(schedule, start, start + timedelta(days=400))

    first = start.astimezone(zone).replace(tzinfo=None)
    assert len(found) == count
    for number, moment in enumerate(found):
        wanted = first + timedelta(days=every * number)
        real = moment.astimezone(zone).replace(tzinfo=None)
        assert timedelta(0) <= real - wanted <= timedelta(hours=1)
        exists = wanted.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) == wanted
        assert (real == wanted) == exists


@given(records(Kind.MAINTENANCE, corrected=False), st.integers(0, LONG))
def test_windows_are_half_open(record, steps):
    record = replace(record, updates=(replace(record.updates[0], at=START, status=STATUSES_OF[Kind.MAINTENANCE][0]),))
    record = replace(record, scheduled=replace(record.scheduled, auto=True, recurrence=""))
    at = START + steps * STEP
    start, end = record.scheduled.start, record.scheduled.end

    told = course(record, at)

    assert told.status.value == ("scheduled" if at < start else "in_progress" if at < end else "completed")
    assert bool(told.claims) == (bool(record.updates[0].components) and at >= start)
    assert told.open == (at < end)


@given(st.lists(records(windows=moves), max_size=3), moments, st.integers(1, 60 * 24))
@settings(max_examples=200)
def test_nothing_changes_by_the_clock_before_the_next_change_is_due(found, at, minutes):
    found = [replace(record, started_at=None) for record in found]  # Ahead of its time it would move with the clock.
    public = [record for record in found if published(record, at) is not None]
    due = next_due(found, [course(record, at) for record in public], at)
    later = at + timedelta(minutes=minutes)
    if due is not None and later >= due:
        later = due - timedelta(seconds=1)

    assert due is None or due > at
    assert [record for record in found if published(record, later) is not None] == public
    for record in public:
        assert published(record, later) == published(record, at)
        assert visible(record, later) == visible(record, at)


def visible(record, at):
    told, made = course(record, at), promise(record, at)
    shown = [(window.start, window.end, window.status) for window in told.occurrences[:3]]
    return told.status, told.impact, told.closed, told.ended, told.claims, shown, made


@given(st.lists(states, max_size=5), st.lists(st.sampled_from(Impact), max_size=3), states, st.sampled_from(Impact))
def test_more_trouble_never_looks_better(statuses, impacts, status, impact):
    order = list(Indicator)
    before = order.index(overall(statuses, impacts).indicator)

    assert order.index(overall(statuses, [*impacts, impact]).indicator) >= before
    worse = [max(one, status, key=lambda state: state.rank) for one in statuses]
    assert order.index(overall(worse, impacts).indicator) >= before


spans = st.tuples(st.sampled_from(["stripe", "api"]), moments, st.integers(0, 50), states)


@given(st.lists(spans, max_size=8), moments)
def test_joined_claims_are_the_worst_of_each_instant(found, at):
    claims = [
        Claim(component=name, start=start, end=start + steps * STEP if steps else None, status=status)
        for name, start, steps, status in found
    ]
    for name in ("stripe", "api"):
        held, kept = (
            [one.status for one in some if one.component == name and one.start <= at and (not one.end or at < one.end)]
            for some in (claims, joined(claims))
        )
        worst = max(held, key=lambda status: status.rank, default=ComponentStatus.OPERATIONAL)
        assert kept == ([worst] if worst.rank else [])
