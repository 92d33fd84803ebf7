"""What is wrong with private records, and where they could be read by others. The build of a page never asks."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from stillup.errors import Level, Problem
from stillup.records import configuration, store
from stillup.records.settings import Settings


def unsound(root: Path) -> tuple[Problem, ...]:
    """Return every problem of the private folder, where it is there; public records are known by their names alone."""
    settings, _ = configuration.settings(root)
    problems = _faults(root, settings) if (root / settings.private).is_dir() else ()
    return tuple(sorted([*problems, *exposed(root, settings)]))


def _faults(root: Path, settings: Settings) -> tuple[Problem, ...]:
    """Return what is wrong within the folder."""
    from stillup.records.private.store import load  # a page without a private folder has no use for it

    components, _ = store.components(root)
    found, _ = store.files(root)
    return load(root, settings, {file.id for file in found}, components)[1]


def exposed(root: Path, settings: Settings) -> Iterator[Problem]:
    """Yield a problem where the private folder is published, and a warning where git would carry it along."""
    place = settings.private.rstrip("/")
    folder = (root / settings.private).resolve()
    for key in ("docs_dir", "site_dir"):
        other = (root / configuration.folder(root, key)).resolve()
        if folder.is_relative_to(other):
            at = configuration.found(root, "private", settings.private)
            yield Problem(
                file=at.file,
                line=at.line,
                column=at.column,
                field=at.field,
                code="private",
                message=f"The private folder stands in the {key}, and everything in it is published.",
                fix="Name a folder of its own, such as private.",
            )
    tracked = _tracked(root, folder)
    if tracked:
        more = f" and {len(tracked) - 1} more" if len(tracked) > 1 else ""
        yield Problem(
            file=f"{place}/{tracked[0]}",
            code="private",
            level=Level.WARNING,
            message=f"Git keeps this file{more} in the repository of the page: whoever can clone it can read it.",
            fix=f"Write /{place}/ into .gitignore, and take it out with git rm -r --cached {place}.",
        )


def _tracked(root: Path, folder: Path) -> list[str]:
    """Return which files of `folder` git keeps in the repository of `root`; none where it has one of its own."""
    if not folder.is_dir() or not _same(_top(root), _top(folder)):
        return []
    done = subprocess.run(["git", "-C", str(folder), "ls-files", "-z"], capture_output=True, text=True, check=False)
    return [path for path in done.stdout.split("\0") if path] if done.returncode == 0 else []


def _top(folder: Path) -> str:
    """Return the top of the repository of `folder`; empty where there is none, or no git."""
    try:
        words = ["git", "-C", str(folder), "rev-parse", "--show-toplevel"]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _same(one: str, other: str) -> bool:
    return bool(one) and bool(other) and os.path.samefile(one, other)
