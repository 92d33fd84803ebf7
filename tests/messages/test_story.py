"""One outage from first word to last: everything a customer received, as files that people read in the diff."""

from stillup.catalogue import words
from stillup.messages.compose import messages
from stillup.messages.outbox import outbox
from stillup.messages.wording import Wording
from tests.messages.sample import CARDS_STORY, MASTHEAD


def test_card_payments_declined(golden):
    wording = Wording()
    made = tuple(
        message
        for told in CARDS_STORY.updates
        for message in messages(
            MASTHEAD, words("en"), wording, CARDS_STORY, told, all_operational=True, application=MASTHEAD.site_url
        )
    )

    golden.tree("golden/card-payments-declined", {artifact.path: artifact.body for artifact in outbox(made)})
