"""A page in two languages: a tree for each, made by the same rules, and never a text passed off as another language."""

import json
import re
import shutil
from xml.etree import ElementTree

import pytest

from stillup.errors import RecordError
from tests.end_to_end import test_incremental as edits
from tests.end_to_end.page import Site
from tests.site.test_look import POLICY
from tests.tools import browse, in_page, serving

SPANISH = "translations: {es: {title: La API responde despacio}}\n"
FOUR = SPANISH.replace("}}", "}, ja: {title: カードでの決済が失敗しています}, zh: {title: 银行卡支付失败}}")
TWO = "languages: [en, es]\n      timezone:"


def make(root, languages=TWO) -> Site:
    site = Site.make(root)
    site.write("mkdocs.yml", site.read("mkdocs.yml").replace("timezone:", languages))
    return site


def page(site: Site, path: str) -> str:
    return (site.root / "site" / path / "index.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Site:
    made = make(tmp_path_factory.mktemp("page"), TWO.replace("es]", "es, ja, zh]"))
    record = made.read("incidents/2026/open.yml").replace(
        "We look into it.", "We look into it.\n    translations: {es: {body: 'Lo [miramos](/components/api/).'}}"
    )
    made.write("incidents/2026/open.yml", FOUR + record)
    made.write("components/mail.yml", made.read("components/mail.yml") + "translations: {es: {name: Correo}}\n")
    made.write("docs/es/acerca.md", "# Acerca de esta página\n\n[Estado](../index.md)\n")
    made.write("docs/help.md", "# Help\n")
    made.write("docs/es/help.md", "# Ayuda\n")
    made.write("docs/terms.md", "# Terms\n")
    made.write("docs/ja/renraku.md", "# ヘルプ\n\n## 連絡\n\nお問い合わせ`<b>`は電話へ。\n")
    made.build()
    return made


def test_each_language_has_every_page_and_feed_and_no_more(site):
    both = site.tree()
    spanish = {path[3:] for path in both if path.startswith("es/")} - {"acerca/index.html", "help/index.html"}
    # What machines read is there once, and so are files of the theme and pages that people wrote.
    once = r"api/|assets/|about/|help/|terms/|heartbeat|robots|_headers|404|sitemap\.xml|history\."
    once += r"|incidents/[0-9a-z]{12}(\.json|/)"
    main = {path for path in both if not path.startswith(("es/", "ja/", "zh/")) and not re.match(once, path)}

    assert {path for path in spanish if not path.startswith("api/stillup/v1/manifest")} == main


def test_a_reader_finds_the_same_page_in_each_language_without_a_script(site):
    for path in ("", "incidents/open/", "history/2026-11/", "components/api/", "subscribe/"):
        english, spanish = page(site, path), page(site, f"es/{path}")
        url = "https://status.example.com/"
        for html in (english, spanish):
            assert f'<link rel="alternate" hreflang="en" href="{url}{path}">' in html
            assert f'<link rel="alternate" hreflang="es" href="{url}es/{path}">' in html
            assert f'<link rel="alternate" hreflang="x-default" href="{url}{path}">' in html
        up = "../" * path.count("/")
        assert f'<link rel="canonical" href="{url}{path}">' in english
        assert f'<link rel="canonical" href="{url}es/{path}">' in spanish
        assert f'href="{up}es/{path}" lang="es" hreflang="es"' in english
        assert f'href="../{up}{path or "./"}" lang="en"'.replace(".././", "../") in spanish.replace(".././", "../")
        assert re.search(r'<html lang="es" dir="ltr">', spanish)


def test_what_is_translated_reads_as_it_was_written_in_that_language(site):
    spanish = page(site, "es/incidents/open/")

    assert "<h1>La API responde despacio</h1>" in spanish
    assert '<a href="https://status.example.com/es/components/api/" rel="noopener">miramos</a>' in spanish
    assert "Correo" in page(site, "es/") and "Correo" not in page(site, "")
    assert "En inglés" not in spanish


def test_what_is_not_translated_says_in_which_language_it_is(site):
    spanish = page(site, "es/incidents/closed/")

    assert '<h1><span lang="en" dir="ltr">Mail was late</span> <span class="tongue">En inglés</span></h1>' in spanish
    assert '<p class="tongue">En inglés</p>\n<div lang="en" dir="ltr">\n<p>Mail is on time.</p>\n</div>' in spanish
    assert 'lang="en" dir="ltr">Mail was late</span>' in page(site, "es/history/2026-11/")
    assert ' · <span lang="en" dir="ltr">The web is checked on Fridays.</span></p>' in page(site, "es/")
    feed = json.loads((site.root / "site/es/feed.json").read_text())
    assert {item["title"] for item in feed["items"] if "Mail" in item["title"]} == {
        "[Resuelto] Mail was late (inglés)",
        "[En investigación] Mail was late (inglés)",
    }
    assert 'class="tongue"' not in page(site, "incidents/closed/")


def test_feeds_of_two_languages_are_two_feeds(site):
    names = {"a": "http://www.w3.org/2005/Atom"}
    trees = [ElementTree.parse(site.root / "site" / path / "feed.atom").getroot() for path in ("", "es")]
    english, spanish = [{each.text for each in tree.iter("{http://www.w3.org/2005/Atom}id")} for tree in trees]

    assert english.isdisjoint(spanish) and len(english) == len(spanish)
    assert trees[1].get("{http://www.w3.org/XML/1998/namespace}lang") == "es"
    assert trees[1].find("a:link[@rel='self']", names).get("href") == "https://status.example.com/es/feed.atom"


def test_a_reader_is_told_that_the_words_are_not_reviewed_unless_the_settings_say_they_are(site, tmp_path):
    reviewed = make(tmp_path, "languages: [en, es]\n      reviewed: [es]\n      timezone:")
    reviewed.build()

    for place, main in (
        ("es/", "../"),
        ("es/incidents/open/", "../../../incidents/open/"),
        ("es/help/", "../../help/"),
    ):
        said = page(site, place).partition('class="unreviewed">')[2].partition("</p>")[0]
        assert said.endswith(f'lea la página en <a href="{main}" lang="en" hreflang="en">English</a>.')
    assert 'class="unreviewed"' not in page(site, "") + page(reviewed, "es/")


def test_a_reader_is_only_sent_to_a_language_that_somebody_has_reviewed(tmp_path):
    none = make(tmp_path / "none", "languages: [es, de]\n      timezone:")
    one = make(tmp_path / "one", "languages: [es, de, fr]\n      reviewed: [fr]\n      timezone:")

    for site, others in ((none, []), (one, ["Français"])):
        site.build()
        for place in ("", "de/", "de/incidents/open/"):
            said = page(site, place).partition('class="unreviewed">')[2].partition("</p>")[0]
            assert said and re.findall(r"<a .*>(.*)</a>", said) == others, (place, said)
    assert 'href="../../../fr/incidents/open/" lang="fr"' in page(one, "de/incidents/open/")


def test_a_markdown_page_below_a_languages_folder_has_the_words_of_that_language(site):
    html = page(site, "es/acerca")

    assert ">Historial</a>" in html and 'href="../history/"' in html
    assert '<html lang="es" dir="ltr"' in html and '<body dir="ltr"' in html


def test_the_foot_leads_to_markdown_pages_in_the_readers_language_and_says_where_they_are_in_another(site):
    feet = {place: page(site, place).partition("<footer")[2] for place in ("", "es/", "es/incidents/open/")}

    assert '<a href="help/">Help</a>' in feet[""] and '<a href="terms/">Terms</a>' in feet[""]
    assert "Ayuda" not in feet[""] and "Acerca" not in feet[""] and ">Es</a>" not in feet[""]
    for place, up in (("es/", ""), ("es/incidents/open/", "../../")):
        assert f'<a href="{up}help/">Ayuda</a>' in feet[place] and "Help" not in feet[place]
        assert f'<a href="{up}acerca/">Acerca de esta página</a>' in feet[place]
        assert f'<a href="{up}../terms/" lang="en" hreflang="en">Terms</a>' in feet[place]


def test_a_markdown_page_leads_to_the_same_page_in_each_language_it_is_in(site):
    english, spanish, alone = page(site, "help"), page(site, "es/help"), page(site, "terms")

    assert 'href="../es/help/" lang="es" hreflang="es"' in english
    assert 'href="../../help/" lang="en" hreflang="en"' in spanish
    assert 'href="../es/" lang="es" hreflang="es"' in alone
    found = ElementTree.parse(site.root / "site/sitemap.xml").iterfind("{*}url")
    told = {url.findtext("{*}loc"): {link.get("hreflang"): link.get("href") for link in url[1:]} for url in found}
    root = "https://status.example.com/"
    both = {"en": f"{root}help/", "es": f"{root}es/help/"}
    assert told[f"{root}help/"] == told[f"{root}es/help/"] == both
    assert told[f"{root}terms/"] == {}


@pytest.mark.needs("chromium")
def test_a_markdown_page_of_another_language_asks_for_nothing_that_is_not_there(site):
    with serving(site.root / "site") as url:
        visit = browse(f"{url}es/help/", csp=POLICY)

    assert (visit.foreign, visit.console) == ((), ())
    assert "md-search" in page(site, "es/help") and "md-search" in page(site, "help")


def test_each_tree_has_a_search_of_its_own(site):
    english, spanish = [
        json.loads((site.root / "site" / tree / "search" / "search_index.json").read_text()) for tree in ("", "es")
    ]

    assert {each["location"] for each in spanish["docs"]} >= {"acerca/", "incidents/open/", "incidents/closed/"}
    assert not any(each["location"].startswith("es/") for each in english["docs"] + spanish["docs"])
    assert "La API responde despacio" in {each["title"] for each in spanish["docs"]}
    assert (site.root / "site/assets/find.js").is_file()
    assert '"search": "../../assets/find.js"' in page(site, "es/search")
    assert '"search": "../assets/javascripts/workers/' in page(site, "search")
    html = page(site, "es/search")
    assert '<html lang="es"' in html
    assert '"base": ".."' in html
    assert 'placeholder="Búsqueda"' in html
    assert 'action="../search/"' in page(site, "es/history")


ASKED = (
    ("es", "spacio", ["incidents/open/"]),
    ("es", "RESPÓNDE api", ["incidents/open/"]),
    ("ja", "決済", ["incidents/open/"]),
    ("ja", "ｶｰﾄﾞ 失敗", ["incidents/open/"]),
    ("ja", '"look into"', ["incidents/open/"]),  # not translated, and found as it stands there
    ("ja", "カート", []),
    ("ja", "決済 電話", []),
    ("ja", "電話", ["renraku/", "renraku/#_2"]),
    ("zh", "支付", ["incidents/open/"]),
    ("zh", "支付慢", []),
)
"""Part of a word, other accents, no spaces, half width, a phrase, another kana, words that do not stand together."""


@pytest.mark.needs("chromium")
def test_a_word_of_each_language_is_found_in_its_tree_however_it_is_typed(site):
    def ask(tab):
        for tree, words, _ in ASKED:
            tab.goto(f"{url}{tree}/search/?q={words}")
            before = re.search('search-result__meta">([^<]*)<', page(site, f"{tree}/search"))[1]
            meta = "document.querySelector('.md-search-result__meta').textContent"
            tab.wait_for_function(f"before => {meta} !== before", arg=before)
            links = [link.get_attribute("href") for link in tab.query_selector_all(".md-search-result__link")]
            found.append((tree, words, [link.removeprefix(f"{url}{tree}/") for link in links]))
            shown[words] = tab.inner_html(".md-search-result__list")

    found, shown = [], {}
    with serving(site.root / "site", below="/sub/", headers={"content-security-policy": POLICY}) as url:
        in_page(f"{url}ja/history/", ask)

    assert found == [*ASKED]
    assert "<h1>La <mark>API</mark> <mark>responde</mark> despacio</h1>" in shown["RESPÓNDE api"]
    assert "<h1><mark>カード</mark>での決済が<mark>失敗</mark>しています</h1>" in shown["ｶｰﾄﾞ 失敗"]
    assert "お問い合わせ&lt;b&gt;は<mark>電話</mark>へ。" in shown["電話"]


def test_badges_speak_each_language(site):
    english, spanish = [json.loads((site.root / "site" / tree / "badge.json").read_text()) for tree in ("", "es")]

    assert (english["label"], spanish["label"]) == ("Status", "Estado")
    assert english["message"] != spanish["message"]
    assert "Correo" in (site.root / "site/es/components/mail/badge.svg").read_text()


def test_the_page_of_a_wrong_address_speaks_every_language(site):
    html = (site.root / "site" / "404.html").read_text(encoding="utf-8")

    assert "There is no page here" in html
    assert '<section lang="es" dir="ltr"><h2>' in html
    assert 'href="/es/history/"' in html


def test_a_dead_link_in_a_translated_text_is_found(tmp_path):
    site = make(tmp_path)
    record = site.read("incidents/2026/open.yml").replace(
        "We look into it.", "We look into it.\n    translations: {es: {body: 'Lo [miramos](/components/apy/).'}}"
    )
    site.write("incidents/2026/open.yml", record)

    with pytest.raises(RecordError, match=r"open\.yml:7:45: updates\[0\]\.translations\.es\.body: .*components/api/"):
        site.build()


def translate(site: Site, number: int) -> None:
    text = site.read("incidents/2026/open.yml").replace(SPANISH, "")
    site.write("incidents/2026/open.yml", (SPANISH if number % 2 else "") + text)


SEQUENCE = (
    (edits.add_incident, 1), (translate, 1), (edits.commit, 0), (edits.add_update, 2), (edits.update_file, 7),
    (edits.edit_text, 3), (edits.minutes, 9), (translate, 2), (edits.rename, 0), (edits.past_midnight, 4),
    (edits.delete, 0), (edits.move_in_time, 5), (edits.commit, 1), (edits.past_an_edge_of_maintenance, 1),
)  # fmt: skip


def test_after_each_edit_both_trees_are_those_of_a_cold_build(tmp_path):
    site = make(tmp_path / "root")
    site.git("init", "--quiet")
    edits.commit(site, 0)
    site.build()
    for number, (edit, with_number) in enumerate(SEQUENCE):
        edit(site, with_number)
        site.build()
        if number % 5 == 1 or number == len(SEQUENCE) - 1:
            kept, made = site.tree(), site.cold(tmp_path / "cold")

            assert kept.keys() == made.keys(), edit.__name__
            assert [path for path in kept if kept[path] != made[path]] == [], edit.__name__
            assert site.build().written == 0


def test_a_language_that_goes_takes_its_tree_along_and_comes_back_whole(tmp_path):
    site = make(tmp_path / "root")
    site.build()
    both = site.tree()
    site.write("mkdocs.yml", site.read("mkdocs.yml").replace("[en, es]", "[en]"))
    site.build()
    one = site.tree()
    site.write("mkdocs.yml", site.read("mkdocs.yml").replace("[en]", "[en, es]"))
    shutil.rmtree(site.root / "site" / "es", ignore_errors=True)
    site.build()

    assert not any(path.startswith("es/") for path in one)
    assert "hreflang" not in one["index.html"].decode()
    assert site.tree() == both
