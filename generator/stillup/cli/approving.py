"""`stillup incident approve`: the second person's word, where git keeps it."""

import json
from typing import Any

import click

from stillup.cli import asking, completion, option, writing
from stillup.cli.incident import incident


@incident.command("approve")
@click.argument("id", metavar="ID[/UPDATE]", shell_complete=completion.records)
@option.root
@option.at
@option.json_lines
@click.option("--dry-run", is_flag=True, help="Say whether you may, and approve nothing.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.option("--push", is_flag=True, help="Push the branch.")
@click.pass_context
def approving(context: click.Context, /, id: str, **options: Any) -> None:
    """Approve the text of UPDATE (default: the newest), or of `postmortem`, as whoever git commits for here.

    You must own the record by CODEOWNERS, and must not have written the text. Makes a commit that changes nothing and
    says so; none where you have approved this text already. Whoever edits it afterwards needs a new approval.
    """
    from stillup.pipeline.change.agreement import agree, agreement

    record_id, _, part = id.partition("/")
    with writing.desk(context, options) as desk:
        file, record = writing.which(desk, record_id, kind="")
        said = agreement(desk, file, record, part)
        if not options["as_json"]:
            click.echo(f"{said.title}\n\n{said.text.strip()}\n", err=not options["dry_run"])
        asks = asking.terminal()
        if not (options["dry_run"] or said.given) and asks and not options["yes"] and not asking.agreed("Approve this"):
            click.echo("Nothing was approved.", err=True)
            context.exit(1)
        made = "" if options["dry_run"] else agree(desk, said, push=options["push"], asks=asks)
    if options["as_json"]:
        told = {
            "approves": said.about,
            "by": said.mail,
            "commit": made or None,
            "pushed": bool(made and options["push"]),
            "already": bool(said.given),
        }
        click.echo(json.dumps({**told, "dry_run": not made}, ensure_ascii=False))
    elif said.given:
        pushed = " The branch is pushed." if made and options["push"] else ""
        click.echo(f"{said.about} is approved by {said.mail} already, in commit {said.given[:10]}.{pushed}")
    elif made:
        pushed = "pushed" if options["push"] else "not pushed"
        click.echo(f"{said.about} is approved by {said.mail}. Commit {made[:10]}, {pushed}.")
    else:
        click.echo(f"{said.about} would be approved by {said.mail}.")
