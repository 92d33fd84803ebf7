"""What tests share: asking for a tool by name, serving a folder, golden files, and the outside judges.

need("chromium")                          skips, or fails with REQUIRE_ALL=1
stillup("check", "--root", folder)        the installed command
with serving(folder) as url: ...          a server on loopback
browse(url).foreign                       what a page asks of other origins
evaluate(url, "document.title")           a value out of a page
axe(url), html_errors([folder]), lighthouse(url), screenshots(url, folder)
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import unified_diff
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route

ROOT = Path(__file__).resolve().parent.parent
JUDGES = ROOT / "tests" / "judges"
MODULES = JUDGES / "node_modules"
CORPUS = ROOT.parent / "shared" / "corpus"
AT = "2026-11-20T10:45:00Z"
"""The instant at which the example is told."""

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
T = TypeVar("T")


# Tools that a machine may lack


@cache
def program(*names: str) -> str | None:
    """Return the path of the first of `names` that is installed, in the environment of the tests or on PATH."""
    beside = str(Path(sys.executable).parent)
    for name in names:
        if found := shutil.which(name, path=beside) or shutil.which(name):
            return found
    return None


def chromium() -> str | None:
    """Return the path of an installed Chromium or Chrome."""
    return program("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@cache
def _driver_runs() -> bool:
    """Whether playwright's own node starts here: on a bare system it may lack libatomic."""
    from playwright._impl._driver import compute_driver_executable

    node, _ = compute_driver_executable()
    return subprocess.run([node, "--version"], capture_output=True, check=False).returncode == 0


_PRESENT: Mapping[str, Callable[[], bool]] = {
    "chromium": lambda: chromium() is not None and _driver_runs(),
    "corpus": CORPUS.is_dir,
    "axe": (MODULES / "axe-core" / "axe.min.js").is_file,
    "vnu": lambda: program("java") is not None and (MODULES / "vnu-jar/build/dist/vnu.jar").is_file(),
    "lighthouse": lambda: program("node") is not None and (MODULES / "lighthouse/cli/index.js").is_file(),
}
"""How a tool is found; one that is not listed is a program on PATH."""

_BRINGS: Mapping[str, str] = {
    "chromium": "apt-get install chromium libatomic1",
    "axe": "npm ci --prefix tests/judges",
    "vnu": "apt-get install default-jre-headless, npm ci --prefix tests/judges",
    "lighthouse": "apt-get install nodejs npm, npm ci --prefix tests/judges",
    "corpus": "the folder ../shared/corpus",
}
"""What brings a tool."""


def missing(*tools: str) -> list[str]:
    """Return those of `tools` that this machine lacks."""
    return [tool for tool in tools if not _PRESENT.get(tool, partial(program, tool))()]


def need(*tools: str) -> None:
    """Skip the running test where one of `tools` is missing; with REQUIRE_ALL=1 fail it."""
    if lacking := missing(*tools):
        # conftest turns every skip into a failure under REQUIRE_ALL=1, this one too.
        told = [f"{tool} ({_BRINGS[tool]})" if tool in _BRINGS else tool for tool in lacking]
        pytest.skip(f"needs {', '.join(told)}")


# The command


def stillup(*words: str | Path, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the installed `stillup`; the caller looks at the exit status."""
    command = program("stillup")
    assert command, "stillup is not installed beside this Python"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("STILLUP_")}
    return subprocess.run(
        [command, *map(str, words)],
        cwd=cwd,
        env=clean | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


# A server


class _Folder(SimpleHTTPRequestHandler):
    """Serves a folder below a path as a static host would: its own 404 page, no caching, no log."""

    extensions_map = {
        **SimpleHTTPRequestHandler.extensions_map,
        ".atom": "application/atom+xml",
        ".ics": "text/calendar",
        ".json": "application/json",
        ".rss": "application/rss+xml",
        ".svg": "image/svg+xml",
    }

    def __init__(self, *words: Any, below: str, headers: Mapping[str, str], **named: Any) -> None:
        self._below, self._headers = below, headers
        super().__init__(*words, **named)

    def do_GET(self) -> None:
        if not self.path.startswith(self._below):
            self.send_error(404)
            return
        self.path = "/" + self.path.removeprefix(self._below)
        super().do_GET()

    def end_headers(self) -> None:
        self.send_header("cache-control", "no-store")
        for name, value in self._headers.items():
            self.send_header(name, value)
        super().end_headers()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        page = Path(self.directory) / "404.html"
        if code != 404 or not page.is_file():
            super().send_error(code, message, explain)
            return
        body = page.read_bytes()
        self.send_response(404)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the test tells what went wrong."""


@contextmanager
def serving(folder: Path, *, below: str = "/", headers: Mapping[str, str] | None = None) -> Iterator[str]:
    """Serve `folder` on loopback under the path `below`, with `headers` on every answer; yield its address."""
    handler = partial(_Folder, directory=str(folder), below=below, headers=headers or {})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}{below}"
        finally:
            server.shutdown()
            thread.join()


