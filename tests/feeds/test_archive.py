"""A reader that follows the links of RFC 5005 has the whole history, from bounded documents that stay as they are."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from stillup.feeds.archive import archive, shelf
from stillup.feeds.feed import feeds
from stillup.feeds.fragment import Fragment, fragment
from stillup.feeds.tag import tag
from stillup.feeds.volume import SIZE, beside, counts
from stillup.views.listing import Entry
from tests.feeds.test_feed import MASTHEAD, NOW, A, entry, ids, sound

URL = "https://status.example.com/"
BUSY = tuple(entry(f"i{n}/u", NOW - timedelta(hours=5 * n)) for n in range(400))
"""400 entries down to August: 96 in November, 149 in October, 144 in September."""


def fragments(entries: tuple[Entry, ...], masthead=MASTHEAD) -> list[Fragment]:
    return [fragment(masthead, each) for each in entries]


def tree(entries: tuple[Entry, ...], at: datetime = NOW, masthead=MASTHEAD) -> dict[str, bytes]:
    """Return the feed and all its volumes, by path."""
    parts = fragments(entries, masthead)
    known = counts(parts, masthead, at)
    volumes = shelf(masthead, known, at)
    made = {"feed.atom": feeds(masthead, entries, at, archive=volumes.newest)[1].body}
    for month in known:
        made.update({each.path: each.body for each in archive(masthead, volumes, month, parts, at)})
    return made


def links(body: bytes) -> dict[str, str]:
    return {link.get("rel"): link.get("href") for link in etree.fromstring(body).findall(f"{A}link")}


def read(made: dict[str, bytes], masthead=MASTHEAD) -> list[str]:
    """Follow `prev-archive` from the feed on, as a reader does, and return every entry's id once."""
    found: dict[str, None] = {}
    path: str | None = "feed.atom"
    while path is not None:
        body = made[path]
        found.update(dict.fromkeys(etree.fromstring(body).xpath("//a:entry/a:id/text()", namespaces={"a": A[1:-1]})))
        before = links(body).get("prev-archive")
        path = before.removeprefix(masthead.site_url) if before else None
    return list(found)


def test_following_the_links_gives_every_entry():
    made = tree(BUSY)

    assert sorted(read(made)) == sorted(tag(MASTHEAD, each.key) for each in BUSY)
    assert list(made)[:3] == ["feed.atom", "history/2026-08/feed.atom", "history/2026-09/feed.atom"]
    assert links(made["feed.atom"])["prev-archive"] == f"{URL}history/2026-11/feed.atom"


def test_every_document_is_bounded_and_sound():
    for path, body in tree(BUSY).items():
        root = etree.fromstring(body)
        assert len(root.findall(f"{A}entry")) <= SIZE
        assert bool(root.findall("{http://purl.org/syndication/history/1.0}archive")) == (path != "feed.atom")
        assert root.findtext(f"{A}id") == tag(MASTHEAD, "feed"), "all are parts of one feed"
        assert sound(replace(feeds(MASTHEAD, (), NOW)[1], body=body)) == []


def test_volumes_lead_back_forth_and_to_the_feed():
    made = tree(BUSY)

    assert links(made["history/2026-10/feed-2.atom"]) == {
        "self": f"{URL}history/2026-10/feed-2.atom",
        "alternate": f"{URL}history/2026-10/",
        "current": f"{URL}feed.atom",
        "prev-archive": f"{URL}history/2026-10/feed.atom",
        "next-archive": f"{URL}history/2026-10/feed-3.atom",
    }
    assert "prev-archive" not in links(made["history/2026-08/feed.atom"])


def test_a_full_volume_never_changes_while_news_comes():
    later = tuple(entry(f"new{n}/u", NOW + timedelta(minutes=n)) for n in range(60))
    before, after = tree(BUSY), tree((*BUSY, *later), NOW + timedelta(hours=1))

    changed = {path for path in before if path != "feed.atom" and before[path] != after[path]}
    assert changed == {"history/2026-11/feed.atom"}, "only that there is a next one now"
    assert ids_of(before["history/2026-11/feed.atom"]) == ids_of(after["history/2026-11/feed.atom"])
    assert after.keys() - before.keys() == {"history/2026-11/feed-2.atom", "history/2026-11/feed-3.atom"}


def ids_of(body: bytes) -> list[str]:
    return ids(replace(feeds(MASTHEAD, (), NOW)[1], body=body))


def test_the_rest_of_a_month_is_bound_when_the_month_is_over():
    december = datetime(2026, 12, 1, tzinfo=UTC)

    assert "history/2026-11/feed-2.atom" not in tree(BUSY)
    assert "history/2026-11/feed-2.atom" in tree(BUSY, december)


def test_a_month_is_that_of_the_pages_zone():
    new_year = entry("late/u", datetime(2026, 10, 31, 23, 30, tzinfo=UTC))
    berlin = replace(MASTHEAD, zone="Europe/Berlin")

    assert counts(fragments((new_year,)), MASTHEAD, NOW) == {"2026-10": 1}
    assert counts(fragments((new_year,)), berlin, NOW) == {"2026-11": 1}


def test_what_is_dated_after_the_build_is_in_no_volume():
    soon = entry("soon/u", NOW + timedelta(minutes=4))

    assert tree((soon, *BUSY)) == tree(BUSY)


def test_a_page_without_an_address_has_no_volumes():
    assert list(tree(BUSY, masthead=replace(MASTHEAD, site_url=""))) == ["feed.atom"]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"2026-05"}, {"2026-03", "2026-05", "2026-11"}),
        ({"2026-03"}, {"2026-03", "2026-11"}),
        ({"2026-12"}, {"2026-11", "2026-12"}),
    ],
)
def test_neighbours_of_a_changed_month_may_lead_elsewhere(changed, expected):
    assert beside({"2026-03": 1, "2026-11": 4}, changed) == expected


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.integers(0, 200_000), max_size=150),
    st.sampled_from(["UTC", "Asia/Kathmandu", "America/Sao_Paulo"]),
)
def test_no_history_loses_an_entry(minutes, zone):
    masthead = replace(MASTHEAD, zone=zone)
    entries = tuple(entry(f"i{n}/u", NOW - timedelta(minutes=m)) for n, m in enumerate(minutes))
    made = tree(entries, masthead=masthead)

    assert sorted(read(made, masthead)) == sorted(tag(masthead, each.key) for each in entries)


@settings(deadline=None, max_examples=20)
@given(st.lists(st.integers(0, 200_000), max_size=120), st.integers(0, 200_000), st.integers(1, 60))
def test_writing_changed_months_and_their_neighbours_is_enough(minutes, new, count):
    before = tuple(entry(f"i{n}/u", NOW - timedelta(minutes=m)) for n, m in enumerate(minutes))
    added = tuple(entry(f"new{n}/u", NOW - timedelta(minutes=new)) for n in range(count))
    after = (*before, *added)
    known = counts(fragments(after), MASTHEAD, NOW)
    dirty = beside(known, {f"{added[0].published.astimezone(ZoneInfo('UTC')):%Y-%m}"})

    stale = tree(before)
    volumes = shelf(MASTHEAD, known, NOW)
    for month in dirty:
        stale.update({each.path: each.body for each in archive(MASTHEAD, volumes, month, fragments(after), NOW)})
    whole = tree(after)
    assert {path: stale[path] for path in whole if path != "feed.atom"} == {
        path: body for path, body in whole.items() if path != "feed.atom"
    }
