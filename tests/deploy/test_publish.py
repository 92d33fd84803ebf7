"""`stillup deploy` and `stillup publish` as a user runs them: to real places, waiting for a real server."""

import json
import os
import pty
import re
import subprocess
import threading
import time
from pathlib import Path

import pytest

from tests.tools import program, serving, stillup

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
        ("deploy: [{git: nowhere}]", "There is no remote called nowhere"),
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


def test_publish_deploys_and_sees_the_page_served(built, tmp_path):
    with serving(tmp_path) as url:
        written(built, f"deploy: [{{folder: {tmp_path}/www}}]", f"{url}www/")
        done = stillup("publish", "--root", built)
        machine = stillup("publish", "--root", built, "--json")

    assert done.returncode == 0, done.stderr
    assert re.search(r"^deploy: folder .*/www: serves the page, .* \(\d+\.\d s\)$", done.stderr, re.MULTILINE)
    assert re.search(r"^wait: served after 0\.\d s", done.stderr, re.MULTILINE)
    assert (built / "outbox/index.html").is_file()
    document = json.loads(machine.stdout)
    assert machine.stderr == ""
    assert document["places"][0]["reached"]
    assert document["served_after"] < 5
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

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "200", **more}
    done = subprocess.run([str(program("stillup")), *words], stderr=theirs, stdout=theirs, env=environment, check=False)
    time.sleep(0.2)
    os.close(theirs)
    reader.join(2)
    return done.returncode, re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen.decode())


def test_a_terminal_sees_each_step(built, tmp_path):
    written(built, f"deploy: [{{folder: {tmp_path}/www}}]")

    status, text = terminal("publish", "--root", str(built))

    assert status == 0, text
    for step in ("check", "build", "deploy"):
        assert re.search(rf"\b{step} .*\d\.\d s", text), text