# Golden files


@dataclass(frozen=True)
class Golden:
    """Compares what was made with files that are kept; `pytest --accept` rewrites them."""

    folder: Path
    """Where relative paths start: the folder of the test file."""

    accept: bool

    def __call__(self, path: str | Path, made: str | bytes) -> None:
        """Compare `made` with the file at `path`, byte for byte."""
        file = self.folder / path
        body = made.encode() if isinstance(made, str) else made
        if self.accept:
            if not file.is_file() or file.read_bytes() != body:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(body)
            return
        assert file.is_file(), f"{file} does not exist; `pytest --accept` writes it"
        kept = file.read_bytes()
        if kept != body:
            pytest.fail(
                f"{file} differs; `pytest --accept` takes the new one\n{_difference(kept, body)}", pytrace=False
            )

    def tree(self, path: str | Path, made: Mapping[str, str | bytes]) -> None:
        """Compare a whole folder: every file of `made` is there and equal, and no other."""
        folder = self.folder / path
        kept = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}
        if self.accept:
            for name in kept - made.keys():
                (folder / name).unlink()
        else:
            assert kept == made.keys(), f"{folder} holds other files than were made; `pytest --accept` takes the new"
        for name, body in made.items():
            self(folder / name, body)


def _difference(kept: bytes, made: bytes) -> str:
    try:
        lines = unified_diff(kept.decode().splitlines(), made.decode().splitlines(), "kept", "made", lineterm="", n=2)
    except UnicodeDecodeError:
        return f"{len(kept)} bytes kept, {len(made)} made"
    shown = list(lines)
    cut = [f"... {len(shown) - 120} more lines"] if len(shown) > 120 else []
    return "\n".join([*shown[:120], *cut]) or "only line ends differ"


# A browser. One Chromium serves the whole run, in a thread of its own, so that tests may use event loops.


class _Chromium:
    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="browser")
        self._browser: Browser | None = None
        self._driver: Any = None

    def do(self, work: "Callable[[Browser], T]") -> T:
        return self._thread.submit(lambda: work(self._started())).result(timeout=180)

    def _started(self) -> "Browser":
        if self._browser is None:
            from playwright.sync_api import sync_playwright

            self._driver = sync_playwright().start()
            self._browser = self._driver.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        return self._browser

    def close(self) -> None:
        if self._browser is not None:
            self._thread.submit(lambda: (self._browser.close(), self._driver.stop())).result(timeout=60)
        self._thread.shutdown()


_browser = _Chromium()
close_browser = _browser.close


