"""`stillup as-published`: the page as it stood at an instant."""

from pathlib import Path

import click

from stillup.cli import option


@click.command("as-published")
@option.root
@option.at
@option.json_lines
@click.option("--site-dir", type=click.Path(path_type=Path, file_okay=False), help="Build the page as it stood here.")
@click.pass_context
def as_published(context: click.Context, root: Path, at: option.When, as_json: bool, site_dir: Path | None) -> None:
    """Say what the page said at an instant, what was true by today's records, and who said, approved and sent it when.

    Git tells what was committed and approved by then, the event log what was published, the ledger who was told.
    Where git and the event log disagree, it says so.
    """
    from stillup.pipeline.past import as_published as pipeline
    from stillup.pipeline.past import testimony

    context.find_root().meta["format"] = "json" if as_json else "text"
    found = pipeline.as_published(root, at=at.at, site_dir=site_dir)
    click.echo(testimony.dumped(found) if as_json else testimony.text(found))
