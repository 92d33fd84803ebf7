"""One incident as it comes out: ids, groups, promises, moves, update files."""

from datetime import UTC, datetime, timedelta

import pytest

from stillup.records.incident import Earlier, Move
from stillup.vocabulary import ComponentStatus, Impact, Kind, Severity, UpdateStatus
from tests.records.build import MAINTENANCE, OPENED, RESOLVED, SERIES, incident_text, said, sound

AT = datetime(2026, 11, 20, 10, 12, tzinfo=UTC)
PARTIAL, DEGRADED, MAJOR = (
    ComponentStatus.PARTIAL_OUTAGE,
    ComponentStatus.DEGRADED_PERFORMANCE,
    ComponentStatus.MAJOR_OUTAGE,
)


def test_every_field_of_the_format_is_read(tmp_path):
    record = sound(
        tmp_path,
        """\
title: "Card payments failing at checkout"
reference: INC-2026-11-20-001
kind: incident
severity: P1
impact: major
disaster: true
started_at: 2026-11-20T10:05:00Z
ended_at: 2026-11-20 12:40 Europe/Berlin
formerly: [card-payments]
code: 0qbwn08sd68x
source: {id: 1, tags: [a, null]}
translations: {es: {title: Fallan los pagos con tarjeta}}
updates:
  - at: "2026-11-20T10:12:00Z"
    id: first
    status: investigating
    components: {stripe: partial_outage, "group:payments": degraded_performance}
    body: |
      About 40 % of payments fail.

      We are looking into it.
    next_update_in: 30m
    impact_text: a
    progress: b
    next_steps: c
    eta: d
    summary: e
    resolution: f
    prevention: g
    monitoring: h
    scope: i
    workaround: none_known
    data_loss: none
    cause_confirmed: true
    notify: false
    edited_at: 2026-11-20T10:20:00Z
    was: {body: All payments fail., progress: a, translations: {es: {body: Los pagos fallan.}}}
    correction: It was 40 %, not 4 %.
    lint: {C06: We know.}
    code: 1qbwn08sd68x
    source: {id: 2}
    translations: {es: {body: Unos pagos fallan., impact_text: a}}
  - at: 2026-11-20T10:30:00Z
    status: identified
    body: Wrong incident.
    withdrawn: {at: 2026-11-20T10:31:00Z, reason: It belongs to another incident.}
  - at: 2026-11-20T11:40:00Z
    status: resolved
    components: {stripe: operational}
    body: It works.
postmortem: {at: 2026-11-24T10:00:00Z, body: What we learned., translations: {es: {body: Lo aprendido.}}}
""",
    )

    assert (record.id, record.title, record.kind) == ("x", "Card payments failing at checkout", Kind.INCIDENT)
    assert (record.severity, record.impact, record.disaster) == (Severity.P1, Impact.MAJOR, True)
    assert record.ended_at == datetime(2026, 11, 20, 11, 40, tzinfo=UTC)
    assert record.source == {"id": 1, "tags": ["a", None]}
    first = record.updates[0]
    assert first.components == {"stripe": PARTIAL, "paypal": DEGRADED}
    assert first.body == "About 40 % of payments fail.\n\nWe are looking into it."
    assert (first.next_update_in, first.next_update_at) == (timedelta(minutes=30), AT + timedelta(minutes=30))
    assert (first.impact_text, first.scope, first.workaround, first.data_loss) == ("a", "i", "none_known", "none")
    assert (first.cause_confirmed, first.notify, first.lint) == (True, False, {"C06": "We know."})
    assert first.was == Earlier(
        body="All payments fail.", progress="a", translations={"es": {"body": "Los pagos fallan."}}
    )
    assert record.updates[1].withdrawn is not None
    assert record.updates[2].notify is None
    assert record.postmortem is not None
    assert record.postmortem.translations == {"es": {"body": "Lo aprendido."}}


def test_ids_come_from_the_instant_and_the_order_in_the_file(tmp_path):
    again = OPENED.replace("looking", "still looking")

    record = sound(tmp_path, incident_text(updates=OPENED + again + again + "    id: kept\n" + again + RESOLVED))

    assert [update.id for update in record.updates] == [
        "20261120t101200z",
        "20261120t101200z-2",
        "kept",
        "20261120t101200z-4",
        "20261120t110000z",
    ]


