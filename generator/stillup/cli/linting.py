"""`stillup lint`: how the words read, before anybody reads them."""

import sys
from pathlib import Path

import click

from stillup.cli import option
from stillup.cli.problem import FORMATS, show_problems
from stillup.count import counted


@click.command()
@option.root
@option.at
@option.json_lines
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", help="How findings are printed.")
@click.option("--base", metavar="REF", default="", help="Judge what is new or changed since REF.")
@click.option("--all", "everything", is_flag=True, help="Judge the whole history.")
@click.option("--rules", is_flag=True, help="List the rules and their levels, and judge nothing.")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.pass_context
def lint(
    context: click.Context,
    root: Path,
    at: option.When,
    as_json: bool,
    form: str,
    base: str,
    everything: bool,
    rules: bool,
    ids: tuple[str, ...],
) -> None:
    """Judge the wording of updates that are not published yet, of all records or of those named.

    Without --base these are the updates of open incidents and of the last 7 days. Exits 1 when a finding is an error.
    An update overrules a rule by `lint: {C06: "reason"}`.
    """
    from stillup.pipeline.judging.lint import lint as judge
    from stillup.pipeline.judging.lint import listed

    form = "json" if as_json else form
    context.find_root().meta["format"] = form
    if rules:
        for line in listed(root):
            click.echo(line)
        return
    if base and everything:
        raise click.UsageError("--base and --all exclude one another.")
    linted = judge(root, at=at.at, base=base, everything=everything, only=frozenset(ids))
    show_problems(linted.judged.findings, form)
    if form == "text":
        for each in linted.judged.overruled:
            place = f"{each.finding.file}:{each.finding.line}:{each.finding.column}"
            click.echo(f"{place}: {each.finding.code} is overruled: {each.reason}", err=True)
        click.echo(f"{counted(linted.updates, 'update')} judged: {linted.counts()}.")
    if linted.blocks:
        sys.exit(1)
