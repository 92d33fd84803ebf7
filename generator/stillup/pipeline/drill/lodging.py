"""The folder that a drill is played in, and those that drills left behind which somebody killed."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stillup.delivery.owner import is_ours, owner, runs

_PREFIX = "stillup-drill-"
_OWNER = "owner"
"""In each folder, a file with the name of the process that plays there."""


@contextmanager
def lodging() -> Iterator[Path]:
    """Yield an empty folder, which goes when the block ends; those of processes that are no more go before."""
    _tidied(Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(prefix=_PREFIX) as name:
        whole = Path(name)
        (whole / _OWNER).write_text(owner(), encoding="utf-8")
        inner = whole / "drill"
        inner.mkdir()
        yield inner


def _tidied(place: Path) -> None:
    """Remove what dead processes of ours left in `place`; of any other folder nobody can say whose it is."""
    for each in place.glob(f"{_PREFIX}*"):
        try:
            if each.is_symlink() or each.stat().st_uid != os.getuid():
                continue
            name = (each / _OWNER).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            continue  # it goes right now, or is nothing that a drill made
        if name.count(":") == 2 and is_ours(name) and not runs(name):
            shutil.rmtree(each, ignore_errors=True)
