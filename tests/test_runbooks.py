"""Pages for a day on which nobody has time to find a command wrong: each one is typed, in the order of the page."""

import re

import pytest

from tests.intake import test_cstate, test_upptime
from tests.test_tutorial import TEXT, Reader
from tests.tools import ROOT

COMMAND = re.compile(r"^((?:stillup|cd) .*)$|`((?:stillup|rm) [^`]+)`", re.MULTILINE)
ELSEWHERE = {
    "stillup doctor": "asks the internet: tests/doctor",
    "stillup incident open": "asks on a terminal: tests/hands/test_terminal.py",
}
"""Commands that are not typed here, with what types them."""


def commands(name: str) -> list[str]:
    """Return the commands of a page of the manual."""
    text = (ROOT / "manual" / "docs" / f"{name}.md").read_text(encoding="utf-8")
    return [(first or second).strip() for first, second in COMMAND.findall(text)]


SETTINGS = (
    re.search(r"^`mkdocs.yml`\n\n```yaml\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)[1]
    + "      deploy: [{folder: ../www}, {folder: ../elsewhere}]\n"
)
"""Those of the tutorial, and two places to deploy to."""

PEOPLE = "channel,address,components,impact,confirmed_at\nemail,reader@example.com,all,minor,2025-03-01T09:00:00Z\n"


@pytest.fixture
def reader(tmp_path) -> Reader:
    reader = Reader(tmp_path)
    reader.environment["STILLUP_LEDGER_KEY"] = "5" * 64
    return reader


def begun(reader: Reader) -> None:
    """Put the page in git, with somebody to tell and a place to deploy to."""
    reader.write("mkdocs.yml", SETTINGS)
    reader.write("people.csv", PEOPLE)
    reader.type("git init --quiet --initial-branch main && git add . && git commit --quiet --message Begin")


@pytest.mark.needs("git", "bash", "mkdocs")
def test_whoever_moves_from_statuspage_types_what_the_page_says(example, reader):
    """From files that the old page served; tests/end_to_end/test_moving.py asks an address for them."""
    typed = {}
    for line in commands("moving"):
        if line in ELSEWHERE or "/old-page" in line:
            continue
        if line.startswith("stillup subscribers"):
            begun(reader)
        typed[line] = reader.type(line.replace("https://status.example.com", str(example)))

    assert (
        "This was a dry run: nothing was written."
        in typed["stillup import statuspage https://status.example.com --dry-run"]
    )
    assert "1 added" in typed[next(line for line in typed if line.startswith("stillup subscribers"))]
    assert list(typed)[-2:] == ["stillup ledger init", "stillup publish"]
    assert re.search(r"^email +0 +0 +0 +0 +0$", typed["stillup publish"], re.MULTILINE)
    assert not (reader.folder / "site" / "components" / "website").exists()
    assert len([*(reader.folder.parent / "www" / "incidents").glob("2*/index.html")]) >= 18


@pytest.mark.needs("bash")
@pytest.mark.parametrize(("lay", "kind"), [(test_cstate.lay, "cstate"), (test_upptime.lay, "upptime")])
def test_whoever_moves_from_a_repository_types_what_the_page_says(lay, kind, reader, tmp_path):
    lay(tmp_path / "old-page")
    first, there, *rest = commands("moving")
    (line,) = [each for each in rest if each.startswith(f"stillup import {kind}")]
    for each in (first, there, line, "rm components/website.yml", "stillup check"):
        printed = reader.type(each)

    assert re.fullmatch(r"[12] records?, no errors\.\n", printed)


@pytest.mark.needs("git", "bash", "mkdocs")
def test_when_everything_is_down_each_command_of_the_page_works(reader, tmp_path):
    for line in ("stillup init status --name Example --component API", "cd status"):
        reader.type(line)
    begun(reader)
    for line in ("subscribers import people.csv --confirmed-at 2026-11-20T12:00:00Z", "ledger init", "build"):
        reader.type(f"stillup {line}")
    typed = {line: reader.type(line) for line in commands("everything-down") if line not in ELSEWHERE}

    assert len(typed) == 6
    assert re.search(r"^email +1 +1 +0 +0 +0$", typed["stillup publish"], re.MULTILINE)
    assert re.search(r"^email +0 +0 +0 +0 +0$", typed["stillup deliver"], re.MULTILINE)
    for place in ("www", "elsewhere"):
        assert "Nothing can be reached" in (tmp_path / place / "index.html").read_text()
