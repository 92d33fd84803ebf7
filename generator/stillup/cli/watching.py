"""`stillup watch`: the page kept current as long as it runs."""

import json
import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stillup.cli import option
from stillup.cli.problem import show
from stillup.errors import StillupError

if TYPE_CHECKING:
    from stillup.pipeline.building.watch import Turn, Watcher

_RETRY = timedelta(minutes=1)
"""After how long sending is tried again where something was not accepted, or could not be sent at all."""


@click.command()
@option.root
@option.json_lines
@option.site_dir
@option.keep_last_good
@click.option("--deliver", "delivers", is_flag=True, help="Also send what is owed, after each build.")
@click.option("--look", type=click.FloatRange(0.1, 3600), default=30, show_default=True, help="Seconds, at most.")
def watch(root: Path, as_json: bool, site_dir: Path | None, keep_last_good: bool, delivers: bool, look: float) -> None:
    """Build the page, and again whenever a record changes or the clock changes the page.

    Unsound records are reported, and the page stays as it was until they are mended. Ends at SIGTERM or Ctrl-C, after
    the build that is under way, or the calls that are.
    """
    from stillup.pipeline.building.watch import Watcher

    watcher = Watcher(root, clock=_now, site_dir=site_dir, keep_last_good=keep_last_good, look=look)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: watcher.stop())
    for turn in watcher.turns():
        _say(turn, as_json)
        if delivers and turn.built is not None and not _delivered(root, keep_last_good, as_json, watcher):
            watcher.again(_now() + _RETRY)


def _delivered(root: Path, keep_last_good: bool, as_json: bool, watcher: "Watcher") -> bool:
    """Send what is owed now, until `watcher` is told to stop; return whether nothing is left."""
    from stillup.cli.delivering import Wall, say_delivered, say_slow
    from stillup.delivery.pace import Effort
    from stillup.pipeline.sending.deliver import deliver

    try:
        done = deliver(
            root,
            at=_now(),
            live=True,
            clock=Wall(watcher.stops),
            environment=os.environ,
            seed=str(os.getpid()),
            keep_last_good=keep_last_good,
            effort=Effort(ends=watcher.stops, slow=None if as_json else say_slow),
        )
    except StillupError as error:
        show(error, "json" if as_json else "text")
        return False
    say_delivered(done, as_json)
    return done.is_complete


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _say(turn: "Turn", as_json: bool) -> None:
    due = f"{turn.due:%Y-%m-%dT%H:%M:%SZ}" if turn.due else None
    if as_json:
        told: dict[str, Any] = {"at": f"{turn.at:%Y-%m-%dT%H:%M:%SZ}", "why": turn.why, "next_due": due}
        told |= turn.built.numbers() if turn.built else {"error": str(turn.error)}
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    if turn.error is not None:
        show(turn.error, "text")
        click.echo(f"{turn.at:%H:%M:%S} The page stays as it was.", err=True)
        return
    assert turn.built is not None
    option.say_built(turn.built, as_json=False)
    click.echo(f"{turn.at:%H:%M:%S} {turn.why.capitalize()}. Next by the clock: {due}.")