def in_page(
    url: str,
    work: "Callable[[Page], T]",
    *,
    width: int = 1280,
    height: int = 900,
    scheme: str = "light",
    javascript: bool = True,
    csp: str | None = None,
    listen: "Callable[[Page], None] | None" = None,
    **context: Any,
) -> T:
    """Open `url` in a fresh profile and return `work(page)`, a playwright page.

    Args:
        url: `http://...` or `file://...`.
        work: what to do once the page is loaded; it may click and type.
        width: of the window, in CSS pixels.
        height: of the window.
        scheme: `light` or `dark`, what the system asks for.
        javascript: False for a reader without scripts.
        csp: a Content-Security-Policy that every document gets.
        listen: called before the page is opened, to hook on its events.
        context: anything else that playwright's `new_context` takes.
    """
    need("chromium")

    def visit(browser: "Browser") -> T:
        opened: BrowserContext = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            java_script_enabled=javascript,
            is_mobile=width < 600,
            has_touch=width < 600,
            **context,
        )
        try:
            page = opened.new_page()
            page.set_default_timeout(20_000)
            if csp is not None:
                page.route("**/*", partial(_with_policy, csp))
            if listen:
                listen(page)
            page.goto(url, wait_until="load")
            return work(page)
        finally:
            opened.close()

    return _browser.do(visit)


def _with_policy(csp: str, route: "Route") -> None:
    if route.request.resource_type != "document":
        route.continue_()
        return
    reply = route.fetch()
    route.fulfill(response=reply, headers={**reply.headers, "content-security-policy": csp})


@dataclass(frozen=True)
class Visit:
    """What happened while a page loaded."""

    requests: tuple[str, ...]
    """Every address asked for, the page's own first."""

    console: tuple[str, ...]
    """Errors and warnings of the console, exceptions, refused and failed requests."""

    title: str
    html: str
    """The document as it stands after its scripts."""

    @property
    def foreign(self) -> tuple[str, ...]:
        """Requests to another origin than the page's."""
        own = urlsplit(self.requests[0])[:2]
        return tuple(
            url for url in self.requests if urlsplit(url)[:2] != own and urlsplit(url).scheme not in {"data", "blob"}
        )


def browse(url: str, **view: Any) -> Visit:
    """Open `url` as a visitor and tell what it asked for and complained about; `view` as for `in_page`."""
    requests: list[str] = []
    console: list[str] = []

    def listen(page: "Page") -> None:
        page.on("request", lambda request: requests.append(request.url))
        page.on("requestfailed", lambda request: console.append(f"failed: {request.url} {request.failure}"))
        page.on("pageerror", lambda error: console.append(f"exception: {error}"))
        page.on(
            "console",
            lambda said: console.append(_line(said)) if said.type in {"error", "warning"} else None,
        )

    def work(page: "Page") -> tuple[str, str]:
        page.wait_for_load_state("networkidle")
        return page.title(), page.content()

    title, html = in_page(url, work, listen=listen, **view)
    return Visit(requests=tuple(requests), console=tuple(console), title=title, html=html)


def _line(said: "ConsoleMessage") -> str:
    """Return what the console said; a failed request is told with its address."""
    return f"{said.type}: {said.text}" + (f" {said.location['url']}" if "load resource" in said.text else "")


def evaluate(url: str, expression: str, **view: Any) -> Any:
    """Return the value of a JavaScript expression in the page at `url`; `view` as for `in_page`."""
    return in_page(url, lambda page: page.evaluate(expression), bypass_csp=True, **view)


SIGHTS = tuple(
    (f"{width}-{name}", {"width": width, "height": height, "scheme": scheme, "javascript": javascript})
    for width, height in ((1280, 900), (390, 844))
    for name, scheme, javascript in (("light", "light", True), ("dark", "dark", True), ("nojs", "light", False))
)


