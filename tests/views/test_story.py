"""What customers read on the page of one incident."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stillup.catalogue import Catalogue
from stillup.catalogue.english import ENGLISH
from stillup.records.component import Component
from stillup.records.incident import Postmortem, Redaction, Withdrawal
from stillup.views.story import entries
from stillup.vocabulary import ComponentStatus, Impact, Severity
from tests.views.sample import (
    CRASH,
    DECLINED,
    DEGRADED,
    FINE,
    HOUR,
    MAJOR,
    PARTIAL,
    SINCE,
    at,
    edition,
    listed,
    outage,
    seen,
    told,
    words_of,
)


def test_an_open_outage_says_since_when_what_for_whom_and_what_to_do():
    view = seen(CRASH)

    assert view.kick == "Open incident · cause identified"
    assert (view.state.key, view.state.word) == ("major", "Open")
    assert words_of(view) == {
        "Since": "Fri 20 Nov 2026, 10:05 UTC",
        "Affected": "Major outage: Authentication, Payments; Partial outage: Stripe; Degraded performance: SMS",
        "Who": "All customers.",
        "What to do": "Please do not retry payments.",
        "Data": "No data was lost.",
    }
    assert view.promise is not None
    assert (view.promise.time.text, view.promise.late, view.promise.every) == ("10:56 UTC", False, "15 minutes")
    assert view.note == "major outage since 10:05 UTC, Authentication, Payments, Stripe, SMS"
    assert view.description == (
        "Open since 20 November 2026, 10:05 UTC: "
        "Sign-in and payments still fail for all customers. Text messages are late."
    )
    assert [(update.word, update.time.text) for update in view.updates] == [
        ("Identified", "20 Nov, 10:41 UTC"),
        ("Identified", "20 Nov, 10:28 UTC"),
        ("Investigating", "20 Nov, 10:19 UTC"),
        ("Investigating", "20 Nov, 10:12 UTC"),
    ]


def test_affected_components_stand_by_state_as_shape_and_word():
    fact = next(fact for fact in seen(CRASH).facts if fact.key == "affected")

    assert fact.html.startswith(
        '<div class="by"><span class="state s-major"><svg class="i" aria-hidden="true"><use href="#major"/></svg>'
        "Major outage</span><span>Authentication, Payments</span></div>"
    )


def test_a_fact_begins_no_section_of_the_page():
    first, *later = CRASH.updates
    view = seen(replace(CRASH, updates=(replace(first, workaround="# Steps\n\n1. Wait."), *later)))

    fact = next(fact for fact in view.facts if fact.key == "workaround")
    assert fact.html == "<p><strong>Steps</strong></p>\n<ol>\n<li>Wait.</li>\n</ol>"
    assert fact.text == "Steps\n\n1. Wait."


def test_a_resolved_outage_says_how_bad_from_when_to_when_and_what_was_lost():
    view = seen(DECLINED)

    assert (view.state.key, view.kick, view.duration) == ("ok", "Resolved", "1 h 35 min")
    assert words_of(view) == {
        "Impact": "Partial outage: About 40 % of card payments are declined.",
        "Began": "Mon 9 Nov 2026, 14:20 UTC",
        "Ended": "Mon 9 Nov 2026, 15:55 UTC (1 h 35 min)",
        "Who": "Europe.",
        "Data": "No card was charged twice.",
    }
    assert view.note == "partial outage for 1 h 35 min, Stripe, Payments"
    assert view.promise is None


def test_a_short_worst_of_a_long_trouble_is_not_told_as_all_of_it():
    record = outage(
        told(at("08:00"), "investigating", components={"sms": PARTIAL}),
        told(at("10:00"), "identified", components={"sms": MAJOR}),
        told(at("10:10"), "resolved"),
    )

    assert seen(record).note == "major outage for 10 min of 2 h 10 min, SMS"
    assert words_of(seen(record))["Ended"] == "Fri 20 Nov 2026, 10:10 UTC (2 h 10 min)"


def test_lanes_show_each_component_on_a_round_scale():
    view = seen(DECLINED)

    assert view.ticks == ("14:10", "14:40", "15:10", "15:40", "16:10 UTC")
    assert [(lane.name, lane.alt) for lane in view.lanes] == [
        ("Payments", "Payments: degraded performance 14:20 to 15:38"),
        ("Stripe", "Stripe: partial outage 14:20 to 15:38, degraded performance to 15:55"),
    ]
    assert [(start, length, state.key) for start, length, state, _ in view.lanes[1].bits] == [
        (83, 650, "partial"),
        (733, 142, "degraded"),
    ]


@given(st.integers(1, 60 * 24 * 40), st.integers(0, 60 * 24))
def test_lanes_stay_on_their_drawing(minutes, offset):
    start = at("00:00", 1, 1) + offset * HOUR / 60
    record = outage(
        told(start, "investigating", components={"auth": MAJOR, "sms": DEGRADED}),
        told(start + minutes * HOUR / 60, "resolved"),
    )
    view = seen(record)

    assert len(view.ticks) == 5
    for lane in view.lanes:
        for left, length, _, _ in lane.bits:
            assert 0 <= left < left + length <= 1000
            assert length >= 4


def test_a_settled_page_is_the_same_at_any_later_time():
    record = replace(DECLINED, postmortem=Postmortem(at=at("16:00", 13), body="What happened."))
    later = edition(at("08:00", 3, 4, 2031))

    assert seen(record, later) == seen(record)
    assert listed(record, later) == listed(record)
    assert entries(later, seen(record, later)) == entries(edition(), seen(record))


def test_a_promise_that_was_not_kept_is_late():
    view = seen(CRASH, edition(at("10:57")))

    assert view.promise is not None
    assert view.promise.late
    assert all(update.promise is None or not update.promise.late for update in view.updates)


def test_a_promise_for_another_day_says_the_day():
    record = outage(told(at("10:00"), "investigating", components={"sms": DEGRADED}, next_update_at=at("09:00", 21)))
    view = seen(record)

    assert view.promise is not None
    assert view.promise.time.text == "21 Nov, 09:00 UTC"


def test_each_update_says_what_it_changed_and_what_is_held_then():
    first, second, *_ = reversed(seen(CRASH).updates)

    assert first.changed == (
        ("auth", "operational", "major_outage"),
        ("payments", "operational", "major_outage"),
        ("stripe", "operational", "partial_outage"),
    )
    assert second.changed == (("sms", "operational", "degraded_performance"),)
    assert [(group.state.key, group.names) for group in second.affected] == [
        ("major", ("Authentication", "Payments")),
        ("partial", ("Stripe",)),
        ("degraded", ("SMS",)),
    ]


def test_the_closing_update_frees_what_was_held():
    newest = seen(DECLINED).updates[0]

    assert newest.affected == ()
    assert newest.changed == (("stripe", "degraded_performance", "operational"),)


def test_the_first_update_opens_and_the_first_after_a_resolution_opens_again():
    record = outage(
        told(at("08:00"), "investigating", components={"auth": PARTIAL}),
        told(at("08:30"), "resolved"),
        told(at("09:00"), "investigating", "It is back."),
        told(at("09:30"), "resolved"),
        told(at("09:40"), "resolved", "A remark."),
    )
    view = seen(record)
    steps = list(reversed(view.updates))

    assert [update.opening for update in steps] == [True, False, True, False, False]
    assert [update.closing for update in steps] == [False, True, False, True, False]
    assert [group.names for group in steps[2].affected] == [("Authentication",)]
    assert view.duration == "1 h"
    assert words_of(view)["Ended"] == "Fri 20 Nov 2026, 09:30 UTC (1 h in all)"


def test_a_resolution_alone_opens_and_closes():
    record = outage(told(at("09:00"), "resolved", components={"sms": PARTIAL}), started_at=at("08:00"), backfilled=True)
    (update,) = seen(record).updates

    assert (update.opening, update.closing, update.notify) == (True, True, False)


@pytest.mark.parametrize(
    ("more", "written", "notify"),
    [
        ({}, None, True),
        ({"severity": Severity.P3}, None, False),
        ({"severity": Severity.P3}, True, True),
        ({"backfilled": True}, None, False),
        ({}, False, False),
    ],
)
def test_who_is_told_follows_the_record(more, written, notify):
    record = outage(told(at("10:00"), "investigating", notify=written), **more)

    assert seen(record).updates[0].notify is notify


def test_a_withdrawn_update_keeps_its_place_and_shows_only_why():
    record = outage(
        told(at("10:00"), "investigating", components={"auth": PARTIAL}),
        told(
            at("10:10"),
            "monitoring",
            "Everything works.",
            components={"auth": FINE},
            impact_text="None.",
            withdrawn=Withdrawal(at=at("10:15"), reason="It was **not** so."),
        ),
    )
    view = seen(record)
    gone = view.updates[0]

    assert gone.anchor == "20261120t101000z"
    assert gone.body.text == "It was not so."
    assert gone.withdrawn is not None
    assert gone.withdrawn.time.text == "20 Nov, 10:15 UTC"
    assert not gone.notify
    assert (gone.changed, gone.facts, gone.promise) == ((), (), None)
    assert [group.names for group in view.affected] == [("Authentication",)]
    entry = entries(edition(), view)[0]
    assert "Everything works" not in str(entry)
    assert (entry.published, entry.updated) == (at("10:10"), at("10:15"))


def test_readers_of_another_language_read_in_it_why_a_text_is_gone():
    page = replace(edition(language="es"), main="en", tag="es")
    why = {"reason": "It was not so.", "translations": {"es": {"reason": "No era cierto."}}}
    record = outage(
        told(at("10:00"), "investigating", "It names.", redacted=Redaction(at=at("10:05"), **why)),
        told(at("10:10"), "monitoring", "It works.", withdrawn=Withdrawal(at=at("10:15"), **why)),
        told(at("10:20"), "monitoring", "It works.", withdrawn=Withdrawal(at=at("10:25"), reason="It was not so.")),
    )
    untold, gone, removed = seen(record, page).updates

    assert gone.body.text == "No era cierto."
    assert removed.body.text.endswith("Motivo: No era cierto.")
    assert untold.body.text.startswith("[En inglés]") and "It was not so." in untold.body.text
    assert seen(record).updates[1].body.text == "It was not so."


def test_a_correction_moves_the_date_of_the_entry_and_a_typo_does_not():
    record = outage(
        told(at("10:00"), "investigating", edited_at=at("10:20")),
        told(at("10:10"), "identified", edited_at=at("10:30"), correction="“Europe” was corrected to “Asia”."),
    )
    newest, oldest = entries(edition(), seen(record))

    assert (newest.published, newest.updated) == (at("10:10"), at("10:30"))
    assert "“Europe” was corrected to “Asia”." in newest.text
    assert (oldest.published, oldest.updated) == (at("10:00"), at("10:00"))


def test_entries_name_the_state_first_and_carry_the_facts():
    newest, *_, oldest = entries(edition(), seen(CRASH))

    assert newest.title == "[Identified] Sign-in and payments are failing"
    assert newest.key == "sign-in-fails/20261120t104100z"
    assert newest.place == "incidents/sign-in-fails/#20261120t104100z"
    assert oldest.text == (
        "Since 10:05 UTC, sign-in and payments fail. We are looking for the cause.\n\n"
        "Affected: Major outage: Authentication, Payments; Partial outage: Stripe\n"
        "Impact: Sign-in and payments fail for all customers. Nothing is lost.\n"
        "Who: All customers.\n"
        "What to do: Please do not retry payments.\n"
        "Next update: by 10:27 UTC"
    )
    assert "<li><strong>What to do:</strong> <strong>Please do not retry payments.</strong></li>" in oldest.html


def test_an_entry_of_a_wide_outage_names_the_first_and_counts_the_others():
    ids = [f"part-{n:04}" for n in range(1_000)]
    page = edition(components=tuple([Component(id=id, name=id, since=SINCE) for id in ids]))
    record = outage(told(at("10:05"), "investigating", components=dict.fromkeys(ids, MAJOR)))

    (entry,) = entries(page, seen(record, page))

    said = f"Major outage: {', '.join(ids[:7])} and 993 more"
    assert said in entry.text
    assert f" {said}</li>" in entry.html
    assert entry.component_ids == tuple(ids)
    assert ids[7] not in entry.text + entry.html


def test_a_postmortem_is_an_entry_of_its_own():
    record = replace(DECLINED, postmortem=Postmortem(at=at("16:00", 13), body="# Why\n\nA key was old."))
    newest = entries(edition(), seen(record))[0]

    assert newest.key == "card-payments-declined/postmortem"
    assert newest.title == "[Postmortem] Card payments through Stripe declined"
    assert newest.place == "incidents/card-payments-declined/#postmortem"


def test_nothing_can_be_done_is_said_in_words():
    record = outage(told(at("10:00"), "investigating", workaround="none_known", data_loss="none"))

    assert words_of(seen(record))["What to do"] == "There is nothing you can do at present."


def test_what_got_worse_was_not_in_its_present_state_from_the_beginning():
    slow = told(at("10:00"), "investigating", components={"auth": DEGRADED})
    worse = told(at("10:20"), "investigating", "Nobody can sign in.", components={"auth": MAJOR})

    assert seen(outage(slow)).note == "degraded performance since 10:00 UTC, Authentication"
    assert seen(outage(slow, worse)).note == "since 10:00 UTC, major outage, Authentication"


def test_what_was_said_before_an_incident_was_opened_again_is_no_fact_of_it_now():
    told_before = (
        told(at("10:00"), "investigating", components={"auth": MAJOR}, workaround="Use a key.", data_loss="none"),
        told(at("10:10"), "resolved", "Sign-in works."),
    )
    again = told(at("10:20"), "investigating", "Sign-in fails again.", components={"auth": MAJOR})
    over = told(at("10:30"), "resolved", "Sign-in works for good.")

    assert "Data" in words_of(seen(outage(*told_before)))
    assert {"Data", "What to do"}.isdisjoint(words_of(seen(outage(*told_before, again))))
    assert "Data" in words_of(seen(outage(*told_before, again, over)))


def test_with_all_components_back_an_open_incident_says_so():
    record = outage(
        told(at("10:00"), "investigating", components={"auth": MAJOR}),
        told(at("10:30"), "monitoring", components={"auth": FINE}),
    )
    view = seen(record)

    assert view.kick == "Open incident · watching the recovery"
    assert words_of(view)["Affected"] == "Everything works again; we keep watching."
    assert view.note == "since 10:00 UTC"


def test_an_incident_without_components_has_its_impact_as_shape():
    record = outage(told(at("10:00"), "investigating"), impact=Impact.MINOR)

    assert seen(record).state.key == "degraded"


def test_severity_is_public_only_where_settings_say_so():
    record = replace(CRASH, severity=Severity.P0)

    assert seen(record).severity == ""
    assert seen(record, edition(show_severity=True)).severity == "P0"


def test_times_are_told_in_the_page_zone():
    view = seen(DECLINED, edition(timezone="Europe/Berlin"))

    assert words_of(view)["Began"] == "Mon 9 Nov 2026, 15:20 CET"
    assert view.updates[0].time.iso == "2026-11-09T15:55:00Z"
    assert view.ticks[-1] == "17:10 CET"


def test_an_update_of_another_year_says_the_year():
    record = outage(
        told(at("10:00", 31, 12, 2025), "investigating", components={"sms": DEGRADED}),
        told(at("09:00", 2, 1), "resolved"),
    )
    newest, oldest = seen(record).updates

    assert (newest.time.text, oldest.time.text) == ("2 Jan 2026, 09:00 UTC", "31 Dec, 10:00 UTC")


def test_translations_stand_in_for_the_written_words():
    record = outage(
        told(at("10:00"), "investigating", "Text.", translations={"es": {"body": "Texto."}}),
        translations={"es": {"title": "Los pagos fallan"}},
    )
    view = seen(record, replace(edition(), words=Catalogue(replace(ENGLISH, code="es"))))

    assert (view.title, view.updates[0].body.text) == ("Los pagos fallan", "Texto.")
    assert (seen(record).title, seen(record).updates[0].body.text) == ("Payments fail", "Text.")


def test_what_was_told_once_it_was_over_is_held_again_when_it_reopens():
    record = outage(
        told(at("09:00"), "resolved", components={"sms": ComponentStatus.PARTIAL_OUTAGE}),
        told(at("09:30"), "investigating"),
    )

    assert [group.ids for group in seen(record).affected] == [("sms",)]


def test_the_night_in_which_clocks_change_has_no_hour_twice_under_its_lanes():
    def moment(hour, minute):
        return datetime(2026, 10, 25, hour, minute, tzinfo=UTC)

    record = outage(
        told(moment(0, 10), "investigating", components={"auth": MAJOR}), told(moment(3, 0), "resolved", "It works.")
    )
    ticks = seen(record, edition(timezone="Europe/Berlin")).ticks

    assert ticks == ("02:00 CEST", "02:00 CET", "03:00", "04:00", "05:00 CET")
