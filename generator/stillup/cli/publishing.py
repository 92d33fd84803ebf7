"""`stillup publish`: from records to a page that is served."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from stillup.cli import option
from stillup.cli.ending import Ending
from stillup.cli.problem import show_problems
from stillup.cli.step import shown

if TYPE_CHECKING:
    from stillup.pipeline.publishing.release import Published


@click.command()
@option.root
@option.at
@option.json_lines
@option.site_dir
@click.option("--outbox", type=click.Path(path_type=Path, file_okay=False), help="Default: outbox/ below the root.")
@option.keep_last_good
@click.pass_context
def publish(
    context: click.Context,
    root: Path,
    at: option.When,
    as_json: bool,
    site_dir: Path | None,
    outbox: Path | None,
    keep_last_good: bool,
) -> None:
    """Check the records, build the site, deploy it, wait until it is served, and send what is owed.

    What mkdocs.yml does not set is left out. Without channels the messages of open and recent incidents are rendered
    into outbox/, to be looked at. Exits 1 when a record is unusable or something that sending needs is not there, and
    leaves site and outbox as they were; 3 when a message was not accepted, or one of several places did not take the
    page.
    """
    from stillup.cli.delivering import Wall, say_ended
    from stillup.delivery.pace import Effort
    from stillup.pipeline.publishing.release import publish

    context.find_root().meta["format"] = "json" if as_json else "text"
    ending = Ending()
    with shown(as_json) as steps:
        published = publish(
            root,
            at=at.at,
            live=at.live,
            site_dir=site_dir,
            outbox=outbox,
            keep_last_good=keep_last_good,
            clock=Wall(ending.is_asked),
            steps=steps,
            effort=Effort(ends=ending.is_asked, slow=lambda channel, text: steps.wait(f"{channel}: {text}")),
            gently=ending.gently,
        )
    say_published(published, as_json)
    say_ended(ending, published.delivered)
    if not published.is_complete:
        sys.exit(3)


def say_published(published: "Published", as_json: bool) -> None:
    """Print what became of it; for machines one document."""
    from stillup.cli.delivering import document, show_table

    built, deployed, live, delivered = published.built, published.deployed, published.live, published.delivered
    if as_json:
        made = {
            **built.numbers(),
            "warnings": [asdict(problem) for problem in built.warnings],
            "places": deployed.numbers()["places"] if deployed else [],
            "served_after": round(live.seconds, 1) if live and live.seen else None,
            "delivered": document(delivered) if delivered else None,
            "notes": list(published.notes),
        }
        click.echo(json.dumps(made, ensure_ascii=False))
        return
    show_problems(built.warnings, "text")
    for line in built.lines():
        click.echo(line)
    for placed in deployed.places if deployed else ():
        click.echo(f"{placed.place}: {placed.said}." if placed.reached else placed.said, err=not placed.reached)
    for note in published.notes:
        click.echo(note, err=True)
    if delivered:
        show_problems([each for each in delivered.warnings if each not in built.warnings], "text")
        show_table(delivered)
