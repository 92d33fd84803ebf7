"""`stillup serve`: the application at which people subscribe and alerts arrive."""

import asyncio
import logging
import os
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from stillup.cli import option
from stillup.cli.ending import TERMINATED
from stillup.errors import Level, RecordError, StillupError
from stillup.subscribers.token import VARIABLE

if TYPE_CHECKING:
    from stillup.pipeline.serving.serving import Bench
    from stillup.records.settings import Settings


_FAREWELL = 3
"""Seconds in which requests that are under way may come to an end."""


@click.command()
@option.root
@click.option("--host", help="Default: as the setting serve says, else 127.0.0.1.")
@click.option("--port", type=click.IntRange(0, 65535), help="Default: as the setting says, else 8080; 0: a free one.")
@click.option("--commit", is_flag=True, help="Commit what alerts amount to.")
@click.option("--push", is_flag=True, help="Commit and push it; worked out anew where others pushed before.")
@click.option("--alerts-only", is_flag=True, help="Take in alerts, and let nobody subscribe here.")
@click.option("--openapi", is_flag=True, help="Print what can be asked here, as OpenAPI 3.1, and end.")
def serve(
    root: Path, host: str | None, port: int | None, commit: bool, push: bool, alerts_only: bool, openapi: bool
) -> None:
    """Let people subscribe, confirm, change and leave; take in alerts. Runs until it is stopped.

    The setting `serve` says where it is reached, and what one can subscribe to. The environment needs STILLUP_TOKEN_KEY
    and the secrets of those channels. Alerts are taken from each SOURCE whose STILLUP_INTAKE_SOURCE_SECRET is set, at
    /intake/alertmanager, grafana, pagerduty and generic.

    For alerts alone neither is needed: with --alerts-only, or where neither serve: url nor STILLUP_TOKEN_KEY is set.
    """
    if openapi:
        from stillup import __version__
        from stillup.pipeline.serving.openapi import text

        click.echo(text(__version__), nl=False)
        return
    try:
        import uvicorn

        from stillup.cli.waiting import Connection
        from stillup.server import application, gate
    except ImportError as error:
        raise StillupError(f"stillup serve needs {error.name}: pip install 'stillup[serve]'") from None
    from stillup.pipeline.serving.inlet import Inlet

    settings = _settings(root)
    inlet = Inlet(root, settings, os.environ, lambda: datetime.now(UTC), commit=commit or push, push=push)
    if (commit or push or alerts_only) and not inlet.sources:
        raise click.UsageError("There is nobody to take alerts from: no STILLUP_INTAKE_..._SECRET is set.")
    with ExitStack() as stack:
        if alerts_only or (inlet.sources and not settings.serve.url and not os.environ.get(VARIABLE)):
            click.echo("Only alerts are taken; nobody can subscribe here.")
            served = gate(inlet, settings.serve.url)
        else:
            bench = _bench(root, stack)
            served = application(bench, inlet=inlet)
        if inlet.sources:
            click.echo(f"Alerts are taken from {', '.join(inlet.sources)}.")
        stack.enter_context(inlet.working())
        logging.getLogger("uvicorn.error").addFilter(_cut_off)
        try:
            # Paths hold tokens, so no request is logged.
            uvicorn.run(
                served,
                host=host or settings.serve.host,
                port=settings.serve.port if port is None else port,
                http=Connection,
                ws="none",
                proxy_headers=False,
                server_header=False,
                access_log=False,
                log_level="info",
                timeout_keep_alive=10,
                timeout_graceful_shutdown=_FAREWELL,
                limit_concurrency=256,
                h11_max_incomplete_event_size=16 * 1024,
            )
        except SystemExit as end:
            if end.code != TERMINATED:
                raise
            # It served until it was told to end, and raises the signal anew after that: what is open is closed now.


def _cut_off(record: logging.LogRecord) -> bool:
    """Say of a request that outlasted the farewell only that it was cut off: it is no fault of ours."""
    if record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError):
        record.msg, record.args, record.exc_info = "A request that was still coming in was cut off.", (), None
        record.levelno, record.levelname = logging.WARNING, "WARNING"
    return True


def _settings(root: Path) -> "Settings":
    """Return the settings.

    Raises:
        RecordError: they cannot be used.
    """
    from stillup.records import configuration

    settings, problems = configuration.settings(root)
    if any(problem.level is Level.ERROR for problem in problems):
        raise RecordError(problems)
    return settings


def _bench(root: Path, stack: ExitStack) -> "Bench":
    """Return what people are served with, ready."""
    from stillup.pipeline.serving.serving import open_bench

    bench = open_bench(root, at=datetime.now(UTC), environment=os.environ)
    stack.callback(bench.close)
    dropped = bench.desk.tidy(datetime.now(UTC))
    click.echo(f"{dropped} that were never confirmed deleted." if dropped else "Ready.")
    if not bench.settings.serve.url:
        click.echo("Only this machine can follow its links: write serve: {url: ...} into mkdocs.yml.", err=True)
    return bench
