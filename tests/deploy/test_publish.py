"""`stillup deploy` and `stillup publish` as a user runs them: to real places, waiting for a real server."""

import json
import os
import pty
import re
import subprocess
import threading
from pathlib import Path

import pytest

from stillup.pipeline.publishing.newer import Page
from tests.tools import PATIENCE, need, program, serving, stillup

RECORDS = {
    "components/api.yml": "name: API\nsince: 2026-01-01\n",
    "incidents/cards.yml": (
        "title: Card payments failing\nseverity: P1\nupdates:\n  - at: 2026-11-20T10:12:00Z\n"
        "    status: investigating\n    components: {api: partial_outage}\n    body: Cards fail.\n"
    ),
}


def written(root: Path, settings: str, url: str = "") -> Path:
    for name, text in RECORDS.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    (root / "docs").mkdir(exist_ok=True)
    said = f"site_name: Status\ntheme: {{name: material, font: false}}\n{f'site_url: {url}' if url else ''}\n"
    (root / "mkdocs.yml").write_text(f"{said}plugins:\n  - search\n  - stillup:\n      {settings}\n")
    return root


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """A page that was built once; its settings may change, its frame is kept."""
    root = written(tmp_path_factory.mktemp("built"), "timezone: UTC")
    done = stillup("build", "--root", root)
    assert done.returncode == 0, done.stderr
    return root


def test_the_page_goes_to_every_place_and_one_that_is_down_keeps_it_from_none(built, tmp_path):
    subprocess.run(["git", "init", "-q", "--bare", str(tmp_path / "pages.git")], check=True)
    places = f"[{{git: {tmp_path}/nowhere.git}}, {{folder: {tmp_path}/www}}, {{git: {tmp_path}/pages.git}}]"
    written(built, f"deploy: {places}")

    would = stillup("deploy", "--root", built, "--dry-run")
    assert not (tmp_path / "www").exists()
    done = stillup("deploy", "--root", built)
    again = stillup("deploy", "--root", built, "--json")

    assert (would.returncode, done.returncode, again.returncode) == (3, 3, 3)
    assert "cannot be reached" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert [line.partition(":")[0] for line in done.stdout.splitlines()] == [
        f"folder {tmp_path}/www", f"branch gh-pages of {tmp_path}/pages.git",
    ]  # fmt: skip
    assert "Card payments failing" in (tmp_path / "www/index.html").read_text()
    places = json.loads(again.stdout)["places"]
    assert [place["reached"] for place in places] == [False, True, True]
    assert places[2]["said"] == "holds this page already"


def commit(root: Path, text: str) -> None:
    """Commit another text of the incident."""
    (root / "incidents/cards.yml").write_text(RECORDS["incidents/cards.yml"].replace("Cards fail.", text))
    for words in (["add", "-A"], ["-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", text]):
        subprocess.run(["git", *words], cwd=root, check=True)


@pytest.fixture(scope="module")
def clones(tmp_path_factory) -> tuple[Path, Path]:
    """Two publishers of one page: the slow one has not seen the newest commit, and has built last."""
    folder = tmp_path_factory.mktemp("clones")
    root, slow, remote = folder / "quick", folder / "slow", folder / "remote.git"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(remote)], check=True)
    subprocess.run(["git", "init", "-q", "-b", "main", str(root)], check=True)
    written(root, f"deploy: [{{folder: {folder}/www}}, {{git: {folder}/pages.git}}, {{rsync: {folder}/far}}]")
    (root / ".gitignore").write_text("/site/\n/.stillup/\n/outbox/\n")
    (root / "docs/about.md").write_text("# About\n")
    commit(root, "Cards fail.")
    subprocess.run(["git", "remote", "add", "origin", str(remote)], cwd=root, check=True)
    subprocess.run(["git", "push", "-q", "-u", "origin", "main"], cwd=root, check=True)
    subprocess.run(["git", "clone", "-q", str(remote), str(slow)], check=True)
    subprocess.run(["git", "init", "-q", "--bare", str(folder / "pages.git")], check=True)
    (folder / "far").mkdir()
    commit(root, "Cards work.")
    subprocess.run(["git", "push", "-q"], cwd=root, check=True)
    for each in (root, slow):
        done = stillup("build", "--root", each)
        assert done.returncode == 0, done.stderr
    return root, slow


