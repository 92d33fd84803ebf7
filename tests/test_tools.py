"""The judges find what they are asked to find: one that cannot fail would prove nothing."""

import ast
import json
import re
import subprocess
import sys

import pytest
from jinja2 import Environment, Template

from tests.compiled import compiled
from tests.machine import BRINGS
from tests.tools import CLIENT, ROOT, Golden, axe, browse, evaluate, html_errors, missing, need, screenshots, serving

GOOD = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Fine</title><link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width,initial-scale=1">
<style>@media (prefers-color-scheme: dark) { html { background: #000; color: #fff } }</style>
</head><body><main><h1>All systems operational</h1><p>Nothing to report.</p></main></body></html>
"""
BAD = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>Bad</title></head>
<body><h1>Down</h1><p style="color: #ccc; background: #fff">Too pale<p><img src="http://127.0.0.1:9/pixel.png">
<b><i>crossed</b></i><script>console.error("something broke")</script></body></html>
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    (folder / "index.html").write_text(GOOD)
    (folder / "bad.html").write_text(BAD)
    (folder / "404.html").write_text("<title>Not here</title>")
    return folder


@pytest.fixture(scope="module")
def url(site, serve):
    return serve(site, below="/status/")


@pytest.mark.needs("chromium")
def test_a_visit_tells_what_a_page_asks_of_others_and_complains_about(url):
    good, bad = browse(url), browse(url + "bad.html")

    assert (good.title, good.foreign, good.console) == ("Fine", (), ())
    assert bad.foreign == ("http://127.0.0.1:9/pixel.png",)
    assert "error: something broke" in bad.console


@pytest.mark.needs("chromium")
def test_a_policy_reaches_the_page(url):
    visit = browse(url + "bad.html", csp="default-src 'none'")

    assert any("Content Security Policy" in said for said in visit.console)
    assert "error: something broke" not in visit.console


@pytest.mark.needs("chromium")
def test_a_page_can_be_measured_as_on_a_phone_in_the_dark(url):
    seen = evaluate(url, "[innerWidth, getComputedStyle(document.documentElement).color]", width=390, scheme="dark")

    assert seen == [390, "rgb(255, 255, 255)"]


@pytest.mark.needs("chromium")
def test_screenshots_show_both_widths_both_schemes_and_no_script(url, tmp_path):
    paths = screenshots(url, tmp_path, "home")

    assert [path.name for path in paths] == [
        f"home-{width}-{kind}.png" for width in (1280, 390) for kind in ("light", "dark", "nojs")
    ]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in paths)


@pytest.mark.needs("chromium", "axe")
def test_axe_names_each_barrier(url):
    found = " ".join(axe(url + "bad.html"))

    assert axe(url) == []
    assert all(rule in found for rule in ("html-has-lang", "image-alt", "color-contrast"))


@pytest.mark.needs("vnu")
def test_the_html_checker_names_file_line_and_fault(site):
    assert html_errors([site / "index.html"]) == []
    assert any("bad.html:4:" in error and "nesting" in error for error in html_errors([site]))


def test_a_served_folder_has_its_own_404_page_and_nothing_outside_its_path(site):
    with serving(site, below="/status/", headers={"x-test": "yes"}) as url:
        found, lost, outside = (CLIENT.get(url), CLIENT.get(url + "nope/"), CLIENT.get(url.replace("/status/", "/")))

    assert (found.status_code, found.text, found.headers["x-test"]) == (200, GOOD, "yes")
    assert (lost.status_code, lost.text) == (404, "<title>Not here</title>")
    assert outside.status_code == 404


def test_a_golden_file_is_compared_and_only_rewritten_when_accepted(tmp_path):
    compare, accept = Golden(tmp_path, accept=False), Golden(tmp_path, accept=True)
    accept.tree("golden", {"a.txt": "one\n", "gone.txt": ""})
    accept.tree("golden", {"a.txt": "one\n"})

    compare.tree("golden", {"a.txt": "one\n"})
    with pytest.raises(pytest.fail.Exception, match=r"-one\n\+two"):
        compare("golden/a.txt", "two\n")
    with pytest.raises(AssertionError, match="does not exist"):
        compare("golden/b.txt", "two\n")
    with pytest.raises(AssertionError, match="other files"):
        compare.tree("golden", {})
    assert (tmp_path / "golden" / "a.txt").read_text() == "one\n"


def test_a_missing_tool_skips_by_name_and_fails_where_everything_is_required(tmp_path):
    assert missing("git", "no-such-tool") == ["no-such-tool"]
    with pytest.raises(pytest.skip.Exception, match="needs no-such-tool"):
        need("no-such-tool")

    story = tmp_path / "test_story.py"
    story.write_text("import pytest\n@pytest.mark.needs('no-such-tool')\ndef test_x(): pass\n")
    words = [sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", "--rootdir", str(tmp_path), str(story)]
    runs = {
        required: subprocess.run(
            words, cwd=ROOT, env={"REQUIRE_ALL": required, "PATH": ""}, capture_output=True, text=True
        )
        for required in ("", "1")
    }

    assert (runs[""].returncode, runs["1"].returncode) == (0, 1)
    assert "needs no-such-tool" in runs["1"].stdout


def needed(path):
    """Yield the names of the tools that tests in the file at `path` ask for."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("need", "tools.need", "pytest.mark.needs"):
            yield from (each.value for each in node.args if isinstance(each, ast.Constant))


def test_ci_brings_every_tool_that_a_test_needs():
    tools = {name for path in (ROOT / "tests").rglob("*.py") for name in needed(path)} - {"no-such-tool"}
    assert {"chromium", "git", "newsboat", "postgres", "promtool"} <= tools
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8").replace('"$judges"', "tests/judges")

    # The corpus lies beside the project, mkdocs is in the tests' environment, setsid in every Debian.
    brought = {
        name: BRINGS.get(name, f"apt-get install {name}").split(", ") for name in tools - {"corpus", "mkdocs", "setsid"}
    }
    for name, ways in brought.items():
        for way in ways:
            kind, _, words = way.partition(" ")
            wanted = words.removeprefix("install ").split() if kind == "apt-get" else [way]
            assert [each for each in wanted if not re.search(rf"(?<![\w-]){re.escape(each)}(?![\w-])", script)] == [], (
                name
            )


def test_a_template_is_compiled_once_and_anew_where_source_name_or_settings_are_others(tmp_path):
    made = []

    def make(environment, source, name, filename):
        made.append(source)
        return Environment.compile(environment, source, name, filename)

    plain, safe = Environment(), Environment(autoescape=lambda name: name.endswith(".html"))
    tight, own = Environment(trim_blocks=True), Environment()
    own.filters["shown"] = str
    for environment in (plain, safe, tight, own):
        for source, name in (("{{ x }}", "a.html"), ("{{ x }}", "a.txt"), ("{{ x }}!", "a.html")):
            codes = [compiled(tmp_path, make, environment, source, name, name) for _ in range(2)]
            said = [Template.from_code(environment, code, {}).render(x="<") for code in codes]
            assert said == [source.replace("{{ x }}", "&lt;" if environment is safe and name == "a.html" else "<")] * 2

    # Where the environment with a choice escapes nothing, it makes what the plain one makes.
    assert len(made) == len([*tmp_path.iterdir()]) == 4 * 3 - 1


def test_judges_are_pinned():
    wanted = json.loads((ROOT / "tests/judges/package.json").read_text())["dependencies"]
    locked = json.loads((ROOT / "tests/judges/package-lock.json").read_text())["packages"]

    assert {name: locked[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    assert all("integrity" in package for name, package in locked.items() if name)
