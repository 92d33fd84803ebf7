"""Recurring windows by the clock, from records to the page that is served and the mails that are sent."""

import email
import email.policy
import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from stillup.pipeline.publishing.release import publish
from tests.delivery.page import Page
from tests.delivery.world import Hands

SETTINGS = """\
site_name: Advancia Pay Ledger Status
theme: {name: material, font: false}
plugins:
  - stillup:
      organisation: Advancia Pay Ledger
      timezone: Europe/Berlin
      channels: {email: {via: outbox}}
      ledger: sqlite:.stillup/ledger.sqlite
"""
SERIES = """\
title: Ledger move
kind: maintenance
scheduled:
  start: 2026-%(first)s 02:30 Europe/Berlin
  end: 2026-%(first)s 03:30 Europe/Berlin
  timezone: Europe/Berlin
  recurrence: FREQ=WEEKLY;COUNT=3
updates:
  - at: %(told)s
    status: scheduled
    components: {api: under_maintenance}
    body: We move the ledger.
"""
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


class Windows(Page):
    """A page with a series of windows, published at any instant as if it were now."""

    def make(self) -> "Windows":
        super().make()
        self.write("mkdocs.yml", SETTINGS)
        self.people("a")
        self.write("docs/about.md", "# About\n")
        self.commit()
        return self

    def series(self, first: str, told: datetime, more: str = "") -> None:
        text = SERIES % {"first": first, "told": f"{told:%Y-%m-%dT%H:%M:%SZ}"}
        self.write("incidents/ledger-move.yml", text + more)
        self.commit()

    def publish(self, at: datetime) -> "Windows":
        done = publish(self.root, at=at, live=True, clock=Hands(at), environment=self.environment)
        assert done.is_complete
        return self

    def subjects(self) -> list[str]:
        """The subjects of all mails so far, sorted."""
        return sorted(
            str(email.message_from_string(each, policy=email.policy.default)["subject"]) for each in self.outbox()
        )

    def new(self, at: datetime) -> list[str]:
        """Publish, and return the subjects of the mails that this sent."""
        before = self.subjects()
        after = self.publish(at).subjects()
        for each in before:
            after.remove(each)
        return after

    def state(self) -> str:
        said = json.loads((self.root / "site/api/v2/components.json").read_text())
        return next(each["status"] for each in said["components"] if each["name"] == "API")

    def text(self, place: str) -> str:
        return (self.root / "site" / place / "index.html").read_text()


@pytest.fixture
def page(tmp_path) -> Windows:
    return Windows(tmp_path).make()


