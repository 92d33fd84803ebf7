"""Alerts from the notification to the records: what stands in the records afterwards, run after run."""

from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from stillup.cli import main
from stillup.errors import RecordError
from stillup.pipeline.serving.alerts import Received
from stillup.records import store
from stillup.timeline.course import course
from tests.intake.alert.told import SETTINGS, accept, say, updates
from tests.tools import stillup

SECOND_RULE = """
          - match: {severity: critical}
            component: refunds
            impact: {critical: degraded_performance}
            publish: auto"""


def test_a_draft_of_alerts_becomes_a_record_by_somebody_s_word(page):
    root = page("draft")
    say(root, 10, (0, None, "warning"))
    (id,) = [path.stem for path in (root / "incidents" / "_drafts").glob("*.yml")]

    words = ["--anyway", "told by monitoring", "--at", "2026-11-20T12:20:00Z"]
    done = CliRunner().invoke(main, ["incident", "accept", id, "--root", str(root), *words], catch_exceptions=False)

    assert done.exit_code == 0, done.output
    (record,) = store.load(root).incidents
    assert (record.id, record.updates[0].at.isoformat()) == (id, "2026-11-20T12:20:00+00:00")
    assert record.started_at.isoformat() == "2026-11-20T12:00:00+00:00"
    assert not (root / "incidents" / "_drafts").exists()


def test_a_draft_that_got_worse_before_somebody_came_becomes_a_record_too(page):
    root = page("draft")
    say(root, 2, (0, None, "warning"))
    say(root, 10, (0, None, "warning"), (5, None, "critical"))

    words = ["-s", "P2", "--anyway", "told by monitoring", "--at", "2026-11-20T12:20:00Z"]
    done = CliRunner().invoke(main, ["incident", "accept", "2026-11-20-payments-1200", "--root", str(root), *words])

    assert done.exit_code == 0, done.output
    (record,) = store.load(root).incidents
    assert [(update.id[:11], f"{update.at:%H:%M}", update.next_update_at is not None) for update in record.updates] == [
        ("alert-opene", "12:20", False),
        ("alert-worse", "12:20", True),
    ]
    assert updates(root) == [
        [("investigating", "alert-opened-20261120t120200z"), ("investigating", "alert-worse-20261120t120500z")]
    ]


def test_a_draft_is_accepted_with_the_state_that_somebody_sees(page):
    root = page("draft")
    (root / "components" / "mails.yml").write_text("name: Mails\n")
    say(root, 10, (0, None, "warning"))
    record = accept(root, "-c", "payments=major", "-c", "Mails=partial", "-t", "workaround=Pay later.")

    assert {id: str(state) for id, state in record.updates[0].components.items()} == {
        "payments": "major_outage",
        "mails": "partial_outage",
    }
    assert record.updates[0].workaround == "Pay later."


def test_a_draft_is_proposed_and_nothing_is_public(page):
    root = page("draft")

    assert say(root, 1, (0, None, "warning")).written == []
    (path,) = say(root, 2, (0, None, "warning")).written

    assert path == "incidents/_drafts/2026-11-20-payments-1200.yml"
    text = (root / path).read_text()
    assert "title: Problems with Payments" in text and "db-3" not in text
    assert updates(root) == []


def test_a_draft_follows_until_somebody_touches_it(page):
    root = page("draft")
    (path,) = say(root, 2, (0, None, "warning")).written
    assert say(root, 5, (4, None, "critical")).written == [path]
    assert "major_outage" in (root / path).read_text()

    mine = (root / path).read_text().replace("Problems with Payments", "Card payments fail")
    (root / path).write_text(mine)
    assert say(root, 40, (0, 20, "warning"), (4, 20, "critical")).written == []
    assert (root / path).read_text() == mine


def test_a_second_run_writes_nothing(page):
    root = page("auto")
    say(root, 2, (0, None, "warning"))

    assert say(root, 2, (0, None, "warning")) == Received()


def test_an_incident_goes_from_open_to_resolved_by_itself(page):
    root = page("auto")
    say(root, 2, (0, None, "warning"))
    say(root, 30, (0, 20, "warning"))
    say(root, 40, (0, 20, "warning"))

    assert updates(root) == [
        [
            ("investigating", "alert-opened-20261120t120200z"),
            ("monitoring", "alert-monitoring-20261120t123000z"),
            ("resolved", "alert-resolved-20261120t124000z"),
        ]
    ]
    assert stillup("check", "--root", root, "--at", "2026-11-20T13:00:00Z").returncode == 0


