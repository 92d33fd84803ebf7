"""A page that stays open follows what is published, and says when it cannot: in a real browser, at a real server."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from stillup import pipeline
from stillup.api.headers import EVERYWHERE
from tests.hands.conftest import COMPONENTS, MKDOCS
from tests.tools import in_page, need, serving, wait

HEADING = "document.querySelector('.say h1').textContent"
NOTICE = "document.querySelector('#live > [role=status]').textContent"
AGE = "document.querySelector('#live > .meta').textContent"
GREEN = """[...document.querySelectorAll('.say, .row')].filter(e => e.checkVisibility())
    .map(e => getComputedStyle(e.querySelector('.mark, .state')).color)"""
HEADERS = dict(EVERYWHERE)
INCIDENT = "incidents/declined/"
COUNTED = """
    window.asked = window.pending = 0;
    // Counted as done once the page has done with it: in a turn of its own, after all that follows at once.
    const turn = new MessageChannel(), done = () => turn.port2.postMessage(0);
    turn.port1.onmessage = () => { pending-- };
    const counted = (work) => { pending++; return work.finally(done); };
    const real = window.fetch, text = Response.prototype.text;
    window.fetch = (...all) => { asked++; return counted(real(...all)); };
    Response.prototype.text = function () { return counted(text.call(this)); };
"""
MINUTE = timedelta(minutes=1)


def moment() -> datetime:
    """Return the second that is now."""
    return datetime.now(UTC).replace(microsecond=0)


def incident(root, now, *statuses):
    """Write an incident with an update for each of `statuses`, a minute apart, the first twenty minutes before now."""
    (root / "incidents").mkdir(exist_ok=True)
    lines = "".join(f"\n      Line {number} of it.\n" for number in range(20))
    updates = "".join(
        f"  - at: {now + (n - 20) * MINUTE:%Y-%m-%dT%H:%M:%SZ}\n    status: {status}\n"
        + ("    components: {payments: major_outage}\n    next_update_in: 30m\n" if not n else "")
        + f"    body: |\n      Number {n} of what we know.\n{lines}"
        for n, status in enumerate(statuses)
    )
    (root / "incidents" / "declined.yml").write_text(f"title: Cards are declined\nupdates:\n{updates}")


@pytest.fixture(scope="module")
def now() -> datetime:
    """When the stages are told: by the clock, since a server says what time it is, and not before they are needed."""
    return moment()


@pytest.fixture(scope="module")
def stages(now, tmp_path_factory) -> Path:
    """A page as it was published on a calm day, after a first update and after a second one: a folder for each.

    Also as it was two days ago, and as it would be told for that instant.
    """
    need("chromium")
    root = tmp_path_factory.mktemp("live") / "page"
    for name, text in {"mkdocs.yml": MKDOCS, "docs/about.md": "# About\n"}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    (root / "components").mkdir()
    for id, name in COMPONENTS.items():
        (root / "components" / f"{id}.yml").write_text(f"name: {name}\n")
    for name, live in {"old": True, "stated": False}.items():
        pipeline.build(root, at=now - timedelta(days=2), live=live)
        shutil.copytree(root / "site", root.parent / name)
    # A page tells its instant to the second: each is built for a second of its own, however quick a build is.
    stories = {"calm": (), "first": ("investigating",), "second": ("investigating", "identified")}
    for second, (name, statuses) in enumerate(stories.items()):
        if statuses:
            incident(root, now, *statuses)
        pipeline.build(root, at=now + timedelta(seconds=second), live=True)
        shutil.copytree(root / "site", root.parent / name)
    return root.parent


class Host:
    """Where a page is published: whatever tree is put there is served from the next request on."""

    def __init__(self, folder: Path, tree: Path) -> None:
        self.folder = folder / "served"
        self.folder.symlink_to(tree)

    def put(self, tree: Path) -> None:
        fresh = self.folder.with_name("fresh")
        fresh.symlink_to(tree)
        fresh.replace(self.folder)


def visit(url, work, zone="UTC", **view):
    """Open `url` with a clock that goes when told to; return what `work` does, what was asked and what went wrong."""
    asked, wrong = [], []

    def listen(tab):
        now = datetime.now(UTC)
        tab.clock.install(time=now - timedelta(hours=1))  # from here it goes by itself, until it is told to stand
        tab.clock.pause_at(now)
        tab.add_init_script(COUNTED)
        tab.on("request", lambda request: asked.append(request.url.split("/", 3)[3]))
        tab.on("console", lambda said: wrong.append(said.text) if said.type in {"error", "warning"} else None)
        tab.on("pageerror", lambda error: wrong.append(str(error)))

    return in_page(url, work, listen=listen, timezone_id=zone, **view), asked, wrong


def beat(tab, until="true"):
    """Let time go by until the page has asked once more and `until` holds; return how many seconds, to ten."""
    before, waited = tab.evaluate("asked"), 0
    while tab.evaluate("asked") == before:
        tab.clock.run_for(10_000)  # less than the page waits for an answer
        waited += 10
        assert waited < 1000, "it does not ask"
    see(tab, f"pending === 0 && ({until})")
    return waited


def see(tab, holds):
    """Wait until `holds`: playwright's own way to wait would need the clock that stands."""
    wait(lambda: tab.evaluate(holds), holds)


