"""`stillup comment`: what preview wrote, put on the pull request or merge request."""

import json
import os
from dataclasses import asdict
from pathlib import Path

import click

from stillup.cli import option


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), default="preview/comment.md")
@option.json_lines
@click.pass_context
def comment(context: click.Context, file: Path, as_json: bool) -> None:
    """Put the comment in FILE on the pull request or merge request that this run belongs to.

    FILE is what `stillup preview` wrote. A comment of an earlier run is written anew, and a run of an older commit
    leaves it alone. Needs GITHUB_TOKEN on GitHub and STILLUP_GITLAB_TOKEN on GitLab. Exits 1 when the host refuses.
    """
    from stillup.pipeline.preview.host import open_host, place

    context.find_root().meta["format"] = "json" if as_json else "text"
    placed = place(file.read_text(encoding="utf-8", errors="replace"), open_host(os.environ))
    if as_json:
        click.echo(json.dumps(asdict(placed)))
    elif placed.url:
        click.echo(f"The comment is {placed.action}: {placed.url}")
    else:
        newer = ": the request has a newer commit, whose run comments" if placed.action == "left alone" else ""
        click.echo(f"The comment is {placed.action}{newer}.")
