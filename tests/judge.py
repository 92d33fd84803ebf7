"""Outside judges of what Stillup makes: axe-core, the W3C's HTML checker, Lighthouse."""

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.browser import FLAGS, in_page
from tests.machine import MODULES, chromium, need, program

if TYPE_CHECKING:
    from playwright.sync_api import Page


def axe(url: str, *, undecided: bool = False, details: bool = False, **view: Any) -> list[str]:
    """Return what axe-core finds wrong at `url`, best practices included; empty when all is well.

    Args:
        url: the page.
        undecided: also what axe cannot decide by itself.
        details: open every `<details>` first.
        view: as for `in_page`, e.g. `scheme="dark", width=390`.
    """
    need("chromium", "axe")

    def work(page: "Page") -> list[str]:
        page.evaluate(_axe())
        return _judged(page, undecided, details)

    return in_page(url, work, bypass_csp=True, **view)


def axe_each(pages: Mapping[str, str], **view: Any) -> dict[str, list[str]]:
    """Return what axe-core finds wrong at each of `pages`, addresses by name, seen one after the other in one window.

    To open a window takes as long as to judge a page. `view` as for `in_page`.
    """
    need("chromium", "axe")
    first = next(iter(pages.values()))

    def work(page: "Page") -> dict[str, list[str]]:
        found = {}
        for number, (name, url) in enumerate(pages.items()):
            if number:
                page.goto(url, wait_until="load")
            page.evaluate(_axe())
            found[name] = _judged(page, undecided=False, details=False)
        return found

    return in_page(first, work, bypass_csp=True, **view)


SIGHTS: Mapping[str, tuple[str, int, int]] = {
    "a desk": ("light", 1280, 900),
    "a desk at night": ("dark", 1280, 900),
    "a phone": ("light", 320, 640),
    "a desk at 400 % at night": ("dark", 320, 225),
}
"""Scheme, width and height: a window of 1280 by 900 that is enlarged to 400 % has 320 by 225 CSS pixels."""


def axe_everywhere(url: str) -> dict[str, list[str]]:
    """Return what axe-core finds wrong at `url` in each of `SIGHTS`, with everything that opens opened."""
    need("chromium", "axe")

    def work(page: "Page") -> dict[str, list[str]]:
        page.evaluate(_axe())
        found = {}
        for name, (scheme, width, height) in SIGHTS.items():
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            page.set_viewport_size({"width": width, "height": height})
            page.evaluate(_SETTLED)
            found[name] = _judged(page, undecided=False, details=True)
        return {name: faults for name, faults in found.items() if faults}

    return in_page(url, work, bypass_csp=True)


# The theme fades from one colour to the other: judged half-way, neither has its contrast.
_SETTLED = """() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() =>
  Promise.all(document.getAnimations().map(each => each.finished.catch(() => null))).then(() => done(null)))))"""


def _axe() -> str:
    return (MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def _judged(page: "Page", undecided: bool, details: bool) -> list[str]:
    if details:
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    found = page.evaluate("axe.run(document, {resultTypes: ['violations', 'incomplete']})")
    rules = found["violations"] + (found["incomplete"] if undecided else [])
    return [
        f"{rule['id']} ({rule['impact']}): {rule['help']}: {node['html'][:160]}"
        for rule in rules
        for node in rule["nodes"]
    ]


_QUICKLY = ("-Xss16m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""Java for a run of seconds: half of the work was to make itself faster later."""


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
                [str(program("java")), *_QUICKLY, "-jar", str(MODULES / "vnu-jar/build/dist/vnu.jar")]
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

    pace: float
    """How fast the machine was, by Lighthouse's own benchmark: about 1000 for a desktop of 2019, less when busy."""

    shift: float
    """How much of the page moved while it loaded, in no unit."""

    tasks: float
    """Milliseconds for which scripts and layout kept the simulated phone from answering."""


BUSY = 500
"""Below this pace a machine is too busy for Lighthouse to time a page on it: it says 59 of one that has 100."""


def lighthouse(url: str, *, desktop: bool = False, tries: int = 5, enough: int = 100) -> Verdict:
    """Judge `url` as on a phone with a slow line, or on a desktop: the best of `tries` verdicts by performance.

    Lighthouse simulates the line and the phone, so the same page gets the same figures wherever the machine is not
    busy; what else runs takes marks from a page, and gives it none. After `enough` marks it is not asked again; nor is
    a machine that is `BUSY`, and the caller must not hold its performance against the page.
    """
    need("chromium", "lighthouse")
    found: list[Verdict] = []
    while len(found) < tries and all(each.scores["performance"] < enough for each in found):
        found.append(_lighthouse(url, desktop))
        if found[-1].pace < BUSY:
            return found[-1]
    return max(found, key=lambda verdict: verdict.scores["performance"])


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
            timeout=600,
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
        pace=said["environment"]["benchmarkIndex"],
        shift=audits["cumulative-layout-shift"]["numericValue"],
        tasks=audits["total-blocking-time"]["numericValue"],
    )
