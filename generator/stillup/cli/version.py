"""Which Stillup this is: the version, and the commit it was made from."""

import subprocess
from pathlib import Path

import stillup

_PACKAGE = Path(stillup.__file__).parent


def version() -> str:
    """Return e.g. `0.1.0 (8f1c2ab90d3e)`; `+` after the commit when files differ; no commit where none is known."""
    made = commit()
    return f"{stillup.__version__} ({made})" if made else stillup.__version__


def commit() -> str:
    """Return what the package was built from, else what is checked out; empty where neither is known."""
    noted = _PACKAGE / "commit.txt"
    if noted.is_file():
        return noted.read_text(encoding="ascii").strip()
    # A package inside somebody's repository is not of that repository: its files must be tracked there.
    if not _git("ls-files", "--error-unmatch", "__init__.py"):
        return ""
    changed = "+" if _git("status", "--porcelain", "--", ".") else ""
    return _git("rev-parse", "--short=12", "HEAD") + changed


def _git(*words: str) -> str:
    try:
        done = subprocess.run(["git", "-C", str(_PACKAGE), *words], capture_output=True, check=False, text=True)
    except FileNotFoundError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
