"""A small page to change in tests: its records, and builds of it."""

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from stillup import pipeline

AT = datetime(2026, 11, 20, 10, 45, tzinfo=UTC)

MKDOCS = """\
site_name: {site_name}
site_url: https://status.example.com/
theme: {{name: material, custom_dir: site_overrides, font: false}}
extra: {{generator: false}}
plugins:
  - search
  - stillup:
      timezone: {timezone}
"""

RECORDS = {
    "components/api.yml": "name: API\ngroup: core\nposition: 1\nsince: 2026-06-01\n",
    "components/web.yml": "name: Web\ngroup: core\nposition: 2\n",
    "components/mail.yml": (
        "name: Mail\nposition: 3\nstates:\n"
        "  - {at: 2026-10-01T22:00:00Z, status: partial_outage}\n  - {at: 2026-10-02T02:00:00Z, status: operational}\n"
    ),
    "incidents/2026/open.yml": (
        "title: The API answers slowly\nupdates:\n  - at: 2026-11-20T10:00:00Z\n    status: investigating\n"
        "    components: {api: degraded_performance}\n    body: We look into it.\n    next_update_in: 1h\n"
    ),
    "incidents/2026/closed.yml": (
        "title: Mail was late\nstarted_at: 2026-11-18T23:30:00Z\nupdates:\n  - at: 2026-11-18T23:40:00Z\n"
        "    status: investigating\n    components: {mail: major_outage, web: partial_outage}\n"
        "    body: Mail is late.\n"
        "  - at: 2026-11-19T01:10:00Z\n    status: resolved\n    body: Mail is on time.\n"
    ),
    "incidents/2026/weekly.yml": (
        "title: Weekly check\nkind: maintenance\nscheduled:\n  start: 2026-11-06T11:00:00Z\n"
        "  end: 2026-11-06T11:30:00Z\n"
        "  recurrence: FREQ=WEEKLY;COUNT=5\nupdates:\n  - at: 2026-11-01T10:00:00Z\n    status: scheduled\n"
        "    components: {web: under_maintenance}\n    body: The web is checked on Fridays.\n"
    ),
    "docs/about.md": "# About\n\nWords.\n",
    "site_overrides/assets/own.css": "/* ours */\n",
}


@dataclass
class Site:
    """A repository and the site made from it."""

    root: Path
    at: datetime = AT

    @classmethod
    def make(cls, root: Path, records: Mapping[str, str] = RECORDS) -> "Site":
        """Write `records` below `root`."""
        site = cls(root)
        site.write("mkdocs.yml", MKDOCS.format(site_name="Test", timezone="Europe/Berlin"))
        for path, text in records.items():
            site.write(path, text)
        return site

    def write(self, path: str, text: str) -> None:
        """Write one file."""
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, encoding="utf-8")

    def read(self, path: str) -> str:
        """Read one file."""
        return (self.root / path).read_text(encoding="utf-8")

    def git(self, *words: str) -> None:
        """Run git in the repository, as nobody in particular."""
        who = ("-c", "user.name=responder", "-c", "user.email=responder@example.com", "-c", "commit.gpgsign=false")
        subprocess.run(["git", "-C", self.root, *who, *words], check=True)

    def build(self) -> pipeline.Built:
        """Build with everything that earlier builds kept."""
        return pipeline.build(self.root, at=self.at)

    def tree(self) -> dict[str, bytes]:
        """Return every file of the site."""
        return tree(self.root / "site")

    def cold(self, folder: Path) -> dict[str, bytes]:
        """Return the site as a build makes it that knows nothing but MkDocs' own part."""
        shutil.rmtree(folder, ignore_errors=True)
        kept, work = self.root / ".stillup" / "site", folder / ".stillup" / "site"
        work.mkdir(parents=True)
        for name in ("static", "shells"):
            shutil.copytree(kept / name, work / name)
        shutil.copy(kept / "key", work / "key")
        pipeline.build(self.root, at=self.at, site_dir=folder / "site")
        return tree(folder / "site")


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file below `folder`."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
