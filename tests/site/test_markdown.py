"""Markdown pages in the trees of several languages: what the foot leads to."""

from types import SimpleNamespace

from stillup.site.frame import Tongue
from stillup.site.markdown import Entry, Markdown

TONGUES = tuple(
    Tongue(tag=tag, name=tag, direction="ltr", at=at) for tag, at in (("en", ""), ("es", "es/"), ("pt-BR", "pt-BR/"))
)


def written(name, title, *, home=False):
    """Return a page as MkDocs has it."""
    file = SimpleNamespace(src_uri=f"{name}.md", url=f"{name}/")
    file.page = SimpleNamespace(
        file=file, url=file.url, title=title, is_page=True, is_link=False, is_homepage=home, children=None, meta={}
    )
    return file.page


def section(title, *children):
    return SimpleNamespace(title=title, children=children, is_page=False, is_link=False)


def link(title, url):
    return SimpleNamespace(title=title, url=url, children=None, is_page=False, is_link=True)


def listed(*nav, at="", tongues=TONGUES):
    pages = [each for item in nav for each in item.children or [item] if each.is_page]
    files = {page.file.src_uri: page.file for page in pages}
    return list(Markdown(SimpleNamespace(get_file_from_path=files.get), tongues).listed(nav, at))


ABOUT, ACERCA, TERMS = written("about", "About"), written("es/about", "Acerca"), written("terms", "Terms")
SPANISH = section("Es", ACERCA, written("es/legal", "Aviso legal"))


def test_a_page_of_one_language_lists_what_it_has():
    nav = (written("index", "Home", home=True), ABOUT, section("More", TERMS, ABOUT), link("Shop", "https://a.example"))

    assert [(each.title, each.url, each.language) for each in listed(*nav, tongues=())] == [
        ("About", "about/", ""),
        ("More", "terms/", ""),
        ("Shop", "https://a.example", ""),
    ]


def test_each_tree_lists_its_own_pages_once_in_the_order_of_the_navigation():
    nav = (ABOUT, SPANISH, TERMS)

    assert listed(*nav) == [Entry(title="About", url="about/"), Entry(title="Terms", url="terms/")]
    assert listed(*nav, at="es/") == [
        Entry(title="Acerca", url="es/about/"),
        Entry(title="Aviso legal", url="es/legal/"),
        Entry(title="Terms", url="terms/", language="en"),
    ]
    assert [each.title for each in listed(SPANISH, ABOUT, at="es/")] == ["Acerca", "Aviso legal"]


def test_what_is_in_no_other_language_is_shown_in_the_first_and_never_in_a_third():
    assert listed(ABOUT, SPANISH, at="pt-BR/") == [Entry(title="About", url="about/", language="en")]


def test_a_page_that_is_only_named_like_a_language_belongs_to_the_first():
    assert listed(written("essay", "Essay")) == [Entry(title="Essay", url="essay/")]
