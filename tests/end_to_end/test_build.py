"""A build as its user runs it: the same tree on every way, nothing written twice, nothing old left."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from stillup import pipeline
from stillup.errors import RecordError
from tests.end_to_end.page import AT, RECORDS, Site, tree

pytestmark = pytest.mark.needs("mkdocs")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = Site.make(tmp_path / "root")
    made.build()
    return made


def mkdocs(root: Path, *words: str, at: datetime = AT) -> subprocess.CompletedProcess[str]:
    """Run MkDocs itself on the page."""
    environment = os.environ | {"STILLUP_AT": f"{at:%Y-%m-%dT%H:%M:%SZ}", "NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, "-m", "mkdocs", *words]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)


def test_mkdocs_makes_the_same_tree_as_stillup(site):
    own = site.tree()

    done = mkdocs(site.root, "build", "--strict", "--site-dir", "other")

    assert done.returncode == 0, done.stderr
    assert tree(site.root / "other") == own


def test_a_second_build_writes_nothing(site):
    assert site.build().written == 0
    assert "0 files written" in mkdocs(site.root, "build", "--strict").stderr


def test_one_more_update_writes_only_what_it_changes(site):
    before = site.tree()
    site.write(
        "incidents/2026/open/updates/20261120t104000z-0a1b.yml",
        "at: 2026-11-20T10:40:00Z\nstatus: identified\nbody: It is the cache.\n",
    )
    built = site.build()
    after = site.tree()

    changed = {path for path in after if before.get(path) != after[path]}
    assert built.written == len(changed)
    # Statuspage's documents say in each when the page last changed.
    assert {path for path in changed if not path.startswith("api/v2/")} == {
        "index.html",
        "embed.html",
        "lite/index.html",
        "search/search_index.json",
        "incidents/open/index.html",
        "incidents/open/feed.atom",
        "incidents/w6tpr6h5kmcq.json",
        *(
            f"{feed}.{form}"
            for feed in ("feed", "components/api/feed", "incidents")
            for form in ("atom", "json", "rss")
        ),
        *(f"history.{form}" for form in ("atom", "json", "rss")),
        "api/stillup/v1/incidents/2026.json",
        "api/stillup/v1/manifest.json",
        "api/stillup/v1/manifest/2026.json",
    }
    assert "It is the cache." in after["index.html"].decode()


def test_a_record_that_is_taken_away_leaves_nothing(site):
    (site.root / "incidents/2026/closed.yml").unlink()
    site.build()

    assert not (site.root / "site/incidents/closed").exists()
    assert [path for path, body in site.tree().items() if b"Mail was late" in body] == []


def test_files_of_others_in_the_site_go(site):
    (site.root / "site/incidents/stranger").mkdir()
    (site.root / "site/incidents/stranger/index.html").write_text("old")
    (site.root / "site/left.txt").write_text("old")
    site.build()

    assert not (site.root / "site/incidents/stranger").exists()
    assert not (site.root / "site/left.txt").exists()


@pytest.mark.parametrize("taken", ["incidents/closed", "history", "assets", "index.html", ""])
def test_what_somebody_took_from_the_site_comes_back(site, taken):
    own = site.tree()
    path = site.root / "site" / taken
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    site.build()

    assert site.tree() == own


@pytest.mark.parametrize(
    "taken", ["history/2026-08/index.html", "history/2026-08", "components/web/index.html", "components", "feed.atom",
              "sitemap-2026-08.xml", "api/stillup/v1/days/web.json"],
)  # fmt: skip
def test_what_somebody_took_of_what_has_not_changed_comes_back(site, taken):
    """A month that is over, a component to which nothing happened: no page of it would be drawn otherwise."""
    closed = RECORDS["incidents/2026/closed.yml"]
    site.write("incidents/2026/old.yml", closed.replace("2026-11-", "2026-08-"))
    site.build()
    own = site.tree()
    path = site.root / "site" / taken
    if not path.exists():
        pytest.fail(f"{taken} is no part of the page: {sorted(own)}")
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    site.build()

    assert site.tree() == own


def test_a_draft_shows_nothing_until_its_time(site):
    site.write(
        "incidents/later.yml",
        "title: Not yet known\nupdates:\n  - at: 2026-11-20T11:00:00Z\n    status: investigating\n    body: Later.\n",
    )
    site.build()
    assert [path for path, body in site.tree().items() if b"Not yet known" in body] == []

    site.at += timedelta(minutes=12)
    site.build()
    assert "Not yet known" in site.tree()["index.html"].decode()
    assert "incidents/later/index.html" in site.tree()


def test_an_unusable_record_changes_nothing(site):
    own = site.tree()
    site.write("incidents/bad.yml", "title: Bad\nupdates:\n  - at: yesterday\n    status: resolvd\n    body: x\n")
    site.write("incidents/worse.yml", "titel: Worse\n")

    with pytest.raises(RecordError) as caught:
        site.build()

    said = str(caught.value).splitlines()
    assert [line.split(": ")[0] for line in said if line.startswith("incidents/bad")] == [
        "incidents/bad.yml:3:9",
        "incidents/bad.yml:4:13",
    ]
    assert any(line.startswith("incidents/worse.yml:1:1: titel:") for line in said)
    assert site.tree() == own
    done = mkdocs(site.root, "build", "--strict")
    assert done.returncode == 1
    assert "incidents/bad.yml:4:13" in done.stderr
    assert "Traceback" not in done.stderr
    assert site.tree() == own


def test_a_status_of_a_component_that_is_unknown_is_never_green(site):
    site.write("incidents/odd.yml", RECORDS["incidents/2026/open.yml"].replace("degraded_performance", "catastrophic"))

    with pytest.raises(RecordError, match=r"incidents/odd.yml:5:\d+: updates\[0\].components.api: \"catastrophic\""):
        site.build()


def test_a_page_in_a_sub_path_holds_together(tmp_path):
    site = Site.make(tmp_path / "root")
    site.write("mkdocs.yml", site.read("mkdocs.yml").replace("status.example.com/", "example.com/status/"))
    built = site.build()
    found = site.tree()

    assert [(warning.file, warning.line, warning.code) for warning in built.warnings] == [("mkdocs.yml", 2, "sub-path")]
    assert b"<loc>https://example.com/status/incidents/open/</loc>" in found["sitemap-2026-11.xml"]
    assert b'rel="canonical" href="https://example.com/status/incidents/open/"' in found["incidents/open/index.html"]
    for path, body in found.items():
        if path.endswith(".html") and path != "404.html":
            assert re.findall(rb'(?:href|src)="/[^"]*"', body) == [], path


def test_without_settings_the_defaults_hold(tmp_path):
    site = Site(tmp_path / "root")
    for path, text in RECORDS.items():
        if path.startswith(("components", "incidents")):
            site.write(path, text)

    built = site.build()

    assert [str(warning.file) for warning in built.warnings] == ["mkdocs.yml"]
    assert "The API answers slowly" in site.tree()["index.html"].decode()


def test_a_page_without_any_record_is_calm(tmp_path):
    site = Site.make(tmp_path / "root", {"docs/about.md": "# About\n", "site_overrides/assets/own.css": ""})
    site.build()

    assert "All Systems Operational" in site.tree()["index.html"].decode()


def test_a_folder_that_cannot_be_written_can_be_built_from(tmp_path):
    site = Site.make(tmp_path / "root")
    pipeline.build(site.root, at=AT, site_dir=tmp_path / "out" / "site")

    assert not (site.root / ".stillup").exists()
    assert (tmp_path / "out/site/index.html").is_file()


def test_an_override_that_loses_the_body_is_named(site):
    own = site.tree()
    site.write("site_overrides/stillup/shell.html", "{% extends 'stillup/base.html' %}{% block main %}{% endblock %}")

    with pytest.raises(Exception, match="has the slot `body` 0 times"):
        site.build()

    assert site.tree() == own


def test_an_override_of_any_template_may_build_on_ours(site):
    for name in ("stillup/foot.html", "pages/home.html"):
        site.write(f"site_overrides/{name}", f'{{% include "default/{name}" %}}<p>Ours, and {name}.</p>')

    site.build()
    home = (site.root / "site" / "index.html").read_text()

    assert "Ours, and stillup/foot.html." in home
    assert "Ours, and pages/home.html." in home
    assert 'class="foot"' in home


@pytest.mark.parametrize("name", ["stillup/foot.html", "pages/home.html"])
def test_an_override_that_takes_in_itself_is_told_how_ours_is_called(name, site):
    site.write(f"site_overrides/{name}", f'{{% extends "{name}" %}}')

    with pytest.raises(Exception, match=f"site_overrides/{name}:1:1: It takes in itself, without end. Write default/"):
        site.build()


@pytest.mark.parametrize(
    "damage",
    [
        lambda file: file.write_bytes(b"nonsense"),
        lambda file: file.write_bytes(file.read_bytes()[: file.stat().st_size // 2]),
        lambda file: file.write_bytes(b""),
        lambda file: file.write_bytes(file.read_bytes().replace(b"CREATE INDEX", b"CREATE \xefNDEX", 1)),
        lambda file: file.unlink(),
    ],
)
@pytest.mark.parametrize("name", ["index.sqlite", "index.sqlite.texts", "index.sqlite.seal"])
def test_a_damaged_index_is_noticed_and_made_again(name, site, damage):
    own = site.tree()
    damage(site.root / ".stillup/site" / name)
    site.build()

    assert site.tree() == own


@pytest.mark.parametrize(
    ("path", "damage"),
    [
        ("static/about/index.html", lambda file: file.write_bytes(file.read_bytes().replace(b"Words", b"Wards"))),
        ("static/assets/own.css", lambda file: file.unlink()),
        ("shells/incident.html", lambda file: file.write_bytes(file.read_bytes()[:2_000])),
        ("shells/home.html", lambda file: file.unlink()),
        ("shells/uptime.html", lambda file: file.write_bytes(b"\xf8" + file.read_bytes())),
        ("key", lambda file: file.write_bytes(b"\xf8")),
    ],
)
def test_a_damaged_frame_is_noticed_and_made_again(path, damage, site):
    own = site.tree()
    damage(site.root / ".stillup/site" / path)
    site.build()

    assert site.tree() == own


@pytest.mark.parametrize(
    "poison",
    [
        "update story_text set headline = replace(headline, 'Mail was late', 'Poison')",
        "update story_text set course = replace(course, 'major_outage', 'operational')",
        "update story set open = 0",
        "update story set settled = 1, last = 0",
        "update made set body = replace(body, 'Mail was late', 'Poison')",
        "update made set body = coalesce("
        "(select body from made as other where other.id <> made.id and other.what = made.what), body)",
        "delete from made",
        "delete from story_text where id = 'closed'",
        "update extract_text set files = replace(files, 'closed', 'opened')",
        "update story set worst = 'ok' where id = 'closed'",
        "delete from listed",
        "update listed set day = '2026-10-05' where id = 'closed'",
        "delete from held",
        "update meta set value = replace(value, 'closed', 'open') where key like 'days/%'",
        "delete from story where id = 'closed'",
        "insert into listed values ('2026-11-03', 'open')",
        "drop table held",
        "update story set codes = 'null' where id = 'closed'",
        "update story set warnings = '[0]' where id = 'closed'",
        "update story set worst = '' where id = 'closed'",
        "update story set kind = 'haintenance' where kind = 'maintenance'",
        "update extract set kind = 'haintenance' where kind = 'maintenance'",
    ],
)
def test_a_poisoned_index_changes_no_page(site, poison):
    own = site.tree()
    kept = site.root / ".stillup/site/index.sqlite"
    database = sqlite3.connect(kept)
    database.execute("attach ? as texts", (f"{kept}.texts",))
    assert database.execute(poison).rowcount
    database.commit()
    database.close()
    site.build()

    assert site.tree() == own


def test_two_builds_in_two_places_give_the_same_bytes(tmp_path):
    trees = []
    for name in ("one", "two"):
        site = Site.make(tmp_path / name, framed=False)
        site.build()
        trees.append(site.tree())

    assert trees[0] == trees[1]