def held(root):
    """Return from when to when the one incident holds its component, in minutes after noon; None: it still does."""
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    went = course(store.load(root).incidents[0], noon + timedelta(hours=3))
    return [(claim.start - noon, claim.end and claim.end - noon) for claim in went.claims]


def minutes(*spans):
    return [tuple(each if each is None else timedelta(minutes=each) for each in span) for span in spans]


def test_how_long_all_had_to_be_quiet_is_no_outage(page, tmp_path_factory):
    root = page("auto")
    say(root, 2, (0, None, "warning"))
    say(root, 30, (0, 20, "warning"))
    assert held(root) == minutes((0, 20))

    say(root, 40, (0, 20, "warning"))
    text = (root / "incidents" / "2026" / "2026-11-20-payments-1200.yml").read_text()
    assert "ended_at: 2026-11-20T12:20:00Z\n" in text
    assert held(root) == minutes((0, 20))

    say(root, 50, (45, None, "warning"))
    assert store.load(root).incidents[0].ended_at is None, "it is open again"
    assert held(root) == minutes((0, 20), (47, None))

    say(root, 90, (45, 59, "warning"))
    assert held(root) == minutes((0, 20), (47, 59))

    late = tmp_path_factory.mktemp("late")
    for path in ("components", "incidents"):
        (late / path).mkdir()
    (late / "mkdocs.yml").write_text((root / "mkdocs.yml").read_text())
    (late / "components" / "payments.yml").write_text("name: Payments\n")
    say(late, 40, (0, 20, "warning"))
    assert (late / "incidents" / "2026" / "2026-11-20-payments-1200.yml").read_text().splitlines()[:6] == (
        text.splitlines()[:6]
    )


def test_of_what_no_machine_resolves_the_components_are_well_since_the_last_alert_ended(page):
    root = page("auto")
    say(root, 2, (0, None, "critical"))
    say(root, 40, (0, 20, "critical"))
    (record,) = store.load(root).incidents

    assert [(update.status, update.changed_at) for update in record.updates[1:]] == [
        ("monitoring", datetime(2026, 11, 20, 12, 20, tzinfo=UTC))
    ]
    assert held(root) == minutes((0, 20))


def test_each_incident_that_opens_by_itself_has_the_next_number_of_its_day(page):
    root = page(f"auto{SECOND_RULE}")
    settings = (root / "mkdocs.yml").read_text()
    (root / "mkdocs.yml").write_text(settings.replace('"Pay*"', '"Pay*", severity: warning'))
    (root / "components" / "refunds.yml").write_text("name: Refunds\n")
    (root / "incidents" / "2026-11-20-older.yml").write_text("reference: INC-2026-11-20-004\n")  # and broken otherwise
    say(root, 2, (0, None, "warning"), (0, None, "critical"))
    (root / "incidents" / "2026-11-20-older.yml").unlink()

    assert sorted(record.reference for record in store.load(root).incidents) == [
        "INC-2026-11-20-005",
        "INC-2026-11-20-006",
    ]
    before = {path: path.read_bytes() for path in (root / "incidents").rglob("*.yml")}
    say(root, 30, (0, 20, "warning"), (0, 20, "critical"))
    assert {path: path.read_bytes() for path in before} == before  # how it goes on is told in files of its own


def test_a_run_that_comes_late_leaves_what_runs_in_time_would_have_left(page, tmp_path_factory):
    root = page("auto")
    say(root, 2, (0, None, "warning"))
    say(root, 30, (0, 20, "warning"))
    say(root, 45, (0, 20, "warning"))
    in_time = updates(root)

    late = tmp_path_factory.mktemp("late")
    for path in ("components", "incidents"):
        (late / path).mkdir()
    (late / "mkdocs.yml").write_text((root / "mkdocs.yml").read_text())
    (late / "components" / "payments.yml").write_text("name: Payments\n")
    say(late, 45, (0, 20, "warning"))
    assert updates(late) == in_time


def test_an_end_that_is_heard_late_still_ends_what_was_told(page):
    root = page("auto")
    say(root, 2, (0, None, "warning"))
    say(root, 40, (0, 1, "warning"))

    assert [status for status, _ in updates(root)[0]] == ["investigating", "monitoring", "resolved"]


