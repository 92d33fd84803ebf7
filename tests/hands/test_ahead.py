"""An update that is written ahead of its time waits as a draft, and whoever writes it is told so."""

import json

import pytest

from tests.tools import stillup

NOW = "2026-11-20T10:00:00Z"
WORDS = {
    "open": ("open", "Card payments are declined", "-c", "payments=partial"),
    "update": ("update", "-m", "Card payments are declined since a supplier is down.", "--status", "identified"),
}


def tell(page, verb: str, at: str, *words: str) -> list[dict[str, str]]:
    """Return what is said of drafts when the command is given at ten."""
    severity = () if "-s" in words or verb != "open" else ("-s", "P2")
    line = ("incident", *WORDS[verb], *severity, *words)
    done = stillup(*line, "--at", f"2026-11-20T{at}:00Z", "--json", "-y", "--root", page, STILLUP_AT=NOW)
    assert done.returncode == 0, done.stderr
    return [each for each in json.loads(done.stdout)["warnings"] if each["code"] == "draft"]


@pytest.mark.parametrize(("verb", "what"), [("open", "This incident"), ("update", "This update")])
def test_it_says_until_when_it_waits_and_who_is_told_then(verb, what, page):
    if verb == "update":
        tell(page, "open", "09:50")

    (said,) = tell(page, verb, "14:00")

    assert said["message"] == (
        f"{what} is a draft until 2026-11-20T14:00:00Z: before that no page shows it and nobody is told."
    )
    assert said["fix"] == (
        "The first stillup publish from then on shows it and tells those who follow it. Leave --at out to say it now."
    )
    assert said["file"].endswith(".yml")
    assert ("/updates/" in said["file"]) == (verb == "update")


@pytest.mark.parametrize("silent", [("--no-notify",), ("-s", "P3")])
def test_of_one_that_notifies_nobody_it_says_that(silent, page):
    (said,) = tell(page, "open", "14:00", *silent)

    assert "shows it and tells nobody." in said["fix"]


@pytest.mark.parametrize("at", ["09:50", "10:00", "10:05"])
def test_what_is_public_already_needs_no_remark(at, page):
    assert tell(page, "open", at) == []


def test_people_read_it_on_stderr(page):
    line = ("incident", *WORDS["open"], "-s", "P2", "--at", "2026-11-20T14:00:00Z", "-y")
    done = stillup(*line, "--root", page, STILLUP_AT=NOW)

    assert "warning: at: This incident is a draft until 2026-11-20T14:00:00Z" in done.stderr
