"""Hostile texts in every field that takes them, published; a browser opens every page under the shipped policy."""

import csv
import email
import email.policy
import io
import json
import re
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from icalendar import Calendar
from lxml import etree

from stillup.api.headers import EVERYWHERE
from tests.browser import in_page
from tests.hostile.payload import LINES, MARK, TEXTS
from tests.tools import serving, stillup

if TYPE_CHECKING:
    from playwright.sync_api import Page

AT = "2026-11-20T10:45:00Z"
TEXT_FIELDS = (
    "body", "impact_text", "progress", "next_steps", "eta", "scope", "summary",
)  # fmt: skip
LAST_FIELDS = ("body", "resolution", "prevention", "monitoring")
CALENDAR = {"VCALENDAR", "VEVENT", "VTIMEZONE", "STANDARD", "DAYLIGHT", "VALARM"}
SAFE_SCHEMES = {"http", "https", "mailto", "tel", ""}

# What a page may not hold, whatever people wrote. Scripts of ours come from files.
STRANGE = """() => {
  const found = [];
  const handler = name => /^on/i.test(name);
  for (const node of document.querySelectorAll('*')) {
    for (const {name, value} of node.attributes) {
      if (handler(name)) found.push(`${node.tagName} ${name}=${value}`);
      const address = /^(href|src|action|formaction|xlink:href|data)$/i.test(name);
      if (address && /^\\s*(javascript|vbscript|data:text)/i.test(value))
        found.push(`${node.tagName} ${name}=${value}`);
      if (name === 'style' && node !== document.documentElement) found.push(`${node.tagName} style=${value}`);
    }
  }
  for (const name of ['iframe', 'object', 'embed', 'base[href]', 'math', 'template', 'form[action^="http"]'])
    for (const node of document.querySelectorAll(name)) found.push(node.outerHTML.slice(0, 200));
  for (const node of document.querySelectorAll('script:not([src]):not([type$="json"])'))
    found.push(node.outerHTML.slice(0, 200));
  for (const node of document.querySelectorAll('meta[http-equiv="refresh" i]'))
    if (/evil/.test(node.outerHTML)) found.push(node.outerHTML);
  if ('pwned' in window) found.push('a script ran');
  return found;
}"""


def write(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=1_000_000), encoding="utf-8")


def incident(number: int, lines: Iterator[str], texts: Iterator[str]) -> dict[str, Any]:
    """A record with a payload in each field; every fourth is closed and has a postmortem."""
    day, closed = 1 + number % 19, number % 4 == 0
    updates = [
        {
            "at": f"2026-11-{day:02}T08:00:00Z",
            "status": "investigating",
            "components": {f"part-{number % 7}": "partial_outage"},
            **{name: next(texts) for name in TEXT_FIELDS},
            "translations": {"es": {"body": next(texts)}},
        },
        {
            "at": f"2026-11-{day:02}T09:00:00Z",
            "status": "resolved" if closed else "identified",
            "correction": next(texts),
            "edited_at": f"2026-11-{day:02}T09:30:00Z",
            "was": {"body": next(texts), "translations": {"es": {"body": next(texts)}}},
            **{name: next(texts) for name in LAST_FIELDS},
        },
    ]
    made: dict[str, Any] = {"title": next(lines)[:180], "severity": f"P{number % 4}", "updates": updates}
    if closed:
        made["postmortem"] = {"at": f"2026-11-{day:02}T20:00:00Z", "body": next(texts)}
    return made


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> Path:
    """A page whose every text is hostile, published with its outbox."""
    root = tmp_path_factory.mktemp("hostile")
    lines, texts = cycle(LINES), cycle(TEXTS)
    for number in range(7):
        component = {"name": f"{number} {LINES[number * 5]}"[:100], "description": next(texts), "group": "all"}
        write(root / f"components/part-{number}.yml", component)
    write(root / "components/_groups.yml", [{"id": "all", "name": LINES[6], "description": LINES[1]}])
    for number in range(40):
        write(root / f"incidents/2026/case-{number:02}.yml", incident(number, lines, texts))
    for number, line in enumerate(LINES[::6]):
        planned = {"start": f"2026-12-{1 + number:02}T01:00:00Z", "end": f"2026-12-{1 + number:02}T02:00:00Z"}
        update = {"at": "2026-11-19T10:00:00Z", "status": "scheduled", "body": next(texts)}
        update |= {"components": {"part-1": "under_maintenance"}}
        record = {"title": line[:180], "kind": "maintenance", "scheduled": planned, "updates": [update]}
        write(root / f"incidents/2026/work-{number:02}.yml", record)
    settings = {"organisation": LINES[6], "languages": ["en", "es"]}
    write(
        root / "mkdocs.yml",
        {
            "site_name": LINES[2],
            "site_description": LINES[8],
            "site_url": "https://status.example.com/",
            "theme": {"name": "material", "font": False},
            "plugins": ["search", {"stillup": settings}],
        },
    )
    (root / "docs").mkdir()
    (root / "docs/about.md").write_text("# About\n\nOurs.\n")
    done = stillup("publish", "--root", root, "--at", AT)
    assert done.returncode == 0, done.stdout + done.stderr
    return root


