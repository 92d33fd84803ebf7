"""The page is live once its own heartbeat is served where readers look."""

import pytest

from stillup.delivery.deploy.live import wait
from tests.deploy.pages import page
from tests.tools import PATIENCE, serving


def test_the_page_is_live_once_its_own_heartbeat_is_served(tmp_path):
    site, served = page(tmp_path / "site", 2), page(tmp_path / "served", 1)
    waits: list[float] = []

    def told(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 2:
            page(served, 2)

    with serving(served) as url:
        live = wait(url, site, patience=PATIENCE, every=0.05, told=told)

    assert (live.seen, len(waits), live.note) == (True, 2, "")


def test_a_later_page_is_live_too(tmp_path):
    with serving(page(tmp_path / "served", 3)) as url:
        assert wait(url, page(tmp_path / "site", 2), patience=PATIENCE, every=0.05).seen


@pytest.mark.parametrize(
    ("served", "note"),
    [
        ('{"built_at": "2026-11-20T10:01:00Z", "commit": "1"}', "it was built at 2026-11-20T10:01:00Z from commit 1."),
        ("<html>", "it is no heartbeat."),
        ("[]", "it is no heartbeat."),
        ('{"built_at": "soon", "commit": "9"}', "it is no heartbeat."),
        ('{"built_at": "2026-12-20T10:01:00"}', "it is no heartbeat."),
        ("[" * 50_000, "it is no heartbeat."),
        ("x" * 100_000, "it is far too long."),
        (None, "the server says HTTP 404."),
    ],
)
def test_what_is_served_instead_is_told_when_patience_ends(served, note, tmp_path):
    (tmp_path / "served").mkdir()
    if served is not None:
        (tmp_path / "served/heartbeat.json").write_text(served)
    with serving(tmp_path / "served") as url:
        live = wait(url, page(tmp_path / "site", 2), patience=0.2, every=0.05)

    assert (live.seen, live.note) == (False, f"{url}heartbeat.json is not this page's: {note}")


def test_a_server_that_is_down_is_waited_for_no_longer_than_that(tmp_path):
    live = wait("http://127.0.0.1:1/", page(tmp_path / "site", 2), patience=0.2, every=0.05)

    assert not live.seen
    assert live.note.endswith("no server answers.")
