"""One run of one channel, the people it is for, and the names under which a ledger knows them."""

from datetime import timedelta

from stillup.delivery.pace import Effort
from tests.delivery.world import (
    KEYRING,
    REPEAT,
    Post,
    dispatch,
    event,
)

IMPATIENT = Effort(patience=timedelta(0))
OPENING = event("cards/one", opening=True, kind="incident_opened")


def everybody(count: int) -> set[str]:
    return {f"person{number}@example.com" for number in range(count)}


def name(number: int) -> bytes:
    return KEYRING.recipient("webhook", f"person{number}@example.com")


def run(ledger, provider, people, *events, policy=REPEAT, **more):
    made = dispatch(ledger, Post(provider.url, policy), people, **more)
    made.run(events or (OPENING,))
    assert made.tally.missing == 0
    return made.tally
