"""The records as they stood at another commit, in a folder of their own."""

import os
import subprocess
from pathlib import Path

from stillup.errors import StillupError


def check_out(root: Path, commit: str, target: Path) -> Path:
    """Write what the repository around `root` held at `commit` into `target`; return the root in it.

    Nothing of the repository itself changes, and what git does not keep (private records) is not there.

    Raises:
        StillupError: git cannot.
    """
    top, inner = _git(root, "rev-parse", "--show-toplevel", "--show-prefix").split("\n")[:2]
    _git(root, "clone", "--quiet", "--shared", "--no-checkout", top, str(target))
    _git(target, "checkout", "--quiet", "--detach", commit)
    return target / inner


def _git(folder: Path, *words: str) -> str:
    environment = os.environ | {"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *words], env=environment, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise StillupError("--base needs git, which is not installed.") from None
    if done.returncode != 0:
        raise StillupError(f"git {words[0]} failed, which --base needs. Git says: {done.stderr.strip()}")
    return done.stdout
