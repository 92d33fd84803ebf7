"""Who is told internal facts, and that nobody else is: on the whole way from private records to the outbox."""

import shutil

import pytest

from stillup.errors import RecordError
from stillup.messages.wording import INSIDE
from stillup.pipeline.release import publish
from tests.tools import ROOT
from tests.views.sample import at

NOW = at("10:45")
SECRETS = (
    b"#incident-2026-11-20-001",
    b"Database engineer",
    b"4,740.00",
    b"48000",
    b"Alert on failing sign-ins",
    b"Incident commander",
    b"+1 555 010 0101",
)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    for name in ("incidents", "components", "site_overrides", "docs"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "mkdocs.yml", folder)
    return folder


def bodies(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_without_private_records_there_is_no_internal_outbox(page):
    publish(page, at=NOW)

    assert not (page / "outbox" / "internal").exists()


def test_internal_facts_are_told_to_insiders_alone(page):
    shutil.copytree(ROOT / "tests" / "example_private", page / "private")
    publish(page, at=NOW)
    found = bodies(page / "outbox")
    public = {path: body for path, body in found.items() if not path.startswith("internal/")}
    of_all = {path: body for path, body in found.items() if not any(f"/{inside}" in path for inside in INSIDE)}
    of_all.pop("internal/index.html")

    assert set(public) < set(found)
    for secret in SECRETS[:-2]:
        assert any(secret in body for path, body in found.items() if path.startswith("internal/")), secret
    for secret in SECRETS:
        assert [path for path, body in of_all.items() if secret in body] == [], secret
        assert [path for path, body in bodies(page / "site").items() if secret in body] == [], secret


def test_what_came_to_be_known_later_stands_in_no_earlier_message(page):
    opened = page / "outbox" / "internal" / "2026-11-20-sign-in-and-payments-failing" / "20261120t101200z"
    text = (opened / "responders.txt").read_text()

    assert "Detected: Fri 20 Nov 2026, 10:06 UTC, by Alert on failing sign-ins" in text
    assert "Complaints" not in (opened / "executives.txt").read_text()
    assert "Financial Impact: Not assessed yet" in (opened / "executives.txt").read_text()


def test_a_broken_private_record_stops_everything(page):
    before = bodies(page / "outbox")
    (page / "private" / "incidents" / "2026-11-20-sign-in-and-payments-failing.yml").write_text("comander: x\n")

    with pytest.raises(RecordError, match="comander"):
        publish(page, at=NOW)
    assert bodies(page / "outbox") == before
