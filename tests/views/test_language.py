"""A second language is whole: every page can be made in it, and reads as it should."""

from dataclasses import replace

import pytest

from stillup.catalogue import LANGUAGES
from stillup.views.component import component_page
from stillup.views.history import history_month, history_year
from stillup.views.listing import Tally
from stillup.views.plan import maintenance_page
from stillup.views.story import entries
from stillup.views.subscribe import subscribe_page
from stillup.views.table import uptime_page
from stillup.views.uptime_document import uptime_book
from tests.views.sample import (
    COMPONENTS,
    CRASH,
    DECLINED,
    MAINTAINED,
    at,
    board_of,
    edition,
    front,
    listed,
    outage,
    seen,
    told,
    words_of,
    work,
)

SERIES = work(
    told(at("09:00", 1), "scheduled", components={"sms": MAINTAINED}),
    start=at("02:00", 8),
    end=at("03:00", 8),
    recurrence="FREQ=WEEKLY;COUNT=5",
)
ALL = (CRASH, DECLINED, SERIES)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_page_is_made_in_every_language(language):
    page = edition(language=language)
    headlines = {record.id: listed(record, page) for record in ALL}
    table = board_of(*ALL, page=page)
    months = [day.replace(day=1) for day in (page.today,)]

    assert front(*ALL, page=page).headline
    assert component_page(page, table, COMPONENTS[2], headlines).description
    assert history_month(page, months[0], headlines.values(), months).lede
    assert history_year(page, 2026, Tally(13, 1, "major"), {months[0]: Tally(2, 0, "partial")}, months).lede
    assert maintenance_page(page, [seen(SERIES, page)], [headlines["new-disks"]]).coming
    assert uptime_page(page, uptime_book(page, table)).rows
    assert subscribe_page(page, ("atom", "rss", "calendar")).ways
    assert all(entry.title for record in ALL for entry in entries(page, seen(record, page)))


def test_spanish_reads_as_spanish():
    page = edition(language="es")
    home = front(*ALL, page=page)
    stripe = next(row for group in home.groups for row in group.rows if row.id == "stripe")

    assert home.headline == "Interrupción grave del sistema"
    assert stripe.alt == "90 días: 88 sin problemas, interrupción parcial el 9 de noviembre y hoy"
    assert stripe.uptime == "99,97\u00a0%"
    assert words_of(seen(DECLINED, page))["Fin"] == "lun, 9 nov 2026, 15:55 UTC (1 h 35 min)"
    assert home.planned[0].windows == ("dom, 22 nov", "02:00 a 03:00 UTC", "y 2 domingos más")
    assert [day.span for day in home.days if day.span] == ["16–19 nov", "10–14 nov", "6–7 nov"]


def test_what_is_not_translated_stands_apart_where_it_runs_the_other_way():
    """Without its own marks around it (UAX 9) the question mark of an English title stands at its beginning."""
    record = outage(told(at("10:30"), "investigating"), title="Do payments fail?")
    arabic, spanish = (replace(edition(language=code), main="en") for code in ("ar", "es"))

    assert front(record, page=spanish).line == "Do payments fail? (inglés)."
    assert front(record, page=arabic).line == "\u2068Do payments fail?\u2069 (الإنجليزية)."


def test_a_correction_and_a_description_say_in_which_language_they_are():
    update = told(at("10:30"), "investigating", edited_at=at("10:40"), correction="It was 30 %.")
    page = replace(edition(language="es"), main="en")
    (shown,) = seen(outage(update), page).updates
    known = replace(COMPONENTS[0], description="Card payments")

    assert shown.edited.note == "It was 30 %. (inglés)"
    assert shown.edited.html == '<span lang="en" dir="ltr">It was 30 %.</span> <span class="tongue">En inglés</span>'
    lede = component_page(page, board_of(page=page), known, {}).lede
    assert 'En inglés</p>\n<div lang="en" dir="ltr">\n<p>Card payments</p>' in lede.html
