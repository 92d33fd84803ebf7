"""`stillup worker`: lends a hand to deliveries of this machine and of others."""

import os
from pathlib import Path

import click

from stillup.cli import option
from stillup.cli.delivering import Wall


@click.command()
@option.root
@click.option("--child", is_flag=True, help="End with the process that started it.")
def worker(root: Path, child: bool) -> None:
    """Send parts of deliveries as `stillup deliver --workers` hands them out, until it is stopped.

    The ledger and the subscribers are in PostgreSQL; the records here stand at the commit that is delivered.
    """
    from stillup.pipeline.work import work

    work(root, clock=Wall(), environment=os.environ, seed=str(os.getpid()), parent=os.getppid() if child else 0)
