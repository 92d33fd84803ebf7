"""Files for machines beside the pages."""

from datetime import UTC, date, datetime
from xml.etree import ElementTree

from stillup.site.search import entries
from stillup.site.security import security_txt
from stillup.site.sitemap import Row, robots, sitemaps
from stillup.views.listing import Headline
from tests.site import views_sample as views

URL = "https://status.example.com/"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def headline(number: int) -> Headline:
    """Return the headline of the `number`th incident, one a day."""
    return Headline(
        id=f"incident-{number:03}",
        place=f"incidents/incident-{number:03}/",
        title=f"Incident {number} <&>",
        kind="incident",
        state=views.state("ok", "Resolved"),
        worst="partial",
        note="",
        open=False,
        started=datetime.fromordinal(730_000 + number).replace(tzinfo=UTC),
        ended=None,
        days=(),
        component_ids=(),
        search="Payments failed.",
    )


def test_a_sitemap_lists_addresses_and_the_days_they_changed() -> None:
    (made,) = sitemaps("2026", [Row("incidents/a/", date(2026, 11, 20)), Row("")], URL)
    root = ElementTree.fromstring(made.body)

    assert made.path == "sitemap-2026.xml"
    assert [loc.text for loc in root.iter(f"{SITEMAP}loc")] == [f"{URL}incidents/a/", URL]
    assert [day.text for day in root.iter(f"{SITEMAP}lastmod")] == ["2026-11-20"]


def test_a_sitemap_stays_below_what_search_engines_read() -> None:
    longest = "https://status.example.com/".ljust(2_047, "a")
    made = list(sitemaps("2026-11", [Row(f"{number:05}", date(2026, 11, 20)) for number in range(25_001)], longest))
    listed = [[loc.text for loc in ElementTree.fromstring(each.body).iter(f"{SITEMAP}loc")] for each in made]

    assert [each.path for each in made] == ["sitemap-2026-11.xml", "sitemap-2026-11-1.xml", "sitemap-2026-11-2.xml"]
    assert [len(each) for each in listed] == [5_001, 10_000, 10_000]
    assert [*listed[1], *listed[2], *listed[0]] == [f"{longest}{number:05}" for number in range(25_001)]
    assert max(len(each.body) for each in made) < 50_000_000


def test_robots_names_every_sitemap() -> None:
    files = ["sitemap-status.xml", "sitemap-2026-11.xml", "es/sitemap-2026-11.xml"]
    made = robots(URL, files).body.decode()

    assert made.splitlines()[2:] == [f"Sitemap: {URL}{file}" for file in ["sitemap.xml", *files]]
    assert "Sitemap" not in robots("", files).body.decode()


def test_search_keeps_the_newest_two_hundred_first_come_newest() -> None:
    made = entries([headline(number) for number in range(250)])

    assert len(made) == 200
    assert made[0] == {
        "location": "incidents/incident-249/",
        "title": "Incident 249 &lt;&amp;&gt;",
        "text": "Payments failed.",
    }
    assert made[-1]["location"] == "incidents/incident-050/"


def test_security_txt_expires_within_a_year_and_changes_once_a_month() -> None:
    first, later = (
        security_txt("security@example.com", datetime(2026, 11, day, tzinfo=UTC), URL, "en").body for day in (1, 30)
    )

    assert first == later
    assert first.decode().splitlines() == [
        "Contact: mailto:security@example.com",
        "Expires: 2027-11-01T00:00:00Z",
        "Preferred-Languages: en",
        "Canonical: https://status.example.com/.well-known/security.txt",
    ]