def files(page: Path, pattern: str) -> list[Path]:
    found = sorted((page / "site").rglob(pattern))
    assert found, pattern
    return found


def test_no_page_runs_asks_or_holds_what_is_not_ours(page):
    """One window walks through all of them; a dialog, error, foreign request or strange node is told with its page."""
    site = page / "site"
    drawn = [path for path in files(page, "*.html") if b'http-equiv="refresh"' not in path.read_bytes()]
    places = [path.relative_to(site).as_posix().removesuffix("index.html") for path in drawn]
    faults: list[str] = []

    with serving(site, headers=dict(EVERYWHERE)) as url:

        def listen(window: "Page") -> None:
            def foreign(asked: str) -> None:
                if not asked.startswith((url, "data:", "blob:")):
                    faults.append(f"{window.url} asked for {asked}")

            def dialog(opened: Any) -> None:
                faults.append(f"{window.url} opened a dialog: {opened.message}")
                opened.dismiss()

            window.on("dialog", dialog)
            window.on("request", lambda request: foreign(request.url))
            window.on("pageerror", lambda error: faults.append(f"{window.url}: {error}"))
            window.on(
                "console",
                lambda said: (
                    faults.append(f"{window.url}: {said.text} {said.location['url']}")
                    if said.type == "error" and not said.location["url"].endswith("/favicon.ico")
                    else None
                ),
            )

        def walk(window: "Page") -> None:
            for place in places:
                window.goto(url + place, wait_until="load")
                faults.extend(f"{place}: {strange}" for strange in window.evaluate(STRANGE))

        in_page(url, walk, listen=listen)

    assert faults == [], "\n".join(faults)
    assert len(places) > 60


def test_what_leads_on_leads_to_a_page_of_ours(page):
    for path in files(page, "*.html"):
        for target in re.findall(rb'http-equiv="refresh" content="0; ?url=([^"]*)"', path.read_bytes()):
            assert (path.parent / target.decode()).resolve().is_relative_to(page / "site"), path


def test_what_people_wrote_is_read_as_they_wrote_it(page):
    """Nothing is thrown away in silence: a title is on its page, letter by letter."""
    titles = {
        path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))["title"]
        for path in (page / "incidents" / "2026").glob("case-*.yml")
    }
    for id, title in titles.items():
        tree = etree.HTML((page / "site" / "incidents" / id / "index.html").read_text(encoding="utf-8"))
        shown = " ".join("".join(tree.find(".//h1").itertext()).split())
        assert " ".join(title.split()) in shown


def test_no_template_of_a_text_is_run(page):
    made = "\n".join(path.read_text(encoding="utf-8") for path in files(page, "*.html"))

    assert "{{ 7 * 7 }}" in made
    assert "cycler.__init__" in made
    assert not re.search(r"root:x:0|&lt;class &#39;|<class '", made)


