"""The documents of numbers of `stillup report`: metrics, by period, money, what customers get back."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stillup.cli import option
from stillup.cli.problem import show_problems

if TYPE_CHECKING:
    from stillup.records.settings import Settings
    from stillup.reports.document import Document
    from stillup.reports.survey import Survey
    from stillup.timeline.metric_period import Period

stdout = click.option("--stdout", "to_stdout", is_flag=True, help="Print the document as Markdown; write no file.")
month = click.option("--month", default="", metavar="2026-11", help="A month; default: the newest that is over.")
quarter = click.option("--quarter", default="", metavar="2026-Q4", help="A quarter.")
year = click.option("--year", default="", metavar="2026", help="A year.")


def common(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command what all documents take."""
    for each in (stdout, option.json_lines, option.at, option.root):
        command = each(command)
    return command


@click.command()
@month
@quarter
@year
@common
@click.pass_context
def metrics(context: click.Context, /, **options: Any) -> None:
    """Measure incidents: detection, acknowledgement, mitigation, resolution, words, availability, error budgets."""
    from stillup.reports.metrics import metrics as make

    _period(context, make, options, months=1)


@click.command()
@month
@common
@click.pass_context
def monthly(context: click.Context, /, **options: Any) -> None:
    """Write the monthly incident report of the plan."""
    from stillup.reports.monthly import monthly as make

    _period(context, make, options, months=1)


@click.command()
@quarter
@common
@click.pass_context
def quarterly(context: click.Context, /, **options: Any) -> None:
    """Write the quarterly trend analysis: patterns, components, team response, vendors, where to invest."""
    from stillup.reports.quarterly import quarterly as make

    _period(context, make, options, months=3)


@click.command()
@year
@common
@click.pass_context
def annual(context: click.Context, /, **options: Any) -> None:
    """Write the report of a year: its months, causes, components, costs, and what was learned."""
    from stillup.reports.annual import annual as make

    _period(context, make, options, months=12)


@click.command()
@click.option(
    "--incident", "id", default="", metavar="ID", help="The impact sheet of this incident, as `impact` has it."
)
@month
@quarter
@year
@common
@click.pass_context
def financial(context: click.Context, /, id: str, **options: Any) -> None:
    """Sum up what incidents cost, by category, against what was spent on prevention.

    With --incident it is the impact sheet of that one.
    """
    from stillup.reports.expense import knows
    from stillup.reports.financial import financial as make

    if id:
        _of_incident(context, "financial", id, options)
        return
    _period(context, make, options, months=1, knows=knows)


@click.command()
@click.option("--customer", required=True, metavar="ID", help="As customers.yml names it.")
@month
@common
@click.pass_context
def sla(context: click.Context, /, **options: Any) -> None:
    """Work out what a customer gets back for a month, by contract, with the incidents that caused it."""
    from stillup.reports.credit import credits as make

    _period(context, lambda survey, period: make(survey, period, options["customer"]), options, months=1)


@click.command()
@click.option("--incident", "id", default="", metavar="ID", help="The notices of this incident, as by `regulator`.")
@click.option("--regime", metavar="NAME", default="", help="With --incident: only this one, e.g. gdpr.")
@month
@quarter
@year
@common
@click.pass_context
def compliance(context: click.Context, /, id: str, regime: str, **options: Any) -> None:
    """Write the evidence bundle for an audit (SOC 2): a checklist, what it rests on, and the hash of every file.

    With --incident it is the notices that authorities and people concerned get of that one.
    """
    if id:
        _of_incident(context, "regulator", id, options, regime=regime)
        return
    if regime:
        raise click.UsageError("--regime: notices are those of an incident. Add --incident ID.")
    from stillup.pipeline.papers import compliance as pipeline

    context.find_root().meta["format"] = "json" if options["as_json"] else "text"
    at = options["at"].at
    made = pipeline.bundle(options["root"], lambda zone: chosen(options, zone, 3, at), at=at)
    if options["as_json"] or options["to_stdout"]:
        tell(context, options["root"], made.settings, made.document, options)
        return
    show_problems(made.warnings, "text")
    for path in pipeline.write(options["root"], made):
        click.echo(path)


@click.command()
@common
@click.pass_context
def dashboard(context: click.Context, /, **options: Any) -> None:
    """Make the internal dashboard: active incidents with their age, and the last twelve months."""
    from stillup.pipeline.papers import report as pipeline
    from stillup.reports.dashboard import dashboard as make

    context.find_root().meta["format"] = "json" if options["as_json"] else "text"
    survey, warnings = pipeline.survey(options["root"], at=options["at"].at)
    if not options["as_json"]:
        show_problems(warnings, "text")
    tell(context, options["root"], survey.settings, make(survey), options)


def tell(
    context: click.Context, root: Path, settings: "Settings", document: "Document", options: dict[str, Any]
) -> None:
    """Print `document` for people or machines, or write it and print where."""
    from stillup.pipeline.papers import report as pipeline
    from stillup.reports import sheet
    from stillup.reports.markdown import markdown

    if options["as_json"]:
        click.echo(sheet.numbers(document), nl=False)
    elif options["to_stdout"]:
        click.echo(markdown(document), nl=False)
    else:
        for path in pipeline.write(root, settings, [document]):
            click.echo(path)


def _of_incident(context: click.Context, kind: str, id: str, options: dict[str, Any], *, regime: str = "") -> None:
    """Write a document about one incident, where a command has one of that kind for periods too."""
    from stillup.cli.papering import say
    from stillup.pipeline.papers import paper

    if options["month"] or options["quarter"] or options["year"]:
        raise click.UsageError("--incident: this is about the incident, not about a period. Leave out one of the two.")
    context.find_root().meta["format"] = "json" if options["as_json"] else "text"
    made = paper.of_incident(options["root"], kind, id, at=options["at"].at, regime=regime)
    say(made, options["as_json"], options["to_stdout"], complete=False)


def _period(
    context: click.Context,
    make: "Callable[[Survey, Period], Document]",
    options: dict[str, Any],
    *,
    months: int,
    knows: "Callable[[Survey, Period], bool] | None" = None,
) -> None:
    from stillup.pipeline.papers import report as pipeline

    context.find_root().meta["format"] = "json" if options["as_json"] else "text"
    at = options["at"].at
    document, settings, warnings = pipeline.report(
        options["root"], make, lambda zone: chosen(options, zone, months, at), at=at, knows=knows
    )
    if not options["as_json"]:
        show_problems(warnings, "text")
    tell(context, options["root"], settings, document, options)


def chosen(options: dict[str, Any], zone: str, months: int, at: Any) -> "Period":
    """Return the period that the options name, else the newest of so many months that is over at `at`."""
    from stillup.timeline.metric_period import newest, period

    named = [(name, options[name]) for name in ("month", "quarter", "year") if options.get(name)]
    if len(named) > 1:
        raise click.UsageError("Name one of --month, --quarter and --year.")
    if not named:
        return newest(months, at, zone)
    (name, spelled) = named[0]
    try:
        found = period(spelled, zone)
    except ValueError:
        found = None
    length = {"month": 1, "quarter": 3, "year": 12}[name]
    if found is None or found.months != length:
        example = {"month": "2026-11", "quarter": "2026-Q4", "year": "2026"}[name]
        raise click.UsageError(f"--{name}: {spelled!r} is not a {name}. Write it as {example}.")
    if found.start > at:
        raise click.UsageError(f"--{name}: {spelled} has not begun at {at:%Y-%m-%dT%H:%M:%SZ}.")
    return found
