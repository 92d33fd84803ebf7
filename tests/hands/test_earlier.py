"""An update whose time is before that of the newest is put in its place, and what that means is said."""

import json

import pytest

from tests.hands.conftest import git
from tests.tools import stillup

ID = "2026-11-20-card-payments-are-declined"
RECORD = """\
title: Card payments are declined
severity: P2
updates:
  - at: 2026-11-20T10:00:00Z
    status: investigating
    components: {payments: partial_outage}
    body: Some card payments are declined.
    next_update_in: 4h
  - at: 2026-11-20T10:30:00Z
    status: identified
    body: Card payments are declined since a supplier is down.
    next_update_in: 4h
"""
SAID = ["-t", "impact_text=Some card payments are declined.", "-y"]


@pytest.fixture
def told(page):
    """An incident that was opened at 10:00 and identified at 10:30."""
    (page / "incidents" / "2026").mkdir(parents=True)
    (page / "incidents" / "2026" / f"{ID}.yml").write_text(RECORD)
    git(page, "add", "-A")
    git(page, "commit", "-q", "-m", "Two updates")
    return page


MORE = "Card payments are declined in more shops now."


def tell(page, verb: str, at: str, *words: str):
    return stillup("incident", verb, *words, *SAID, "--at", f"2026-11-20T{at}:00Z", "--root", page)


def test_it_says_that_it_is_not_the_newest_and_what_stays(told):
    done = tell(told, "update", "10:10", "-m", MORE, "--json")

    (warning,) = [each for each in json.loads(done.stdout)["warnings"] if each["code"] == "earlier"]
    assert done.returncode == 0
    assert warning["message"] == (
        "A newer update of 2026-11-20T10:30:00Z is there already, and this one is put before it. "
        "The incident stays identified."
    )
    assert warning["fix"] == "Whoever was told the newer one is told this after it. Add --no-notify to tell nobody."
    (path,) = (told / "incidents" / "2026" / ID / "updates").glob("20261120t101000z-*.yml")
    assert "status: investigating" in path.read_text()  # as far as the work had come then


def test_it_says_what_changes_now_and_tells_people_on_stderr(told):
    done = tell(told, "update", "10:10", "-m", MORE, "-c", "payments=major", "-c", "sms=partial", "--no-notify")

    assert "warning: at: A newer update of 2026-11-20T10:30:00Z is there already" in done.stderr
    assert "From now on payments is major_outage: nothing newer names it." in done.stderr
    assert "From now on sms is partial_outage: nothing newer names it." in done.stderr
    assert "--no-notify" not in done.stderr


@pytest.mark.parametrize(
    ("verb", "at", "words", "said"),
    [
        ("resolve", "10:10", ["-m", "It works again."], "It would be over before the update of 2026-11-20T10:30:00Z"),
        ("update", "09:50", ["-m", MORE], "The first word was told at 2026-11-20T10:00:00Z, and this is before it."),
    ],
)
def test_what_would_contradict_the_record_is_refused(verb, at, words, said, told):
    done = tell(told, verb, at, ID, *words, "--anyway", "It is so.")

    assert (done.returncode, said in done.stderr) == (1, True), done.stderr
    assert git(told, "status", "--porcelain") == ""


def test_the_newest_update_is_told_without_a_word_about_its_place(told):
    done = tell(told, "update", "10:40", "-m", MORE, "--json")

    assert [each for each in json.loads(done.stdout)["warnings"] if each["code"] == "earlier"] == []


def test_an_incident_that_said_when_it_ended_is_opened_again(told):
    tell(told, "resolve", "11:00", "-m", "Cards are taken since 10:45 UTC.", "--ended", "2026-11-20T10:45:00Z")
    path = told / "incidents" / "2026" / f"{ID}.yml"
    assert "ended_at: 2026-11-20T10:45:00Z\n" in path.read_text()

    done = tell(
        told,
        "update",
        "11:20",
        ID,
        "--status",
        "investigating",
        "-m",
        "The supplier is down once more, so card payments are declined again.",
        "-c",
        "payments=partial",
        "--json",
    )

    (warning,) = [each for each in json.loads(done.stdout)["warnings"] if each["field"] == "ended_at"]
    assert done.returncode == 0
    assert warning["message"] == (
        "It is open again, so its end is taken out; it was 2026-11-20T10:45:00Z. "
        "What was affected then counts until 2026-11-20T11:00:00Z, when it was told to be over."
    )
    assert "ended_at" not in path.read_text()


def test_a_word_put_before_the_end_leaves_the_end(told):
    tell(told, "resolve", "11:00", "-m", "Cards are taken since 10:45 UTC.", "--ended", "2026-11-20T10:45:00Z")

    done = tell(told, "update", "10:40", ID, "--status", "monitoring", "-m", MORE, "--json")

    assert done.returncode == 0
    assert "ended_at: 2026-11-20T10:45:00Z\n" in (told / "incidents" / "2026" / f"{ID}.yml").read_text()


AGAIN = "Card payments are declined again, in some shops."


def test_something_affected_again_after_the_end_needs_a_status(told):
    tell(told, "resolve", "11:00", "-m", "Cards are taken since 10:45 UTC.")

    done = tell(told, "update", "11:20", ID, "-m", AGAIN, "-c", "payments=major")

    assert done.returncode == 2
    assert f"{ID} is resolved, and payments is affected again. Add --status investigating to open it" in done.stderr
    assert len(list((told / "incidents" / "2026" / ID / "updates").iterdir())) == 1


def test_a_status_opens_it_again_and_what_works_needs_none(told):
    tell(told, "resolve", "11:00", "-m", "Cards are taken since 10:45 UTC.")

    works = tell(told, "update", "11:10", ID, "-m", "Cards work.", "-c", "payments=ok", "--anyway", "They asked.")
    again = tell(told, "update", "11:20", ID, "-m", AGAIN, "-c", "payments=major", "--status", "investigating")

    assert (works.returncode, again.returncode) == (0, 0), works.stderr + again.stderr
