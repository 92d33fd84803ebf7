"""One process of a drill, behind the wall: it writes an update, or publishes what is written.

`python -m stillup.pipeline.drill.stage` reads a job as JSON from stdin and prints a line of JSON for each part of it.
It is a process of its own so that it knows no secret, and so that it can be killed.
"""

import json
import os
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from stillup.pipeline.drill.clock import Played
from stillup.pipeline.drill.guard import wall
from stillup.vocabulary import FIXED, TEXTS

_PATIENCE = 20.0
"""Seconds until the page of the sandbox must be served."""


def main() -> None:
    """Do the job that stdin tells."""
    job: dict[str, Any] = json.load(sys.stdin)
    root = Path(job["root"])
    at = datetime.fromisoformat(job["at"])
    wall(root.parent, job["ports"], (("git",), (sys.executable, "-m", "mkdocs")))
    for step in job["do"]:
        done = _STEPS[step](root, at, job)
        sys.stdout.write(json.dumps(done) + "\n")
        sys.stdout.flush()  # what is done must be known even if the rest is killed


def _begin(root: Path, at: datetime, job: Mapping[str, Any]) -> dict[str, Any]:
    from stillup.pipeline.sending.ledger import begin

    return {"place": begin(root, at=at, live=True, environment=os.environ).place}


def _tell(root: Path, at: datetime, job: Mapping[str, Any]) -> dict[str, Any]:
    """Write an update as the commands do, commit it, and note in private what the script says of the response."""
    from stillup.pipeline.change import draft
    from stillup.pipeline.change.desk import Desk
    from stillup.pipeline.change.finish import finished
    from stillup.pipeline.change.trial import tried

    with Desk(root, at=at) as desk:
        words = desk.edition.words
        update: dict[str, Any] = dict(job["update"])
        for name in (each for each in TEXTS if each in update and (each, update[each]) not in FIXED):
            update[name] = words.say("drill.text", text=update[name])
        update["body"] = f"{words.say('drill.body')}\n\n{update['body']}"
        if job["incident"]:
            file = desk.file(job["incident"])
            change = draft.updated(desk, file, desk.record(file), draft.Told(update=update))
        else:
            record = {**job["record"], "title": words.say("drill.title", title=job["record"]["title"])}
            change = draft.opened(desk, draft.Told(update=update, record=record))
        trial = tried(desk, change, judges=())
        finished(desk, trial.change, commit=True, push=False)
    private = root / "private" / "incidents" / f"{change.record}.yml"
    private.parent.mkdir(parents=True, exist_ok=True)
    private.write_text(job["private"], encoding="utf-8")
    return {"incident": change.record, "update": change.update}


def _publish(root: Path, at: datetime, job: Mapping[str, Any]) -> dict[str, Any]:
    from stillup.pipeline.publishing.release import publish

    clock = Played(at)
    done = publish(root, at=at, live=True, clock=clock, environment=os.environ, patience=_PATIENCE)
    assert done.delivered is not None
    return {
        "until": clock.now().isoformat(),
        "served": done.live is not None and done.live.seen,
        "channels": [each.numbers() for each in done.delivered.channels],
    }


_STEPS = {"begin": _begin, "tell": _tell, "publish": _publish}


if __name__ == "__main__":
    main()
