"""`stillup clock` as it is typed: with the private folder, without it, and with faults in it."""

import json
import shutil
from pathlib import Path

import pytest

from tests.tools import AT, ROOT, stillup

FIELDS = ["clock", "incident", "due", "state", "audience", "rule"]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the example with its private records."""
    root = tmp_path_factory.mktemp("page")
    for name in ("incidents", "components", "docs", "site_overrides"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "mkdocs.yml", root)
    shutil.copytree(ROOT / "tests" / "example_private", root / "private")
    return root


def clocks(root: Path, at: str, *words: str) -> tuple[int, dict[str, dict[str, object]], dict[str, object]]:
    done = stillup("clock", "--root", root, "--at", at, "--json", *words)
    assert done.stderr == ""
    told = json.loads(done.stdout)
    return done.returncode, {f"{each['incident']} {each['clock']}".strip(): each for each in told["clocks"]}, told


P0 = "2026-11-20-sign-in-and-payments-failing"


def test_in_the_example_nothing_is_overdue_and_the_notice_to_the_authority_is_near(page):
    code, found, told = clocks(page, AT)

    assert (code, told["overdue"]) == (0, 0)
    assert all(list(each) == FIELDS for each in found.values())
    assert found[f"{P0} cadence"]["due"] == "2026-11-20T11:11:00Z"
    assert found[f"{P0} acknowledge"]["state"] == "met"
    secret = "2026-11-17-supplier-account-opened-by-a-stranger"
    assert found[f"{secret} regime/gdpr/notification"]["state"] == "at_risk"
    assert found[f"{secret} regime/gdpr/notification"]["audience"] == "supervisory authority"


@pytest.mark.parametrize(("at", "code"), [("2026-11-20T10:56:00Z", 0), ("2026-11-20T10:56:01Z", 1)])
def test_a_broken_promise_is_exit_1_from_the_next_second_on(page, at, code):
    assert clocks(page, at)[0] == code


def test_without_the_private_folder_it_says_what_is_missing_and_shows_public_clocks(example_root):
    code, found, told = clocks(example_root, AT)
    in_words = stillup("clock", "--root", example_root, "--at", AT)

    assert code == 0
    assert set(found) == {f"{P0} cadence", f"{P0} promise"}
    assert told["missing"][0].startswith("private/ is not there: acknowledgement, escalation")
    assert "private/ is not there" in in_words.stderr
    assert "2 to be done, 0 overdue." in in_words.stdout


def test_everything_that_was_done_is_listed_on_demand(page):
    assert len(clocks(page, AT, "--all")[1]) > len(clocks(page, AT)[1]) + 20


def test_the_contact_sheet_says_who_is_on_call_and_who_comes_next(page):
    first = stillup("clock", "--root", page, "--at", "2026-11-23T08:59:59Z", "--contacts")
    second = stillup("clock", "--root", page, "--at", "2026-11-23T09:00:00Z", "--contacts")

    assert (first.returncode, first.stderr) == (0, "")
    assert "    On-call engineer, +1 555 010 0101, oncall@example.com, @oncall, on call now" in first.stdout
    assert "    Second on-call engineer, +1 555 010 0102" in second.stdout
    assert "  cto (P0 after 2h, P1 after 8h)\n    CTO, +1 555 010 0105" in first.stdout


def test_without_a_roster_it_is_said_what_to_write(example_root):
    done = stillup("clock", "--root", example_root, "--at", AT, "--contacts")

    assert done.returncode == 1
    assert done.stderr.startswith("There is no private/roster.yml. Write contacts:")


def test_faults_in_private_records_are_told_by_check_and_clock_and_stop_no_build(page, tmp_path):
    root = tmp_path / "page"
    shutil.copytree(page, root)
    name = f"private/incidents/{P0}.yml"
    (root / name).write_text("acknowledged_at: tomorrow\ncommandr: A\n")

    for command in ("check", "clock"):
        done = stillup(command, "--root", root, "--at", AT)
        assert done.returncode == 1
        assert f'{name}:1:18: acknowledged_at: "tomorrow" is not a time.' in done.stderr
        assert f"{name}:2:1: commandr:" in done.stderr
    assert stillup("build", "--root", root, "--at", AT).returncode == 0


DRAFT = """title: Problems with Payments
{severity}started_at: 2026-11-20T10:30:00Z
source: {{made_by: alerts}}
updates:
  - id: alert-opened-20261120t103200z
    at: 2026-11-20T10:32:00Z
    status: investigating
    components: {{payments: major_outage}}
    body: Our monitoring sees problems with Payments. We are looking into it.
"""
PROPOSED = "2026-11-20-payments-1030"


@pytest.fixture
def proposing(page, tmp_path):
    shutil.copytree(page, tmp_path / "page")
    (tmp_path / "page" / "incidents" / "_drafts").mkdir(exist_ok=True)
    return tmp_path / "page"


@pytest.mark.parametrize(
    ("severity", "due"),
    [
        ("severity: P1\n", "2026-11-20T11:30:00Z"),
        ("", "2026-11-20T10:45:00Z"),
        ("severity: P3\n", "2026-11-21T10:30:00Z"),
    ],
    ids=["as the rule says", "by its impact", "a small one"],
)
def test_what_alerts_propose_is_to_be_taken_on_in_time(proposing, severity, due):
    """A draft of the night lay there unseen: nobody is told of it, and no clock ran."""
    draft = proposing / "incidents" / "_drafts" / f"{PROPOSED}.yml"
    draft.write_text(DRAFT.format(severity=severity))
    clock = clocks(proposing, AT)[1][f"{PROPOSED} proposal"]

    assert (clock["due"], clock["audience"]) == (due, "on-call-engineer")
    assert f"incidents/_drafts/{PROPOSED}.yml" in clock["rule"]
    code, later, _ = clocks(proposing, "2026-11-21T10:30:01Z")
    assert (code, later[f"{PROPOSED} proposal"]["state"]) == (1, "overdue")

    draft.unlink()
    assert f"{PROPOSED} proposal" not in clocks(proposing, AT)[1]


def test_a_draft_that_nobody_could_accept_is_said(proposing):
    (proposing / "incidents" / "_drafts" / "broken.yml").write_text("title: [\n")

    (said,) = [each for each in clocks(proposing, AT)[2]["missing"] if "draft" in each]
    assert said.startswith("A draft cannot be read, so nobody can accept it: incidents/_drafts/broken.yml:2:1: ")