def screenshots(url: str, folder: Path, name: str = "page", *, whole: bool = True) -> list[Path]:
    """Write `<name>-<1280|390>-<light|dark|nojs>.png` of `url` into `folder`; `whole=False`: the first screen only."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for sight, view in SIGHTS:
        path = folder / f"{name}-{sight}.png"
        in_page(url, partial(_screenshot, path, whole), **view)
        paths.append(path)
    return paths


def _screenshot(path: Path, whole: bool, page: "Page") -> None:
    page.screenshot(path=path, full_page=whole)


# Judges


def axe(url: str, *, undecided: bool = False, details: bool = False, **view: Any) -> list[str]:
    """Return what axe-core finds wrong at `url`, best practices included; empty when all is well.

    Args:
        url: the page.
        undecided: also what axe cannot decide by itself.
        details: open every `<details>` first.
        view: as for `in_page`, e.g. `scheme="dark", width=390`.
    """
    need("chromium", "axe")
    script = (MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8")

    def work(page: "Page") -> Any:
        if details:
            page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        page.evaluate(script)
        return page.evaluate("axe.run(document, {resultTypes: ['violations', 'incomplete']})")

    found = in_page(url, work, bypass_csp=True, **view)
    rules = found["violations"] + (found["incomplete"] if undecided else [])
    return [
        f"{rule['id']} ({rule['impact']}): {rule['help']}: {node['html'][:160]}"
        for rule in rules
        for node in rule["nodes"]
    ]


def html_errors(paths: Iterable[Path], *, ignore: Sequence[str] = ()) -> list[str]:
    """Return what the W3C's checker finds wrong in files (.html .css .svg), or in the HTML of whole folders.

    Args:
        paths: files and folders.
        ignore: regular expressions of messages to leave out; say why where you use one.
    """
    need("vnu")
    wanted = [Path(path) for path in paths]
    files = [file for path in wanted for file in (sorted(path.rglob("*.html")) if path.is_dir() else [path])]
    assert files, f"nothing to check in {wanted}"
    errors = []
    # One kind at a time: asked to check several at once, the checker counts lines wrongly.
    for flag, suffix in (("--html", ".html"), ("--css", ".css"), ("--svg", ".svg")):
        kind = [file for file in files if file.suffix == suffix]
        for start in range(0, len(kind), 500):
            done = subprocess.run(
                [str(program("java")), "-Xss1m", "-jar", str(MODULES / "vnu-jar/build/dist/vnu.jar")]
                + [flag, "--format", "json", "--stdout", "--exit-zero-always"]
                + [str(file) for file in kind[start : start + 500]],
                capture_output=True,
                text=True,
                check=True,
                timeout=600,
            )
            errors += [
                f"{urlsplit(said['url']).path}:{said.get('lastLine', 1)}: {said['message']}"
                for said in json.loads(done.stdout)["messages"]
                if (said["type"] != "info" or said.get("subType") == "warning")
                and not any(re.search(pattern, said["message"]) for pattern in ignore)
            ]
    return errors


@dataclass(frozen=True)
class Verdict:
    """What Lighthouse says of a page."""

    scores: Mapping[str, int]
    """0 to 100 of performance, accessibility, best-practices and seo."""

    failed: tuple[str, ...]
    """The audits that cost points."""


def lighthouse(url: str, *, desktop: bool = False, tries: int = 3) -> Verdict:
    """Judge `url` as on a phone with a slow line, or on a desktop.

    A busy machine only ever makes a page look slower, so below full marks for performance it is asked again, up to
    `tries` times, and the best verdict counts.
    """
    need("chromium", "lighthouse")
    best: Verdict | None = None
    for _ in range(tries):
        verdict = _lighthouse(url, desktop)
        if best is None or verdict.scores["performance"] > best.scores["performance"]:
            best = verdict
        if best.scores["performance"] == 100:
            break
    assert best is not None
    return best


def _lighthouse(url: str, desktop: bool) -> Verdict:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        done = subprocess.run(
            [str(program("node")), str(MODULES / "lighthouse/cli/index.js"), url, "--quiet", "--output=json"]
            + [f"--output-path={report}", f"--chrome-flags={' '.join(FLAGS)}", "--no-enable-error-reporting"]
            + ["--disable-full-page-screenshot", *(["--preset=desktop"] if desktop else [])],
            env={**os.environ, "CHROME_PATH": str(chromium())},
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )
        assert done.returncode == 0, done.stderr
        said = json.loads(report.read_text())
    categories, audits = said["categories"], said["audits"]
    weighed = {part["id"] for category in categories.values() for part in category["auditRefs"] if part["weight"]}
    return Verdict(
        scores={name: round(100 * (category["score"] or 0)) for name, category in categories.items()},
        failed=tuple(
            f"{name}: {audits[name]['title']}"
            for name in sorted(weighed)
            if (audits[name]["score"] or 0) < 0.9
            and audits[name]["scoreDisplayMode"] in {"binary", "numeric", "metricSavings"}
        ),
    )
