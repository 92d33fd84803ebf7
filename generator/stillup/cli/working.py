"""`stillup worker`: lends a hand to deliveries of this machine and of others."""

import os
from pathlib import Path

import click

from stillup.cli import option
from stillup.cli.delivering import Wall


@click.command()
@option.root
@click.option(
    "--child", metavar="[PID]", type=int, is_flag=False, flag_value=0, help="End with the process that started it."
)
def worker(root: Path, child: int | None) -> None:
    """Send parts of deliveries as `stillup deliver --workers` hands them out, until it is stopped.

    The ledger and the subscribers are in PostgreSQL; the records here stand at the commit that is delivered.
    """
    from stillup.pipeline.sending.work import work

    # Whoever names the process means it, though it may be gone since and another one in its place.
    parent = 0 if child is None else child or os.getppid()
    work(root, clock=Wall(), environment=os.environ, seed=str(os.getpid()), parent=parent)
