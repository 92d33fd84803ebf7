"""Whatever people write, every page can be made of it, and a settled one stays as it is."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from stillup.records.incident import Earlier, Incident, Move, Postmortem, Schedule, Update, Withdrawal
from stillup.timeline.course import course
from stillup.timeline.publication import published
from stillup.views.component import component_page
from stillup.views.history import history_month, history_year, tally
from stillup.views.keeping import entry_from, headline_from, to_text
from stillup.views.plan import maintenance_page
from stillup.views.story import entries
from stillup.views.table import uptime_page
from stillup.views.uptime_document import uptime_book
from stillup.vocabulary import STATUSES_OF, ComponentStatus, Impact, Kind, Severity
from tests.views.sample import COMPONENTS, NOW, at, board_of, edition, front, listed, seen

moments = st.integers(0, 60 * 24 * 40).map(lambda minutes: at("00:00", 15, 10) + timedelta(minutes=minutes))
texts = st.sampled_from(["", "", "Words.", "**Bold** <x> [l](/a)", "none", "none_known", "- a\n- b"])
lengths = st.integers(1, 4000).map(lambda minutes: timedelta(minutes=minutes))


@st.composite
def records(draw):
    kind = draw(st.sampled_from(Kind))
    updates = []
    for number, moment in enumerate(sorted(draw(st.lists(moments, min_size=1, max_size=6)))):
        updates.append(
            Update(
                id=f"u{number}",
                at=moment,
                status=draw(st.sampled_from(STATUSES_OF[kind])),
                body=draw(texts),
                components=draw(
                    st.dictionaries(
                        st.sampled_from(["auth", "sms", "gone"]), st.sampled_from(ComponentStatus), max_size=3
                    )
                ),
                next_update_in=draw(st.none() | lengths),
                next_update_at=draw(st.none() | moments),
                impact_text=draw(texts),
                workaround=draw(texts),
                data_loss=draw(texts),
                notify=draw(st.none() | st.booleans()),
                edited_at=draw(st.none() | moments),
                was=draw(st.none() | texts.map(lambda text: Earlier(body=text, workaround=text))),
                correction=draw(texts),
                withdrawn=draw(st.none() | moments.map(lambda when: Withdrawal(at=when, reason="No."))),
                scheduled=draw(
                    st.none() | st.builds(lambda start, length: Move(start=start, end=start + length), moments, lengths)
                )
                if kind is Kind.MAINTENANCE
                else None,
            )
        )
    start = draw(moments)
    schedule = Schedule(
        start=start,
        end=start + draw(lengths),
        recurrence=draw(
            st.sampled_from(["", "FREQ=WEEKLY;COUNT=4", "FREQ=DAILY", "FREQ=WEEKLY;UNTIL=20270101T000000Z"])
        ),
        auto=draw(st.booleans()),
    )
    return Incident(
        id="record",
        title="A title",
        kind=kind,
        severity=draw(st.none() | st.sampled_from(Severity)),
        impact=draw(st.none() | st.sampled_from(Impact)),
        started_at=draw(st.none() | moments),
        ended_at=draw(st.none() | moments),
        backfilled=draw(st.booleans()),
        scheduled=draw(st.none() | st.just(schedule)) if kind is Kind.MAINTENANCE else None,
        updates=tuple(updates),
        postmortem=draw(st.none() | st.builds(Postmortem, at=moments, body=texts)),
    )


@settings(max_examples=30)
@given(records())
def test_every_page_can_be_made(record):
    page = edition()
    if published(record, page.at) is None:
        return
    view, line = seen(record, page), listed(record, page)
    front(record, page=page)
    table = board_of(record, page=page)
    for component in COMPONENTS:
        component_page(page, table, component, {record.id: line})
    months = sorted({day.replace(day=1) for day in line.days} | {page.today.replace(day=1)})
    for month in months:
        history_month(page, month, [line], months)
        history_year(page, month.year, tally([line], month, page.today), {}, months)
    uptime_page(page, uptime_book(page, table))
    maintenance_page(page, [view] if view.open else [], [line])


@given(records())
def test_updates_come_newest_first_and_agree_with_the_course(record):
    if published(record, NOW) is None:
        return
    view, went = seen(record), course(record, NOW)
    times = [update.at for update in view.updates]

    assert times == sorted(times, reverse=True)
    assert view.open == went.open
    counted = [update for update in view.updates if update.withdrawn is None]
    if counted:
        assert counted[-1].opening
    if record.kind is Kind.INCIDENT and went.open:
        held = {claim.component: claim.status for claim in went.claims if claim.end is None}
        shown = {id for group in view.affected for id in group.ids}
        assert shown == set(held)


@given(records())
def test_what_is_kept_of_a_record_comes_back(record):
    if published(record, NOW) is None:
        return
    assert headline_from(to_text(listed(record))) == listed(record)
    made = entries(edition(), seen(record))
    assert len({entry.key for entry in made}) == len(made)
    assert [entry.published for entry in made] == sorted((entry.published for entry in made), reverse=True)
    for entry in made:
        assert entry_from(to_text(entry)) == entry


@given(records(), st.integers(1, 3000))
def test_a_settled_record_never_changes(record, days):
    if published(record, NOW) is None or not course(record, NOW).settled:
        return
    if any(update.at > NOW for update in record.updates):
        return  # a draft that was withdrawn before anybody saw it
    later = edition(NOW + timedelta(days=days))

    assert seen(record, later) == seen(record)
    assert listed(record, later) == listed(record)
    assert entries(later, seen(record, later)) == entries(edition(), seen(record))


@given(records(), st.integers(0, 40))
def test_a_feed_entry_once_there_stays_there(record, days):
    early, late = edition(NOW - timedelta(days=days)), edition()
    if published(record, early.at) is None:
        return
    if any(update.scheduled is not None for update in record.updates):
        return  # work that is said afterwards to have been at another time was not when the clock told of it
    before = {entry.key: entry.published for entry in entries(early, seen(record, early))}
    after = {entry.key: entry.published for entry in entries(late, seen(record, late))}

    assert before.items() <= after.items()


def test_a_record_of_withdrawn_updates_alone_is_told_too():
    gone = Update(
        id="u",
        at=at("09:00"),
        status=STATUSES_OF[Kind.INCIDENT][0],
        body="x",
        withdrawn=Withdrawal(at=NOW, reason="Mistake."),
    )
    record = Incident(id="record", title="A title", updates=(gone,))

    assert seen(record).updates[0].body.text == "Mistake."
    assert seen(replace(record, kind=Kind.MAINTENANCE)).open is False
