"""RESULTS.md: what was measured, in words and tables."""

import os
import platform
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median

import stillup
from benchmarks import run
from benchmarks.budget import verdicts
from benchmarks.contestant import hugo
from benchmarks.incident import days
from benchmarks.run import Case, Size

_TITLES = {
    run.COLD: "**`stillup build`**, nothing kept",
    run.UNCHANGED: "**`stillup build`**, nothing changed, a minute later",
    run.UPDATE: "**`stillup build`**, one new update, not committed",
    run.UPDATE_GIT: "**`stillup build`**, one new update, committed",
    run.CHECK: "**`stillup check`**, nothing changed",
    run.THROUGH_COLD: "**`mkdocs build --strict`** with Stillup, nothing kept",
    run.THROUGH: "**`mkdocs build --strict`** with Stillup, one new update",
    run.HUGO: "Hugo, nothing kept",
    run.HUGO_MANY: "Hugo, nothing kept, as many files an incident as ours",
    run.HUGO_UPDATE: "Hugo, one new update",
    run.PLAIN: "plain MkDocs + Material, a page an incident",
    run.COPY: "`cp -r` of our site",
}
_AGAINST = dict.fromkeys((run.UNCHANGED, run.UPDATE, run.UPDATE_GIT, run.CHECK, run.THROUGH), run.HUGO_UPDATE)
_HEAD = """# What a build costs

Written by `make bench`; do not edit. Times in seconds, MB are 10^6 bytes. Ratios compare medians of this one run.

"""
_METHOD = """
## How it is measured

- The same synthetic incidents for everybody (benchmarks/incident.py): 8 components, four updates each, one in twelve a
  maintenance, three open; 500 letters of Markdown an incident.
- A history of {days} days: a longer one is a busier one too,
  so the home page of the largest run shows more.
- **CPU** is user and system time of the command and of every process it waited for. It is the figure to trust; wall
  time depends on what else the machine does. Median, and the least in brackets.
- **MB** is the peak resident memory of all processes of the command together, looked at every 20 ms; a page that
  several share counts once.
- Contestants take turns within a round; {rounds}.
- Everybody's files lie in one file system; `TMPDIR` says which. On a disk that others use, the system takes three to
  ten times as long for forty thousand files as in memory, differently from one minute to the next.
- *Nothing kept*: the site and everything from earlier builds are gone; Python's compiled modules and the system's file
  cache are warm. *One new update*: appended to the newest open incident, built for a minute later. After each such
  build the new text is looked for in the page, and after each first build the page of every incident.
- Hugo's site (benchmarks/hugo) does the least that shows the same facts: home with open incidents, 90-day bars and the
  newest twenty, a page an incident, a page a month, RSS; no search, no component pages, no uptime figures, pages of a
  quarter of the size, and Hugo's own program without its Python wrapper. It renders everything in every build.
  Compared once with another minimal Hugo site written for the same purpose, on 10,000 incidents each:
  {near}.
- *As many files*: the same site with what ours has for each incident beside its page: a JSON document, a feed to follow
  it by and the address that Statuspage gives it. The budgets go by the site without them; what lies between the two is
  what files cost anybody.
- Plain MkDocs has Markdown alone: no states, bars or feeds. Its pages are left out of the navigation; inside it the
  cost grows with the square of their number.
"""
NEAR = "6.2 and 6.1 CPU s (medians of four turns), 540 and 576 MB, 17.1 and 17.0 MB of pages"
"""What that comparison found."""


def text(sizes: Sequence[Size], rounds: Mapping[int, int]) -> str:
    """Return the page."""
    return _HEAD + "\n".join(_lines(sizes, rounds)) + "\n"


