"""Publish: the site built, and the messages of open and recent incidents rendered for everybody to see."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from stillup.errors import StillupError
from stillup.pipeline.build import claimed, frontage
from stillup.pipeline.ground import claim
from stillup.pipeline.outbox import outbox as outbox_of
from stillup.pipeline.run import Built, Run
from stillup.pipeline.tree import files


def publish(
    root: Path,
    *,
    at: datetime,
    site_dir: Path | None = None,
    outbox: Path | None = None,
    live: bool = False,
    keep_last_good: bool = False,
) -> Built:
    """Check, build, and render messages into `outbox` (`outbox/` below `root` by default).

    `keep_last_good`: a broken record is taken as of the newest commit in which it was sound, with warnings.

    Raises:
        RecordError: a record is unusable; site and outbox are as they were.
        StillupError: the folder of one of them holds something else.
    """
    site, work = claimed(root, site_dir)
    target = outbox or root / "outbox"
    claim(target, root, made=(target / "index.html").is_file())
    with Run(root, at=at, site_dir=site, work=work, live=live, keep_last_good=keep_last_good) as run:
        run.read()
        _refuse_channels(run)
        composed, artifacts = outbox_of(run)
        built = run.write(frontage(run))
        _replace(target, {artifact.path: artifact.body for artifact in artifacts})
    return replace(built, outbox=target, messages=composed)


def _refuse_channels(run: Run) -> None:
    """A page with real channels must not be taken for one that has none."""
    settings = run.edition.settings
    configured = [*(["channels"] if settings.channels.names() else []), *(["deploy"] if settings.deploy else [])]
    if configured:
        raise StillupError(
            f"mkdocs.yml sets {' and '.join(configured)}, and this version sends and deploys nothing. "
            "Remove the setting, or publish with your own tools from `stillup build` and the outbox."
        )


def _replace(folder: Path, bodies: dict[str, bytes]) -> None:
    """Make `folder` hold exactly `bodies`; files that hold the same bytes are left alone."""
    for path in set(files(folder)) - bodies.keys():
        (folder / path).unlink()
    for path, body in bodies.items():
        target = folder / path
        if not target.is_file() or target.read_bytes() != body:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(body)
    for parent in sorted((p for p in folder.rglob("*") if p.is_dir()), reverse=True):
        if not any(parent.iterdir()):
            parent.rmdir()
