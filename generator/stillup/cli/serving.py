"""`stillup serve`: the application at which people subscribe and alerts arrive."""

import os
from datetime import UTC, datetime
from pathlib import Path

import click

from stillup.cli import option
from stillup.errors import StillupError


@click.command()
@option.root
@click.option("--host", help="Default: as the setting serve says, else 127.0.0.1.")
@click.option("--port", type=click.IntRange(0, 65535), help="Default: as the setting says, else 8080; 0: a free one.")
@click.option("--commit", is_flag=True, help="Commit what alerts amount to.")
@click.option("--push", is_flag=True, help="Commit and push it; worked out anew where others pushed before.")
def serve(root: Path, host: str | None, port: int | None, commit: bool, push: bool) -> None:
    """Let people subscribe, confirm, change and leave; take in alerts. Runs until it is stopped.

    The setting `serve` says where it is reached, and what one can subscribe to. The environment needs STILLUP_TOKEN_KEY
    and the secrets of those channels. Alerts are taken from each SOURCE whose STILLUP_INTAKE_SOURCE_SECRET is set, at
    /intake/alertmanager, grafana, pagerduty and generic.
    """
    try:
        import uvicorn

        from stillup.server import application
    except ImportError as error:
        raise StillupError(f"stillup serve needs {error.name}: pip install 'stillup[serve]'") from None
    from stillup.pipeline.inlet import Inlet
    from stillup.pipeline.serving import open_bench

    bench = open_bench(root, at=datetime.now(UTC), environment=os.environ)
    try:
        dropped = bench.desk.tidy(datetime.now(UTC))
        settings = bench.settings.serve
        click.echo(f"{dropped} that were never confirmed deleted." if dropped else "Ready.")
        if not settings.url:
            click.echo("Only this machine can follow its links: write serve: {url: ...} into mkdocs.yml.", err=True)
        inlet = Inlet(root, bench.settings, os.environ, lambda: datetime.now(UTC), commit=commit or push, push=push)
        if inlet.sources:
            click.echo(f"Alerts are taken from {', '.join(inlet.sources)}.")
        elif commit or push:
            raise click.UsageError("--commit and --push are for alerts, and no STILLUP_INTAKE_..._SECRET is set.")
        with inlet.working():
            # Paths hold tokens, so no request is logged.
            uvicorn.run(
                application(bench, inlet=inlet),
                host=host or settings.host,
                port=settings.port if port is None else port,
                proxy_headers=False,
                server_header=False,
                access_log=False,
                log_level="info",
                timeout_keep_alive=10,
                limit_concurrency=256,
                h11_max_incomplete_event_size=16 * 1024,
            )
    finally:
        bench.close()
