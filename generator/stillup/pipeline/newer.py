"""Whether a page that is served is newer than the one in hand: then it stays, whoever was slower.

Two publishers may work side by side, and the one with the older records may end last.
"""

import json
import subprocess
from pathlib import Path
from typing import Any


class Page:
    """The page in hand, and the repository that its records come from."""

    def __init__(self, root: Path, site: Path) -> None:
        """Judge for the page in `site`, made of the records at `root`."""
        self._root, self._site = root, site
        self._known: dict[bytes, str] = {}

    def newer(self, heartbeat: bytes) -> str:
        """Return that a page with `heartbeat` is newer, as the end of a sentence; nothing where it is not.

        It is newer when its commit comes after ours; of one commit, and where nobody knows, when it was built later.
        """
        if heartbeat not in self._known:
            self._known[heartbeat] = self._judged(_beat(heartbeat), _beat((self._site / "heartbeat.json").read_bytes()))
        return self._known[heartbeat]

    def _judged(self, theirs: dict[str, Any], ours: dict[str, Any]) -> str:
        built, commit = str(theirs.get("built_at", "")), str(theirs.get("commit") or "")
        mine = str(ours.get("commit") or "")
        follows = self._follows(commit, mine) if commit and mine and commit != mine else None
        if follows is None:
            follows = built > str(ours.get("built_at", ""))
        if not follows:
            return ""
        return f"keeps its page, which is newer: built at {built}" + (f" from commit {commit[:10]}" if commit else "")

    def _follows(self, theirs: str, ours: str) -> bool | None:
        """Whether the commit `theirs` comes after `ours`; None where they do not stand in one line, or nobody knows."""
        if not theirs.isalnum() or not ours.isalnum():
            return None
        if self._git("cat-file", "-e", f"{theirs}^{{commit}}") != 0:
            # Somebody pushed it after we looked. What is fetched gets no name here, and no branch of ours moves.
            self._git("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--refmap=", "origin", "HEAD")
        if self._git("merge-base", "--is-ancestor", ours, theirs) == 0:
            return True
        return False if self._git("merge-base", "--is-ancestor", theirs, ours) == 0 else None

    def _git(self, *words: str) -> int:
        command = ["git", "-C", str(self._root), *words]
        try:
            done = subprocess.run(command, capture_output=True, check=False, timeout=60, start_new_session=True)
        except (FileNotFoundError, subprocess.TimeoutExpired):
            return 1
        return done.returncode


def _beat(heartbeat: bytes) -> dict[str, Any]:
    try:
        found = json.loads(heartbeat)
    except (ValueError, RecursionError):
        found = None
    return found if isinstance(found, dict) else {}