NIGHTS = {
    # 02:30 does not exist on this night: it is 03:30 summer time.
    "spring": ("03-22", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
    # 02:30 comes twice on this night: it is the first one, in summer time.
    "autumn": ("10-18", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
}


REMINDER, STARTED, COMPLETED = (
    f"[Service Status] {said}: Ledger move"
    for said in ("Reminder of Scheduled Maintenance", "Maintenance Started", "Maintenance Completed")
)


@pytest.mark.parametrize("night", NIGHTS)
def test_a_series_goes_through_the_night_in_which_clocks_change(page, night):
    """States by the clock before, at and after each edge; each mail once, however often it is published."""
    first, start = NIGHTS[night]
    told = start - timedelta(days=8)
    page.series(first, told)
    page.begin(told - HOUR)
    up, work = "operational", "under_maintenance"
    expected = [
        (told, ["[Service Status] Scheduled Maintenance: Ledger move"], up),
        (start - timedelta(days=1), [REMINDER], up),
        (start - HOUR, [REMINDER], up),
        (start - SECOND, [], up),
        (start, [STARTED], work),
        (start + HOUR - SECOND, [], work),
        (start + HOUR, [COMPLETED], up),
        (start + HOUR + SECOND, [], up),
    ]

    assert [(at, page.new(at), page.state()) for at, _, _ in expected] == expected
    assert NIGHT_LINES[night] in page.text("incidents/ledger-move")


NIGHT_LINES = {
    "spring": "Sun 29 Mar 2026, 03:30 to 04:30 CEST",
    "autumn": "Sun 25 Oct 2026, 02:30 CEST to Sun 25 Oct 2026, 02:30 CET",
}


def test_a_late_run_catches_up_once_and_says_only_what_is_still_true(page):
    """Nobody published through the whole night: that it goes on is told to nobody, that it is over to everybody."""
    first, start = NIGHTS["spring"]
    page.series(first, start - timedelta(days=8))
    page.begin(start - timedelta(days=9))
    page.publish(start - timedelta(days=2))

    late = page.new(start + HOUR + timedelta(minutes=20))

    assert late == [COMPLETED]
    assert page.new(start + HOUR + timedelta(minutes=21)) == []


def test_a_run_that_is_late_while_the_work_goes_on_says_until_when(page):
    first, start = NIGHTS["spring"]
    page.series(first, start - timedelta(days=8))
    page.begin(start - timedelta(days=9))
    page.publish(start - timedelta(days=2))

    assert page.new(start + timedelta(minutes=20)) == [STARTED]
    assert any(
        "It ends at Sun 29 Mar 2026, 04:30 CEST" in " ".join(mail.replace("=\n", "").split()) for mail in page.outbox()
    )


def test_an_occurrence_that_moved_runs_at_its_new_time_alone(page):
    first, start = NIGHTS["autumn"]
    old, moved = start, start + timedelta(hours=20)
    page.series(
        first,
        start - timedelta(days=8),
        f"  - at: {start - timedelta(days=2):%Y-%m-%dT%H:%M:%SZ}\n    status: scheduled\n    body: Later that day.\n"
        f"    scheduled: {{start: {moved:%Y-%m-%dT%H:%M:%SZ}, end: {moved + HOUR:%Y-%m-%dT%H:%M:%SZ}, "
        f"occurrence: {old:%Y-%m-%dT%H:%M:%SZ}}}\n",
    )
    page.begin(start - timedelta(days=1, hours=1))

    expected = [
        (moved - timedelta(days=1), [REMINDER], "operational"),
        (old, [], "operational"),
        (moved - HOUR, [REMINDER], "operational"),
        (moved, [STARTED], "under_maintenance"),
        (moved + HOUR, [COMPLETED], "operational"),
    ]
    assert [(at, page.new(at), page.state()) for at, _, _ in expected] == expected
    assert "Sun 25 Oct 2026, 21:30 to 22:30 CET (moved from Sun 25 Oct 2026, 02:30 CEST)" in page.text(
        "incidents/ledger-move"
    )


def test_an_occurrence_that_is_called_off_does_not_take_place(page):
    first, start = NIGHTS["spring"]
    page.series(
        first,
        start - timedelta(days=8),
        f"  - at: {start - timedelta(days=2):%Y-%m-%dT%H:%M:%SZ}\n    status: cancelled\n    body: Not this week.\n"
        f"    occurrence: {start:%Y-%m-%dT%H:%M:%SZ}\n",
    )
    page.begin(start - timedelta(days=1, hours=1))

    assert [(page.new(at), page.state()) for at in (start - HOUR, start, start + HOUR)] == [([], "operational")] * 3
    text = page.text("incidents/ledger-move")
    assert "Sun 29 Mar 2026, 03:30 to 04:30 CEST (cancelled)" in text
    assert "Planned maintenance" in text


def test_work_that_takes_longer_says_so_and_when_it_really_took_place(page):
    """Begun and ended by people: late by ten minutes, over by twenty."""
    _, start = NIGHTS["spring"]
    times = {name: f"{start + timedelta(minutes=count):%Y-%m-%dT%H:%M:%SZ}" for name, count in MINUTES.items()}
    page.write("incidents/ledger-move.yml", BY_HAND % times)
    page.commit()
    page.begin(start - timedelta(days=1))

    def told(minutes: int) -> tuple[str, str]:
        text = page.publish(start + timedelta(minutes=minutes)).text("incidents/ledger-move")
        kick = re.search(r'class="kick".*?</svg>(.*?)</span>', text)
        window = re.search(r"<dt>Window</dt><dd>(.*?)</dd>", text)
        assert kick and window
        return kick[1], window[1]

    planned = "Sun 29 Mar 2026, 03:30 to 04:30 CEST"
    assert told(4) == ("Planned maintenance", planned)
    assert told(59) == ("Maintenance in progress", f"{planned} (began 03:40 CEST)")
    assert told(60) == ("Maintenance in progress · takes longer than planned", f"{planned} (began 03:40 CEST)")
    assert page.state() == "under_maintenance"
    assert told(80) == ("Maintenance completed", f"{planned} (took place 29 Mar, 03:40 to 04:50 CEST)")
    assert page.state() == "operational"


MINUTES = {"told": -2880, "start": 0, "begun": 10, "end": 60, "over": 80}
BY_HAND = """\
title: Ledger move
kind: maintenance
scheduled: {start: %(start)s, end: %(end)s, auto: false}
updates:
  - {at: %(told)s, status: scheduled, components: {api: under_maintenance}, body: We move the ledger.}
  - {at: %(begun)s, status: in_progress, body: We have begun.}
  - {at: %(over)s, status: completed, body: It is over.}
"""
