"""Page bodies: whole, valid, free of words and styles of their own."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import html5lib  # type: ignore[import-untyped]
import pytest
from jinja2 import Environment, FileSystemLoader, UndefinedError
from markupsafe import Markup, escape

from stillup.errors import RecordError
from stillup.site.frame import Frame
from stillup.site.override import watch
from stillup.site.page import Page, Pages
from stillup.views.incident import Edit
from stillup.views.shape import Body, Fact, Time
from tests.site import views_sample as views
from tests.site.conftest import OFFERS, draw, frame_of
from tests.site.words_sample import Marked

PAGES = Pages(frame_of())


def text_of(page: Page) -> str:
    """Return what a reader sees of `page`, spaces joined."""
    return " ".join(Markup(page.body).striptags().split())


class Words(HTMLParser):
    """Collects every text a reader may meet: in elements and in attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        spoken = {"aria-label", "alt", "title", "placeholder", "data-more"}
        self.texts += [value or "" for name, value in attrs if name in spoken]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def blank(value: object) -> object:
    """Return `value` with a sign instead of every text, to see what templates add of their own."""
    if isinstance(value, Markup):
        return Markup("§")
    if isinstance(value, str):
        return "§"
    if isinstance(value, tuple):
        return tuple(blank(part) for part in value)
    if isinstance(value, Body):
        return Body(html=Markup("§"), text="§", line="§")
    fields = getattr(value, "__dataclass_fields__", {})
    return replace(value, **{name: blank(getattr(value, name)) for name in fields}) if fields else value  # type: ignore[type-var]


def test_the_home_page_says_by_what_one_hears_of_the_next_update() -> None:
    assert "Hear of the next update: e-mail, SMS, feed" in text_of(PAGES.home(views.HOME))


def test_templates_have_no_words_of_their_own() -> None:
    frame = Frame(words=Marked(), masthead=blank(views.MASTHEAD), offers=OFFERS)  # type: ignore[arg-type]
    pages = Pages(frame)
    made = [
        pages.home(blank(views.HOME)),  # type: ignore[arg-type]
        pages.home(blank(views.QUIET_HOME)),  # type: ignore[arg-type]
        pages.incident(blank(views.OUTAGE)),  # type: ignore[arg-type]
        pages.incident(blank(views.DECLINED)),  # type: ignore[arg-type]
        pages.component(blank(views.STRIPE)),  # type: ignore[arg-type]
        pages.month(blank(views.NOVEMBER)),  # type: ignore[arg-type]
        pages.year(blank(views.YEAR)),  # type: ignore[arg-type]
        pages.maintenance(blank(views.MAINTENANCE)),  # type: ignore[arg-type]
        pages.uptime(blank(views.UPTIME)),  # type: ignore[arg-type]
        pages.subscribe(blank(views.SUBSCRIBE)),  # type: ignore[arg-type]
    ]
    for page in made:
        words = Words()
        words.feed(page.body + page.built)
        left = re.sub(r"⟦.*?⟧", "", "".join(words.texts), flags=re.S)
        assert not re.search(r"[^\W\d_]", left), (page.kind, re.findall(r"\S*[^\W\d_]+\S*", left))


def test_every_body_is_well_formed(drawn: list[Page]) -> None:
    for page in drawn:
        parser = html5lib.HTMLParser(strict=True)
        parser.parseFragment(str(page.body))


def test_no_style_or_script_is_written_into_a_page(site: Path) -> None:
    for path in site.rglob("*.html"):
        document = path.read_text(encoding="utf-8")
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", document.replace("<svg xmlns", "")), path
        for script in re.findall(r"<script[^>]*>", document):
            assert "src=" in script or 'type="application/json"' in script, (path, script)


def test_ids_are_unique_in_each_page(site: Path) -> None:
    for path in site.rglob("*.html"):
        ids = re.findall(r'\sid="([^"]*)"', path.read_text(encoding="utf-8"))
        assert len(ids) == len(set(ids)), (path, sorted(name for name in ids if ids.count(name) > 1))


def test_two_incidents_updated_at_once_share_no_id_on_the_home_page() -> None:
    twice = PAGES.home(replace(views.HOME, open=(views.OUTAGE, views.OUTAGE), earlier=("1 earlier update", "")))
    ids = re.findall(r'\sid="([^"]*)"', twice.body)

    assert len(ids) == len(set(ids))


