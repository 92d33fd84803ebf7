"""`stillup deploy`: the built page, brought to where it is served from."""

import json
import sys
from pathlib import Path

import click

from stillup.cli import option


@click.command()
@option.root
@option.at
@option.json_lines
@option.site_dir
@click.option("--dry-run", is_flag=True, help="See what would change at each place, and change nothing.")
@click.option("--back", is_flag=True, help="Serve the page before the present one, where the place is a folder.")
@click.option("--older", is_flag=True, help="Deploy also where a newer page is served.")
@click.option("--as-it-is", is_flag=True, help="Deploy also a page whose files were changed since it was built.")
@click.pass_context
def deploy(
    context: click.Context,
    root: Path,
    at: option.When,
    as_json: bool,
    site_dir: Path | None,
    dry_run: bool,
    back: bool,
    older: bool,
    as_it_is: bool,
) -> None:
    """Bring the page that `stillup build` made to every place that the settings name in `deploy`.

    A place that serves a newer page keeps it: one of a later commit, or of the same commit and built later.

    Its files are compared with its manifest first: a page that is not as it was built is refused.
    Exits 1 then and when no place took it, and 3 when one of several did not.
    """
    from stillup.pipeline.publishing.deploy import deploy

    context.find_root().meta["format"] = "json" if as_json else "text"
    if dry_run and back:
        raise click.UsageError("--back changes what is served; --dry-run changes nothing. Choose one.")
    deployed = deploy(root, at=at.at, site_dir=site_dir, dry_run=dry_run, back=back, older=older, as_it_is=as_it_is)
    if as_json:
        click.echo(json.dumps(deployed.numbers(), ensure_ascii=False))
    else:
        for placed in deployed.places:
            click.echo(f"{placed.place}: {placed.said}." if placed.reached else placed.said, err=not placed.reached)
    if not deployed.whole:
        sys.exit(3)
