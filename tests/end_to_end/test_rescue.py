"""`--keep-last-good`: a slip in one record does not stop an urgent update of another, and nothing vanishes by it."""

import shutil
import subprocess
from pathlib import Path

import pytest

from stillup import pipeline
from stillup.errors import Level, RecordError
from tests.end_to_end.page import AT, RECORDS, Site, tree
from tests.tools import stillup

pytestmark = pytest.mark.needs("git", "mkdocs")

CLOSED = RECORDS["incidents/2026/closed.yml"]
OPEN = RECORDS["incidents/2026/open.yml"]
BROKEN = CLOSED.replace("status: resolved", "status: resolvd")
URGENT = f"{OPEN}  - at: 2026-11-20T10:40:00Z\n    status: identified\n    body: A disk is full.\n"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A committed page that was built once."""
    site = Site.make(tmp_path_factory.mktemp("prepared") / "page")
    site.git("init", "--quiet", "--initial-branch=main")
    commit(site)
    site.build()
    return site.root


@pytest.fixture
def site(prepared, tmp_path):
    shutil.copytree(prepared, tmp_path / "page", symlinks=True)
    return Site(tmp_path / "page")


def commit(site: Site) -> str:
    """Commit everything and return the short id."""
    site.git("add", "--all", "incidents", "components", "mkdocs.yml", "docs", "site_overrides")
    site.git("commit", "--quiet", "--allow-empty", "--message", "Say more")
    return head(site)


def head(site: Site) -> str:
    done = subprocess.run(["git", "-C", site.root, "rev-parse", "--short=10", "HEAD"], capture_output=True, check=True)
    return done.stdout.decode().strip()


def keep(site: Site) -> pipeline.Built:
    return pipeline.build(site.root, at=AT, keep_last_good=True)


def refused(site: Site) -> list[str]:
    """Return why a build is refused; the site stays as it is."""
    before = site.tree()
    with pytest.raises(RecordError) as error:
        site.build()
    assert site.tree() == before
    return [str(problem) for problem in error.value.problems]


def test_a_slip_in_an_old_record_does_not_stop_an_urgent_update(site):
    sound = head(site)
    before = site.tree()
    site.write("incidents/2026/closed.yml", BROKEN)
    site.write("incidents/2026/open.yml", URGENT)
    commit(site)

    built = keep(site)

    assert [str(problem) for problem in built.warnings] == [
        'incidents/2026/closed.yml:9:13: warning: updates[1].status: "resolvd" is not an incident status.'
        " Did you mean resolved? Use investigating, identified, monitoring or resolved."
        f" Until then it stands as in commit {sound}."
    ]
    assert b"A disk is full." in site.tree()["index.html"]
    assert site.tree()["incidents/closed/index.html"] == before["incidents/closed/index.html"]


def test_the_next_run_without_it_fails_again_though_git_sees_no_change(site):
    site.write("incidents/2026/closed.yml", BROKEN)
    commit(site)
    keep(site)

    first, again = refused(site), refused(site)

    assert len(first) == 1
    assert first == again
    assert keep(site).written == 0, "and with it nothing is written twice"


def test_the_next_run_without_it_fails_again_where_files_are_only_looked_at(site):
    site.write("incidents/2026/closed.yml", BROKEN)
    commit(site)
    keep(site)
    (site.root / ".git").rename(site.root / "elsewhere")

    assert len(refused(site)) == 1


def test_a_record_that_is_mended_is_as_if_nothing_had_been(site, tmp_path):
    site.write("incidents/2026/closed.yml", BROKEN)
    commit(site)
    keep(site)
    site.write("incidents/2026/closed.yml", CLOSED.replace("on time", "on time again"))
    commit(site)

    built = site.build()

    assert built.warnings == ()
    assert site.tree() == site.cold(tmp_path / "cold")
    assert b"on time again" in site.tree()["incidents/closed/index.html"]


def test_a_slip_that_is_not_committed_yet_is_passed_over_too(site):
    before = site.tree()
    site.write("incidents/2026/open.yml", "title: [\n")

    built = keep(site)

    assert [problem.level for problem in built.warnings] == [Level.WARNING]
    assert site.tree() == before


def test_the_newest_sound_commit_is_found_behind_broken_ones(site):
    site.write("incidents/2026/closed.yml", CLOSED.replace("on time", "quick again"))
    sound = commit(site)
    for slip in ("resolvd", "fixed", "done"):
        site.write("incidents/2026/closed.yml", CLOSED.replace("status: resolved", f"status: {slip}"))
        commit(site)

    built = keep(site)

    assert built.warnings[0].fix.endswith(f"Until then it stands as in commit {sound}.")
    assert b"quick again" in site.tree()["incidents/closed/index.html"]


def test_an_outage_that_is_open_stays_on_the_page(site):
    site.write("incidents/2026/open.yml", OPEN.replace("status: investigating", "status: resolvd"))
    commit(site)

    keep(site)

    assert b"The API answers slowly" in site.tree()["index.html"]


def test_what_was_never_sound_is_not_left_out(site):
    before = site.tree()
    site.write("incidents/2026/new.yml", BROKEN)
    commit(site)

    with pytest.raises(RecordError) as error:
        keep(site)

    assert [str(problem) for problem in error.value.problems] == [
        'incidents/2026/new.yml:9:13: updates[1].status: "resolvd" is not an incident status.'
        " Did you mean resolved? Use investigating, identified, monitoring or resolved."
        " Git has no sound version of it to keep."
    ]
    assert site.tree() == before


def test_a_file_that_is_no_record_still_stops_everything(site):
    (site.root / "incidents/2026/open.yml").rename(site.root / "incidents/2026/open.yaml")

    with pytest.raises(RecordError, match=r"open\.yaml:1:1: Records end with \.yml"):
        keep(site)


def test_a_broken_update_file_leaves_the_others_as_they_are(site):
    folder = "incidents/2026/open/updates"
    site.write(f"{folder}/20261120t101000z-0001.yml", "at: 2026-11-20T10:10:00Z\nstatus: identified\nbody: One.\n")
    commit(site)
    site.write(f"{folder}/20261120t101000z-0001.yml", "at: 2026-11-20T10:10:00Z\nstatus: wip\nbody: Another one.\n")
    site.write(f"{folder}/20261120t102000z-0002.yml", "at: 2026-11-20T10:20:00Z\nstatus: identified\nbody: Two.\n")
    commit(site)

    built = keep(site)
    page = site.tree()["incidents/open/index.html"]

    assert [problem.file for problem in built.warnings] == [f"{folder}/20261120t101000z-0001.yml"]
    assert (b"One." in page, b"Another one." in page, b"Two." in page) == (True, False, True)


def test_a_new_broken_update_file_leaves_the_record_as_it_was(site):
    before = site.tree()
    site.write("incidents/2026/open/updates/20261120t101000z-0001.yml", "at: 2026-11-20T10:10:00Z\nstatus: wip\n")
    commit(site)

    built = keep(site)

    assert len(built.warnings) == 2
    assert site.tree()["incidents/open/index.html"] == before["incidents/open/index.html"]


def test_files_that_contradict_each_other_are_taken_as_they_were_together(site):
    before = site.tree()
    site.write("incidents/2026/closed.yml", f"ended_at: 2026-11-19T02:00:00Z\n{CLOSED}")
    site.write(
        "incidents/2026/closed/updates/20261119t013000z-0001.yml",
        "at: 2026-11-19T01:30:00Z\nstatus: resolved\nbody: Once more.\n",
    )
    commit(site)

    keep(site)

    assert site.tree()["incidents/closed/index.html"] != before["incidents/closed/index.html"], "one file is enough"
    assert b"Once more." in site.tree()["incidents/closed/index.html"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("components/api.yml", "name: API\ngroop: core\n"),
        ("components/api.yml", "name: API\nsince: soon\n"),
        ("components/api.yml", "name: [\n"),
    ],
)
def test_a_broken_component_is_as_it_was(path, text, site):
    sound = head(site)
    before = site.tree()
    site.write(path, text)
    commit(site)

    built = keep(site)

    assert {problem.fix.rpartition(" Until ")[2] for problem in built.warnings} == {
        f"then it stands as in commit {sound}."
    }
    assert site.tree()["components/api/index.html"] == before["components/api/index.html"]
    assert len(refused(site)) >= 1


def test_a_broken_list_of_groups_is_as_it_was(site):
    site.write("components/_groups.yml", "- {id: core, name: The core}\n")
    commit(site)
    site.build()
    site.write("components/_groups.yml", "- {id: Core, name: Heart}\n")

    keep(site)

    assert b"The core" in site.tree()["index.html"]


def test_a_component_that_was_never_sound_stops_everything(site):
    site.write("components/new.yml", "nam: New\n")

    with pytest.raises(RecordError, match=r"Git has no sound version of it to keep\."):
        keep(site)


def test_broken_settings_stop_everything(site):
    site.write("mkdocs.yml", site.read("mkdocs.yml").replace("timezone: Europe/Berlin", "timezone: Europe/Berln"))
    site.write("incidents/2026/closed.yml", BROKEN)

    with pytest.raises(RecordError) as error:
        keep(site)

    assert [(p.file, p.level) for p in error.value.problems] == [
        ("incidents/2026/closed.yml", Level.WARNING),
        ("mkdocs.yml", Level.ERROR),
    ]


def test_without_a_repository_there_is_nothing_to_keep(site):
    (site.root / ".git").rename(site.root / "elsewhere")
    site.write("incidents/2026/closed.yml", BROKEN)

    with pytest.raises(RecordError, match=r"Git has no sound version of it to keep\."):
        keep(site)


def test_a_cold_build_takes_the_same(site, tmp_path):
    site.write("incidents/2026/closed.yml", BROKEN)
    site.write("incidents/2026/open.yml", URGENT)
    commit(site)
    keep(site)

    pipeline.build(site.root, at=AT, site_dir=tmp_path / "cold/site", keep_last_good=True)

    assert tree(tmp_path / "cold/site") == site.tree()


def test_the_command_says_what_it_passed_over_and_succeeds(site):
    site.write("incidents/2026/closed.yml", BROKEN)
    site.write("incidents/2026/open.yml", URGENT)
    commit(site)
    words = ("publish", "--root", site.root, "--at", "2026-11-20T10:45:00Z")

    failed, done = stillup(*words), stillup(*words, "--keep-last-good")

    assert (failed.returncode, failed.stderr.splitlines()[-1]) == (1, "1 error. Nothing was changed.")
    assert done.returncode == 0
    assert done.stderr.startswith("incidents/2026/closed.yml:9:13: warning: ")
    assert "3 records" in done.stdout
    assert any("A disk is full." in message for message in texts(site.root / "outbox")), "what is urgent"
    assert any("Mail is on time." in message for message in texts(site.root / "outbox")), "and what was kept"
    assert stillup("build", *words[1:], "--keep-last-good").returncode == 0


def texts(folder: Path) -> list[str]:
    return [path.read_text() for path in folder.rglob("*.json")]
