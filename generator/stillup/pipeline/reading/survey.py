"""Which records have to be looked at: git knows it at once, else the walk over all files does.

Git compares the working tree with the commit at which the index was saved. Files that differed from that commit at
that time are looked at again whatever git says: they may have gone back to it.
"""

import json
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

from stillup.errors import Problem
from stillup.frozen import dataclass
from stillup.records import store
from stillup.records.folder import RecordFile, record_file
from stillup.records.index import Index
from stillup.records.story import Seen

FOLDER = "incidents"


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What to look at."""

    files: tuple[RecordFile, ...]
    """Records that are new or may have changed."""

    gone: frozenset[str] = frozenset()
    """Ids of records that are no longer there."""

    problems: tuple[Problem, ...] = ()
    unseen: frozenset[str] = frozenset()
    """Files known to the index that are no longer there."""


def survey(root: Path, index: Index) -> Survey:
    """Return which records below `root` may differ from what `index` knows."""
    commit = _git(root, "rev-parse", "HEAD")
    head = commit.strip() if commit else ""
    base = index.note("commit")
    dirty = _differing(root, base or head) if head else None
    found = _by_git(root, index, dirty | _noted(index)) if base and dirty is not None else None
    if found is None:
        found = _by_walk(root, index)
        dirty = _differing(root, head) if head and base != head else dirty
    elif base != head:
        dirty = (dirty or set()) | _noted(index)
    index.keep("commit", head if dirty is not None else "")
    index.keep("dirty", json.dumps(sorted(dirty or ())))
    return found


def again(index: Index, paths: Iterable[str]) -> None:
    """Let the next run look at `paths`, whatever git or their time stamps say: what is kept is not what they hold."""
    paths = set(paths)
    index.unsee(paths)
    index.keep("dirty", json.dumps(sorted(_noted(index) | paths)))


def _noted(index: Index) -> set[str]:
    return set(json.loads(index.note("dirty") or "[]"))


def _by_git(root: Path, index: Index, paths: set[str]) -> Survey | None:
    """Return the survey of what stands at `paths`; None where only the whole walk can tell."""
    files: dict[str, RecordFile] = {}
    gone: set[str] = set()
    for path in paths:
        parts = path.split("/")
        if any(part.startswith("_") for part in parts):
            continue
        owner = "/".join(parts[: parts.index("updates")]) + ".yml" if "updates" in parts[:-1] else path
        id = index.at(owner)
        if not os.path.lexists(root / owner):
            if id:
                gone.add(id)
            elif os.path.lexists(root / path):
                return None
            continue
        file = record_file(root, owner)
        if file is None or (not id and index.path(file.id)):
            return None
        files[file.id] = file
    return Survey(files=tuple(files.values()), gone=frozenset(gone - files.keys()))


def _by_walk(root: Path, index: Index) -> Survey:
    found, problems = store.files(root)
    known = index.seen()
    updates: dict[str, list[str]] = {}
    for path in known:
        owner, inside, _ = path.partition("/updates/")
        if inside:
            updates.setdefault(f"{owner}.yml", []).append(path)
    present = {path for file in found for path in (file.path, *file.updates)}
    ids = index.ids()
    changed = [
        file
        for file in found
        if file.id not in ids
        or sorted(updates.get(file.path, ())) != list(file.updates)
        or not all(_untouched(root, path, known.get(path)) for path in (file.path, *file.updates))
    ]
    return Survey(
        files=tuple(changed),
        gone=frozenset(ids - {file.id for file in found}),
        problems=problems,
        unseen=frozenset(known.keys() - present),
    )


def _untouched(root: Path, path: str, seen: Seen | None) -> bool:
    if seen is None:
        return False
    status = os.stat(f"{root}/{path}")
    return status.st_size == seen.size and status.st_mtime_ns == seen.mtime


def _differing(root: Path, commit: str) -> set[str] | None:
    """Return the record files that differ between `commit` and the working tree, new ones too; None without git."""
    changed = _git(root, "diff", "--name-only", "-z", "--no-renames", "--relative", commit, "--", FOLDER)
    added = _git(root, "ls-files", "--others", "-z", "--", FOLDER)
    if changed is None or added is None:
        return None
    return {path for path in (changed + added).split("\0") if path}


def _git(root: Path, *words: str) -> str | None:
    try:
        done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, check=False)
    except (FileNotFoundError, UnicodeDecodeError):
        return None
    return done.stdout if done.returncode == 0 else None
