"""Check and build, without importing MkDocs: it runs as a process of its own, and only when its part is out of date."""

import errno
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import yaml

from stillup.errors import Problem, RecordError, StillupError
from stillup.pipeline.building.outcome import Built, Checked
from stillup.pipeline.building.run import Run
from stillup.pipeline.pages.frontage import Frontage
from stillup.pipeline.reading.basis import of_files
from stillup.pipeline.tree.ground import claim
from stillup.pipeline.tree.tree import files
from stillup.records import configuration

_ABORTED = "Aborted with a BuildError!"
"""How MkDocs ends what it has said before: it says nothing more."""

_CLOSED = (errno.EROFS, errno.EACCES, errno.EPERM)
"""What the system says where nothing may be written, by this user or at all."""

_WITHOUT_CONFIGURATION = {
    "site_name": "Status",
    "theme": {"name": "material", "font": False},
    "extra": {"generator": False},
    "plugins": ["search", "stillup"],
}


def work_folder(root: Path, site_dir: Path | None = None) -> tuple[Path, Path]:
    """Return the site's folder and the folder for what is kept between runs, beside it.

    The site stands at `site_dir`, else where the settings say.
    """
    site = (site_dir or root / configuration.folder(root, "site_dir")).absolute()
    return site, site.parent / ".stillup" / site.name


@contextmanager
def kept(work: Path) -> Iterator[Path]:
    """Yield `work`; where nothing may be written there, a folder for this run alone: who only reads needs no more."""
    if _is_open(work):
        yield work
    else:
        with tempfile.TemporaryDirectory(prefix="stillup-") as folder:
            yield Path(folder)


def _is_open(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        if error.errno not in _CLOSED:
            raise
        return False
    return True


def claimed(root: Path, site_dir: Path | None = None) -> tuple[Path, Path]:
    """Return the same folders to a run that will fill them.

    Raises:
        StillupError: the site's folder holds something else.
    """
    site, work = work_folder(root, site_dir)
    claim(site, root, made=work.is_dir() or (site / "heartbeat.json").is_file())
    return site, work


def check(root: Path, *, at: datetime, live: bool = False, base: str = "") -> Checked:
    """Read every record; with `base`, also find what changes in silence since that commit.

    Raises:
        RecordError: with every problem of every file.
        StillupError: there is no such commit.
    """
    from stillup.pipeline.git.number import repeated
    from stillup.pipeline.judging.private import unsound

    site, work = work_folder(root)
    with kept(work) as own, Run(root, at=at, site_dir=site, work=own, live=live) as run:
        try:
            found = _checked(run, base, unsound(root), live=live)
        except RecordError as error:
            raise RecordError((*error.problems, *repeated(root, run.edition.settings, run.index))) from None
        if alike := repeated(root, run.edition.settings, run.index):
            raise RecordError((*found.warnings, *alike))
        return found


def _checked(run: Run, base: str, more: Iterable[Problem], *, live: bool) -> Checked:
    """Read every record and keep what was found sound; with `base`, compare what is published with that commit.

    `more` is known to be wrong already.
    """
    from stillup.pipeline.building.pending import pending
    from stillup.pipeline.git.base import compared
    from stillup.pipeline.judging.overlap import overlaps
    from stillup.subscribers.place import listed_problems

    edition = run.edition
    people = listed_problems(run.root, edition.settings, edition.components)
    since = compared(run.root, base, edition.at, edition.settings.timezone) if base else ()
    run.read((*more, *people, *since))
    ahead = pending(run) if live else []
    run.warnings = tuple(sorted([*run.warnings, *overlaps(run.root, run.index, run.record, edition.at), *ahead]))
    return Checked(records=run.index.count(), warnings=run.warnings)


def build(
    root: Path,
    *,
    at: datetime,
    site_dir: Path | None = None,
    live: bool = False,
    keep_last_good: bool = False,
    offline: bool = False,
) -> Built:
    """Make the site at `site_dir`, else where the settings say; only what changed is written.

    `offline`: its links lead to files, for readers without a web server.

    `keep_last_good`: a broken record is taken as of the newest commit in which it was sound, with warnings.

    Raises:
        RecordError: a record is unusable; the site is as it was.
        StillupError: MkDocs or an override failed, or the site's folder holds something else.
    """
    site, work = claimed(root, site_dir)
    with Run(root, at=at, site_dir=site, work=work, live=live, keep_last_good=keep_last_good, offline=offline) as run:
        run.read()
        return run.write(frontage(run))


def frontage(run: Run) -> Frontage:
    """Return what MkDocs and the theme make for `run`: what is kept of it, or made anew.

    Raises:
        RecordError: the settings name another theme, or a folder of pages that is not there.
        StillupError: MkDocs cannot make it.
    """
    kept = Frontage(run.work)
    docs = run.root / configuration.folder(run.root, "docs_dir")
    key = f"{run.basis} {of_files(docs, files(docs))}"
    if not kept.fits(key):
        if problems := [*configuration.unframed(run.root)]:
            raise RecordError(problems)
        kept.forget()
        _mkdocs(run.root.absolute(), run.work)
        kept.sign(key)
    return kept


def _mkdocs(root: Path, work: Path) -> None:
    """Let MkDocs make shells and static files into `work`."""
    work.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {"STILLUP_SHELLS": str(work), "NO_MKDOCS_2_WARNING": "1"}
    configuration = next((root / name for name in ("mkdocs.yml", "mkdocs.yaml") if (root / name).is_file()), None)
    if configuration is None:
        docs = root / "docs" if (root / "docs").is_dir() else work / "no-docs"
        docs.mkdir(exist_ok=True)
        configuration = work / "mkdocs.yml"
        written = _WITHOUT_CONFIGURATION | {"docs_dir": str(docs)}
        configuration.write_text(yaml.safe_dump(written), encoding="utf-8")
        environment["STILLUP_ROOT"] = str(root)
    # With --quiet MkDocs does not count its warnings, and --strict would let dead links between Markdown pages pass.
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", str(configuration)]
    command += ["-d", str(work / "static")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise StillupError(f"MkDocs could not make the page's frame:\n{_said(done.stdout + done.stderr)}")


def _said(text: str) -> str:
    """Return what MkDocs complains about; of a traceback only what it ends with."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith(("INFO", _ABORTED))]
    traced = next((number for number, line in enumerate(lines) if line.startswith("Traceback ")), len(lines))
    return "\n".join([*lines[:traced], *[line for line in lines[traced + 1 :] if not line.startswith(" ")][-1:]])
