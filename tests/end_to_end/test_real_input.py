"""Four years of a real page, 819 records as they were written under pressure, become a professional status page."""

import re
from pathlib import Path

import pytest

from stillup.records import store
from tests.tools import CORPUS, gallery, stillup

pytestmark = pytest.mark.needs("corpus", "mkdocs")
HISTORY = CORPUS / "github-history"
AT = "2026-08-21T12:00:00Z"


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("real") / "site"
    done = stillup("build", "--root", HISTORY, "--at", AT, "--site-dir", folder)
    assert done.returncode == 0, done.stderr
    return folder


def test_every_record_has_its_page_with_all_its_updates(site):
    for record in store.load(HISTORY).incidents:
        body = (site / "incidents" / record.id / "index.html").read_text(encoding="utf-8")
        anchors = re.findall(r'<li[^>]* id="([^"]+)"', body)
        assert [update.id for update in reversed(record.updates)] == anchors, record.id


def test_every_record_stands_in_its_month(site):
    found = set()
    for month in (site / "history").glob("*-*/index.html"):
        found |= set(re.findall(r'href="\.\./\.\./incidents/([^/"]+)/', month.read_text(encoding="utf-8")))

    assert found == {record.id for record in store.load(HISTORY).incidents}


def test_a_quiet_day_is_said_to_be_quiet(site):
    home = (site / "index.html").read_text(encoding="utf-8")

    assert "All Systems Operational" in home
    assert home.count('<details class="row"') == 12


@pytest.mark.needs("chromium")
def test_its_pages_can_be_looked_at(site, serve, shots):
    url = serve(site)
    newest = max(store.load(HISTORY).incidents, key=lambda record: record.updates[0].at)
    places = {
        "home": "",
        "incident": f"incidents/{newest.id}/",
        "component": "components/actions/",
        "history": "history/2026-07/",
    }
    pages = {f"real-{name}": url + place for name, place in places.items()}

    assert all(path.stat().st_size > 10_000 for path in gallery(pages, shots, whole=pages))
