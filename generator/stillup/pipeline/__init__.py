"""Joins the rooms: the only place that knows them all. Straight lines, no rules of its own."""

from datetime import datetime
from pathlib import Path

from stillup.pipeline.build import build, check, claimed, work_folder
from stillup.pipeline.run import Built, Checked, Run

__all__ = ["Built", "Checked", "Run", "build", "check", "claimed", "publish", "work_folder"]


def publish(
    root: Path,
    *,
    at: datetime,
    site_dir: Path | None = None,
    outbox: Path | None = None,
    live: bool = False,
    keep_last_good: bool = False,
) -> Built:
    """Check, build, and render messages: `pipeline.release.publish`, imported when it is asked for."""
    from stillup.pipeline.release import publish

    return publish(root, at=at, site_dir=site_dir, outbox=outbox, live=live, keep_last_good=keep_last_good)