def test_every_link_to_a_drawn_page_arrives_from_any_depth(site: Path) -> None:
    made = {
        "feed.atom",
        "feed.json",
        "feed.rss",
        "maintenance.ics",
        *(path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()),
    }
    elsewhere = re.compile(r"^(components|incidents|history|lite)/?")
    for path in site.rglob("index.html"):
        here = path.relative_to(site).parent
        for link in re.findall(r'(?:href|src|action)="([^"]*)"', path.read_text(encoding="utf-8")):
            if re.match(r"[a-z]+:|#", link):
                continue
            target = (site / here / link.partition("#")[0]).resolve().relative_to(site.resolve()).as_posix()
            target = "" if target == "." else target
            known = target in made or f"{target}/index.html".lstrip("/") in made
            assert known or elsewhere.match(target), (path, link, target)


def test_links_of_the_missing_page_are_absolute(site: Path) -> None:
    for link in re.findall(r'(?:href|src)="([^"]*)"', (site / "404.html").read_text(encoding="utf-8")):
        assert link.startswith(("/sub/", "https://", "#")), link


def test_the_current_section_is_named(site: Path) -> None:
    def current(path: str) -> list[tuple[str, str]]:
        document = (site / path / "index.html").read_text(encoding="utf-8")
        return re.findall(r'aria-current="([a-z]+)">([^<]*)', document.partition("<main")[0])

    assert current("") == [("page", "Status")]
    assert current("incidents/card-payments-declined") == [("true", "History")]
    assert current("maintenance") == [("page", "Maintenance")]
    assert current("subscribe") == [("page", "Subscribe")]


def test_every_head_names_the_feeds_and_the_page(site: Path) -> None:
    for path in site.rglob("index.html"):
        head = path.read_text(encoding="utf-8").partition("</head>")[0]
        assert 'type="application/atom+xml"' in head, path
        assert 'type="application/rss+xml"' in head, path
        assert head.count('<meta name="description"') == 1, path
        place = path.parent.relative_to(site).as_posix()
        address = "https://status.example.com/sub/" + ("" if place == "." else place + "/")
        assert f'<link rel="canonical" href="{address}">' in head, path


def test_an_affected_component_is_a_link_to_its_page() -> None:
    assert '<a href="components/ledger-database/">Ledger database</a>' in PAGES.home(views.HOME).body
    assert '<a href="../../components/sms/">SMS</a>' in PAGES.incident(views.OUTAGE).body


def test_the_time_of_an_update_is_its_permanent_link() -> None:
    page = PAGES.incident(views.OUTAGE)

    assert 'id="20261120t104100z"' in page.body
    assert '<a href="#20261120t104100z"><time datetime="2026-11-20T10:41:00Z">' in page.body
    assert 'href="incidents/sign-in-and-payments-failing/#20261120t104100z"' in PAGES.home(views.HOME).body


def test_the_postmortem_stands_before_the_updates_and_can_be_linked_to() -> None:
    body = PAGES.incident(views.DECLINED).body

    assert body.index('id="postmortem"') < body.index('id="20261109t155500z"')


def test_an_edit_shows_when_and_what() -> None:
    with_note, without = PAGES.incident(views.OUTAGE).body, PAGES.incident(views.DECLINED).body

    assert re.search(r"<details class=\"edit\"><summary>Edited <time[^>]*>20 Nov, 10:33 UTC.*a disk failure", with_note)
    assert re.search(r"<p class=\"edit\">Edited <time[^>]*>9 Nov, 15:02 UTC", without)


def test_a_withdrawn_update_keeps_its_place_and_tells_why() -> None:
    gone = replace(
        views.OUTAGE.updates[0],
        body=views.body("It was about another incident."),
        withdrawn=Edit(time=Time(iso="2026-11-20T10:44:00Z", text="20 Nov, 10:44 UTC")),
        facts=(Fact(key="eta", label="Expected", html=escape("noon"), text="noon"),),
    )
    page = PAGES.incident(replace(views.OUTAGE, updates=(gone,)))

    assert 'id="20261120t104100z"' in page.body
    assert "Withdrawn 20 Nov, 10:44 UTC It was about another incident." in text_of(page)
    assert "noon" not in page.body


