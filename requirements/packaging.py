"""What a package holds besides the files of its folder: the commit it was made from."""

import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

HANDED_ON = "requirements/commit.txt"
"""Where a source distribution says its commit to the wheel that is built from it."""


class Commit(BuildHookInterface):  # type: ignore[type-arg]
    """Notes the commit, where it is known. An editable installation asks git each time instead."""

    PLUGIN_NAME = "custom"

    _folder: "tempfile.TemporaryDirectory[str] | None" = None

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the file with the commit."""
        handed_on = Path(self.root) / HANDED_ON
        commit = handed_on.read_text(encoding="ascii") if handed_on.is_file() else self._head()
        if version == "editable" or not commit:
            return
        self._folder = tempfile.TemporaryDirectory()
        made = Path(self._folder.name) / "commit.txt"
        made.write_text(commit, encoding="ascii")
        build_data["force_include"][str(made)] = HANDED_ON if self.target_name == "sdist" else "stillup/commit.txt"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what was only there to be packed."""
        if self._folder:
            self._folder.cleanup()

    def _head(self) -> str:
        if not self._git("ls-files", "--", "pyproject.toml"):
            return ""
        changed = "+" if self._git("status", "--porcelain", "--", "generator") else ""
        return f"{self._git('rev-parse', '--short=12', 'HEAD')}{changed}\n"

    def _git(self, *words: str) -> str:
        try:
            done = subprocess.run(["git", *words], cwd=self.root, capture_output=True, check=False, text=True)
        except FileNotFoundError:
            return ""
        return done.stdout.strip() if done.returncode == 0 else ""
