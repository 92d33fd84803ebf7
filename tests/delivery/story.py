"""The words of one outage, and what came into the mailbox of each."""

import email
import email.policy
from datetime import timedelta

from tests.delivery.world import AT

OPENED = (AT + timedelta(minutes=1), "investigating", "degraded_performance", "We look into it.")
GOES_ON = (AT + timedelta(minutes=20), "identified", "degraded_performance", "We know why.")
RESOLVED = (AT + timedelta(minutes=50), "resolved", "operational", "It is fast again.")


def minutes(count: int):
    return AT + timedelta(minutes=count)


def mails(page) -> list[tuple[str, str]]:
    """Return for each mail whom it is for, and its subject."""
    read = [email.message_from_string(text, policy=email.policy.default) for text in page.outbox()]
    return sorted((mail["to"], mail["subject"]) for mail in read)
