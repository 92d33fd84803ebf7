"""What a hand refuses it refuses in its own words: every problem names the option that mends it, at three at night."""

import json
import re
import shutil

import pytest

from stillup.cli.at_hand import at_hand
from stillup.cli.incident import opening
from stillup.errors import Problem
from stillup.records import store
from tests.hands.calls import AT, ID, OVER, opened, run

WORK = "2026-11-20-new-disks"
LATER, MUCH_LATER = "2026-11-20T10:30:00Z", "2026-11-20T12:30:00Z"
OPEN = ("incident", "open", "Card payments failing", "-c", "payments=partial", "-s", "P1")
TOLD = ("incident", "update", ID, "-m", "More is known.")
PLAN = ("maintenance", "schedule", "New disks", "-c", "payments", "--start", "2026-11-22T02:00:00Z")
WINDOW = (*PLAN, "--end", "2026-11-22T03:00:00Z")
WEEKLY = (*WINDOW, "--recurrence", "FREQ=WEEKLY;BYDAY=SU;COUNT=4")
HOST = "db-prod-17.internal restarts"
LONG = "word " * 60_000
LEAK = "See https://status.example.com/nothing/ for more."

BAD = [
    ("nothing", ("incident", "open", "T fails", "-c", "nope=partial", "-s", "P1"), "--component"),
    ("nothing", ("incident", "open", "T fails", "-c", "payments=degraded", "-s", "P0"), "--severity"),
    ("nothing", (*OPEN, "--next-update", "2026-11-20T10:00:00Z"), "--next-update"),
    ("nothing", (*OPEN, "--next-update", "9h"), "--next-update 30m"),
    ("nothing", (*OPEN, "--started", "2026-11-20T12:00:00Z"), "an earlier --started"),
    ("nothing", (*OPEN, "--status", "resolved", "--next-update", "30m"), "Leave --next-update out"),
    ("nothing", (*OPEN, "--status", "resolved"), "-t NAME=TEXT for each in parentheses"),
    ("nothing", (*OPEN, "-m", HOST), "--message"),
    ("nothing", (*OPEN, "-m", "It crashed because of a bug."), "Leave it out, or give --cause-confirmed."),
    ("nothing", (*OPEN, "-m", "We look into it."), "-t impact_text=TEXT: what"),
    ("nothing", (*OPEN, "-m", "Pay\x07ments fail."), "--message"),
    ("nothing", (*OPEN, "-t", "scope=Pay\x07ments"), "-t scope=TEXT"),
    ("nothing", (*OPEN, "-t", f"scope={LEAK}"), "-t scope=TEXT"),
    ("nothing", (*OPEN, "-m", LONG), "--message"),
    ("nothing", ("incident", "open", "Pay\x07ments", "-c", "payments=partial", "-s", "P1"), "TITLE"),
    ("nothing", ("incident", "open", "Payments " * 40, "-c", "payments=partial", "-s", "P1"), "TITLE"),
    ("nothing", (*OPEN, "-i", "detected_at=2026-11-20T10:00:00Z", "-i", "acknowledged_at=2026-11-20T09:00:00Z"),
     "-i acknowledged_at=TEXT"),
    ("nothing", (*OPEN, "-i", "nope=1"), "-i nope: "),
    ("open", (*TOLD, "--status", "completed"), "--status"),
    ("open", (*TOLD, "--status", "resolved", "-c", "payments=partial"), "--component"),
    ("open", (*TOLD, "--status", "resolved", "--next-update", "30m"), "Leave --next-update out"),
    ("open", (*TOLD, "--occurrence", "2026-11-22T02:00:00Z"), "Leave --occurrence out"),
    ("open", (*TOLD, "--next-update", "none"), "Give --next-update 30m"),
    ("open", ("incident", "resolve", ID, "-m", "Over."), "-t NAME=TEXT for each in parentheses"),
    ("open", ("incident", "resolve", ID, *OVER, "--ended", "2026-11-20T12:00:00Z"), "--ended"),
    ("open", ("incident", "resolve", ID, *OVER, "--ended", "2026-11-20T09:00:00Z"), "--ended"),
    ("open", ("incident", "edit", ID, "--ended", "2026-11-20T10:20:00Z"), "stillup incident resolve, or leave --ended"),
    ("open", ("incident", "edit", ID, "--title", "x" * 300), "--title"),
    ("open", ("incident", "edit", ID, "-c", "nope=ok"), "--component"),
    ("open", ("incident", "postmortem", ID, "-m", "We learned."), "stillup incident resolve"),
    ("over", ("incident", "resolve", ID, *OVER), "stillup incident update --status"),
    ("over", ("incident", "edit", ID, "--started", "2026-11-20T12:00:00Z"), "--started"),
    ("over", ("incident", "edit", ID, "--ended", "2026-11-20T12:00:00Z"), "--ended"),
    ("nothing", (*PLAN, "--end", "2026-11-22T01:00:00Z"), "--end"),
    ("nothing", (*PLAN, "--for", "30h", "--recurrence", "FREQ=DAILY;COUNT=3"), "the 1 day until"),
    ("nothing", (*WINDOW, "--recurrence", "FREQ=NEVER"), "--recurrence"),
    ("nothing", (*WINDOW, "--timezone", "Mars/Base"), "--timezone"),
    ("nothing", (*WINDOW, "--except", "2026-11-23T02:00:00Z"), "Leave --except out"),
    ("nothing", (*WEEKLY, "--except", "2026-11-23T02:00:00Z"), "--except"),
    ("nothing", (*WINDOW, "--reminder", "soon"), "--reminder"),
    ("nothing", (*WINDOW, "-m", HOST), "--message"),
    ("window", ("maintenance", "move", WORK, "--start", "2026-11-23T03:00:00Z", "--end", "2026-11-23T02:00:00Z"),
     "--end"),
    ("window", ("maintenance", "cancel", WORK, "--occurrence", "2026-11-24T02:00:00Z"), "Leave --occurrence out"),
    ("series", ("maintenance", "move", WORK, "--start", "2026-11-23T03:00:00Z"), "Give --occurrence"),
    ("series", ("maintenance", "cancel", WORK, "--occurrence", "2026-11-24T02:00:00Z"), "--occurrence"),
    ("window", ("incident", "update", WORK, "-m", "Over.", "--status", "resolved"), "--status"),
]  # fmt: skip


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """A page without a record, and with one of each kind. What is refused changes nothing."""
    made = {}

    def there(name, make):
        folder = tmp_path_factory.mktemp(name)
        (folder / "components").mkdir()
        (folder / "mkdocs.yml").write_text("site_name: S\nsite_url: https://status.example.com/\nplugins: [stillup]\n")
        (folder / "components" / "payments.yml").write_text("name: Card payments\n")
        (folder / "private").mkdir()
        make(folder)
        made[name] = folder

    there("nothing", lambda page: None)
    there("open", opened)
    there("over", lambda page: (opened(page), run(page, "incident", "resolve", ID, *OVER, at="2026-11-20T11:00:00Z")))
    there("window", lambda page: run(page, *WINDOW))
    there("series", lambda page: run(page, *WEEKLY))
    yield made
    for folder in made.values():
        shutil.rmtree(folder)


