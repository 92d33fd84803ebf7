"""From nothing to a page: what `stillup init` lays out is sound, builds, and is what CI and editors expect."""

import json
import os
import pty
import subprocess
import time

import pytest
import yaml

from tests.tools import PATIENCE, program, stillup

WORDS = (
    "--name", "Advancia Pay Ledger", "--url", "https://status.example.com", "--support", "support@example.com",
    "--at", "2026-11-01T23:30:00Z",
)  # fmt: skip
PARTS = (
    "--component",
    "API endpoints / Payments",
    "--component",
    "API endpoints / Sign-in",
    "--component",
    "Dashboard",
)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("new") / "status"
    done = stillup("init", folder, *WORDS, *PARTS, "--timezone", "Europe/Berlin")
    assert done.returncode == 0, done.stderr
    return folder


def test_it_is_a_working_page_in_less_than_a_minute(tmp_path):
    began = time.monotonic()  # some three seconds where nothing else runs
    assert stillup("init", tmp_path / "status", *WORDS, *PARTS).returncode == 0
    done = stillup("publish", "--root", tmp_path / "status", "--at", "2026-11-20T10:00:00Z")

    assert done.returncode == 0, done.stderr
    home = (tmp_path / "status" / "site" / "index.html").read_text()
    assert "Advancia Pay Ledger" in home and "API endpoints" in home and "Sign-in" in home
    assert time.monotonic() - began < 60


def test_it_claims_no_past_and_says_what_to_do_next(page, tmp_path):
    done = stillup("init", "a page", *WORDS, cwd=tmp_path)

    assert "since: 2026-11-02\n" in (page / "components" / "payments.yml").read_text()  # the day in its own zone
    assert done.stdout.endswith(
        "Wrote a page/schema/ (12 files)\n\nNext: cd 'a page' && mkdocs serve\n"
        "Then open http://127.0.0.1:8000/ and write: the page follows. README.md says how to go on.\n"
    )


def test_check_finds_nothing(page):
    done = stillup("check", "--root", page, "--at", "2026-11-20T10:00:00Z")

    assert (done.returncode, done.stderr) == (0, "")


def test_the_incident_that_its_page_shows_is_sound(page, tmp_path):
    text = (page / "incidents" / "_README.md").read_text()
    shown = text.partition("```yaml\n")[2].partition("```")[0].replace("website", "dashboard")
    folder = page / "incidents" / "2026"
    folder.mkdir()
    (folder / "2026-11-20-payments-failing.yml").write_text(shown)
    done = stillup("check", "--root", page, "--at", "2026-11-20T10:15:00Z")

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("ci", "places"),
    [
        ("github", [".github/workflows/preview.yml", ".github/workflows/status.yml"]),
        ("gitlab", [".gitlab-ci.yml"]),
        ("none", []),
    ],
)
def test_ci_is_laid_out_by_choice(ci, places, tmp_path):
    """tests/workflows runs what stands in them."""
    done = stillup("init", tmp_path, *WORDS, "--ci", ci, "--json")
    written = json.loads(done.stdout)["written"]
    deploy = yaml.safe_load((tmp_path / "mkdocs.yml").read_text())["plugins"][1]["stillup"].get("deploy")

    assert [path for path in written if path.endswith("-ci.yml") or ".github" in path] == places
    assert all("<<" not in (tmp_path / place).read_text().replace("<<<", "") for place in places)
    assert deploy == ([{"git": "origin", "branch": "gh-pages", "history": False}] if ci == "github" else None)


def test_without_a_remote_the_page_is_built_all_the_same(page):
    """What `init` says to do next works before anything is set up."""
    done = stillup("build", "--root", page)

    assert done.returncode == 0, done.stderr
    assert "Dashboard" in (page / "site" / "index.html").read_text()


def test_a_page_that_is_there_is_left_alone(page):
    before = {path: path.read_bytes() for path in page.rglob("*") if path.is_file()}
    done = stillup("init", page, *WORDS)

    assert done.returncode == 1
    assert "There is a page already (mkdocs.yml, components, incidents). Nothing was written." in done.stderr
    assert before == {path: path.read_bytes() for path in page.rglob("*") if path.is_file()}


