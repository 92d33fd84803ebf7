"""What a package holds besides the files of its folder: the commit it was made from."""

import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NAME = "generator/stillup/commit.txt"


class Commit(BuildHookInterface):  # type: ignore[type-arg]
    """Notes the commit; a source distribution hands its own on to the package that is built from it."""

    PLUGIN_NAME = "custom"

    _folder: "tempfile.TemporaryDirectory[str] | None" = None

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add `commit.txt`, where the commit is known. An editable installation asks git each time."""
        if version == "editable" or (Path(self.root) / NAME).is_file():
            return
        commit = self._git("rev-parse", "--short=12", "HEAD")
        if not commit or not self._git("ls-files", "--", "pyproject.toml"):
            return
        changed = "+" if self._git("status", "--porcelain", "--", "generator") else ""
        self._folder = tempfile.TemporaryDirectory()
        made = Path(self._folder.name) / "commit.txt"
        made.write_text(f"{commit}{changed}\n", encoding="ascii")
        build_data["force_include"][str(made)] = NAME if self.target_name == "sdist" else "stillup/commit.txt"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what was only there to be packed."""
        if self._folder:
            self._folder.cleanup()

    def _git(self, *words: str) -> str:
        try:
            done = subprocess.run(["git", *words], cwd=self.root, capture_output=True, check=False, text=True)
        except FileNotFoundError:
            return ""
        return done.stdout.strip() if done.returncode == 0 else ""