@pytest.mark.parametrize(("page", "words", "option"), BAD)
def test_what_a_command_brings_about_is_mended_by_its_options(pages, page, words, option):
    at = {"nothing": AT, "over": MUCH_LATER}.get(page, LATER)

    done = run(pages[page], *words, at=at, status=1)

    assert option in done.stderr
    problems = [line for line in done.stderr.splitlines() if re.match(r"\S+\.yml:\d", line)]
    unmended = [line for line in problems if not re.search(r"(?<![\w-])--?[a-z]|\bstillup \w|\bTITLE\b", line)]
    assert not unmended, "each of several problems names one"


@pytest.mark.parametrize(
    ("page", "words", "option"),
    [
        ("open", ("incident", "update", ID, "-m", "It works again.", "--status", "monitoring"), "-t monitoring=TEXT: "),
        ("nothing", (*PLAN[:-1], "2026-11-20T11:00:00Z", "--for", "1h"), "--start"),
    ],
)
def test_a_warning_names_the_option_too_also_for_scripts(pages, page, words, option):
    said = run(pages[page], *words, "--dry-run", at=LATER)
    machine = run(pages[page], *words, "--dry-run", "--json", at=LATER)

    assert option in said.stderr
    assert any(option in each["fix"] for each in json.loads(machine.stdout)["warnings"])


