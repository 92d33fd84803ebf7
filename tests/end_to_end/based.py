"""A repository whose records are held against an earlier commit, and what is said of it."""

from datetime import UTC, datetime
from pathlib import Path

from stillup.pipeline.git.base import compared
from tests.end_to_end.page import RECORDS, Site

AT = datetime(2026, 11, 20, 10, 45, tzinfo=UTC)
OPEN = RECORDS["incidents/2026/open.yml"]
CLOSED = RECORDS["incidents/2026/closed.yml"]
WINDOW = """\
title: New disks
kind: maintenance
scheduled:
  start: 2026-11-22T10:00:00Z
  end: 2026-11-22T12:00:00Z
updates:
  - at: 2026-11-20T10:12:00Z
    status: scheduled
    components: {api: under_maintenance}
    body: We change disks.
"""
SERIES = WINDOW.replace("12:00:00Z\n", "12:00:00Z\n  recurrence: FREQ=WEEKLY;COUNT=8\n", 1)


def repository(root: Path, records: dict[str, str] | None = None) -> Site:
    """A repository with one commit of the small page and `records`."""
    site = Site.make(root, RECORDS | (records or {}))
    site.git("init", "--quiet", "--initial-branch=main")
    commit(site)
    return site


def commit(site: Site) -> None:
    site.git("add", "--all", "incidents", "components", "mkdocs.yml")
    site.git("commit", "--quiet", "--allow-empty", "--message", "Say more")


def said(site: Site, base: str = "HEAD", at: datetime = AT) -> list[str]:
    """Return what is said of the working tree, in file order."""
    return [str(problem) for problem in sorted(compared(site.root, base, at, "UTC"))]


def change(site: Site, path: str, *pairs: tuple[str, str]) -> None:
    text = site.read(path)
    for old, new in pairs:
        assert text.count(old) == 1, f"{old!r} stands in {path} {text.count(old)} times"
        text = text.replace(old, new)
    site.write(path, text)
