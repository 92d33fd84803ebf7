"""A page from right to left, as a browser lays it out and as axe hears it."""

from pathlib import Path

import pytest

from tests.end_to_end.page import Site
from tests.tools import axe_everywhere, evaluate

PLACES = ("ar/", "ar/incidents/closed/", "ar/components/mail/", "ar/history/2026-11/")


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    made = Site.make(tmp_path_factory.mktemp("page"))
    made.write("mkdocs.yml", made.read("mkdocs.yml").replace("timezone:", "languages: [en, ar, ja]\n      timezone:"))
    told = "body: Mail is on time.\n"
    scope = f"{told}    scope: Everybody who sends mail through us, in each of our regions and on every plan.\n"
    made.write("incidents/2026/closed.yml", made.read("incidents/2026/closed.yml").replace(told, scope))
    made.build()
    return made.root / "site"


@pytest.mark.needs("chromium", "axe")
@pytest.mark.parametrize("place", PLACES)
def test_nobody_is_shut_out_of_arabic(site, place):
    assert axe_everywhere((site / place / "index.html").as_uri()) == {}


@pytest.mark.needs("chromium")
@pytest.mark.parametrize("width", [390, 1280])
def test_arabic_begins_at_the_right_and_fits(site, width):
    url = (site / "ar" / "index.html").as_uri()
    script = """() => {
        const box = s => document.querySelector(s).getBoundingClientRect(), bars = box('.row .bars');
        const last = [...document.querySelectorAll('.row .bars')].find(b => b.querySelector('g')).querySelectorAll('g');
        return {
            fits: document.documentElement.scrollWidth <= innerWidth,
            brand: box('.brand').left > box('.top nav').left || box('.brand').right > innerWidth / 2,
            mark: box('.say .mark').left > box('.say h1').left,
            newest: last[last.length - 1].getBoundingClientRect().left < bars.left + bars.width / 2,
        }
    }"""

    assert evaluate(url, script, width=width) == {"fits": True, "brand": True, "mark": True, "newest": True}


@pytest.mark.needs("chromium")
def test_english_in_an_arabic_fact_is_a_text_of_its_own(site):
    """Each of its lines begins at the left, as in an update: the words begin where their box does."""
    script = """() => {
        const own = document.querySelector('.f-who [lang=en]'), words = document.createRange();
        words.selectNodeContents(own);
        const lines = [...words.getClientRects()], left = own.getBoundingClientRect().left;
        return [lines.length > 1, lines.every(line => Math.abs(line.left - left) < 1)];
    }"""

    url = (site / "ar" / "incidents" / "closed" / "index.html").as_uri()

    assert evaluate(url, script, width=390) == [True, True]


@pytest.mark.needs("chromium")
def test_a_time_and_code_keep_their_parts_together_among_arabic(site):
    """`10:00 CET 09:00` alone would run on as `10:00`, then `CET 09:00`."""
    script = """() => {
        const line = document.querySelector('.f-since dd');
        line.innerHTML = 'منذ <time>10:00 CET</time><span class="own"> 09:00 عندك</span> <code>-x</code>';
        const [time, own] = ['time', '.own'].map(each => line.querySelector(each).getBoundingClientRect());
        const [dash, x] = [0, 1].map(at => {
            const one = document.createRange(), text = line.querySelector('code').firstChild;
            one.setStart(text, at); one.setEnd(text, at + 1);
            return one.getBoundingClientRect().left;
        });
        return [own.right <= time.left + 1, dash < x];
    }"""

    assert evaluate((site / "ar" / "incidents" / "open" / "index.html").as_uri(), script, width=1280) == [True, True]


@pytest.mark.needs("chromium")
def test_no_label_of_the_year_stands_outside_it(site):
    script = """() => [...document.querySelectorAll('.heat text')].map(each => each.getBoundingClientRect())
        .filter(box => box.right > innerWidth - 15 || box.left < 0).length"""

    assert evaluate((site / "ar" / "components" / "mail" / "index.html").as_uri(), script, width=390) == 0


def test_a_terminal_is_told_in_which_language_a_title_is(site):
    assert "\n\u2068The API answers slowly\u2069 (الإنجليزية)\n" in (site / "ar" / "status.txt").read_text("utf-8")


@pytest.mark.needs("chromium")
def test_the_languages_open_without_a_script(site):
    url = (site / "ja" / "index.html").as_uri()
    script = """() => {
        const menu = document.querySelector('details.tongues');
        menu.querySelector('summary').click();
        const box = menu.querySelector('ul').getBoundingClientRect();
        return [menu.open, box.left >= 0 && box.right <= innerWidth,
            [...menu.querySelectorAll('a')].map(a => [a.lang, a.dir, a.getAttribute('aria-current')])];
    }"""

    opened, inside, links = evaluate(url, script, width=390)

    assert opened and inside
    assert links == [["en", "ltr", None], ["ar", "rtl", None], ["ja", "ltr", "true"]]