def test_check_names_fields_as_before(pages, tmp_path):
    """Who edits a file has no options."""
    page = tmp_path / "page"
    shutil.copytree(pages["open"], page)
    (file,) = (page / "incidents").rglob("*.yml")
    file.write_text(file.read_text().replace("severity:", "ended_at: 2026-11-20T10:20:00Z\nseverity:"))

    said = run(page, "check", at=LATER, status=1).stderr

    assert "or leave ended_at out." in said and "--ended" not in said


def test_what_a_draft_lacks_is_mended_in_the_draft_where_the_command_has_no_option(pages, tmp_path):
    page = tmp_path / "page"
    shutil.copytree(pages["nothing"], page)
    (page / "incidents" / "_drafts").mkdir(parents=True)
    (page / "incidents" / "_drafts" / "odd.yml").write_text(
        "title: Payments fail\nseverity: P1\nupdates:\n  - at: 2026-11-20T10:00:00Z\n    status: investigating\n"
        "    components: {nope: partial_outage}\n    body: Payments fail.\n    next_update_in: 30m\n"
    )

    said = run(page, "incident", "accept", "odd", at=AT, status=1).stderr

    assert 'There is no component "nope".' in said and "stillup incident edit" not in said
    assert "--title" in run(page, "incident", "accept", "odd", "--title", "x" * 300, at=AT, status=1).stderr


def test_words_that_are_no_fields_stay_words():
    """`monitoring` and `status` are words of sentences as well."""
    for fix in (
        "Write monitoring or resolved.",
        "State a graver severity, or a milder impact.",
        "Say the title again.",
    ):
        problem = Problem(file="incidents/x.yml", field="severity", message="No.", fix=fix)
        assert at_hand(problem, opening, {}, "private").fix == f"{fix} Here it is --severity."


def test_a_window_that_is_not_there_is_no_question_to_a_script(pages):
    away = ("--start", "2026-11-23T03:00:00Z", "--occurrence", "2026-11-24T02:00:00Z")

    said = run(pages["series"], "maintenance", "move", WORK, *away, at=LATER, status=2).stderr

    assert "--occurrence: no window starts at 2026-11-24T02:00:00Z. Write 2026-11-22T02:00:00Z or " in said


def test_work_begun_before_it_was_announced_is_refused_with_a_word(pages):
    said = run(pages["window"], "maintenance", "start", WORK, at="2026-11-19T00:00:00Z", status=1).stderr

    assert "The first word was told at 2026-11-20T10:12:00Z, and this is before it. Write a later --at." in said


@pytest.mark.parametrize("typed", ["major", "Major", "down", "major-outage", "major_outage", "MAJOR OUTAGE"])
def test_words_are_taken_as_tired_people_type_them(typed, page):
    opening = ("incident", "open", "Card payments failing", "-m", "Card payments fail for all customers.")
    run(page, *opening, "-c", f"payments={typed}", "-s", "p1", "--status", "Identified")

    (record,) = store.load(page).incidents
    assert (record.severity, record.updates[0].status) == ("P1", "identified")
    assert record.updates[0].components == {"payments": "major_outage"}
