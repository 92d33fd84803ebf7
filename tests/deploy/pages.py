"""Pages that are told apart, to put where they are served from."""

import json
from datetime import UTC, datetime
from pathlib import Path

AT = datetime(2026, 11, 20, 10, 45, tzinfo=UTC)


def page(site: Path, number: int, files: int = 3) -> Path:
    """Make a page whose every file says its number; one file is the same on every page."""
    for name in ("index.html", "heartbeat.json", *(f"incidents/{n}/index.html" for n in range(files))):
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        said = {"built_at": f"2026-11-20T10:{number:02}:00Z", "commit": str(number)}
        (site / name).write_text(json.dumps(said) if name.endswith("json") else f"page {number}")
    if not (site / "old.html").exists():
        (site / "old.html").write_text("never changes")
    return site


def tree(folder: Path) -> dict[str, str]:
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_text() for name, path in found.items() if not name.startswith(".git/")}