def test_update_files_follow_the_record_at_one_instant_and_each_other_by_name(tmp_path):
    entry = "at: 2026-11-20T10:12:00Z\nstatus: identified\nbody: "

    record = sound(
        tmp_path,
        incident_text(updates=OPENED + RESOLVED),
        {
            "20261120t101200z-ffff.yml": f"{entry}third\n",
            "20261120t101200z-0000.yml": f"{entry}second\n",
            "20261120t100000z-1234.yml": "at: 2026-11-20T10:00:00Z\nstatus: investigating\nbody: before\n",
        },
    )

    assert [(update.id, update.body) for update in record.updates] == [
        ("20261120t100000z", "before"),
        ("20261120t101200z", "We are looking into it."),
        ("20261120t101200z-2", "second"),
        ("20261120t101200z-3", "third"),
        ("20261120t110000z", "It works again."),
    ]


def test_faults_of_update_files_name_the_file(tmp_path):
    assert said(
        tmp_path,
        incident_text("impcat: minor\n"),
        {
            "20261120t101300z-1234.yml": "at: 2026-11-20T10:13:01Z\nstatus: identified\nbody: later\n",
            "20261120t101400z-1234.yml": "at: 2026-11-20T10:14:00Z\nstatus: completed\nbody: later\ncommander: Ana\n",
            "20261120t101500z-1234.yml": "- at: 2026-11-20T10:15:00Z\n",
        },
    ) == [
        'x.yml:2:1: impcat: "impcat" is not a key of an incident. Did you mean impact?',
        "x/updates/20261120t101400z-1234.yml:2:9: status: "
        '"completed" is not an incident status. Use investigating, identified, monitoring or resolved.',
        "x/updates/20261120t101400z-1234.yml:4:1: commander: "
        "This is an internal fact, and this file is public. Move it to private/x.yml.",
        "x/updates/20261120t101500z-1234.yml:1:1: A list stands where keys and values belong. Write key: value.",
    ]


def test_the_name_of_an_update_file_says_its_time(tmp_path):
    assert said(
        tmp_path,
        incident_text(),
        {"20261120t101300z-1234.yml": "at: 2026-11-20T10:14:00Z\nstatus: identified\nbody: a\n"},
    ) == [
        "x/updates/20261120t101300z-1234.yml:1:5: at: The name of the file says another time. "
        "Rename it 20261120t101400z-1234.yml, or correct the time."
    ]


@pytest.mark.parametrize(
    ("at", "members"),
    [("2025-12-31T23:30:00Z", {"stripe"}), ("2026-01-01T00:00:00Z", {"stripe", "paypal"})],
)
def test_a_group_means_those_who_live_on_that_day(tmp_path, at, members):
    components = '    components: {"group:payments": operational}\n'
    record = sound(tmp_path, incident_text(updates=f"  - at: {at}\n    status: resolved\n    body: a\n{components}"))

    assert set(record.updates[0].components) == members


def test_the_day_is_that_of_the_page_s_zone(tmp_path):
    record = sound(
        tmp_path,
        incident_text(
            updates="  - at: 2025-12-31T23:30:00Z\n    status: resolved\n    body: a\n"
            '    components: {"group:payments": operational}\n'
        ),
        zone="Europe/Berlin",
    )

    assert set(record.updates[0].components) == {"stripe", "paypal"}


@pytest.mark.parametrize(
    "components",
    [
        '{stripe: major_outage, "group:payments": partial_outage}',
        '{"group:payments": partial_outage, stripe: major_outage}',
    ],
)
def test_a_component_named_itself_keeps_its_own_state(tmp_path, components):
    record = sound(tmp_path, incident_text(updates=f"{OPENED}    components: {components}\n"))

    assert record.updates[0].components == {"stripe": MAJOR, "paypal": PARTIAL}


def test_a_window_has_the_zone_of_the_page_and_reminders_longest_first(tmp_path):
    record = sound(tmp_path, MAINTENANCE.replace("{start", "{reminders: [1h, 2d, 30m], start"), zone="Asia/Tokyo")

    assert record.scheduled is not None
    assert (record.scheduled.timezone, record.scheduled.auto) == ("Asia/Tokyo", True)
    assert record.scheduled.reminders == (timedelta(days=2), timedelta(hours=1), timedelta(minutes=30))