def test_files_that_were_there_stay(tmp_path):
    (tmp_path / "README.md").write_text("mine")
    done = stillup("init", tmp_path, *WORDS, "--json")

    assert "README.md" not in json.loads(done.stdout)["written"]
    assert (tmp_path / "README.md").read_text() == "mine"


def test_a_script_that_names_no_company_is_told(tmp_path):
    done = stillup("init", tmp_path / "x")

    assert done.returncode == 2
    assert "--name" in done.stderr and not (tmp_path / "x").exists()


def test_names_become_ids_of_their_own(tmp_path):
    stillup(
        "init", tmp_path, "--name", "Über: Co # 1", "--component", "Zahlungen & Börse", "--component", "zahlungen börse"
    )

    assert sorted(path.stem for path in (tmp_path / "components").glob("[a-z]*.yml")) == [
        "zahlungen-borse", "zahlungen-borse-2",
    ]  # fmt: skip
    assert stillup("check", "--root", tmp_path).returncode == 0


def test_only_a_slash_between_spaces_makes_a_group(tmp_path):
    done = stillup(
        "init", tmp_path / "new", "--name", "Example", "--component", "CI/CD", "--component", "Shop / A/B tests"
    )

    assert done.returncode == 0
    assert "name: CI/CD\n" in (tmp_path / "new" / "components" / "ci-cd.yml").read_text()
    assert "name: A/B tests\n" in (tmp_path / "new" / "components" / "a-b-tests.yml").read_text()
    assert (tmp_path / "new" / "components" / "_groups.yml").read_text().endswith("- {id: shop, name: Shop}\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--url", "status.example.com"), 'for --url: "status.example.com" is not a web address.'),
        (("--url", "https://me:secret@status.example.com"), "is more than where the page is"),
        (("--support", "our desk"), 'for --support: "our desk" is not an e-mail address.'),
        (("--timezone", "Berlin"), "for --timezone: Berlin is not a time zone."),
        (("--component", " "), "for --component: The name is empty."),
        (("--component", "x" * 201), "The name has 201 characters; 200 are possible."),
    ],
)
def test_what_check_would_refuse_is_refused_before_anything_is_written(tmp_path, words, said):
    done = stillup("init", tmp_path / "new", "--name", "Advancia Pay Ledger", *words)

    assert done.returncode == 2
    assert said in done.stderr
    assert not (tmp_path / "new").exists()


def test_on_a_terminal_a_wrong_answer_is_asked_again(tmp_path):
    child, terminal = pty.openpty()
    process = subprocess.Popen(
        [program("stillup"), "init", str(tmp_path / "new")], stdin=terminal, stdout=terminal, stderr=terminal
    )
    os.close(terminal)
    os.write(child, b"Advancia Pay Ledger\nstatus.example.com\nhttps://status.example.com\nBerlin\nUTC\ndesk\n\n\n")
    assert process.wait(PATIENCE) == 0
    os.close(child)

    assert stillup("check", "--root", tmp_path / "new").returncode == 0
    settings = (tmp_path / "new" / "mkdocs.yml").read_text()
    assert 'site_url: "https://status.example.com/"\n' in settings and "support" not in settings


def test_on_a_terminal_it_asks_and_enter_is_enough(tmp_path):
    child, terminal = pty.openpty()
    process = subprocess.Popen(
        [program("stillup"), "init", str(tmp_path / "new")], stdin=terminal, stdout=terminal, stderr=terminal
    )
    os.close(terminal)
    os.write(child, b"Advancia Pay Ledger\n\n\n\n\n")
    assert process.wait(PATIENCE) == 0
    os.close(child)

    assert (tmp_path / "new" / "components" / "api.yml").is_file()
    assert "example.com" not in (tmp_path / "new" / "mkdocs.yml").read_text()  # nobody is written to by mistake
