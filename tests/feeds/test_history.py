"""`history.rss` and `history.atom`, as readers of Statuspage's know them."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from stillup.feeds.history import LIMIT, history_feeds
from tests.api.sample import NOW, PARTIAL, at, edition, outage, told, work, world
from tests.machine import CORPUS

A = "{http://www.w3.org/2005/Atom}"
CARDS = outage(
    told(at("14:30", 9), "investigating", "We are looking into it.", components={"payments": PARTIAL}),
    told(at("15:00", 9), "investigating", "Still looking."),
    told(at("15:55", 9), "resolved", "Cards work **again**."),
    id="cards-declined",
    title="Card payments <declined> & late",
)
DISKS = work(
    told(at("09:00", 7), "scheduled", "The disks move."),
    told(at("09:00", 8), "cancelled", "They do not."),
    start=at("02:00", 22),
    end=at("03:00", 22),
)


def build(*records, now=NOW, **settings):
    seen = world(*records, page=edition(now, **settings))
    return history_feeds(seen.documents.values(), seen.roster.page, now), seen


def test_rss_has_one_item_an_incident_with_all_its_updates():
    (rss, _), seen = build(CARDS)
    code = seen.documents["cards-declined"].code
    channel = etree.fromstring(rss.body).find("channel")

    assert rss.path == "history.rss"
    assert [child.tag for child in channel] == ["title", "link", "description", "pubDate", "item"]
    assert channel.findtext("title") == "Advancia Pay Ledger Status - Incident History"
    assert channel.findtext("link") == "https://status.example.com"
    assert channel.findtext("description") == "Statuspage"
    assert channel.findtext("pubDate") == "Mon, 09 Nov 2026 15:55:00 +0000"
    item = channel.find("item")
    assert [child.tag for child in item] == ["title", "description", "pubDate", "link", "guid"]
    assert item.findtext("title") == "Card payments <declined> & late"
    assert item.findtext("pubDate") == "Mon, 09 Nov 2026 15:55:00 +0000"
    assert item.findtext("link") == item.findtext("guid") == f"https://status.example.com/incidents/{code}"
    assert item.find("guid").attrib == {}
    assert item.findtext("description") == (
        "<p><small>Nov <var data-var='date'> 9</var>, <var data-var='time'>15:55</var> UTC</small><br>"
        "<strong>Resolved</strong> - Cards work <strong>again</strong>.</p>"
        "<p><small>Nov <var data-var='date'> 9</var>, <var data-var='time'>15:00</var> UTC</small><br>"
        "<strong>Update</strong> - Still looking.</p>"
        "<p><small>Nov <var data-var='date'> 9</var>, <var data-var='time'>14:30</var> UTC</small><br>"
        "<strong>Investigating</strong> - We are looking into it.</p>"
    )


def test_atom_says_the_same():
    (rss, atom), seen = build(CARDS, DISKS)
    code = seen.documents["cards-declined"].code
    root = etree.fromstring(atom.body)

    assert root.findtext(f"{A}id") == "tag:status.example.com,2005:/history"
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "en-US"
    assert root.findtext(f"{A}author/{A}name") == "Advancia Pay Ledger"
    first = root.find(f"{A}entry")
    assert first.findtext(f"{A}id") == f"tag:status.example.com,2005:Incident/{code}"
    assert first.findtext(f"{A}published") == first.findtext(f"{A}updated") == "2026-11-09T15:55:00+00:00"
    assert first.find(f"{A}link").get("href") == f"https://status.example.com/incidents/{code}"
    read = [feedparser.parse(each.body) for each in (rss, atom)]
    assert [e.title for e in read[0].entries] == [e.title for e in read[1].entries]
    assert [e.summary for e in read[0].entries] == [e.content[0].value for e in read[1].entries]


def test_maintenances_stand_among_incidents_and_a_cancelled_one_is_completed():
    (rss, _), _ = build(CARDS, DISKS)

    items = feedparser.parse(rss.body).entries
    assert [item.title for item in items] == ["Card payments <declined> & late", "New disks"]
    assert re.findall("<strong>(.*?)</strong>", items[1].summary) == ["Completed", "Scheduled"]


def test_times_are_those_of_the_page():
    (rss, atom), _ = build(CARDS, timezone="America/New_York")

    assert "<pubDate>Mon, 09 Nov 2026 10:55:00 -0500</pubDate>" in rss.body.decode()
    assert "<var data-var='time'>10:55</var> EST" in etree.fromstring(rss.body).findtext("channel/item/description")
    assert "2026-11-09T10:55:00-05:00" in atom.body.decode()


def test_there_are_the_25_that_were_updated_last():
    old = [
        outage(told(at("10:00", 1) + timedelta(hours=n), "resolved"), id=f"i{n}", title=f"No {n}") for n in range(40)
    ]
    for artifact in build(*old)[0]:
        assert [each.title for each in feedparser.parse(artifact.body).entries] == [
            f"No {n}" for n in range(39, 39 - LIMIT, -1)
        ]


def test_what_is_dated_after_the_build_waits():
    ahead = outage(told(at("10:00"), "investigating"), told(at("10:48"), "identified"))
    (rss, atom), _ = build(ahead)

    assert "Identified" not in rss.body.decode() + atom.body.decode()
    assert parsedate_to_datetime(etree.fromstring(rss.body).findtext("channel/item/pubDate")) == at("10:00")


def test_a_page_without_an_address_has_none():
    assert build(CARDS, site_url="")[0] == ()


def test_a_page_without_a_word_yet_has_sound_ones():
    for artifact in build()[0]:
        assert not feedparser.parse(artifact.body).bozo


@settings(deadline=None)
@given(st.text(st.characters(), max_size=30), st.text(st.characters(), max_size=30))
def test_no_text_breaks_them(title, name):
    seen = world(outage(told(at("10:00"), "resolved"), title=title))
    page = replace(seen.roster.page, name=name)
    for artifact in history_feeds(seen.documents.values(), page, NOW):
        assert len(feedparser.parse(artifact.body).entries) == 1
        etree.fromstring(artifact.body)


@pytest.mark.needs("corpus")
def test_the_real_one_has_the_same_elements():
    real = etree.parse(CORPUS / "statuspage/github/history.atom").getroot()
    (_, atom), _ = build(CARDS)
    ours = etree.fromstring(atom.body)

    assert {child.tag for child in ours} == {child.tag for child in real}
    assert {child.tag for child in ours.find(f"{A}entry")} == {child.tag for child in real.find(f"{A}entry")}
    label = re.compile(
        r"<small>(\w+) <var data-var='date'>( ?\d+)</var>, <var data-var='time'>\d\d:\d\d</var> UTC</small>"
    )
    assert label.search(real.findtext(f"{A}entry/{A}content"))
    assert label.search(ours.findtext(f"{A}entry/{A}content"))
    assert datetime.fromisoformat(ours.findtext(f"{A}updated")).tzinfo == UTC
