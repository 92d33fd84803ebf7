"""Waiting for a page that another job brings to where it is served: until what is served is of our commit."""

from pathlib import Path
from typing import Any

from stillup.delivery.deploy.live import PATIENCE, Live, wait_until
from stillup.errors import Level, RecordError
from stillup.pipeline.git.repository import Repository
from stillup.pipeline.publishing.newer import Line
from stillup.records import configuration


def await_commit(root: Path, *, patience: float = PATIENCE) -> Live:
    """Wait until the page at `site_url` is of the commit that is checked out at `root`, or of a later one.

    Raises:
        RecordError: the settings cannot be used.
        StillupError: there is no repository or no commit.
    """
    settings, problems = configuration.settings(root)
    if any(problem.level is Level.ERROR for problem in problems):
        raise RecordError(problems)
    if not settings.site_url:
        return Live(seen=False, seconds=0.0, note="site_url is not set, so nobody looked whether the page is served.")
    commit, line = Repository(root, "--wait").commit("HEAD"), Line(root)

    def good(theirs: dict[str, Any]) -> bool:
        served = str(theirs.get("commit") or "")
        return bool(served) and (commit.startswith(served) or line.follows(served, commit) is True)

    return wait_until(settings.site_url, good, patience=patience)
