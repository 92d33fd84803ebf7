"""`stillup check`, `build` and `schema`: records in, a tree out."""

from dataclasses import replace
from pathlib import Path

import click

from stillup.cli import option
from stillup.cli.problem import FORMATS


@click.command()
@option.root
@option.at
@option.json_lines
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", help="How problems are printed.")
@click.option("--base", metavar="REF", default="", help="Also find published updates that change in silence since REF.")
@click.option("--coverage", is_flag=True, help="Also say what each language of the page lacks.")
@click.pass_context
def check(
    context: click.Context, root: Path, at: option.When, as_json: bool, form: str, base: str, coverage: bool
) -> None:
    """Read every record and report every problem. Changes nothing.

    Exits 0 when all records are usable, 1 when any is not. Warnings alone do not fail.
    """
    from stillup import pipeline

    context.find_root().meta["format"] = "json" if as_json else form
    checked = pipeline.check(root, at=at.at, live=at.live, base=base)
    if not coverage:
        option.say_checked(checked, "json" if as_json else form)
        return
    from stillup.pipeline.building.coverage import coverage as covered

    languages = covered(root)
    notes = [note for each in languages for note in each.lacking]
    option.say_checked(replace(checked, warnings=(*checked.warnings, *notes)), "json" if as_json else form)
    if form == "text" and not as_json:
        click.echo("\n".join(each.line() for each in languages))


@click.command()
@option.root
@option.at
@option.json_lines
@option.site_dir
@option.keep_last_good
@click.option("--offline", is_flag=True, help="Let links lead to files, for readers without a web server.")
@click.pass_context
def build(
    context: click.Context,
    root: Path,
    at: option.When,
    as_json: bool,
    site_dir: Path | None,
    keep_last_good: bool,
    offline: bool,
) -> None:
    """Make the site from the records; only what changed is written.

    Exits 1 when a record is unusable, and leaves the site as it was.
    """
    from stillup import pipeline

    context.find_root().meta["format"] = "json" if as_json else "text"
    built = pipeline.build(
        root, at=at.at, live=at.live, site_dir=site_dir, keep_last_good=keep_last_good, offline=offline
    )
    option.say_built(built, as_json)


@click.command()
@click.argument("kind", type=click.Choice(option.KINDS), required=False)
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), help="Write the schemas into this folder.")
def schema(kind: str | None, folder: Path | None) -> None:
    """Print the JSON Schema of a kind of file, or write those of all kinds into a folder.

    Editors complete and check records with them while you type.
    """
    if folder is not None:
        from stillup.pipeline.layout.schema import write_schemas

        kinds = [kind] if kind else option.KINDS
        written = write_schemas(folder, kinds)
        click.echo(f"{folder}: {len(kinds)} schema{'s' if len(kinds) > 1 else ''}, {written} files written.")
    elif kind is not None:
        from stillup.records.schema import text

        click.echo(text(kind), nl=False)
    else:
        raise click.UsageError(f"Name a kind ({', '.join(option.KINDS)}), or a --folder for all of them.")
