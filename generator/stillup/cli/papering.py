"""`stillup report postmortem` and its siblings: documents about one incident or exercise."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from stillup.cli import option
from stillup.cli.problem import show_problems

if TYPE_CHECKING:
    from stillup.pipeline.papers.paper import Made

_incident = click.option("--incident", "id", metavar="ID", required=True, help="Which incident: its file's name.")
_stdout = click.option("--stdout", is_flag=True, help="Print the Markdown; nothing is written.")
_complete = click.option("--complete", is_flag=True, help="Exit 1 when something is missing in it.")


def _command(kind: str, name: str, told: str) -> click.Command:
    """Return the command that writes the document `kind` about an incident."""

    def run(
        context: click.Context, root: Path, at: option.When, as_json: bool, id: str, stdout: bool, complete: bool
    ) -> None:
        from stillup.pipeline.papers import paper

        context.find_root().meta["format"] = "json" if as_json else "text"
        say(paper.of_incident(root, kind, id, at=at.at), as_json, stdout, complete)

    run.__doc__ = told
    decorated = click.pass_context(run)
    for each in (_complete, _stdout, _incident, option.json_lines, option.at, option.root):
        decorated = each(decorated)
    return click.command(name)(decorated)


def say(made: "Made", as_json: bool, stdout: bool, complete: bool) -> None:
    """Write the document and print where it is, or print it; say what is missing in it."""
    from stillup.pipeline.papers import paper

    if as_json:
        click.echo(json.dumps(made.document(), ensure_ascii=False, indent=2))
    elif stdout:
        click.echo(made.paper.markdown, nl=False)
    else:
        for path in paper.write(made):
            click.echo(str(path))
    if not as_json:
        show_problems(made.notes, "text")
    if complete and made.notes:
        sys.exit(1)


postmortem = _command(
    "postmortem",
    "postmortem",
    """Write the internal postmortem: the plan's template filled from the records.

    What no record says is named, with the field to write. A part for the public is proposed, of public words alone, and
    an invitation to the meeting of 90 minutes lies beside it.
    """,
)
executive = _command("executive", "executive", "Write the summary for executives: one page in terms of the business.")
impact = _command(
    "financial",
    "impact",
    """Write the financial impact sheet of an incident.

    Direct costs, indirect costs and prevention, the thresholds that were crossed, and who must be told of them.
    """,
)
channel = _command(
    "channel", "channel", "Write the kit of the incident's chat channel: name, alert to pin, whom to bring in, clocks."
)
support = _command(
    "support",
    "support",
    """Write the support kit: what to tell customers, what not to promise, the credit rule, answers ready to send.""",
)
outreach = _command(
    "outreach", "outreach", "Write the list of customers who were hit: who speaks with them, and who already did."
)
security = _command(
    "security", "security", "Write the report of a security incident: actions, data, notices, evidence."
)
advisory = _command(
    "advisory",
    "advisory",
    """Write the draft of a GitHub security advisory, of public facts alone, with the request for its API beside it.""",
)


@click.command()
@option.root
@option.at
@option.json_lines
@_incident
@click.option("--regime", metavar="NAME", default="", help="Only this one, e.g. gdpr; default: all in the record.")
@_stdout
@_complete
@click.pass_context
def regulator(
    context: click.Context,
    root: Path,
    at: option.When,
    as_json: bool,
    id: str,
    regime: str,
    stdout: bool,
    complete: bool,
) -> None:
    """Write drafts of the notices that authorities and people concerned get: what each asks for, and when it is due.

    Not legal advice: the data protection officer and legal counsel confirm it.
    """
    from stillup.pipeline.papers import paper

    context.find_root().meta["format"] = "json" if as_json else "text"
    say(paper.of_incident(root, "regulator", id, at=at.at, regime=regime), as_json, stdout, complete)


@click.command()
@option.root
@option.at
@option.json_lines
@click.option("--drill", "id", metavar="ID", required=True, help="Which exercise: its file's name.")
@_stdout
@_complete
@click.pass_context
def drill(
    context: click.Context, root: Path, at: option.When, as_json: bool, id: str, stdout: bool, complete: bool
) -> None:
    """Write the assessment of an exercise: scenario, performance against targets, what changes."""
    from stillup.pipeline.papers import paper

    context.find_root().meta["format"] = "json" if as_json else "text"
    say(paper.of_drill(root, id, at=at.at), as_json, stdout, complete)


@click.command()
@option.root
@option.at
@option.json_lines
@_stdout
@_complete
@click.pass_context
def recovery(context: click.Context, root: Path, at: option.When, as_json: bool, stdout: bool, complete: bool) -> None:
    """Write the disaster recovery kit: timetable, order, whom to call, texts with blanks, in one file to print."""
    from stillup.pipeline.papers.recovery import kit

    context.find_root().meta["format"] = "json" if as_json else "text"
    say(kit(root, at=at.at), as_json, stdout, complete)
