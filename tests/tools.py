"""What tests share: asking for a tool by name, serving a folder, golden files, and the outside judges.

need("chromium")                          skips, or fails with REQUIRE_ALL=1
stillup("check", "--root", folder)        the installed command
with serving(folder) as url: ...          a server on loopback
browse(url).foreign                       what a page asks of other origins
evaluate(url, "document.title")           a value out of a page
axe(url), html_errors([folder]), lighthouse(url), screenshots(url, folder)
with Editor(folder) as editor: ...        what a YAML editor marks, offers and explains
"""

import atexit
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import unified_diff
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.browser import Visit, browse, close_browser, evaluate, gallery, in_page, screenshots
from tests.compiled import keep_compiled
from tests.editor import Editor
from tests.judge import Verdict, axe, axe_everywhere, html_errors, lighthouse
from tests.loopback import PATIENCE, Server, free_port, tick, wait
from tests.machine import AT, BIN, CORPUS, JUDGES, MODULES, ROOT, chromium, missing, need, program
from tests.warm import Warm

__all__ = [
    "AT", "BIN", "CLIENT", "CORPUS", "JUDGES", "MODULES", "PATIENCE", "ROOT", "Editor", "Golden", "Server", "Verdict",
    "Visit", "axe", "axe_everywhere", "browse", "chromium", "close_browser", "evaluate", "free_port", "gallery",
    "html_errors", "in_page", "lighthouse", "missing", "need", "program", "screenshots", "serving", "stillup", "tick",
    "wait", "warm",
]  # fmt: skip

CLIENT = httpx.Client(timeout=PATIENCE, verify=False, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))
"""Asks servers on loopback, each time by a connection of its own, and waits as long as a busy machine takes."""


def stillup(*words: str | Path, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the installed `stillup`; the caller looks at the exit status."""
    command = program("stillup")
    assert command, "stillup is not installed beside this Python"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("STILLUP_")} | environment
    line = [command, *map(str, words)]
    if any(name.startswith("PYTHON") for name in environment):
        return subprocess.run(line, cwd=cwd, env=clean, capture_output=True, text=True, check=False, timeout=300)
    return warm().run(line, cwd=cwd, environment=clean, timeout=300)


@cache
def warm() -> Warm:
    """The process that forks for this run of tests; from now on it stands in for Python where MkDocs is started.

    What it compiles of templates is at hand here too.
    """
    made = Warm()
    atexit.register(made.close)
    sys.executable = made.python
    keep_compiled(made.templates)
    return made


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
    with Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}{below}"
        finally:
            server.shutdown()
            thread.join()


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
