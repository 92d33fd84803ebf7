"""`stillup deliver`: what is owed goes out, and a closing table says what became of it."""

import json
import os
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from stillup.cli import option
from stillup.cli.ending import Ending
from stillup.cli.problem import show_problems
from stillup.count import counted

if TYPE_CHECKING:
    from stillup.delivery.pace import Progress
    from stillup.delivery.vigil import Tell
    from stillup.pipeline.sending.deliver import Delivered


_GLANCE = 0.25
"""Seconds of waiting between two looks whether to go on."""


class Wall:
    """The clock on the wall."""

    def __init__(self, ends: Callable[[], bool] = lambda: False) -> None:
        """Wait no longer than until `ends` says so."""
        self._ends = ends

    def now(self) -> datetime:
        """Return this second."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Wait."""
        until = time.monotonic() + seconds
        while not self._ends() and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, _GLANCE))


@click.command()
@option.root
@option.at
@option.json_lines
@click.option("--dry-run", is_flag=True, help="Print the plan, and send nothing.")
@click.option("--wait", "waits", is_flag=True, help="Wait first until the page of this commit is served; 5 minutes.")
@option.keep_last_good
@click.option("--workers", type=click.IntRange(0, 64), default=0, help="So many processes share the work; PostgreSQL.")
@click.pass_context
def deliver(
    context: click.Context,
    root: Path,
    at: option.When,
    as_json: bool,
    dry_run: bool,
    waits: bool,
    keep_last_good: bool,
    workers: int,
) -> None:
    """Send whatever is owed to subscribers, once, and say what became of each message.

    Owed is what the records at HEAD tell and the ledger does not know. Exits 1 when something is missing that sending
    needs, 3 when something was not accepted; then run it again. At SIGTERM or Ctrl-C it begins no call any more, and
    ends once those under way are answered.
    """
    from stillup.delivery.pace import Effort
    from stillup.pipeline.sending.deliver import deliver

    context.find_root().meta["format"] = "json" if as_json else "text"
    if waits and dry_run:
        raise click.UsageError("--dry-run sends nothing, so there is nothing to wait for. Leave --wait out.")
    if waits:
        from stillup.pipeline.publishing.served import await_commit

        live = await_commit(root)
        if not live.seen:
            click.echo(live.note, err=True)
    ending = Ending()
    with progress(as_json or dry_run) as (told, slow):
        done = deliver(
            root,
            at=at.at,
            live=at.live,
            clock=Wall(ending.is_asked),
            environment=os.environ,
            dry_run=dry_run,
            seed=str(os.getpid()),
            keep_last_good=keep_last_good,
            progress=told,
            workers=workers,
            effort=Effort(ends=ending.is_asked, slow=slow),
            gently=ending.gently,
        )
    say_delivered(done, as_json)
    say_ended(ending, done)
    if not done.is_complete:
        sys.exit(3)


def progress(quiet: bool) -> "AbstractContextManager[tuple[Progress | None, Tell | None]]":
    """Return what shows on a terminal how many messages have come to an end, and what says who keeps us waiting."""
    if quiet:
        return nullcontext((None, None))
    if not sys.stderr.isatty():
        return nullcontext((None, say_slow))
    from stillup.cli.progress import shown

    return shown()


def say_slow(channel: str, text: str) -> None:
    """Print that a channel keeps us waiting."""
    click.echo(f"{channel}: {text}", err=True)


def say_delivered(done: "Delivered", as_json: bool) -> None:
    """Print the account of a run, or the plan of a dry run."""
    if as_json:
        click.echo(json.dumps(document(done), ensure_ascii=False))
        return
    show_problems(done.warnings, "text")
    if done.rows is not None:
        for line in plan_lines(done):
            click.echo(line)
        return
    if not done.channels:
        click.echo("No channel is set, so nothing is sent. Write channels: into mkdocs.yml.")
    show_table(done)


def say_ended(ending: Ending, done: "Delivered | None") -> None:
    """Print what follows from being told to end."""
    if ending.asked and done and done.is_complete:
        click.echo("Told to stop, and nothing was left to send.", err=True)
    elif ending.asked:
        click.echo("Stopped before everybody was told. The next run sends the rest.", err=True)


def show_table(done: "Delivered") -> None:
    """Print the closing table: with lines and colours on a terminal, plainly elsewhere."""
    if done.channels and sys.stdout.isatty():
        from stillup.cli.progress import drawn

        drawn(*accounts(done))
        return
    for line in table(done):
        click.echo(line)


def document(done: "Delivered") -> dict[str, object]:
    """Return the account for scripts."""
    warnings = [asdict(problem) for problem in done.warnings]
    if done.rows is not None:
        return {"at": _instant(done.at), "plan": [row.numbers() for row in done.rows], "warnings": warnings}
    channels = [tally.numbers() for tally in done.channels]
    return {"at": _instant(done.at), "complete": done.is_complete, "channels": channels, "warnings": warnings}


def plan_lines(done: "Delivered") -> list[str]:
    """Return the plan for people."""
    assert done.rows is not None
    sent = sum(row.recipients for row in done.rows if row.action == "send")
    rows: list[tuple[str, ...]] = [("", "RECIPIENTS", "CHANNEL", "AUDIENCE", "KEY", "KIND", "REASON")]
    rows += [
        (row.action, str(row.recipients), row.channel, row.audience, row.key, row.kind, row.reason)
        for row in done.rows
        if row.recipients
    ]
    return [
        *(_aligned(rows) if len(rows) > 1 else ()),
        f"{counted(sent, 'message')} would be sent at {_instant(done.at)}.",
    ]


def table(done: "Delivered") -> list[str]:
    """Return the closing table: planned = accepted + failed + unknown + suppressed, and why."""
    rows, whys = accounts(done)
    return [*(_aligned(rows) if done.channels else ()), *whys]


def accounts(done: "Delivered") -> tuple[list[tuple[str, ...]], list[str]]:
    """Return the rows of the closing table, the first of them its heads, and a line for each reason."""
    rows: list[tuple[str, ...]] = [("CHANNEL", "PLANNED", "ACCEPTED", "FAILED", "UNKNOWN", "SUPPRESSED")]
    whys: list[str] = []
    for tally in done.channels:
        rows.append(
            (
                tally.channel,
                str(tally.planned),
                str(tally.accepted),
                str(tally.failed.total()),
                str(tally.unknown.total()),
                str(tally.suppressed.total()),
            )
        )
        for name, counts in (
            ("failed", tally.failed),
            ("unknown", tally.unknown),
            ("suppressed", tally.suppressed),
            ("not planned", tally.earlier),
        ):
            whys += [f"{tally.channel}: {count} {name}: {reason}" for reason, count in sorted(counts.items())]
        if tally.missing:
            whys.append(f"{tally.channel}: {tally.missing} of the planned came to no end. This is a fault of stillup.")
    if any(tally.unknown for tally in done.channels):
        # A run says it once: they are not owed any more.
        whys.append("What is unknown may have arrived: stillup ledger show names it, stillup ledger resend repeats it.")
    return rows, whys


def _aligned(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
