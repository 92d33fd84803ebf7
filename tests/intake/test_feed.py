"""Histories out of feeds, of Statuspage's shape and of any other."""

from datetime import UTC, datetime

import pytest

from stillup.errors import RecordError, StillupError
from stillup.intake.run import from_feed, from_folder
from stillup.records import store
from stillup.vocabulary import Kind, UpdateStatus
from tests.intake.conftest import OUTAGE
from tests.tools import CORPUS, stillup

PART = "&lt;p&gt;&lt;small&gt;{day}&lt;/small&gt;&lt;br&gt;&lt;strong&gt;{label}&lt;/strong&gt; - {text}&lt;/p&gt;"


def part(day: str, label: str, text: str) -> str:
    return PART.format(day=day, label=label, text=text)


def rss(*items: str) -> bytes:
    head = '<rss version="2.0"><channel><title>Acme Status - Incident History</title>'
    return f"{head}{''.join(items)}</channel></rss>".encode()


def item(title: str, html: str, at: str, link: str = "https://status.example.com/incidents/9tpgqq1h4bs0") -> str:
    about = f"<title>{title}</title><description>{html}</description>"
    return f"<item>{about}<pubDate>{at}</pubDate><link>{link}</link></item>"


@pytest.mark.needs("corpus")
def test_every_update_of_a_real_feed_is_there(root):
    data = (CORPUS / "statuspage" / "github" / "history.atom").read_bytes()

    report = from_feed(root, data, "history.atom", {})

    records = store.load(root).incidents
    assert (len(records), sum(len(each.updates) for each in records)) == (25, data.count(b"&lt;small&gt;"))
    assert {each.updates[-1].status for each in records} == {UpdateStatus.RESOLVED}
    assert all(each.backfilled for each in records)
    assert from_feed(root, data, "history.atom", {}).unchanged == report.counts["incidents"]


@pytest.mark.needs("corpus")
def test_a_feed_adds_nothing_to_what_the_api_told_better(root):
    folder = CORPUS / "statuspage" / "github"
    from_folder(root, folder, {})

    report = from_feed(root, (folder / "history.atom").read_bytes(), "history.atom", {})

    assert (report.added, report.updated) == ([], [])


def test_a_year_is_found_backwards_from_the_entry(root):
    html = part("Jan 1, 00:10 EST", "Resolved", "b") + part("Dec 31, 23:50 EST", "Investigating", "a")

    from_feed(root, rss(item("Down", html, "Thu, 01 Jan 2026 05:10:00 +0000")), "x.rss", {})

    (record,) = store.load(root).incidents
    assert [each.at for each in record.updates] == [
        datetime(2026, 1, 1, 4, 50, tzinfo=UTC),
        datetime(2026, 1, 1, 5, 10, tzinfo=UTC),
    ]
    assert record.code == OUTAGE["id"]


def test_an_update_keeps_the_state_before_it(root):
    html = part("Jul 3, 10:00 UTC", "Resolved", "c") + part("Jul 3, 09:30 UTC", "Update", "b")
    html += part("Jul 3, 09:00 UTC", "Identified", "a")

    from_feed(root, rss(item("Down", html, "Fri, 03 Jul 2026 10:00:00 +0000")), "x.rss", {})

    assert [each.status for each in store.load(root).incidents[0].updates] == ["identified", "identified", "resolved"]


def test_a_maintenance_has_the_window_it_announces(root):
    html = "&lt;p&gt;&lt;strong&gt;THIS IS A SCHEDULED EVENT Jul 9, 22:00 - Jul 10, 02:00 PDT&lt;/strong&gt;&lt;/p&gt;"
    html += part("Jul 3, 09:00 PDT", "Scheduled", "New disks.")

    from_feed(root, rss(item("Disks", html, "Fri, 03 Jul 2026 09:00:00 -0700")), "x.rss", {})

    (record,) = store.load(root).incidents
    assert record.kind is Kind.MAINTENANCE and record.scheduled
    assert record.scheduled.start == datetime(2026, 7, 10, 5, tzinfo=UTC)
    assert record.scheduled.end == datetime(2026, 7, 10, 9, tzinfo=UTC)


