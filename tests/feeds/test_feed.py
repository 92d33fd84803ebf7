"""What a feed reader sees, and that it sees it once."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Any

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from markupsafe import Markup

from stillup.artifact import Artifact
from stillup.catalogue import words
from stillup.feeds.feed import component_feeds, feeds, incident_feed, kind_feeds
from stillup.feeds.tag import tag
from stillup.views.listing import Entry
from stillup.views.masthead import Masthead
from stillup.vocabulary import Kind
from tests.messages.sample import MASTHEAD

A = "{http://www.w3.org/2005/Atom}"
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
RFC_822 = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000")

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def entry(key: str, at: datetime, **changes: object) -> Entry:
    """Return an entry whose texts are made of its key, with `changes`."""
    incident, _, update = key.partition("/")
    facts: dict[str, object] = {
        "key": key,
        "place": f"incidents/{incident}/#{update}",
        "title": f"[Investigating] {incident}",
        "published": at,
        "updated": at,
        "html": Markup("<p>We are looking into <em>declined</em> cards.</p>"),
        "text": "We are looking into declined cards.",
        "status": "investigating",
        "component_ids": ("payments-stripe",),
    }
    return Entry(**facts | changes)  # type: ignore[arg-type]


CARDS_INVESTIGATING = entry(
    "card-payments-declined/20261109t143000z",
    datetime(2026, 11, 9, 14, 30, tzinfo=UTC),
    title="[Investigating] Card payments declined",
)
CARDS_RESOLVED = entry(
    "card-payments-declined/20261109t155500z",
    datetime(2026, 11, 9, 15, 55, tzinfo=UTC),
    title="[Resolved] Card payments declined",
    html=Markup("<p>Card payments work again.</p>"),
    text="Card payments work again.",
    status="resolved",
    component_ids=(),
)
SIGN_IN = entry(
    "sign-in-failing/20261120t101200z",
    datetime(2026, 11, 20, 10, 12, tzinfo=UTC),
    title="[Investigating] Sign-in failing",
    component_ids=("authentication", "payments"),
)
STORY = (SIGN_IN, CARDS_RESOLVED, CARDS_INVESTIGATING)


def build(entries: tuple[Entry, ...], masthead: Masthead = MASTHEAD, at: datetime = NOW) -> tuple[Artifact, Artifact]:
    rss, atom, _ = feeds(masthead, entries, at)
    return rss, atom


def build_json(entries: tuple[Entry, ...], masthead: Masthead = MASTHEAD) -> dict[str, Any]:
    return json.loads(feeds(masthead, entries, NOW)[2].body)


@pytest.mark.parametrize("form", [0, 1])
def test_a_reader_finds_every_update_newest_first(form):
    read = feedparser.parse(build(STORY)[form].body)

    assert not read.bozo
    assert [item.title for item in read.entries] == [
        "[Investigating] Sign-in failing",
        "[Resolved] Card payments declined",
        "[Investigating] Card payments declined",
    ]
    first = read.entries[0]
    assert first.id == "tag:status.example.com,2026:sign-in-failing/20261120t101200z"
    assert first.link == "https://status.example.com/incidents/sign-in-failing/#20261120t101200z"
    assert first.published_parsed[:6] == (2026, 11, 20, 10, 12, 0)
    assert [term.term for term in first.tags] == ["authentication", "payments"]
    assert "<em>declined</em>" in (first.content[0].value if "content" in first else first.summary)
    assert read.feed.title == "Advancia Pay Ledger Service Status"
    assert read.feed.link == "https://status.example.com/"
    assert read.feed.language == "en"


def test_the_order_in_which_entries_are_given_does_not_matter():
    assert build(STORY[::-1]) == build(STORY)


def test_two_updates_at_one_instant_keep_the_order_they_came_in():
    again = replace(SIGN_IN, key="sign-in-failing/20261120t101200z-2")

    assert ids(build((again, SIGN_IN))[1]) == [tag(MASTHEAD, again.key), tag(MASTHEAD, SIGN_IN.key)]


def test_a_rebuild_is_the_same_to_the_byte():
    assert build(STORY) == build(STORY)


def test_a_corrected_text_is_no_news():
    edited = replace(SIGN_IN, title="[Investigating] Sign-in fails", html=Markup("<p>Other.</p>"), text="Other.")
    before, after = build((SIGN_IN,)), build((edited,))

    for old, new in zip(before, after, strict=True):
        assert old.body != new.body
        assert ids(old) == ids(new)
        assert dates(old) == dates(new)


def test_a_declared_correction_moves_updated_and_nothing_else():
    later = SIGN_IN.updated + timedelta(hours=1)
    corrected = etree.fromstring(build((replace(SIGN_IN, updated=later),))[1].body)

    assert corrected.findtext(f"{A}entry/{A}updated") == "2026-11-20T11:12:00Z"
    assert corrected.findtext(f"{A}entry/{A}published") == "2026-11-20T10:12:00Z"
    assert corrected.findtext(f"{A}updated") == "2026-11-20T11:12:00Z"


def test_the_feed_is_as_old_as_its_newest_entry_never_as_the_build():
    rss, atom = build((CARDS_RESOLVED, CARDS_INVESTIGATING))

    assert etree.fromstring(atom.body).findtext(f"{A}updated") == "2026-11-09T15:55:00Z"
    assert etree.fromstring(rss.body).findtext("channel/lastBuildDate") == "Mon, 09 Nov 2026 15:55:00 +0000"
    assert etree.fromstring(rss.body).findtext("channel/pubDate") == "Mon, 09 Nov 2026 15:55:00 +0000"


def test_an_entry_waits_until_its_time_has_come():
    soon = entry("sign-in-failing/soon", NOW + timedelta(minutes=4))

    assert build((soon, *STORY)) == build(STORY)
    assert len(ids(build((soon, *STORY), at=NOW + timedelta(minutes=4))[1])) == 4


def test_a_page_without_a_word_yet_has_sound_feeds_that_stay_the_same():
    assert build(()) == build((), at=NOW + timedelta(days=1))
    for artifact in build(()):
        assert not feedparser.parse(artifact.body).bozo
        assert sound(artifact) == []


def test_times_of_every_zone_are_printed_in_utc():
    berlin = datetime(2026, 11, 20, 11, 12, tzinfo=timezone(timedelta(hours=1)))

    assert build((replace(SIGN_IN, published=berlin, updated=berlin),)) == build((SIGN_IN,))


def test_a_feed_holds_the_newest_fifty():
    many = tuple(entry(f"old-{n}/u", LONG_AGO + timedelta(hours=n)) for n in range(70))

    for artifact in build(many):
        assert ids(artifact) == [tag(MASTHEAD, f"old-{n}/u") for n in range(69, 19, -1)]


def test_without_an_address_entries_have_a_urn_and_no_link():
    for artifact in build(STORY, replace(MASTHEAD, site_url="")):
        read = feedparser.parse(artifact.body)
        assert not read.bozo
        assert all(item.id.startswith("urn:uuid:") and item.get("link", item.id) == item.id for item in read.entries)
        assert len({item.id for item in read.entries}) == 3


@pytest.mark.parametrize(
    ("site_url", "expected"),
    [
        ("https://status.example.com/", "tag:status.example.com,2026:a/b"),
        ("https://example.com:8443/status/", "tag:example.com,2026:a/b"),
        ("https://zustände.example.com/", "tag:xn--zustnde-8wa.example.com,2026:a/b"),
    ],
)
def test_an_id_is_made_of_host_and_key(site_url, expected):
    assert tag(replace(MASTHEAD, site_url=site_url), "a/b") == expected


def test_rss_carries_html_where_readers_expect_it_and_no_element_rss_does_not_know():
    item = etree.fromstring(build((SIGN_IN,))[0].body).find("channel/item")

    assert item.findtext("description") == "<p>We are looking into <em>declined</em> cards.</p>"
    assert {child.tag for child in item} == {"title", "link", "description", "guid", "category", "pubDate"}


def test_neither_feed_tells_which_version_made_it():
    for artifact in build(STORY):
        assert re.search(rb"<generator>Stillup</generator>", artifact.body)


@pytest.mark.parametrize("site_url", ["https://status.example.com/", "https://example.com/status/"])
def test_both_feeds_keep_the_rules_of_their_formats(site_url):
    for artifact in build(STORY, replace(MASTHEAD, site_url=site_url)):
        assert sound(artifact) == []


anything = st.text(st.characters(), max_size=40)


@settings(deadline=None)
@given(title=anything, text=anything, html=anything, name=anything)
def test_no_text_breaks_a_feed(title, text, html, name):
    hostile = replace(SIGN_IN, title=title, text=text, html=Markup(html))

    page = replace(MASTHEAD, site_name=name, organisation=name)

    for artifact in build((hostile, CARDS_RESOLVED), page):
        assert sound(artifact) == []
        assert len(ids(artifact)) == 2
    assert len(build_json((hostile, CARDS_RESOLVED), page)["items"]) == 2


def test_json_feed_says_the_same_as_the_others():
    made = build_json(STORY)

    assert made["version"] == "https://jsonfeed.org/version/1.1"
    assert made["home_page_url"] == "https://status.example.com/"
    assert made["feed_url"] == "https://status.example.com/feed.json"
    assert made["language"] == "en"
    assert made["authors"] == [{"name": "Advancia Pay Ledger"}]
    assert [item["id"] for item in made["items"]] == ids(build(STORY)[1])
    assert made["items"][0] == {
        "id": "tag:status.example.com,2026:sign-in-failing/20261120t101200z",
        "url": "https://status.example.com/incidents/sign-in-failing/#20261120t101200z",
        "title": "[Investigating] Sign-in failing",
        "content_html": "<p>We are looking into <em>declined</em> cards.</p>",
        "content_text": "We are looking into declined cards.",
        "date_published": "2026-11-20T10:12:00Z",
        "date_modified": "2026-11-20T10:12:00Z",
        "tags": ["authentication", "payments"],
    }


def test_json_feed_leaves_out_addresses_that_are_not_known():
    made = build_json(STORY, replace(MASTHEAD, site_url=""))

    assert not {"home_page_url", "feed_url"} & made.keys()
    assert all("url" not in item for item in made["items"])


def test_a_component_has_the_entries_that_name_it():
    rss, atom, other = component_feeds(MASTHEAD, words("en"), "payments-stripe", "Stripe", STORY, NOW)

    assert [made.path for made in (rss, atom, other)] == [
        "components/payments-stripe/feed.rss",
        "components/payments-stripe/feed.atom",
        "components/payments-stripe/feed.json",
    ]
    read = feedparser.parse(atom.body)
    assert read.feed.title == "Advancia Pay Ledger Service Status: Stripe"
    assert read.feed.link == "https://status.example.com/components/payments-stripe/"
    assert [item.title for item in read.entries] == ["[Investigating] Card payments declined"]
    assert [item["title"] for item in json.loads(other.body)["items"]] == ["[Investigating] Card payments declined"]
    assert sound(rss) == sound(atom) == []


def test_what_names_very_many_components_does_not_name_all_of_them_in_the_feed_of_each():
    ids = tuple(f"part-{number:03}" for number in range(200))
    wide = entry("outage/20261120t101200z", NOW, component_ids=ids)
    narrow = entry("outage/20261120t101300z", NOW, component_ids=ids[:50])

    rss, atom, other = component_feeds(MASTHEAD, words("en"), "part-007", "Part 007", (wide, narrow), NOW)

    for feed in (rss, atom):
        assert [[tag.term for tag in item.tags] for item in feedparser.parse(feed.body).entries] == [
            ["part-007"],
            list(ids[:50]),
        ]
    assert [item["tags"] for item in json.loads(other.body)["items"]] == [["part-007"], list(ids[:50])]
    whole = feeds(MASTHEAD, (wide,), NOW)[0]
    assert len(feedparser.parse(whole.body).entries[0].tags) == 200


def test_one_incident_can_be_followed_alone():
    many = tuple(entry(f"cards/{n}", LONG_AGO + timedelta(hours=n)) for n in range(70))

    made = incident_feed(MASTHEAD, words("en"), "cards", "Cards declined", many, NOW)

    assert made.path == "incidents/cards/feed.atom"
    assert feedparser.parse(made.body).feed.title == "Advancia Pay Ledger Service Status: Cards declined"
    assert feedparser.parse(made.body).feed.link == "https://status.example.com/incidents/cards/"
    assert len(ids(made)) == 70


@pytest.mark.parametrize(
    ("kind", "stem", "page"),
    [(Kind.INCIDENT, "incidents", "history/"), (Kind.MAINTENANCE, "maintenance", "maintenance/")],
)
def test_incidents_and_maintenances_have_feeds_of_their_own(kind, stem, page):
    made = kind_feeds(MASTHEAD, words("en"), kind, STORY, NOW)

    assert [each.path for each in made] == [f"{stem}.rss", f"{stem}.atom", f"{stem}.json"]
    assert feedparser.parse(made[1].body).feed.link == f"https://status.example.com/{page}"
    assert feedparser.parse(made[1].body).feed.title == f"Advancia Pay Ledger Service Status: {stem}"


def test_each_feed_is_another_one_to_a_reader():
    made = [
        feeds(MASTHEAD, STORY, NOW)[1],
        *(kind_feeds(MASTHEAD, words("en"), kind, STORY, NOW)[1] for kind in Kind),
        component_feeds(MASTHEAD, words("en"), "payments", "Payments", STORY, NOW)[1],
        incident_feed(MASTHEAD, words("en"), "payments", "Payments", STORY, NOW),
    ]

    assert len({etree.fromstring(each.body).findtext(f"{A}id") for each in made}) == 5
    assert {ids(each)[0] for each in made} == {tag(MASTHEAD, SIGN_IN.key)}, "an entry is the same in each"


def ids(artifact: Artifact) -> list[str]:
    root = etree.fromstring(artifact.body)
    return [found.text for found in root.iter("guid")] or [e.findtext(f"{A}id") for e in root.iter(f"{A}entry")]


def dates(artifact: Artifact) -> list[str]:
    wanted = {"pubDate", "lastBuildDate", f"{A}published", f"{A}updated"}
    return [found.text for found in etree.fromstring(artifact.body).iter() if found.tag in wanted]


def sound(artifact: Artifact) -> list[str]:
    """Return what RSS 2.0 or RFC 4287 would object to."""
    root = etree.fromstring(artifact.body)
    wrong = [] if len(set(ids(artifact))) == len(ids(artifact)) else ["an id appears twice"]
    if artifact.path.endswith(".rss"):
        channel = root.find("channel")
        wrong += [f"no {name}" for name in ("title", "link", "description") if not channel.findtext(name)]
        wrong += [f"no title in {n}" for n, item in enumerate(root.iter("item")) if not item.findtext("title")]
        wrong += [f"not RFC 822: {date}" for date in dates(artifact) if not RFC_822.fullmatch(date)]
        published = [parsedate_to_datetime(item.findtext("pubDate")) for item in root.iter("item")]
        links = [item.findtext("link") for item in root.iter("item")]
    else:
        entries = list(root.iter(f"{A}entry"))
        for node in [root, *entries]:
            wrong += [f"no {name}" for name in ("id", "title", "updated") if not node.findtext(A + name)]
        wrong += [] if root.findtext(f"{A}author/{A}name") else ["no author"]
        wrong += [f"not RFC 3339: {date}" for date in dates(artifact) if not RFC_3339.fullmatch(date)]
        published = [datetime.fromisoformat(node.findtext(f"{A}published")).astimezone(UTC) for node in entries]
        links = [link.get("href") for link in root.iter(f"{A}link")]
    wrong += [f"link not absolute: {link}" for link in links if not (link or "").startswith("https://")]
    wrong += [] if published == sorted(published, reverse=True) else ["not newest first"]
    return wrong
