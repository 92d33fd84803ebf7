"""`stillup drill ...`: an incident is played in a sandbox, and scored."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from stillup.cli import option
from stillup.vocabulary import DrillType

if TYPE_CHECKING:
    from stillup.pipeline.drill.note import Held

_SCENARIO = click.argument("scenario")


@click.group()
def drill() -> None:
    """Practise an incident: through the whole pipeline, in a sandbox that reaches nobody."""


@drill.command("run")
@_SCENARIO
@option.root
@option.at
@option.json_lines
@click.option("--id", default="", metavar="ID", help="The record's name; default: the plan's, as coordination-2026-q4.")
@click.option("--participant", "participants", multiple=True, metavar="ROLE", help="Who takes part; repeatable.")
@click.option("--stdout", is_flag=True, help="Print the score; nothing is written.")
@click.pass_context
def run(
    context: click.Context,
    scenario: str,
    root: Path,
    at: option.When,
    as_json: bool,
    id: str,
    participants: tuple[str, ...],
    stdout: bool,
) -> None:
    """Play SCENARIO, a name or the path of a file, and write what it was worth into the drill's record.

    The page, the mail server and the web receivers are made for the drill and are gone afterwards. Real channels,
    ledger, subscribers, places and secrets are not known in it, and a process that would leave it is stopped. Exits 1
    when a check is not met.
    """
    from stillup.pipeline.drill import library, note
    from stillup.records import configuration

    context.find_root().meta["format"] = "json" if as_json else "text"
    settings, _ = configuration.settings(root)
    script = library.script(root, settings, scenario)
    held = note.hold(
        root,
        script,
        at=at.at,
        id=id,
        participants=participants,
        keep=not (stdout or as_json),
        say=lambda text: None if as_json else click.echo(text, err=True),
    )
    if as_json:
        click.echo(json.dumps(json.loads(held.run), ensure_ascii=False))
    else:
        _show(held)
        if not stdout:
            for path in note.keep(root, held, at=at.at):
                click.echo(str(path))
    if not held.score.met:
        sys.exit(1)


def _show(held: "Held") -> None:
    click.echo(f"{held.id}: {held.facts['communication']}.")
    for check in held.score.checks:
        click.echo(f"{'met ' if check.met else 'MEND'}  {check.said}")


@drill.command("list")
@option.root
@option.json_lines
@click.pass_context
def listing(context: click.Context, root: Path, as_json: bool) -> None:
    """Name the scenarios that can be played: the plan's, and those in the private folder."""
    from stillup.pipeline.drill import library
    from stillup.records import configuration

    context.find_root().meta["format"] = "json" if as_json else "text"
    settings, _ = configuration.settings(root)
    found = list(library.scripts(root, settings))
    if as_json:
        told = [{"scenario": name, "type": str(each.type), "title": each.title} for name, each in found]
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    wide = max(len(name) for name, _ in found)
    for name, each in found:
        quarter = f"Q{library.QUARTERS.index(name) + 1}" if name in library.QUARTERS else "  "
        click.echo(f"{name:{wide}}  {quarter}  {each.type:12}  {each.title}")


@drill.command("plan")
@_SCENARIO
@option.root
@option.at
@click.option(
    "--type", "kind", type=click.Choice([str(each) for each in DrillType]), default="tabletop", show_default=True
)
def planning(scenario: str, root: Path, at: option.When, kind: str) -> None:
    """Write the record of an exercise that people hold by SCENARIO at --at, under the plan's name: tabletop-2026-11."""
    from stillup.pipeline.drill import library, note
    from stillup.records import configuration

    settings, _ = configuration.settings(root)
    script = library.script(root, settings, scenario)
    click.echo(str(note.planned(root, script, DrillType(kind), at.at)))
