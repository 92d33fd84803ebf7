"""What hosts answer beside the bytes: read from anywhere, current, and never able to run what is not ours."""

import re
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from stillup.api.headers import apache, headers, nginx
from tests.tools import ROOT, browse, serving

PUBLISHED = [
    *("index.html", "assets/stillup.css", "assets/javascripts/bundle.a5f9d56c.min.js", "api/v2/status.json"),
    *("assets/stylesheets/main.57a0d79d.min.css", "assets/images/favicon.png", "incidents/x/index.html"),
    *("assets/javascripts/lunr.de.min.js", "assets/deadbeef/readme.css"),
]


def rules(text: str) -> list[tuple[str, dict[str, str]]]:
    """The rules of a `_headers` file as hosts read it."""
    found: list[tuple[str, dict[str, str]]] = []
    for line in text.splitlines():
        if line.startswith("  "):
            name, _, value = line.strip().partition(": ")
            found[-1][1][name] = value
        elif line:
            found.append((line, {}))
    return found


def answered(path: str) -> dict[str, str]:
    """What a host adds for a path. Two rules that set one header would be joined, so none may."""
    found: dict[str, str] = {}
    for pattern, values in rules(headers(PUBLISHED).body.decode()):
        if fnmatchcase(path, pattern):
            assert not found.keys() & values.keys(), f"{path}: {pattern} sets a header a second time"
            found |= values
    return found


@pytest.mark.parametrize(
    "path",
    [
        *("/api/v2/summary.json", "/api/stillup/v1/uptime.json", "/history.json", "/history.rss", "/feed.atom"),
        *("/incidents/2qwgxprmc45l.json", "/incidents/x/", "/heartbeat.json", "/feed.rss", "/feed.json"),
        *("/incidents.rss", "/maintenance.atom", "/history.atom", "/maintenance.ics", "/incidents/x/feed.atom"),
        *("/components/api/feed.json", "/components/api/maintenance.ics", "/history/2026-11/feed-2.atom"),
    ],
)
def test_other_origins_read_what_is_current(path):
    found = answered(path)

    assert found["Access-Control-Allow-Origin"] == "*"
    assert found["Cache-Control"] == "public, max-age=30"


def test_what_changes_its_name_with_its_bytes_is_kept_for_ever():
    for path in ("/assets/javascripts/bundle.a5f9d56c.min.js", "/assets/stylesheets/main.57a0d79d.min.css"):
        assert answered(path)["Cache-Control"].endswith("immutable")
    for path in (
        "/assets/stillup.css",
        "/assets/images/favicon.png",
        "/assets/javascripts/lunr/min/lunr.de.min.js",
        "/",
    ):
        assert "Cache-Control" not in answered(path)


@pytest.mark.parametrize("path", ["/", "/incidents/x/", "/api/v2/status.json", "/about/", "/404.html"])
def test_every_answer_is_safe(path):
    found = answered(path)

    assert found["X-Content-Type-Options"] == "nosniff"
    assert found["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert "default-src 'none'" in found["Content-Security-Policy"]
    assert "unsafe" not in found["Content-Security-Policy"]


@pytest.mark.needs("chromium")
@pytest.mark.parametrize(
    "place", ["", "history/", "uptime/", "subscribe/", "about/", "components/payments/", "404.html"]
)
def test_our_pages_satisfy_the_policy(place: str, example: Path):
    with serving(example, headers=answered("/")) as url:
        visit = browse(url + place)

    assert visit.console == ()
    assert visit.foreign == ()


def test_a_stub_leads_on_under_the_policy(example_api, tmp_path: Path):
    from tests.tools import need

    need("chromium")
    document = example_api.documents["2026-11-20-sign-in-and-payments-failing"]
    for name in (document.code, document.id):
        (tmp_path / "incidents" / name).mkdir(parents=True)
    stub = example_api.files[f"incidents/{document.code}/index.html"]
    (tmp_path / "incidents" / document.code / "index.html").write_bytes(stub)
    (tmp_path / "incidents" / document.id / "index.html").write_text("<!doctype html><title>The page</title>")

    with serving(tmp_path, headers=answered("/")) as url:
        assert browse(f"{url}incidents/{document.code}/").title == "The page"


@pytest.mark.parametrize(("language", "made"), [("nginx", nginx), ("apache", apache), ("text", None)])
def test_the_manual_says_what_the_code_says(language, made):
    manual = (ROOT / "manual" / "docs" / "api.md").read_text(encoding="utf-8")
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", manual, re.MULTILINE | re.DOTALL)

    assert (made() if made else headers(PUBLISHED[:3]).body.decode()) in blocks


@pytest.mark.parametrize("rule", [nginx(), apache()])
def test_the_rules_of_servers_say_the_same_as_the_file(rule):
    for _, values in rules(headers(PUBLISHED).body.decode()):
        for name, value in values.items():
            assert re.search(rf'(add_header|Header always set) {name} "{re.escape(value)}"', rule)
