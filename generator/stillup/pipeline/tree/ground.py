"""Which folders a run may fill: whatever it did not make there is removed, so they must be its own."""

import os
from pathlib import Path

from stillup.errors import StillupError

_WRITTEN = frozenset(
    {"incidents", "components", "docs", "messages", "site_overrides", "private", "manual", "schema", ".git"}
)
"""Folders of a page's repository that people or other tools fill."""


def claim(folder: Path, root: Path, *, made: bool) -> None:
    """See that a run for the page at `root` may fill `folder`; `made`: an earlier run did.

    Raises:
        StillupError: `folder` holds the repository or a part of it, or files that no run has made.
    """
    place, home = Path(os.path.realpath(folder)), Path(os.path.realpath(root))
    advice = f"Name a folder of its own, such as {root / 'site'}."
    if place == home or place in home.parents:
        raise StillupError(f"{folder} holds the records, and what a run did not make is removed there. {advice}")
    if home in place.parents and place.relative_to(home).parts[0] in _WRITTEN:
        raise StillupError(f"{folder} is written by people, and what a run did not make is removed there. {advice}")
    if not made and folder.is_dir() and any(folder.iterdir()):
        raise StillupError(
            f"{folder} holds files that no run has made, and they would be removed. "
            "Empty it yourself, or name another folder."
        )