def _lines(sizes: Sequence[Size], rounds: Mapping[int, int]) -> Iterator[str]:
    yield _machine()
    yield f"\n## Budgets, at {sizes[-1].count:,} incidents\n"
    yield "| | at most | measured | |"
    yield "|---|---|---|---|"
    for verdict in verdicts(sizes):
        met = {True: "met", False: "**missed**", None: ""}[verdict.met]
        yield f"| {verdict.what} | {verdict.limit} | {verdict.measured} | {met} |"
    for size in sizes:
        yield f"\n## {size.count:,} incidents\n"
        yield from _table(size)
    yield f"\n## What the rest is spent on, at {sizes[-1].count:,} incidents"
    yield from _shares(sizes[-1])
    counts = " / ".join(f"{size.count:,}" for size in sizes)
    long = f"{counts} incidents is " + " / ".join(f"{days(size.count):,}" for size in sizes)
    often = ", ".join(
        f"{rounds[size.count]} round{'' if rounds[size.count] == 1 else 's'} at {size.count:,}" for size in sizes
    )
    yield _METHOD.format(days=long, rounds=often, near=NEAR).rstrip()


def _machine() -> str:
    git = subprocess.run(["git", "--version"], capture_output=True, text=True, check=True).stdout.split()[2]
    said = subprocess.run([hugo(), "version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"v([\d.]+)", said)
    packages = ", ".join(f"{name} {_version(name)}" for name in ("mkdocs", "mkdocs-material", "jinja2", "pyyaml"))
    return (
        f"{os.cpu_count()} cores ({platform.machine()}, {platform.system()}), Python {platform.python_version()}, "
        f"Stillup {stillup.__version__}, Hugo {found[1] if found else '?'}, {packages}, git {git}; "
        f"everybody's files in {_filesystem(Path(tempfile.gettempdir()))}."
    )


def _filesystem(folder: Path) -> str:
    """Return the kind of the file system of `folder`: making forty thousand files costs little in memory (tmpfs)."""
    mounts = Path("/proc/mounts")
    lines = [line.split() for line in mounts.read_text(encoding="utf-8").splitlines()] if mounts.is_file() else []
    around = [(place, kind) for _, place, kind, *_ in lines if folder.is_relative_to(place)]
    return max(around, key=lambda each: len(each[0]), default=("", "a file system of unknown kind"))[1]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "?"


def _table(size: Size) -> Iterator[str]:
    yield "| | CPU | of it system | wall | MB | files | site MB | CPU / Hugo's |"
    yield "|---|--:|--:|--:|--:|--:|--:|--:|"
    for name, title in _TITLES.items():
        case = size.cases.get(name)
        if case is not None:
            hugo = size.cases[_AGAINST.get(name, run.HUGO)]
            yield f"| {title} | {_row(case)} | {case.cpu / hugo.cpu:.2f} |"


def _row(case: Case) -> str:
    cpu, wall = case.of("cpu"), case.of("wall")
    files = f"{case.files:,}" if case.files else ""
    weight = f"{case.bytes / 1e6:.1f}" if case.files else ""
    return (
        f"{median(cpu):.2f} ({min(cpu):.2f}) | {median(case.of('system')):.2f} | {median(wall):.2f} ({min(wall):.2f}) "
        f"| {max(case.of('tree')) / 1e6:.0f} | {files} | {weight}"
    )


def _shares(size: Size) -> Iterator[str]:
    titles = {run.COLD: "Cold build", run.UPDATE: "One new update (mean of five)"}
    for name, share in size.shares.items():
        yield f"\n{titles[name]}: {share.whole:.2f} CPU s, {share.children:.2f} in processes it starts (MkDocs, git).\n"
        yield "| room | CPU | share | its dearest lines |"
        yield "|---|--:|--:|---|"
        for room, spent in _dearest(share.rooms, share.whole / 100):
            own = {line: cost for line, cost in share.lines.items() if line.startswith((f"{room}/", f"{room}: "))}
            said = ", ".join(f"{line.removeprefix(room + ': ')} {cost:.2f}" for line, cost in _dearest(own, 0.005)[:4])
            yield f"| {room} | {spent:.2f} | {spent / share.whole:.0%} | {said} |"


def _dearest(spent: Mapping[str, float], least: float) -> list[tuple[str, float]]:
    return sorted(((what, cost) for what, cost in spent.items() if cost >= least), key=lambda pair: -pair[1])
