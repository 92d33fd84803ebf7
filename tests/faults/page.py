"""A page in two languages that was built, and what somebody writes next."""

import shutil
from pathlib import Path

from tests.end_to_end.page import RECORDS, Site, tree

AT = "2026-11-20T10:45:00Z"
NEW = ".stillup-new"
OPEN = RECORDS["incidents/2026/open.yml"]
URGENT = f"{OPEN}  - at: 2026-11-20T10:40:00Z\n    status: identified\n    body: A disk is full.\n"
SECOND = (
    "title: Mail is late again\nupdates:\n  - at: 2026-11-20T10:41:00Z\n    status: investigating\n"
    "    components: {mail: partial_outage}\n    body: We look.\n"
)


def made(folder: Path) -> Site:
    """Write the page; nothing is built yet."""
    site = Site.make(folder)
    site.write("mkdocs.yml", f"{site.read('mkdocs.yml')}      languages: [en, es]\n")
    return site


def copied(site: Site, folder: Path) -> Site:
    """Return a copy of the page with everything that builds keep."""
    shutil.copytree(site.root, folder, symlinks=True)
    return Site(folder)


def changed(site: Site) -> None:
    """An update, a new record, and one that is taken back."""
    site.write("incidents/2026/open.yml", URGENT)
    site.write("incidents/2026/second.yml", SECOND)
    (site.root / "incidents/2026/closed.yml").unlink()


def taken_back(site: Site) -> None:
    """Everything is as it was before `changed`."""
    for path in ("incidents/2026/open.yml", "incidents/2026/closed.yml"):
        site.write(path, RECORDS[path])
    (site.root / "incidents/2026/second.yml").unlink()


def published(site: Site) -> dict[str, bytes]:
    """Return what a web server would serve that does not know of files that wait."""
    return {path: body for path, body in tree(site.root / "site").items() if not path.endswith(NEW)}
