"""Files of an import looked at as records before any is written: an import that would break the page writes nothing."""

import os
import shutil
import stat
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from stillup.errors import Level, RecordError
from stillup.records import store
from stillup.records.configuration import NAMES


def land(root: Path, files: Mapping[str, str], *, dry_run: bool) -> None:
    """Write `files` below `root`, each whole or not at all; with `dry_run` only look at them.

    Raises:
        RecordError: one of them would be no sound record; nothing was written.
    """
    _look(root, files)
    if dry_run:
        return
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(f"_{target.name}.new")
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(target)


def _look(root: Path, files: Mapping[str, str]) -> None:
    with TemporaryDirectory(prefix="stillup-import-") as name:
        stage = Path(name)
        copy(root, stage)
        for path, text in files.items():
            target = stage / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.unlink(missing_ok=True)
            target.write_text(text, encoding="utf-8", newline="\n")
        try:
            store.load(stage)
        except RecordError as error:
            ours = [each for each in error.problems if each.file in files and each.level is Level.ERROR]
            if ours:
                raise RecordError(ours) from None


def copy(root: Path, stage: Path) -> None:
    """Let the records and settings of `root` stand in `stage` too, where files can come, go and be replaced.

    A folder of `root` may be one in which nobody writes; its copy is ours. Files stand in both places, so that one is
    to be taken away before another is written in its place.
    """
    for folder in ("components", "incidents"):
        if (root / folder).is_dir():
            shutil.copytree(root / folder, stage / folder, copy_function=_link)
            for each, _, _ in os.walk(stage / folder):
                Path(each).chmod(stat.S_IRWXU)
    for path in NAMES:
        if (root / path).is_file():
            _link(str(root / path), str(stage / path))


def _link(source: str, target: str) -> None:
    """Let a file stand in two places without copying it, where the disk can."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy(source, target)
