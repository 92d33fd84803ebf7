"""A folder in which a run lays files beside those of others: it keeps a list of its own, and takes out nothing else."""

import os
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from stillup.pipeline.tree.stage import NEW
from stillup.pipeline.tree.tree import files

LIST = ".stillup-made"
"""Names what runs have laid into its folder, a path a line."""


def replace_all(folder: Path, bodies: Mapping[str, bytes]) -> None:
    """Lay `bodies` into `folder`, and take out what an earlier run laid there and this one does not.

    Files that hold the same bytes are left alone. What is new is written beside what it replaces, and changes places
    with it when all of it is there: a full disk leaves the folder as it was. Some files have internal facts, so a new
    folder is for its owner alone.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    waits = [path for path in files(folder) if path.endswith(NEW)]
    before = made(folder)
    waiting: list[Path] = []
    try:
        for path, body in bodies.items():
            target = folder / path
            if not target.is_file() or target.read_bytes() != body:
                target.parent.mkdir(parents=True, exist_ok=True)
                waiting.append(target)
                _beside(target).write_bytes(body)
        # Until all is done it names both: a run that is killed leaves nothing that the next one does not know.
        _note(folder, before | bodies.keys())
    except OSError:
        with suppress(OSError):  # a disk that refuses even that is left to the next run, which takes them away
            for target in (*waiting, folder / LIST):
                _beside(target).unlink(missing_ok=True)
            _tidy(folder, bodies)
        raise
    for target in sorted(waiting, key=lambda each: each == folder / "index.html"):
        _beside(target).replace(target)
    remove(folder, [*waits, *sorted(before - bodies.keys())])
    with suppress(OSError):  # it names too much then: of what is not there any more the next run takes nothing out
        _note(folder, bodies.keys())


def made(folder: Path) -> frozenset[str]:
    """Return the paths of what runs have laid into `folder`.

    The list may have come with a commit from anybody: what leads out of the folder no run has laid there.
    """
    try:
        listed = (folder / LIST).read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return frozenset()
    within = os.path.realpath(folder)
    return frozenset(path for path in listed if _is_laid(folder / path, within))


def remove(folder: Path, paths: Collection[str]) -> None:
    """Take `paths` out of `folder`, and the folders in which nothing is then."""
    for path in paths:
        (folder / path).unlink(missing_ok=True)
    _tidy(folder, paths)


def _is_laid(path: Path, within: str) -> bool:
    if "\0" in str(path) or (path.is_dir() and not path.is_symlink()):
        return False
    parent = os.path.realpath(path.parent)
    return os.path.isdir(parent) and (parent == within or parent.startswith(f"{within}{os.sep}"))


def _note(folder: Path, paths: Iterable[str]) -> None:
    text = "".join(f"{path}\n" for path in sorted(paths)).encode()
    if not (folder / LIST).is_file() or (folder / LIST).read_bytes() != text:
        _beside(folder / LIST).write_bytes(text)
        _beside(folder / LIST).replace(folder / LIST)


def _beside(target: Path) -> Path:
    return target.with_name(f"{target.name}{NEW}")


def _tidy(folder: Path, paths: Iterable[str]) -> None:
    """Take out the folders of `paths` in which nothing is."""
    inner = {parent for path in paths for parent in (folder / path).parents if parent.is_relative_to(folder)}
    for parent in sorted(inner - {folder}, reverse=True):
        if parent.is_dir() and not any(parent.iterdir()):
            parent.rmdir()
