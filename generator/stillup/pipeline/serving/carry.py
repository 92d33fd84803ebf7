"""What a machine works out goes into a commit and to the remote; where others were faster it is worked out anew.

Our commit is given up then: what people wrote meanwhile counts, and two machines that know the same write the same.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from time import sleep

from stillup.errors import StillupError
from stillup.pipeline.change.handover import PAUSES, Checkout

Before = Callable[[list[str]], None]
"""Hears which files are about to be written."""

Work = Callable[[Before], Iterable[str]]
"""Works something out, writes it, and returns which files that were, from the root."""


def carry(root: Path, work: Work, subject: str, *, push: bool, pauses: Sequence[float] = PAUSES) -> str:
    """Do `work` and commit what it wrote under `subject`; `push` it. Return the commit; empty where nothing was new.

    A run that was interrupted between writing and committing is made up for by the next one.

    Raises:
        StillupError: git refuses, or others pushed before us each time.
    """
    own, pending = Checkout(root), root / ".stillup" / f"{subject.lower().replace(' ', '-')}.pending"
    remote = own.remote() if push else None
    for pause in (*pauses, None):
        earlier = _pending(pending)

        def before(paths: list[str], earlier: list[str] = earlier) -> None:
            pending.parent.mkdir(parents=True, exist_ok=True)
            part = pending.with_suffix(".part")
            part.write_text(json.dumps(sorted({*earlier, *paths})), encoding="utf-8")
            part.replace(pending)

        made = own.commit({*earlier, *work(before)}, subject)
        pending.unlink(missing_ok=True)
        if remote is None or not own.waits(remote) or own.offer(remote):
            return made
        if pause is not None:
            own.renew(remote, subject)
            sleep(pause)
    raise StillupError(f'Others pushed before us each time, so "{subject}" waits for the next run.')


def _pending(file: Path) -> list[str]:
    """Return the files that an interrupted run was about to write and commit."""
    try:
        return [path for path in json.loads(file.read_text(encoding="utf-8")) if isinstance(path, str)]
    except FileNotFoundError:
        return []