def test_a_series_keeps_its_rule_zone_and_exceptions(tmp_path):
    more = "  timezone: Europe/Berlin\n  except: [2026-11-29 11:00 Europe/Berlin]\n  auto: false\n"
    record = sound(tmp_path, SERIES.replace("  end:", f"{more}  end:"))

    assert record.scheduled is not None
    assert record.scheduled.recurrence == "FREQ=WEEKLY;BYDAY=SU;COUNT=8"
    assert record.scheduled.timezone == "Europe/Berlin"
    assert record.scheduled.exceptions == (datetime(2026, 11, 29, 10, 0, tzinfo=UTC),)
    assert record.scheduled.auto is False


WINDOW = "start: 2026-11-30T10:00:00Z, end: 2026-11-30T11:00:00Z"


@pytest.mark.parametrize(
    "where",
    [
        f"    scheduled: {{{WINDOW}}}\n    occurrence: 2026-11-29T10:00:00Z\n",
        f"    scheduled: {{{WINDOW}, occurrence: 2026-11-29T10:00:00Z}}\n",
    ],
)
def test_a_moved_occurrence_may_be_named_in_either_place(tmp_path, where):
    record = sound(tmp_path, SERIES + "  - at: 2026-11-21T10:00:00Z\n    status: scheduled\n    body: Moved.\n" + where)

    old, new = datetime(2026, 11, 29, 10, 0, tzinfo=UTC), datetime(2026, 11, 30, 10, 0, tzinfo=UTC)
    assert record.updates[1].scheduled == Move(start=new, end=new + timedelta(hours=1), occurrence=old)
    assert record.updates[1].occurrence == old


def test_an_occurrence_may_be_named_by_the_time_it_moved_to(tmp_path):
    moved = (
        "  - at: 2026-11-21T10:00:00Z\n    status: scheduled\n    body: Moved.\n    occurrence: 2026-11-29T10:00:00Z\n"
        "    scheduled: {start: 2026-11-30T10:00:00Z, end: 2026-11-30T11:00:00Z}\n"
    )
    named = (
        "  - at: 2026-11-30T10:00:00Z\n    status: in_progress\n    body: Go.\n    occurrence: 2026-11-30T10:00:00Z\n"
    )

    assert sound(tmp_path, SERIES + moved + named)


