"""RSS, and Atom as Statuspage has it, are written as text: feedgen makes the same bytes of the same facts."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from feedgen.feed import FeedGenerator
from lxml import etree
from markupsafe import Markup

from stillup.feeds.history import history_feeds
from stillup.feeds.tag import tag
from stillup.feeds.xml_feed import ATOM, RSS, STILLUP, Feed, rss
from stillup.views.event_log import Head
from stillup.views.listing import Entry
from stillup.views.masthead import Masthead
from tests.api.sample import NOW, at, edition, outage, told, work, world

AT = datetime(2026, 11, 3, 9, 5, 7, tzinfo=UTC)
ODD = "A & B <c> \"d\" 'e' ]]> größer 大阪\r\nnext"


def masthead(site_url: str) -> Masthead:
    return Masthead(
        organisation="Advancia Pay Ledger",
        team="The team",
        site_name="Status & more",
        site_url=site_url,
        description="",
        zone="UTC",
        language="en",
        direction="ltr",
        support_url="",
        support_email="",
        report_url="",
    )


def entry(number: int, title: str, components: tuple[str, ...]) -> Entry:
    return Entry(
        key=f"cards/{number}",
        place=f"incidents/cards/?a=1&b=2#{number}",
        title=title,
        published=AT - timedelta(days=number),
        updated=AT,
        html=Markup(f"<p>{title}</p>\n<ul><li>x</li></ul>"),
        text=title,
        status="investigating",
        component_ids=components,
    )


@pytest.mark.parametrize("site_url", ["https://status.example.com/", ""])
@pytest.mark.parametrize("entries", [(), (entry(1, ODD, ("api", "sms")), entry(2, "", ()))])
def test_rss_is_what_feedgen_makes_of_the_same_entries(site_url, entries):
    page = masthead(site_url)
    feed = Feed(stem="feed", title="Status & more", entries=entries)
    made = FeedGenerator()
    made.title(feed.title)
    made.description(feed.title)
    made.language("en")
    made.generator("Stillup")
    made.updated(feed.changed)
    made.pubDate(entries[0].published if entries else feed.changed)
    if site_url:
        made.link(href=f"{site_url}feed.rss", rel="self", type=RSS)
    made.link(href=site_url or "./", rel="alternate", type="text/html")
    for each in entries:
        item = made.add_entry(order="append")
        item.id(tag(page, each.key))
        item.title(each.title or each.key)
        item.published(each.published)
        if site_url:
            item.link(href=f"{site_url}{each.place}", rel="alternate", type="text/html")
        if each.component_ids:
            item.category([{"term": component} for component in each.component_ids])
        item.description(str(each.html))

    assert rss(page, feed).body == made.rss_str(pretty=True)


def test_the_event_log_stands_in_rss_in_a_namespace_of_its_own():
    feed = Feed(stem="feed", title="Status", entries=(entry(1, "x", ()),), logged=Head(seq=7, hash="ab" * 32))

    channel = etree.fromstring(rss(masthead(""), feed).body).find("channel")

    assert channel.findtext(f"{{{STILLUP}}}event_seq") == "7"
    assert channel.findtext(f"{{{STILLUP}}}event_head") == "ab" * 32
    assert channel[-1].tag == "item"


def test_atom_in_statuspages_shape_is_what_feedgen_makes_of_the_same_documents():
    records = [
        outage(
            told(at("14:30", 9), "investigating", "We are *looking* & `waiting`."),
            told(at("15:55", 9), "resolved", "Cards work."),
            id="cards-declined",
            title="Cards <declined> & late",
        ),
        work(told(at("09:00", 7), "scheduled", "The disks move."), start=at("02:00", 22), end=at("03:00", 22)),
    ]
    seen = world(*records, page=edition(NOW, timezone="Europe/Berlin"))
    page, zone = seen.roster.page, ZoneInfo("Europe/Berlin")
    found = history_feeds(seen.documents.values(), page, NOW)[1].body
    contents = [each.text for each in etree.fromstring(found).iter("{http://www.w3.org/2005/Atom}content")]
    documents = sorted(seen.documents.values(), key=lambda each: each.updates[0].shown, reverse=True)
    made = FeedGenerator()
    made.title(f"{page.name} Status - Incident History")
    made.generator("")
    made.id("tag:status.example.com,2005:/history")
    made.language("en-US")
    made.link(href=page.url, rel="alternate", type="text/html")
    made.link(href=f"{page.url}/history.atom", rel="self", type=ATOM)
    made.updated(max(each.updated for each in documents).astimezone(zone))
    made.author(name=page.name)
    for document, content in zip(documents, contents, strict=True):
        item = made.add_entry(order="append")
        item.id(f"tag:status.example.com,2005:Incident/{document.code}")
        item.title(document.title)
        item.published(document.updates[0].shown.astimezone(zone))
        item.updated(max(each.updated for each in document.updates).astimezone(zone))
        item.link(href=f"{page.url}/incidents/{document.code}", rel="alternate", type="text/html")
        item.content(content, type="html")

    assert len(contents) == 2
    assert found == made.atom_str(pretty=True)