def test_feeds_are_sound_xml_and_hold_no_live_markup(page):
    for path in (*files(page, "*.rss"), *files(page, "*.atom")):
        tree = etree.fromstring(path.read_bytes())
        for html in tree.iter("{*}content", "{*}summary", "{*}encoded", "{*}description"):
            if html.tag.startswith("{http://www.w3.org/2005/Atom}") and html.get("type", "text") == "text":
                continue  # what is text to a reader may look like anything
            inner = etree.HTML(f"<div>{html.text or ''}</div>")
            assert not list(inner.iter("script", "iframe", "style", "img", "form", "svg", "base")), path
            assert not [name for node in inner.iter() for name in node.attrib if name.startswith("on")], path
            links = [node.get("href", "").partition(":")[0] for node in inner.iter("a")]
            assert {link for link in links if not link.startswith(("/", "#"))} <= SAFE_SCHEMES, path


def test_documents_are_json_and_calendars_are_whole(page):
    for path in files(page, "*.json"):
        json.loads(path.read_bytes())
    for path in files(page, "*.ics"):
        calendar = Calendar.from_ical(path.read_bytes())
        assert {part.name for part in calendar.walk()} <= CALENDAR
        assert not [part for part in calendar.walk() if "ATTACH" in part]
    for path in files(page, "*.svg"):
        tree = etree.fromstring(path.read_bytes())
        assert not list(tree.iter("{*}script", "{*}foreignObject", "{*}a"))


def test_no_mail_gets_a_header_or_markup_from_a_text(page):
    mails = sorted((page / "outbox").rglob("*.eml"))
    assert mails
    for path in mails:
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        assert not mail.defects
        assert not {"bcc", "cc"} & {name.lower() for name in mail}
        html = mail.get_body(("html",)).get_content()
        tree = etree.HTML(html)
        assert not list(tree.iter("script", "iframe", "object", "form", "base", "svg", "math")), path
        assert not [name for node in tree.iter() for name in node.attrib if name.startswith("on")], path
        assert {node.get("src", "").partition(":")[0] for node in tree.iter("img")} <= {"cid", "https"}
        assert not [node for node in tree.iter("img") if "evil" in node.get("src", "")], path
        hrefs = {(node.get("href") or "").partition(":")[0].lower() for node in tree.iter("a")}
        assert hrefs <= SAFE_SCHEMES, (path, hrefs)


def test_no_chat_is_pinged(page):
    for path in sorted((page / "outbox").rglob("*.json")):
        text = path.read_text(encoding="utf-8")
        value = json.loads(text)
        said = json.dumps(value, ensure_ascii=False)
        if "slack" in path.name:
            assert "<!channel>" not in said and "<@U123>" not in said, path
        if "discord" in path.name:
            assert value["allowed_mentions"] == {"parse": []}, path


def test_no_cell_of_a_report_is_a_formula(page):
    done = stillup("report", "metrics", "--month", AT[:7], "--root", page, "--at", AT, "--json")
    assert done.returncode == 0, done.stderr
    json.loads(done.stdout)
    for path in (page / "private").rglob("*.csv") if (page / "private").is_dir() else ():
        for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8"))):
            assert not [cell for cell in row if cell.startswith(("=", "+", "@", "\t"))], path


def test_the_mirror_is_as_safe_as_the_page(page, tmp_path):
    target = tmp_path / "mirror.html"
    done = stillup("mirror", "--root", page, "--at", AT, "--out", target)
    assert done.returncode == 0, done.stderr
    dialogs: list[str] = []

    def listen(window: "Page") -> None:
        window.on("dialog", lambda opened: (dialogs.append(opened.message), opened.dismiss()))

    found = in_page(target.as_uri(), lambda window: window.evaluate(f"'{MARK}' in window"), listen=listen)
    assert (found, dialogs) == (False, [])


def test_git_is_not_asked_by_a_name_of_a_file(page):
    """Names of files that look like options or commands are files."""
    for name in ("--upload-pack=touch pwned", "$(touch pwned)", "`touch pwned`"):
        write(page / "incidents" / "2026" / f"{name}.yml", {"title": "x"})
    done = stillup("check", "--root", page, "--at", AT)
    for path in (page / "incidents" / "2026").glob("*touch*"):
        path.unlink()

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert not list(page.rglob("pwned"))
