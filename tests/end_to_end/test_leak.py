"""Nothing internal gets out: private records full of canaries, a real publish, and every byte of it searched."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from stillup.pipeline.tree.own_files import LIST
from tests.canary import KINDS, Canaries, hidden
from tests.tools import AT, ROOT, stillup

P0 = "2026-11-20-sign-in-and-payments-failing"
REGIME = {"private-incident.regulatory (key)": "gdpr", "private-incident.regulatory.*.filed (key)": "people"}


class Page:
    """The example with private records, comments, names and commits full of canaries."""

    def __init__(self, root: Path) -> None:
        """Lay it out in `root`."""
        self.root, self.canaries = root, Canaries()
        for name in ("incidents", "components", "docs", "site_overrides", "messages"):
            shutil.copytree(ROOT / name, root / name)
        shutil.copy(ROOT / "mkdocs.yml", root)
        self._private()
        for name in (f"incidents/2026/{P0}.yml", "components/payments.yml", "mkdocs.yml"):
            comment = self.canaries.token(f"comment in {name}")
            (root / name).write_text((root / name).read_text() + f"# internal: {comment}\n")
        self._git()

    def _private(self) -> None:
        token = self.canaries.token
        drill, whole, customer, contact = token("file name"), token("file name"), token("id"), token("id")
        self.drill = drill
        same = {**REGIME, "private-incident.drill": drill, "private-incident.contacted (key)": customer}
        same["private-incident.personal_data.customers[]"] = customer
        public = ("title", "severity", "started_at", "resolved_at", "reference", "drill")
        # The joined incident is no drill, so that its clocks run; the whole private one is.
        joined = self.canaries.record("private-incident", same, without=public)
        self._write(f"incidents/{P0}.yml", joined)
        self._write(f"incidents/{whole}.yml", self.canaries.record("private-incident", same))
        self._write(f"drills/{drill}.yml", self.canaries.record("drill"))
        roster = {"roster.contacts[].id": contact, "roster.contacts[].deputy": contact}
        roster |= {"roster.on_call.*[].contact": contact, "roster.on_call (key)": "cto"}
        self._write("roster.yml", self.canaries.record("roster", roster))
        self._write("customers.yml", self.canaries.record("customers", {"customers[].id": customer}))
        contract = {"contracts[].customer": customer, "contracts[].excluded[].incident": P0}
        self._write("contracts.yml", self.canaries.record("contracts", contract))

    def _write(self, name: str, value: object) -> None:
        path = self.root / "private" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = yaml.safe_dump(value, allow_unicode=True, sort_keys=False)
        path.write_text(f"# {self.canaries.token(f'comment in {name}')}\n{text}", encoding="utf-8")

    def _git(self) -> None:
        author, message, branch = (self.canaries.token(f"git {what}") for what in ("author", "message", "branch"))
        (self.root / ".gitignore").write_text("/private/\n/site/\n/outbox/\n/.stillup/\n")
        who = ["-c", f"user.name={author}", "-c", f"user.email={author}@example.com"]
        for words in (["init", "-q", "-b", branch], ["add", "."], [*who, "commit", "-q", "-m", message]):
            subprocess.run(["git", *words], cwd=self.root, check=True)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Page:
    return Page(tmp_path_factory.mktemp("page"))


def test_the_records_are_sound_so_that_every_field_is_really_read(page):
    done = stillup("check", "--root", page.root, "--at", AT)

    errors = [line for line in done.stderr.splitlines() if "warning" not in line]
    assert (done.returncode, errors) == (0, [])


def test_every_field_of_every_private_shape_has_a_canary(page):
    """Truths and words of a few have none: they are the same everywhere. Everything else is searched for."""
    assert len(page.canaries.patterns) > 150
    for kind in KINDS:
        assert any(name.startswith(kind) for name in page.canaries.patterns), kind


@pytest.fixture(scope="module")
def published(page: Page):
    """Publish for real, twice: the second run has the index of the first."""
    done = [stillup("publish", "--root", page.root, "--at", AT) for _ in range(2)]
    assert [each.returncode for each in done] == [0, 0], done[0].stderr
    assert (page.root / "site" / "index.html").is_file()
    return done


@pytest.mark.parametrize("place", ["site", "outbox", ".stillup"])
def test_no_canary_stands_in_what_a_publish_leaves(page, published, place):
    """Messages to insiders stand in a folder of their own, and are for nobody else."""
    assert list((page.root / place).rglob("*"))
    found = page.canaries.found_in(page.root / place)
    assert {name: which for name, which in found.items() if not (place == "outbox" and inside(name))} == {}


def inside(name: str) -> bool:
    """Whether a file of the outbox is for insiders."""
    return name.split("/")[0] == "internal"


def test_no_canary_stands_in_what_a_publish_says(page, published):
    for done in published:
        assert page.canaries.found((done.stdout + done.stderr).encode()) == set()


def test_no_canary_stands_in_the_errors_of_a_publish(page, tmp_path):
    """Neither a broken private record nor a broken public one makes a log tell what only we may know."""
    root = tmp_path / "page"
    shutil.copytree(page.root, root, ignore=shutil.ignore_patterns("site", "outbox", ".stillup"))
    for path in (root / "private").rglob("*.yml"):
        path.write_text(path.read_text() + f"unknown_{page.drill}: 5\n")
    whole = stillup("publish", "--root", root, "--at", AT)
    public = root / "incidents" / "2026" / f"{P0}.yml"
    public.write_text(public.read_text() + "unknown: 5\n")
    broken = stillup("publish", "--root", root, "--at", AT, "--json")
    rescued = stillup("publish", "--root", root, "--at", AT, "--keep-last-good")

    assert (whole.returncode, broken.returncode, rescued.returncode) == (1, 1, 0)
    assert "Run stillup check where nobody else reads it." in whole.stderr
    assert "unknown" in broken.stdout
    for done in (whole, broken, rescued):
        assert page.canaries.found((done.stdout + done.stderr).encode()) == set()


def test_a_whole_incident_that_is_private_moves_nothing_public(page, published, tmp_path):
    """The page with it and the page without any private folder are the same, byte for byte."""
    root = tmp_path / "page"
    shutil.copytree(page.root, root, ignore=shutil.ignore_patterns("private", "site", "outbox", ".stillup"))
    done = stillup("publish", "--root", root, "--at", AT)
    assert done.returncode == 0, done.stderr

    for place in ("site", "outbox"):
        one, other = page.root / place, root / place
        here, there = public(one), public(other)
        assert here == there
        # The page of the outbox lists messages to insiders too, by their names alone; so does what a run has made.
        pages = {"index.html", LIST} if place == "outbox" else set()
        assert [name for name in here - pages if (one / name).read_bytes() != (other / name).read_bytes()] == []


def public(folder: Path) -> set[str]:
    """Return the paths of files for the public."""
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    return {name for name in names if not inside(name)}


def test_a_canary_in_a_public_text_is_found_on_the_page(page, tmp_path):
    """The search can fail: what is written where the public reads is seen in pages, feeds, API and messages."""
    root = tmp_path / "page"
    shutil.copytree(page.root, root, ignore=shutil.ignore_patterns("site", "outbox", ".stillup"))
    path = root / "incidents" / "2026" / f"{P0}.yml"
    path.write_text(path.read_text().replace("impact_text: Sign-in", f"impact_text: {page.drill} Sign-in"))
    path.write_text(path.read_text().replace("Since 10:05 UTC, sign-in", f"Since {page.drill}, sign-in"))
    stillup("publish", "--root", root, "--at", AT)

    site = page.canaries.found_in(root / "site")
    assert {f"incidents/{P0}/index.html", "feed.atom", "feed.json"} <= site.keys()
    assert any(name.startswith("api/") for name in site)
    assert any(name.endswith(".eml") for name in page.canaries.found_in(root / "outbox"))
    assert page.canaries.found_in(root / ".stillup")


@pytest.mark.parametrize("spelling", hidden("zq"))
def test_the_search_sees_through_every_spelling(spelling):
    canaries = Canaries()
    word = canaries.token("field")

    assert canaries.found(hidden(word)[spelling]) == {"field"}
    assert canaries.found(hidden(word.replace("q", "w"))[spelling]) == set()


PLACES = {
    "internal:\n  commander: On-call engineer": "internal",
    "commander: On-call engineer": "commander",
    "root_cause: {immediate: A disk}": "root_cause",
    "costs: []": "costs",
    "personal_data: {subjects: 220}": "personal_data",
}


@pytest.mark.parametrize("text", PLACES, ids=PLACES.values())
def test_a_private_fact_in_a_public_record_is_refused_with_the_place_to_put_it(text, tmp_path):
    (tmp_path / "incidents").mkdir()
    record = f"title: A\n{text}\nupdates:\n  - {{at: 2026-11-20T10:12:00Z, status: investigating, body: B}}\n"
    (tmp_path / "incidents" / "x.yml").write_text(record)

    done = stillup("check", "--root", tmp_path, "--at", AT)

    said = "This is an internal fact, and this file is public. Move it to private/incidents/x.yml."
    assert done.returncode == 1
    assert f"incidents/x.yml:2:1: {PLACES[text]}: {said}" in done.stderr


@pytest.mark.parametrize("name", ["incidents", "drills", "runbooks"])
def test_folders_that_mkdocs_would_publish_are_refused_with_the_place_to_put_them(name, tmp_path):
    (tmp_path / "docs" / name).mkdir(parents=True)

    done = stillup("check", "--root", tmp_path, "--at", AT)

    assert done.returncode == 1
    assert f"docs/{name}:1:1: MkDocs publishes everything in docs/" in done.stderr
    assert "Move the folder to" in done.stderr


def test_a_private_folder_that_is_published_is_refused_and_one_that_git_keeps_is_warned_of(tmp_path):
    (tmp_path / "pages" / "private" / "incidents").mkdir(parents=True)
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: A\ndocs_dir: pages\nplugins:\n  - stillup:\n      private: pages/private\n"
    )
    inside = stillup("check", "--root", tmp_path, "--at", AT)
    (tmp_path / "mkdocs.yml").write_text("site_name: A\nplugins: [stillup]\n")
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "customers.yml").write_text("- {id: a, name: A}\n")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    untracked = stillup("check", "--root", tmp_path, "--at", AT)
    subprocess.run(["git", "add", "private"], cwd=tmp_path, check=True)
    tracked = stillup("check", "--root", tmp_path, "--at", AT)

    assert inside.returncode == 1
    assert "mkdocs.yml:5:16: plugins[0].stillup.private: The private folder stands in the docs_dir" in inside.stderr
    assert "Git keeps" not in untracked.stderr
    assert "private/customers.yml:1:1: warning: Git keeps this file in the repository of the page" in tracked.stderr
    assert tracked.returncode == 0