def test_a_reopening_is_said() -> None:
    newest, *older = views.OUTAGE.updates
    again = (replace(newest, opening=True), replace(older[0], closing=True), *older[1:])

    assert "Reopened" not in PAGES.incident(views.OUTAGE).body
    assert PAGES.incident(replace(views.OUTAGE, updates=again)).body.count("Reopened") == 1
    home = replace(views.HOME, open=(replace(views.OUTAGE, updates=again),))
    assert PAGES.home(home).body.count("Reopened") == 1


def test_what_was_changed_stands_with_the_resolution_until_a_postmortem_says_more() -> None:
    facts = (
        Fact(key="progress", label="Progress", html=escape("Said in the text."), text=""),
        Fact(key="prevention", label="Prevention", html=escape("An alarm for declines."), text=""),
        Fact(key="monitoring", label="Monitoring", html=escape("We watch it for a day."), text=""),
    )
    update = replace(views.DECLINED.updates[0], facts=facts)
    alone = replace(views.DECLINED, updates=(update,), postmortem=None)
    page = PAGES.incident(alone)

    assert "<dt>Prevention</dt><dd>An alarm for declines.</dd>" in page.body
    assert "<dt>Monitoring</dt><dd>We watch it for a day.</dd>" in page.body
    assert "Said in the text." not in page.body
    assert "Prevention" not in PAGES.incident(replace(alone, postmortem=views.DECLINED.postmortem)).body


def test_what_comes_next_stands_with_the_newest_update_only() -> None:
    facts = (
        Fact(key="progress", label="Progress", html=escape("Two of three done."), text=""),
        Fact(key="next_steps", label="Next steps", html=escape("Check balances."), text=""),
        Fact(key="monitoring", label="Monitoring", html=escape("We watch it for a day."), text=""),
    )
    updates = tuple(replace(update, facts=facts) for update in views.OUTAGE.updates)
    page = PAGES.incident(replace(views.OUTAGE, updates=updates)).body

    assert [page.count(fact.html) for fact in facts] == [1, 1, 1]


def test_a_late_promise_is_said_at_the_next_build_too() -> None:
    late = replace(views.DUE, late=True)
    page = PAGES.home(replace(views.HOME, promise=late))

    assert re.search(r'<p class="next late" data-live><span hidden>Next update by', page.body)
    assert re.search(r"<span><svg[^>]*>.*?</svg>Update overdue since <b><time[^>]*>10:56 UTC", page.body)


def test_a_page_as_of_a_stated_instant_leaves_the_promise_as_it_was_then() -> None:
    then = replace(views.HOME, promise=replace(views.DUE, live=False))

    assert '<p class="next"><span>Next update by' in PAGES.home(then).body
    assert '<p class="next" data-live><span>Next update by' in PAGES.home(views.HOME).body


def test_without_a_promise_none_is_shown() -> None:
    assert 'class="next' not in PAGES.home(replace(views.HOME, promise=None)).body
    assert 'class="next' not in PAGES.incident(replace(views.OUTAGE, promise=None)).body


def test_each_further_open_incident_says_its_own_promise() -> None:
    assert PAGES.home(views.HOME).body.count('class="next"') == 1
    two = replace(views.HOME, open=(views.OUTAGE, views.OUTAGE), earlier=("", ""))
    assert PAGES.home(two).body.count('class="next"') == 2


def test_older_updates_are_folded_where_the_view_says_so() -> None:
    folded = PAGES.home(views.HOME).body
    whole = PAGES.home(replace(views.HOME, earlier=("",))).body

    assert folded.index("1 earlier update</summary>") < folded.index("most customers. We are looking for the cause.")
    assert '<details class="older"' not in whole
    assert whole.count('class="when"><b>') == 4


def test_every_row_says_its_bars_in_words_and_leads_on() -> None:
    body = PAGES.home(views.HOME).body

    assert 'role="img" aria-label="90 days: 85 without trouble, 5 with"' in body
    assert '<a href="components/payments/">Payments: a year of days</a>' in body


def test_hidden_uptime_leaves_the_state() -> None:
    row = PAGES.home(views.HOME).body.partition("<span>Sandbox</span>")[2].partition("</summary>")[0]

    assert "Operational" in row
    assert "bars" not in row
    assert "pct" not in row


def test_a_page_without_components_has_no_section_for_them() -> None:
    assert "co" not in re.findall(r'id="(\w+)"', PAGES.home(replace(views.HOME, groups=())).body)