def test_a_publisher_with_older_records_puts_no_page_over_a_newer_one(clones):
    need("rsync")
    quick, slow = clones
    folder = quick.parent
    first, late = stillup("deploy", "--root", quick), stillup("deploy", "--root", slow, "--json")
    heads = [path.read_text() for path in (folder / "www/index.html", folder / "far/index.html")]
    meant = stillup("deploy", "--root", slow, "--older")

    assert (first.returncode, late.returncode, meant.returncode) == (0, 0, 0), first.stderr + late.stderr
    said = [place["said"] for place in json.loads(late.stdout)["places"]]
    assert [each.startswith("keeps its page, which is newer: built at 20") for each in said] == [True] * 3, said
    assert all("Cards work." in text for text in heads)
    page = ["git", "-C", str(folder / "pages.git"), "show", "gh-pages~1:index.html"]
    assert "Cards work." in subprocess.run(page, capture_output=True, text=True, check=True).stdout
    assert "Cards fail." in (folder / "www/index.html").read_text()
    assert stillup("deploy", "--root", quick).returncode == 0
    assert "Cards work." in (folder / "www/index.html").read_text(), "and the newer one goes over the older"


@pytest.mark.parametrize(
    ("settings", "docs", "said"),
    [
        ("", True, "mkdocs.yml:1:1: theme: No theme is set"),
        ("theme: readthedocs\n", True, "mkdocs.yml:2:8: theme: Status pages stand in the frame of the theme Material"),
        ("theme: material\n", False, "mkdocs.yml:1:1: docs_dir: There is no folder docs"),
    ],
)
def test_what_keeps_mkdocs_from_making_the_frame_is_said_with_its_line(settings, docs, said, tmp_path):
    (tmp_path / "mkdocs.yml").write_text(f"site_name: Status\n{settings}plugins:\n  - search\n  - stillup\n")
    if docs:
        (tmp_path / "docs").mkdir()

    done = stillup("publish", "--root", tmp_path)

    assert (done.returncode, done.stdout) == (1, "")
    assert said in done.stderr, done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "site").exists()
    if docs:
        mkdocs = [program("mkdocs"), "build", "-q", "-f", str(tmp_path / "mkdocs.yml")]
        built = subprocess.run(mkdocs, capture_output=True, text=True, check=False)
        assert built.returncode == 1
        assert "Write theme: {name: material, font: false}." in built.stderr
        assert "Traceback" not in built.stderr


