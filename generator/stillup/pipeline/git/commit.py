"""Which commit the records come from."""

import subprocess
from pathlib import Path


def commit(root: Path) -> str:
    """Return the short id of HEAD at `root`, or an empty text outside a git checkout or without git."""
    try:
        done = subprocess.run(
            ["git", "-C", str(root), "rev-parse", "--short=10", "HEAD"], capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