@pytest.mark.parametrize(
    ("rule", "start"),
    [
        ("FREQ=DAILY", "2026-11-22T10:00:00Z"),
        ("rrule:freq=weekly;byday=su", "2026-11-22T10:00:00Z"),
        ("FREQ=MONTHLY;BYDAY=4SU;UNTIL=20271231", "2026-11-22T10:00:00Z"),
        ("FREQ=MONTHLY;BYDAY=-1SU;UNTIL=20271231T000000Z", "2026-11-29T10:00:00Z"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1;UNTIL=20271231T000000", "2026-11-30T10:00:00Z"),
        ("FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=29", "2028-02-29T10:00:00Z"),
        ("FREQ=HOURLY;INTERVAL=6;COUNT=4", "2026-11-22T10:00:00Z"),
        ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;WKST=SU", "2027-05-17T10:00:00Z"),
    ],
)
def test_rules_that_can_be_followed(tmp_path, rule, start):
    end = start.replace("T10:00", "T11:00")
    text = SERIES.replace("FREQ=WEEKLY;BYDAY=SU;COUNT=8", rule)

    assert sound(tmp_path, text.replace("2026-11-22T10:00:00Z", start).replace("2026-11-22T12:00:00Z", end))


def test_a_series_keeps_its_local_time_over_the_change_of_clocks(tmp_path):
    text = SERIES.replace("COUNT=8", "COUNT=30").replace("  end:", "  timezone: Europe/Berlin\n  end:")
    in_summer = "    occurrence: 2027-04-04T09:00:00Z\n"
    in_winter = "    occurrence: 2027-04-04T10:00:00Z\n"

    assert sound(tmp_path, text + in_summer)
    assert said(tmp_path, text + in_winter) == [
        "x.yml:12:17: updates[0].occurrence: 2027-04-04T10:00:00Z is not the start of an occurrence. "
        "Write 2027-04-04T09:00:00Z or 2027-04-11T09:00:00Z."
    ]


def test_a_series_begins_at_the_first_of_two_equal_times(tmp_path):
    """02:30 comes twice in Berlin on 25 October; a window written as the second would open an hour early."""

    def series(start, end, named=""):
        text = SERIES.replace("2026-11-22T10:00:00Z", start).replace("2026-11-22T12:00:00Z", end)
        return text.replace("  end:", f"  timezone: Europe/Berlin\n{named}  end:").replace("2026-11-20T", "2026-10-01T")

    assert sound(tmp_path, series("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"))
    assert said(tmp_path, series("2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z")) == [
        "x.yml:4:10: scheduled.start: 02:30 comes twice that day in Europe/Berlin; a series begins at the first, "
        "at 2026-10-25T00:30:00Z. Write that, or announce this window by itself and begin the series with the next one."
    ]
    for except_, wrong in (("2026-10-25T00:30:00Z", []), ("2026-10-25T01:30:00Z", ["scheduled.except[0]"])):
        text = series("2026-10-18T00:30:00Z", "2026-10-18T01:30:00Z", f"  except: [{except_}]\n")
        found = said(tmp_path, text) if wrong else [] if sound(tmp_path, text) else ["unsound"]
        assert [each.split(": ")[1] for each in found] == wrong


def test_what_was_filled_in_later_may_be_one_resolving_update(tmp_path):
    record = sound(
        tmp_path,
        incident_text("backfilled: true\nstarted_at: 2026-11-20T10:00:00Z\nended_at: 2026-11-20T10:30:00Z\n", RESOLVED)
        + "    components: {stripe: major_outage}\n",
    )

    assert record.backfilled
    assert record.updates[0].components == {"stripe": MAJOR}


def test_a_withdrawn_resolution_does_not_close(tmp_path):
    withdrawn = RESOLVED + "    withdrawn: {at: 2026-11-20T11:05:00Z, reason: It came back.}\n"

    assert said(tmp_path, incident_text("ended_at: 2026-11-20T11:00:00Z\n", OPENED + withdrawn)) == [
        "x.yml:2:1: ended_at: It is still open, so it has no end yet. Write the resolved update, or leave ended_at out."
    ]


def test_a_maintenance_that_ends_by_the_clock_needs_no_closing_update(tmp_path):
    known = "ended_at: 2026-11-22T11:30:00Z\nbackfilled: true\npostmortem: {at: 2026-11-23T10:00:00Z, body: a}\n"

    assert sound(tmp_path, known + MAINTENANCE)
    assert len(said(tmp_path, known + MAINTENANCE.replace("{start", "{auto: false, start"))) == 3


def test_an_incident_may_reopen(tmp_path):
    reopened = "  - at: 2026-11-20T12:00:00Z\n    status: investigating\n    body: It is back.\n"

    record = sound(tmp_path, incident_text(updates=OPENED + RESOLVED + reopened))

    assert [update.status for update in record.updates][-1] is UpdateStatus.INVESTIGATING


def test_a_file_full_of_faults_is_not_told_to_the_end(tmp_path):
    unknown = said(tmp_path, incident_text("".join(f"k{number}: 1\n" for number in range(5000))))
    traps = said(tmp_path, incident_text("".join(f"k{number}: no\n" for number in range(5000))))
    nowhere = "".join(f"      c{number}: operational\n" for number in range(5000))

    assert (
        unknown[0] == "x.yml:1:1: This has more faults than can be told in one run. Mend the first, then check again."
    )
    assert len(unknown) == 11
    assert traps[-1] == (
        "x.yml:102:1: The rest of this file is not looked at, with so many faults before it. Mend those first."
    )
    assert len(traps) == 101
    assert len(said(tmp_path, incident_text(updates=f"{OPENED}    components:\n{nowhere}"))) == 101


@pytest.mark.parametrize("rule", ["FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=DAILY;BYDAY=MO;BYSETPOS=300"])
def test_a_rule_that_never_comes_true_is_not_waited_for(tmp_path, rule):
    (line,) = said(tmp_path, SERIES.replace("FREQ=WEEKLY;BYDAY=SU;COUNT=8", rule))

    assert "needs FREQ=MONTHLY or FREQ=YEARLY" in line
