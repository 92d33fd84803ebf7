"""Writing one mail and reading it again."""

import re
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from markupsafe import Markup

from stillup.catalogue import words
from stillup.messages.compose import messages
from stillup.messages.message import Message
from stillup.messages.wording import Wording
from stillup.views.incident import IncidentView, UpdateView
from tests.messages.sample import (
    CARDS_STORY,
    MASTHEAD,
    MOVE_STORY,
    SIGN_IN_STORY,
)

ENGLISH = words("en")
WORDING = Wording()
APPLICATION = "https://status.example.com/"
ALL = [(story, each) for story in (SIGN_IN_STORY, CARDS_STORY, MOVE_STORY) for each in story.updates]
ids = [each.key for _, each in ALL]


def write(story: IncidentView, told: UpdateView, *, calm: bool = True, **changes: object) -> Message:
    """Return the mail about `told`; `changes` are the masthead's, or what `messages` takes."""
    to = {name: changes.pop(name) for name in ("recipients", "sender", "application") if name in changes}
    to.setdefault("application", APPLICATION)
    made = messages(replace(MASTHEAD, **changes), ENGLISH, WORDING, story, told, all_operational=calm, **to)
    return made[0]


def instead(story: IncidentView, old: UpdateView, **changes: object) -> tuple[IncidentView, UpdateView]:
    """Return the story with another update in the place of `old`, and that update."""
    new = replace(old, **changes)
    return replace(story, updates=tuple(new if each is old else each for each in story.updates)), new


def parsed(message: Message) -> EmailMessage:
    return message_from_bytes(message.body, policy=default)


def text(message: Message) -> str:
    return parsed(message).get_body(("plain",)).get_content().replace("\r\n", "\n")


def html(message: Message) -> str:
    return parsed(message).get_body(("html",)).get_content().replace("\r\n", "\n")


def visible(page: str) -> str:
    """Return the words of an HTML mail, without its styles and its preheader."""
    shown = re.sub(r"<style>.*?</style>|<title>.*?</title>|<div class=\"pre\".*?</div>", "", page, flags=re.DOTALL)
    shown = re.sub(r'<a [^>]*href="([^"]*)"[^>]*>', r"\1 ", shown)
    return " ".join(Markup(shown.replace("</td>", " </td>")).striptags().split())
