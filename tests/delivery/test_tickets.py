"""A help desk behind a webhook: one ticket of each grave incident, signed, and in the ledger once."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import standardwebhooks

from tests.channels.receiver import answer, receiving
from tests.delivery.page import Page
from tests.delivery.world import AT

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OPENED = (AT + timedelta(minutes=1), "investigating", "partial_outage", "Some calls to the API fail.")
KNOWN = (AT + timedelta(minutes=2), "identified", "partial_outage", "We know why, and are mending it.")
OVER = (AT + timedelta(minutes=3), "resolved", "operational", "All calls work again.")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def desk(tmp_path):
    """Return how to make a page with a help desk and a customer, both behind the receiver at a port."""

    def made(port: int) -> Page:
        page = Page(tmp_path, channels="{webhook: {rate: 1000}}\n      intranet: [127.0.0.1]").make()
        row = (
            "- {{channel: webhook, address: 'http://127.0.0.1:{port}/{name}', audience: {audience}, secret: {secret}, "
        )
        row += "confirmed_at: 2026-01-01T00:00:00Z}}\n"
        page.write(
            "private/subscribers.yml",
            "".join(
                row.format(port=port, name=name, audience=audience, secret=SECRET)
                for name, audience in (("desk", "support"), ("customer", "customers"))
            ),
        )
        page.begin()
        return page

    return made


def at(receiver, path):
    return [each for each in receiver.asked if each.line.split()[1] == f"/{path}"]


def test_a_grave_incident_is_one_ticket_from_its_opening_to_its_end(desk):
    with receiving(answer(200)) as receiver:
        page = desk(receiver.port)
        told = []
        for update in (OPENED, KNOWN, OVER):
            told.append(update)
            page.incident(*told, severity="P1")
            page.deliver(update[0] + MINUTE / 2)
            page.deliver(update[0] + MINUTE / 2)

    tickets = [json.loads(each.body) for each in at(receiver, "desk")]
    assert [each["type"] for each in tickets] == ["ticket.opened", "ticket.updated", "ticket.solved"]
    assert {each["data"]["external_id"] for each in tickets} == {"slow"}
    assert [each["data"]["status"] for each in tickets] == ["open", "open", "solved"]
    assert tickets[0]["data"]["priority"] == "high"
    assert tickets[0]["data"]["components"] == ["api"]
    assert "Some calls to the API fail." in tickets[0]["data"]["text"]
    assert tickets[0]["data"]["url"] == "https://status.example.com/incidents/slow/"
    events = [json.loads(each.body)["type"] for each in at(receiver, "customer")]
    assert events == ["incident.opened", "incident.updated", "incident.resolved"]


def test_a_ticket_is_signed_as_every_webhook_is(desk):
    with receiving(answer(200)) as receiver:
        page = desk(receiver.port)
        page.incident(OPENED, severity="P0")
        page.deliver(OPENED[0])

    (asked,) = at(receiver, "desk")
    judge = standardwebhooks.Webhook(SECRET)
    judge._Webhook__verify_timestamp = lambda timestamp: datetime.fromtimestamp(
        int(timestamp), UTC
    )  # its clock is not the one of this test
    assert judge.verify(asked.body, asked.headers)["type"] == "ticket.opened"


def test_a_small_incident_makes_no_ticket_until_it_grows_and_then_it_is_solved_whatever_it_has_become(desk):
    with receiving(answer(200)) as receiver:
        page = desk(receiver.port)
        page.incident(OPENED, severity="P2")
        small = page.deliver(OPENED[0]).channels[0]
        page.incident(OPENED, KNOWN, severity="P1")
        page.deliver(KNOWN[0])
        page.incident(OPENED, KNOWN, OVER, severity="P2")
        page.deliver(OVER[0])

    assert small.accepted == 1
    assert [json.loads(each.body)["type"] for each in at(receiver, "desk")] == ["ticket.opened", "ticket.solved"]
    assert len(at(receiver, "customer")) == 3


def test_a_desk_that_is_down_gets_its_ticket_once_it_is_back(desk):
    with receiving(answer(503), answer(503), answer(200)) as receiver:
        page = desk(receiver.port)
        page.people()
        page.write(
            "private/subscribers.yml",
            f"- {{channel: webhook, address: 'http://127.0.0.1:{receiver.port}/desk', audience: support, "
            "confirmed_at: 2026-01-01T00:00:00Z}\n",
        )
        page.incident(OPENED, severity="P1")
        account = page.deliver(OPENED[0]).channels[0]
        again = page.deliver(OPENED[0]).channels[0]

    assert (account.accepted, again.planned) == (1, 0)
    assert len({each.headers["webhook-id"] for each in at(receiver, "desk")}) == 1
    assert len({each.body for each in at(receiver, "desk")}) == 1
