"""What is installed: libraries in the versions that we need, programs that the settings want, folders to write in."""

import os
import shutil
import sys
from collections.abc import Iterator
from importlib import metadata, util
from pathlib import Path

from packaging.requirements import Requirement

import stillup
from stillup.pipeline.doctor.chart import Chart
from stillup.records.settings import Settings

_EXTRAS = {"serve": ("starlette", "uvicorn"), "apprise": ("apprise",), "reports": ("matplotlib",)}
_HAND = "Install it with the package manager of this machine."


def look(chart: Chart, root: Path, settings: Settings, work: Path) -> None:
    """See that everything which the settings of the page at `root` ask for is installed."""
    wrong = list(_libraries())
    for said in wrong:
        chart.error("library", said, "Run pip install --upgrade stillup in the environment that runs it.")
    version = ".".join(map(str, sys.version_info[:3]))
    if not wrong:
        chart.good(f"Stillup {stillup.__version__} on Python {version}, with every library it needs.")
    _extras(chart, root, settings)
    for program, wants, loc in _programs(root, settings):
        if shutil.which(program) is None:
            chart.error("program", f"{program} is not installed, and {wants} needs it.", _HAND, *loc)
    for folder in (work.parent, root / "incidents"):
        there = next(each for each in (folder, *folder.parents) if each.exists())
        if not os.access(there, os.W_OK):
            said = f"{there} cannot be written by whoever runs this."
            chart.error("folder", said, "Give the folder to that user, or run as its owner.")


def _libraries() -> Iterator[str]:
    """Yield what is wrong with a library that we cannot be without."""
    try:
        wanted = metadata.requires("stillup") or []
    except metadata.PackageNotFoundError:
        yield "Stillup is run from its sources and is not installed, so the versions of libraries are not known."
        return
    for requirement in map(Requirement, wanted):
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            found = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            yield f"{requirement.name} is not installed."
            continue
        if not requirement.specifier.contains(found, prereleases=True):
            yield f"{requirement.name} is there as {found}, and Stillup needs {requirement.specifier}."


def _extras(chart: Chart, root: Path, settings: Settings) -> None:
    wants = {
        "serve": (bool(settings.serve.url), "the application of serve: url", ("serve", "url")),
        "apprise": (settings.channels.apprise is not None, "the channel apprise", ("channels", "apprise")),
        "reports": ((root / settings.private / "reports").is_dir(), "charts in reports", ("private",)),
    }
    for extra, (wanted, purpose, loc) in wants.items():
        lacking = [name for name in _EXTRAS[extra] if util.find_spec(name) is None]
        if wanted and lacking:
            said = f"{' and '.join(lacking)} {'is' if len(lacking) == 1 else 'are'} not installed here."
            # It may well run on another machine: this one may only publish.
            chart.warning("library", f"{said} {purpose} needs it.".capitalize(), _of_extra(extra), *loc)


def _of_extra(extra: str) -> str:
    return f"Where that runs on this machine: pip install 'stillup[{extra}]'."


def _programs(root: Path, settings: Settings) -> Iterator[tuple[str, str, tuple[str | int, ...]]]:
    """Yield programs with what needs them, and the setting."""
    if settings.ledger.startswith("git:"):
        yield "git", "the ledger in git", ("ledger",)
    elif (root / ".git").exists():
        yield "git", "the history of records", ()
    for number, target in enumerate(settings.deploy):
        if target.kind == "git":
            yield "git", f"deploying to {target.branch}", ("deploy", number)
        if target.kind == "rsync":
            yield "rsync", "deploying by rsync", ("deploy", number)
            if ":" in target.rsync:
                yield "ssh", "deploying by rsync", ("deploy", number)