@pytest.mark.parametrize("publish", ["auto", "component_only"])
def test_what_is_heard_after_its_end_was_told_is_not_taken_for_calm(page, publish):
    root = page(publish)

    def standing():
        loaded = store.load(root)
        if publish == "component_only":
            return [(f"{each.at:%M}", str(each.status)) for each in loaded.components.components[0].states]
        return [(f"{each.at:%M}", str(each.components["payments"])) for each in loaded.incidents[0].updates]

    say(root, 3, (0, None, "warning"))
    say(root, 15, (0, 4, "warning"))
    told = standing()
    say(root, 17, (13, None, "warning"))
    say(root, 18, (13, None, "warning"))

    assert told[-1][1] == "operational"
    assert standing() == [*told, ("17", "degraded_performance")]

    say(root, 35, (13, 20, "warning"))
    assert [status for _, status in standing()][-2:] == ["degraded_performance", "operational"]


def test_a_machine_leaves_a_p1_to_people(page):
    root = page("auto")
    say(root, 59, (0, 10, "critical"))

    assert [status for status, _ in updates(root)[0]] == ["investigating", "monitoring"]


def test_people_lead_where_people_write(page):
    root = page("auto")
    (path,) = say(root, 2, (0, None, "warning")).written
    with (root / path).open("a") as file:
        file.write("  - {at: 2026-11-20T12:10:00Z, status: identified, body: A certificate has expired.}\n")
    say(root, 45, (0, 20, "warning"))

    assert [status for status, _ in updates(root)[0]] == ["investigating", "identified", "monitoring"]


def test_an_incident_that_people_opened_is_joined(page):
    root = page("auto")
    (root / "incidents" / "cards.yml").write_text(
        "title: Cards fail\nupdates:\n  - at: 2026-11-20T11:55:00Z\n    status: investigating\n"
        "    components: {payments: partial_outage}\n    body: Cards fail.\n"
    )

    assert say(root, 5, (0, None, "warning")).attached == ["payments"]
    assert [path.name for path in (root / "incidents").rglob("*.yml")] == ["cards.yml"]


def test_a_state_follows_without_a_word(page):
    root = page("component_only")
    say(root, 2, (0, None, "warning"))
    say(root, 30, (0, 20, "warning"))

    text = (root / "components" / "payments.yml").read_text()
    assert text.startswith("# what people pay with\nname: Payments\n")
    component = store.load(root).components.by_id["payments"]
    assert [(f"{state.at:%H:%M}", str(state.status)) for state in component.states] == [
        ("12:02", "degraded_performance"), ("12:20", "operational"),
    ]  # fmt: skip
    assert updates(root) == []


def test_maintenance_keeps_alerts_quiet(page):
    root = page("auto")
    (root / "incidents" / "move.yml").write_text(
        "title: Payments move\nkind: maintenance\nscheduled: {start: 2026-11-20T12:00:00Z, end: 2026-11-20T12:30:00Z}\n"
        "updates:\n  - at: 2026-11-18T12:00:00Z\n    status: scheduled\n    components: {payments: under_maintenance}\n"
        "    body: Payments move.\n"
    )
    assert say(root, 10, (5, None, "warning")).written == []
    assert len(say(root, 32, (5, None, "warning")).written) == 1


def test_what_no_rule_knows_is_said(page):
    root = page("draft")
    (root / "mkdocs.yml").write_text(SETTINGS.format(publish="draft").replace("Pay*", "Disk*"))

    assert say(root, 5, (0, None, "warning")).unknown == ["PayErrors"]


def test_nothing_is_lost_when_the_records_are_unsound(page):
    root = page("auto")
    (root / "components" / "payments.yml").write_text("name: 3\n")

    with pytest.raises(RecordError):
        say(root, 5, (0, None, "warning"))
    (root / "components" / "payments.yml").write_text("name: Payments\n")
    assert len(say(root, 6).written) == 1


def test_a_notification_that_is_not_understood_changes_nothing(page):
    root = page("auto")
    (root / "notification.json").write_text('{"version": "4", "alerts": [{"status": "on fire"}]}')
    done = stillup("intake", "alertmanager", root / "notification.json", "--root", root)

    assert done.returncode == 1
    assert "alerts[0].status: 'on fire' is neither firing nor resolved." in done.stderr
    assert not (root / "private").exists()
