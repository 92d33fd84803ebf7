"""The way through a real mail server changes no byte of a mail."""

import smtplib
from collections.abc import Iterator
from dataclasses import replace

import pytest

from stillup.catalogue import words
from stillup.messages.compose import messages
from stillup.messages.recipient import sender_of
from stillup.messages.wording import Wording
from tests.mail_server import MailServer
from tests.messages.sample import CARDS_STORY, MASTHEAD, MOVE_STORY, body, update


class Inbox:
    """Keeps what arrives."""

    def __init__(self) -> None:
        self.arrived: list[bytes] = []

    async def handle_DATA(self, server, session, envelope) -> str:
        self.arrived.append(envelope.original_content)
        return "250 OK"


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, MailServer]]:
    kept = Inbox()
    server = MailServer(kept)
    server.start()
    yield kept, server
    server.stop()


DOTS = update(CARDS_STORY.id, "09 15:20", "identified", "x", body=body(".\n..\n\nFrom here on\n.hidden\n\nÜber 40 %"))

HOSTILE_STORY = replace(CARDS_STORY, updates=(DOTS, *CARDS_STORY.updates))


@pytest.mark.parametrize("told", [*HOSTILE_STORY.updates, *MOVE_STORY.updates], ids=lambda told: told.key)
def test_a_mail_arrives_as_it_was_written(inbox, told):
    kept, server = inbox
    story = next(each for each in (CARDS_STORY, MOVE_STORY, HOSTILE_STORY) if told in each.updates)
    mail = messages(MASTHEAD, words("en"), Wording(), story, told, all_operational=True)[0]

    with smtplib.SMTP("127.0.0.1", server.port) as client:
        client.sendmail(sender_of(MASTHEAD).address, [mail.to], mail.body)

    assert kept.arrived == [mail.body]
