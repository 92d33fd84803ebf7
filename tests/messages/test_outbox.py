"""What a responder looks at before customers do."""

import re
from email import message_from_bytes
from email.policy import default
from html import unescape

import pytest

from stillup.catalogue import words
from stillup.messages.compose import messages
from stillup.messages.outbox import outbox
from stillup.messages.wording import Wording
from tests.messages.sample import CARDS_STORY, MASTHEAD, MOVE_STORY, SIGN_IN_STORY
from tests.tools import axe, browse, evaluate, html_errors

STORIES = (SIGN_IN_STORY, CARDS_STORY, MOVE_STORY)
MESSAGES = tuple(
    message
    for story in STORIES
    for told in story.updates
    for message in messages(MASTHEAD, words("en"), Wording(), story, told, all_operational=True)
)
FILES = {artifact.path: artifact for artifact in outbox(MESSAGES)}
PAGE = FILES["index.html"].body.decode()


def test_every_message_is_a_file_of_its_own():
    assert len(FILES) == 1 + 8 * sum(len(story.updates) for story in STORIES)
    kinds = {".eml": "message/rfc822", ".txt": "text/plain", ".sms.txt": "text/plain", ".social.txt": "text/plain"}
    kinds |= dict.fromkeys((".json", ".slack.json", ".teams.json", ".discord.json"), "application/json")
    for suffix, media_type in kinds.items():
        artifact = FILES[f"card-payments-declined/20261109t155500z/customers{suffix}"]
        assert artifact.media_type == media_type


def test_a_file_holds_the_bytes_that_would_leave():
    for message in MESSAGES:
        suffix = {"email": ".eml", "webhook": ".json"}.get(message.channel)
        suffix = suffix or f".{message.channel}.{'txt' if message.media_type == 'text/plain' else 'json'}"
        assert FILES[f"{message.key.rsplit('/', 2)[0]}/customers{suffix}"].body == message.body


def test_the_page_shows_both_parts_of_every_mail():
    shown = unescape(PAGE)
    for message in MESSAGES:
        if message.channel == "email":
            mail = message_from_bytes(message.body, policy=default)
            assert message.subject in shown
            for form in ("plain", "html"):
                assert mail.get_body((form,)).get_content().replace("\r\n", "\n") in shown


def test_the_page_shows_chat_messages_as_they_are_read():
    shown = unescape(PAGE)

    assert "[Status Page: follow this incident] https://status.example.com/incidents/card-payments-declined/" in shown
    assert "[Status Page: read all updates] https://status.example.com/incidents/card-payments-declined/" in shown
    assert "blocks" not in shown
    assert re.search(r"\d+ characters, [12] segments?", shown)


def test_the_internal_page_says_that_it_is_internal():
    page = outbox(MESSAGES, internal=True)[0].body.decode()

    assert "<h1>Internal outbox</h1>" in page
    assert "do not pass this folder on" in page
    assert "do not pass this folder on" not in PAGE


def test_newest_comes_first():
    order = [PAGE.index(f'id="{story.id}"') for story in (MOVE_STORY, SIGN_IN_STORY, CARDS_STORY)]
    stages = [PAGE.index(f"card-payments-declined/{each.anchor}/customers.eml") for each in CARDS_STORY.updates]

    assert order == sorted(order)
    assert stages == sorted(stages)


def test_an_empty_outbox_says_so():
    (page,) = outbox(())

    assert b"No message: no incident is open" in page.body


def test_the_same_messages_give_the_same_page():
    assert outbox(MESSAGES) == outbox(MESSAGES)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("outbox")
    for artifact in FILES.values():
        path = folder / artifact.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(artifact.body)
    return folder


@pytest.mark.needs("vnu")
def test_the_page_is_sound_html(written):
    assert html_errors([written / "index.html"]) == []


@pytest.mark.needs("chromium")
def test_a_browser_asks_nobody_else_and_complains_about_nothing(written, serve):
    seen = browse(serve(written) + "index.html")

    assert seen.foreign == ()
    assert seen.console == ()


@pytest.mark.needs("chromium", "axe")
@pytest.mark.parametrize("view", [{"width": 1280}, {"width": 390, "scheme": "dark"}], ids=str)
def test_everybody_can_use_the_page(written, serve, view):
    assert axe(serve(written) + "index.html", details=True, **view) == []


@pytest.mark.needs("chromium")
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_fits_its_screen(written, serve, width):
    address = serve(written) + "index.html"
    wide = evaluate(address, "document.documentElement.scrollWidth - document.documentElement.clientWidth", width=width)

    assert wide <= 0
