"""A window opens and ends between two builds: what waits for the next one, and who names the instant that is due.

The whole tree is built; that what readers see changes at no other instant is tests/views/test_due.py.
"""

import json
from datetime import UTC, datetime, timedelta

import pytest

from stillup.pipeline.building.build import build

SECOND = timedelta(seconds=1)
START = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
END = START + timedelta(minutes=90)
WINDOW = """\
title: Card payments move
kind: maintenance
scheduled: {start: 2026-11-22T02:00:00Z, end: 2026-11-22T03:30:00Z}
updates:
  - at: 2026-11-20T09:00:00Z
    status: scheduled
    components: {payments: under_maintenance}
    body: We move card payments.
"""
WAITING = ("api/v2/summary.json", "api/v2/status.json", "badge.svg", "status.txt", "index.html")
"""Outputs that no script turns, and the page itself."""


@pytest.fixture
def page(tmp_path):
    for name in ("components", "incidents", "docs"):
        (tmp_path / name).mkdir()
    theme = "theme: {name: material, font: false}\nplugins: [search, stillup]\n"
    (tmp_path / "mkdocs.yml").write_text(f"site_name: Status\nsite_url: https://status.example.com/\n{theme}")
    (tmp_path / "docs" / "about.md").write_text("# About\n")
    (tmp_path / "components" / "payments.yml").write_text("name: Card payments\n")
    (tmp_path / "incidents" / "move.yml").write_text(WINDOW)
    return tmp_path


def built(page, at):
    """Return the instant that is due next, and what the outputs say of the component."""
    build(page, at=at)
    site = page / "site"
    summary = json.loads((site / "api/v2/summary.json").read_bytes())
    due = datetime.fromisoformat(json.loads((site / "heartbeat.json").read_bytes())["next_due"])
    turned = {name: (site / name).read_bytes() for name in WAITING}
    return due, summary["components"][0]["status"], turned


def test_the_heartbeat_leads_from_edge_to_edge_and_each_build_there_says_it(page):
    """Whoever builds at `next_due`, and then at the next one, misses nothing: reminders, start, end, midnight."""
    at, hops = datetime(2026, 11, 21, 1, 30, tzinfo=UTC), []
    while at < END + SECOND:
        due, state, _ = built(page, at)
        hops.append((at, state))
        at = due

    assert hops[1:] == [
        (START - timedelta(hours=24), "operational"),
        (datetime(2026, 11, 22, 0, 0, tzinfo=UTC), "operational"),
        (START - timedelta(hours=1), "operational"),
        (START, "under_maintenance"),
        (END, "operational"),
    ]


@pytest.mark.parametrize(
    ("edge", "before", "after"),
    [
        (START, "operational", "under_maintenance"),
        (END, "under_maintenance", "operational"),
    ],
)
def test_what_waits_for_a_build_is_right_up_to_the_edge_and_wrong_from_it_on(page, edge, before, after):
    early = built(page, edge - SECOND)
    late = built(page, edge)

    assert (early[0], early[1], late[1]) == (edge, before, after)
    assert [name for name in WAITING if early[2][name] == late[2][name]] == []
