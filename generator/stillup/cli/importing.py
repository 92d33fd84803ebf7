"""`stillup import ...`: a history from elsewhere becomes records."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stillup.cli import option
from stillup.errors import seen_line

if TYPE_CHECKING:
    from stillup.intake.outcome import Report


class Meaning(click.ParamType[tuple[str, str]]):
    """`theirs=ours`: a word of the source and the one of ours that it means."""

    name = "word=ours"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Return both words."""
        if isinstance(value, tuple):
            return value
        theirs, equals, ours = str(value).rpartition("=")
        if not equals or not theirs or not ours:
            self.fail(f"{value} has not the form theirs=ours, as in catastrophic=critical.", param, ctx)
        return theirs.strip(), ours.strip()


def _common(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that every import has."""
    for add in reversed(
        (
            option.root,
            click.option("--dry-run", is_flag=True, help="Report, and write nothing."),
            option.json_lines,
            click.option(
                "--map",
                "words",
                type=Meaning(),
                multiple=True,
                help="What a word of the source means here, e.g. catastrophic=critical. Can be repeated.",
            ),
            click.option("--timezone", "zone", default="", help="Of times that name none, e.g. Europe/Berlin."),
        )
    ):
        command = add(command)
    return command


@click.group("import")
def importing() -> None:
    """Take in a whole history from another status page, with its ids.

    Run again, it adds what is new and keeps what was edited here. Nobody is notified of what is imported.
    """


@importing.command()
@click.argument("source")
@_common
@click.option("--pause", type=click.FloatRange(0, 60), default=0.5, show_default=True, help="Seconds between requests.")
@click.option("--afresh", is_flag=True, help="Ask again for every document that is kept from an earlier run.")
@click.pass_context
def statuspage(context: click.Context, /, source: str, root: Path, pause: float, afresh: bool, **options: Any) -> None:
    """Import a Statuspage from a folder of its API's documents, or from its address.

    SOURCE is a folder with incidents.json and summary.json, or with api/v2/ in it, or an address such as
    https://status.example.com.
    """
    from stillup.intake import run

    _prepare(context, options)
    if _is_address(source):
        dry_run = options["dry_run"]
        report = run.from_address(
            root, source, *_how(options), dry_run=dry_run, pause=pause, afresh=afresh, say=_progress
        )
    else:
        report = run.from_folder(root, Path(source), *_how(options), dry_run=options["dry_run"])
    _say(report, options)


@importing.command()
@click.argument("source")
@_common
@click.pass_context
def feed(context: click.Context, /, source: str, root: Path, **options: Any) -> None:
    """Import an Atom or RSS history from a file, or from its address."""
    from stillup.intake import run

    _prepare(context, options)
    data = run.fetched(source, _progress) if _is_address(source) else _file(source)
    _say(run.from_feed(root, data, Path(source).name, *_how(options), dry_run=options["dry_run"]), options)


_folder = click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))


@importing.command()
@_folder
@_common
@click.pass_context
def cstate(context: click.Context, /, folder: Path, root: Path, **options: Any) -> None:
    """Import a cState page from its repository, the folder with config.yml and content/issues/."""
    _repository(context, "cstate", folder, root, options)


@importing.command()
@_folder
@_common
@click.pass_context
def upptime(context: click.Context, /, folder: Path, root: Path, **options: Any) -> None:
    """Import an Upptime page from its repository, with its issues saved as issues.json beside history/."""
    _repository(context, "upptime", folder, root, options)


def _repository(context: click.Context, tool: str, folder: Path, root: Path, options: dict[str, Any]) -> None:
    from stillup.intake import run

    _prepare(context, options)
    _say(run.from_repository(root, tool, folder, *_how(options), dry_run=options["dry_run"]), options)


def _is_address(source: str) -> bool:
    return source.startswith(("http://", "https://"))


def _progress(line: str) -> None:
    click.echo(seen_line(line), err=True)


def _file(source: str) -> bytes:
    try:
        return Path(source).read_bytes()
    except OSError as error:
        raise click.BadParameter(f"{source}: {error.strerror}.", param_hint="SOURCE") from None


def _prepare(context: click.Context, options: dict[str, Any]) -> None:
    """Look at the options before anything is read."""
    context.find_root().meta["format"] = "json" if options["as_json"] else "text"
    if options["zone"]:
        from stillup.records.moment import zone
        from stillup.records.refusal import Unusable

        try:
            zone(options["zone"])
        except Unusable as error:
            raise click.BadParameter(f"{error} {error.fix}".strip(), param_hint="--timezone") from None


def _how(options: dict[str, Any]) -> tuple[dict[str, str], str]:
    return dict(options["words"]), options["zone"]


def _say(report: "Report", options: dict[str, Any]) -> None:
    """Print what was done."""
    if options["as_json"]:
        json.dump(report.document(dry_run=options["dry_run"]), sys.stdout, ensure_ascii=False, indent=2)
        click.echo()
        return
    for line in report.lines(dry_run=options["dry_run"]):
        click.echo(seen_line(line))  # it quotes what strangers wrote