def test_back_serves_the_page_before(built, tmp_path):
    written(built, f"deploy: [{{folder: {tmp_path}/www}}]")
    stillup("deploy", "--root", built, "--at", "2026-11-20T10:45:00Z")
    stillup("deploy", "--root", built, "--at", "2026-11-20T10:46:00Z")

    done = stillup("deploy", "--root", built, "--back")
    both = stillup("deploy", "--root", built, "--back", "--dry-run")

    assert (done.returncode, both.returncode) == (0, 2)
    assert done.stdout.startswith(f"folder {tmp_path}/www: serves the page before, 20261120T104500Z")
    assert stillup("deploy", "--root", built, "--back").returncode == 1


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("timezone: UTC", "No place to deploy to is set. Write deploy:"),
        ("deploy: [{folder: incidents/www}]", "is written by people"),
        ("deploy: [{folder: site}]", "is where the page is built"),
        ("deploy: [{folder: site/www}]", "is where the page is built"),
        ("deploy: [{git: nowhere}]", "is in no git repository, so there is no remote called nowhere. Run git init and"),
        ("deploy: [{folder: a, git: b}]", "Make two entries of it"),
    ],
)
def test_what_cannot_be_deployed_is_said_and_nothing_is_changed(settings, words, built):
    before = {path: path.lstat().st_mtime_ns for path in (built / "site").rglob("*")}
    written(built, settings)

    done = stillup("deploy", "--root", built)

    assert (done.returncode, done.stdout) == (1, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert {path: path.lstat().st_mtime_ns for path in (built / "site").rglob("*")} == before


def test_without_a_page_there_is_nothing_to_deploy(tmp_path):
    done = stillup("deploy", "--root", written(tmp_path, "deploy: [{folder: www}]"))

    assert done.returncode == 1
    assert "Run stillup build" in done.stderr


def test_publish_without_the_remote_says_what_there_is_to_look_at(built):
    written(built, "deploy: [{git: nowhere}]")

    done = stillup("publish", "--root", built)

    site, outbox = built / "site", built / "outbox"
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[1:] == [
        f"The page is made in {site}, and the messages in {outbox}: `stillup deploy` brings it out once that is mended."
    ]
    assert (site / "index.html").is_file()
    assert (outbox / "index.html").is_file()


def test_publish_deploys_and_sees_the_page_served(built, tmp_path):
    with serving(tmp_path) as url:
        written(built, f"deploy: [{{folder: {tmp_path}/www}}]", f"{url}www/")
        done = stillup("publish", "--root", built)
        machine = stillup("publish", "--root", built, "--json")

    assert done.returncode == 0, done.stderr
    assert re.search(r"^deploy: folder .*/www: serves the page, .* \(\d+\.\d s\)$", done.stderr, re.MULTILINE)
    assert re.search(r"^wait: served after \d+\.\d s", done.stderr, re.MULTILINE)
    assert (built / "outbox/index.html").is_file()
    document = json.loads(machine.stdout)
    assert machine.stderr == ""
    assert document["places"][0]["reached"]
    assert document["served_after"] < PATIENCE  # it is looked for at once, and given up after five minutes
    assert document["notes"] == []


def test_publish_at_another_instant_deploys_nothing_and_says_so(built, tmp_path):
    written(built, f"deploy: [{{folder: {tmp_path}/www}}]")

    done = stillup("publish", "--root", built, "--at", "2026-11-20T10:45:00Z")

    assert done.returncode == 0
    assert "another instant than now, so nothing was deployed" in done.stderr
    assert not (tmp_path / "www").exists()


def test_publish_builds_nothing_where_it_could_not_deploy(built):
    before = (built / "site/heartbeat.json").read_bytes()
    written(built, "deploy: [{folder: site}]")

    done = stillup("publish", "--root", built)

    assert done.returncode == 1
    assert (built / "site/heartbeat.json").read_bytes() == before


_END = b"\x04that was all\x04"


def terminal(*words: str, **more: str) -> tuple[int, str]:
    """Run a command as a person at a terminal would; return its exit status and what the terminal showed."""
    ours, theirs = pty.openpty()
    seen = bytearray()

    def read() -> None:
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:
                return
            if not part:
                return
            seen.extend(part)
            if seen.endswith(_END):
                return

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "200", **more}
    done = subprocess.run([str(program("stillup")), *words], stderr=theirs, stdout=theirs, env=environment, check=False)
    os.write(theirs, _END)
    reader.join(PATIENCE)
    os.close(theirs)
    os.close(ours)
    return done.returncode, re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen.decode())


def test_a_terminal_sees_each_step(built, tmp_path):
    written(built, f"deploy: [{{folder: {tmp_path}/www}}]")

    status, text = terminal("publish", "--root", str(built))

    assert status == 0, text
    for step in ("check", "build", "deploy"):
        assert re.search(rf"\b{step} .*\d\.\d s", text), text


@pytest.mark.parametrize(("built", "newer"), [("2999-01-01T00:00:00Z", True), ("soon", False), ("2999-01-01", False)])
def test_a_page_that_does_not_say_when_it_was_built_is_not_newer(built, newer, tmp_path):
    (tmp_path / "heartbeat.json").write_text('{"built_at": "2026-11-20T10:45:00Z"}')

    said = Page(tmp_path, tmp_path).newer(json.dumps({"built_at": built}).encode())

    assert said == (f"keeps its page, which is newer: built at {built}" if newer else "")