def test_a_zone_that_nobody_knows_has_to_be_said(root):
    data = rss(item("Down", part("Jul 3, 09:00 XYZ", "Resolved", "a"), "Fri, 03 Jul 2026 09:00:00 +0000"))

    with pytest.raises(RecordError, match="--timezone"):
        from_feed(root, data, "x.rss", {})

    from_feed(root, data, "x.rss", {}, "Asia/Kolkata")
    assert store.load(root).incidents[0].updates[0].at == datetime(2026, 7, 3, 3, 30, tzinfo=UTC)


def test_a_label_of_their_own_has_to_be_mapped(root):
    data = rss(item("Down", part("Jul 3, 09:00 UTC", "Fixed", "a"), "Fri, 03 Jul 2026 09:00:00 +0000"))

    with pytest.raises(RecordError, match="--map fixed="):
        from_feed(root, data, "x.rss", {})

    from_feed(root, data, "x.rss", {"fixed": "resolved"})
    assert store.load(root).incidents[0].updates[0].status is UpdateStatus.RESOLVED


def test_entries_of_one_incident_become_its_updates(root):
    link = "https://status.example.com/incidents/down/#{}"
    items = (
        item("[Resolved] Down", "Fine again.", "Fri, 03 Jul 2026 10:00:00 +0000", link.format("b")),
        item("[Investigating] Down", "We &amp;amp; you look.", "Fri, 03 Jul 2026 09:00:00 +0000", link.format("a")),
    )

    from_feed(root, rss(*items), "feed.rss", {})

    (record,) = store.load(root).incidents
    assert record.title == "Down"
    assert [(each.status, each.body) for each in record.updates] == [
        ("investigating", "We & you look."),
        ("resolved", "Fine again."),
    ]


@pytest.mark.parametrize(
    ("type", "written", "title"),
    [
        ("html", "Slow &amp;amp; &lt;b>late&lt;/b>", "Slow & late"),
        ("text", "Slow &amp;amp; &lt;b>late&lt;/b>", "Slow &amp; <b>late</b>"),
    ],
)
def test_a_title_of_atom_is_read_as_its_type_says(root, type, written, title):
    told = "<updated>2026-01-01T05:10:00Z</updated><content>It was slow.</content>"
    entry = f'<entry><title type="{type}">{written}</title><id>x</id>{told}</entry>'

    from_feed(root, f'<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title>{entry}</feed>'.encode(), "x.atom", {})

    assert store.load(root).incidents[0].title == title


def test_a_plain_entry_is_an_incident_that_is_over(root):
    from_feed(
        root, rss(item("Mail late", "It was late.", "Fri, 03 Jul 2026 10:00:00 +0000", "https://x.example/1")), "f", {}
    )

    (record,) = store.load(root).incidents
    assert (record.title, record.updates[0].status, record.backfilled) == ("Mail late", "resolved", True)


def test_a_link_that_is_no_address_does_not_keep_an_incident_out(root):
    from_feed(
        root, rss(item("Mail late", "It was late.", "Fri, 03 Jul 2026 10:00:00 +0000", "https://[host]/1")), "f", {}
    )

    assert [record.title for record in store.load(root).incidents] == ["Mail late"]


@pytest.mark.parametrize("url", ["https://[::1", "https://status.example.com:99999/"])
def test_what_is_no_address_is_not_asked(url, root):
    for kind in ("statuspage", "feed"):
        done = stillup("import", kind, url, "--root", root)

        assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
        assert done.stderr.startswith(f"{url} is no web address.")


@pytest.mark.parametrize(
    "data", [b"", b"<html></html>", b'<!DOCTYPE rss [<!ENTITY a "b">]><rss>&a;</rss>', b"\x00\xff", b"<rss></rss>"]
)
def test_what_is_no_feed_is_refused_in_one_sentence(data, root):
    with pytest.raises(StillupError, match=r"^x\.rss: "):
        from_feed(root, data, "x.rss", {})


def test_the_command_reads_a_file(tmp_path, root):
    (tmp_path / "f.rss").write_bytes(rss(item("Mail late", "Late.", "Fri, 03 Jul 2026 10:00:00 +0000")))

    done = stillup("import", "feed", tmp_path / "f.rss", "--root", root, "--dry-run")

    assert (done.returncode, done.stderr) == (0, "")
    assert "Found 1 incident, 1 update." in done.stdout
    assert list(root.iterdir()) == []