def test_a_page_built_anew_is_shown_and_announced_without_a_reload(page):
    need("chromium")
    now = moment()
    pipeline.build(page, at=now, live=True)

    def work(tab):
        beat(tab)
        calm = [tab.evaluate(each) for each in (HEADING, NOTICE)]
        tab.evaluate("window.stays = true")
        tab.click(".row summary >> nth=1")
        incident(page, now, "investigating")
        pipeline.build(page, at=now + timedelta(seconds=1), live=True)
        beat(tab, f"{NOTICE} !== ''")
        seen = [tab.evaluate(each) for each in (HEADING, NOTICE, "window.stays")]
        polite = tab.locator("#live > [role=status]").aria_snapshot()
        opened = tab.evaluate("[...document.querySelectorAll('.row')].map(row => row.open)")
        cases = tab.locator(".case h2").all_inner_texts()
        return calm, seen, polite, opened, cases, tab.title(), tab.get_attribute("link[rel=icon]", "href")

    with serving(page / "site", below="/sub/", headers=HEADERS) as url:
        (calm, (heading, notice, stays), polite, opened, cases, title, icon), asked, wrong = visit(url, work)

    assert calm == ["All Systems Operational", ""]
    assert (heading, title) == ("Major System Outage", "Major System Outage · Ledger Status")
    assert notice.startswith("Updated at ")
    assert notice in polite
    assert (stays, icon) == (True, "assets/tab-major.svg")
    assert opened == [False, True, False]
    assert cases == ["Cards are declined"]
    assert {place.split("/")[0] for place in asked} == {"sub"}
    assert wrong == []


def test_a_new_update_leaves_focus_and_place_to_the_reader(stages, tmp_path):
    host = Host(tmp_path, stages / "first")
    tops = "[...document.querySelectorAll('.ups .txt p')].map(each => each.getBoundingClientRect().top)"

    def work(tab):
        beat(tab)
        tab.focus(".ups .when a")
        tab.evaluate("document.activeElement.mine = true; scrollTo(0, 300)")
        before = tab.evaluate(tops)
        host.put(stages / "second")
        beat(tab, "document.querySelectorAll('.ups > li').length === 2")
        after = tab.evaluate(tops)
        return before, after, tab.evaluate("document.activeElement.mine"), tab.evaluate(NOTICE)

    with serving(host.folder, headers=HEADERS) as url:
        (before, after, mine, notice), _, wrong = visit(url + INCIDENT, work)

    first = next(number for number, top in enumerate(before) if top > 900 / 4)
    assert first
    assert abs(before[first] - after[first + len(after) - len(before)]) <= 1
    assert mine
    assert notice.endswith(" Identified")
    assert wrong == []


def test_it_asks_for_the_page_only_when_another_was_published(stages, tmp_path):
    """A page is fetched again where it may be an older one: a cache may have given it, and may give it once more."""
    host = Host(tmp_path, stages / "first")

    def work(tab):
        for _ in range(4):
            beat(tab)
        host.put(stages / "second")
        for _ in range(4):
            beat(tab)

    with serving(host.folder, headers=HEADERS) as url:
        _, asked, _ = visit(url, work)

    assert asked.count("") == 2  # as it was opened, and once when it was another
    assert asked.count("heartbeat.json") == 8


def test_a_failing_heartbeat_is_asked_for_less_and_less_and_the_page_says_since_when(stages, tmp_path):
    host = Host(tmp_path, stages / "calm")

    def work(tab):
        beat(tab)
        green = tab.evaluate(GREEN)
        # It heard from the server within the last ten seconds that went by: the minute may have changed since.
        since = tab.evaluate("[0, 1e4].map(ago => new Date(Date.now() - ago).toISOString().slice(11, 16))")
        host.put(tmp_path / "nothing")
        waits = [beat(tab) for _ in range(7)]
        said = [tab.evaluate(each) for each in (NOTICE, GREEN, "document.title")]
        tab.screenshot(path=tmp_path / "lost.png")
        host.put(stages / "calm")
        beat(tab, f"{NOTICE} === ''")
        return green, since, waits, said, [tab.evaluate(each) for each in (NOTICE, GREEN, "document.title")]

    with serving(host.folder, headers=HEADERS) as url:
        (green, since, waits, (notice, lost, title), back), _, _ = visit(url, work)

    assert notice.startswith(tuple(f"No contact with this page's server since {minute} UTC." for minute in since))
    assert title == "Last known: All Systems Operational · Ledger Status"
    assert set(lost).isdisjoint(green)
    assert waits[1] <= 20  # asked again soon, before anything is said
    assert waits[1] < waits[3] < waits[5]
    assert max(waits) <= 300 * 1.25 + 10
    assert back == ["", green, "All Systems Operational · Ledger Status"]


