"""`stillup database ...`: the tables in PostgreSQL, and who may do what with them."""

import json
from pathlib import Path

import click

from stillup.cli import option


@click.group()
def database() -> None:
    """Look after what is kept in PostgreSQL. The other ledgers and lists need none of this."""


@database.command()
@option.root
@option.json_lines
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.pass_context
def init(context: click.Context, root: Path, as_json: bool, dry_run: bool) -> None:
    """Make the tables that the settings ask for, or bring them to this version. A second time changes nothing.

    Run it as the role that is to own them: again after each upgrade of Stillup.
    """
    from stillup.pipeline.sending.database import prepare

    context.find_root().meta["format"] = "json" if as_json else "text"
    done = prepare(root, dry_run=dry_run)
    if as_json:
        said = [
            {"part": each.part.setting, "place": each.part.address.shown, "before": each.before, "version": each.now}
            for each in done
        ]
        click.echo(json.dumps({"tables": said, "changed": not dry_run and any(e.before != e.now for e in done)}))
        return
    for each in done:
        verb = "would be made" if dry_run else "are made"
        if each.before:
            verb = f"{'would go' if dry_run else 'went'} from version {each.before} to {each.now}"
        if each.before == each.now:
            verb = f"are of version {each.now}, as they should be"
        click.echo(f"{each.part.setting}: the tables in {each.part.address.shown} {verb}.")


@database.command()
@option.root
@option.at
@option.json_lines
@click.option("--older-than", metavar="TIME", help="Take everybody out of what was told so long ago, as in 400d.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.pass_context
def tidy(
    context: click.Context, root: Path, at: option.When, as_json: bool, older_than: str | None, dry_run: bool
) -> None:
    """Leave nothing of people who were deleted, of texts that were redacted, and --older-than of who was told then.

    It is for the owner of the tables, which cannot be read or changed while they are written anew.
    """
    from stillup.pipeline.sending.database import tidy
    from stillup.records.moment import duration
    from stillup.records.refusal import Unusable

    context.find_root().meta["format"] = "json" if as_json else "text"
    try:
        older = duration(older_than) if older_than else None
    except Unusable as error:
        raise click.BadParameter(f"{error.message} {error.fix}".strip(), param_hint="--older-than") from None
    done = tidy(root, at=at.at, older=older, dry_run=dry_run)
    if as_json:
        said = {"events": done.events, "lines": done.lines, "rewritten": done.rewritten, "texts": done.texts}
        click.echo(json.dumps(said))
        return
    for key in done.events:
        click.echo(f"{key}: nobody {'would stand' if dry_run else 'stands'} in it any more.")
    if done.lines:
        click.echo(f"ledger: {done.lines} lines are empty now; their hashes stay, and prove all others.")
    be = "would be" if dry_run else "were"
    if done.rewritten:
        click.echo(f"subscribers: the tables {be} written anew.")
    if done.texts:
        click.echo(f"event log: its texts {be} written anew.")


@database.command()
@option.root
def roles(root: Path) -> None:
    """Print the SQL that lets a publisher, `stillup serve` and a reader do what each needs, and no more."""
    from stillup.pipeline.sending.database import statements

    for url, text in statements(root):
        click.echo(f"-- {url}")
        click.echo(text)
