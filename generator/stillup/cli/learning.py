"""`stillup incident recovered` and `postmortem`: what is still to do once an incident is over."""

import sys
from typing import TYPE_CHECKING, Any

import click

from stillup.cli import asking, completion, writing
from stillup.cli.incident import incident
from stillup.cli.writing import carry_out, common, said, which
from stillup.vocabulary import Kind, RecoveryStep

if TYPE_CHECKING:
    from stillup.pipeline.change.desk import Desk


@incident.command("recovered")
@click.argument("id", shell_complete=completion.records)
@click.option(
    "--step",
    "steps",
    type=click.Choice([str(step) for step in RecoveryStep]),
    multiple=True,
    help="Default: verified; repeatable.",
)
@click.option("--by", default="", help="Who saw to it, as a role.")
@click.option("--evidence", default="", help="Where that can be looked up.")
@writing.internal
@common
@click.pass_context
def recovered(context: click.Context, /, id: str, **options: Any) -> None:
    """Note in the private record that points of recovery are met, with who and evidence."""
    from stillup.pipeline.change.draft import Told, verified

    with writing.desk(context, options) as desk:
        _, record = which(desk, id, kind=Kind.INCIDENT)
        lacking = [f"--{name}" for name in ("by", "evidence") if not options[name]]
        if lacking and not asking.terminal():
            raise asking.missing(lacking)
        by = options["by"] or asking.ask("Who saw to it, as a role", "the on-call engineer")
        evidence = options["evidence"] or asking.ask("Where can that be looked up")
        steps = [RecoveryStep(step) for step in options["steps"] or (RecoveryStep.VERIFIED,)]
        told = Told(internal=options["internal"])
        carry_out(desk, lambda here, _: verified(here, record, told, steps, by, evidence), options)


@incident.command("postmortem")
@click.argument("id", shell_complete=completion.records)
@writing.message
@common
@click.pass_context
def postmortem(context: click.Context, /, id: str, **options: Any) -> None:
    """Publish what was learned; without a message an editor opens with the plan's headings."""
    from stillup.pipeline.change.draft import written_up

    with writing.desk(context, options) as desk:
        _, record = which(desk, id, kind="")
        words = said(options)
        if not words and not asking.terminal():
            raise asking.missing(["--message"])
        words = words or (click.edit(_POSTMORTEM, extension=".md") or "").strip()
        if not words or words == _POSTMORTEM.strip():
            click.echo("Nothing was written.", err=True)
            sys.exit(1)

        def build(here: "Desk", _: dict[str, str]) -> Any:
            file = here.file(record.id)
            return written_up(here, file, here.record(file), words)

        carry_out(desk, build, options)


_POSTMORTEM = """\
## Summary


## Timeline


## Root cause


## Impact


## What we do so that it does not happen again

"""
