"""The gallery shows every state, made by the templates themselves."""

import importlib.util
import json
import re
from pathlib import Path

import pytest

from stillup import catalogue
from stillup.messages.event import KINDS
from stillup.messages.invitation import Invitation
from stillup.views.edition import KEYS
from stillup.vocabulary import ComponentStatus, Impact, Kind, Severity, UpdateStatus
from tests.tools import ROOT, evaluate

SHOWN = (ROOT / "manual" / "docs" / "gallery.md").read_text(encoding="utf-8")
NOT_FOR_CUSTOMERS = {"incident_extended", "breach_notice"}


@pytest.fixture(scope="module")
def gallery(tmp_path_factory) -> Path:
    """The gallery as the manual's hook makes it."""
    spec = importlib.util.spec_from_file_location("gallery", ROOT / "manual" / "gallery.py")
    hook = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(hook)
    folder = tmp_path_factory.mktemp("manual") / "gallery"
    hook.make(folder)
    return folder


def read(*paths: Path) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def test_every_word_of_the_vocabulary_is_named(gallery):
    states = read(gallery / "states.html")

    for words in (ComponentStatus, Impact, Severity, Kind, UpdateStatus):
        for word in words:
            assert f"<code>{word}</code>" in states, word


def test_every_state_stands_on_a_page_that_is_made_of_records(gallery):
    say = catalogue.words("en").say
    home, records = read(gallery / "page" / "index.html"), read(*(gallery / "page" / "incidents").glob("*/index.html"))

    for status in ComponentStatus:
        key = KEYS[status]
        assert f'<span class="state s-{key}"><svg class="i" aria-hidden="true"><use href="#{key}"/></svg>' in home
        assert say(f"state.{key}") in home
    for status in UpdateStatus:
        assert f'<div class="when"><b>{say(f"status.{status}")}</b>' in records, status
    for impact in Impact:
        document = json.loads((gallery / "page/api/v2/incidents.json").read_text())
        assert impact in {each["impact"] for each in document["incidents"]}
    for part in ("<del>", "<ins>", "site.reopened", "fact.overdue"):
        assert (say(part, time="") if "." in part else part) in records


def test_every_message_that_customers_get_is_there(gallery):
    told = {json.loads(path.read_text())["type"].replace(".", "_") for path in gallery.rglob("customers.json")}
    told |= {"digest" for _ in (gallery / "mails").glob("digest-*.html")}

    assert told == set(KINDS) - NOT_FOR_CUSTOMERS
    invited = {path.stem for path in (gallery / "mails").glob("invitation-*")}
    assert invited == {f"invitation-{each}" for each in Invitation}


def test_everything_that_the_page_shows_is_made(gallery):
    shown = re.findall(r'\]\(([^)]+)\)|src="([^"]+)"', SHOWN)
    paths = [one or other for one, other in shown]

    assert len(paths) > 60
    for path in paths:
        place = gallery / path.removeprefix("gallery/")
        assert (place / "index.html" if path.endswith("/") else place).is_file(), path
    assert {path.stem for path in (gallery / "forms").glob("*.html")} <= {Path(path).stem for path in paths}


@pytest.mark.needs("chromium")
def test_what_is_wrong_or_open_again_is_not_told_in_green(gallery):
    style = "getComputedStyle(document.querySelector('{}'))"
    form = (gallery / "forms" / "wrong.html").as_uri()
    record = (gallery / "page" / "incidents" / "each-status" / "index.html").as_uri()

    assert evaluate(form, style.format("#f-address[aria-invalid]") + ".borderTopWidth") == "2px"
    assert evaluate(record, style.format(".again") + ".color") != evaluate(record, style.format(".kick") + ".color")
    assert evaluate(record, style.format(".txt th") + ".textAlign") == "start"
