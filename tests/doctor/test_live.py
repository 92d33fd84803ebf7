"""The page as it is served by a real server: the same bytes, newer, older, changed on the way, or somebody else's."""

import json
import shutil
from datetime import timedelta

import pytest

from stillup.pipeline.building.build import build
from stillup.pipeline.doctor import answer as answers
from stillup.pipeline.doctor import live, served
from tests.channels.receiver import answer, receiving
from tests.doctor.conftest import AT, NOBODY, told
from tests.tools import serving

OPEN = {"access-control-allow-origin": "*"}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A page that was built once; tests copy it."""
    from tests.doctor.conftest import Page

    page = Page(tmp_path_factory.mktemp("live") / "page")
    page.set("https://status.example.com/")
    build(page.root, at=AT)
    return page.root


@pytest.fixture
def site(page, built):
    shutil.copytree(built, page.root, dirs_exist_ok=True)
    return page.root / "site"


def looked(page, folder, headers=OPEN, at=AT, every=True):
    with serving(folder, headers=headers) as url:
        page.set(url)
        want = live.Looked(url=url, root=page.root, site=page.root / "site", at=at, every=every)
        return page.look(live.look, want, {})


def findings(examined, *but):
    """Return findings as level and first words; the clock of a test's server is another year's."""
    return [f"{each.level}: {each.message}" for each in examined.findings if each.code not in ("clock", *but)]


def test_a_page_that_is_served_as_it_was_built_is_well(page, site):
    examined = looked(page, site)

    assert findings(examined) == []
    assert "was built at 2026-11-20T10:45:00Z, as what stands in" in examined.well[0]
    assert examined.well[1].endswith("files are served byte for byte as they were built.")
    assert looked(page, site, every=False).well[1].startswith("60 files")


def test_what_a_host_changes_in_pages_is_found(page, site, tmp_path):
    changed = tmp_path / "changed"
    shutil.copytree(site, changed)
    home = changed / "index.html"
    home.write_text(home.read_text().replace("</body>", "<script>/* from the host */</script></body>"))
    (changed / "feed.atom").unlink()

    found = findings(looked(page, changed))

    assert len(found) == 2
    assert any("feed.atom is not what was built: HTTP 404." in each for each in found)
    assert any("/ is not what was built: " in each and "bytes come in place of" in each for each in found)


def test_an_older_page_is_told_from_a_newer_one(page, site, tmp_path):
    before = tmp_path / "before"
    shutil.copytree(site, before)
    build(page.root, at=AT + timedelta(minutes=5))
    older = findings(looked(page, before, at=AT + timedelta(minutes=5)))
    after = tmp_path / "after"
    shutil.copytree(site, after)
    shutil.rmtree(site)
    shutil.copytree(before, site)
    newer = findings(looked(page, after, at=AT + timedelta(minutes=5)))
    shutil.rmtree(site)
    none = findings(looked(page, after, at=AT + timedelta(minutes=5)))

    assert [each.partition(":")[0] for each in (*older, *newer, *none)] == ["warning", "note", "note"]
    assert "is newer: built at 2026-11-20T10:50:00Z" in older[0]
    assert "which is newer than what stands in" in newer[0]
    assert "nothing is built in" in none[0]


def test_a_page_that_nobody_builds_any_more_is_an_error(page, site):
    due = json.loads((site / "heartbeat.json").read_bytes())["next_due"]

    (said,) = findings(looked(page, site, at=AT + timedelta(days=3)))

    assert said.startswith("error: ")
    assert f"was due again at {due}, and nothing has built it since." in said


def test_another_site_at_the_address_is_no_page_of_ours(page, site, tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "heartbeat.json").write_text('{"ok": true}')

    assert "is no heartbeat: another site answers there." in findings(looked(page, tmp_path / "other"))[0]
    (tmp_path / "other" / "heartbeat.json").unlink()
    assert "is answered with HTTP 404." in findings(looked(page, tmp_path / "other"))[0]
    shutil.copy(site / "heartbeat.json", tmp_path / "other" / "heartbeat.json")
    assert "manifest.json is not served" in findings(looked(page, tmp_path / "other"))[0]


@pytest.mark.parametrize(
    "beat",
    [
        "[" * 100_000,
        "[]",
        '{"built_at": 7}',
        '{"built_at": "2026-11-20T10:45:00"}',
        '{"built_at": "2026-11-20T10:45:00Z", "next_due": "soon"}',
        '{"built_at": "2026-11-20T10:45:00Z", "next_due": "2026-11-20T10:45:00"}',
        '{"built_at": "2026-11-20T10:45:00Z", "next_due": [7]}',
    ],
)
def test_a_heartbeat_that_lies_is_none(beat, page, site):
    (site / "heartbeat.json").write_text(beat)

    (said,) = findings(looked(page, site))

    assert "is no heartbeat: another site answers there." in said


@pytest.mark.parametrize(
    "manifest",
    [
        "[" * 100_000,
        '{"files": [], "parts": [7]}',
        '{"files": [], "parts": ["\\u0000", "//"]}',
        '{"files": [{"path": [], "digest": 0, "size": 1e999}], "parts": []}',
        '{"files": [{"path": "\\u001b[2J\\n", "digest": "", "size": 1}, {"path": "../../x", "digest": "", "size": 1}],'
        ' "parts": []}',
    ],
)
def test_a_manifest_that_lies_is_told_in_words(manifest, page, site):
    (site / "api/stillup/v1/manifest.json").write_text(manifest)

    found = findings(looked(page, site))

    assert found
    assert all("cannot be compared" in each or "is not what was built" in each for each in found), found
    assert all(each.isprintable() for each in found)


def test_an_answer_that_does_not_end_is_given_up(page, site, monkeypatch):
    monkeypatch.setattr(answers, "LONGEST", 1000)
    (site / "heartbeat.json").write_text(" " * 2000)

    assert "heartbeat.json cannot be read" in findings(looked(page, site))[0]


def test_headers_and_clocks_that_are_off_are_warned_of(page, site):
    examined = looked(page, site, headers={})

    assert any("comes without Access-Control-Allow-Origin" in each for each in findings(examined))
    assert "seconds apart" in told(examined, "clock")[0]


def test_an_address_that_does_not_answer_says_why(page):
    for url, why in (("http://127.0.0.1:9/", "no server answers."), ("http://nowhere.invalid/", "cannot be read")):
        want = live.Looked(url=url, root=page.root, site=page.root / "site", at=AT, every=False)
        page.set(url)
        (said,) = told(page.look(live.look, want, {}), "live")
        assert why in said


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (answer(200, "ok\n"), ""),
        (answer(503, "alerts wait\n"), "answers that something is wrong: alerts wait."),
        (answer(200, "<html>"), "is answered by something else (HTTP 200)"),
        (answer(404), "is answered by something else (HTTP 404)"),
    ],
)
def test_the_application_is_asked_how_it_is(page, script, said):
    with receiving(script) as receiver:
        page.set(serve={"url": f"http://127.0.0.1:{receiver.port}/s/"})
        examined = page.look(served.look, page.settings, {}, offline=False)

    assert [said in each for each in told(examined, "serve")] == ([True] if said else [])
    assert receiver.asked[0].line.startswith("GET /s/healthz ")


def test_an_application_that_is_down_is_told(page):
    page.set(serve={"url": "http://127.0.0.1:9/"})

    assert "does not answer" in told(page.look(served.look, page.settings, {}, offline=False), "serve")[0]
    assert NOBODY.servers == ()
