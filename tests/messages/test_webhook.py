"""What a customer's server receives."""

import json
import re

from stillup.catalogue import words
from stillup.messages.compose import messages
from stillup.messages.wording import Wording
from tests.messages.sample import CARDS_MONITORING, CARDS_OPENED, CARDS_RESOLVED, CARDS_STORY, MASTHEAD, MOVE_STORY

ENGLISH = words("en")
WORDING = Wording()


def hook(story, told):
    return messages(MASTHEAD, ENGLISH, WORDING, story, told, all_operational=True)[1]


def test_the_body_follows_standard_webhooks():
    message = hook(CARDS_STORY, CARDS_MONITORING)
    document = json.loads(message.body)

    assert list(document) == ["type", "timestamp", "data"]
    assert document["type"] == "incident.updated"
    assert document["timestamp"] == "2026-11-09T15:38:00Z"
    assert message.media_type == "application/json"
    assert message.key == "card-payments-declined/20261109t153800z/webhook/customers"


def test_the_types_are_words_a_subscriber_can_filter_by():
    types = [
        json.loads(hook(story, told).body)["type"] for story in (CARDS_STORY, MOVE_STORY) for told in story.updates
    ]

    assert types == [
        "incident.resolved",
        "incident.updated",
        "incident.updated",
        "incident.opened",
        "maintenance.completed",
        "maintenance.started",
        "maintenance.scheduled",
    ]
    assert all(re.fullmatch(r"[a-zA-Z0-9_.]+", each) for each in types)


def test_the_data_says_what_changed_and_when_to_expect_more():
    data = json.loads(hook(CARDS_STORY, CARDS_MONITORING).body)["data"]

    assert data["schema"] == 1
    assert data["incident"] == {
        "id": "card-payments-declined",
        "kind": "incident",
        "title": "Card payments declined",
        "reference": "INC-2026-11-09-002",
        "url": "https://status.example.com/incidents/card-payments-declined/",
        "impact": "major",
        "started_at": "2026-11-09T14:20:00Z",
        "ended_at": None,
    }
    assert data["update"]["id"] == "card-payments-declined/20261109t153800z"
    assert data["update"]["url"] == "https://status.example.com/incidents/card-payments-declined/#20261109t153800z"
    assert data["update"]["status"] == "monitoring"
    assert data["update"]["next_update_at"] == "2026-11-09T16:00:00Z"
    assert data["update"]["text"] == CARDS_MONITORING.body.text
    assert data["update"]["html"] == str(CARDS_MONITORING.body.html)
    assert data["components"] == [
        {"id": "payments", "name": "Payments", "before": "degraded_performance", "after": "operational"},
        {"id": "payments-stripe", "name": "Stripe", "before": "partial_outage", "after": "operational"},
    ]
    assert data["affected"] == []


def test_what_is_affected_is_told_whole_every_time():
    data = json.loads(hook(CARDS_STORY, CARDS_OPENED).body)["data"]

    assert data["affected"] == [
        {"id": "payments-stripe", "name": "Stripe", "status": "partial_outage"},
        {"id": "payments", "name": "Payments", "status": "degraded_performance"},
    ]


def test_the_closing_says_when_it_ended():
    data = json.loads(hook(CARDS_STORY, CARDS_RESOLVED).body)["data"]

    assert data["incident"]["ended_at"] == "2026-11-09T15:55:00Z"
    assert data["update"]["next_update_at"] is None


def test_every_body_has_the_same_keys():
    def keys(story, told):
        data = json.loads(hook(story, told).body)["data"]
        told_always = ("id", "url", "status", "published_at", "next_update_at", "text", "html")
        return list(data), list(data["page"]), list(data["incident"]), [k for k in data["update"] if k in told_always]

    assert len({str(keys(s, told)) for s in (CARDS_STORY, MOVE_STORY) for told in s.updates}) == 1


def test_the_same_update_gives_the_same_bytes():
    assert hook(CARDS_STORY, CARDS_OPENED) == hook(CARDS_STORY, CARDS_OPENED)
