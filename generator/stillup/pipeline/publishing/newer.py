"""Whether a page that is served is newer than the one in hand: then it stays, whoever was slower.

Two publishers may work side by side, and the one with the older records may end last.
"""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from stillup import errand
from stillup.instant import is_later


class Line:
    """The commits of the repository that the records come from, and of its remote."""

    def __init__(self, root: Path) -> None:
        """Ask the repository at `root`."""
        self._root = root

    def follows(self, theirs: str, ours: str) -> bool | None:
        """Whether the commit `theirs` comes after `ours`; None where they do not stand in one line, or nobody knows."""
        if not theirs.isalnum() or not ours.isalnum():
            return None
        if self._git("cat-file", "-e", f"{theirs}^{{commit}}") != 0:
            # Somebody pushed it after we looked. What is fetched gets no name here, and no branch of ours moves.
            self._git("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--refmap=", "origin", "HEAD")
        if self._within(ours, theirs):
            return not self._is_discarded(theirs, ours)
        return False if self._within(theirs, ours) else None

    def _is_discarded(self, theirs: str, ours: str) -> bool:
        """Whether somebody has taken the branch back to before `theirs`, while `ours` is still in it.

        The remote is asked for the tip of its branch; where it cannot say, nothing is discarded.
        """
        listed = self._said("ls-remote", "--", "origin", "HEAD")
        tip = listed.partition("\t")[0].strip()
        if not tip.isalnum():
            return False
        if self._git("cat-file", "-e", f"{tip}^{{commit}}") != 0:
            self._git("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--refmap=", "origin", "HEAD")
        return self._within(ours, tip) and not self._within(theirs, tip)

    def _within(self, commit: str, tip: str) -> bool:
        return self._git("merge-base", "--is-ancestor", commit, tip) == 0

    def _git(self, *words: str) -> int:
        return self._run(*words).returncode

    def _said(self, *words: str) -> str:
        done = self._run(*words)
        return done.stdout.decode(errors="replace") if done.returncode == 0 else ""

    def _run(self, *words: str) -> "subprocess.CompletedProcess[bytes]":
        command = ["git", "-C", str(self._root), *words]
        quiet = {**os.environ, "GIT_TERMINAL_PROMPT": "0"}
        try:
            return errand.run(command, environment=quiet, patience=60)
        except (FileNotFoundError, subprocess.TimeoutExpired):
            return subprocess.CompletedProcess(command, 1, b"", b"")


class Page:
    """The page in hand, and the repository that its records come from."""

    def __init__(self, root: Path, site: Path) -> None:
        """Judge for the page in `site`, made of the records at `root`."""
        self._line, self._site = Line(root), site
        self._known: dict[bytes, str] = {}
        self.overtaken = ""
        """A commit after ours whose page was found served; empty where none was."""

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
        follows = self._line.follows(commit, mine) if commit and mine and commit != mine else None
        if follows:
            self.overtaken = commit
        if follows is None:
            follows = is_later(built, ours.get("built_at"))
        if not follows:
            return ""
        return f"keeps its page, which is newer: built at {built}" + (f" from commit {commit[:10]}" if commit else "")


def _beat(heartbeat: bytes) -> dict[str, Any]:
    try:
        found = json.loads(heartbeat)
    except (ValueError, RecursionError):
        found = None
    return found if isinstance(found, dict) else {}