@pytest.mark.parametrize(("key", "icon"), [("major", "tab-major"), ("maint", "tab-maint"), ("ok", "mark")])
def test_the_tab_shows_trouble_and_nothing_else(key: str, icon: str) -> None:
    assert PAGES.home(replace(views.HOME, overall=views.state(key))).icon == icon


def test_two_hundred_components_stay_light() -> None:
    rows = tuple(views.row(f"Service {n}", "ok", "100 %") for n in range(200))
    many = PAGES.home(replace(views.HOME, groups=(views.group("All", "200 components", "100 %", "ok", *rows),)))

    assert len(many.body) < 300_000


def test_what_people_wrote_is_escaped() -> None:
    nasty = replace(views.OUTAGE, title="<script>alert(1)</script>", reference='"><b>', kick="<i>", severity="<u>")
    body = PAGES.incident(nasty).body + PAGES.home(replace(views.HOME, open=(nasty,))).body

    assert not re.search(r"<script|<i>|<u>|\"><b>\"", body)


def test_without_contact_and_reference_nothing_is_said_of_them() -> None:
    pages = Pages(frame_of(support_url="", support_email=""))

    assert 'class="hint"' not in pages.incident(replace(views.DECLINED, reference="", severity="")).body
    assert "support" not in pages.incident(replace(views.OUTAGE, reference="")).body.partition('class="hint"')[2]
    mail = Pages(frame_of(support_url=""))
    assert 'href="mailto:support@example.com"' in mail.incident(views.OUTAGE).body


def test_an_override_may_build_on_ours(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "subscribe.html").write_text('{% include "default/pages/subscribe.html" %}<p>Call us.</p>')
    page = Pages(frame_of(), [tmp_path]).subscribe(views.SUBSCRIBE)

    assert "E-mail" in page.body
    assert page.body.rstrip().endswith("<p>Call us.</p>")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{ say('subscribe.title') }}\n{{ nosuch.thing }}", ":2:1: 'nosuch' is undefined."),
        ("\n\n{% if %}", ":3:1: Expected an expression, got 'end of statement block'."),
        ("{% include 'gone.html' %}", ":1:1: There is no template gone.html."),
        ("{{ say('nosuch') }}", ":1:1: UnknownWords: "),
    ],
)
def test_a_fault_in_an_override_is_told_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "mine" / "pages").mkdir(parents=True)
    (tmp_path / "mine" / "pages" / "subscribe.html").write_text(text)

    with pytest.raises(RecordError) as caught:
        Pages(frame_of(), [tmp_path / "mine"]).subscribe(views.SUBSCRIBE)

    assert str(caught.value).startswith(f"mine/pages/subscribe.html{said}")


def test_a_fault_in_an_override_of_the_frame_is_refused_in_the_words_of_whoever_asks(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "main.html").write_text("{% extends 'base.html' %}\n{% block body %}{{ a.b }}{% endblock %}")
    (tmp_path / "base.html").write_text("{% block body %}{% endblock %}{{ c.d if broken }}")
    theirs = Environment(loader=FileSystemLoader([tmp_path / "mine", tmp_path]))
    watch(theirs, [tmp_path / "mine"], lambda problem: KeyError(f"{problem.file}:{problem.line}"))

    with pytest.raises(KeyError, match="mine/main.html:2"):
        theirs.get_template("main.html").render()
    with pytest.raises(UndefinedError):
        theirs.get_template("base.html").render(broken=True)


def test_a_fault_of_ours_keeps_its_traceback(tmp_path: Path) -> None:
    with pytest.raises(AttributeError):
        Pages(frame_of(), [tmp_path]).subscribe(views.OUTAGE)  # type: ignore[arg-type]


def test_drawing_again_gives_the_same_bytes(drawn: list[Page]) -> None:
    assert draw(Pages(frame_of())) == drawn


def test_an_open_incident_leads_to_messages_about_it_where_somebody_takes_people_in():
    served = replace(frame_of(), signup="https://subscribe.example.com/?incident=")
    link = re.compile(r'<a href="(https://subscribe[^"]+)">([^<]+)')

    told = [
        link.findall(Pages(served).incident(view).body) for view in (views.OUTAGE, replace(views.OUTAGE, open=False))
    ]

    assert told == [
        [(f"https://subscribe.example.com/?incident={views.OUTAGE.id}", "Get messages about this incident alone")],
        [],
    ]
    assert link.findall(Pages(frame_of()).incident(views.OUTAGE).body) == []