def test_offline_the_page_says_so_at_once_and_is_not_green(stages, shots):
    def work(tab):
        beat(tab)
        green = tab.evaluate(GREEN)
        tab.context.set_offline(True)
        see(tab, f"{NOTICE} !== ''")
        said = [tab.evaluate(each) for each in (NOTICE, GREEN)]
        tab.screenshot(path=shots / "live-offline-1280-light.png")
        tab.context.set_offline(False)
        beat(tab, f"{NOTICE} === ''")
        return green, said, tab.evaluate(GREEN)

    with serving(stages / "calm", headers=HEADERS) as url:
        (green, (notice, lost), back), _, _ = visit(url, work)

    assert notice.startswith("You are offline. What you see was true at ")
    assert set(lost).isdisjoint(green)
    assert back == green


def test_a_page_that_nobody_looks_at_asks_for_nothing(stages):
    def look(tab, hidden):
        tab.evaluate(f"window.away = {hidden}; document.dispatchEvent(new Event('visibilitychange'))")

    def work(tab):
        tab.evaluate("Object.defineProperty(document, 'hidden', {get: () => window.away})")
        look(tab, "true")
        tab.clock.run_for(3_600_000)
        unseen = tab.evaluate("asked")
        look(tab, "false")
        tab.clock.run_for(1000)
        see(tab, "pending === 0")
        return unseen, tab.evaluate("asked")

    with serving(stages / "calm", headers=HEADERS) as url:
        (unseen, seen), _, _ = visit(url, work)

    assert (unseen, seen) == (0, 1)


def test_a_page_that_should_have_been_built_since_says_how_old_it_is(stages):
    def work(tab):
        beat(tab, f"{AGE} !== ''")
        return tab.evaluate(AGE), tab.evaluate(NOTICE)

    with serving(stages / "old", headers=HEADERS) as url:
        (age, notice), _, _ = visit(url, work)

    assert (age, notice) == ("This page was built 2 days ago, and a newer one is due.", "")


def test_a_page_of_a_stated_instant_follows_nothing(stages):
    def work(tab):
        beat(tab)
        tab.clock.run_for(3_600_000)
        return tab.evaluate(AGE), tab.evaluate(NOTICE)

    with serving(stages / "stated", headers=HEADERS) as url:
        said, asked, _ = visit(url, work)

    assert said == ("", "")
    assert asked.count("heartbeat.json") == 1


@pytest.mark.parametrize("zone", ["UTC", "Africa/Abidjan", "Asia/Kolkata", "Pacific/Kiritimati", "America/St_Johns"])
def test_the_readers_own_time_stands_beside_the_pages_where_it_differs(stages, now, zone):
    """Abidjan has the page's time under another name; Kiritimati is 14 hours ahead, often on another day."""

    def work(tab):
        found = [tab.locator(f".f-since {name}").all_text_contents() for name in ("time", ".own")]
        return found, tab.evaluate("document.documentElement.scrollWidth")

    with serving(stages / "first", headers=HEADERS) as url:
        ((theirs, own), width), _, _ = visit(url, work, zone, width=320)

    began = now - 20 * MINUTE
    local = began.astimezone(ZoneInfo(zone))
    day = "" if local.date() == began.date() else f"{local:%a} "
    assert theirs[0].endswith(f"{began:%H:%M} UTC")
    assert own == ([f" {day}{local:%H:%M} your time"] if local.utcoffset() else [])
    assert width == 320


def test_opened_from_a_disk_it_does_nothing(stages):
    def work(tab):
        tab.clock.run_for(600_000)
        return tab.evaluate(NOTICE), tab.evaluate("document.querySelectorAll('.own').length")

    said, asked, wrong = visit((stages / "first" / "index.html").as_uri(), work, "Asia/Kolkata")

    assert said == ("", 0)
    assert [place for place in asked if place.endswith("json")] == []
    assert wrong == []


def test_the_setting_leaves_it_out(page):
    settings = page / "mkdocs.yml"
    settings.write_text(settings.read_text() + "      live: false\n")
    site = pipeline.build(page, at=moment(), live=True).site

    for place in ("index.html", "components/sms/index.html", "maintenance/index.html"):
        text = (site / place).read_text()
        assert 'id="live"' not in text
        assert "live.js" not in text
