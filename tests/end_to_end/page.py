"""A small page to change in tests: its records, and builds of it."""

import atexit
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
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
    framed: bool = True
    """Whether the first build may find what MkDocs made of the same settings for another page of this run."""

    @classmethod
    def make(cls, root: Path, records: Mapping[str, str] = RECORDS, *, framed: bool = True) -> "Site":
        """Write `records` below `root`."""
        site = cls(root, framed=framed)
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
        if not self.framed:
            return pipeline.build(self.root, at=self.at)
        kept, known = self.root / ".stillup" / "site", _frame_of(self.root)
        if known.is_dir() and not (kept / "key").is_file():
            shutil.copytree(known, kept, dirs_exist_ok=True)
        built = pipeline.build(self.root, at=self.at)
        if not known.is_dir() and (kept / "key").is_file():
            _copy_frame(kept, known)
        return built

    def tree(self) -> dict[str, bytes]:
        """Return every file of the site."""
        return tree(self.root / "site")

    def cold(self, folder: Path) -> dict[str, bytes]:
        """Return the site as a build makes it that knows nothing but MkDocs' own part."""
        shutil.rmtree(folder, ignore_errors=True)
        kept, work = self.root / ".stillup" / "site", folder / ".stillup" / "site"
        work.mkdir(parents=True)
        _copy_frame(kept, work)
        pipeline.build(self.root, at=self.at, site_dir=folder / "site")
        return tree(folder / "site")


@cache
def _frames() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="stillup-frames-"))
    atexit.register(shutil.rmtree, folder)
    return folder


def _frame_of(root: Path) -> Path:
    """Where the frame of pages with these settings, Markdown pages and overrides is kept; Stillup has its own key."""
    found = [root / "mkdocs.yml", *sorted((root / "docs").rglob("*")), *sorted((root / "site_overrides").rglob("*"))]
    said = [(str(path.relative_to(root)), path.read_bytes() if path.is_file() else b"") for path in found]
    return _frames() / sha256(repr(said).encode()).hexdigest()


def _copy_frame(kept: Path, to: Path) -> None:
    """Copy MkDocs' part of what is kept between builds."""
    to.mkdir(parents=True, exist_ok=True)
    for name in ("static", "shells"):
        shutil.copytree(kept / name, to / name)
    shutil.copy(kept / "key", to / "key")


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file below `folder`."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
