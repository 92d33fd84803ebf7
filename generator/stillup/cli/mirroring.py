"""`stillup mirror`: the whole page as one file."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from stillup.cli import option
from stillup.cli.problem import show_problems


@click.command()
@option.root
@option.at
@option.json_lines
@option.keep_last_good
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="The file. Default: mirror.html beside mkdocs.yml."
)
@click.pass_context
def mirror(
    context: click.Context, root: Path, at: option.When, as_json: bool, keep_last_good: bool, out: Path | None
) -> None:
    """Write the whole page into one HTML file that needs nothing else, to mail or to put elsewhere.

    Exits 1 when a record is unusable, and leaves the file as it was.
    """
    from stillup.pipeline.building import mirror as pipeline

    context.find_root().meta["format"] = "json" if as_json else "text"
    target = out or root / "mirror.html"
    made = pipeline.mirror(root, at=at.at, live=at.live, out=target, keep_last_good=keep_last_good)
    if as_json:
        warnings = [asdict(problem) for problem in made.warnings]
        click.echo(json.dumps({**made.numbers(), "warnings": warnings}, ensure_ascii=False))
        return
    show_problems(made.warnings, "text")
    left = f", {made.left} left out" if made.left else ""
    told = "1 incident or maintenance" if made.records == 1 else f"{made.records} incidents and maintenances"
    click.echo(f"{made.path}: {told}{left}, {made.size:,} bytes.")
