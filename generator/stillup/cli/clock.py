"""`stillup clock`: what is due, and what is overdue."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from stillup.cli import option
from stillup.cli.problem import show_problems

if TYPE_CHECKING:
    from stillup.pipeline.papers.clock import Board


@click.command()
@option.root
@option.at
@option.json_lines
@click.option("--all", "everything", is_flag=True, help="Also what was done for incidents that are over.")
@click.option("--contacts", is_flag=True, help="Print the contact sheet of the roster instead.")
@click.pass_context
def clock(context: click.Context, root: Path, at: option.When, as_json: bool, everything: bool, contacts: bool) -> None:
    """Say what is due and overdue: updates, promises, escalation, authorities, postmortems, exercises.

    Exits 1 when something is overdue. Without the private folder it says what is missing, and shows public clocks.
    """
    from stillup.pipeline.papers import clock as pipeline

    context.find_root().meta["format"] = "json" if as_json else "text"
    if contacts:
        if as_json:
            raise click.UsageError("The contact sheet is for people: leave --json out.")
        click.echo(pipeline.contacts(root, at=at.at), nl=False)
        return
    board = pipeline.clocks(root, at=at.at)
    if as_json:
        click.echo(json.dumps(board.document(everything), ensure_ascii=False, indent=2))
    else:
        show_problems(board.warnings, "text")
        _print(board, everything, at)
    if board.overdue:
        sys.exit(1)


def _print(board: "Board", everything: bool, at: option.When) -> None:
    """Print a clock a line: state, due in UTC and in the page's zone, how long until or since, what, who, why."""
    from stillup.records.moment import utc, zone
    from stillup.timeline.clock.clock import apart

    for each in board.shown(everything):
        if each.due is None:
            due = "without undue delay"
        else:
            away = f"in {apart(each.due - at.at)}" if each.due >= at.at else f"{apart(at.at - each.due)} ago"
            local = (
                "" if board.timezone == "UTC" else f" ({each.due.astimezone(zone(board.timezone)):%Y-%m-%d %H:%M %Z})"
            )
            due = f"{utc(each.due)}{local}, {away}"
        about = f"{each.incident} " if each.incident else ""
        click.echo(f"{each.state.value:<8} {about}{each.clock}: {due}. For {each.audience}. {each.rule}.")
    for line in board.missing:
        click.echo(line, err=True)
    count = sum(each.pressing for each in board.clocks)
    click.echo(f"{count} to be done, {board.overdue} overdue.")
